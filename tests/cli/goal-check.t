# goal-check: what makes a stream of schemes and goals invalid (standard error, exit 3); weights, goals, schemes and plans
# that do not fit (standard output, exit 1).

# A stream without a fault is answered by silence.
$ cat >scheme.yaml <<'E'
> scheme: retail-2026
> period: 2026
> metrics:
>   sales: {weight: 60, unit: CNY}
>   visits: {weight: 40, unit: visits}
>   complaints: {better: lower, missing: zero}
> roles:
>   junior: {sales: 30, visits: 70}
> E
> cat >goals.yaml <<'E'
> goals: 2026-10
> targets:
>   wang.li: {sales: 500000, visits: 40}
> E
> goal-check scheme.yaml goals.yaml

$ cat goals.yaml <(echo ---) scheme.yaml | goal-check

$ goal-check </dev/null

# ---- invalid streams ----

# Each document is judged, and all faults are told, not only the first.
$ cat >bad.yaml <<'E'
> goals: 2026-13
> targets: {a: {m: 1}}
> ---
> goal: g
> owner: a
> metric: m
> period: 2026
> ---
> goals: 2026
> targets: {a: {m: 1}}
> ---
> goals: 2026-01-01..2026-12-31
> targets: {a: {m: 2}}
> ---
> revise: nothing
> target: 3
> on: 2026-02-30
> reason: none
> ---
> review: nothing
> on: 2026-02-01
> ---
> color: red
> E
> goal-check bad.yaml
! goal-check: bad.yaml:1:8: not a period: '2026-13'
! goal-check: bad.yaml:4:1: a goal lacks the key 'target'
! goal-check: bad.yaml:17:5: not a date: '2026-02-30'
! goal-check: bad.yaml:23:1: a document must be one of scheme, goals, goal, revise, review
! goal-check: bad.yaml:13:18: a goal of 'a' for 'm' in 2026-01-01..2026-12-31, set at bad.yaml:10:18 already
! goal-check: bad.yaml:20:9: unknown goal: 'nothing'
? 3

# What is not YAML ends the work: nobody knows how it goes on.
$ printf '%s\n' 'goals: 2026-13' 'targets: {a: {m: 1}}' '---' 'goals: ]' '---' 'color: red' | goal-check
! goal-check: -:1:8: not a period: '2026-13'
! goal-check: -:4:8: while parsing a block node: did not find expected node content
? 3

# Bad goal lines likewise, each in its file.
$ printf '2026\ta\tm\t\tx\t\n2026\ta\tm\t\t1\t\n2026\ta\tm\t-1\t2\t\n2026\ta\tm\t\t2\t\n' >bad.tsv
> goal-check bad.tsv bad.tsv
! goal-check: bad.tsv:1:5: not a number: 'x'
! goal-check: bad.tsv:3:4: below 0: '-1'
! goal-check: bad.tsv:1:5: not a number: 'x'
! goal-check: bad.tsv:3:4: below 0: '-1'
! goal-check: bad.tsv:4: a goal of 'a' for 'm' in 2026, set at bad.tsv:2 already
! goal-check: bad.tsv:2: a goal of 'a' for 'm' in 2026, set at bad.tsv:2 already
! goal-check: bad.tsv:4: a goal of 'a' for 'm' in 2026, set at bad.tsv:2 already
? 3

# ---- weights ----

# The scheme's own: 60 + 30 is not 100, 30 + 60 neither. Each at its place.
$ sed -e 's/visits: {weight: 40/visits: {weight: 30/' -e 's/visits: 70/visits: 60/' scheme.yaml >s90.yaml
> goal-check s90.yaml
| s90.yaml:1:1: the weights of scheme 'retail-2026' add up to 90, not 100
| s90.yaml:8:3: the weights of role 'junior' add up to 90, not 100
? 1

$ (echo 'points: 90'; cat s90.yaml) | goal-check

# An owner's goals: as many as there are weights, and these add up. li.wei brings own weights for both, zhao for one
# only.
$ cat >owners.yaml <<'E'
> goals: 2026-10
> targets:
>   li.wei: {sales: {target: 1, weight: 99.5}, visits: {target: 1, weight: 0.5}}
>   zhao: {sales: {target: 1, weight: 50}, visits: 1}
>   wang.li: {sales: 1}
>   zhou: {sales: 1, visits: 1, complaints: 1}
> E
> goal-check scheme.yaml owners.yaml
| owners.yaml:5:20: 'visits' for 'wang.li' in 2026-10: it has a weight but no goal
| owners.yaml:4:17: the weights of 'zhao' in 2026-10 add up to 90, not 100
| owners.yaml:6:17: 'complaints' for 'zhou' in 2026-10: it has a goal but no weight
? 1

# With the book (-M) an owner's role is known: qian (junior) lacks a goal for visits, sun (senior) has the metrics' own
# weights. Owners that are not in the book are not weighed: zhao, zhou, wang.li and li.wei are not.
$ printf '%s\t\teast\t%s\t\t\n' qian junior sun senior >managers.tsv
> printf 'goals: 2026-10\ntargets:\n  qian: {sales: 1}\n  sun: {sales: 1, visits: 1}\n' >roles.yaml
> goal-check -M managers.tsv scheme.yaml roles.yaml owners.yaml
| roles.yaml:3:17: 'visits' for 'qian' in 2026-10: it has a weight but no goal
? 1

# Without a book any role will do: 30 + 70 and 60 + 40 are both right; ./with own weights of one metric nothing may be
# left.
$ printf 'goals: 2026-10\ntargets:\n  qian: {sales: 1, visits: {target: 1, weight: 70}}\n' | goal-check scheme.yaml -

# Without a book kpi-score would score teams and the company, too, so their weights must fit; the book tells who counts,
# and who has no goal at all where others have.
$ cat >tree.yaml <<'E'
> goal: top
> owner: company
> metric: sales
> period: 2026-10
> target: 1
> title: Sales back to where they were
> strategy: true
> ---
> goal: mine
> owner: sun
> metric: sales
> period: 2026-10
> target: 1
> title: All of it by sun
> weight: 100
> supports: top
> E
> goal-check scheme.yaml tree.yaml
> goal-check -M managers.tsv scheme.yaml tree.yaml
| tree.yaml:1:1: 'visits' for 'company' in 2026-10: it has a weight but no goal
| tree.yaml:9:1: 'visits' for 'sun' in 2026-10: it has a weight but no goal
| tree.yaml:9:1: 'visits' for 'sun' in 2026-10: it has a weight but no goal
| managers.tsv:1: 'qian' has no goal at all in 2026-10
? 1

# Only one period's weights (-p, days that are the same count as the same); every period of goals without it.
$ sed 's/2026-10/2026-11/' owners.yaml >november.yaml
> goal-check -p 2026-11-01..2026-11-30 scheme.yaml owners.yaml november.yaml | wc -l
> goal-check scheme.yaml owners.yaml november.yaml | wc -l
| 3
| 6

$ goal-check -p 2026-12 scheme.yaml owners.yaml
! goal-check: no goal for 2026-12
? 1

# Exactly one scheme must hold for a period that has goals.
$ sed 's/2026-10/2027-10/' goals.yaml | goal-check scheme.yaml -
| no scheme holds for 2027-10
? 1

$ sed 's/: retail-2026/: other/' scheme.yaml | goal-check scheme.yaml goals.yaml -
| -:1:1: scheme 'other' and scheme 'retail-2026' at scheme.yaml:1:1 both hold for 2026-10
? 1

# Where something was refused, weights are not looked at: half of them may be missing.
$ (cat owners.yaml; printf -- '---\nreview: nothing\non: 2026-01-01\n') | goal-check scheme.yaml -
! goal-check: -:8:9: unknown goal: 'nothing'
? 3

# ---- SMART goals ----

# One that nothing can be said against, and the same with one thing changed by sed each time.
$ cat >smart.yaml <<'E'
> scheme: s
> period: 2026
> metrics:
>   sales: {title: Sales, unit: CNY, weight: 100}
>   bare: {}
> ---
> goal: top
> owner: 青禾
> metric: sales
> period: 2026-H1
> target: +10%
> baseline: 1000
> title: Ten percent more
> strategy: true
> reviews: [2026-02-10, 2026-03-26, 2026-05-10, 2026-06-20]
> set: 2025-12-01
> agreed: 2025-12-05
> ---
> goal: part
> owner: east
> metric: sales
> period: 2026-02
> target: 1100
> title: All of it in February
> supports: top
> set: 2026-01-20
> E
> cat >with <<'E'
> #!/bin/sh
> edit=$1; shift
> sed "$edit" smart.yaml | KPI_NOW=2026-02-10 goal-check "$@" -
> E
> chmod +x with; KPI_NOW=2026-02-10 goal-check smart.yaml; KPI_NOW=2026-02-10 goal-check --agreed smart.yaml
| smart.yaml:19:1: part: T: not agreed with its owner: agree on it and say when (agreed)
? 1

$ ./with '/All of it/d'
> ./with 's/All of it in February/SALES/'
> ./with 's/All of it in February/sales in February/'
> ./with 's/, unit: CNY//' | cut -c 1-66
> ./with '20,$s/^metric: sales/metric: bare/' | grep M:
> ./with '/supports/d'
> ./with 's/supports: top/strategy: true/'
> ./with 's/supports: top/strategy: false/' | cut -c 1-40
> ./with 's/strategy: true/supports: part/'
| -:19:1: part: S: it has no title: say what is to be reached (title)
| -:19:1: part: S: the title says no more than the metric, 'SALES': say what is to be reached
| -:7:1: top: M: the metric 'sales' has no unit: say in the scheme w
| -:19:1: part: M: the metric 'sales' has no unit: say in the scheme
| -:19:1: part: M: the metric 'bare' has no unit: say in the scheme what is counted (unit)
| -:19:1: part: R: it supports no goal: name the one that it serves (supports), or mark it as strategy
| -:19:1: part: R: it supports no goal: na
| -:7:1: top: R: it supports itself by way of 'part': let one of them support another goal
? 1

# An unknown goal is refused as ever, the nearest one named.
$ ./with 's/supports: top/supports: tap/'
! goal-check: -:19:1: supports an unknown goal: 'tap'; the nearest known one is 'top'
? 3

# Days: inside the period or before it, reviews every 45 days where it has more.
$ ./with 's/set: 2026-01-20/set: 2026-02-28/'
> ./with 's/set: 2026-01-20/set: 2026-03-01/'
> ./with 's/set: 2026-01-20/reviews: [2026-02-28, 2026-01-31]/' | cut -c 1-52
> ./with 's/set: 2026-01-20/reviews: [2026-03-01]/'
> ./with 's/2026-03-26/2026-03-27/' # 45 days after 10 February is the 27th of March
> ./with 's/2026-03-26/2026-03-28/'
> ./with 's/, 2026-06-20//'
> ./with '/reviews/d'
> (cat smart.yaml; printf -- '---\nrevise: part\ntarget: 1100\non: 2026-03-02\nreason: r\n') | goal-check --as-of 2026-02-10
| -:19:1: part: T: set on 2026-03-01, after the end of its period, 2026-02-28: choose a day before that
| -:19:1: part: T: the review of 2026-01-31 has passed
| -:19:1: part: T: to be reviewed on 2026-03-01, after the end of its period, 2026-02-28: choose a day before that
| -:7:1: top: T: no review for 46 days, from 2026-02-11 to 2026-03-28: plan one at least every 45 days (reviews)
| -:7:1: top: T: no review for 51 days, from 2026-05-11 to 2026-06-30: plan one at least every 45 days (reviews)
| -:7:1: top: T: no review for 181 days, from 2026-01-01 to 2026-06-30: plan one at least every 45 days (reviews)
| -:28:1: part: T: revised on 2026-03-02, after the end of its period, 2026-02-28: choose a day before that
? 1

# A review whose day has passed: today, or on the day of --as-of; a document that tells of it.
$ KPI_NOW=2026-02-11 goal-check smart.yaml
> goal-check --as-of 2026-03-26 smart.yaml | cut -c 1-58
> (cat smart.yaml; printf -- '---\nreview: top\non: 2026-02-12\nsays: fine\n') >held.yaml
> goal-check --as-of 2026-03-26 held.yaml; goal-check --as-of 2026-03-27 held.yaml | cut -c 1-58
| smart.yaml:7:1: top: T: the review of 2026-02-10 has passed and nothing tells of it: hold it, and note what it found (goal-revise --review)
| smart.yaml:7:1: top: T: the review of 2026-02-10 has passe
| held.yaml:7:1: top: T: the review of 2026-03-26 has passed

# ---- the past ----

# January to May gave 10, 50, 30, 20 and 40: the median is 30, half as much again as the best 75.
$ i=0; for v in 10 50 30 20 40; do i=$((i + 1)); printf '2026-0%d\tan\tsales\t%d\n' $i $v; done >past.tsv
> printf '2026-06\tan\tsales\t99\n2025\tan\tsales\t7\n2026-05\tbo\tsales\t1\n' >>past.tsv
> cat >try <<'E'
> #!/bin/sh
> target=$1; shift
> printf 'goals: 2026-06\ntargets: {an: {sales: %s}}\n' "$target" | goal-check "$@"
> E
> chmod +x try
> ./try 75 --history past.tsv; ./try 75.01 --history past.tsv 2>/dev/null
> ./try 55 --reach 10 --history past.tsv 2>/dev/null; ./try 55.01 --reach 10 --history past.tsv 2>/dev/null
> ./try 30 --history past.tsv 2>/dev/null; ./try 29.99 --history past.tsv 2>/dev/null
| -:2:23: 2026-06/an/sales: A: 75.01 is beyond the best of 5 past periods, 50 in 2026-02, by more than 50 % (median 30): set it nearer to what was reached
| -:2:23: 2026-06/an/sales: A: 55.01 is beyond the best of 5 past periods, 50 in 2026-02, by more than 10 % (median 30): set it nearer to what was reached
| -:2:23: 2026-06/an/sales: A: 29.99 is below the median of 5 past periods, 30 (best 50 in 2026-02): set it to what is an effort
! goal-check: -:2:23: 1 goal with measures in the history that lie in no past period as a whole and are left out, this one, with 1: 2026-06/an/sales
? 1

# Where lower is better it is the other way round: the best is 10, half of it 5.
$ grep -v ^2025 past.tsv >months.tsv
> lower() {
>     printf 'scheme: s\nmetrics: {sales: {unit: x, better: lower}}\n---\ngoals: 2026-06\ntargets: {an: {sales: %s}}\n' $1 |
>         goal-check --history months.tsv | grep A:; }
> lower 5; lower 4.99; lower 30; lower 30.01; goal-check --history months.tsv /dev/null
| -:5:23: 2026-06/an/sales: A: 4.99 is beyond the best of 5 past periods, 10 in 2026-01, by more than 50 % (median 30): set it nearer to what was reached
| -:5:23: 2026-06/an/sales: A: 30.01 is above the median of 5 past periods, 30 (best 10 in 2026-01): set it to what is an effort

# Who has no past is told of, once, and it is no fault. Bad measures are.
$ printf 'goals: 2026-06\ntargets: {cy: {sales: 1}, di: {sales: 2}}\n' | goal-check --history months.tsv
! goal-check: -:2:23: 2 goals of whose past the history knows nothing, this the first: 2026-06/cy/sales

$ echo x >>months.tsv; ./try 1 --history months.tsv
! goal-check: months.tsv:8: 1 field, a measure line has 4
? 3

# ---- compact goals ----

# They are excused from what they cannot say, unless --strict.
$ printf 'goals: 2026\ntargets: {an: {sales: 3}}\n' >compact.yaml; printf '2026\tbo\tsales\t\t3\t\n' >compact.tsv
> goal-check compact.yaml compact.tsv && goal-check --strict compact.yaml compact.tsv | cut -c 1-60
| compact.yaml:2:23: 2026/an/sales: S: it has no title: say wh
| compact.yaml:2:23: 2026/an/sales: R: it supports no goal: na
| compact.yaml:2:23: 2026/an/sales: T: no review for 365 days,
| compact.tsv:1: 2026/bo/sales: S: it has no title: say what i
| compact.tsv:1: 2026/bo/sales: R: it supports no goal: name t
| compact.tsv:1: 2026/bo/sales: T: no review for 365 days, fro

# ---- plans ----

# Parts add up to the goal that they support, or else by how much they do not.
$ ./with '/^target: 1100/s/0$/1/'
> ./with '/^target: 1100/s/1100/1099.5/'
> ./with '/^target: 1100/s/1100/1099.5/' --partial
> ./with '/^target: 1100/s/0$/1/' --partial
> ./with '/^target: 1100/s/0$/1/' --partial -p 2026-Q1
| -:7:1: top: its only part adds up to 1101, 1 more than its target 1100: revise it, or them
| -:7:1: top: its only part adds up to 1099.5, 0.5 less than its target 1100: revise it, or them
| -:7:1: top: its only part adds up to 1101, 1 more than its target 1100: revise it, or them

# Another metric, or a period that is not inside, is no part of it.
$ ./with '/^period: 2026-02/s/02$/07/' | grep 'part adds'; ./with '20,$s/^metric: sales/metric: bare/' | grep 'part adds'
? 1

# Schemes: curves, grades, gates; tiers with -C.
$ cat >rules.yaml <<'E'
> scheme: rules
> metrics:
>   a: {unit: x, weight: 50, curve: [[0, 0], [1, 1], [1.5, 0.5]]}
>   b: {unit: x, weight: 50, curve: [[0.8, 0.8], [1, 1], [1.1, 1.2]]}
>   c: {unit: x, missing: zero}
> gates:
>   - {metric: c, above: 2, score_at_most: 59}
>   - {metric: c, above: 5, score_at_most: 60}
>   - {metric: c, above: 9, score_at_most: 40}
> grades:
>   - {grade: S, from: 112}
>   - {grade: A, from: 90}
>   - {grade: B, from: 95}
>   - {grade: C, from: 60}
> tiers: {key: 14, growth: 30}
> E
> printf '%s\t\tan\t%s\t\t\n' c1 key c2 gold >clients.tsv; goal-check -C clients.tsv rules.yaml
| rules.yaml:3:3: the curve of 'a' falls from credit 1 to 0.5 at attainment 1.5: more earns less
| rules.yaml:4:3: the curve of 'b' has a gap: below attainment 0.8 credit stays at 0.8; let it begin with credit 0
| rules.yaml:11:5: nobody can get grade 'S' from 112 on: no score is above 110.03
| rules.yaml:13:5: nobody can get grade 'B': whoever fits has got 'A' before it
| rules.yaml:14:5: a score below 60 has no grade: add one behind 'C' without from and top
| rules.yaml:8:5: a gate that never bites: that of 'c' above 2 cuts as low or lower before it
| rules.yaml:15:18: no client has the tier 'growth'
? 1

$ sed -e 's/, \[1.5, 0.5\]//' -e 's/\[\[0.8, 0.8\]/[[0.8, 0], [0.8, 0.8]/' -e 's/from: 112/from: 110/' -e '/grade: B/d' -e 's/C, from: 60/C/' \
>     -e 's/above: 5, score_at_most: 60/above: 5, score_at_most: 58/' rules.yaml >fine.yaml
> sed -i s/gold/growth/ clients.tsv; goal-check -C clients.tsv fine.yaml

# Nothing is told before all is known to be readable, and lost output is no success.
$ goal-check rules.yaml >/dev/full
! goal-check: standard output: write: No space left on device
? 4

# ---- usage and files ----

$ goal-check -k g.yaml
! goal-check: no such option: -k
! goal-check: see 'goal-check --help'
? 2

$ goal-check -p 13 g.yaml
! goal-check: not a period: '13'
! goal-check: see 'goal-check --help'
? 2

$ try() { goal-check "$@" 2>&1 >/dev/null </dev/null | head -n 1; }
> try --reach -1
> try --reach half
> try --agreed=2026-01-01
> try --as-of 2026-10
> try --history - -
> try --history missing.tsv
> try -C missing.tsv
| goal-check: not a percentage from 0 on: '-1'
| goal-check: not a number: 'half'
| goal-check: option --agreed takes no value
| goal-check: not a date: '2026-10'
| goal-check: standard input ('-') can be read once only
| goal-check: missing.tsv: open: No such file or directory
| goal-check: missing.tsv: open: No such file or directory

$ goal-check - -M -
! goal-check: standard input ('-') can be read once only
! goal-check: see 'goal-check --help'
? 2

$ goal-check scheme.yaml missing.yaml
! goal-check: missing.yaml: open: No such file or directory
? 4

$ goal-check .
! goal-check: .: read: Is a directory
? 4
