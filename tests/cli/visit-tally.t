# visit-tally: visits by keys, or as measures. The figures below are counted by hand from these lines:
# date, manager, client, kind, status, purpose, outcome, minutes, logged, note.
$ cat >visits.tsv <<'E'
> 2026-09-30	wang.li	C1	visit	done	old		10	2026-09-30T10:00:00Z	September
> 2026-10-01	wang.li	C1	visit	done	renewal		30	2026-10-01T10:00:00Z	
> 2026-10-02	wang.li	C1	call	done			15	2026-10-06T00:00:00Z	logged 4 days later: late
> 2026-10-05	wang.li	C2	visit	done	intro		45	2026-10-08T23:59:59Z	logged 3 days later: not late
> 2026-10-06	wang.li	C3	visit	planned	renewal			2026-10-01T10:00:00Z	not kept
> 2026-10-07	wang.li	C1	visit	missed	renewal		60	2026-10-07T10:00:00Z	minutes of what was not done do not count
> 2026-10-31T23:30-08:00	wang.li		visit	done			20		in UTC it was November; no client; never logged
> 2026-10-12	张敏	C2	visit	done	demo			2026-10-12T10:00:00Z	no minutes
> 2026-10-13	张敏	C4	meeting	cancelled			60	2026-10-13T10:00:00Z	
> 2026-10-14	张敏	C4	visit	planned	demo			2026-10-01T10:00:00Z	kept by the next one
> 2026-10-15	张敏	C4	visit	done	demo		90	2026-10-18T20:00-08:00	the 19th in UTC: late
> 2026-10-16	li.wei	C5	visit	planned	demo			2026-10-01T10:00:00Z	
> 2026-11-01	wang.li	C1	visit	done			5	2026-11-01T10:00:00Z	November
> E

# By manager, in the order of bytes: visits done, distinct clients (not the empty one), minutes (30+15+45+20).
$ visit-tally -p 2026-10 -H visits.tsv
| #manager	visits	clients	minutes
| li.wei	0	0	0
| wang.li	4	2	110
| 张敏	2	2	90

# A purpose of blanks is none: 1 of 3.
$ printf '2026-10-05\ta\tC1\tvisit\tdone\t%s\t\t\t\t\n' ' ' ' \t' ' p' >blanks.tsv; visit-tally -s purposeful blanks.tsv
> sed '1!s/-05/-05T10:00/' blanks.tsv | visit-tally -s purposeful -
| a	33.33
| a	33.33

# The other figures. kept: per manager and client min(planned, done). purposeful: 2 of 4, 2 of 2, none of none.
$ visit-tally -p 2026-10 -H -s planned,missed,cancelled,kept,purposeful,late visits.tsv
| #manager	planned	missed	cancelled	kept	purposeful	late
| li.wei	1	0	0	0		0
| wang.li	1	1	0	0	50.00	1
| 张敏	1	0	1	1	100.00	1

# More than 3 days is late, or more than asked for; the empty `logged` never is.
$ for days in 0 2 3 4; do visit-tally -p 2026-10 -b '' -s late --late-after $days visits.tsv; done
| 3
| 3
| 2
| 0

# Two of three plans kept for C1, as only two were done; done ones of C2 do not help.
$ printf '2026-10-0%d\ta\tC%d\tvisit\t%s\t\t\t\t\t\n' 1 1 planned 2 1 planned 3 1 planned 4 1 done 5 1 done 6 2 done |
> visit-tally -s planned,visits,kept
| a	3	3	2

# Plans against deeds by period: what is planned for October and done in November is kept in the quarter, but in neither
# month; missed counts where it was written, and a deed of somebody else keeps nothing.
$ cat >plans.tsv <<'E'
> 2026-10-30	a	C1	visit	planned	p				
> 2026-11-02	a	C1	visit	done	p				
> 2026-11-05	a	C1	visit	planned	p				
> 2026-11-06	a	C1	visit	missed	p				
> 2026-11-30	a	C1	visit	done	p				
> 2026-10-05	a	C2	visit	planned	p				
> 2026-10-05	b	C2	visit	done	p				
> 2026-10-06	b		visit	planned	p				
> 2026-10-07	b		call	done	p				
> E
> for key in month week quarter; do visit-tally -b manager,$key -s planned,visits,kept,missed plans.tsv; done
> visit-tally -b '' -s planned,visits,kept,missed plans.tsv; visit-tally -b '' -s kept -p 2026-10-30..2026-11-02 plans.tsv
> visit-tally -b kind -s kept plans.tsv; visit-tally -b client -s kept plans.tsv
| a	2026-10	2	0	0	0
| a	2026-11	1	2	1	1
| b	2026-10	1	2	1	0
| a	2026-W41	1	0	0	0
| a	2026-W44	1	0	0	0
| a	2026-W45	1	1	1	1
| a	2026-W49	0	1	0	0
| b	2026-W41	1	2	1	0
| a	2026-Q4	3	2	2	1
| b	2026-Q4	1	2	1	0
| 4	4	3	1
| 1
| call	0
| visit	2
| 	1
| C1	2
| C2	0

# ---- load ----

# Minutes against the median of the team's, in percent. In week 41: 60, 90, 150 and 40 minutes: the two middle ones are
# 60 and 90, their mean is 75; d, who did nothing, is not among them. In week 42 e is, with a visit of 0 minutes: 100 and
# 0 make 50.
$ cat >load.tsv <<'E'
> 2026-10-05	a		visit	done			20		
> 2026-10-06	a		visit	done			40		
> 2026-10-05	b		visit	done			90		
> 2026-10-07	c		visit	done			150		
> 2026-10-08	f		visit	done			40		
> 2026-10-08	f		visit	missed			400		
> 2026-10-08	d		visit	planned			400		
> 2026-10-12	b		visit	done			100		
> 2026-10-12	e		visit	done					
> E
> visit-tally -b week,manager -s minutes,load load.tsv
| 2026-W41	a	60	80.00
| 2026-W41	b	90	120.00
| 2026-W41	c	150	200.00
| 2026-W41	d	0	0.00
| 2026-W41	f	40	53.33
| 2026-W42	b	100	200.00
| 2026-W42	e	0	0.00

# In all: 60, 190, 150, 40 and 0; the middle one is 60. -m picks whom to show, not whom to compare with; other options
# pick what is counted: of a, b and c 60, 190 and 150.
$ visit-tally -s load load.tsv | paste -sd ' '; visit-tally -m b -m d -s load load.tsv | paste -sd ' '
> grep -v '	[def]	' load.tsv | visit-tally -s minutes,load
> visit-tally -s load,visits --top 2 load.tsv; visit-tally -s load --top 1 -m f -m a load.tsv
| a	100.00 b	316.67 c	250.00 d	0.00 e	0.00 f	66.67
| b	316.67 d	0.00
| a	60	40.00
| b	190	126.67
| c	150	100.00
| b	316.67	2
| c	250.00	1
| a	100.00

# With a book of managers the team is that of the group's period: a and b in the east, c in the west, as b is from week
# 42 on. f is in no team, as is whoever is not in the book: d and e.
$ cat >teams.tsv <<'E'
> a		east			
> b		east			2026-10-11
> b		west		2026-10-12	
> c		west			
> f					
> E
> visit-tally -M teams.tsv -b week,manager -s load load.tsv
> visit-tally -M teams.tsv -s load load.tsv | paste -sd ' '
> visit-tally -M teams.tsv -b manager,team,week -s load -p 2026-W42 load.tsv | paste -sd ' '
| 2026-W41	a	80.00
| 2026-W41	b	120.00
| 2026-W41	c	100.00
| 2026-W41	d	0.00
| 2026-W41	f	100.00
| 2026-W42	b	100.00
|e 2026-W42\te\t
| a	100.00 b	111.76 c	88.24 d	0.00 e	0.00 f	200.00
|e b\twest\t2026-W42\t100.00 e\t\t2026-W42\t

# Other keys divide the team's minutes, too; coverage's groups without a visit do not count among them.
$ visit-tally -b kind,manager -s load load.tsv | tail -n 1
> printf 'C1\t\tz\t\t\t\n' >owned.tsv; visit-tally -C owned.tsv -s load,coverage load.tsv | tail -n 2
| visit	f	66.67
|e f\t66.67\t
| z	0.00	0.00

# Nobody did anything, or nobody took any time: not known.
$ printf '2026-10-05\t%s\t\tvisit\t%s\t\t\t%s\t\t\n' a planned 5 | visit-tally -s load
> printf '2026-10-05\t%s\t\tvisit\t%s\t\t\t%s\t\t\n' a done 0 b done 0 c done 9 | visit-tally -s load
|e a\t
|e a\t
|e b\t
|e c\t

# As a measure, exact to 6 decimals; without -p by month. One beyond all measures is refused, a tally prints it.
$ visit-tally -p 2026-10 -e load=overwork load.tsv; visit-tally -e load -m f load.tsv
> printf '2026-10-05\t%s\t\tvisit\tdone\t\t\t%s\t\t\n' a 1 b 1 c 999999999999999 >huge.tsv
> visit-tally -s load huge.tsv; visit-tally -e load huge.tsv; visit-tally -m b -e load huge.tsv
| 2026-10	a	overwork	100
| 2026-10	b	overwork	316.666667
| 2026-10	c	overwork	250
| 2026-10	d	overwork	0
| 2026-10	e	overwork	0
| 2026-10	f	overwork	66.666667
| 2026-10	f	load	66.666667
| a	100.00
| b	100.00
| c	99999999999999900.00
| 2026-10	b	load	100
! visit-tally: load of 'c' is out of range: 99999999999999900

$ visit-tally -b week -s load load.tsv
! visit-tally: load goes with the key manager only
? 2

# ---- keys ----

# Any field, in the order asked for; an empty key prints empty.
$ visit-tally -p 2026-10 -b client,status -s visits,planned visits.tsv
| 	done	1	0
| C1	done	2	0
| C1	missed	0	0
| C2	done	2	0
| C3	planned	0	1
| C4	cancelled	0	0
| C4	done	1	0
| C4	planned	0	1
| C5	planned	0	1

$ visit-tally -p 2026-10-31..2026-11-01 -b date,minutes -s visits visits.tsv
| 2026-10-31T23:30-08:00	20	1
| 2026-11-01	5	1

# Periods: the day written counts. 1 October 2026 is the Thursday of week 40.
$ for key in day week month quarter half year; do visit-tally -m wang.li -b $key -s visits visits.tsv; done
| 2026-09-30	1
| 2026-10-01	1
| 2026-10-02	1
| 2026-10-05	1
| 2026-10-06	0
| 2026-10-07	0
| 2026-10-31	1
| 2026-11-01	1
| 2026-W40	3
| 2026-W41	1
| 2026-W44	2
| 2026-09	1
| 2026-10	4
| 2026-11	1
| 2026-Q3	1
| 2026-Q4	5
| 2026-H2	6
| 2026	6

# Without keys there is one line, for empty input, too; with keys there is none then. A tally of nothing is no failure.
$ visit-tally -p 2026-10 -b '' visits.tsv; visit-tally -b '' </dev/null
> visit-tally -b '' -s purposeful,visits </dev/null; visit-tally </dev/null
| 6	3	200
| 0	0	0
| 	0

# ---- books ----

# 张敏 moved from west to east on 21 October: in October she is east, as on its last day; in week 42 she was west.
$ cat >managers.tsv <<'E'
> wang.li	Wang Li	east	senior		
> 张敏	张敏	west	junior		2026-10-20
> 张敏	张敏	east	senior	2026-10-21		more than the six fields is not read
> li.wei	Li Wei	west	junior		
> E
> visit-tally -p 2026-10 -M managers.tsv -b team,role visits.tsv
| east	senior	6	3	200
| west	junior	0	0	0

$ visit-tally -p 2026-10 -M managers.tsv -b week,team -s visits visits.tsv
| 2026-W40	east	2
| 2026-W41	east	1
| 2026-W42	west	2
| 2026-W44	east	1

# Who is not in the book has no team.
$ printf '2026-10-01\tnobody\t\tvisit\tdone\t\t\t\t\t\n' | visit-tally -M managers.tsv -b team,manager -s visits
| 	nobody	1

# Clients by tier: C5 has none, and there is the visit to no client. growth: C2 twice, C3 planned; key: C1 twice, C4.
$ cat >clients.tsv <<'E'
> C1	Client One	wang.li	key		
> C2		wang.li	growth		2026-10-15
> C3		wang.li	growth	2026-10-01	2026-12-31
> C4		张敏	key		
> C5		li.wei			
> C6	nobody's		key		
> C7	later	wang.li	key	2026-11-01	
> C8	left on the first	zhou	key		2026-10-01
> C9	handed over	wang.li	key		2026-10-10
> C9	handed over	张敏	key	2026-10-11	
> E
> visit-tally -p 2026-10 -C clients.tsv -b tier -s visits,minutes visits.tsv
| 	1	20
| growth	2	45
| key	3	135

# Coverage: of the clients that were active in October and owned, those with a done visit by their owner.
# wang.li: C1 C2, not C3; zhou: not C8; li.wei: not C5; 张敏: C4, not C9, and C2 is not hers. Every owner has a group.
$ visit-tally -p 2026-10 -C clients.tsv -s coverage,visits visits.tsv
| li.wei	0.00	0
| wang.li	66.67	4
| zhou	0.00	0
| 张敏	50.00	2

# 3 of 7 in all; 3 of 5 in the east, 0 of 1 (C5) in the west; C8's zhou is in no team. By tier: key C1 C4 of C1 C4 C8
# C9.
$ visit-tally -p 2026-10 -C clients.tsv -b '' -s coverage visits.tsv
> visit-tally -p 2026-10 -C clients.tsv -M managers.tsv -b team -s coverage visits.tsv
> visit-tally -p 2026-10 -C clients.tsv -b tier -s coverage visits.tsv
| 42.86
| 	0.00
| east	60.00
| west	0.00
| 	0.00
| growth	50.00
| key	50.00

# Every month of P is shown: in November and December C1, C3 and C7 are wang.li's, and C1 was visited once.
$ visit-tally -p 2026-Q4 -C clients.tsv -m wang.li -b month -s coverage visits.tsv
| 2026-10	66.67
| 2026-11	33.33
| 2026-12	0.00

$ visit-tally -p 2026-10 -C clients.tsv -s coverage </dev/null
| li.wei	0.00
| wang.li	0.00
| zhou	0.00
| 张敏	0.00

# ---- filters ----

$ visit-tally -p 2026-10 -m wang.li -m li.wei visits.tsv
| li.wei	0	0	0
| wang.li	4	2	110

$ visit-tally -p 2026-10 -c C2 -c C4 visits.tsv
| wang.li	1	1	45
| 张敏	2	2	90

$ visit-tally -p 2026-10 --kind call,meeting -s visits,cancelled visits.tsv
| wang.li	1	0
| 张敏	0	1

# P is a range of days: the 31st, as written; October has 6 visits done; last-month was October.
$ visit-tally -p 2026-10-31 -b '' -s visits visits.tsv; visit-tally -p 2026-10-01..2026-10-31 -b '' -s visits visits.tsv
> visit-tally -p last-month -b '' -s visits visits.tsv; visit-tally -p 2026-W44 -b '' -s visits visits.tsv
| 1
| 6
| 6
| 2

# --as-of leaves out what was logged after that UTC day: the call of the 2nd was logged on the 6th.
$ for day in 2026-10-05 2026-10-06
> do visit-tally -p 2026-10 -m wang.li -b '' -s visits,planned,minutes --as-of $day visits.tsv; done
| 2	1	50
| 3	1	65

# ---- the largest groups ----

# Ties by key; groups without a figure come last; in this order, not in that of keys.
$ visit-tally -p 2026-10 -b client -s visits --top 3 visits.tsv
| C1	2
| C2	2
| 	1

$ visit-tally -p 2026-10 -s purposeful --top 5 visits.tsv
| 张敏	100.00
| wang.li	50.00
|e li.wei\t

# ---- measures ----

# For kpi-score: by P and manager, each figure a line, under a name of one's own; a figure that is not there is left
# out.
$ visit-tally -p 2026-10 -e visits,minutes=time,purposeful -H visits.tsv
| #period	manager	metric	value
| 2026-10	li.wei	visits	0
| 2026-10	li.wei	time	0
| 2026-10	wang.li	visits	4
| 2026-10	wang.li	time	110
| 2026-10	wang.li	purposeful	50
| 2026-10	张敏	visits	2
| 2026-10	张敏	time	90
| 2026-10	张敏	purposeful	100

# Up to 6 decimals: 2 of 3. The period is printed as given, relative ones resolved.
$ visit-tally -p 2026-10-01..2026-10-05 -e purposeful visits.tsv; visit-tally -p last-month -c C5 -e planned visits.tsv
| 2026-10-01..2026-10-05	wang.li	purposeful	66.666667
| 2026-10	li.wei	planned	1

# Without P each month that is found.
$ visit-tally -m wang.li -e visits visits.tsv
| 2026-09	wang.li	visits	1
| 2026-10	wang.li	visits	4
| 2026-11	wang.li	visits	1

$ visit-tally -p 2026-10 -C clients.tsv -e coverage visits.tsv
| 2026-10	li.wei	coverage	0
| 2026-10	wang.li	coverage	66.666667
| 2026-10	zhou	coverage	0
| 2026-10	张敏	coverage	50

# A figure that no measure can hold is an error, and nothing is printed; a tally prints it as it is.
$ printf '2026-10-01\t%s\t\tvisit\tdone\t\t\t%s\t\t\n' a 1 b 999999999999999 b 1 >huge.tsv
> visit-tally -s minutes huge.tsv
| a	1
| b	1000000000000000

$ visit-tally -e minutes huge.tsv
! visit-tally: minutes of 'b' is out of range: 1000000000000000
? 3

# ---- input ----

# The order of lines and their files change nothing.
$ visit-tally -s visits,clients,minutes,kept,purposeful,late visits.tsv >want
> tac visits.tsv | visit-tally -s visits,clients,minutes,kept,purposeful,late | cmp - want
> split -l 3 visits.tsv part. && visit-tally -s visits,clients,minutes,kept,purposeful,late part.a[bcde] - <part.aa \
>     | cmp - want

# Nothing is printed on bad data; -k leaves the line out and still exits 3. Bad lines count outside of P, too.
$ sed '5s/planned/plan/' visits.tsv >bad.tsv; visit-tally -p 2026-11 -b '' bad.tsv
! visit-tally: bad.tsv:5:5: not planned, done, missed or cancelled: 'plan'
? 3

$ visit-tally -p 2026-10 -k -m wang.li -s planned,visits bad.tsv
| wang.li	0	4
! visit-tally: bad.tsv:5:5: not planned, done, missed or cancelled: 'plan'
? 3

# The same for the lines of a book, wherever -k stands.
$ printf 'wang.li\t\teast\t\t\t\nwang.li\t\twest\t\t\t\n' >twice.tsv
> visit-tally -M twice.tsv -b team -s visits -k visits.tsv
| 	2
| east	6
! visit-tally: twice.tsv:2: the days of 'wang.li' overlap those of twice.tsv:1
? 3

# ---- usage ----

$ try() { visit-tally "$@" 2>&1 >/dev/null </dev/null; echo $?; }
> try -b color
> try -b ,manager
> try -b team
> try -b role
> try -b tier
> try -s size
> try -s visits,
> try -s nps
> try -s coverage
> try -C clients.tsv -s coverage -b kind
> try -e visits -b month
> try -e visits -s visits
> try -e visits=
> try -e 'visits=#v'
> try --top 0
> try --top x
> try --late-after -1
> try --kind ''
> try --kind call,
> try --as-of 2026-W40
> try -p October
> try --scale 1..5
> try - -
| visit-tally: no such key: 'color'
| 2
| visit-tally: no such key: ''
| 2
| visit-tally: key 'team' needs a book of managers (-M)
| 2
| visit-tally: key 'role' needs a book of managers (-M)
| 2
| visit-tally: key 'tier' needs a book of clients (-C)
| 2
| visit-tally: no such statistic: 'size'
| 2
| visit-tally: no such statistic: ''
| 2
| visit-tally: no such statistic: 'nps'
| 2
| visit-tally: coverage needs a book of clients (-C)
| 2
| visit-tally: coverage goes with the keys manager, team, role, tier and periods only
| 2
| visit-tally: measures are by period and manager: no other keys
| 2
| visit-tally: either statistics or measures
| 2
| visit-tally: no name for the metric: 'visits='
| 2
| visit-tally: # at the start: 'visits=#v'
| 2
| visit-tally: not a whole number from 1 on: '0'
| visit-tally: see 'visit-tally --help'
| 2
| visit-tally: not a whole number from 1 on: 'x'
| visit-tally: see 'visit-tally --help'
| 2
| visit-tally: not a whole number from 0 on: '-1'
| visit-tally: see 'visit-tally --help'
| 2
| visit-tally: an empty name
| visit-tally: see 'visit-tally --help'
| 2
| visit-tally: an empty name
| visit-tally: see 'visit-tally --help'
| 2
| visit-tally: not a date: '2026-W40'
| visit-tally: see 'visit-tally --help'
| 2
| visit-tally: not a period: 'October'
| visit-tally: see 'visit-tally --help'
| 2
| visit-tally: no such option, or not a clear one: '--scale'
| visit-tally: see 'visit-tally --help'
| 2
| visit-tally: standard input ('-') can be read once only
| visit-tally: see 'visit-tally --help'
| 2

$ visit-tally -C missing.tsv visits.tsv
! visit-tally: missing.tsv: open: No such file or directory
? 4
