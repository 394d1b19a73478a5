# visit-log: appends visits to a log - one by options, or lines of standard input - synced before success is reported.

# By default a visit, done today. `logged` is the clock's, in UTC.
$ visit-log -m wang.li -c C042 --purpose renewal

$ cat visits.tsv
|e 2026-11-02\twang.li\tC042\tvisit\tdone\trenewal\t\t\t2026-11-02T08:00:00Z\t

# All that can be said of one.
$ visit-log -f all.tsv -m 张敏 -c '华东 集团' -d 2026-10-30T14:30+08:00 --kind call --status missed --purpose p \
>     --outcome o \
>     --minutes 45 --note n && cat all.tsv
| 2026-10-30T14:30+08:00	张敏	华东 集团	call	missed	p	o	45	2026-11-02T08:00:00Z	n

# Plans, and the follow-up of a visit: same manager, client, kind and purpose, nothing of how it went.
$ visit-log -f plan.tsv -m wang.li -c C1 -d 2026-12-01 --plan --purpose demo
> visit-log -f plan.tsv -m wang.li -c C1 --kind call --purpose renewal --outcome signed --minutes 30 --note x --next \
>     2026-11-16
> cat plan.tsv
|e 2026-12-01\twang.li\tC1\tvisit\tplanned\tdemo\t\t\t2026-11-02T08:00:00Z\t
| 2026-11-02	wang.li	C1	call	done	renewal	signed	30	2026-11-02T08:00:00Z	x
|e 2026-11-16\twang.li\tC1\tcall\tplanned\trenewal\t\t\t2026-11-02T08:00:00Z\t

# Tab, newline, return and backslash of a text are written as \t \n \r \\, and come back by the formats that can hold
# them.
$ visit-log -f text.tsv -m wang.li --note "$(printf 'a\tb\nc\rd\\e')" && cut -f 10 text.tsv
| a\tb\nc\rd\\e

$ visit-tally -b note -s visits -o json text.tsv
| {"note":"a\tb\nc\rd\\e","visits":1}

# Today is a local day, `logged` is UTC; KPI_NOW may be a day only.
$ KPI_NOW=2026-11-02T20:30:05Z TZ='<+08>-8' visit-log -f now.tsv -m a && KPI_NOW=2026-03-01 visit-log -f now.tsv -m \
>     b && cat now.tsv
|e 2026-11-03\ta\t\tvisit\tdone\t\t\t\t2026-11-02T20:30:05Z\t
|e 2026-03-01\tb\t\tvisit\tdone\t\t\t\t2026-03-01T00:00:00Z\t

$ visit-log -f day.tsv -m a -d yesterday --purpose p --next 2026-12-01 && visit-log -f day.tsv -m b -d today && cut -f 1 day.tsv
| 2026-11-01
| 2026-12-01
| 2026-11-02

# Without KPI_NOW it is the clock's: between two looks at it.
$ before=$(date -u +%FT%TZ); env -u KPI_NOW visit-log -f clock.tsv -m a; after=$(date -u +%FT%TZ)
> logged=$(cut -f 9 clock.tsv)
> [[ ! $logged < $before && ! $logged > $after ]] && cut -c 1-10 <<<"$logged" | cmp - <(cut -f 1 clock.tsv)

# ---- plans have a purpose ----

# A plan without one, in whatever way it is made, is a usage error, and nothing is written, the visit itself neither.
$ try() { visit-log -f aimless.tsv -m a -c C1 "$@" 2>&1; echo $?; }
> try --plan
> try --status planned
> try --next 2026-12-01
> try --plan --purpose ''
> test -e aimless.tsv || echo none
| visit-log: planned what for? (--purpose TEXT)
| visit-log: see 'visit-log --help'
| 2
| visit-log: planned what for? (--purpose TEXT)
| visit-log: see 'visit-log --help'
| 2
| visit-log: planned what for? (--purpose TEXT)
| visit-log: see 'visit-log --help'
| 2
| visit-log: planned what for? (--purpose TEXT)
| visit-log: see 'visit-log --help'
| 2
| none

# One of blanks is none.
$ visit-log -f aimless.tsv -m a --plan --purpose ' '
! visit-log: planned what for? (--purpose TEXT)
! visit-log: see 'visit-log --help'
? 2

$ visit-log -f aimless.tsv -m a --next 2026-12-01 --purpose $'\t\n　' 2>&1; echo $?; test -e aimless.tsv || echo none
| visit-log: planned what for? (--purpose TEXT)
| visit-log: see 'visit-log --help'
| 2
| none

$ printf '2026-12-01\ta\tC1\tvisit\tplanned\t \\t\t\t\t\t\n' | visit-log -f aimless.tsv -
! visit-log: -:1:6: a visit planned without a purpose
? 3

# Among lines it is a bad one; what is not a plan may be without. Migrations (--keep-logged) take plans as they were made.
$ printf '2026-12-0%d\ta\tC1\tvisit\t%s\t%s\t\t\t\t\n' 1 planned demo 2 planned '' 3 cancelled '' 4 missed '' >plans.tsv
> visit-log -f plans.log plans.tsv
! visit-log: plans.tsv:2:6: a visit planned without a purpose
? 3

$ visit-log -k -f plans.log plans.tsv 2>&1; echo $?; cut -f 1 plans.log
> visit-log --keep-logged -f kept.log plans.tsv && cmp plans.tsv kept.log
| visit-log: plans.tsv:2:6: a visit planned without a purpose
| 3
| 2026-12-01
| 2026-12-03
| 2026-12-04

# ---- where to ----

# -f, else $KPI_DIR/visits.tsv, else visits.tsv here.
$ mkdir dir && KPI_DIR=dir visit-log -m a && KPI_DIR=dir visit-log -f here.tsv -m b && KPI_DIR= visit-log -m c
> cut -f 2 dir/visits.tsv here.tsv visits.tsv
| a
| b
| wang.li
| c

# A link stays one, and so does the mode.
$ chmod 640 here.tsv && ln -s here.tsv link.tsv && visit-log -f link.tsv -m c && test -L link.tsv && stat -c %a \
>     here.tsv && wc -l <here.tsv
| 640
| 2

# ---- lines ----

# Lines of standard input ("-") or of files: `logged` is the clock's, whatever they say; comments and CR are not kept.
$ printf '# old\n2026-10-01\ta\tC1\tvisit\tdone\t\t\t30\t2020-01-01T00:00:00Z\tn\r\n\n2026-12-01\ta\tC1\tcall\tplanned\tp\t\t\t\tn\n' >in.tsv
> visit-log -f lines.tsv - <in.tsv && visit-log -f lines.tsv in.tsv && cat lines.tsv
| 2026-10-01	a	C1	visit	done			30	2026-11-02T08:00:00Z	n
| 2026-12-01	a	C1	call	planned	p			2026-11-02T08:00:00Z	n
| 2026-10-01	a	C1	visit	done			30	2026-11-02T08:00:00Z	n
| 2026-12-01	a	C1	call	planned	p			2026-11-02T08:00:00Z	n

# --keep-logged, for migrations: as given, also when not given.
$ visit-log -f keep.tsv --keep-logged in.tsv && cut -f 9 keep.tsv
| 2020-01-01T00:00:00Z
| 

# All or nothing: one bad line, and none is appended ...
$ cat >bad.tsv <<'E'
> 2026-10-01	a	C1	visit	done			30		n
> 2026-10-02	a	C1	visit	came			30		n
> 2026-11-03	a	C1	visit	done			30		n
> 2026-10-04	a	C1	visit	done			30
> 2026-10-05	a	C1	visit	done			30		n
> E
> visit-log -f none.tsv bad.tsv
! visit-log: bad.tsv:2:5: not planned, done, missed or cancelled: 'came'
? 3

$ test -e none.tsv || echo none
| none

# ... unless -k leaves the bad ones out; the exit status still tells of them. A visit cannot have been done tomorrow.
$ visit-log -k -f some.tsv - <bad.tsv; echo $?; cut -f 1 some.tsv
| 3
| 2026-10-01
| 2026-10-05
! visit-log: -:2:5: not planned, done, missed or cancelled: 'came'
! visit-log: -:3:1: a visit done after today: '2026-11-03'
! visit-log: -:4: 8 fields, a visit line has 10

# Where it is the 3rd already, the visit of the 3rd is done.
$ sed -n 3p bad.tsv | TZ='<+17>-17' visit-log -f some.tsv - && tail -n 1 some.tsv | cut -f 1
| 2026-11-03

# No lines: nothing is touched.
$ visit-log -f none.tsv - </dev/null; printf '# nothing\n\n' | visit-log -f none.tsv -; test -e none.tsv || echo none
| none

# ---- a torn tail ----

# What a crash left of a last line is moved away, with a message, by the next append; nothing is lost, nothing is
# guessed.
$ printf '2026-10-01\ta\tC1\tvi' >>here.tsv; visit-log -f here.tsv -m d
! visit-log: here.tsv: an incomplete last line of 18 bytes was moved to here.tsv.torn

$ cut -f 2 here.tsv; cat here.tsv.torn; printf 'more' >>here.tsv; visit-log -f here.tsv -m e 2>/dev/null
> cat here.tsv.torn; stat -c %a here.tsv.torn
| b
| c
| d
| 2026-10-01	a	C1	vi
| 2026-10-01	a	C1	vi
| more
| 640

$ printf 'all of it' >one.tsv; visit-log -f one.tsv -m a && wc -l <one.tsv
| 1
! visit-log: one.tsv: an incomplete last line of 9 bytes was moved to one.tsv.torn

# A refused visit leaves the file alone, torn as it is.
$ printf 'torn' >torn.tsv; visit-log -f torn.tsv -m a -d 2026-11-03
! visit-log: a visit done after today: '2026-11-03'
? 3

$ cat torn.tsv
| torn<no newline>

# ---- wrong values: exit 3, as in lines, and nothing is written ----

$ try() { visit-log -f none.tsv -m a "$@" 2>&1; echo $?; }
> try -d 2026-02-29
> try -d 29.10.2026
> try --status came
> try --minutes 1.5
> try --minutes -3
> try --minutes 1234567890123456
> try --kind ' call'
> try -c '#C1'
> try -m 'a '
> try -m "$(printf 'a\tb')"
> try --purpose p --next tomorrow
> try --note "$(printf 'a\033[2Jb')"
> try --purpose "$(printf '\303\050')"
> try --outcome "$(printf 'del\177c1\302\205')"
> test -e none.tsv || echo none
| visit-log: not a date: '2026-02-29'
| 3
| visit-log: not a date: '29.10.2026'
| 3
| visit-log: not planned, done, missed or cancelled: 'came'
| 3
| visit-log: not a whole number from 0 on: '1.5'
| 3
| visit-log: not a whole number from 0 on: '-3'
| 3
| visit-log: not a whole number from 0 on: '1234567890123456'
| 3
| visit-log: blank at the start or end: ' call'
| 3
| visit-log: # at the start: '#C1'
| 3
| visit-log: blank at the start or end: 'a '
| 3
| visit-log: backslash that is not \\: 'a\tb'
| 3
| visit-log: not a date: 'tomorrow'
| 3
| visit-log: control character: 'a<U+001B>[2Jb'
| 3
| visit-log: not UTF-8: '<0xC3>('
| 3
| visit-log: control character: 'del<U+007F>c1<U+0085>'
| 3
| none

# A record may not become a line over 1 MiB.
$ visit-log -f none.tsv - < <(printf '2026-10-01\ta\t\tvisit\tdone\t\t\t\t\t%01048540d\n' 0)
! visit-log: -:1: a line over 1048576 bytes
? 3

# ---- usage ----

$ visit-log
! visit-log: whose visit? (-m NAME, or '-' for lines of standard input)
! visit-log: see 'visit-log --help'
? 2

$ visit-log -c C042
! visit-log: whose visit? (-m NAME, or '-' for lines of standard input)
! visit-log: see 'visit-log --help'
? 2

$ visit-log -m a -
! visit-log: either options that describe a visit, or lines
! visit-log: see 'visit-log --help'
? 2

$ visit-log --next 2026-12-01 in.tsv
! visit-log: either options that describe a visit, or lines
! visit-log: see 'visit-log --help'
? 2

$ visit-log -m a --plan --status done
! visit-log: either --plan or --status
! visit-log: see 'visit-log --help'
? 2

$ visit-log - -
! visit-log: standard input ('-') can be read once only
! visit-log: see 'visit-log --help'
? 2

# ---- files ----

$ visit-log -f nowhere/visits.tsv -m a
! visit-log: nowhere/visits.tsv: open: No such file or directory
? 4

$ KPI_DIR=nowhere visit-log -m a
! visit-log: nowhere/visits.tsv: open: No such file or directory
? 4

$ visit-log -f . -m a
! visit-log: .: open: Is a directory
? 4

$ visit-log -f /dev/full -m a
! visit-log: /dev/full: not a regular file
? 4

$ visit-log -f none.tsv missing.tsv
! visit-log: missing.tsv: open: No such file or directory
? 4
