# feedback-tally: feedback by keys, or as measures. The figures below are worked out by hand from these lines:
# date, manager, client, source, theme, score, resolved, logged, comment.
$ cat >feedback.tsv <<'E'
> 2026-10-01	wang.li	C1	survey	delivery/late	10		2026-10-02T10:00:00Z	
> 2026-10-02	wang.li	C2	survey	price	9		2026-10-03T00:00:00Z	
> 2026-10-03	wang.li	C3	call	delivery/late	6.5		2026-10-03T10:00:00Z	unresolved: below 7 and not resolved
> 2026-10-04	wang.li	C4	survey	price	7		2026-10-04T10:00:00Z	passive
> 2026-10-05	wang.li	C5	app		3	2026-10-08	2026-10-05T10:00:00Z	resolved after 3 days
> 2026-10-06	wang.li	C6	visit	service		2026-10-06T09:00	2026-10-06T10:00:00Z	resolved at once, without a score
> 2026-10-07	张敏	C1	survey	price	8.999999		2026-10-07T10:00:00Z	not quite a promoter
> 2026-10-08	张敏	C2	peer	teamwork	9		2026-10-08T10:00:00Z	
> 2026-10-09	li.wei	C7	survey				2026-10-09T10:00:00Z	no score
> 2026-11-01	张敏	C1	survey	price	0		2026-11-01T10:00:00Z	November
> E

# (10+9+6.5+7+3)/5 = 7.1 and (8.999999+9)/2 = 8.9999995, rounded once. No score: no figure, never 0.
$ feedback-tally -p 2026-10 -H feedback.tsv
| #manager	n	scored	mean
|e li.wei\t1\t0\t
| wang.li	6	5	7.10
| 张敏	2	2	9.00

# Sums, least and greatest are exact.
$ feedback-tally -p 2026-10 -s sum,min,max feedback.tsv
|e li.wei\t\t\t
| wang.li	35.5	3	10
| 张敏	17.999999	8.999999	9

# Promoters from 9, passives from 7: 10 9 | 7 | 6.5 3 gives 100 x (2-2)/5, and 9 | 8.999999 gives 100 x (1-0)/2.
$ feedback-tally -p 2026-10 -s promoters,passives,detractors,nps feedback.tsv
|e li.wei\t0\t0\t0\t
| wang.li	2	1	2	0.00
| 张敏	1	1	0	50.00

# Satisfied from 7.5 on: 2 of 5, 2 of 2. The lower end of the Wilson interval, with Z = 1.96^2 = 3.8416:
# (2k + Z - sqrt(Z (Z + 4k(n-k)/n))) / 2(n + Z): (7.8416 - sqrt(33.19757056)) / 17.6832 = 0.117618... for 2 of 5,
# and 4 / 11.6832 = 0.342371... for 2 of 2.
$ feedback-tally -p 2026-10 -s csat,csat-low feedback.tsv
|e li.wei\t\t
| wang.li	40.00	11.76
| 张敏	100.00	34.24

# Shares of the 9 lines of October; (3+0)/2 days to a resolution.
$ feedback-tally -p 2026-10 -s share,unresolved,resolve-days feedback.tsv
|e li.wei\t11.11\t0\t
| wang.li	66.67	1	1.50
|e \345\274\240\346\225\217\t22.22\t0\t

# ---- other scales ----

# Days to the answer by the calendar: over a leap day 2, over 28 February 1, over a year's end 1, the same day 0; the day
# written counts, whatever the time. In all 2 + 1 + 1 + 0 + 1 of 5 lines, 1 of them without a score; 2 are unresolved.
$ printf '2024-02-28\ta\tC\t\t\t1\t2024-03-01\t\t\n2025-02-28\ta\tC\t\t\t1\t2025-03-01\t\t\n2025-12-31\ta\tC\t\t\t9\t2026-01-01\t\t\n2026-05-05\ta\tC\t\t\t\t2026-05-05\t\t\n2026-05-05T23:59-10:00\ta\tC\t\t\t0\t2026-05-06T00:00+14:00\t\t\n2026-05-05\ta\tC\t\t\t6.999999\t\t\t\n2026-05-05\ta\tC\t\t\t7\t\t\t\n2026-05-05\ta\tC\t\t\t0\t\t\t\n2026-05-05\ta\tC\t\t\t\t\t\t\n' >days.tsv
> feedback-tally -b '' -s unresolved,resolve-days days.tsv; feedback-tally -b year -s unresolved,resolve-days days.tsv
|e 2\t1.00
|e 2024\t0\t2.00
|e 2025\t0\t1.00
|e 2026\t2\t0.50

# On 1..5 satisfied is 1 + 3/4 x 4 = 4 and more, unresolved below 1 + 7/10 x 4 = 3.8; of negative scales likewise:
# -10..10 has 5 and 4.
$ printf '2026-10-01\ta\t\t\t\t%s\t\t\t\n' 4 3.999999 3.8 3.799999 | feedback-tally --scale 1..5 -s \
>     n,csat,unresolved,mean
> printf '2026-10-01\ta\t\t\t\t%s\t\t\t\n' 5 4.999999 4 3.999999 -10 | feedback-tally --scale -10..10 -s \
>     n,csat,unresolved,mean
| a	4	25.00	1	3.90
| a	5	20.00	2	1.60

# The scale is checked, on the lines that pass the filters.
$ feedback-tally --scale 1..9 -s n feedback.tsv
! feedback-tally: feedback.tsv:1:6: a score outside the scale 1..9: '10'
? 3

$ feedback-tally --scale 1..9 -s n -k feedback.tsv
| li.wei	1
| wang.li	5
| 张敏	2
! feedback-tally: feedback.tsv:1:6: a score outside the scale 1..9: '10'
! feedback-tally: feedback.tsv:10:6: a score outside the scale 1..9: '0'
? 3

$ feedback-tally --scale 1..9 -b '' -s n -p 2026-10 -c C1 -m 张敏 feedback.tsv
> feedback-tally --scale 6.5..9 -b '' -s n --source call,peer feedback.tsv
| 1
| 2

# nps is for 0..10 and 1..10 only.
$ feedback-tally --scale 1..10 -p 2026-10 -b '' -s nps,promoters feedback.tsv
| 14.29	3

$ for stat in nps promoters passives detractors; do feedback-tally --scale 1..5 -s n,$stat feedback.tsv; done
! feedback-tally: promoters, passives, detractors and nps are for the scales 0..10 and 1..10 only
! feedback-tally: promoters, passives, detractors and nps are for the scales 0..10 and 1..10 only
! feedback-tally: promoters, passives, detractors and nps are for the scales 0..10 and 1..10 only
! feedback-tally: promoters, passives, detractors and nps are for the scales 0..10 and 1..10 only
? 2

# ---- keys, filters, the largest groups ----

$ feedback-tally -p 2026-10 -b source,month -s n feedback.tsv
| app	2026-10	1
| call	2026-10	1
| peer	2026-10	1
| survey	2026-10	5
| visit	2026-10	1

$ feedback-tally -p 2026-10 -b '' -s n,scored,mean --source survey,call -m wang.li feedback.tsv
| 4	4	8.13

$ feedback-tally -b '' </dev/null; feedback-tally </dev/null
|e 0\t0\t

# Groups by n, ties by key (the empty theme first); shares are of all lines, before --top.
$ feedback-tally -p 2026-10 -b theme -s n,share,mean --top 3 feedback.tsv
| price	3	33.33	8.33
| 	2	22.22	3.00
| delivery/late	2	22.22	8.25

# The lowest come last, but before those without a figure.
$ feedback-tally -p 2026-10 -s nps --top 9 feedback.tsv
| 张敏	50.00
| wang.li	0.00
|e li.wei\t

# What was logged after the 2nd in UTC is not yet known.
$ feedback-tally --as-of 2026-10-02 -b '' -s n feedback.tsv; feedback-tally --as-of 2026-10-03 -b '' -s n feedback.tsv
| 1
| 3

$ printf 'wang.li\t\teast\tsenior\t\t\n' >managers.tsv; printf 'C1\t\twang.li\tkey\t\t\n' >clients.tsv
> feedback-tally -p 2026-10 -M managers.tsv -C clients.tsv -b team,role,tier -s n feedback.tsv
| 			2
| 		key	1
| east	senior		5
| east	senior	key	1

# ---- measures ----

# 8.9999995 with 6 decimals is 9; csat-low of 2 of 5 is 11.761823 (0.1176182311...); figures that are not there are
# left out.
$ feedback-tally -p 2026-10 -e nps,mean=rating,csat-low,n feedback.tsv
| 2026-10	li.wei	n	1
| 2026-10	wang.li	nps	0
| 2026-10	wang.li	rating	7.1
| 2026-10	wang.li	csat-low	11.761823
| 2026-10	wang.li	n	6
| 2026-10	张敏	nps	50
| 2026-10	张敏	rating	9
| 2026-10	张敏	csat-low	34.237195
| 2026-10	张敏	n	2

# Each month that is found, without -p. Sources, as metrics of their own.
$ feedback-tally --source survey -m 张敏 -e mean feedback.tsv
| 2026-10	张敏	mean	8.999999
| 2026-11	张敏	mean	0

# ---- input ----

$ feedback-tally -s n,mean,nps,csat-low,share,resolve-days feedback.tsv >want
> tac feedback.tsv | feedback-tally -s n,mean,nps,csat-low,share,resolve-days | cmp - want
> split -l 4 feedback.tsv part. && feedback-tally -s n,mean,nps,csat-low,share,resolve-days part.ac part.aa - \
>     <part.ab | cmp - want

$ printf '2026-10-01\ta\t\t\t\t5\t2026-09-30\t\t\n' | feedback-tally
! feedback-tally: -:1:7: resolved before its date: '2026-09-30'
? 3

# ---- usage ----

$ try() { feedback-tally "$@" 2>&1 >/dev/null </dev/null; echo $?; }
> try -b kind
> try -s visits
> try -s coverage
> try --scale 5
> try --scale 5..5
> try --scale 10..0
> try -e n -b theme
> try --kind call
> try --late-after 3
| feedback-tally: no such key: 'kind'
| 2
| feedback-tally: no such statistic: 'visits'
| 2
| feedback-tally: no such statistic: 'coverage'
| 2
| feedback-tally: not a scale LOW..HIGH: '5'
| feedback-tally: see 'feedback-tally --help'
| 2
| feedback-tally: not a scale LOW..HIGH: '5..5'
| feedback-tally: see 'feedback-tally --help'
| 2
| feedback-tally: not a scale LOW..HIGH: '10..0'
| feedback-tally: see 'feedback-tally --help'
| 2
| feedback-tally: measures are by period and manager: no other keys
| 2
| feedback-tally: no such option, or not a clear one: '--kind'
| feedback-tally: see 'feedback-tally --help'
| 2
| feedback-tally: no such option, or not a clear one: '--late-after'
| feedback-tally: see 'feedback-tally --help'
| 2

# ---- the running share, and groups that are too small ----

# Of the 9 lines of October: delivery/late 2, none 1, price 3, service 1, teamwork 1, and li.wei's without a theme.
$ feedback-tally -p 2026-10 -b theme -s n,share,running --top 9 feedback.tsv
| price	3	33.33	33.33
|e \t2\t22.22\t55.56
| delivery/late	2	22.22	77.78
| service	1	11.11	88.89
| teamwork	1	11.11	100.00

# It follows the order that is printed, and counts what is above it, whether or not more is printed below.
$ feedback-tally -p 2026-10 -b theme -s running,n feedback.tsv
|e \t22.22\t2
| delivery/late	44.44	2
| price	77.78	3
| service	88.89	1
| teamwork	100.00	1
$ feedback-tally -p 2026-10 -b theme -s n,running --top 2 feedback.tsv
| price	3	33.33
|e \t2\t55.56
$ feedback-tally -b '' -s n,running </dev/null
|e 0\t

# What it cannot be.
$ feedback-tally -b theme -s running --top 3 feedback.tsv
! feedback-tally: the largest groups cannot be found by running, which follows their order
? 2
$ feedback-tally -e running feedback.tsv
! feedback-tally: running is of lines in order: it makes no measure
? 2

# Fewer than 2 scored lines: li.wei has none, 张敏 2 in October.
$ feedback-tally -p 2026-10 --min 2 feedback.tsv
|e li.wei\t\t\t
| wang.li	6	5	7.10
| 张敏	2	2	9.00
! feedback-tally: groups with fewer than 2 scored lines: 1; their figures are left empty
$ feedback-tally -p 2026-10 --min 3 -e mean=m,n feedback.tsv
| 2026-10	wang.li	m	7.1
| 2026-10	wang.li	n	6
! feedback-tally: groups with fewer than 3 scored lines: 2; no measure of them is made
$ feedback-tally -p 2026-10 --min 5 feedback.tsv -m wang.li
| wang.li	6	5	7.10

# Small groups come last of the top, by key, and are told of even when they are not printed. They count in running.
$ feedback-tally -p 2026-10 --min 2 -b theme -s n,share,running --top 3 feedback.tsv
| price	3	33.33	33.33
| delivery/late	2	22.22	55.56
|e \t\t\t
! feedback-tally: groups with fewer than 2 scored lines: 3; their figures are left empty
$ feedback-tally -p 2026-10 --min 2 -b theme -s n,share,running feedback.tsv
|e \t\t\t
| delivery/late	2	22.22	44.44
| price	3	33.33	77.78
|e service\t\t\t
|e teamwork\t\t\t
! feedback-tally: groups with fewer than 2 scored lines: 3; their figures are left empty
$ feedback-tally --min 0 feedback.tsv
! feedback-tally: not a whole number from 1 on: '0'
! feedback-tally: see 'feedback-tally --help'
? 2
$ visit-tally --min 3 feedback.tsv
! visit-tally: no such option, or not a clear one: '--min'
! visit-tally: see 'visit-tally --help'
? 2

# ---- themes of comments ----

# As behind feedback-theme: "unresolved" and "resolved at once" have a word of the file, two comments have none.
$ printf 'service: [resolved]\n' >themes.yaml
> printf '2026-10-01\tm\t\t\t%s\t\t\t\t%s\n' '' resolved '' 'resolved\nlate' x resolved '' unresolved '' '' >raw.tsv
> feedback-tally --themes themes.yaml -b theme -s n raw.tsv
> feedback-theme --themes themes.yaml raw.tsv | feedback-tally -b theme -s n | cmp - <(feedback-tally --themes \
>     themes.yaml -b theme -s n raw.tsv)
|e \t1
| other	1
| service	2
| x	1
$ feedback-tally --themes themes.yaml --other '' -b manager,theme -s n raw.tsv
|e m\t\t2
| m	service	2
| m	x	1
$ feedback-tally --themes none.yaml raw.tsv
! feedback-tally: none.yaml: open: No such file or directory
? 4
