# kpi-pace: where managers stand inside a period. Every figure below is worked out by hand.

$ cat >scheme.yaml <<'E'
> scheme: s
> metrics:
>   sales: {weight: 50, prorate: true}
>   cost:  {weight: 30, better: lower}
>   nps:   {weight: 20, take: last, missing: skip}
>   visits: {take: count}
> adjust:
>   - {metric: visits, below: 4, each: 1, points: -2}
> gates:
>   - {metric: cost, above: 80, score_at_most: 70}
> grades:
>   - {grade: A, from: 70, top: 50}
>   - {grade: B, from: 60}
>   - {grade: C}
> E
> cat >goals.yaml <<'E'
> goals: 2026-10
> targets:
>   王芳: {sales: 310, cost: 62, nps: 50}
>   li.wei: {sales: 310, cost: 62, nps: 50}
> ---
> revise: 2026-10/li.wei/sales
> target: 620
> on: 2026-10-11
> reason: a new district
> E
> printf '王芳\t王芳\teast\t\t\t\nli.wei\tLi Wei\teast\t\t2026-10-06\t\n' >managers.tsv
> cat >measures.tsv <<'E'
> 2026-10-03	王芳	sales	120
> 2026-10-05	王芳	cost	30
> 2026-10-02	王芳	nps	40
> 2026-10-11	王芳	sales	1000
> 2026-10-06	li.wei	sales	40
> 2026-10-07	li.wei	cost	1
> 2026-10-07	li.wei	visits	1
> E

# 10 of 31 days. 王芳: 120 x 3.1 = 372 of 310, 50; cost 30 x 3.1 = 93 of 62, credit 0.5, 15; nps 0.8, 16: 81, but cost
# will be above 80. Of visits there is no measure. li.wei is there from the 6th, 5 of 26 days: 310 x 26/31 = 260, of it
# 50 expected; 40 x 5.2 = 208, 0.8. No nps: 50 and 30 become 62.5 and 37.5. cost 5.2 of 62 is more than full credit.
# visits 5.2: no adjustment.
$ kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv -l -H measures.tsv
| #period	manager	metric	target	actual	expected	ahead	forecast	needed	points
| 2026-10	li.wei	sales	260.00	40	50.00	-10.00	208.00	10.48	50.00
| 2026-10	li.wei	cost	62	1	11.92	10.92	5.20	2.90	37.50
| 2026-10	li.wei	nps	50		50				
| 2026-10	王芳	sales	310	120	100.00	20.00	372.00	9.05	50.00
| 2026-10	王芳	cost	62	30	20.00	-10.00	93.00	1.52	15.00
| 2026-10	王芳	nps	50	40	50	-10.00	40		16.00
| 2026-10	王芳	cost		30			93.00		-11.00

$ kpi-pace -p 2026-10 --as-of 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv -H measures.tsv
| #period	manager	score	grade	rank
| 2026-10	li.wei	87.50	A	1
| 2026-10	王芳	70.00	B	2

# The day after, a revision is known and 1000 more: 620 x 26/31 = 520, 6 of 26 days, 40 x 26/6 = 173.33: a third.
$ kpi-pace -p 2026-10 -d 2026-10-11 -g scheme.yaml -g goals.yaml -M managers.tsv -l -m li.wei measures.tsv
| 2026-10	li.wei	sales	520.00	40	120.00	-80.00	173.33	24.00	20.83
| 2026-10	li.wei	cost	62	1	14.31	13.31	4.33	3.05	37.50
| 2026-10	li.wei	nps	50		50				

# Working days: the 9th is a Friday; li.wei has had 4 of 19. 40 x 19/4 = 190 of 260.
$ kpi-pace -p 2026-10 -d 2026-10-09 --days weekdays -g scheme.yaml -g goals.yaml -M managers.tsv -l -m li.wei measures.tsv |
> cut -f 3-9
| sales	260.00	40	54.74	-14.74	190.00	14.67
| cost	62	1	13.05	12.05	4.75	4.07
| nps	50		50			

# The week off, Saturday the 10th worked for it: 1 of 16 days (the weekdays from the 12th on are 15).
$ printf '# holiday\n2026-10-01..2026-10-09\tNational Day\n+2026-10-10\n' >off
> kpi-pace -p 2026-10 -d 2026-10-10 --days off -g scheme.yaml -g goals.yaml -M managers.tsv -l -m li.wei measures.tsv |
> cut -f 3-9
| sales	260.00	40	16.25	23.75	640.00	14.67
| cost	62	1	3.88	2.88	16.00	4.07
| nps	50		50			

# Before any day that counts: no rate, no score, no rank; a metric without a measure has its points all the same.
$ kpi-pace -p 2026-10 -d 2026-10-09 --days off -g scheme.yaml -g goals.yaml -M managers.tsv measures.tsv
> kpi-pace -p 2026-10 -d 2026-10-09 --days off -g scheme.yaml -g goals.yaml -M managers.tsv -l measures.tsv | cut -f 2-
| 2026-10	li.wei			
| 2026-10	王芳			
| li.wei	sales	260.00	40	0.00	40.00		13.75	
| li.wei	cost	62	1	0.00	-1.00		3.81	
| li.wei	nps	50		50				
| 王芳	sales	310	120	0.00	120.00		11.88	
| 王芳	cost	62	30	0.00	-30.00		2.00	
| 王芳	nps	50	40	50	-10.00	40		16.00

# A table is by rank; names are two columns a letter.
$ kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv -o table measures.tsv
> kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv -l -m 王芳 -o table measures.tsv
| period   manager  score  grade  rank  of points
| -------  -------  -----  -----  ----  ---------
| 2026-10  li.wei   87.50  A         1  ████████▊
| 2026-10  王芳     70.00  B         2  ███████
| period   manager  metric  target  actual  expected   ahead  forecast  needed  points  will attain
| -------  -------  ------  ------  ------  --------  ------  --------  ------  ------  ------------
| 2026-10  王芳     sales      310     120    100.00   20.00    372.00    9.05   50.00  ████████████
| 2026-10  王芳     cost        62      30     20.00  -10.00     93.00    1.52   15.00  █████
| 2026-10  王芳     nps         50      40        50  -10.00        40           16.00  ████████
| 2026-10  王芳     cost                30                       93.00          -11.00

$ kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv -l -m li.wei -o json measures.tsv | head -n 1
> kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv -m li.wei -o csv measures.tsv
| {"period":"2026-10","manager":"li.wei","metric":"sales","target":260.00,"actual":40,"expected":50.00,"ahead":-10.00,"forecast":208.00,"needed":10.48,"points":50.00}
| period,manager,score,grade,rank
| 2026-10,li.wei,87.50,A,1

# Today is the default; it must lie in the period.
$ KPI_NOW=2026-10-10 kpi-pace -p this-month -g scheme.yaml -g goals.yaml -M managers.tsv measures.tsv
| 2026-10	li.wei	87.50	A	1
| 2026-10	王芳	70.00	B	2

$ kpi-pace -p 2026-10 -g scheme.yaml -g goals.yaml measures.tsv
! kpi-pace: 2026-11-02 is not a day of 2026-10 (-d DATE)
! kpi-pace: see 'kpi-pace --help'
? 2

$ kpi-pace -p 2026-10 -d 2026-09-30 -g scheme.yaml -g goals.yaml measures.tsv
! kpi-pace: 2026-09-30 is not a day of 2026-10
! kpi-pace: see 'kpi-pace --help'
? 2

# The order of lines, and files, does not matter; nor do CRLF and a BOM.
$ kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv -l measures.tsv >want
> { printf '\357\273\277'; tac measures.tsv | sed 's/$/\r/'; } |
> kpi-pace -p 2026-10 -d 2026-10-10 -g goals.yaml -g scheme.yaml -M managers.tsv -l - | cmp - want
> split -n l/3 measures.tsv part.
> kpi-pace -p 2026-10 -d 2026-10-10 -g goals.yaml -g scheme.yaml -M managers.tsv -l part.ab part.ac part.aa | cmp - want

# What ends later is taken as known, with a warning.
$ printf '2026-10\t王芳\tsales\t100\n2026-W41\t王芳\tcost\t20\n2026-10-12\t王芳\tcost\t20\n2026-Q4\t王芳\tsales\t9\n' >tally.tsv
> kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv -m 王芳 -l tally.tsv | cut -f 3-8
| sales	310	100	100.00	0.00	310.00
| cost	62	20	20.00	0.00	62.00
| nps	50		50		
! kpi-pace: tally.tsv:1: 2 measures of a period that ends after 2026-10-10 are taken as known by then, this the first: 2026-10
! kpi-pace: tally.tsv:4: 1 measure overlaps 2026-10 without lying inside it and is left out, this one: 2026-10-01..2026-12-31

$ kpi-pace --strict -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv tally.tsv
! kpi-pace: tally.tsv:1: 2 measures of a period that ends after 2026-10-10 are taken as known by then, this the first: 2026-10
? 3

# Bad lines.
$ printf '2026-10-01\t王芳\tsales\t1,5\n2026-10-02\t王芳\tsales\t5\n' >bad.tsv
> kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv bad.tsv
! kpi-pace: bad.tsv:1:4: not a number: '1,5'
? 3

$ kpi-pace -k -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv -l -m 王芳 bad.tsv | head -n 1
> echo ${PIPESTATUS[0]}
| 2026-10	王芳	sales	310	5	100.00	-95.00	15.50	14.52	3.13
| 3
! kpi-pace: bad.tsv:1:4: not a number: '1,5'

$ echo 2026-10-32 >off
> kpi-pace -p 2026-10 -d 2026-10-10 --days off -g scheme.yaml -g goals.yaml -M managers.tsv measures.tsv
! kpi-pace: off:1:1: not a date or period: '2026-10-32'
? 3

$ kpi-pace -p 2026-10 -d 2026-10-10 --days nowhere -g scheme.yaml -g goals.yaml -M managers.tsv measures.tsv
! kpi-pace: nowhere: open: No such file or directory
? 4

# Nothing measured at all is an answer, too; no goal is not.
$ kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv </dev/null
| 2026-10	li.wei	0.00	C	1
| 2026-10	王芳	0.00	C	1
! kpi-pace: no measure lies inside 2026-10

$ kpi-pace -p 2026-11 -d 2026-11-02 -g scheme.yaml -g goals.yaml -M managers.tsv measures.tsv
! kpi-pace: no goal for 2026-11
? 1

$ kpi-pace -g scheme.yaml measures.tsv; kpi-pace -p 2026-10 -d 2026-10-01 measures.tsv
! kpi-pace: which period? (-p PERIOD)
! kpi-pace: see 'kpi-pace --help'
! kpi-pace: which goals? (-g FILE)
! kpi-pace: see 'kpi-pace --help'
? 2

$ kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv measures.tsv >/dev/full
! kpi-pace: standard output: write: No space left on device
? 4

# Colours are for terminals alone, and not for those who do not want them.
@ need script
$ at() { env "$@" script -qec 'kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv -l -o table measures.tsv' /dev/null |
>     grep -c "$(printf '\033')\\[3[12]m"; }
> at TERM=xterm; at TERM=xterm NO_COLOR=; at TERM=xterm NO_COLOR=1; at TERM=dumb
> kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv -l -o table measures.tsv | grep -c "$(printf '\033')"
| 5
| 5
| 0
| 0
| 0
? 1

# A name that is not there.
$ kpi-pace -p 2026-10 -d 2026-10-10 -g scheme.yaml -g goals.yaml -M managers.tsv -m 王方 -m li.wei measures.tsv
| 2026-10	li.wei	87.50	A	1
! kpi-pace: no score for '王方' in 2026-10; the nearest name is '王芳'
? 1
