# goal-set: adds one goal document at the end of a file, once the whole stream with it has been read and found valid.

# The four things a goal needs. The id is PERIOD/OWNER/METRIC, the day of setting is today's.
$ goal-set -f g.yaml -p 2026-10 -m wang.li -i sales -t 500000

$ cat g.yaml
| ---
| goal: 2026-10/wang.li/sales
| owner: wang.li
| metric: sales
| period: 2026-10
| target: 500000
| set: 2026-11-02

# Everything a goal can say; lists come of repeated options. "last-month" is resolved before it is written.
$ goal-set -f full.yaml -p last-month -m wang.li -i retention -t 90 --id east
> goal-set -f full.yaml -p last-month -m li.wei -i sales -t +10% --baseline 400000 --weight 40.5 \
>     --id east-key-accounts --title 'Win two key accounts in the eastern district' --why '东部是今年的增长点' \
>     --supports east --step 'list the 20 largest non-clients' --step 'two visits a week' \
>     --risk 'flagship store under renovation' --review 2026-10-10 --review 2026-10-20 --agreed yesterday
> sed -n '/key-accounts/,$p' full.yaml
| goal: east-key-accounts
| owner: li.wei
| metric: sales
| period: 2026-10
| target: +10%
| baseline: 400000
| weight: 40.5
| title: Win two key accounts in the eastern district
| why: 东部是今年的增长点
| supports: east
| steps:
|   - list the 20 largest non-clients
|   - two visits a week
| risks:
|   - flagship store under renovation
| reviews:
|   - 2026-10-10
|   - 2026-10-20
| set: 2026-11-02
| agreed: 2026-11-01

# No goal serves itself.
$ goal-set -f self.yaml -p 2026-10 -m a -i sales -t 1 --id a
> goal-set -f self.yaml -p 2026-10 -m b -i sales -t 1 --id b --supports b; grep -c goal: self.yaml
| 1
! goal-set: self.yaml:9:1: goal 'b' supports itself

# Set on another day, such as that of the meeting.
$ goal-set -f day.yaml -p 2026-11 -m a -i m -t 1 -d yesterday && tail -n 1 day.yaml
| set: 2026-11-01

# 400000 + 10 % is 440000.
$ goal-list full.yaml
| 2026-10	li.wei	sales	40.5	440000	400000
| 2026-10	wang.li	retention		90	

$ goal-set --file=long.yaml --period=2026-Q4 --manager=east --metric=sales --target=1 --strategy && tail -n 2 long.yaml
| strategy: true
| set: 2026-11-02

# The file: -f, else $KPI_DIR/goals.yaml, else goals.yaml here.
$ mkdir data
> KPI_DIR=data goal-set -p 2026 -m a -i m -t 1
> KPI_DIR='' goal-set -p 2026 -m b -i m -t 1
> grep owner data/goals.yaml goals.yaml
| data/goals.yaml:owner: a
| goals.yaml:owner: b

# ---- values that YAML would not take as they are ----

# Numbers, dates, words with a meaning, signs that begin something else: in quotes. All of them read back as written.
$ for name in true No null '~' 12 1e3 0x1F 1_000 2026-10-05 .5 '- x' '? x' 'a: b' 'a #b' '*a' '&a' '!a' '|' '>' '%a' \
>     '@a' \
>     '`a`' '[a]' '{a}' "o'neil" 'say "hi"' 'back\slash' 'a, b' '张敏' 'Ünal' 'x=y' '<<' '---' '...' 'a:' ':' \
>         "$(printf '\342\200\256rtl')"
> do goal-set -f odd.yaml -p 2026 -m "$name" -i m -t 1 --id "id $name" --title "$name" || echo "refused: $name"
> done
> sed -n 's/^owner: //p' odd.yaml
| "true"
| "No"
| "null"
| "~"
| "12"
| "1e3"
| "0x1F"
| "1_000"
| "2026-10-05"
| ".5"
| "- x"
| "? x"
| "a: b"
| "a #b"
| "*a"
| "&a"
| "!a"
| "|"
| ">"
| "%a"
| "@a"
| "`a`"
| "[a]"
| "{a}"
| "o'neil"
| "say \"hi\""
| "back\\slash"
| "a, b"
| 张敏
| Ünal
| "x=y"
| "<<"
| "---"
| "..."
| "a:"
| ":"
| "\u202Ertl"

# The owners in the order of their bytes; in KPI lines a backslash is doubled.
$ goal-list odd.yaml | cut -f 2
| !a
| %a
| &a
| *a
| - x
| ---
| ...
| .5
| 0x1F
| 12
| 1_000
| 1e3
| 2026-10-05
| :
| <<
| >
| ? x
| @a
| No
| [a]
| `a`
| a #b
| a, b
| a:
| a: b
| back\\slash
| null
| o'neil
| say "hi"
| true
| x=y
| {a}
| |
| ~
| Ünal
|e \342\200\256rtl
| 张敏

# Texts may hold several lines and tabs.
$ goal-set -f text.yaml -p 2026 -m a -i m -t 1 --why "$(printf 'one\ntwo\tthree')" --title ' blanks ' --step '# 1' &&
> grep -E 'why|title|  -' text.yaml
| title: " blanks "
| why: "one\ntwo\tthree"
|   - "# 1"

# ---- what was there stays byte for byte ----

# A file with CRLF, a BOM, comments, and without a line feed at its end: the document begins on a line of its own.
$ printf '\357\273\277# 目标\r\n---\r\ngoals: 2026-09\r\ntargets:\r\n  wang.li: {sales: 1} # September' >old.yaml
> cp old.yaml new.yaml
> goal-set -f new.yaml -p 2026-10 -m wang.li -i sales -t 2
> head -c "$(wc -c <old.yaml)" new.yaml | cmp - old.yaml && tail -c "+$(($(wc -c <old.yaml) + 1))" new.yaml
| 
| ---
| goal: 2026-10/wang.li/sales
| owner: wang.li
| metric: sales
| period: 2026-10
| target: 2
| set: 2026-11-02

$ goal-list new.yaml
| 2026-09	wang.li	sales		1	
| 2026-10	wang.li	sales		2	

# A link stays a link, its file grows; the mode stays.
$ printf 'goals: 2026\ntargets: {a: {m: 1}}\n' >real.yaml
> chmod 640 real.yaml
> ln -s real.yaml link.yaml
> goal-set -f link.yaml -p 2026 -m b -i m -t 1
> test -L link.yaml && stat -c '%a %F' real.yaml && goal-list real.yaml
| 640 regular file
| 2026	a	m		1	
| 2026	b	m		1	

# ---- checked before anything is written ----

# The place of the refused document is where it would have stood: behind the 7 lines of g.yaml and its own "---".
$ cp g.yaml before.yaml
> goal-set -f g.yaml -p 2026-10 -m wang.li -i sales -t 600000
! goal-set: g.yaml:9:1: goal '2026-10/wang.li/sales', set at g.yaml:2:1 already
? 3

$ goal-set -f g.yaml -p 2026-10 -m wang.li -i sales -t 600000 --id another
! goal-set: g.yaml:9:1: a goal of 'wang.li' for 'sales' in 2026-10, set at g.yaml:2:1 already
? 3

# The same days, written as a range.
$ goal-set -f g.yaml -p 2026-10-01..2026-10-31 -m wang.li -i sales -t 600000
! goal-set: g.yaml:9:1: a goal of 'wang.li' for 'sales' in 2026-10-01..2026-10-31, set at g.yaml:2:1 already
? 3

$ goal-set -f g.yaml -p 2026-11 -m wang.li -i sales -t 1 --supports nothing
! goal-set: g.yaml:9:1: supports an unknown goal: 'nothing'
? 3

# column 9 is where "target: +10%" has its value, line 13
$ goal-set -f g.yaml -p 2026-11 -m wang.li -i sales -t +10%
! goal-set: g.yaml:13:9: a target in % needs a baseline
? 3

$ goal-set -f g.yaml -p 2026-11 -m wang.li -i sales -t 5 --baseline 5
! goal-set: g.yaml:9:1: the target equals the baseline
? 3

$ goal-set -f g.yaml -p 2026-11 -m wang.li -i sales -t -5
! goal-set: g.yaml:9:1: a target below 0 needs a baseline
? 3

# With the scheme (-g, also from standard input) its metrics and digits are known.
$ printf '%s\n' 'scheme: s' 'metrics: {sales: {weight: 100, better: lower}}' >scheme.yaml
> goal-set -f g.yaml -g scheme.yaml -p 2026-11 -m wang.li -i visits -t 5
! goal-set: g.yaml:9:1: scheme 's' knows no metric 'visits'
? 3

$ goal-set -f g.yaml -g - -p 2026-11 -m wang.li -i sales -t 5 --weight 0.125 <scheme.yaml
! goal-set: g.yaml:9:1: a weight with more than 2 decimals (digits of the scheme)
? 3

$ goal-set -f g.yaml -g scheme.yaml -p 2026-11 -m wang.li -i sales -t 5 --baseline 4
! goal-set: g.yaml:9:1: from baseline to target is up, but better for 'sales' is lower
? 3

$ cmp g.yaml before.yaml

# The file itself among the others is read once, whatever it is called, and nothing waits for its lock.
$ cp g.yaml same.yaml && ln -s same.yaml other-name.yaml
> timeout 20 goal-set -f same.yaml -g scheme.yaml -g ./same.yaml -g other-name.yaml -p 2026-12 -m wang.li -i sales -t 3 &&
> goal-list same.yaml
| 2026-10	wang.li	sales		500000	
| 2026-12	wang.li	sales		3	

# A file that is not a valid stream is not made longer.
$ printf 'goals: [\n' >broken.yaml
> goal-set -f broken.yaml -p 2026 -m a -i m -t 1
! goal-set: broken.yaml:1:8: while parsing a flow sequence: it is never closed
? 3

$ printf '2026\ta\tm\t\t1\t\n' >lines.tsv
> goal-set -f lines.tsv -p 2026 -m b -i m -t 1
!~ goal-set: lines.tsv:\d+:\d+: .*
? 3

$ cat broken.yaml lines.tsv
| goals: [
|e 2026\ta\tm\t\t1\t

# A file that would have been new is not left behind empty.
$ goal-set -f never.yaml -p 2026 -m a -i m -t 1 --supports nothing
! goal-set: never.yaml:2:1: supports an unknown goal: 'nothing'
? 3

$ ls -A | grep never
? 1

# ---- usage ----

$ goal-set
! goal-set: for which period? (-p PERIOD)
! goal-set: see 'goal-set --help'
? 2

$ goal-set -p 2026
! goal-set: whose goal? (-m OWNER)
! goal-set: see 'goal-set --help'
? 2

$ goal-set -p 2026 -m a
! goal-set: of which metric? (-i METRIC)
! goal-set: see 'goal-set --help'
? 2

$ goal-set -p 2026 -m a -i m
! goal-set: which target? (-t TARGET)
! goal-set: see 'goal-set --help'
? 2

$ goal-set -p 2026 -m a -i m -t 1 goals.yaml
! goal-set: goal-set takes no operands
! goal-set: see 'goal-set --help'
? 2

# Wrong values never reach the file.
$ try() { goal-set -f never.yaml "$@" 2>&1 | head -n 1; }
> try -p 2026-13
> try -p 2026 -t 12,5
> try -p 2026 -t 10%
> try -p 2026 -t +x%
> try -p 2026 -t ''
> try --baseline 1e3
> try --weight x
> try -m ''
> try -m ' wang'
> try -m '#wang'
> try -i "$(printf 'a\tb')"
> try --id "$(printf 'a\001b')"
> try --title ''
> try --why "$(printf '\377')"
> try --review 2026-02-30
> try --review 2026-10
> try --agreed tomorrow
| goal-set: not a period: '2026-13'
| goal-set: not a target: '12,5'
| goal-set: a percentage needs its sign, as in +10%: '10%'
| goal-set: not a target: '+x%'
| goal-set: not a target: ''
| goal-set: not a number: '1e3'
| goal-set: not a number: 'x'
| goal-set: an empty name
| goal-set: blank at the start or end: ' wang'
| goal-set: # at the start: '#wang'
| goal-set: backslash that is not \\: 'a\tb'
| goal-set: control character: 'a<U+0001>b'
| goal-set: an empty text
| goal-set: not UTF-8: '<0xFF>'
| goal-set: not a date: '2026-02-30'
| goal-set: not a date: '2026-10'
| goal-set: not a date: 'tomorrow'

$ goal-set -f never.yaml -p 2026 -m a -i m -t 1 -g - -g -
! goal-set: standard input ('-') can be read once only
! goal-set: see 'goal-set --help'
? 2

$ ls -A | grep never
? 1

# ---- files ----

$ goal-set -f nowhere/g.yaml -p 2026 -m a -i m -t 1
! goal-set: nowhere/g.yaml: open: No such file or directory
? 4

$ goal-set -f data -p 2026 -m a -i m -t 1
! goal-set: data: open: Is a directory
? 4

$ goal-set -f g.yaml -g missing.yaml -p 2026 -m a -i m -t 1
! goal-set: missing.yaml: open: No such file or directory
? 4

@ need non-root
$ chmod 400 g.yaml
> goal-set -f g.yaml -p 2026 -m a -i m -t 1
! goal-set: g.yaml: open: Permission denied
? 4
