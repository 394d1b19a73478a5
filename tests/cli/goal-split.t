# goal-split: breaks goals down into parts that add up to them exactly, as documents that support them.

$ cat >goals.yaml <<X
> ---
> goal: company
> owner: qinghe
> metric: sales
> period: 2026
> target: 1001
> title: 全年销售额
> strategy: true
> reviews: [2026-02-10, 2026-03-20, 2026-07-01, 2026-11-05]
> ---
> goal: half
> owner: east
> metric: sales
> period: 2026-H2
> target: +10%
> baseline: 1000
> weight: 40
> X

# Into periods of the same owner. The units left over go to those that lost most, of equal ones to the first. A part
# that is long enough to need reviews has those of the whole.
$ goal-split -g goals.yaml --into half company
| ---
| goal: 2026-H1/qinghe/sales
| owner: qinghe
| metric: sales
| period: 2026-H1
| target: 501
| title: 全年销售额 / 2026-H1
| supports: company
| reviews:
|   - 2026-02-10
|   - 2026-03-20
| set: 2026-11-02
| ---
| goal: 2026-H2/qinghe/sales
| owner: qinghe
| metric: sales
| period: 2026-H2
| target: 500
| title: 全年销售额 / 2026-H2
| supports: company
| reviews:
|   - 2026-07-01
|   - 2026-11-05
| set: 2026-11-02

# Percentages are resolved, baselines go by the same shares; the weight stays with the owner. No title: the metric's.
$ goal-split -g goals.yaml --into quarter -d 2026-06-15 half
| ---
| goal: 2026-Q3/east/sales
| owner: east
| metric: sales
| period: 2026-Q3
| target: 550
| baseline: 500
| weight: 40
| title: sales / 2026-Q3
| supports: half
| set: 2026-06-15
| ---
| goal: 2026-Q4/east/sales
| owner: east
| metric: sales
| period: 2026-Q4
| target: 550
| baseline: 500
| weight: 40
| title: sales / 2026-Q4
| supports: half
| set: 2026-06-15

# Among people, with shares or without; in the order of their names. Names are quoted where YAML needs it.
$ goal-split -g goals.yaml --among west=2,east=3 --among '12 = x=0.5' --digits 1 company | grep -E 'goal|owner|target|title'
| goal: "2026/12 = x/sales"
| owner: "12 = x"
| target: 91
| title: "全年销售额 / 12 = x"
| goal: 2026/east/sales
| owner: east
| target: 546
| title: 全年销售额 / east
| goal: 2026/west/sales
| owner: west
| target: 364
| title: 全年销售额 / west

$ goal-split -g goals.yaml --among c,a,b company | goal-list -g goals.yaml -g - -m a -m b -m c
| 2026	a	sales		334	
| 2026	b	sales		334	
| 2026	c	sales		333	

# Both: periods and people, of several goals, from standard input.
$ goal-split --into quarter --among a,b=3 half company <goals.yaml
! goal-split: standard output:84:1: goal '2026-Q3/a/sales', set at standard output:2:1 already
? 3

$ goal-split --into quarter --among a,b=3 company <goals.yaml >parts
> cat goals.yaml parts | goal-list -i sales -m a -m b -
| 2026-Q1	a	sales		63	
| 2026-Q1	b	sales		188	
| 2026-Q2	a	sales		62	
| 2026-Q2	b	sales		188	
| 2026-Q3	a	sales		62	
| 2026-Q3	b	sales		188	
| 2026-Q4	a	sales		62	
| 2026-Q4	b	sales		188	

# Weeks at the edges are cut to the period; in proportion to their days they are worth less.
$ goal-set -f weeks.yaml -p 2026-10 -m a -i visits -t 31
> goal-split -g weeks.yaml --into week --days 2026-10/a/visits >>weeks.yaml
> goal-list weeks.yaml
| 2026-10-01..2026-10-04	a	visits		4	
| 2026-10	a	visits		31	
| 2026-W41	a	visits		7	
| 2026-W42	a	visits		7	
| 2026-W43	a	visits		7	
| 2026-10-26..2026-10-31	a	visits		6	

# Like the months of the year before. What is measured of others or elsewhere does not count.
$ printf '%s\n' '2025-07	east	sales	300' '2025-08-05	east	sales	100.5' '2025-08	east	sales	99.5' \
>     '2025-09	east	sales	100' '2025-11	east	sales	400' '2025-12-30	east	sales	-50' '2025-12	east	sales	50' \
>     '2025-07	west	sales	900' '2025-07	east	visits	900' '2026-07	east	sales	900' >history
> goal-split -g goals.yaml --into month --like history half | grep -E '^goal|target|baseline'
! goal-split: goals.yaml:11:1: 2 parts are 0, as nothing was measured a year before, the first: 2026-10 for 'east'
| goal: 2026-07/east/sales
| target: 330
| baseline: 300
| goal: 2026-08/east/sales
| target: 220
| baseline: 200
| goal: 2026-09/east/sales
| target: 110
| baseline: 100
| goal: 2026-10/east/sales
| target: 0
| goal: 2026-11/east/sales
| target: 440
| baseline: 400
| goal: 2026-12/east/sales
| target: 0

$ sed 's/east/x/; s/west/y/' history | goal-split -g goals.yaml --among x,y --like - half | grep -E '^goal|target|baseline'
| goal: 2026-H2/x/sales
| target: 579
| baseline: 526
| goal: 2026-H2/y/sales
| target: 521
| baseline: 474

# ---- into the file ----

# -f: appended under the lock, checked first, with the goals of the file itself; others by -g.
$ cp goals.yaml all.yaml
> goal-split -f all.yaml --into half company && goal-split -f all.yaml --among a,b 2026-H1/qinghe/sales
> head -c "$(wc -c <goals.yaml)" all.yaml | cmp - goals.yaml && goal-list all.yaml
| 2026-H1	a	sales		251	
| 2026-H1	b	sales		250	
| 2026-H1	qinghe	sales		501	
| 2026	qinghe	sales		1001	
| 2026-H2	east	sales	40	1100	1000
| 2026-H2	qinghe	sales		500	

$ goal-split -f parts.yaml -g goals.yaml --into half company && goal-split -f all.yaml -g ./all.yaml --into quarter half
> grep -c . parts.yaml && goal-list parts.yaml
! goal-list: parts.yaml:2:1: supports an unknown goal: 'company'
| 24
? 3

# Once more would be twice: refused, on the way to standard output as well, and nothing is changed.
$ cp all.yaml before.yaml
> goal-split -f all.yaml --into half company
! goal-split: all.yaml:89:1: goal '2026-H1/qinghe/sales', set at all.yaml:19:1 already
? 3

$ goal-split -g all.yaml --into half company
! goal-split: standard output:2:1: goal '2026-H1/qinghe/sales', set at all.yaml:19:1 already
? 3

$ cmp all.yaml before.yaml

# ---- the plan of the examples ----

# The company's goal to regions, months, and managers, a partner and a client: 171 goals, as another program has them.
$ $TOP/examples/plan/plan.sh year.yaml && goal-list year.yaml | cmp - $TOP/examples/expected/plan-2026.tsv

# Each whole is the sum of its parts, target and baseline: 1 and 2 and 24 of them.
$ awk '/^---/ { id = up = "" } /^goal: / { id = $2 } /^supports: / { up = $2 }
>     $1 == "target:" && id { target[id] = $2 } $1 == "baseline:" { baseline[id] = $2 }
>     /^supports: / { sum[up] += target[id]; base[up] += baseline[id] }
>     END { for (id in sum) { n++; if (id != "qinghe-sales-2026" && (sum[id] != target[id] || base[id] != baseline[id]))
>               print id, sum[id], target[id], base[id], baseline[id] }
>           print n, sum["qinghe-sales-2026"], base["qinghe-sales-2026"] }' year.yaml
| 27 55890000 48600000

$ KPI_NOW=2025-12-16 goal-check year.yaml $TOP/examples/plan/scheme.yaml
> goal-list --tree year.yaml $TOP/examples/plan/scheme.yaml | cut -f 1,8 | sort | uniq -c
|       1 0	0
|       2 1	0
|      24 2	0
|     144 3	

# A second time it is not made.
# A goal that is one yuan more is told of by both.
$ sed 's/^target: 460283$/target: 460284/' year.yaml >more.yaml
> KPI_NOW=2025-12-16 goal-check more.yaml $TOP/examples/plan/scheme.yaml
> goal-list --tree more.yaml $TOP/examples/plan/scheme.yaml | grep -v -e '	0$' -e '		$'
| more.yaml:70:1: 2026-01/east/sales: its parts add up to 1983567, 1 more than its target 1983566: revise it, or them
| 2	2026-01/east/sales	east	sales	2026-01	1983566	1983567	1

$ $TOP/examples/plan/plan.sh year.yaml
! plan.sh: year.yaml is there already
? 2

# ---- what cannot be split ----

$ goal-split -g goals.yaml --into month compani
! goal-split: unknown goal: 'compani'; the nearest known one is 'company'
? 3

$ goal-split -g goals.yaml --into year company
! goal-split: goals.yaml:2:1: 2026 is not longer than that: nothing to split
? 3

$ goal-split -g goals.yaml --among qinghe,east company
! goal-split: standard output:16:1: a goal of 'qinghe' for 'sales' in 2026, set at goals.yaml:2:1 already
? 3

# Means, latest values and extremes do not add up. (Without the scheme nobody knows.)
$ printf '%s\n' 'scheme: s' 'metrics: {sales: , nps: {take: last}, rate: {take: mean}, calls: {take: count}}' >scheme.yaml
> goal-set -f nps.yaml -p 2026 -m a -i nps -t 50 && goal-split -g scheme.yaml -g nps.yaml --into half 2026/a/nps
! goal-split: nps.yaml:2:1: 'nps' is neither a sum nor a count: parts of it do not add up
? 3

$ sed 's/1001/1001.25/' goals.yaml | goal-split --into half --digits 1 company
! goal-split: -:2:1: 1001.25 has more decimals than 1
? 3

$ printf '%s\n' 'goal: tiny' 'owner: a' 'metric: m' 'period: 2026' 'target: 4' 'baseline: 3' >tiny.yaml
> goal-split -g tiny.yaml --into quarter tiny
! goal-split: tiny.yaml:1:1: too few decimals: the target of 'a' in 2026-Q1 would be 1, its baseline 1
? 3

$ goal-split -g tiny.yaml --into quarter --digits 2 tiny | goal-list -g tiny.yaml -g -
| 2026-Q1	a	m		1	0.75
| 2026	a	m		4	3
| 2026-Q2	a	m		1	0.75
| 2026-Q3	a	m		1	0.75
| 2026-Q4	a	m		1	0.75

# Below 0, and less than there are parts.
$ printf '%s\n' 'goal: less' 'owner: a' 'metric: m' 'period: 2026' 'target: -10' 'baseline: 0' >less.yaml
> goal-split -g less.yaml --into quarter less | goal-list -g less.yaml -g - | cut -f 1,5,6
> goal-split -g tiny.yaml --among a1,a2,a3,a4,a5 tiny | grep target
! goal-split: tiny.yaml:1:1: too few decimals: the target of 'a1' in 2026 would be 1, its baseline 1
| 2026-Q1	-3	0
| 2026	-10	0
| 2026-Q2	-3	0
| 2026-Q3	-2	0
| 2026-Q4	-2	0
? 1

$ printf 'goals: 2026-Q1\ntargets: {a: {m: 2}}\n' | goal-split --into month 2026-Q1/a/m | grep target
| target: 1
| target: 1
| target: 0

$ goal-split -g goals.yaml --into half --like /dev/null half
! goal-split: goals.yaml:11:1: 2026-H2 is not longer than that: nothing to split
? 3

$ goal-split -g goals.yaml --into quarter --like /dev/null half
! goal-split: goals.yaml:11:1: nothing of 'sales' was measured a year before
? 3

$ printf '2025-08\teast\tsales\t9\n2025-10\teast\tsales\t-1\n' | goal-split -g goals.yaml --into quarter --like - half
! goal-split: goals.yaml:11:1: a share below 0: -1 was measured of 'east' a year before 2026-Q4
? 3

$ printf '2025-08\teast\tsales\t9\nbad\n' | goal-split -g goals.yaml --into quarter --like - half
! goal-split: -:2: 1 field, a measure line has 4
? 3

# As it was on a day.
$ goal-revise -f goals.yaml -t 1200 --reason x --author a half
> goal-split -g goals.yaml --into quarter half | grep target
> goal-split -g goals.yaml --into quarter --as-of 2026-11-01 half | grep target
| target: 600
| target: 600
| target: 550
| target: 550

# ---- usage ----

$ try() { goal-split -g goals.yaml "$@" 2>&1 | head -n 1; }
> try company
> try --into half
> try --into fortnight company
> try --among a --days company
> try --into half --days --like x company
> try --among a=1 --like x company
> try --among a,a company
> try --among a=0 company
> try --among a=-1 company
> try --among a=x company
> try --among '' company
> try --among a, company
> try --among ' a' company
> try --into half --digits 7 company
> try --into half --digits x company
> try --into half --as-of 2026 company
> try --into half -p 2026 company
> try --into half -g - --like - company
| goal-split: into what? (--into UNIT, --among NAME,...)
| goal-split: which goal? (ID...)
| goal-split: not day, week, month, quarter, half or year: 'fortnight'
| goal-split: --days is about the parts of --into
| goal-split: --days and --like are two ways to share
| goal-split: --like and shares of --among are two ways to share
| goal-split: named twice: 'a'
| goal-split: not a share above 0: 'a=0'
| goal-split: not a share above 0: 'a=-1'
| goal-split: not a share above 0: 'a=x'
| goal-split: an empty name
| goal-split: an empty name
| goal-split: blank at the start or end: ' a'
| goal-split: not a whole number from 0 to 6: '7'
| goal-split: not a whole number from 0 on: 'x'
| goal-split: not a date: '2026'
| goal-split: no such option: -p
| goal-split: standard input ('-') can be read once only

$ goal-split -f missing.yaml --into half company
! goal-split: missing.yaml: open: No such file or directory
? 4

$ goal-split -g goals.yaml --into quarter --like missing half
! goal-split: missing: open: No such file or directory
? 4
