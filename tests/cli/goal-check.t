# goal-check: what makes a stream of schemes and goals invalid (standard error, exit 3), and weights that do not fit
# (standard output, exit 1).

# A stream without a fault is answered by silence.
$ cat >scheme.yaml <<'E'
> scheme: retail-2026
> period: 2026
> metrics:
>   sales: {weight: 60}
>   visits: {weight: 40}
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
$ sed -e 's/visits: {weight: 40}/visits: {weight: 30}/' -e 's/visits: 70/visits: 60/' scheme.yaml >s90.yaml
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

# Without a book any role will do: 30 + 70 and 60 + 40 are both right; with own weights of one metric nothing may be
# left.
$ printf 'goals: 2026-10\ntargets:\n  qian: {sales: 1, visits: {target: 1, weight: 70}}\n' | goal-check scheme.yaml -

# Without a book kpi-score would score teams and the company, too, so their weights must fit; the book tells who counts.
$ cat >tree.yaml <<'E'
> goal: top
> owner: company
> metric: sales
> period: 2026
> target: 9
> strategy: true
> ---
> goal: mine
> owner: sun
> metric: sales
> period: 2026
> target: 1
> weight: 100
> supports: top
> E
> goal-check scheme.yaml tree.yaml
> goal-check -M managers.tsv scheme.yaml tree.yaml
| tree.yaml:1:1: 'visits' for 'company' in 2026: it has a weight but no goal
| tree.yaml:8:1: 'visits' for 'sun' in 2026: it has a weight but no goal
| tree.yaml:8:1: 'visits' for 'sun' in 2026: it has a weight but no goal
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

# ---- usage and files ----

$ goal-check -k g.yaml
! goal-check: no such option: -k
! goal-check: see 'goal-check --help'
? 2

$ goal-check -p 13 g.yaml
! goal-check: not a period: '13'
! goal-check: see 'goal-check --help'
? 2

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
