# What tools share with the system: exit status, closed and full output, files that cannot be read or written, signals,
# hostile arguments, time. A status is 0 done, 1 the answer is no, 2 usage, 3 bad data, 4 system.

# ./each ARGUMENT...: every tool, or those named in $tools, with these arguments and no input: what it prints, its
# status, and the first line of what it says on standard error.
$ cat >each <<'E'
> #!/bin/bash
> for tool in ${tools:-goal-set goal-list goal-check visit-log visit-tally feedback-log feedback-tally kpi-score}; do
>     $tool "$@" </dev/null 2>problem
>     echo "$?$(sed '1s/^/ /;q' problem)"
> done
> E
> cat >g.yaml <<'E'
> scheme: s
> metrics: {k: {weight: 100}}
> ---
> goals: 2026
> targets: {a: {k: 2}}
> E
> printf '2026-10-01\ta\tC1\tvisit\tdone\t\t\t\t\t\n' >v.tsv; printf '2026-10-01\ta\tC1\t\t\t9\t\t\t\n' >f.tsv
> printf '2026\ta\tk\t1\n' >m.tsv
> chmod +x each; mkdir folder

# ---- help and version ----

$ ./each --help | grep -E '^(usage|[0-9])'
|~ usage: goal-set \[-f FILE\] -p PERIOD -m OWNER -i METRIC -t TARGET .*
| 0
|~ usage: goal-list .*
| 0
|~ usage: goal-check .*
| 0
|~ usage: visit-log .*
| 0
|~ usage: visit-tally .*
| 0
|~ usage: feedback-log .*
| 0
|~ usage: feedback-tally .*
| 0
|~ usage: kpi-score -p PERIOD -g FILE\.\.\. .*
| 0

# --help names every option the tool takes, and is heard wherever it stands before a fault.
$ kpi-score --help | grep -oE '^ +(-.,)? *--[a-z-]+' | tr -d ' ' | paste -s -d ' '
> kpi-score -k --help --nonsense | head -n 1 | cut -c 1-16
| -p,--period -g,--goals -b,--by -M,--managers -m,--manager -l,--long -x,--explain --as-of --stable --strict -j,--threads -k,--keep-going -o,--output -H,--header --bom --help --version
| usage: kpi-score

$ ./each --version
|~ goal-set \(libkpi\) \d+\.\d+\.\d+
| 0
|~ goal-list \(libkpi\) \d+\.\d+\.\d+
| 0
|~ goal-check \(libkpi\) \d+\.\d+\.\d+
| 0
|~ visit-log \(libkpi\) \d+\.\d+\.\d+
| 0
|~ visit-tally \(libkpi\) \d+\.\d+\.\d+
| 0
|~ feedback-log \(libkpi\) \d+\.\d+\.\d+
| 0
|~ feedback-tally \(libkpi\) \d+\.\d+\.\d+
| 0
|~ kpi-score \(libkpi\) \d+\.\d+\.\d+
| 0

# ---- arguments ----

# Without any: filters read standard input; a list without a goal says no; the others ask.
$ ./each
| 2 goal-set: for which period? (-p PERIOD)
| 1
| 0
| 2 visit-log: whose visit? (-m NAME, or '-' for lines of standard input)
| 0
| 2 feedback-log: feedback on whom? (-m NAME, or '-' for lines of standard input)
| 0
| 2 kpi-score: which period? (-p PERIOD)

$ ./each --nonsense; tools=visit-tally ./each -x; tools=visit-tally ./each -ko; tools=visit-tally ./each --peri=2026
> tools=visit-tally ./each --k
| 2 goal-set: no such option, or not a clear one: '--nonsense'
| 2 goal-list: no such option, or not a clear one: '--nonsense'
| 2 goal-check: no such option, or not a clear one: '--nonsense'
| 2 visit-log: no such option, or not a clear one: '--nonsense'
| 2 visit-tally: no such option, or not a clear one: '--nonsense'
| 2 feedback-log: no such option, or not a clear one: '--nonsense'
| 2 feedback-tally: no such option, or not a clear one: '--nonsense'
| 2 kpi-score: no such option, or not a clear one: '--nonsense'
| 2 visit-tally: no such option: -x
| 2 visit-tally: option -o needs a value
| 0
| 2 visit-tally: no such option, or not a clear one: '--k'

# Standard input is there once, whoever asks for it; "--" ends the options.
$ tools='goal-list goal-check visit-log visit-tally feedback-log feedback-tally' ./each - -
> tools=kpi-score ./each -p 2026 -g - -; tools=kpi-score ./each -p 2026 -g g.yaml -M - -
> tools=goal-set ./each -g - -g -; cp v.tsv ./-k; visit-tally -s visits -- -k; rm ./-k
| 2 goal-list: standard input ('-') can be read once only
| 2 goal-check: standard input ('-') can be read once only
| 2 visit-log: standard input ('-') can be read once only
| 2 visit-tally: standard input ('-') can be read once only
| 2 feedback-log: standard input ('-') can be read once only
| 2 feedback-tally: standard input ('-') can be read once only
| 2 kpi-score: standard input ('-') can be read once only
| 2 kpi-score: standard input ('-') can be read once only
| 2 goal-set: standard input ('-') can be read once only
| a	1

# Tools that look at visits say what they need, and take what all take.
$ export tools='visit-due visit-check'; ./each --help | grep -E '^(usage|[0-9])'; ./each; ./each --nonsense; ./each --version
> ./each - -
|~ usage: visit-due -C CLIENTS -g SCHEME .*
| 0
|~ usage: visit-check \[--rules .*
| 0
| 2 visit-due: whose clients? (-C CLIENTS, the book)
| 0
| 2 visit-due: no such option, or not a clear one: '--nonsense'
| 2 visit-check: no such option, or not a clear one: '--nonsense'
|~ visit-due \(libkpi\) \d+\.\d+\.\d+
| 0
|~ visit-check \(libkpi\) \d+\.\d+\.\d+
| 0
| 2 visit-due: whose clients? (-C CLIENTS, the book)
| 2 visit-check: standard input ('-') can be read once only

# What is typed, or given by the environment, never reaches standard error as it is when that could harm a terminal.
$ bad=$(printf '\033[2J\302\233\342\200\256\377\177')
> tools='visit-tally' ./each "--$bad"; tools=visit-tally ./each "-$bad"
> for option in -p -o -s -b -e -m --top --as-of --kind -M; do tools=visit-tally ./each $option "$bad"; done
> tools=visit-tally ./each "$bad"; tools=visit-log ./each -m a -f "$bad/x"; tools=visit-log ./each -m a -d "$bad"
> KPI_DIR=$bad tools=visit-log ./each -m a
> KPI_NOW=$bad tools=visit-log ./each -m a; TZ=$bad tools=visit-log ./each -m a
> tools=goal-set ./each -p 2026 -m a -i "$bad"; tools=feedback-tally ./each --scale "$bad"
| 2 visit-tally: no such option, or not a clear one: '--<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'
| 2 visit-tally: no such option: -<U+001B>
| 2 visit-tally: not a period: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'
| 2 visit-tally: not lines, table, csv, json or md: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'
| 2 visit-tally: no such statistic: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'
| 2 visit-tally: no such key: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'
| 2 visit-tally: control character: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'
| 2 visit-tally: control character: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'
| 2 visit-tally: not a whole number from 1 on: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'
| 2 visit-tally: not a date: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'
| 2 visit-tally: control character: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'
| 4 visit-tally: <U+001B>[2J<U+009B><U+202E><0xFF><U+007F>: open: No such file or directory
| 4 visit-tally: <U+001B>[2J<U+009B><U+202E><0xFF><U+007F>: open: No such file or directory
| 4 visit-log: <U+001B>[2J<U+009B><U+202E><0xFF><U+007F>/x: open: No such file or directory
| 3 visit-log: not a date: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'
| 4 visit-log: <U+001B>[2J<U+009B><U+202E><0xFF><U+007F>/visits.tsv: open: No such file or directory
| 2 visit-log: not a day or a UTC instant: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>' (KPI_NOW)
| 2 visit-log: unknown time zone: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>' (TZ)
| 2 goal-set: control character: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'
| 2 feedback-tally: not a scale LOW..HIGH: '<U+001B>[2J<U+009B><U+202E><0xFF><U+007F>'

# Very long ones are cut.
$ long=$(printf '%0100000d' 0); for arguments in --$long "-p $long" $long "-m a -f $long"; do tools=visit-log
> case $arguments in *-f*) ;; *) tools=visit-tally ;; esac
>     tools=$tools ./each $arguments | sed -E 's/0{400,}/(many)/; s/0{60,}/(some)/'
> done
| 2 visit-tally: no such option, or not a clear one: '--(many)
| 2 visit-tally: not a period: '(many)
| 4 visit-tally: (many): open: File name too long
| 4 visit-log: (many): open: File name too long

# ---- time ----

$ for now in '' now 2026 2026-11-31 2026-11-02T08:00:00 2026-11-02T08:00Z 2026-11-02T08:00:00+08:00 \
>     2026-11-02T24:00:00Z '2026-11-02 08:00:00'; do KPI_NOW=$now tools=kpi-score ./each -p today -g g.yaml m.tsv; done
| 2 kpi-score: not a day or a UTC instant: '' (KPI_NOW)
| 2 kpi-score: not a day or a UTC instant: 'now' (KPI_NOW)
| 2 kpi-score: not a day or a UTC instant: '2026' (KPI_NOW)
| 2 kpi-score: not a day or a UTC instant: '2026-11-31' (KPI_NOW)
| 2 kpi-score: not a day or a UTC instant: '2026-11-02T08:00:00' (KPI_NOW)
| 2 kpi-score: not a day or a UTC instant: '2026-11-02T08:00Z' (KPI_NOW)
| 2 kpi-score: not a day or a UTC instant: '2026-11-02T08:00:00+08:00' (KPI_NOW)
| 2 kpi-score: not a day or a UTC instant: '2026-11-02T24:00:00Z' (KPI_NOW)
| 2 kpi-score: not a day or a UTC instant: '2026-11-02 08:00:00' (KPI_NOW)

# An unknown TZ, which the C library would take for UTC - wherever now is asked for.
$ for tz in Nowhere Asia/Nowhere ../etc/passwd UTC+ 'X-8' ':Nowhere'
> do TZ=$tz tools=kpi-score ./each -p this-year -g g.yaml m.tsv; done
> TZ=Nowhere tools='visit-log feedback-log' ./each -m a
> TZ=Nowhere tools=visit-tally ./each -p last-month v.tsv
> TZ=Nowhere tools=goal-set ./each -p 2026 -m x -i k -t 1 -f none.yaml; test -e none.yaml || echo none
| 2 kpi-score: unknown time zone: 'Nowhere' (TZ)
| 2 kpi-score: unknown time zone: 'Asia/Nowhere' (TZ)
| 2 kpi-score: unknown time zone: '../etc/passwd' (TZ)
| 2 kpi-score: unknown time zone: 'UTC+' (TZ)
| 2 kpi-score: unknown time zone: 'X-8' (TZ)
| 2 kpi-score: unknown time zone: ':Nowhere' (TZ)
| 2 visit-log: unknown time zone: 'Nowhere' (TZ)
| 2 feedback-log: unknown time zone: 'Nowhere' (TZ)
| 2 visit-tally: unknown time zone: 'Nowhere' (TZ)
| 2 goal-set: unknown time zone: 'Nowhere' (TZ)
| none

# New Year comes to Shanghai before it comes to London, and to New York after.
@ need /usr/share/zoneinfo/Asia/Shanghai /usr/share/zoneinfo/America/New_York
$ for tz in Asia/Shanghai :Asia/Shanghai Europe/London America/New_York CST-8 EST5EDT '<-05>+5'
> do KPI_NOW=2026-12-31T20:00:00Z TZ=$tz visit-log -f now.tsv -m a; done; cut -f 1,9 now.tsv
| 2027-01-01	2026-12-31T20:00:00Z
| 2027-01-01	2026-12-31T20:00:00Z
| 2026-12-31	2026-12-31T20:00:00Z
| 2026-12-31	2026-12-31T20:00:00Z
| 2027-01-01	2026-12-31T20:00:00Z
| 2026-12-31	2026-12-31T20:00:00Z
| 2026-12-31	2026-12-31T20:00:00Z

# Summer time by rules: 04:30 in UTC is half past midnight in New York in July, but half past eleven before in January.
$ for now in 2026-07-01 2026-01-01; do KPI_NOW=${now}T04:30:00Z TZ=EST5EDT,M3.2.0,M11.1.0/2 visit-log -f rule.tsv -m a
> done
> cut -f 1 rule.tsv; for tz in EST5EDT,M13.2.0,M11.1.0 EST5EDT,M3.2.0 EST5EDT,J0,J365 EST5EDT,0,365/168
> do TZ=$tz tools=visit-tally ./each -p today; done
| 2026-07-01
| 2025-12-31
| 2 visit-tally: unknown time zone: 'EST5EDT,M13.2.0,M11.1.0' (TZ)
| 2 visit-tally: unknown time zone: 'EST5EDT,M3.2.0' (TZ)
| 2 visit-tally: unknown time zone: 'EST5EDT,J0,J365' (TZ)
| 2 visit-tally: unknown time zone: 'EST5EDT,0,365/168' (TZ)

# Locales change nothing.
$ for locale in C C.UTF-8 de_DE.UTF-8 zh_CN.UTF-8 tr_TR.UTF-8 xx_XX
> do LC_ALL=$locale LANG=$locale kpi-score -p 2026 -g g.yaml m.tsv; done 2>/dev/null | uniq -c | tr -s ' '
|  6 2026	a	50.00		1

# ---- output that is lost ----

# ./print COMMAND...: each tool that prints, in a way that it does.
$ cat >print <<'E'
> #!/bin/bash
> goal-list "$@" g.yaml; echo $? >&2; visit-tally "$@" v.tsv; echo $? >&2; visit-tally -e visits "$@" v.tsv; echo $? >&2
> feedback-tally "$@" f.tsv; echo $? >&2; kpi-score -p 2026 -g g.yaml "$@" m.tsv; echo $? >&2; kpi-score -p 2026 -g g.yaml -l "$@" m.tsv; echo $? >&2
> E
> chmod +x print; for o in lines table csv json md; do ./print -o $o 2>&1 >/dev/full; done | sort | uniq -c | tr -s ' '
|  30 4
|  5 feedback-tally: standard output: write: No space left on device
|  5 goal-list: standard output: write: No space left on device
|  10 kpi-score: standard output: write: No space left on device
|  10 visit-tally: standard output: write: No space left on device

$ for o in lines table csv json md; do ./print -o $o 2>&1 >&-; done | sort | uniq -c | tr -s ' '
|  30 4
|  5 feedback-tally: standard output: write: Bad file descriptor
|  5 goal-list: standard output: write: Bad file descriptor
|  10 kpi-score: standard output: write: Bad file descriptor
|  10 visit-tally: standard output: write: Bad file descriptor

# Help and what goal-check finds are output, too.
$ visit-tally --help >/dev/full; echo $?; visit-tally --version >&-; echo $?
> printf 'scheme: s\nmetrics: {k: {weight: 9}}\n' | goal-check >/dev/full
| 4
| 4
! visit-tally: standard output: write: No space left on device
! visit-tally: standard output: write: Bad file descriptor
! goal-check: standard output: write: No space left on device
? 4

# Who prints nothing loses nothing.
$ visit-tally </dev/null >/dev/full; visit-tally </dev/null >&-; visit-log -f log.tsv -m a >&-
> goal-check g.yaml >&- && goal-check g.yaml >/dev/full

# A reader that has seen enough ends a tool by SIGPIPE (141), silently; where that is ignored, as systemd does, it is a
# failed write. 200000 groups are more than a pipe holds.
$ seq -f $'2026-10-01\tm%.0f\t\tvisit\tdone\t\t\t\t\t' 200000 >many.tsv; visit-tally many.tsv | head -n 1
> echo ${PIPESTATUS[0]}
| m1	1	0	0
| 141

$ trap '' PIPE; for o in lines table csv json md; do visit-tally -o $o many.tsv | head -n 1; echo ${PIPESTATUS[0]}
> done 2>&1 | grep -E '^4|write'
| visit-tally: standard output: write: Broken pipe
| 4
| visit-tally: standard output: write: Broken pipe
| 4
| visit-tally: standard output: write: Broken pipe
| 4
| visit-tally: standard output: write: Broken pipe
| 4
| visit-tally: standard output: write: Broken pipe
| 4

# ---- closed descriptors ----

# Standard input that is closed is not empty input.
$ for tool in goal-list goal-check visit-tally feedback-tally 'visit-log -f x.tsv -' 'feedback-log -f x.tsv -' \
>     'kpi-score -p 2026 -g g.yaml'; do $tool <&-; echo $?; done 2>&1; visit-tally -s visits v.tsv <&-
| goal-list: -: read: Bad file descriptor
| 4
| goal-check: -: read: Bad file descriptor
| 4
| visit-tally: -: read: Bad file descriptor
| 4
| feedback-tally: -: read: Bad file descriptor
| 4
| visit-log: -: read: Bad file descriptor
| 4
| feedback-log: -: read: Bad file descriptor
| 4
| kpi-score: -: read: Bad file descriptor
| 4
| a	1

# Without standard error the status tells. Whatever is closed, no message ever gets into a file that is written or read.
$ visit-tally missing.tsv 2>&-; echo $?; visit-tally -o xml 2>&-; echo $?; kpi-score -p 2025 -g g.yaml m.tsv 2>&-
> echo $?
| 4
| 2
| 1

$ cp v.tsv closed.tsv; printf torn >>closed.tsv; cp closed.tsv closed.want
> for close in '<&-' '>&-' '2>&-' '>&- 2>&-' '<&- >&- 2>&-'; do
>     eval "visit-log -f closed.tsv -m a -d 2027-01-01 $close" 2>/dev/null; echo $?; cmp closed.tsv closed.want
>     eval "visit-log --nonsense -f closed.tsv $close" 2>/dev/null; echo $?; cmp closed.tsv closed.want
>     eval "visit-tally closed.tsv $close" 2>/dev/null; echo $?; cmp closed.tsv closed.want
> done | paste -s -d ' '
> visit-log -f closed.tsv -m a <&- >&- 2>&-; echo $?; cut -f 2 closed.tsv; cat closed.tsv.torn
| 3 2 3 3 2 3 3 2 3 3 2 3 3 2 3
| 0
| a
| a
| torn

$ cp g.yaml closed.yaml; goal-set -f closed.yaml -p 2026 -m a -i k -t 1 <&- >&- 2>&-; echo $?; cmp closed.yaml g.yaml
> goal-set -f closed.yaml -p 2026 -m b -i k -t 1 <&- >&- 2>&-; echo $?; goal-list closed.yaml | cut -f 2
| 3
| 0
| a
| b

# ---- files ----

$ tools='goal-list goal-check visit-tally feedback-tally' ./each missing
> tools='goal-list goal-check visit-tally feedback-tally' ./each folder
> tools=kpi-score ./each -p 2026 -g g.yaml folder; tools=kpi-score ./each -p 2026 -g folder m.tsv
> tools=kpi-score ./each -p 2026 -g g.yaml -M folder m.tsv
> tools=visit-tally ./each -M folder v.tsv; tools=visit-tally ./each -C missing v.tsv
> tools='visit-log feedback-log' ./each -f x.tsv folder; tools='visit-log feedback-log' ./each -f folder -m a
| 4 goal-list: missing: open: No such file or directory
| 4 goal-check: missing: open: No such file or directory
| 4 visit-tally: missing: open: No such file or directory
| 4 feedback-tally: missing: open: No such file or directory
| 4 goal-list: folder: read: Is a directory
| 4 goal-check: folder: read: Is a directory
| 4 visit-tally: folder: read: Is a directory
| 4 feedback-tally: folder: read: Is a directory
| 4 kpi-score: folder: read: Is a directory
| 4 kpi-score: folder: read: Is a directory
| 4 kpi-score: folder: read: Is a directory
| 4 visit-tally: folder: read: Is a directory
| 4 visit-tally: missing: open: No such file or directory
| 4 visit-log: folder: read: Is a directory
| 4 feedback-log: folder: read: Is a directory
| 4 visit-log: folder: open: Is a directory
| 4 feedback-log: folder: open: Is a directory

$ visit-tally v.tsv/x; visit-tally <folder; ln -s loop loop; visit-tally loop
! visit-tally: v.tsv/x: open: Not a directory
! visit-tally: -: read: Is a directory
! visit-tally: loop: open: Too many levels of symbolic links
? 4

# Pipes and named pipes are files like others, to be read.
$ mkfifo pipe; (cat v.tsv >pipe &); visit-tally -s visits pipe; visit-tally -s visits <(cat v.tsv) /dev/null
| a	1
| a	1

# ... but not to be appended to.
$ visit-log -f pipe -m a; goal-set -f pipe -p 2026 -m a -i k -t 1
! visit-log: pipe: not a regular file
! goal-set: pipe: not a regular file
? 4

@ need non-root
$ cp v.tsv secret.tsv; chmod 000 secret.tsv; visit-tally secret.tsv; visit-log -f secret.tsv -m a
> chmod 400 secret.tsv; visit-log -f secret.tsv -m a; mkdir locked; chmod 500 locked; visit-log -f locked/x.tsv -m a
! visit-tally: secret.tsv: open: Permission denied
! visit-log: secret.tsv: open: Permission denied
! visit-log: secret.tsv: open: Permission denied
! visit-log: locked/x.tsv: open: Permission denied
? 4

# ---- full disks ----

# A limit of 1 KiB: what fits is kept; what does not leaves the file as it was - as one write or not at all.
$ (ulimit -f 1; for i in 1 2 3 4 5 6 7 8 9; do visit-log -f limit.tsv -m a --note "$(printf '%0200d' $i)" || echo $?
> done 2>&1) | uniq -c | tr -s ' '; wc -l <limit.tsv; visit-tally -s visits limit.tsv
|  1 visit-log: limit.tsv: write (nothing was appended): File too large
|  1 4
|  1 visit-log: limit.tsv: write (nothing was appended): File too large
|  1 4
|  1 visit-log: limit.tsv: write (nothing was appended): File too large
|  1 4
|  1 visit-log: limit.tsv: write (nothing was appended): File too large
|  1 4
|  1 visit-log: limit.tsv: write (nothing was appended): File too large
|  1 4
| 4
| a	4

# A new file that nothing fits into is not left behind; a batch is whole or not there; so are goals.
$ (ulimit -f 1; seq -f $'2026-10-01\tm%.0f\t\tvisit\tdone\t\t\t\t\t' 100 | visit-log -f batch.tsv -); echo $?
> ls batch.tsv 2>/dev/null; cp v.tsv batch.tsv
> (ulimit -f 1; seq -f $'2026-10-01\tm%.0f\t\tvisit\tdone\t\t\t\t\t' 100 | visit-log -f batch.tsv -); echo $?
> cmp v.tsv batch.tsv
> cp g.yaml limit.yaml; (ulimit -f 1; goal-set -f limit.yaml -p 2026 -m b -i k -t 1 --why "$(printf '%02000d' 0)")
> echo $?; cmp g.yaml limit.yaml; ls -A | grep -c 'limit.yaml'
| 4
| 4
| 4
| 1
! visit-log: batch.tsv: write (nothing was appended): File too large
! visit-log: batch.tsv: write (nothing was appended): File too large
! goal-set: limit.yaml: write (the file is as it was): File too large

# The torn tail stays where it is when there is no room for it elsewhere.
$ (cat v.tsv; printf '%02000d' 0) >tail.tsv; cp tail.tsv tail.want; (ulimit -f 1; visit-log -f tail.tsv -m a); echo $?
> cmp tail.tsv tail.want; test -e tail.tsv.torn || echo none
| 4
| none
! visit-log: tail.tsv.torn: write (nothing was appended): File too large

# A file system of 16 KiB, where mounting one is permitted. Of the long visit only a part would fit into what is left of
# the log's last page; the short one does.
$ cat >small <<'E'
> #!/bin/bash
> # small COMMAND: in a folder on a file system of its own
> mkdir -p disk; unshare -rm bash -c 'mount -t tmpfs -o size=16k none disk && cd disk && eval "$0"' "$1"
> E
> chmod +x small; if ./small true 2>/dev/null; then touch mounts; fi

@ need $HOME/mounts
$ ./small 'seq -f "2026-10-01	m%.0f		visit	done					a note of some length" 50 | visit-log -f log.tsv -; sum=$(cksum <log.tsv)
> cat /dev/zero >fill 2>/dev/null
> visit-log -f log.tsv -m a --note "$(printf %03000d 0)"; echo $?; [ "$(cksum <log.tsv)" = "$sum" ] && echo unchanged
> visit-log -f new.tsv -m a; echo $?; goal-set -f new.yaml -p 2026 -m a -i k -t 1; echo $?; ls
> visit-log -f log.tsv -m a && visit-tally -b "" -s visits log.tsv'
| 4
| unchanged
| 4
| 4
| fill
| log.tsv
| 51
! visit-log: log.tsv: write (nothing was appended): No space left on device
! visit-log: new.tsv: write (nothing was appended): No space left on device
! goal-set: new.yaml: write (the file is as it was): No space left on device

# Output to a full disk.
@ need $HOME/mounts
$ ./small 'visit-tally ../many.tsv >out; echo $?; kpi-score -p 2026 -g ../g.yaml ../m.tsv >out2; echo $?'
| 4
| 4
! visit-tally: standard output: write: No space left on device
! kpi-score: standard output: write: No space left on device

# ---- side by side ----

# Who appends, and who reads, waits for whoever holds the lock.
@ need flock
$ cp v.tsv lock.tsv; (flock 9; touch held; sleep 0.5
> printf '2026-10-02\tb\t\tvisit\tdone\t\t\t\t\t\n' >&9) 9>>lock.tsv & until [ -e held ]; do sleep 0.01; done
> visit-tally -s visits lock.tsv; visit-log -f lock.tsv -m c; cut -f 2 lock.tsv; wait
| a	1
| b	1
| a
| b
| c

# Four writers at once: nothing is lost, nothing torn.
$ for writer in a b c d; do (for i in $(seq 25)
> do visit-log -f four.tsv -m $writer --minutes $i --note "$(printf '%01000d' $i)"; done) & done; wait
> visit-tally -s visits,minutes four.tsv
| a	25	325
| b	25	325
| c	25	325
| d	25	325

# ---- progress ----

# A run of more than a second tells on a terminal how far it is, in a line that is wiped before anything else. It is fed
# until it has told.
@ need script
$ cat >feed <<'E'
> for i in $(seq 100); do
>     printf '2026-10-05\tm\t\t\t\t5\t\t\t\n'; sleep 0.2; grep -q MB/s "$1" && break
> done
> printf 'wrong\n'
> E
> : >seen; TERM=xterm script -qefc "sh feed seen | feedback-tally -k -p 2026-10" seen >screen </dev/null
> tr '\r' '\n' <screen | grep -c -m 1 "$(printf '^\033')\\[Kfeedback-tally: -: 0 MB, 0[.]0 MB/s\$"
> tr -d '\r' <screen | tail -n 2 | sed "s/.*$(printf '\033')\\[K/<wiped>/; s/:[0-9]*: /:N: /; s/\t.*//"
| 1
| <wiped>feedback-tally: -:N: 1 field, a feedback line has 9
| m

# Not so on one that is dumb, and not without one.
$ sed -i 's/seq 100/seq 7/' feed
> TERM=dumb script -qefc "sh feed seen2 2>&1 | feedback-tally -p 2026-10 2>&1 | cut -c 1-20" seen2 >screen </dev/null
> grep -c MB/s screen; sh feed screen | TERM=xterm feedback-tally -p 2026-10 2>&1 | grep -c MB/s
| 0
| 0
? 1
