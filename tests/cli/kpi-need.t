# kpi-need: what one metric alone would have to reach. Every figure below is worked out by hand.

$ cat >scheme.yaml <<'E'
> scheme: s
> metrics:
>   sales: {weight: 50, curve: [[0.5, 0], [1, 1], [1.2, 1.3]]}
>   calls: {weight: 30, take: count, missing: zero}
>   nps:   {weight: 20, take: last, missing: skip}
>   complaints: {better: lower, missing: zero}
> adjust:
>   - {metric: complaints, above: 1, each: 1, points: -4}
> gates:
>   - {metric: complaints, above: 4, score_at_most: 59}
> grades:
>   - {grade: A, from: 90, top: 50}
>   - {grade: B, from: 75}
>   - {grade: C, from: 60}
>   - {grade: D}
> E
> cat >goals.yaml <<'E'
> goals: 2026-10
> targets:
>   王芳: {sales: 1000, calls: 8, nps: 50}
>   li.wei: {sales: 1000, calls: 8, nps: 50}
>   anna: {sales: 1000.50, calls: 8, nps: 50}
> E
> cat >measures.tsv <<'E'
> 2026-10	王芳	sales	800
> 2026-10-01	王芳	calls	1
> 2026-10-02	王芳	calls	1
> 2026-10-03	王芳	calls	1
> 2026-10-04	王芳	calls	1
> 2026-10	王芳	nps	25
> 2026-10	王芳	complaints	3
> 2026-10	li.wei	sales	1200
> 2026-10-01	li.wei	calls	1
> 2026-10	li.wei	nps	50
> 2026-10	anna	sales	1100.55
> 2026-10	anna	complaints	5
> E

# 王芳: 800 of 1000 is 0.6 of 50, 30; 4 of 8 calls, 15; nps 10; 3 complaints -8: 47, D. C is from 60.
# sales: 13 more, 43 of 50 is 0.86: 0.93; 42.995 is rounded up, but 929.95 has no whole number: 930. A point for 1 %.
# calls: 15 + 13 = 28 of 30: 7.47 of 8. nps: 23 of 20. complaints: 8 at the most: 55.
$ kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml -m 王芳 -H measures.tsv
| #period	manager	metric	target	actual	for	need	more	score	gain
| 2026-10	王芳	sales	1000	800	C	930	130	60.00	1.0000
| 2026-10	王芳	calls	8	4	C	8	4	62.00	0.3000
| 2026-10	王芳	nps	50	25	C				0.2000
| 2026-10	王芳	complaints		3	C				

$ kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml -m 王芳 --digits 2 --score 60 measures.tsv | head -n 2
| 2026-10	王芳	sales	1000	800	60	929.95	129.95	60.00	1.0000
| 2026-10	王芳	calls	8	4	60	8	4	62.00	0.3000

# 55 by complaints; 54 and 51 as well, of which 1 is the largest that is enough for 55, 2 for 51.
$ for n in 55 54 51 55.01; do
>     kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml -m 王芳 --score $n measures.tsv | sed -n '$p'
> done
| 2026-10	王芳	complaints		3	55	1	-2	55.00	
| 2026-10	王芳	complaints		3	54	1	-2	55.00	
| 2026-10	王芳	complaints		3	51	2	-1	51.00	
| 2026-10	王芳	complaints		3	55.01				

# li.wei has 65 + 3.75 + 20 = 88.75, B. A is from 90 and for one of three, who is li.wei. At 1200 the curve is flat.
$ kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml -m li.wei measures.tsv
| 2026-10	li.wei	sales	1000	1200	A				0.0000
| 2026-10	li.wei	calls	8	1	A	2	1	92.50	0.3000
| 2026-10	li.wei	nps	50	50	A				0.0000
| 2026-10	li.wei	complaints		0	A				

# anna: no nps: 62.5 and 37.5. Sales 1100.55/1000.50 = 1.1, credit 1.15: 71.88; -16: 55.88; the gate holds 59.
# C needs the gate open: at most 4 complaints, 71.88 - 12 = 59.88, at most 3: 63.88.
# Gain: 62.5 x 1.5 / 100.
$ kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml -m anna measures.tsv
| 2026-10	anna	sales	1000.5	1100.55	C				0.9375
| 2026-10	anna	calls	8	0	C				0.3750
| 2026-10	anna	nps	50		C				
| 2026-10	anna	complaints		5	C	3	-2	63.88	

# 王芳 up to A: one of three at most, and li.wei has 88.75: 90 is the limit. Nothing alone.
$ kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml -m 王芳 --grade A -o table measures.tsv
| period   manager  metric      target  actual  for       need  more  score    gain
| -------  -------  ----------  ------  ------  ---  ---------  ----  -----  ------
| 2026-10  王芳     sales         1000     800  A    not alone               1.0000
| 2026-10  王芳     calls            8       4  A    not alone               0.3000
| 2026-10  王芳     nps             50      25  A    not alone               0.2000
| 2026-10  王芳     complaints               3  A    not alone

# What has no better grade needs nothing.
$ kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml -m li.wei -o json <(printf '2026-10\tli.wei\tnps\t50\n2026-10\tli.wei\tsales\t1200\n%s' \
>     "$(printf '2026-10\tli.wei\tcalls\t1\n%.0s' 1 2 3 4 5 6 7 8)"; echo) | head -n 1
> kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml -m li.wei -o md measures.tsv
| {"period":"2026-10","manager":"li.wei","metric":"sales","target":1000,"actual":1200,"for":null,"need":null,"more":null,"score":null,"gain":0.0000}
| | period  | manager | metric     | target | actual | for |      need | more | score |   gain |
| | ------- | ------- | ---------- | -----: | -----: | --- | --------: | ---: | ----: | -----: |
| | 2026-10 | li.wei  | sales      |   1000 |   1200 | A   | not alone |      |       | 0.0000 |
| | 2026-10 | li.wei  | calls      |      8 |      1 | A   |         2 |    1 | 92.50 | 0.3000 |
| | 2026-10 | li.wei  | nps        |     50 |     50 | A   | not alone |      |       | 0.0000 |
| | 2026-10 | li.wei  | complaints |        |      0 | A   | not alone |      |       |        |

# The answer is enough, the value before it is not.
$ for sales in 930 929; do
>     sed "1s/800/$sales/" measures.tsv | kpi-score -p 2026-10 -g scheme.yaml -g goals.yaml -m 王芳
> done
| 2026-10	王芳	60.00	C	2
| 2026-10	王芳	59.90	D	2

$ kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml --grade E measures.tsv
! kpi-need: scheme.yaml:1:1: scheme 's' has no grade 'E'
? 2

$ kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml --grade A --score 5 measures.tsv
! kpi-need: a score or a grade? (--score, --grade)
! kpi-need: see 'kpi-need --help'
? 2

$ kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml --score much measures.tsv
! kpi-need: not a number: 'much'
! kpi-need: see 'kpi-need --help'
? 2

$ kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml --digits 7 measures.tsv
! kpi-need: not a whole number from 0 to 6: '7'
! kpi-need: see 'kpi-need --help'
? 2

$ kpi-need -g scheme.yaml measures.tsv; kpi-need -p 2026-10 measures.tsv
! kpi-need: which period? (-p PERIOD)
! kpi-need: see 'kpi-need --help'
! kpi-need: which goals? (-g FILE)
! kpi-need: see 'kpi-need --help'
? 2

$ kpi-need -p 2026-11 -g scheme.yaml -g goals.yaml measures.tsv
! kpi-need: no goal for 2026-11
? 1

$ echo 'nothing' | kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml
! kpi-need: -:1: 1 field, a measure line has 4
? 3

$ kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml measures.tsv >&-
! kpi-need: standard output: write: Bad file descriptor
? 4

# A sum beyond the largest number that could be asked for is enough, when it is: 2 x 999999999999999 of 1.
$ try() {
>     printf 'scheme: s\nmetrics: {k: {weight: 100, better: %s}}\n---\ngoals: 2026-10\ntargets: {a: {k: 1}}\n' $1 >huge.yaml
>     printf '2026-10\ta\tk\t%s999999999999999\n' "$2" "$2" | kpi-need -p 2026-10 -g huge.yaml --score $3 | cut -f 5-9
> }
> try higher '' 100; try lower - 100; try higher '' 101
| 1999999999999998	100	1999999999999998	0	100.00
| -1999999999999998	100	-1999999999999998	0	100.00
| 1999999999999998	101			

# Several threads print the same.
$ kpi-need -p 2026-10 -g scheme.yaml -g <(cat goals.yaml; for i in $(seq 5000); do echo "  m$i: {sales: 1000, calls: 8, nps: 50}"; done) \
>     -j 1 measures.tsv | md5sum >one
> kpi-need -p 2026-10 -g scheme.yaml -g <(cat goals.yaml; for i in $(seq 5000); do echo "  m$i: {sales: 1000, calls: 8, nps: 50}"; done) \
>     -j 4 measures.tsv | md5sum | cmp - one

# A name that is not there.
$ kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml -m li.wie -m nobody -m li.wei measures.tsv | wc -l
> kpi-need -p 2026-10 -g scheme.yaml -g goals.yaml -m li.wie measures.tsv
| 4
! kpi-need: no score for 'li.wie' in 2026-10; the nearest name is 'li.wei'
! kpi-need: no score for 'nobody' in 2026-10
! kpi-need: no score for 'li.wie' in 2026-10; the nearest name is 'li.wei'
? 1
