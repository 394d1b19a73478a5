# kpi-diff: what moved each score from one run to another. Every figure below is worked out by hand.

# ---- explanations: one cause after the other ----

# world FILE METRICS TARGETS MEASURES...: an explained run of m in October.
$ cat >world <<'E'
> #!/bin/bash
> printf 'scheme: s\n%s\nmetrics:\n%s\n---\ngoals: 2026-10\ntargets: {m: {%s}}\n' "${SCHEME-}" "$2" "$3" >world.yaml
> out=$1
> shift 3
> printf '2026-10\tm\t%s\n' "$@" >world.tsv
> kpi-score -p 2026-10 -g world.yaml ${BOOK:+-M $BOOK} -x -o json world.tsv >"$out" 2>/dev/null
> E
> chmod +x world

# sales: 80 of 100 are 48 of 60 points; 90 are 54 (actual: +6); 90 of 120 are 45 (target: -9); of weight 40 they are 30
# (weight: -15). visits: 20 of 40 points; with weight 60 they are 30 (weight: +10). 68 - 8 = 60.
$ ./world a.json '  sales: {weight: 60}
>   visits: {weight: 40}' 'sales: 100, visits: 20' 'sales	80' 'visits	10'
> ./world b.json '  sales: {weight: 40}
>   visits: {weight: 60}' 'sales: 120, visits: 20' 'sales	90' 'visits	10'
> kpi-diff -H a.json b.json
|e #manager\tmetric\tcause\tfrom\tto\tpoints
|e m\t\tscore\t68.00\t60.00\t-8.00
| m	sales	actual	80	90	6.00
| m	sales	target	100	120	-9.00
| m	sales	weight	60	40	-15.00
| m	visits	weight	40	60	10.00

# The other way round: 45 of 60, 80: 26.67 of 40 (-3.33); 80 of 100: 32 (+5.33); 48 (+16); visits 20 (-10).
$ kpi-diff -o table b.json a.json
| manager  metric  cause    from     to  points
| -------  ------  ------  -----  -----  ------
| m                score   60.00  68.00    8.00
| m        sales   actual     90     80   -3.33
| m        sales   target    120    100    5.33
| m        sales   weight     40     60   16.00
| m        visits  weight     60     40  -10.00

$ kpi-diff a.json a.json; kpi-diff -o csv a.json b.json | tail -n 1; kpi-diff -o json b.json a.json | tail -n 1
|e m\t\tscore\t68.00\t68.00\t0.00
| m,visits,weight,40,60,10.00
| {"manager":"m","metric":"visits","cause":"weight","from":60,"to":40,"points":-10.00}

# Baseline, better, curve: 30 of 100 is 0.3; from 20: 10/80 (-17.5); 0 to 1 becomes 0.1:0 1:0.9 (0.125: 0.025).
$ ./world a.json '  k: {weight: 100}' 'k: 100' 'k	30'
> ./world b.json '  k: {weight: 100, curve: [[0.1, 0], [1, 0.9]]}' 'k: {target: 100, baseline: 20}' 'k	30'
> kpi-diff a.json b.json
> ./world b.json '  k: {weight: 100, better: lower}' 'k: 100' 'k	30'
> kpi-diff a.json b.json
|e m\t\tscore\t30.00\t2.50\t-27.50
| m	k	baseline	none	20	-17.50
| m	k	curve	0:0 1:1	0.1:0 1:0.9	-10.00
|e m\t\tscore\t30.00\t100.00\t70.00
| m	k	better	higher	lower	70.00

# A target that would meet the old baseline leads nowhere, so both are one cause: (60-50)/(100-50), (60-0)/(50-0).
$ ./world a.json '  k: {weight: 100}' 'k: {target: 100, baseline: 50}' 'k	60'
> ./world b.json '  k: {weight: 100}' 'k: {target: 50, baseline: 0}' 'k	60'
> kpi-diff a.json b.json
|e m\t\tscore\t20.00\t100.00\t80.00
| m	k	target+baseline	100, 50	50, 0	80.00

# Proration: 12 of 31 are 38.71; 12 of 31 x 10/31 = 10 are more than all.
$ printf 'm\t\t\t\t\t\n' >all.tsv; printf 'm\t\t\t\t2026-10-22\t\n' >late.tsv
> BOOK=all.tsv ./world a.json '  k: {weight: 100, prorate: true}' 'k: 31' 'k	12'
> BOOK=late.tsv ./world b.json '  k: {weight: 100, prorate: true}' 'k: 31' 'k	12'
> kpi-diff a.json b.json
|e m\t\tscore\t38.71\t100.00\t61.29
| m	k	proration	whole	10/31	61.29

# A metric that comes or goes does so as a whole: k 50 of 100; of 50 they are 25 (weight: -25), and n brings 50.
$ ./world a.json '  k: {weight: 100}' 'k: 10' 'k	5'
> ./world b.json '  k: {weight: 50}
>   n: {weight: 50}' 'k: 10, n: 1' 'k	5' 'n	1'
> kpi-diff a.json b.json; kpi-diff b.json a.json
|e m\t\tscore\t50.00\t75.00\t25.00
| m	k	weight	100	50	-25.00
|e m\tn\tmetric\t\t50\t50.00
|e m\t\tscore\t75.00\t50.00\t-25.00
| m	k	weight	50	100	25.00
|e m\tn\tmetric\t50\t\t-50.00

# No measure: skipped, its 50 went to k (100 x 0.5); with one of 10 of 10, k is 25 and n 50.
$ ./world a.json '  k: {weight: 50}
>   n: {weight: 50, missing: skip}' 'k: 10, n: 10' 'k	5'
> ./world b.json '  k: {weight: 50}
>   n: {weight: 50, missing: skip}' 'k: 10, n: 10' 'k	5' 'n	10'
> kpi-diff a.json b.json
|e m\t\tscore\t50.00\t75.00\t25.00
| m	n	actual	skipped	10	25.00

# Digits: 1/3 of 100 is 33.33, with none 33; and 200 points to be had are no cause by themselves, but the weight is.
$ ./world a.json '  k: {weight: 100}' 'k: 3' 'k	1'
> SCHEME='digits: 0' ./world b.json '  k: {weight: 100}' 'k: 3' 'k	1'; kpi-diff a.json b.json
> SCHEME='points: 200' ./world b.json '  k: {weight: 200}' 'k: 3' 'k	1'; kpi-diff a.json b.json
|e m\t\tscore\t33.33\t33\t-0.33
|e m\t\tscheme\t100 points, 2 digits\t100 points, 0 digits\t-0.33
|e m\t\tscore\t33.33\t66.67\t33.34
| m	k	weight	100	200	33.34
|e m\t\tscheme\t100 points, 2 digits\t200 points, 2 digits\t0.00

# Adjustments and gates, by metric: none, then 3 x -2 of bad and +1 of good; 100 - 6 + 1 = 95 is held at 90 by bad.
$ rules='adjust: [{metric: bad, above: 0, points: -2}, {metric: good, above: 0, points: 1}]
> gates: [{metric: bad, above: 2, score_at_most: 90}]'
> SCHEME=$rules ./world a.json '  k: {weight: 100}
>   bad: {}
>   good: {}' 'k: 1' 'k	1'
> SCHEME=$rules ./world b.json '  k: {weight: 100}
>   bad: {}
>   good: {}' 'k: 1' 'k	1' 'bad	3' 'good	1'
> kpi-diff a.json b.json; kpi-diff b.json a.json
|e m\t\tscore\t100.00\t90.00\t-10.00
| m	bad	adjustment	0.00	-6.00	-6.00
| m	good	adjustment	0.00	1.00	1.00
| m	bad	gate	0.00	-5.00	-5.00
|e m\t\tscore\t90.00\t100.00\t10.00
| m	bad	adjustment	-6.00	0.00	6.00
| m	good	adjustment	1.00	0.00	-1.00
| m	bad	gate	-5.00	0.00	5.00

# ---- who is there ----

$ cat >who.yaml <<'E'
> scheme: s
> metrics: {k: {weight: 100, missing: skip}}
> ---
> goals: 2026-09
> targets: {a: {k: 1}, b: {k: 1}, 张: {k: 1}}
> ---
> goals: 2026-10
> targets: {b: {k: 2}, c: {k: 2}, 张: {k: 2}}
> E
> for p in 2026-09 2026-10; do
>     printf "$p\t%s\tk\t1\n" a b c 张 | grep -v "10.张" | kpi-score -p $p -g who.yaml -x -o json >$p.json 2>/dev/null
> done
> kpi-diff 2026-09.json 2026-10.json; kpi-diff 2026-10.json 2026-09.json -m 张 -m c
|e a\t\tgone\t100.00\t\t
|e b\t\tscore\t100.00\t50.00\t-50.00
| b	k	target	1	2	-50.00
|e c\t\tnew\t\t50.00\t
|e \345\274\240\t\tunscored\t100.00\t\t
|e c\t\tgone\t50.00\t\t
|e \345\274\240\t\tunscored\t\t100.00\t

# Who is in neither is told of.
$ kpi-diff 2026-09.json 2026-10.json -m d -m c -m 王小明; echo $?
|e c\t\tnew\t\t50.00\t
| 1
! kpi-diff: no score for 'd' in A or B
! kpi-diff: no score for '王小明' in A or B

# ---- printed figures ----

# Lines and flat JSON do not have all: a metric's points are one move, of what differs in print and of what is unseen.
$ printf '2026-09\tm\t%s\n' 'sales	60	100	80	0.8000	0.8000	48.00' 'visits	40	20	10	0.5000	0.5000	20.00' \
>     'bad			7			-8.00' 'bad			7			-1.30' >a.tsv
> printf '2026-10\tm\t%s\n' 'bad			3			-2.00' 'visits	40	20	10	0.5000	0.6000	24.00' \
>     'sales	50	100	90	0.9000	0.9000	45.00' 'nps	10	5	5	1.0000	1.0000	10.00' >b.tsv
> kpi-diff a.tsv b.tsv
> kpi-diff b.tsv a.tsv | cut -f 3- | tail -n 1
|e m\t\tscore\t58.70\t77.00\t18.30
| m	visits	unseen	20.00	24.00	4.00
| m	sales	actual+weight+unseen	48.00	45.00	-3.00
| m	nps	metric	0.00	10.00	10.00
| m	bad	adjustment+gate	-9.30	-2.00	7.30
| adjustment+gate	-2.00	-9.30	-7.30

# A run explained is compared with one that is not by what both have.
$ for way in '-x -o json' '-l -o json' -l; do
>     kpi-score -p 2026-10 -g world.yaml $way world.tsv
> done >/dev/null
> ./world a.json '  k: {weight: 100}' 'k: 10' 'k	5'
> ./world b.json '  k: {weight: 100}' 'k: 10' 'k	6'
> kpi-score -p 2026-10 -g world.yaml -l world.tsv >b.tsv; kpi-score -p 2026-10 -g world.yaml -l -o json world.tsv >bl.json
> for b in b.json b.tsv bl.json; do kpi-diff a.json $b | tail -n 1; done; kpi-diff b.json b.tsv; kpi-diff b.tsv - <bl.json
| m	k	actual	5	6	10.00
| m	k	actual+unseen	50.00	60.00	10.00
| m	k	actual+unseen	50.00	60.00	10.00
|e m\t\tscore\t60.00\t60.00\t0.00
|e m\t\tscore\t60.00\t60.00\t0.00

# ---- what is refused ----

$ try() { printf '%s\n' "$1" >try; kpi-diff try try 2>&1 | head -n 1; }
> for json in '{' '{"a"}' '{"a":[1,2}' '{"a":"\x"}' '{"a":"\ud800"}' '{"a":"\u0000"}' '{"a":"x}' '{"a":1,"a":2}' \
>     '{"a":01}' '{"a":1e5}' '{"a":tru}' '{} 1' '{"a":1}' '{"metrics":[]}' \
>     '{"period":"2026-10","manager":"m","metrics":[{}]}' "{\"a\":$(head -c 40 /dev/zero | tr '\0' '[')"; do
>     try "$json"
> done
| kpi-diff: try:1: not a key
| kpi-diff: try:1: a key without a value
| kpi-diff: try:1: a list or object without end
| kpi-diff: try:1: not an escape of a text
| kpi-diff: try:1: not an escape of a text
| kpi-diff: try:1: not an escape of a text
| kpi-diff: try:1: a text without end
| kpi-diff: try:1: a key that was there before
| kpi-diff: try:1: not a value
| kpi-diff: try:1: not a value
| kpi-diff: try:1: not a value
| kpi-diff: try:1: more than one value
| kpi-diff: try:1:1: not a period: ''
| kpi-diff: try:1: not what kpi-score -l or -x prints
| kpi-diff: try:1: not what kpi-score -x prints
| kpi-diff: try:1: nested too deeply

$ for line in '[1]' '2026-10\tm' '2026-10\tm\tk\t1\t1\t1\t1\t1\tx' '2026-13\tm\tk\t1\t1\t1\t1\t1\t1' \
>     '2026-10\t\tk\t1\t1\t1\t1\t1\t1' '2026-10\tm\t#\t1\t1\t1\t1\t1\t1' '2026-10\tm\tk\t1\t1\t1\t1\t1\t.5'; do
>     try() { printf '%b\n' "$1" >try; kpi-diff try try 2>&1 | head -n 1; }
>     try "$line"
> done
| kpi-diff: try:1: 1 fields, not the 9 of a detail line
| kpi-diff: try:1: 2 fields, not the 9 of a detail line
| kpi-diff: try:1:9: not a number: 'x'
| kpi-diff: try:1:1: not a period: '2026-13'
| kpi-diff: try:1:2: no manager
|~ kpi-diff: try:1:3: .*: '#'
| kpi-diff: try:1:9: not a number: '.5'

# Figures that were tampered with do not lead to the points.
$ try() { sed "$1" b.json >c.json; kpi-diff a.json c.json 2>&1 | tail -n 1; }
> try 's/"actual":6/"actual":7/'; try 's/"score":60.00/"score":61.00/'; try 's/"days":31/"days":-1/'; try 's/"curve":\[/&[5,5],/'
> try 's/\(\],"target":\)10/\1"1\/0"/'; try 's/\(\],"target":\)10/\1"20\/2"/'; try 's/"weight":100/"weight":1000000000000000/'
> try 's/"of_points":100/"of_points":0/'; try 's/"better":"higher"/"better":"more"/'; try 's/"adjust":\[\]/"adjust":1/'
| kpi-diff: c.json:1: the figures of 'm' in 2026-10 do not lead to its score
| kpi-diff: c.json:1: the figures of 'm' in 2026-10 do not lead to its score
| kpi-diff: c.json:1: not what kpi-score -x prints
| kpi-diff: c.json:1: not what kpi-score -x prints of a metric: 'k'
| kpi-diff: c.json:1: not what kpi-score -x prints of a metric: 'k'
| m	k	actual	5	6	10.00
| kpi-diff: c.json:1: not what kpi-score -x prints of a metric: 'k'
| kpi-diff: c.json:1: not what kpi-score -x prints
| kpi-diff: c.json:1: not what kpi-score -x prints of a metric: 'k'
| kpi-diff: c.json:1: not what kpi-score -x prints: no list of rules

# An owner has one period in a run, and a metric one line.
$ cat b.json b.json | kpi-diff - a.json; cat b.json b.tsv | kpi-diff - a.json
> (cat b.tsv; sed s/2026-10/2026-11/ b.tsv) | kpi-diff - a.json; cat b.tsv b.tsv | kpi-diff - a.json
! kpi-diff: -:2: 'm' was there before
! kpi-diff: -:2: 'm' was there before
! kpi-diff: -:2: 'm' was there before in another period
! kpi-diff: -:2:3: 'k' was there before
? 3

$ try() { kpi-diff "$@" 2>&1 >/dev/null </dev/null | head -n 1; }
> try; try a.json; try a.json b.json c.json; try - -; try a.json missing; try a.json . ; try a.json b.json -m ''
| kpi-diff: which two runs? (A B)
| kpi-diff: which two runs? (A B)
| kpi-diff: which two runs? (A B)
| kpi-diff: standard input ('-') can be read once only
| kpi-diff: missing: open: No such file or directory
|~ kpi-diff: \.: .*[Ii]s a directory
| kpi-diff: an empty name

$ kpi-diff a.json b.json >/dev/full
! kpi-diff: standard output: write: No space left on device
? 4
