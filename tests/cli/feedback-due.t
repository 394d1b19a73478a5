# feedback-due: unresolved feedback that waits too long for an answer, as planned visits that visit-log takes.

$ cat >feedback.tsv <<'X'
> # date manager client source theme score resolved logged comment
> 2026-10-28	wang.li	C1	survey	delivery/late	3		2026-10-28T09:00:00Z	又晚了
> 2026-10-31	wang.li	C2	survey	price	6		2026-10-31T09:00:00Z	too dear
> 2026-10-30	wang.li	C3	call		6.5		2026-10-30T09:00:00Z	
> 2026-10-27	张敏	C4	survey	service	8		2026-10-27T09:00:00Z	
> 2026-10-28	张敏	C5	survey	service	8		2026-10-28T09:00:00Z	
> 2026-10-01	张敏	C6	survey	service	9		2026-10-01T09:00:00Z	
> 2026-10-01	张敏	C7	survey	service	0	2026-10-03	2026-10-01T09:00:00Z	solved
> 2026-10-01	张敏	li.wei	peer	teamwork	1		2026-10-01T09:00:00Z	
> 2026-10-20	wang.li	C1	app	app	6		2026-10-20T09:00:00Z	crashes
> X

# Today is 2 November: detractors (below 7) may wait 2 days, passives (below 9) 5 days. One visit for each client.
$ feedback-due feedback.tsv
|e 2026-11-02\twang.li\tC1\tvisit\tplanned\tfeedback 3 of 2026-10-28: delivery/late: \345\217\210\346\231\232\344\272\206\t\t\t\tfeedback.tsv:2, feedback.tsv:10
|e 2026-11-02\twang.li\tC3\tvisit\tplanned\tfeedback 6.5 of 2026-10-30\t\t\t\tfeedback.tsv:4
|e 2026-11-02\t\345\274\240\346\225\217\tC4\tvisit\tplanned\tfeedback 8 of 2026-10-27: service\t\t\t\tfeedback.tsv:5
? 1

# The pipe: feedback becomes visits. The next day they are planned, and nothing is due but what has become so since.
$ feedback-due --visits visits.tsv feedback.tsv | visit-log -f visits.tsv -; cut -f 1-5,9 visits.tsv
! feedback-due: visits.tsv: open: No such file or directory
! cut: visits.tsv: No such file or directory
? 1

$ feedback-due feedback.tsv | visit-log -f visits.tsv -; cut -f 1-5,9 visits.tsv
| 2026-11-02	wang.li	C1	visit	planned	2026-11-02T08:00:00Z
| 2026-11-02	wang.li	C3	visit	planned	2026-11-02T08:00:00Z
| 2026-11-02	张敏	C4	visit	planned	2026-11-02T08:00:00Z

$ feedback-due --visits visits.tsv feedback.tsv; echo $?
> KPI_NOW=2026-11-03 feedback-due --visits visits.tsv feedback.tsv | tee more.tsv | cut -f 1-6; visit-log -f visits.tsv more.tsv
> KPI_NOW=2026-11-04 feedback-due --visits visits.tsv feedback.tsv | tee more.tsv | cut -f 1-6; visit-log -f visits.tsv more.tsv
| 0
| 2026-11-03	wang.li	C2	visit	planned	feedback 6 of 2026-10-31: price: too dear
| 2026-11-03	张敏	C5	visit	planned	feedback 8 of 2026-10-28: service

# One visit is made, one matter settled; of the others nobody has heard: as many days later they are due again.
$ visit-log -f visits.tsv -m wang.li -c C1 --purpose delivery --outcome 'a new route' -d 2026-11-02
> kpi-amend feedback.tsv -c C3 --set resolved=2026-11-02 --reason 'called back' --author wang.li
> for day in 04 05 06 07 08 09; do KPI_NOW=2026-11-$day feedback-due --visits visits.tsv feedback.tsv | cut -f 1-3; done
| 2026-11-06	wang.li	C2
| 2026-11-07	wang.li	C2
| 2026-11-08	wang.li	C2
| 2026-11-08	张敏	C4
| 2026-11-09	wang.li	C2
| 2026-11-09	张敏	C4
| 2026-11-09	张敏	C5

# A plan that is cancelled or missed is none.
$ printf '2026-12-01\ta\tC4\tcall\tplanned\tp\t\t\t\t\n' >plans.tsv; feedback-due --visits plans.tsv -c C4 feedback.tsv; echo $?
> printf '2026-12-01\ta\tC4\tcall\tcancelled\tp\t\t\t\t\n' | feedback-due --visits plans.tsv --visits - -c C4 feedback.tsv | cut -f 3
| 0
| C4

# ---- options ----

# Other waits; another day and kind of visits.
$ feedback-due --detractors 0 --passives 60 -d 2026-11-04 --kind call feedback.tsv | cut -f 1-4
| 2026-11-04	wang.li	C1	call
| 2026-11-04	wang.li	C2	call

$ feedback-due -d today --passives 4 --detractors 9 feedback.tsv | cut -f 1-4
| 2026-11-02	wang.li	C1	visit
| 2026-11-02	张敏	C4	visit
| 2026-11-02	张敏	C5	visit

# Which lines: period, manager, client, source (of colleagues only when asked for).
$ feedback-due -p 2026-W44 -m wang.li feedback.tsv | cut -f 2,3,10; feedback-due --source peer feedback.tsv | cut -f 3,6
> feedback-due --source app,call feedback.tsv | cut -f 3,10; feedback-due -c C4 -c C1 -m 张敏 feedback.tsv | cut -f 2,3
| wang.li	C1	feedback.tsv:2
| li.wei	feedback 1 of 2026-10-01: teamwork
| C1	feedback.tsv:10
| 张敏	C4

# As of a day: what was logged, resolved, visited later is not known; visits are planned for that day.
$ feedback-due --as-of 2026-10-02 feedback.tsv; echo $?; feedback-due --as-of 2026-10-04 -c C7 feedback.tsv; echo $?
> printf '2026-10-01\t张敏\tC7\tsurvey\tservice\t0\t2026-10-20\t2026-10-01T09:00:00Z\tsolved\n' | feedback-due --as-of 2026-10-04
> feedback-due --as-of 2026-10-31 --visits visits.tsv feedback.tsv | cut -f 1-3
| 0
| 0
|e 2026-10-04\t\345\274\240\346\225\217\tC7\tvisit\tplanned\tfeedback 0 of 2026-10-01: service: solved\t\t\t\t-:1
| 2026-10-31	wang.li	C1

# Scales: 1..5 has detractors below 3.8, passives below 4.6.
$ printf '2026-10-20\ta\tC1\tsurvey\t\t3.7\t\t\t\n2026-10-20\ta\tC2\tsurvey\t\t3.8\t\t\t\n2026-10-20\ta\tC3\tsurvey\t\t4.6\t\t\t\n' >five.tsv
> feedback-due --scale 1..5 five.tsv | cut -f 3; feedback-due --scale 1..5 --passives 99 five.tsv | cut -f 3; feedback-due --scale 0..100 --as-of 2026-10-23 five.tsv | cut -f 3
| C1
| C2
| C1
| C1
| C2
| C3

$ feedback-due --scale 4..5 five.tsv
! feedback-due: five.tsv:1:6: a score outside the scale 4..5: '3.7'
? 3

$ feedback-due -k --scale 3.8..5 five.tsv; echo $?
|e 2026-11-02\ta\tC2\tvisit\tplanned\tfeedback 3.8 of 2026-10-20\t\t\t\tfive.tsv:2
|e 2026-11-02\ta\tC3\tvisit\tplanned\tfeedback 4.6 of 2026-10-20\t\t\t\tfive.tsv:3
| 3
! feedback-due: five.tsv:1:6: a score outside the scale 3.8..5: '3.7'

# The book: the visit falls to the owner of today; who is no client any more gets none; nobody's stays with the manager.
$ cat >clients.tsv <<'X'
> C1		wang.li	key		2026-10-30
> C1		zhou	key	2026-10-31	
> C3		wang.li	growth		2026-11-01
> C4			growth		
> X
> feedback-due -C clients.tsv feedback.tsv | cut -f 2,3,10; feedback-due -C clients.tsv -m zhou feedback.tsv | cut -f 2,3
> feedback-due -C clients.tsv --as-of 2026-10-30 --detractors 0 feedback.tsv | cut -f 2,3
| zhou	C1	feedback.tsv:2, feedback.tsv:10
| 张敏	C4	feedback.tsv:5
| zhou	C1
| wang.li	C1

# Nobody can visit who is not named; that they wait is told, and counts.
$ printf '2026-10-20\ta\t\tapp\t\t1\t\t\trude\n2026-10-21\ta\t\tapp\t\t2\t\t\t\n' >app.tsv; feedback-due app.tsv; echo $?; feedback-due -o json -m b app.tsv; echo $?
| 1
| 0
! feedback-due: app.tsv:1: 2 lines of unresolved feedback without a client, whom nobody can visit; this is the first

# ---- input and output ----

$ feedback-due -H -c C3 feedback.tsv | head -n 1; feedback-due -c C4 -o csv feedback.tsv; feedback-due -c C4 -o json - <feedback.tsv
> printf '\357\273\277' >bom.tsv; sed 's/$/\r/' feedback.tsv >>bom.tsv; feedback-due -c C4 bom.tsv five.tsv | cut -f 6,10
| #date	manager	client	kind	status	purpose	outcome	minutes	logged	note
| date,manager,client,kind,status,purpose,outcome,minutes,logged,note
| 2026-11-02,张敏,C4,visit,planned,feedback 8 of 2026-10-27: service,,,,feedback.tsv:5
| {"date":"2026-11-02","manager":"张敏","client":"C4","kind":"visit","status":"planned","purpose":"feedback 8 of 2026-10-27: service","outcome":null,"minutes":null,"logged":null,"note":"-:5"}
| feedback 8 of 2026-10-27: service	bom.tsv:5

$ printf '2026-10-20\ta\tC1\tsurvey\tx=y\t1\t\t\tline one\\nline two\\\\\n' | feedback-due -o csv | tail -n 2; : | feedback-due; echo $?
> printf '2026-10-20\ta\tC1\tsurvey\tx=y\t1\t\t\tline one\\nline two\\\\\n' | feedback-due | visit-log -f odd.tsv - && cut -f 6 odd.tsv
| 2026-11-02,a,C1,visit,planned,"feedback 1 of 2026-10-20: x=y: line one
| line two\",,,,'-:1
| 0
| feedback 1 of 2026-10-20: x=y: line one\nline two\\

$ feedback-due visits.tsv
! feedback-due: visits.tsv:1: 10 fields, a feedback line has 9
? 3

$ feedback-due --visits feedback.tsv feedback.tsv
! feedback-due: feedback.tsv:2: 9 fields, a visit line has 10
? 3

$ for a in '--visits - -' '-C - -' '--detractors -1' '--passives 1.5' '--scale 5..1' '-d tomorrow' '--as-of 2026-10' '--kind= ' '-b x'; do feedback-due $a </dev/null; echo $?; done 2>&1 | grep -v help
| feedback-due: standard input ('-') can be read once only
| 2
| feedback-due: standard input ('-') can be read once only
| 2
| feedback-due: not a whole number from 0 on: '-1'
| 2
| feedback-due: not a whole number from 0 on: '1.5'
| 2
| feedback-due: not a scale LOW..HIGH: '5..1'
| 2
| feedback-due: not a date: 'tomorrow'
| 2
| feedback-due: not a date: '2026-10'
| 2
| feedback-due: an empty name
| 2
| feedback-due: no such option: -b
| 2
