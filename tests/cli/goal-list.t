# goal-list: goals as goal lines - period, owner, metric, the goal's own weight, target, baseline; --tree: depth, id, owner,
# metric, period, target, sum of the parts, difference; --life: date, event, by, what, from, to, why, next.

# A stream with every kind of document. The scheme's order of metrics is not that of their bytes.
$ cat >g.yaml <<'E'
> scheme: s
> metrics:
>   visits: {weight: 40}
>   sales: {weight: 60}
>   cost: {better: lower}
> ---
> goals: 2026-10
> targets:
>   wang.li: {sales: 500000, visits: 40}
>   张敏: {sales: {target: 1.50, baseline: +0.5, weight: 010}}
> ---
> goals: 2026-Q4
> targets: {east: {sales: 3000000}}
> ---
> goal: east-key-accounts
> owner: li.wei
> metric: sales
> period: 2026-10
> target: +10%
> baseline: 400000
> supports: 2026-Q4/east/sales
> ---
> goal: cheaper
> owner: li.wei
> metric: cost
> period: 2026-10
> target: -12.5%
> baseline: 0.8
> ---
> revise: east-key-accounts
> target: 430000
> on: 2026-10-12
> by: zhang.qiang
> reason: flagship store closed
> ---
> revise: east-key-accounts
> target: +5%
> baseline: 410000
> weight: 50
> on: 2026-10-20
> reason: a better count of last year
> ---
> revise: 2026-10/wang.li/visits
> target: 42
> on: 2026-11-01
> reason: too late for October
> ---
> review: east-key-accounts
> on: 2026-10-10
> says: one account won
> E

# By first day, last day, owner, metric. Numbers without trailing zeros, percentages resolved:
# 410000 + 5 % = 430500 (the revision of 20 October), 0.8 - 12.5 % = 0.7; the one of 1 November comes after October.
$ goal-list -H g.yaml
| #period	manager	metric	weight	target	baseline
| 2026-10	li.wei	sales	50	430500	410000
| 2026-10	li.wei	cost		0.7	0.8
| 2026-10	wang.li	visits		40	
| 2026-10	wang.li	sales		500000	
| 2026-10	张敏	sales	10	1.5	0.5
| 2026-Q4	east	sales		3000000	

# As known on a day: what was set (+10 % of 400000), then the first revision, which kept the baseline; each on its day.
$ for day in 2026-01-01 2026-10-11 2026-10-12 2026-10-19 2026-10-20 2026-11-01
> do goal-list --as-of $day -m li.wei -i sales g.yaml; goal-list --as-of $day -m wang.li -i visits g.yaml | grep 42
> done
| 2026-10	li.wei	sales		440000	400000
| 2026-10	li.wei	sales		440000	400000
| 2026-10	li.wei	sales		430000	400000
| 2026-10	li.wei	sales		430000	400000
| 2026-10	li.wei	sales	50	430500	410000
| 2026-10	li.wei	sales	50	430500	410000
| 2026-10	wang.li	visits		42	

# ---- filters ----

# -p takes the goals whose days lie inside it; last-month is October.
$ goal-list -p 2026-Q4 -i sales g.yaml | wc -l; goal-list -p last-month g.yaml | cut -f 1 | sort -u
| 4
| 2026-10

$ goal-list -m wang.li -m east -i sales g.yaml
| 2026-10	wang.li	sales		500000	
| 2026-Q4	east	sales		3000000	

# No goal: the answer is no, also when there is a header to print.
$ goal-list -m nobody -H g.yaml
| #period	manager	metric	weight	target	baseline
? 1

$ goal-list
? 1

# ---- files ----

# Files as operands, by -g, or standard input: the stream is the same; references are resolved at the end.
$ csplit -q -z g.yaml '/^---$/' '{*}'; goal-list g.yaml >want
> goal-list xx0[3-8] -g xx00 xx0[12] | cmp - want; goal-list <g.yaml | cmp - want; goal-list - <g.yaml | cmp - want

# Only revisions of one goal have an order, that of their documents; their days follow it.
$ goal-list $(printf '%s\n' xx* | tac)
! goal-list: xx05:2:1: a revision of 'east-key-accounts' dated before the one at xx06:2:1
? 3

# Goal lines are goals, too: what goal-list printed prints the same, with YAML beside it or without.
$ goal-list g.yaml >lines.tsv; goal-list lines.tsv | sort >a; sort want | cmp - a &&
> printf '2026-09\twang.li\tsales\t\t1\t\n' | goal-list - xx00 lines.tsv | head -n 1
| 2026-09	wang.li	sales		1	

# Comments, empty lines and a BOM do not hide that a file holds lines.
$ printf '\357\273\277# goals\n\n2026-10-01..2026-10-15\ta\tm\t\t-5\t-6\r\n' | goal-list
| 2026-10-01..2026-10-15	a	m		-5	-6

# A day comes before the range that begins with it, and that before the month.
$ printf '%s\ta\tm\t\t1\t\n' 2026 2026-01 2026-H1 2026-01-01..2026-01-02 2026-W01 2026-01-01 2026-Q1 | goal-list |
> cut -f 1
| 2026-W01
| 2026-01-01
| 2026-01-01..2026-01-02
| 2026-01
| 2026-Q1
| 2026-H1
| 2026

# ---- what supports what ----

$ cat >tree.yaml <<'E'
> goal: top
> owner: 青禾
> metric: sales
> period: 2026
> target: 100
> set: 2025-12-01
> ---
> goal: west
> owner: west
> metric: sales
> period: 2026-H1
> target: 60
> supports: top
> set: 2025-12-10
> ---
> goal: east
> owner: east
> metric: sales
> period: 2026
> target: +10%
> baseline: 30.5
> supports: top
> set: 2026-01-10
> ---
> goal: calls
> owner: west
> metric: calls
> period: 2026
> target: 900
> supports: west
> ---
> goals: 2026-02
> targets: {an: {sales: 7}}
> ---
> revise: top
> target: 93.55
> on: 2026-02-01
> by: 张
> reason: the market shrinks
> E
> goal-list --tree -H tree.yaml
| #depth	id	owner	metric	period	target	parts	difference
| 0	top	青禾	sales	2026	93.55	93.55	0
| 1	west	west	sales	2026-H1	60		
| 2	calls	west	calls	2026	900		
| 1	east	east	sales	2026	33.55		
| 0	2026-02/an/sales	an	sales	2026-02	7		

# For people, and for machines.
$ goal-list --tree -o table tree.yaml; goal-list --tree -i calls -o json tree.yaml; goal-list --tree -m 青禾 -o csv tree.yaml
| id                owner  metric  period   target  parts  difference
| ----------------  -----  ------  -------  ------  -----  ----------
| top               青禾   sales   2026      93.55  93.55           0
|   west            west   sales   2026-H1      60
|     calls         west   calls   2026        900
|   east            east   sales   2026      33.55
| 2026-02/an/sales  an     sales   2026-02       7
| {"depth":2,"id":"calls","owner":"west","metric":"calls","period":"2026","target":900,"parts":null,"difference":null}
| depth,id,owner,metric,period,target,parts,difference
| 0,top,青禾,sales,2026,93.55,93.55,0

# The tree of a day: what had not been set is not there, what had not been revised is as it was. So are plain goals.
$ for day in 2025-12-09 2025-12-10 2026-01-10 2026-02-01
> do echo $day; goal-list --tree --as-of $day -p 2026 -i sales tree.yaml | grep -v an
> done; goal-list --as-of 2025-12-10 -i sales -p 2026 tree.yaml
| 2025-12-09
| 0	top	青禾	sales	2026	100		
| 2025-12-10
| 0	top	青禾	sales	2026	100	60	-40
| 1	west	west	sales	2026-H1	60		
| 2026-01-10
| 0	top	青禾	sales	2026	100	93.55	-6.45
| 1	west	west	sales	2026-H1	60		
| 1	east	east	sales	2026	33.55		
| 2026-02-01
| 0	top	青禾	sales	2026	93.55	93.55	0
| 1	west	west	sales	2026-H1	60		
| 1	east	east	sales	2026	33.55		
| 2026-H1	west	sales		60	
| 2026	青禾	sales		100	
| 2026-02	an	sales		7	

# What is no sum has no parts; the sum counts what passes no filter, too.
$ (echo 'scheme: s'; echo 'metrics: {sales: {take: last}, calls: }'; echo ---; cat tree.yaml) >last.yaml
> goal-list --tree -m 青禾 last.yaml; goal-list --tree -p 2027 tree.yaml
| 0	top	青禾	sales	2026	93.55		
? 1

# Circles are refused, with all that is on them; what only leads there is not there either.
$ sed '/^target: 100/a supports: calls' tree.yaml | goal-list --tree -
! goal-list: -:9:1: goal 'west' supports itself by way of 'top', 'calls'
? 3

# ---- a life ----

$ (cat g.yaml; printf -- '---\nreview: east-key-accounts\non: 2026-10-12\nby: li\nsays: "two\\nlines"\nnext: call\n') >life.yaml
> goal-list --life east-key-accounts -H life.yaml
> goal-list --life east-key-accounts --as-of 2026-10-12 -o table life.yaml
> goal-list --life 2026-10/wang.li/visits life.yaml
| #date	event	by	what	from	to	why	next
| 	set		target		440000		
| 	set		baseline		400000		
| 2026-10-10	review					one account won	
| 2026-10-12	review	li				two\nlines	call
| 2026-10-12	revise	zhang.qiang	target	440000	430000	flagship store closed	
| 2026-10-20	revise		target	430000	430500	a better count of last year	
| 2026-10-20	revise		baseline	400000	410000	a better count of last year	
| 2026-10-20	revise		weight		50	a better count of last year	
| date        event   by           what        from      to  why                    next
| ----------  ------  -----------  --------  ------  ------  ---------------------  ----
|             set                  target            440000
|             set                  baseline          400000
| 2026-10-10  review                                         one account won
| 2026-10-12  review  li                                     two\nlines             call
| 2026-10-12  revise  zhang.qiang  target    440000  430000  flagship store closed
| 	set		target		40		
| 2026-11-01	revise		target	40	42	too late for October	

$ goal-list --life east-key-acounts g.yaml
! goal-list: unknown goal: 'east-key-acounts'; the nearest known one is 'east-key-accounts'
? 3

$ goal-list --life west --as-of 2025-12-09 tree.yaml
? 1

# ---- bad data ----

# Nothing is printed on bad data; -k leaves bad goal lines out.
$ printf '2026\ta\tm\t\t1\t\n2026\tb\tm\t\tx\t\n2026\tc\tm\t\t3\t\n2026\ta\tm\t\t4\t\n' >bad.tsv; goal-list bad.tsv
! goal-list: bad.tsv:2:5: not a number: 'x'
? 3

$ goal-list -k bad.tsv
| 2026	a	m		1	
| 2026	c	m		3	
! goal-list: bad.tsv:2:5: not a number: 'x'
! goal-list: bad.tsv:4: a goal of 'a' for 'm' in 2026, set at bad.tsv:1 already
? 3

# Bad data win over the answer no.
$ printf '2026\tb\tm\t\tx\t\n' | goal-list -k
! goal-list: -:1:5: not a number: 'x'
? 3

# It leaves out nothing of YAML.
$ printf '%s\n' 'goals: 2026' 'targets: {a: {m: 1, n: x}}' | goal-list -k
! goal-list: -:2:24: not a number: 'x'
? 3

# ---- usage ----

$ try() { goal-list "$@" 2>&1 >/dev/null </dev/null | head -n 1; }
> try -p next-month
> try --as-of 2026-10
> try --life ''
> try --life x --tree
> try --life x -p 2026
> try -m ''
> try -i ' x'
> try -o xml
> try - -
> try -g - -
> try -x
> try --period
> try -p
> try -kp
> try --header=1
> try --bom=
> try missing.yaml
| goal-list: not a period: 'next-month'
| goal-list: not a date: '2026-10'
| goal-list: an empty name
| goal-list: --life is about one goal: not with --tree, -p, -m, -i
| goal-list: --life is about one goal: not with --tree, -p, -m, -i
| goal-list: an empty name
| goal-list: blank at the start or end: ' x'
| goal-list: not lines, table, csv, json or md: 'xml'
| goal-list: standard input ('-') can be read once only
| goal-list: standard input ('-') can be read once only
| goal-list: no such option: -x
| goal-list: option --period needs a value
| goal-list: option -p needs a value
| goal-list: option -p needs a value
| goal-list: option --header takes no value
| goal-list: option --bom takes no value
| goal-list: missing.yaml: open: No such file or directory

# With -k what is wrong as a goal is left out as well: a target that is the baseline, one that no way leads to, a metric
# that the scheme does not know; and what was set twice stays out though the first is wrong.
$ printf 'scheme: s\nperiod: 2026-10\nmetrics: {m: {weight: 100}}\n' >s.yaml
> printf '2026-10\t%s\n' 'a	m	100	5	5' 'b	m	100	5	' 'c	m	100	-5	' 'c	m	100	7	' 'd	x	100	7	' >wrong.tsv
> goal-list -k s.yaml wrong.tsv
| 2026-10	b	m	100	5	
! goal-list: wrong.tsv:4: a goal of 'c' for 'm' in 2026-10, set at wrong.tsv:3 already
! goal-list: wrong.tsv:1: the target equals the baseline
! goal-list: wrong.tsv:3: a target below 0 needs a baseline
! goal-list: wrong.tsv:5: scheme 's' knows no metric 'x'
? 3

$ printf '2026-10\tb\tm\t4\n' | kpi-score -k -p 2026-10 -g s.yaml -g wrong.tsv 2>said; status=$?; wc -l <said; exit $status
| 2026-10	b	80.00		1
| 4
? 3
