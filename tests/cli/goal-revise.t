# goal-revise: adds a revision or a review at the end of a file, once the whole stream with it has been read and found
# valid.

$ cat >old.yaml <<X
> # 目标
> goal: east
> owner: li.wei
> metric: sales
> period: 2026-Q4
> target: 400000
> baseline: 300000
> weight: 40
> ---
> goals: 2026-11
> targets: {wang.li: {visits: 40}}
> X
> cp old.yaml g.yaml

# By whom, and when: the user's name, today. What it does not say is as before.
$ LOGNAME=zhang.qiang goal-revise -f g.yaml east -t 430000 --reason 'flagship store closed'
> tail -n +12 g.yaml
> goal-list -m li.wei g.yaml
| ---
| revise: east
| target: 430000
| on: 2026-11-02
| by: zhang.qiang
| reason: flagship store closed
| 2026-Q4	li.wei	sales	40	430000	300000

# All that it can say; goals of compact documents have ids, too.
$ goal-revise -f g.yaml -t +50% --baseline 310000 --weight 35.5 --reason '市场变化: new rival' -d today --author 王 east
> goal-revise -f g.yaml --target 36 --reason holidays --date 2026-11-30 --author '12' 2026-11/wang.li/visits
> tail -n +18 g.yaml
> goal-list g.yaml
| ---
| revise: east
| target: +50%
| baseline: 310000
| weight: 35.5
| on: 2026-11-02
| by: 王
| reason: "市场变化: new rival"
| ---
| revise: 2026-11/wang.li/visits
| target: 36
| on: 2026-11-30
| by: "12"
| reason: holidays
| 2026-Q4	li.wei	sales	35.5	465000	310000
| 2026-11	wang.li	visits		36	

# A review: what was found, what is next. It may come after the period's end.
$ goal-revise -f g.yaml --review --says 'one account won, the other waits' --next-step 'visit the director' \
>     -d 2026-10-20 --author zhang east
> goal-revise -f g.yaml --review --next 'close it' -d 2027-01-04 --author zhang -- east
> goal-revise -f g.yaml --review --says "$(printf 'yes\nno')" --author zhang east
> tail -n +32 g.yaml
| ---
| review: east
| on: 2026-10-20
| by: zhang
| says: "one account won, the other waits"
| next: visit the director
| ---
| review: east
| on: 2027-01-04
| by: zhang
| next: close it
| ---
| review: east
| on: 2026-11-02
| by: zhang
| says: "yes\nno"

# What was there stays byte for byte; the replayed past, too.
$ head -c "$(wc -c <old.yaml)" g.yaml | cmp - old.yaml
> goal-list -m li.wei --as-of 2026-11-01 g.yaml
| 2026-Q4	li.wei	sales	40	400000	300000

# Nobody by name: the user's own, as id knows it; a user without one says nothing.
$ cp old.yaml who.yaml
> env -u LOGNAME goal-revise -f who.yaml --review --says x east
> test "$(sed -n 's/^by: //p' who.yaml)" = "$(id -un)" && echo the same
| the same

@ need setpriv
$ chmod 777 . && cp old.yaml nobody.yaml
> if [ "$(id -u)" = 0 ]; then
>     chown 54321:54321 nobody.yaml
>     env -u LOGNAME setpriv --reuid 54321 --regid 54321 --clear-groups goal-revise -f nobody.yaml --review --says good east
>     tail -n 3 nobody.yaml
> else
>     printf '%s\n' 'review: east' 'on: 2026-11-02' 'says: good'
> fi
| review: east
| on: 2026-11-02
| says: good

# The file: -f, else $KPI_DIR/goals.yaml, else goals.yaml here.
$ mkdir data && cp old.yaml data/goals.yaml && cp old.yaml goals.yaml
> KPI_DIR=data goal-revise --review --says there --author a east
> goal-revise --review --says here --author a east
> grep says data/goals.yaml goals.yaml
| data/goals.yaml:says: there
| goals.yaml:says: here

# ---- checked before anything is written ----

# An unknown goal; the nearest known one is named, as far as it is near.
$ cp g.yaml before.yaml
> goal-revise -f g.yaml -t 1 --reason x --author a eest
! goal-revise: g.yaml:49:9: unknown goal: 'eest'; the nearest known one is 'east'
? 3

$ goal-revise -f g.yaml --review --says x --author a 2026-11/wnag.li/visits
! goal-revise: g.yaml:49:9: unknown goal: '2026-11/wnag.li/visits'; the nearest known one is '2026-11/wang.li/visits'
? 3

$ goal-revise -f g.yaml -t 1 --reason x --author a north-west
! goal-revise: g.yaml:49:9: unknown goal: 'north-west'
? 3

# After the period's end, when nobody can meet it any more; and back in time. On the last day it may be.
$ goal-revise -f g.yaml -t 35 --reason x --author a -d 2026-12-01 2026-11/wang.li/visits
! goal-revise: g.yaml:49:1: a revision of '2026-11/wang.li/visits' on 2026-12-01, after the end of its period, 2026-11-30
? 3

$ goal-revise -f g.yaml -t 35 --reason x --author a -d 2026-11-29 2026-11/wang.li/visits
! goal-revise: g.yaml:49:1: a revision of '2026-11/wang.li/visits' dated before the one at g.yaml:27:1
? 3

$ KPI_NOW=2027-01-01 goal-revise -f g.yaml -t 35 --reason x --author a east
! goal-revise: g.yaml:49:1: a revision of 'east' on 2027-01-01, after the end of its period, 2026-12-31
? 3

$ goal-revise -f g.yaml -t 310000 --reason x --author a east
! goal-revise: g.yaml:49:1: the target equals the baseline
? 3

$ goal-revise -f g.yaml -t 1 --weight -1 --reason x --author a 2026-11/wang.li/visits
! goal-revise: g.yaml:51:9: below 0: '-1'
? 3

$ goal-revise -f g.yaml -t +5% --reason x --author a -d 2026-11-30 2026-11/wang.li/visits
! goal-revise: g.yaml:49:1: a target in % needs a baseline
? 3

# With the scheme its metrics are known: better is lower here.
$ printf '%s\n' 'scheme: s' 'metrics: {sales: {better: lower}, visits: }' >scheme.yaml
> goal-revise -f g.yaml -g scheme.yaml -t 1 --reason x --author a -d 2026-11-30 2026-11/wang.li/visits
! goal-revise: g.yaml:2:1: from baseline to target is up, but better for 'sales' is lower
? 3

$ cmp g.yaml before.yaml

# A late revision that stands in the file already is not in the way.
$ printf '%s\n' 'goals: 2026-01' 'targets: {a: {m: 1}}' --- 'revise: 2026-01/a/m' 'target: 2' 'on: 2026-02-01' \
>     'reason: late' >late.yaml
> goal-revise -f late.yaml --review --says x --author a 2026-01/a/m && goal-list late.yaml
| 2026-01	a	m		1	

# The file itself among the others is read once, and nothing waits for its lock.
$ ln -s g.yaml link.yaml
> timeout 20 goal-revise -f g.yaml -g g.yaml -g link.yaml --review --says x --author a east && grep -c ^review: g.yaml
| 4

# ---- usage ----

$ goal-revise -f g.yaml -t 1 --reason x
! goal-revise: which goal? (ID, one)
! goal-revise: see 'goal-revise --help'
? 2

$ try() { goal-revise -f never.yaml "$@" 2>&1 | head -n 1; }
> try -t 1 --reason x a b
> try --reason x east
> try -t 1 east
> try -t 1 --reason '' east
> try -t 1 --reason x --says y east
> try --review east
> try --review --says x -t 1 east
> try --review --says x --reason y east
> try --review --says x --weight 1 east
> try -t 10% --reason x east
> try -t 1 --reason x -d 2026-02-30 east
> try -t 1 --reason x -d 2026-10-01T10:00 east
> try -t 1 --reason x --author ' a' east
> try -t 1 --reason x ' east'
> try -t 1 --reason ' ' east
> try -t 1 --reason x ''
> try --review=2026-01-01 --says x east
> try -p 2026 -t 1 --reason x east
| goal-revise: which goal? (ID, one)
| goal-revise: which target? (-t TARGET)
| goal-revise: for which reason? (--reason TEXT)
| goal-revise: an empty text
| goal-revise: --says and --next-step are of a review (--review)
| goal-revise: what was found? (--says TEXT)
| goal-revise: a review changes nothing: -t, --baseline, --weight and --reason are of a revision
| goal-revise: a review changes nothing: -t, --baseline, --weight and --reason are of a revision
| goal-revise: a review changes nothing: -t, --baseline, --weight and --reason are of a revision
| goal-revise: a percentage needs its sign, as in +10%: '10%'
| goal-revise: not a date: '2026-02-30'
| goal-revise: not a date: '2026-10-01T10:00'
| goal-revise: blank at the start or end: ' a'
| goal-revise: blank at the start or end: ' east'
| goal-revise: an empty text
| goal-revise: an empty name
| goal-revise: option --review takes no value
| goal-revise: no such option: -p

$ ls -A | grep never
? 1

# ---- files ----

$ goal-revise -f nowhere/g.yaml -t 1 --reason x --author a east
! goal-revise: nowhere/g.yaml: open: No such file or directory
? 4

# A file that is not there has no goals, and is not made.
$ goal-revise -f never.yaml -t 1 --reason x --author a east
! goal-revise: never.yaml:2:9: unknown goal: 'east'
? 3

$ ls -A | grep never
? 1

# A link stays a link, its file grows; the mode stays.
$ chmod 640 g.yaml
> goal-revise -f link.yaml --review --says linked --author a east
> test -L link.yaml && stat -c '%a %F' g.yaml && tail -n 1 g.yaml
| 640 regular file
| says: linked

@ need non-root
$ chmod 400 g.yaml
> goal-revise -f g.yaml -t 1 --reason x --author a east
! goal-revise: g.yaml: open: Permission denied
? 4
