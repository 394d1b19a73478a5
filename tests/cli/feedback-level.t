# feedback-level: strict and generous raters made comparable. Figures are worked out by hand.
$ cat >ratings.tsv <<'E'
> # date manager client source theme score resolved logged comment
> 2026-10-05	wang.li	anna	peer	teamwork	9			2026-10-05T09:00:00Z	
> 2026-10-05	张敏	anna	peer	teamwork	10			
> 2026-10-05	li.wei	anna	peer	teamwork	8			
> 2026-10-06	wang.li	boris	peer	teamwork	4			
> 2026-10-06	张敏	boris	peer	teamwork	6.5			
> 2026-10-06	li.wei	boris	peer	teamwork	3			
> 2026-10-07	wang.li	carla	peer	teamwork	10			only one
> 2026-10-07	wang.li	wang.li	self	teamwork	10			
> 2026-10-07	wang.li		peer	teamwork	2			nobody knows who
> 2026-10-07	wang.li	anna	peer	attitude				no score
> 2026-09-30	wang.li	anna	peer	teamwork	1			September
> 2026-10-08	wang.li	C1	survey	price	1			
> E
> sed -i 's/\t\t\t2026-10-05T/\t\t2026-10-05T/' ratings.tsv

# anna 27 / 3 = 9, boris 13.5 / 3 = 4.5, both together 40.5 / 6 = 6.75: anna by -2.25, boris by 2.25. carla rated once.
$ feedback-level -p 2026-10 --source peer --least 3 ratings.tsv
|e 2026-10-05\twang.li\tanna\tpeer\tteamwork\t6.75\t\t2026-10-05T09:00:00Z\t
|e 2026-10-05\t\345\274\240\346\225\217\tanna\tpeer\tteamwork\t7.75\t\t\t
|e 2026-10-05\tli.wei\tanna\tpeer\tteamwork\t5.75\t\t\t
|e 2026-10-06\twang.li\tboris\tpeer\tteamwork\t6.25\t\t\t
|e 2026-10-06\t\345\274\240\346\225\217\tboris\tpeer\tteamwork\t8.75\t\t\t
|e 2026-10-06\tli.wei\tboris\tpeer\tteamwork\t5.25\t\t\t
| 2026-10-07	wang.li	carla	peer	teamwork	10			only one
|e 2026-10-07\twang.li\twang.li\tself\tteamwork\t10\t\t\t
| 2026-10-07	wang.li		peer	teamwork	2			nobody knows who
| 2026-10-07	wang.li	anna	peer	attitude				no score
| 2026-09-30	wang.li	anna	peer	teamwork	1			September
|e 2026-10-08\twang.li\tC1\tsurvey\tprice\t1\t\t\t

# With a single rating, too: anna 9, boris 4.5, carla 10; of all 50.5 / 7 = 7.214285714...
$ feedback-level -p 2026-10 --source peer --least 1 ratings.tsv | cut -f 3,6 | head -n 7
| anna	7.214286
| anna	8.214286
| anna	6.214286
| boris	6.714286
| boris	9.214286
| boris	5.714286
| carla	7.214286

# By default it takes 5 ratings: nobody has as many.
$ feedback-level ratings.tsv | diff ratings.tsv -; echo $?
| 1d0
| < # date manager client source theme score resolved logged comment
| 1

# The mean of those that are levelled stays what it was: 6.75.
$ feedback-level -p 2026-10 --source peer --least 3 ratings.tsv | feedback-tally -p 2026-10 --source peer -b client -s mean
|e \t2.00
| anna	6.75
| boris	6.75
| carla	10.00

# Self-ratings only when asked for; of any source then.
$ printf '2026-10-01\tm\t%s\t%s\t\t%s\t\t\t\n' a self 2 a self 4 b peer 9 b peer 9 >self.tsv
> feedback-level --least 2 self.tsv | cut -f 3,4,6; feedback-level --least 2 --self self.tsv | cut -f 3,4,6
| a	self	2
| a	self	4
| b	peer	9
| b	peer	9
| a	self	5
| a	self	7
| b	peer	6
| b	peer	6

# Scores may leave the scale, up or down; a tally takes them by a scale that is wider. Or they are held within it.
$ printf '2026-10-01\tm\t%s\tpeer\t\t%s\t\t\t\n' a 10 a 2 b 9 b 9 >out.tsv
> feedback-level --least 2 out.tsv | cut -f 3,6; feedback-level --least 2 --clamp out.tsv | cut -f 3,6
| a	11.5
| a	3.5
| b	7.5
| b	7.5
| a	10
| a	3.5
| b	7.5
| b	7.5
$ feedback-level --least 2 out.tsv | feedback-tally -s mean --scale -10..20
> feedback-level --least 2 out.tsv | feedback-tally -s mean
| m	7.50
! feedback-tally: -:1:6: a score outside the scale 0..10: '11.5'
? 3

# Half a millionth is rounded away from zero: 0.0000015 is the mean of all, 0.000001 that of a, 0.000002 that of b.
$ printf '2026-10-01\tm\t%s\t\t\t%s\t\t\t\n' a 0 a 0.000002 b 0 b 0.000004 | feedback-level --least 2 | cut -f 3,6
| a	0.000001
| a	0.000003
| b	-0.000001
| b	0.000004

# What does not move is not written anew; nothing else of a line changes.
$ printf '2026-10-01\tm\tr\t\t\t%s\t\t\tx\\ny\r\n' 08.50 +8.5 | feedback-level --least 1
| 2026-10-01	m	r			08.50			x\ny
| 2026-10-01	m	r			+8.5			x\ny

# Files, a pipe, both: read as one.
$ head -n 4 ratings.tsv >one; tail -n +5 ratings.tsv >two
> feedback-level -p 2026-10 --source peer --least 3 ratings.tsv >want
> feedback-level -p 2026-10 --source peer --least 3 one two | cmp - want
> feedback-level -p 2026-10 --source peer --least 3 one - <two | cmp - want
> cat two | feedback-level -p 2026-10 --source peer --least 3 one - | cmp - want
> feedback-level -p 2026-10 --source peer --least 3 -j1 <ratings.tsv | cmp - want

# ---- bad input ----

# Nothing is printed when a line is bad; with -k what is good.
$ printf '2026-10-01\tm\ta\t\t\t5\t\t\t\nx\n2026-10-01\tm\ta\t\t\t11\t\t\t\n' >bad.tsv
> feedback-level bad.tsv
! feedback-level: bad.tsv:2: 1 field, a feedback line has 9
? 3
$ feedback-level -k --least 1 bad.tsv
|e 2026-10-01\tm\ta\t\t\t5\t\t\t
! feedback-level: bad.tsv:2: 1 field, a feedback line has 9
! feedback-level: bad.tsv:3:6: a score outside the scale 0..10: '11'
? 3

# The scale is that of the ratings chosen.
$ printf '2026-10-01\tm\ta\tsurvey\t\t99\t\t\t\n2026-10-01\tm\ta\tpeer\t\t5\t\t\t\n' |
>     feedback-level --source peer --scale 1..5 | cut -f 6
| 99
| 5
$ feedback-level --scale 5..5 </dev/null
! feedback-level: not a scale LOW..HIGH: '5..5'
! feedback-level: see 'feedback-level --help'
? 2
$ feedback-level --scale 0..999999999999999 </dev/null
! feedback-level: scores of such a scale cannot be moved within what numbers can be
? 2
$ feedback-level --least 0 </dev/null
! feedback-level: not a whole number from 1 on: '0'
! feedback-level: see 'feedback-level --help'
? 2
$ feedback-level none.tsv
! feedback-level: none.tsv: open: No such file or directory
? 4
$ feedback-level </dev/null
$ feedback-level --least 1 ratings.tsv >/dev/full
! feedback-level: standard output: write: No space left on device
? 4
$ feedback-level -H --source peer -p 2026-10-08 ratings.tsv | head -n 1
| #date	manager	client	source	theme	score	resolved	logged	comment

# The ratings of the examples: the means of the levelled scores, worked out in fractions by another program.
$ feedback-level -p 2026-10 --source peer,supervisor $TOP/examples/ratings.tsv |
>     feedback-tally -p 2026-10 --source peer,supervisor --scale -10..20 -e mean | cut -f 2,4
| anna.becker	8.174242
| chen.jie	8.690909
| gao.yuan	8.024242
| he.lan	6.450758
| lin.hao	8.240909
| marco.rossi	8.590909
| sofia.novak	7.006313
| tom.keller	8.007576
| 吴桐	8.090909
| 周颖	8.724242
| 孙鹏	6.857576
