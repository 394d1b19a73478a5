# kpi-score: goals and measures of a period to scores. Every figure below is worked out by hand; where it is not plain
# from the line above it, the sum stands there.

# ---- the whole, on the scheme of the contract ----

$ cat >scheme.yaml <<'E'
> scheme: retail-2026
> period: 2026
> metrics:
>   sales:    {title: 销售额, unit: CNY, weight: 40, curve: [[0.6, 0], [1, 1], [1.2, 1.3]], prorate: true}
>   visits:   {title: Client visits, unit: visits, weight: 20}
>   nps:      {title: Net promoter score, unit: points, weight: 20, take: last, missing: skip}
>   teamwork: {title: Peer rating, unit: points, weight: 20, take: mean}
>   complaints: {title: Complaints, unit: cases, better: lower, missing: zero}
> roles:
>   junior: {sales: 20, visits: 40, nps: 20, teamwork: 20}
> adjust:
>   - {metric: complaints, above: 2, each: 1, points: -2, at_most: 10}
> gates:
>   - {metric: complaints, above: 9, score_at_most: 59}
> grades:
>   - {grade: A, from: 100}
>   - {grade: B, from: 85}
>   - {grade: C, from: 60}
>   - {grade: D}
> E
> cat >goals.yaml <<'E'
> goals: 2026-10
> targets:
>   wang.li:  {sales: 500000, visits: 40, nps: 50, teamwork: 4.5}
>   张敏:      {sales: 420000, visits: 45, nps: 50, teamwork: 4.5}
>   li.wei:   {sales: 310000, visits: 40, nps: 50, teamwork: 4.5}
>   east:     {sales: 1230000}
> E
> cat >managers.tsv <<'E'
> wang.li	Wang Li	east	senior	2020-01-01	
> 张敏	张敏	east	junior		
> li.wei	Li Wei	east	senior	2026-10-17	
> E
> cat >measures.tsv <<'E'
> 2026-10-15	wang.li	sales	150000.50
> 2026-W43	wang.li	sales	299999.5
> 2026-10	wang.li	visits	44
> 2026-10-10	wang.li	nps	70
> 2026-10-20	wang.li	nps	40
> 2026-10-05	wang.li	teamwork	4
> 2026-10-06	wang.li	teamwork	4.5
> 2026-10	wang.li	complaints	4
> 2026-10	张敏	sales	504000
> 2026-10	张敏	visits	45
> 2026-10	张敏	teamwork	4.5
> 2026-10	张敏	complaints	10
> 2026-10	li.wei	sales	150000
> 2026-10	li.wei	visits	40
> 2026-10	li.wei	nps	100
> 2026-10	li.wei	teamwork	5
> 2026-09	li.wei	sales	999
> 2026-11	li.wei	sales	999
> E
> kpi-score -p 2026-10 -g scheme.yaml -g goals.yaml -M managers.tsv -l -H measures.tsv
| #period	manager	metric	weight	target	actual	attainment	credit	points
| 2026-10	li.wei	sales	40	150000.00	150000	1.0000	1.0000	40.00
| 2026-10	li.wei	visits	20	40	40	1.0000	1.0000	20.00
| 2026-10	li.wei	nps	20	50	100	2.0000	1.0000	20.00
| 2026-10	li.wei	teamwork	20	4.5	5.00	1.1111	1.0000	20.00
| 2026-10	wang.li	sales	40	500000	450000	0.9000	0.7500	30.00
| 2026-10	wang.li	visits	20	40	44	1.1000	1.0000	20.00
| 2026-10	wang.li	nps	20	50	40	0.8000	0.8000	16.00
| 2026-10	wang.li	teamwork	20	4.5	4.25	0.9444	0.9444	18.89
| 2026-10	wang.li	complaints			4			-4.00
| 2026-10	张敏	sales	25	420000	504000	1.2000	1.3000	32.50
| 2026-10	张敏	visits	50	45	45	1.0000	1.0000	50.00
|e 2026-10\t\345\274\240\346\225\217\tnps\t0\t50\t\t\t\t
| 2026-10	张敏	teamwork	25	4.5	4.50	1.0000	1.0000	25.00
| 2026-10	张敏	complaints			10			-10.00
| 2026-10	张敏	complaints			10			-38.50

# li.wei was there for 15 of 31 days: 310000 x 15/31 = 150000. wang.li: (0.9 - 0.6)/0.4 = 0.75 of 40; 4 complaints are
# 2 above 2. 张敏 has no nps: 20 40 20 become 25 50 25; 8 x -2 is held at -10; 97.5 is held at 59. The team east is
# left out.
$ kpi-score -p 2026-10 -g scheme.yaml -g goals.yaml -M managers.tsv -H measures.tsv
| #period	manager	score	grade	rank
| 2026-10	li.wei	100.00	A	1
| 2026-10	wang.li	80.89	C	2
| 2026-10	张敏	59.00	D	3

# The order of lines and files, a BOM and CRLF change nothing; neither do the same days under another name, but in
# print.
$ kpi-score -p 2026-10 -g scheme.yaml -g goals.yaml -M managers.tsv -l measures.tsv >want
> for seed in 1 2 3; do
>     shuf --random-source=<(yes $seed) measures.tsv >shuffled.tsv; split -n l/3 shuffled.tsv part.
>     kpi-score -p 2026-10 -g goals.yaml -g scheme.yaml -M <(tac managers.tsv) -l part.ac - part.aa <part.ab | cmp - \
>         want
> done
> (printf '\357\273\277'
> sed 's/$/\r/' measures.tsv) | kpi-score -p 2026-10 -g scheme.yaml -g goals.yaml -M managers.tsv -l | cmp - want
> kpi-score -p 2026-10-01..2026-10-31 -g scheme.yaml -g goals.yaml -M managers.tsv -l measures.tsv |
> sed 's/^2026-10-01..2026-10-31/2026-10/' | cmp - want

# The points of an owner's lines add up to the score (in hundredths, as awk has no exact numbers).
$ awk -F '\t' '{ gsub(/[.]/, "", $9); sum[$2] += $9 } END { for (m in sum) print m, sum[m] }' want | sort
| li.wei 10000
| wang.li 8089
| 张敏 5900

# Measures come from tallies, too: 2 visits of 40 are 0.05 of 40 points.
$ printf '2026-10-0%d\t张敏\tC%d\tvisit\tdone\t\t\t\t\t\n' 1 1 2 2 | visit-tally -p 2026-10 -e visits |
> kpi-score -p 2026-10 -g scheme.yaml -g goals.yaml -M managers.tsv -m 张敏 -l | cut -f 3-
| sales	25	420000			0.0000	0.00
| visits	50	45	2	0.0444	0.0444	2.22
|e nps\t0\t50\t\t\t\t
| teamwork	25	4.5			0.0000	0.00

# ---- one metric at a time ----

# ./one METRIC TARGET VALUE...: a metric that has all 100 points, a target and October's measures; what -l prints from
# the target on: target, actual, attainment, credit, points.
$ cat >one <<'E'
> #!/bin/bash
> printf 'scheme: s\nmetrics: {k: {weight: 100%s}}\n---\ngoals: 2026-10\ntargets: {m: {k: %s}}\n' "${1:+, $1}" "$2" >one.yaml
> shift 2
> for value; do printf '2026-10\tm\tk\t%s\n' "$value"; done >one.tsv
> set -o pipefail
> kpi-score -p 2026-10 -l -g one.yaml one.tsv | cut -f 5-
> E
> chmod +x one

# Higher is better: a/t. Beyond 0 and 1 the default curve is flat.
$ for a in 40 50 60 -10 0; do ./one '' 50 $a; done
| 50	40	0.8000	0.8000	80.00
| 50	50	1.0000	1.0000	100.00
| 50	60	1.2000	1.0000	100.00
| 50	-10	-0.2000	0.0000	0.00
| 50	0	0.0000	0.0000	0.00

# Lower is better: 2 - a/t.
$ for a in 60 50 40 110 0; do ./one 'better: lower' 50 $a; done
| 50	60	0.8000	0.8000	80.00
| 50	50	1.0000	1.0000	100.00
| 50	40	1.2000	1.0000	100.00
| 50	110	-0.2000	0.0000	0.00
| 50	0	2.0000	1.0000	100.00

# A target of 0 is reached or not.
$ for a in 0 5 -0.000001; do ./one '' 0 $a; done; for a in 0 -5 0.000001; do ./one 'better: lower' 0 $a; done
| 0	0	1.0000	1.0000	100.00
| 0	5	1.0000	1.0000	100.00
| 0	-0.000001	0.0000	0.0000	0.00
| 0	0	1.0000	1.0000	100.00
| 0	-5	1.0000	1.0000	100.00
| 0	0.000001	0.0000	0.0000	0.00

$ ./one '' -5 1
! kpi-score: one.yaml:5:18: a target below 0 needs a baseline
? 3

# With a baseline (a-b)/(t-b): (70-60)/20, (55-60)/20, (24-30)/(20-30), (-8+10)/(-5+10), (0-0)/(8-0).
$ ./one '' '{target: 80, baseline: 60}' 70; ./one '' '{target: 80, baseline: 60}' 55
> ./one 'better: lower' '{target: 20, baseline: 30}' 24; ./one '' '{target: -5, baseline: -10}' -8
> ./one '' '{target: 8, baseline: 0}' 0
| 80	70	0.5000	0.5000	50.00
| 80	55	-0.2500	0.0000	0.00
| 20	24	0.6000	0.6000	60.00
| -5	-8	0.4000	0.4000	40.00
| 8	0	0.0000	0.0000	0.00

$ ./one '' '{target: 5, baseline: 5.0}' 1
! kpi-score: one.yaml:5:18: the target equals the baseline
? 3

$ ./one '' '{target: 4, baseline: 5}' 1
! kpi-score: one.yaml:5:18: from baseline to target is down, but better for 'k' is higher
? 3

$ ./one 'better: lower' '{target: 5, baseline: 4}' 1
! kpi-score: one.yaml:5:18: from baseline to target is up, but better for 'k' is lower
? 3

# A target in percent of the baseline: 400000 + 10 %; 50 - 20 %; 1.5 + 33.333333 % = 1.999999995; all exact.
$ ./one '' '{target: +10%, baseline: 400000}' 420000; ./one 'better: lower' '{target: -20%, baseline: 50}' 45
> ./one '' '{target: +33.333333%, baseline: 1.5}' 2
| 440000	420000	0.5000	0.5000	50.00
| 40	45	0.5000	0.5000	50.00
| 1.999999995	2	1.0000	1.0000	100.00

$ ./one '' '{target: +0%, baseline: 5}' 5
! kpi-score: one.yaml:5:18: the target equals the baseline
? 3

# ---- take: how several measures become one ----

# A mean is a computed figure, printed with 2 decimals, and used exactly: (10+20+20)/3 of 20 is 0.83333...
$ for take in sum mean max min count; do ./one "take: $take" 20 10 20 20; done
| 20	50	2.5000	1.0000	100.00
| 20	16.67	0.8333	0.8333	83.33
| 20	20	1.0000	1.0000	100.00
| 20	10	0.5000	0.5000	50.00
| 20	3	0.1500	0.1500	15.00

# Sums are exact: ten times 0.1 is 1; and 2 - 1999999999999999.999998 with 4 decimals.
$ ./one '' 1 $(yes 0.1 | head -n 10); ./one 'better: lower' 1 999999999999999.999999 999999999999999.999999
| 1	1	1.0000	1.0000	100.00
| 1	1999999999999999.999998	-1999999999999998.0000	0.0000	0.00

# last: the latest last day, then the longer period - whatever the order of lines.
$ cat >last.yaml <<'E'
> scheme: s
> metrics: {k: {weight: 100, take: last}}
> ---
> goals: 2026-10
> targets: {m: {k: 100}}
> E
> printf '%s\tm\tk\t%d\n' 2026-10-31 10 2026-W44 5 2026-10-25..2026-10-31 20 2026-10-30 30 >last.tsv
> for order in cat tac; do $order last.tsv | kpi-score -p 2026-10 -g last.yaml 2>/dev/null -l | cut -f 6-; done
| 20	0.2000	0.2000	20.00
| 20	0.2000	0.2000	20.00

# Equal values at the last period are one; two different ones are an error, told at the later line, with the other
# named.
$ printf '%s\tm\tk\t%s\n' 2026-10-31 10 2026-10-30 7 2026-10-31 10.0 | kpi-score -p 2026-10 -g last.yaml
| 2026-10	m	10.00		1

$ printf '%s\tm\tk\t%s\n' 2026-10-31 10 2026-10-30 7 2026-10-31..2026-10-31 11 >two.tsv
> kpi-score -p 2026-10 -g last.yaml two.tsv
! kpi-score: two.tsv:3: two last values of 'k' for 'm', the other at two.tsv:1
? 3

# ---- missing ----

# none: no credit; zero: the actual is 0, which may be what was wanted; skip: see below; error.
$ ./one '' 50; ./one 'missing: none' 50; ./one 'missing: zero' 50; ./one 'missing: zero, better: lower' 50
|e 50\t\t\t0.0000\t0.00
|e 50\t\t\t0.0000\t0.00
| 50	0	0.0000	0.0000	0.00
| 50	0	2.0000	1.0000	100.00
! kpi-score: no measure lies inside 2026-10
! kpi-score: no measure lies inside 2026-10
! kpi-score: no measure lies inside 2026-10
! kpi-score: no measure lies inside 2026-10

$ ./one 'missing: error' 50
! kpi-score: 'k' for 'm' in 2026-10: no measure
? 3

# No measure is missing for `count`, too; one measure of 0 is not missing.
$ ./one 'take: count' 5; ./one 'missing: error' 50 0
|e 5\t\t\t0.0000\t0.00
| 50	0	0.0000	0.0000	0.00
! kpi-score: no measure lies inside 2026-10

# With every metric skipped there is no score, no grade, no rank, and no rule applies.
$ ./one 'missing: skip' 50
|e 50\t\t\t\t
! kpi-score: no measure lies inside 2026-10

$ cat >>one.yaml <<'E'
> ---
> scheme: t
> period: 2026-10
> metrics: {k: {weight: 100, missing: skip}, c: {missing: zero}}
> adjust: [{metric: c, below: 1, points: -5}]
> gates: [{metric: c, below: 1, score_at_most: 3}]
> grades: [{grade: A}]
> E
> sed -i '1s/$/\nperiod: 2025/' one.yaml; printf '2026-10\t%s\tk\t\t5\t\n' a b >ab.tsv
> printf '2026-10\tb\tk\t5\n' | kpi-score -p 2026-10 -g one.yaml -g ab.tsv
|e 2026-10\ta\t\t\t
| 2026-10	b	3.00	A	1
|e 2026-10\tm\t\t\t

# ---- curves ----

# Straight between points, flat outside.
$ for a in 0 50 60 80 100 110 120 200; do ./one 'curve: [[0.6, 0], [1, 1], [1.2, 1.3]]' 100 $a; done | cut -f 2-
| 0	0.0000	0.0000	0.00
| 50	0.5000	0.0000	0.00
| 60	0.6000	0.0000	0.00
| 80	0.8000	0.5000	50.00
| 100	1.0000	1.0000	100.00
| 110	1.1000	1.1500	115.00
| 120	1.2000	1.3000	130.00
| 200	2.0000	1.3000	130.00

# Two points at one attainment are a step; the later holds from there on.
$ for a in 79.999999 80 99.9999 100 1000; do ./one 'curve: [[0.8, 0], [0.8, 0.5], [1, 0.5], [1, 1]]' 100 $a
> done | cut -f 2-
| 79.999999	0.8000	0.0000	0.00
| 80	0.8000	0.5000	50.00
| 99.9999	1.0000	0.5000	50.00
| 100	1.0000	1.0000	100.00
| 1000	10.0000	1.0000	100.00

# One point is a constant; credits may fall, or lie below 0: -1 + 2 x 0.4375.
$ ./one 'curve: [[1, 0.7]]' 100 3; ./one 'curve: [[0, 1], [1, 0.25]]' 100 50; ./one 'curve: [[0, -1], [1, 1]]' 100 43.75
| 100	3	0.0300	0.7000	70.00
| 100	50	0.5000	0.6250	62.50
| 100	43.75	0.4375	-0.1250	-12.50

# ---- rounding ----

# Points are rounded once, of the exact credit: 100000 / 3, not 100000 x 0.3333; half away from zero, also below it.
$ cat >points <<'E'
> #!/bin/bash
> # points TOTAL DIGITS CURVE TARGET ACTUAL: attainment, credit, points; score
> printf 'scheme: s\npoints: %s\ndigits: %s\nmetrics: {k: {weight: %s, curve: %s}}\n' "$1" "$2" "$1" "$3" >points.yaml
> printf '2026-10\tm\tk\t\t%s\t\n' "$4" >points.goals
> printf '2026-10\tm\tk\t%s\n' "$5" >points.tsv
> kpi-score -p 2026-10 -g points.yaml -g points.goals -l points.tsv | cut -f 7-
> kpi-score -p 2026-10 -g points.yaml -g points.goals points.tsv | cut -f 3
> E
> chmod +x points
> ./points 100000 2 '[[0, 0], [1, 1]]' 3 1
> ./points 100 0 '[[0, 0], [1, 1]]' 8 1
> ./points 100 0 '[[0, -1], [1, 1]]' 10000 4375
> ./points 100 6 '[[0, 0], [1, 1]]' 3 2
> ./points 1.5 1 '[[0, 0], [1, 1]]' 2 1
| 0.3333	0.3333	33333.33
| 33333.33
| 0.1250	0.1250	13
| 13
| 0.4375	-0.1250	-13
| -13
| 0.6667	0.6667	66.666667
| 66.666667
| 0.5000	0.5000	0.8
| 0.8

# The score is the sum of rounded points: three thirds of 33.33, 33.33 and 33.34 at 1/3 are 11.11 each, in all 33.33.
$ printf '%s\n' 'scheme: s' 'metrics: {a: {weight: 33.33}, b: {weight: 33.33}, c: {weight: 33.34}}' '---' \
>     'goals: 2026-10' \
>     'targets: {m: {a: 3, b: 3, c: 3}}' >thirds.yaml
> printf '2026-10\tm\t%s\t1\n' a b c | kpi-score -p 2026-10 -g thirds.yaml
| 2026-10	m	33.33		1

# ---- prorate ----

# Days of October in joined..left: from the 17th 15, until the 10th 10, both ends of a leave 5 + 5, all 31; target and
# baseline likewise; a metric that is not prorated keeps its own.
$ cat >pro.yaml <<'E'
> scheme: s
> metrics: {k: {weight: 60, prorate: true}, n: {weight: 30, take: count, prorate: true}, f: {weight: 10, take: max}}
> ---
> goals: 2026-10
> targets:
>   joined: {k: 310, n: 31, f: 7}
>   left: {k: {target: 620, baseline: 310}, n: 31, f: 7}
>   leave: {k: 31, n: 3, f: 7}
>   whole: {k: 310, n: 31, f: 7}
>   never: {k: 310, n: 31, f: 7}
> E
> cat >pro.tsv <<'E'
> joined				2026-10-17	
> left					2026-10-10
> leave					2026-10-05
> leave				2026-10-27	
> whole				2026-10-01	2026-10-31
> never				2026-11-01	
> E
> printf '2026-10\t%s\tk\t%s\n' joined 75 left 150 leave 10 whole 310 never 1 | kpi-score -p 2026-10 -g pro.yaml -M \
>     pro.tsv -l
| 2026-10	joined	k	60	150.00	75	0.5000	0.5000	30.00
| 2026-10	joined	n	30	15.00			0.0000	0.00
| 2026-10	joined	f	10	7			0.0000	0.00
| 2026-10	leave	k	60	10.00	10	1.0000	1.0000	60.00
| 2026-10	leave	n	30	0.97			0.0000	0.00
| 2026-10	leave	f	10	7			0.0000	0.00
| 2026-10	left	k	60	200.00	150	0.5000	0.5000	30.00
| 2026-10	left	n	30	10.00			0.0000	0.00
| 2026-10	left	f	10	7			0.0000	0.00
| 2026-10	whole	k	60	310	310	1.0000	1.0000	60.00
| 2026-10	whole	n	30	31			0.0000	0.00
| 2026-10	whole	f	10	7			0.0000	0.00
! kpi-score: 'never' is not scored in 2026-10: not there on any day of it

$ kpi-score --strict -p 2026-10 -g pro.yaml -M pro.tsv </dev/null
! kpi-score: 'never' is not scored in 2026-10: not there on any day of it
? 3

$ kpi-score -p 2026-10 -g pro.yaml </dev/null
! kpi-score: pro.yaml:1:1: scheme 's' has prorated metrics, so a book of managers is needed (-M)
? 2

# ---- weights and roles ----

# The goal's own weight, else the role's on the last day of P, else the metric's.
$ cat >roles.yaml <<'E'
> scheme: s
> metrics: {a: {weight: 60}, b: {weight: 40}}
> roles: {junior: {a: 30, b: 70}, one: {a: 100}}
> ---
> goals: 2026-10
> targets:
>   own: {a: {target: 1, weight: 12.5}, b: {target: 1, weight: 87.5}}
>   promoted: {a: 1, b: 1}
>   junior: {a: 1, b: 1}
>   one: {a: 1}
>   other: {a: 1, b: 1}
> E
> cat >roles.tsv <<'E'
> own			junior		
> promoted			junior		2026-10-30
> promoted			senior	2026-10-31	
> junior			junior		
> one			one		
> other					
> E
> kpi-score -p 2026-10 -g roles.yaml -M roles.tsv -l </dev/null | cut -f 2-4
| junior	a	30
| junior	b	70
| one	a	100
| other	a	60
| other	b	40
| own	a	12.5
| own	b	87.5
| promoted	a	60
| promoted	b	40
! kpi-score: no measure lies inside 2026-10

$ kpi-score -p 2026-10 -g roles.yaml </dev/null
! kpi-score: roles.yaml:1:1: scheme 's' has roles, so a book of managers is needed (-M)
? 2

# A role that leaves a metric out gives it none: the goal for it is one too many.
$ printf 'own\t\t\t\t\t\nother\t\t\tone\t\t\n' | kpi-score -p 2026-10 -g roles.yaml -M - 2>&1 /dev/null | grep -v \
>     'not in the book'
| kpi-score: 'b' for 'other' in 2026-10: it has a goal but no weight

# ---- adjustments ----

# ./adjusted RULE VALUE...: what October's values of c change at a score of 50, by a rule.
$ cat >adjusted <<'E'
> #!/bin/bash
> rule=$1; shift
> for value; do
>     printf 'scheme: s\nmetrics: {k: {weight: 100}, c: {%s}}\nadjust:\n  - {metric: c, %s}\n' "$extra" "$rule" >adjust.yaml
>     printf -- '---\ngoals: 2026-10\ntargets: {m: {k: 2}}\n' >>adjust.yaml
>     (printf '2026-10\tm\tk\t1\n'; for v in $value; do printf '2026-10\tm\tc\t%s\n' $v; done) | kpi-score -p 2026-10 -g adjust.yaml -l |
>     awk -F '\t' -v v="$value" 'NR == 2 { found = $6 " " $9 } END { print v ": " (found ? found : "nothing") }'
> done
> E
> chmod +x adjusted

# Whole steps above: none at the limit and up to the first whole one.
$ ./adjusted 'above: 2, each: 1, points: -2, at_most: 10' 0 2 2.999999 3 6.9 7 8 1000
| 0: nothing
| 2: nothing
| 2.999999: nothing
| 3: 3 -2.00
| 6.9: 6.9 -8.00
| 7: 7 -10.00
| 8: 8 -10.00
| 1000: 1000 -10.00

# Below; steps of 10; a bonus. `each` is 1 by default. Without at_most there is no limit.
$ ./adjusted 'below: 50, each: 10, points: -1.5' 50 40.01 40 29.99 -50; ./adjusted 'above: -1, points: 3' 1.5 99
| 50: nothing
| 40.01: nothing
| 40: 40 -1.50
| 29.99: 29.99 -3.00
| -50: -50 -15.00
| 1.5: 1.5 6.00
| 99: 99 300.00

# Rounded after the limit, half away from zero: 3 x 0.335 = 1.005.
$ ./adjusted 'above: 0, points: 0.335' 3; ./adjusted 'above: 0, points: -0.335' 3
> ./adjusted 'above: 0, points: -0.335, at_most: 1' 3
> ./adjusted 'above: 0, points: 0.001' 4 5
| 3: 3 1.01
| 3: 3 -1.01
| 3: 3 -1.00
| 4: nothing
| 5: 5 0.01

# The actual is taken as the metric says, exactly: the mean of 1 2 2 is 5/3, and (5/3 - 1)/0.333333 just over 2.
$ extra='take: mean' ./adjusted 'above: 1, each: 0.333333, points: 1' '1 2 2'
> extra='take: mean' ./adjusted 'above: 1, each: 0.333334, points: 1' '1 2 2'
| 1 2 2: 1.67 2.00
| 1 2 2: 1.67 1.00

# Without a measure nothing happens, unless it counts as 0.
$ ./adjusted 'below: 2, points: 1' ''; extra='missing: zero' ./adjusted 'below: 2, points: 1' ''
> extra='missing: skip' ./adjusted 'below: 2, points: 1' ''
| : nothing
| : 0 2.00
| : nothing

# ---- gates ----

# The lowest ceiling that bites, strictly beyond its limit, after the adjustments. m: 100 - 5.
$ cat >gates.yaml <<'E'
> scheme: s
> metrics: {k: {weight: 100}, c: {}, d: {}}
> adjust: [{metric: c, above: 0, each: 100, points: 1}, {metric: d, above: 0, each: 100, points: -5}]
> gates:
>   - {metric: c, above: 9, score_at_most: 59}
>   - {metric: c, above: 19, score_at_most: 39.5}
>   - {metric: d, below: 2, score_at_most: 50}
> ---
> goals: 2026-10
> targets: {m: {k: 1}}
> E
> gate() { # C D
>     printf '2026-10\tm\t%s\t%s\n' k 1 c $1 d $2 | kpi-score -p 2026-10 -g gates.yaml -l | tail -n +2 | cut -f \
>         3,6,9 | paste -s -
> }
> gate 9 2; gate 9.000001 2; gate 19 2; gate 20 1; gate 9 1; gate 200 100
|e 
| c	9.000001	-41.00
| c	19	-41.00
| c	20	-60.50
| d	1	-50.00
| c	200	2.00	d	100	-5.00	c	200	-57.50

# A ceiling above the score does nothing, and without a measure no gate closes.
$ printf '2026-10\tm\t%s\t%s\n' k 0.3 c 20 | kpi-score -p 2026-10 -g gates.yaml -l | cut -f 3,9
| k	30.00

# ---- ranks and grades ----

# ./rank RULES VALUE...: the managers a, b, c ... whose scores are the values; "-" has none.
$ cat >rank <<'E'
> #!/bin/bash
> printf 'scheme: s\nmetrics: {k: {weight: 100, missing: skip, curve: [[0, 0], [2, 2]]}}\n%s\n' "$1" >rank.yaml
> shift; names=(a b c d e f g h i j) i=0
> rm -f rank.goals rank.tsv; touch rank.tsv
> for value; do
>     printf '2026-10\t%s\tk\t\t100\t\n' ${names[i]} >>rank.goals
>     [ $value = - ] || printf '2026-10\t%s\tk\t%s\n' ${names[i]} $value >>rank.tsv
>     i=$((i + 1))
> done
> kpi-score -p 2026-10 -g rank.yaml -g rank.goals rank.tsv | cut -f 2- | tr '\t' ' '
> E
> chmod +x rank

# Equal scores share a rank and the next ones are left out: 1-2-2-4. What is equal as printed is equal; "-" has no rank.
$ ./rank '' 70 90 - 80 80.001 79.99
| a 70.00  5
| b 90.00  1
|e c   
| d 80.00  2
| e 80.00  2
| f 79.99  4

# The first grade that fits: from is included.
$ ./rank 'grades: [{grade: A, from: 100}, {grade: B, from: 85}, {grade: 丙, from: -5}]' 100 99.99 85 84.99 -
| a 100.00 A 1
| b 99.99 B 2
| c 85.00 B 3
| d 84.99 丙 4
|e e   

# None fits: no grade.
$ ./rank 'grades: [{grade: A, from: 90}]' 89.99 90
| a 89.99  2
| b 90.00 A 1

# top: rank x 100 <= top x number ranked. Of 5 ranked top 20 is rank 1, top 40 ranks 1 and 2 - which two share here; top
# 60 takes no more, as there is no rank 3.
$ ./rank 'grades: [{grade: A, top: 20}, {grade: B, top: 40}, {grade: C, top: 60}, {grade: D}]' 50 60 60 70 10 -
| a 50.00 D 4
| b 60.00 B 2
| c 60.00 B 2
| d 70.00 A 1
| e 10.00 D 5
|e f   

$ ./rank 'grades: [{grade: A, top: 39.9}, {grade: B}]' 5 4 3 2 1 | cut -d ' ' -f 1,3 | paste -s -d ' '
| a A b B c B d B e B

# With both, both: ranks 1 and 2 are among the top 50 % of 4, but only one has 90.
$ ./rank 'grades: [{grade: A, top: 50, from: 90}, {grade: B, from: 60}, {grade: C}]' 95 89 80 10
| a 95.00 A 1
| b 89.00 B 2
| c 80.00 B 3
| d 10.00 C 4

# -m picks lines after ranking and grading.
$ kpi-score -p 2026-10 -g rank.yaml -g rank.goals -m d -m b rank.tsv
| 2026-10	b	89.00	B	2
| 2026-10	d	10.00	C	4

# Whoever is asked for and not scored is told of, as by kpi-need and kpi-pace; the others are printed.
$ printf '2026-10\tli.wei\tk\t\t1\t\n' >more.goals; printf 'li.wei\t\tnorth\t\t\t\n' >more.book
> kpi-score -p 2026-10 -g rank.yaml -g rank.goals -g more.goals -m d -m nobody -m li.wie rank.tsv; echo $?
> kpi-score -p 2026-10 -g rank.yaml -g more.goals -M more.book -b team -m nroth -m north /dev/null 2>&1; echo $?
| 2026-10	d	10.00	C	4
| 1
| kpi-score: no measure lies inside 2026-10
| kpi-score: no score for 'nroth' in 2026-10; the nearest name is 'north'
| 2026-10	north			
| 1
! kpi-score: no score for 'nobody' in 2026-10
! kpi-score: no score for 'li.wie' in 2026-10; the nearest name is 'li.wei'

# ---- weights of what is skipped ----

# 30 of 100 points are skipped: 40 20 10 become 4000/70 2000/70 1000/70 = 57.142857 28.571429 14.285714; cut to 57.14
# 28.57 14.28 they lack 0.01, which goes to the largest remainder, the last.
$ cat >skip.yaml <<'E'
> scheme: s
> metrics: {a: {weight: 40}, z: {weight: 30, missing: skip}, b: {weight: 20}, c: {weight: 10}}
> ---
> goals: 2026-10
> targets: {m: {a: 1, b: 1, c: 1, z: 1}}
> E
> printf '2026-10\tm\t%s\t1\n' a b c | kpi-score -p 2026-10 -g skip.yaml -l | cut -f 3-
| a	57.14	1	1	1.0000	1.0000	57.14
|e z\t0\t1\t\t\t\t
| b	28.57	1	1	1.0000	1.0000	28.57
| c	14.29	1	1	1.0000	1.0000	14.29

# Ties in the order of the scheme: three times 33.333... lack 0.01. A weight of 0 takes nothing over.
$ cat >ties.yaml <<'E'
> scheme: s
> metrics: {z: {weight: 25, missing: skip}, d: {weight: 0}, c: {weight: 25}, b: {weight: 25}, a: {weight: 25}}
> ---
> goals: 2026-10
> targets: {m: {a: 1, b: 1, c: 1, d: 1, z: 1}}
> E
> kpi-score -p 2026-10 -g ties.yaml -l </dev/null | cut -f 3,4
| z	0
| d	0
| c	33.34
| b	33.33
| a	33.33
! kpi-score: no measure lies inside 2026-10

# With digits 0 and 10 points: 3 3 1 of 7 are 4.286 4.286 1.429, so 4 4 1, and one more to the last.
$ cat >whole.yaml <<'E'
> scheme: s
> points: 10
> digits: 0
> metrics: {z: {weight: 3, missing: skip}, c: {weight: 3}, b: {weight: 3}, a: {weight: 1}}
> ---
> goals: 2026-10
> targets: {m: {a: 1, b: 1, c: 1, z: 1}}
> E
> kpi-score -p 2026-10 -g whole.yaml -l </dev/null | cut -f 3,4
| z	0
| c	4
| b	4
| a	2
! kpi-score: no measure lies inside 2026-10

# Nothing is scaled when nothing is skipped.
$ printf '2026-10\tm\t%s\t1\n' a b c z | kpi-score -p 2026-10 -g skip.yaml -l | cut -f 3,4
| a	40
| z	30
| b	20
| c	10

# ---- revisions ----

$ cat >revised.yaml <<'E'
> scheme: s
> metrics: {k: {weight: 100}}
> ---
> goals: 2026-10
> targets: {m: {k: 100}}
> ---
> revise: 2026-10/m/k
> target: 80
> on: 2026-10-10
> reason: first
> ---
> revise: 2026-10/m/k
> target: 50
> on: 2026-10-20
> reason: second
> ---
> revise: 2026-10/m/k
> target: +60%
> baseline: 25
> on: 2026-10-20
> reason: the later one of a day
> ---
> revise: 2026-10/m/k
> target: 30
> on: 2026-11-01
> reason: after the fact; the baseline stays 25
> E
> printf '2026-10\tm\tk\t35\n' >revised.tsv
> for day in 2026-10-09 2026-10-10 2026-10-19 2026-10-20 2026-10-31 2026-11-01 today; do
>     kpi-score -p 2026-10 -g revised.yaml -l --as-of $day revised.tsv | cut -f 5-
> done
| 100	35	0.3500	0.3500	35.00
| 80	35	0.4375	0.4375	43.75
| 80	35	0.4375	0.4375	43.75
| 40	35	0.6667	0.6667	66.67
| 40	35	0.6667	0.6667	66.67
| 30	35	2.0000	1.0000	100.00
| 30	35	2.0000	1.0000	100.00

# The default is the last day of P, so that a later run prints the same.
$ kpi-score -p 2026-10 -g revised.yaml revised.tsv
| 2026-10	m	66.67		1

# ---- who is scored, and when: periods ----

# Goals of P as days; the period prints as given, relative ones resolved by KPI_NOW.
$ printf 'scheme: s\nmetrics: {k: {weight: 100}}\n---\ngoals: 2026-W44\ntargets: {m: {k: 4}}\n' >week.yaml
> printf '2026-10-31\tm\tk\t1\n2026-10-25\tm\tk\t1\n2026-11-01\tm\tk\t1\n' >week.tsv
> kpi-score -p 2026-10-26..2026-11-01 -g week.yaml week.tsv; kpi-score -p last-week -g week.yaml week.tsv
> KPI_NOW=2026-10-28 kpi-score -p this-week -g week.yaml week.tsv
| 2026-10-26..2026-11-01	m	50.00		1
| 2026-W44	m	50.00		1
| 2026-W44	m	50.00		1

# Sunday evening in UTC is Monday in Shanghai: "last-week" is a week later there.
$ KPI_NOW=2026-11-01T20:00:00Z TZ='<+08>-8' kpi-score -p last-week -g week.yaml week.tsv
> KPI_NOW=2026-11-01T20:00:00Z kpi-score -p this-week -g week.yaml week.tsv
| 2026-W44	m	50.00		1
| 2026-W44	m	50.00		1

# No goal for P: the answer is no. Goals inside of P, or around it, are not goals for it.
$ kpi-score -p 2026-10 -g week.yaml week.tsv
! kpi-score: no goal for 2026-10
? 1

$ kpi-score -p 2026-10-26 -g week.yaml week.tsv
! kpi-score: no goal for 2026-10-26
? 1

# Goal lines are goals, too; here with weights of their own, from standard input.
$ printf 'scheme: s\nmetrics: {a: , b: }\n' >bare.yaml; printf '2026-10\tm\tb\t40\t2\t\n2026-10\tm\ta\t60\t3\t1\n' |
> kpi-score -p 2026-10 -g bare.yaml -g - -l <(printf '2026-10\tm\t%s\t%s\n' a 2 b 1)
| 2026-10	m	a	60	3	2	0.5000	0.5000	30.00
| 2026-10	m	b	40	2	1	0.5000	0.5000	20.00

# With the book (-M): who is in it is scored, what is a team in it (at any time) is left out silently, others are
# warned of.
$ printf 'scheme: s\nmetrics: {k: {weight: 100}}\n---\ngoals: 2026-10\ntargets: {a: {k: 1}, b: {k: 1}, old: {k: 1}, east: {k: 1}, ghost: {k: 1}}\n' >who.yaml
> printf 'a\t\teast\t\t\t\nb\t\told\t\t2019-01-01\t2019-12-31\nb\t\teast\t\t2026-01-01\t\n' >who.tsv
> kpi-score -p 2026-10 -g who.yaml -M who.tsv </dev/null
| 2026-10	a	0.00		1
| 2026-10	b	0.00		1
! kpi-score: 'ghost' is not scored in 2026-10: not in the book of managers
! kpi-score: no measure lies inside 2026-10

$ kpi-score --strict -p 2026-10 -g who.yaml -M who.tsv </dev/null
! kpi-score: 'ghost' is not scored in 2026-10: not in the book of managers
? 3

# Without the book everybody with a goal is.
$ kpi-score -p 2026-10 -g who.yaml </dev/null | cut -f 2
| a
| b
| east
| ghost
| old
! kpi-score: no measure lies inside 2026-10

# ---- warnings about measures ----

# Those that overlap P without lying inside; those inside P that nothing asks for; those of a period that strictly
# contains another one's. Counted, the first named. Outside of P nobody asks.
$ cat >warn.tsv <<'E'
> 2026-11	a	k	1
> 2026-Q4	a	k	1
> 2026-W44	a	other	1
> 2026-10	a	other	1
> 2026-10-05	b	k	1
> 2026-10	zhou	k	1
> 2026-10-01..2026-10-10	b	k	1
> 2026-10	b	k	1
> 2026-10	b	k	1
> E
> kpi-score -p 2026-10 -g who.yaml -m b -l warn.tsv | cut -f 2-
| b	k	100	1	4	4.0000	1.0000	100.00
! kpi-score: warn.tsv:2: 2 measures overlap 2026-10 without lying inside it and are left out, this the first: 2026-10-01..2026-12-31
! kpi-score: warn.tsv:7: 3 measures of a period that contains another of the same manager and metric, this the first: 2026-10-01..2026-10-10
! kpi-score: warn.tsv:4: 2 measures without a goal, adjustment or gate in 2026-10, this the first: 'other' for 'a'

# Each by itself; --strict makes each an error, and nothing is printed.
$ for lines in 2 4 5,7; do
>     sed -n ${lines}p warn.tsv | kpi-score -p 2026-10 -g who.yaml -m a
>     sed -n ${lines}p warn.tsv | kpi-score --strict -p 2026-10 -g who.yaml -m a
>     echo $?
> done
| 2026-10	a	0.00		1
| 3
| 2026-10	a	0.00		1
| 3
| 2026-10	a	0.00		2
| 3
! kpi-score: -:1: 1 measure overlaps 2026-10 without lying inside it and is left out, this one: 2026-10-01..2026-12-31
! kpi-score: no measure lies inside 2026-10
! kpi-score: -:1: 1 measure overlaps 2026-10 without lying inside it and is left out, this one: 2026-10-01..2026-12-31
! kpi-score: -:1: 1 measure without a goal, adjustment or gate in 2026-10, this one: 'other' for 'a'
! kpi-score: -:1: 1 measure without a goal, adjustment or gate in 2026-10, this one: 'other' for 'a'
! kpi-score: -:3: 1 measure of a period that contains another of the same manager and metric, this one: 2026-10-01..2026-10-10
! kpi-score: -:2: 1 measure without a goal, adjustment or gate in 2026-10, this one: 'k' for 'zhou'
! kpi-score: -:3: 1 measure of a period that contains another of the same manager and metric, this one: 2026-10-01..2026-10-10

# Equal days do not contain each other, days that only overlap neither. A metric that a rule looks at is asked for.
$ printf '%s\ta\tk\t1\n' 2026-10-01..2026-10-31 2026-10 | kpi-score -p 2026-10 -g who.yaml -m a --strict
> printf '%s\ta\tk\t1\n' 2026-10-01..2026-10-15 2026-10-10..2026-10-31 | kpi-score -p 2026-10 -g who.yaml -m a --strict
> printf '2026-10\tm\t%s\t1\n' k c d | kpi-score -p 2026-10 -g gates.yaml --strict
| 2026-10	a	100.00		1
| 2026-10	a	100.00		1
| 2026-10	m	50.00		1

# ---- errors: nothing is printed ----

# Weights that do not add up, a weight without a goal, a goal without a weight.
$ kpi-score -p 2026-10 -g roles.yaml -M <(sed 's/one/junior/2' roles.tsv) </dev/null
! kpi-score: 'b' for 'one' in 2026-10: it has a weight but no goal
? 3

$ (cat bare.yaml; printf -- '---\ngoals: 2026-10\ntargets: {m: {a: {target: 1, weight: 99.99}}}\n') | kpi-score -p \
>     2026-10 -g - /dev/null
! kpi-score: the weights of 'm' in 2026-10 add up to 99.99, not 100
? 3

$ (cat bare.yaml; printf -- '---\ngoals: 2026-10\ntargets: {m: {a: {target: 1, weight: 100}, b: 3}}\n') | kpi-score \
>     -p 2026-10 -g - /dev/null
! kpi-score: 'b' for 'm' in 2026-10: it has a goal but no weight
? 3

# Exactly one scheme holds for P; without a period it must be the only one.
$ printf '2026-10\tm\ta\t\t1\t\n' | kpi-score -p 2026-10 -g - /dev/null
! kpi-score: no scheme holds for 2026-10
? 3

$ printf '2026-10\tm\ta\t\t1\t\n' >goal.tsv
> sed 's/^scheme: s/&\nperiod: 2026-09/' bare.yaml | kpi-score -p 2026-10 -g - -g goal.tsv /dev/null
! kpi-score: no scheme holds for 2026-10
? 3

$ kpi-score -p 2026-10 -g <(sed '1s/$/\nperiod: 2026/' bare.yaml) -g goal.tsv -g - /dev/null <<'E'
> # another one for the same days
> scheme: t
> period: 2026-Q4
> metrics: {a: }
> E
!~ kpi-score: -:2:1: scheme 't' and scheme 's' at /dev/fd/\d+:1:1 both hold for 2026-10
? 3

$ kpi-score -p 2026-10 -g bare.yaml -g goal.tsv -g - /dev/null <<'E'
> scheme: t
> period: 2026-09
> metrics: {a: }
> E
! kpi-score: bare.yaml:1:1: scheme 's' has no period and is not the only one
? 3

# A figure beyond what numbers can hold is an error, never a wrong number: 2 x 10^21 steps of 10^15 points.
$ printf '2026-10\tm\tk\t999999999999999\n' >huge.tsv
> for more in '' ', at_most: 7'; do
>     printf '%s\n' 'scheme: s' 'metrics: {k: {weight: 100}}' \
>         "adjust: [{metric: k, above: -999999999999999, each: 0.000001, points: 999999999999999$more}]" '---' \
>         'goals: 2026-10' 'targets: {m: {k: 0.000001}}' >huge.yaml
>     kpi-score -p 2026-10 -g huge.yaml -l huge.tsv
> done
| 2026-10	m	k	100	0.000001	999999999999999	999999999999999000000.0000	1.0000	100.00
| 2026-10	m	k			999999999999999			7.00
! kpi-score: 'k' for 'm' in 2026-10: adjustment out of range

# Bad measures: nothing is printed; with -k they are left out, and the exit status still tells of them.
$ printf '2026-10\ta\tk\t1\n2026-10\ta\tk\tone\n2026-10-32\ta\tk\t1\n' >bad.tsv
> kpi-score -p 2026-10 -g who.yaml bad.tsv
! kpi-score: bad.tsv:2:4: not a number: 'one'
? 3

$ kpi-score -k -m a -p 2026-10 -g who.yaml bad.tsv
| 2026-10	a	100.00		1
! kpi-score: bad.tsv:2:4: not a number: 'one'
! kpi-score: bad.tsv:3:1: not a period: '2026-10-32'
? 3

# The same for lines of goals and of the book, but not for YAML.
$ (cat who.tsv; printf 'a\t\t\t\t2027-10-02\t2027-10-01\n') >bad.book
> printf '2026-10\tc\tk\t\tone\t\n' | kpi-score -k -p 2026-10 -g who.yaml -g - -M bad.book -m a /dev/null
| 2026-10	a	0.00		1
! kpi-score: bad.book:4:6: left before joined: '2027-10-01'
! kpi-score: -:1:5: not a number: 'one'
! kpi-score: 'ghost' is not scored in 2026-10: not in the book of managers
? 3
! kpi-score: no measure lies inside 2026-10

$ printf 'goals: 2026-10\ntargets: {c: {k: one}}\n' | kpi-score -k -p 2026-10 -g who.yaml -g - /dev/null
! kpi-score: -:2:18: not a number: 'one'
? 3

# ---- as of a day: the revision of the examples ----

# lin.hao-campus: 380000 + 12 % = 425600 before 2026-10-12, then 415000; sales 409816.37, curve from 0.6: 0 to 1: 1.
# 29816.37 / 45600 = 0.65387, less 0.6, over 0.4, is 0.13467; 29816.37 / 35000 = 0.85190 gives 0.62974. Of nps and
# teamwork there is nothing here, so that 40 of 65 become 61.54: points 8.287... and 38.754...
$ for day in 2026-10-11 2026-10-12 2026-10-31; do
>     kpi-score -p 2026-10 -g $TOP/examples/scheme.yaml -g $TOP/examples/goals.yaml -M $TOP/examples/managers.tsv \
>         --as-of $day -m lin.hao -l $TOP/examples/sales.tsv 2>/dev/null | grep sales | cut -f 4-
> done
| 61.54	425600	409816.37	0.6539	0.1347	8.29
| 61.54	415000	409816.37	0.8519	0.6297	38.75
| 61.54	415000	409816.37	0.8519	0.6297	38.75

# ---- -x: how it came about ----

$ kpi-score -p 2026-10 -g scheme.yaml -g goals.yaml -M managers.tsv -x -m 张敏 -o lines measures.tsv | cut -f 3-
|e \tscore\t59.00\t32.50 + 50.00 + 25.00 - 10.00 - 38.50\t
|e \trank\t3\t\tof 3
|e \tgrade\tD\t\t
|e \trole\tjunior\t\t
|e sales\ttitle\t\t\t\351\224\200\345\224\256\351\242\235, CNY
| sales	measures	1		measures.tsv:9
| sales	actual	504000		sum
| sales	target	420000		goals.yaml:4:20
| sales	weight	20		of role junior
| sales	scaled weight	25	20 * 100 / 80	by largest remainder
|e sales\tattainment\t1.2000\t504000 / 420000\t
| sales	credit	1.3000	1.3	curve from 1.2 on: 1.3
|e sales\tunrounded\t32.5\t25 * 1.3\t
|e sales\tpoints\t32.50\t\t
| visits	title			Client visits, visits
| visits	measures	1		measures.tsv:10
| visits	actual	45		sum
| visits	target	45		goals.yaml:4:36
| visits	weight	40		of role junior
| visits	scaled weight	50	40 * 100 / 80	by largest remainder
|e visits\tattainment\t1.0000\t45 / 45\t
| visits	credit	1.0000	1	curve from 1 on: 1
|e visits\tunrounded\t50\t50 * 1\t
|e visits\tpoints\t50.00\t\t
| nps	title			Net promoter score, points
| nps	measures	0		left out, its weight goes to the others
| nps	target	50		goals.yaml:4:45
| nps	weight	20		of role junior
| teamwork	title			Peer rating, points
| teamwork	measures	1		measures.tsv:11
| teamwork	actual	4.50	4.5 / 1	mean
| teamwork	target	4.5		goals.yaml:4:59
| teamwork	weight	20		of role junior
| teamwork	scaled weight	25	20 * 100 / 80	by largest remainder
|e teamwork\tattainment\t1.0000\t4.5 / 4.5\t
| teamwork	credit	1.0000	1	curve from 1 on: 1
|e teamwork\tunrounded\t25\t25 * 1\t
|e teamwork\tpoints\t25.00\t\t
| complaints	title			Complaints, cases
| complaints	measures	1		measures.tsv:12
| complaints	actual	10		sum
| complaints	steps	8	(10 - 2) / 1	above 2, whole ones, not below 0
|e complaints\tunlimited\t-16\t8 * (-2)\t
| complaints	adjustment	-10.00		at most 10 either way
| complaints	gate	-38.50	59.00 - 97.50	above 9, at most 59.00

# A baseline, a percentage, revisions in force and not, a mean that has no end, a skipped weight, a goal's own weight.
$ cat >why.yaml <<'E'
> scheme: s
> metrics:
>   up: {weight: 50, take: mean}
>   down: {weight: 30, better: lower}
>   gone: {weight: 20, missing: skip}
> ---
> goals: 2026-10
> targets:
>   m:
>     up: {target: +10%, baseline: 30, weight: 40}
>     down: {target: 8, weight: 40}
>     gone: 5
> ---
> revise: 2026-10/m/down
> target: 6
> on: 2026-10-10
> by: 张
> reason: new rules
> ---
> revise: 2026-10/m/down
> target: 4
> on: 2026-10-20
> reason: newer rules
> E
> printf '2026-10-0%d\tm\t%s\t%s\n' 1 up 31 2 up 31 3 up 33 1 down 7 | tee why.tsv |
> kpi-score -p 2026-10 -g why.yaml -x -o lines --as-of 2026-10-15 | cut -f 3- | grep -v '^gone'
|e \tscore\t69.45\t27.78 + 41.67\t
|e \trank\t1\t\tof 1
| up	measures	3		-:1 ... -:3
| up	actual	31.67	95 / 3	mean
| up	target	33	30 * (1 + 10 / 100)	why.yaml:10:9
|e up\tbaseline\t30\t\t
| up	weight	40		of the goal
| up	scaled weight	50	40 * 100 / 80	by largest remainder
|e up\tattainment\t0.5556\t((95 / 3) - 30) / (33 - 30)\t
| up	credit	0.5556	((95 / 3) - 30) / (33 - 30)	curve from 0: 0 to 1: 1
|e up\tunrounded\t27.777777...\t50 * (((95 / 3) - 30) / (33 - 30))\t
|e up\tpoints\t27.78\t\t
| down	measures	1		-:4
| down	actual	7		sum
| down	target	6		why.yaml:14:1
| down	revision	6		from 8, on 2026-10-10 by 张: new rules, why.yaml:14:1
| down	revision	4		from 6, on 2026-10-20, not yet in force: newer rules, why.yaml:20:1
| down	weight	40		of the goal
| down	scaled weight	50	40 * 100 / 80	by largest remainder
|e down\tattainment\t0.8333\t2 - 7 / 6\t
| down	credit	0.8333	2 - 7 / 6	curve from 0: 0 to 1: 1
|e down\tunrounded\t41.666666...\t50 * (2 - 7 / 6)\t
|e down\tpoints\t41.67\t\t

# -xx has every measure, by period, whatever the order of the lines and wherever they come from.
$ for order in cat tac; do
>     $order why.tsv | kpi-score -p 2026-10 -g why.yaml -xx -o lines --as-of 2026-10-15 | grep -P '\tup\t(mea|act)' |
>         cut -f 4-
> done
| measures	3		-:1 ... -:3
| measure	31		-:1, 2026-10-01
| measure	31		-:2, 2026-10-02
| measure	33		-:3, 2026-10-03
| actual	31.67	(31 + 31 + 33) / 3	mean
| measures	3		-:2 ... -:4
| measure	31		-:4, 2026-10-01
| measure	31		-:3, 2026-10-02
| measure	33		-:2, 2026-10-03
| actual	31.67	(31 + 31 + 33) / 3	mean

# People get a table, unless they ask for something else; what is as in the row above is left out there.
$ kpi-score -p 2026-10 -g why.yaml -x why.tsv | sed -n '1,4p;15p'
| period   manager  metric  step                 figure  formula                             note
| -------  -------  ------  -------------  ------------  ----------------------------------  -----------------------------------------------------
| 2026-10  m                score                 40.28  27.78 + 12.50
|                           rank                      1                                      of 1
|                   down    measures                  1                                      why.tsv:4

$ kpi-score -p 2026-10 -g why.yaml -x -o csv why.tsv | cut -d , -f 1-3 | uniq -c | sed 's/^ *//'
| 1 period,manager,metric
| 2 2026-10,m,
| 10 2026-10,m,up
| 11 2026-10,m,down
| 3 2026-10,m,gone

# JSON has an object for each manager, with every exact figure.
@ need python3
$ kpi-score -p 2026-10 -g why.yaml -xx -o json why.tsv >why.json
> python3 - <<'E'
> import json
> for line in open('why.json'):
>     d = json.loads(line)
>     print(d['manager'], d['score'], d['as_of'], [m['metric'] for m in d['metrics']])
>     up, down, gone = d['metrics']
>     print(up['actual'], up['baseline'], up['curve'], up['unrounded_is'], [one['value'] for one in up['lines']])
>     print([(r['target'], r['by'], r['reason'], r['in_force']) for r in down['revisions']], gone['skipped'])
> E
| m 40.28 2026-10-31 ['up', 'down', 'gone']
| 95/3 30 [[0, 0], [1, 1]] 50 * (((95 / 3) - 30) / (33 - 30)) [31, 31, 33]
| [(6, '张', 'new rules', True), (4, None, 'newer rules', True)] True

# ---- -b team ----

# The team of three, all without baselines. Sales add up: 1104000 of 500000 + 420000 + 150000 = 1070000 is 1.03177..., a
# third of the way from 1: 1 to 1.2: 1.3 is 1.04766...; visits 129 of 125. nps is the mean of li.wei's 2 and wang.li's
# 0.8 (张敏 has none, and it may be skipped): 1.4; teamwork of 1.1111..., 0.9444... and 1: 1.0185... Weights are the means
# of 40 20 20 20, the same, and 20 40 20 20: 33.333..., 26.666..., 20, 20. Points 33.33 x 1.04766 = 34.918..., and all.
$ kpi-score -p 2026-10 -g scheme.yaml -g goals.yaml -M managers.tsv -b team -l measures.tsv
> kpi-score -p 2026-10 -g scheme.yaml -g goals.yaml -M managers.tsv -b team measures.tsv
| 2026-10	east	sales	33.33	1070000.00	1104000	1.0318	1.0477	34.92
| 2026-10	east	visits	26.67	125	129	1.0320	1.0000	26.67
|e 2026-10\teast\tnps\t20\t\t\t1.4000\t1.0000\t20.00
|e 2026-10\teast\tteamwork\t20\t\t\t1.0185\t1.0000\t20.00
| 2026-10	east	101.59	A	1

# Who has no baseline has, in a sum, one of 0, or of twice the target where lower is better; who has no measure stands at
# the baseline. up: 20 + 0, of 20 + 20, from 10 + 0, is 10 / 30. down: 3 + 8, of 5 + 4, from 10 + 8, is 7 / 9. c is in no
# team; and of 50 40 10 the rate is skipped by both.
$ cat >team.yaml <<'E'
> scheme: t
> metrics: {up: {weight: 50}, down: {weight: 40, better: lower}, rate: {weight: 10, take: last, missing: skip}}
> ---
> goals: 2026-10
> targets:
>   a: {up: {target: 20, baseline: 10}, down: 5, rate: 4}
>   b: {up: 20, down: 4, rate: 4}
>   c: {up: 5, down: 5, rate: 4}
> E
> printf '%s\t\t%s\t\t\t\n' a 南 b 南 c '' >team.tsv
> printf '2026-10\t%s\t%s\t%s\n' a up 20 a down 3 c up 5 | kpi-score -p 2026-10 -g team.yaml -M team.tsv -b team -l
| 2026-10	南	up	55.56	40	20	0.3333	0.3333	18.52
| 2026-10	南	down	44.44	9	11	0.7778	0.7778	34.56
|e 2026-10\t\345\215\227\trate\t0\t\t\t\t\t
! kpi-score: 'c' is in no team in 2026-10

# Teams are ranked among themselves; adjustments and gates are of managers.
$ cat >teams.yaml <<'E'
> scheme: t
> metrics: {k: {weight: 100}, bad: {missing: zero}}
> adjust: [{metric: bad, above: 0, points: -5}, {metric: k, above: 1, points: -1}]
> gates: [{metric: bad, above: 0, score_at_most: 1}, {metric: k, above: 0, score_at_most: 2}]
> grades: [{grade: A, top: 50}, {grade: B}]
> ---
> goals: 2026-10
> targets: {a: {k: 10}, b: {k: 10}, c: {k: 10}, d: {k: 30}}
> E
> printf '%s\t\t%s\t\t\t\n' a x b y c z d z >teams.tsv
> printf '2026-10\t%s\t%s\t%s\n' a k 5 a bad 1 b k 8 c k 5 d k 15 |
>     tee teams.m | kpi-score -p 2026-10 -g teams.yaml -M teams.tsv -b team
> kpi-score -p 2026-10 -g teams.yaml -M teams.tsv -b team -o md -m z -m y teams.m
| 2026-10	x	50.00	B	2
| 2026-10	y	80.00	A	1
| 2026-10	z	50.00	B	2
| | period  | manager | score | grade | rank |
| | ------- | ------- | ----: | ----- | ---: |
| | 2026-10 | y       | 80.00 | A     |    1 |
| | 2026-10 | z       | 50.00 | B     |    2 |

# ---- usage ----

$ try() { kpi-score "$@" 2>&1 >/dev/null </dev/null | head -n 1; }
> try
> try -p 2026-10
> try -p 2026-10-00 -g who.yaml
> try -p 2026-10 -g who.yaml --as-of 2026-10
> try -p 2026-10 -g - -
> try -p 2026-10 -g -
> try -p 2026-10 -g who.yaml -m ''
> try -p 2026-10 -g who.yaml --long=yes
> try -p 2026-10 -g missing.yaml
> try -p 2026-10 -g who.yaml -M missing.tsv
> try -p 2026-10 -g who.yaml missing.tsv
> try -p 2026-10 -g who.yaml -l -x
> try -p 2026-10 -g who.yaml -b region
> try -p 2026-10 -g who.yaml -b team
> try -p 2026-10 -g who.yaml -b team -M team.tsv -x
| kpi-score: which period? (-p PERIOD)
| kpi-score: which goals? (-g FILE)
| kpi-score: not a period: '2026-10-00'
| kpi-score: not a date: '2026-10'
| kpi-score: standard input ('-') can be read once only
| kpi-score: standard input ('-') can be read once only
| kpi-score: an empty name
| kpi-score: option --long takes no value
| kpi-score: missing.yaml: open: No such file or directory
| kpi-score: missing.tsv: open: No such file or directory
| kpi-score: missing.tsv: open: No such file or directory
| kpi-score: -l or -x: not both
| kpi-score: by team or not at all: 'region'
| kpi-score: which teams are there? (-M MANAGERS)
| kpi-score: -x tells of managers: not with -b team

# ---- ranks that hang on weights ----

# b is behind a by 2: -20 sales + 16 visits; at 45 and 55 still by 0.2. c is behind b by 5, of which 10 points on visits
# and 0 on sales. d, held at 30 by its gate, is 8 behind c, who is 31 at least.
$ cat >s.yaml <<'E'
> scheme: s
> metrics: {sales: {weight: 50}, visits: {weight: 50}, complaints: {}}
> gates: [{metric: complaints, above: 0, score_at_most: 30}]
> ---
> goals: 2026-10
> targets:
>   a: {sales: 100, visits: 100}
>   b: {sales: 100, visits: 100}
>   c: {sales: 100, visits: 100}
>   丁: {sales: 100, visits: 100}
> E
> cat >measures <<'E'
>     set -- a "$1" 20 b 60 "$2" c 60 26 丁 90 90
>     while [ $# -gt 0 ]; do
>         printf '2026-10\t%s\tsales\t%s\n2026-10\t%s\tvisits\t%s\n' "$1" "$2" "$1" "$3"; shift 3
>     done
>     printf '2026-10\t丁\tcomplaints\t1\n'
> E
> sh measures 80 36 | kpi-score -p 2026-10 -g s.yaml --stable -H
| #period	manager	score	grade	rank	stable	above	below
| 2026-10	a	50.00		1	yes		
| 2026-10	b	48.00		2	yes		
| 2026-10	c	43.00		3	yes		
| 2026-10	丁	30.00		4	yes		

# With 37 visits: -900 + 935.
$ sh measures 80 37 | kpi-score -p 2026-10 -g s.yaml --stable -o table
> sh measures 80 37 | kpi-score -p 2026-10 -g s.yaml --stable -m b -o json
> sh measures 80 37 | kpi-score -p 2026-10 -g s.yaml --stable | cut -f -5 | cmp - <(sh measures 80 37 | kpi-score -p 2026-10 -g s.yaml)
| period   manager  score  grade  rank  stable  above  below  of points
| -------  -------  -----  -----  ----  ------  -----  -----  ---------
| 2026-10  a        50.00            1  no             b      █████
| 2026-10  b        48.50            2  no      a             ████▊
| 2026-10  c        43.00            3  yes                   ████▎
| 2026-10  丁       30.00            4  yes                   ███
| {"period":"2026-10","manager":"b","score":48.50,"grade":null,"rank":2,"stable":"no","above":"a","below":null}

$ kpi-score -p 2026-10 -g s.yaml --stable -l </dev/null
! kpi-score: --stable does not go with -b, -l or -x
! kpi-score: see 'kpi-score --help'
? 2

# ---- names that are not known ----

$ printf '2026-10\tzhang.wei\tsales\t1\n' >m.tsv
> name() {
>     printf 'scheme: s\nmetrics: {sales: {weight: 100}}\n---\ngoals: 2026-10\ntargets:\n  zhang.wei: {sales: 1}\n  li.na: {sales: 1}\n' >n.yaml
>     printf '2026-10\t%s\t%s\t1\n2026-10\tnobody\tnothing\t1\n' "$1" "$2" | kpi-score -p 2026-10 -g n.yaml m.tsv - >/dev/null
> }
> name zhang.wie sales; name zhang.wei sale; name li.n sales.; name somebody sold; name 张伟 sales
! kpi-score: -:1: 2 measures without a goal, adjustment or gate in 2026-10, this the first: 'sales' for 'zhang.wie'; the nearest owner of goals is 'zhang.wei'
! kpi-score: -:1: 2 measures without a goal, adjustment or gate in 2026-10, this the first: 'sale' for 'zhang.wei'; the nearest known metric is 'sales'
! kpi-score: -:1: 2 measures without a goal, adjustment or gate in 2026-10, this the first: 'sales.' for 'li.n'; the nearest known metric is 'sales'; the nearest owner of goals is 'li.na'
! kpi-score: -:1: 2 measures without a goal, adjustment or gate in 2026-10, this the first: 'sold' for 'somebody'
! kpi-score: -:1: 2 measures without a goal, adjustment or gate in 2026-10, this the first: 'sales' for '张伟'

# The book: owners who are not in it, the first with the nearest name; managers of the period without a goal for it.
$ cat >book.tsv <<'E'
> zhang.wie				2026-10-05	
> anna.becker			
> left.ago					2026-09-30
> E
> sed -i 's/^anna.*/anna.becker\t\t\t\t\t/' book.tsv
> kpi-score -p 2026-10 -g n.yaml -M book.tsv m.tsv; kpi-score --strict -p 2026-10 -g n.yaml -M book.tsv m.tsv
! kpi-score: 'li.na' is not scored in 2026-10: not in the book of managers
! kpi-score: 'zhang.wei' is not scored in 2026-10: not in the book of managers
! kpi-score: book.tsv:2: 2 managers of the book have no goal for 2026-10, this the first: 'anna.becker'
! kpi-score: 'li.na' is not scored in 2026-10: not in the book of managers
? 3

$ printf 'lina\t\t\t\t\t\nzhang.wei\t\t\t\t\t\n' >book.tsv; kpi-score -p 2026-10 -g n.yaml -M book.tsv m.tsv
| 2026-10	zhang.wei	100.00		1
! kpi-score: 'li.na' is not scored in 2026-10: not in the book of managers; the nearest name there is 'lina'
! kpi-score: book.tsv:1: 1 manager of the book has no goal for 2026-10, this one: 'lina'
