# kpi-amend: corrects one line of a file under its lock, and keeps what it was in FILE.amended.

$ cat >feedback.tsv <<'X'
> # date manager client source theme score resolved logged comment
> 2026-10-05	wang.li	C1	survey	delivery	3		2026-10-05T09:00:00Z	late again
> 2026-10-05	wang.li	C2	survey	price	9		2026-10-05T09:00:00Z	
> 2026-10-06	张敏	C1	call	delivery	6		2026-10-06T09:00:00Z	又晚了
> X
> cp feedback.tsv old.tsv

# Feedback is resolved: of one line one field changes. The old line and the new one are kept, with time, user and reason.
$ LOGNAME=he.lan kpi-amend feedback.tsv -w client=C1 -w score=3 --set resolved=2026-11-02 --reason 'visited, refund agreed'
> diff old.tsv feedback.tsv; cat feedback.tsv.amended
| 2c2
|e < 2026-10-05\twang.li\tC1\tsurvey\tdelivery\t3\t\t2026-10-05T09:00:00Z\tlate again
| ---
|e > 2026-10-05\twang.li\tC1\tsurvey\tdelivery\t3\t2026-11-02\t2026-10-05T09:00:00Z\tlate again
|e 2026-11-02T08:00:00Z\the.lan\tvisited, refund agreed\t2\t2026-10-05\twang.li\tC1\tsurvey\tdelivery\t3\t\t2026-10-05T09:00:00Z\tlate again\t2026-10-05\twang.li\tC1\tsurvey\tdelivery\t3\t2026-11-02\t2026-10-05T09:00:00Z\tlate again

# By any field, by manager, client, day and period; several fields at once; the author; texts become line form.
$ cp old.tsv f.tsv
> kpi-amend f.tsv -m 张敏 -p 2026-10 --set 'comment=又晚了	一箱\' --set score=5.5 --set theme= --reason "$(printf 'a\nb')" --author 王
> kpi-amend f.tsv -c C2 -d 2026-10-05 --set resolved=today --reason r --author a
> kpi-amend f.tsv -w resolved= -w manager=wang.li --set resolved=yesterday --reason r --author a
> cat f.tsv; cut -f 1-4 f.tsv.amended
| # date manager client source theme score resolved logged comment
|e 2026-10-05\twang.li\tC1\tsurvey\tdelivery\t3\t2026-11-01\t2026-10-05T09:00:00Z\tlate again
|e 2026-10-05\twang.li\tC2\tsurvey\tprice\t9\t2026-11-02\t2026-10-05T09:00:00Z\t
|e 2026-10-06\t\345\274\240\346\225\217\tC1\tcall\t\t5.5\t\t2026-10-06T09:00:00Z\t\345\217\210\346\231\232\344\272\206\\t\344\270\200\347\256\261\\\\
|e 2026-11-02T08:00:00Z\t\347\216\213\ta\\nb\t4
|e 2026-11-02T08:00:00Z\ta\tr\t3
|e 2026-11-02T08:00:00Z\ta\tr\t2

# The loop is closed: unresolved goes down, resolve-days are counted.
$ feedback-tally -b '' -s unresolved,resolve-days old.tsv; feedback-tally -b '' -s unresolved,resolve-days f.tsv
|e 2\t
|e 1\t27.50

# ---- one line, or none is changed ----

$ cp old.tsv f.tsv; kpi-amend f.tsv -w client=C1 --set score=4 --reason r --author a
! kpi-amend: f.tsv:2: fits: '2026-10-05 wang.li C1 survey delivery 3  2026-10-05T09:00:00…'
! kpi-amend: f.tsv:4: fits: '2026-10-06 张敏 C1 call delivery 6  2026-10-06T09:00:00Z 又晚了'
! kpi-amend: f.tsv: 2 lines fit, and only one can be corrected: nothing was changed
? 1

$ rm -f f.tsv.amended; kpi-amend f.tsv -w client=C9 --set score=4 --reason r --author a; echo $?; cmp old.tsv f.tsv; ls f.tsv*
| 1
| f.tsv
! kpi-amend: f.tsv: no line fits

$ kpi-amend f.tsv -w client=C2 --set score=9 --reason r --author a; echo $?; cmp old.tsv f.tsv; ls f.tsv*
| 1
| f.tsv
! kpi-amend: f.tsv:3: it is so already: nothing was changed

# Of many the first five are named. Equal lines are several: the number tells which.
$ for i in 1 2 3 4 5 6 7; do printf '2026-10\ta\tsales\t1\n'; done >m.tsv
> kpi-amend m.tsv -w manager=a -w value=1 --set value=2 --reason r --author a
! kpi-amend: m.tsv:1: fits: '2026-10 a sales 1'
! kpi-amend: m.tsv:2: fits: '2026-10 a sales 1'
! kpi-amend: m.tsv:3: fits: '2026-10 a sales 1'
! kpi-amend: m.tsv:4: fits: '2026-10 a sales 1'
! kpi-amend: m.tsv:5: fits: '2026-10 a sales 1'
! kpi-amend: m.tsv: 7 lines fit, and only one can be corrected: nothing was changed
? 1

$ kpi-amend m.tsv --line 6 -w value=1 --set value=2 --reason r --author a; grep -n 2$ m.tsv; cat m.tsv.amended
> kpi-amend m.tsv --line 6 -w value=1 --set value=2 --reason r --author a
| 6:2026-10	a	sales	2
| 2026-11-02T08:00:00Z	a	r	6	2026-10	a	sales	1	2026-10	a	sales	2
! kpi-amend: m.tsv: no line fits
? 1

# ---- what is written is a record, and could have been logged ----

$ cp old.tsv f.tsv
> for set in score=11 score=1,5 resolved=2026-10-04 resolved=2026-02-30 date= date=2026-10-5 manager= 'manager= a' client=#1 "theme=$(printf 'a\tb')" "comment=$(printf '\033')"; do
>   kpi-amend f.tsv -w client=C2 --set "$set" --reason r --author a || echo $?
> done; cmp old.tsv f.tsv; ls f.tsv*
| 3
| 3
| 3
| 3
| 3
| 3
| 3
| 3
| 3
| 3
| 3
| f.tsv
! kpi-amend: f.tsv:3:6: a score outside the scale 0..10: '11'
! kpi-amend: f.tsv:3:6: not a number: '1,5'
! kpi-amend: f.tsv:3:7: resolved before its date: '2026-10-04'
! kpi-amend: f.tsv:3:7: not a date: '2026-02-30'
! kpi-amend: f.tsv:3:1: no date
! kpi-amend: f.tsv:3:1: not a date: '2026-10-5'
! kpi-amend: f.tsv:3:2: no manager
! kpi-amend: f.tsv:3:2: blank at the start or end: ' a'
! kpi-amend: f.tsv:3:3: # at the start: '#1'
! kpi-amend: f.tsv:3:5: backslash that is not \\: 'a\tb'
! kpi-amend: f.tsv:3:9: control character: '<U+001B>'

# The scale holds for a score that is set, not for one that stands there.
$ kpi-amend f.tsv -w client=C2 --set score=95 --scale 0..100 --reason r --author a
> kpi-amend f.tsv -w client=C2 --set theme=x --reason r --author a; sed -n 3p f.tsv
|e 2026-10-05\twang.li\tC2\tsurvey\tx\t95\t\t2026-10-05T09:00:00Z\t

# No visit is done in the future, neither by its status nor by its date; what is planned may be missed or moved.
$ printf '2026-11-09\ta\tC1\tvisit\tplanned\tp\t\t\t2026-11-01T09:00:00Z\t\n2026-11-02\ta\tC2\tvisit\tdone\tp\t\t\t2026-11-01T09:00:00Z\t\n' >v.tsv
> kpi-amend v.tsv -c C1 --set status=done --reason r --author a
> kpi-amend v.tsv -c C2 --set date=2026-11-03 --reason r --author a
> kpi-amend v.tsv -c C1 --set status=cancelled --set date=2026-12-01 --reason r --author a; cut -f 1-5 v.tsv
| 2026-12-01	a	C1	visit	cancelled
| 2026-11-02	a	C2	visit	done
! kpi-amend: v.tsv:1:1: a visit done after today: '2026-11-09'
! kpi-amend: v.tsv:2:1: a visit done after today: '2026-11-03'

# Nor is one planned without a purpose: neither by what it becomes, nor by what is taken from it. What is not touched is
# not judged.
$ printf '2026-11-09\ta\tC1\tvisit\tmissed\t\t\t\t2026-11-01T09:00:00Z\t\n2026-11-09\ta\tC2\tvisit\tplanned\tp\t\t\t2026-11-01T09:00:00Z\t\n2026-11-09\ta\tC3\tvisit\tplanned\t\t\t\t2026-11-01T09:00:00Z\t\n' >p.tsv
> kpi-amend p.tsv -c C1 --set status=planned --reason r --author a
> kpi-amend p.tsv -c C2 --set purpose= --reason r --author a
> kpi-amend p.tsv -c C3 --set note=n --reason r --author a
> kpi-amend p.tsv -c C1 --set status=planned --set purpose=again --reason r --author a; cut -f 3,5,6,10 p.tsv
|e C1\tplanned\tagain\t
|e C2\tplanned\tp\t
|e C3\tplanned\t\tn
! kpi-amend: p.tsv:1:6: a visit planned without a purpose
! kpi-amend: p.tsv:2:6: a visit planned without a purpose

# logged is the clock's, and not for the asking.
$ kpi-amend v.tsv -c C2 --set logged=2026-11-02T07:00:00Z --reason r --author a
! kpi-amend: logged is the clock's, so that back-dating shows (--keep-logged sets it all the same)
! kpi-amend: see 'kpi-amend --help'
? 2

$ kpi-amend v.tsv -c C2 --set logged=2026-11-02T07:00:00Z --keep-logged --reason 'import of 1 November' --author a; cut -f 9 v.tsv
> tail -n 1 v.tsv.amended | cut -f 3,4,13,23
| 2026-11-01T09:00:00Z
| 2026-11-02T07:00:00Z
| import of 1 November	2	2026-11-01T09:00:00Z	2026-11-02T07:00:00Z

# ---- bad lines ----

# What is wrong can be mended: a line need not be valid to be found, when it has its fields.
$ printf '2026-10-05\ta\tsales\t1\n2026-10-32\tb\tsales\t2\n' >b.tsv; kpi-amend b.tsv -w manager=b -w value=2 --set period=2026-10-30 --reason typo --author a
> cat b.tsv
| 2026-10-05	a	sales	1
| 2026-10-30	b	sales	2

# Any other that is bad keeps the file as it is, or with -k only itself.
$ printf '2026-10-05\ta\tsales\t1\n2026-10-32\tb\tsales\t2\nx\n\377\n' >b.tsv; cp b.tsv c.tsv
> kpi-amend b.tsv -w manager=a -w value=1 --set value=3 --reason r --author a; echo $?; cmp b.tsv c.tsv
| 3
! kpi-amend: b.tsv:2:1: not a period: '2026-10-32'

$ kpi-amend -k b.tsv -w manager=a -w value=1 --set value=3 --reason r --author a; echo $?; diff -a b.tsv c.tsv
| 3
| 1c1
| < 2026-10-05	a	sales	3
| ---
| > 2026-10-05	a	sales	1
! kpi-amend: b.tsv:2:1: not a period: '2026-10-32'
! kpi-amend: b.tsv:3: 1 field, a measure line has 4
! kpi-amend: b.tsv:4:1: not UTF-8: byte 0xFF
? 1

# An incomplete last line goes to .torn first, as when a log is appended to; only looking leaves it.
$ cp old.tsv f.tsv; rm -f f.tsv.amended; printf '2026-10-07\tto' >>f.tsv; kpi-amend -n f.tsv -c C2 --set score=8; cat f.tsv | tail -n 1
> echo; kpi-amend f.tsv -c C2 --set score=8 --reason r --author a; diff old.tsv f.tsv; cat f.tsv.torn
|e 2026-10-05\twang.li\tC2\tsurvey\tprice\t9\t\t2026-10-05T09:00:00Z\t
|e 2026-10-05\twang.li\tC2\tsurvey\tprice\t8\t\t2026-10-05T09:00:00Z\t
| 2026-10-07	to
| 3c3
|e < 2026-10-05\twang.li\tC2\tsurvey\tprice\t9\t\t2026-10-05T09:00:00Z\t
| ---
|e > 2026-10-05\twang.li\tC2\tsurvey\tprice\t8\t\t2026-10-05T09:00:00Z\t
| 2026-10-07	to
! kpi-amend: f.tsv: an incomplete last line of 13 bytes was not looked at
! kpi-amend: f.tsv: an incomplete last line of 13 bytes was moved to f.tsv.torn

# ---- what stays ----

# Every byte outside the line: BOM, CR LF, remarks, empty lines, in any mixture; a line keeps its own end.
$ printf '\357\273\277# 目标\r\n\r\n2026-10\ta\tx\t1\r\n2026-10\tb\tx\t1\n\n# end\r\n' >e.tsv; kpi-amend e.tsv -m a -w value=1 --set value=22 --reason r --author a
> cat e.tsv; cut -f 5- e.tsv.amended
|e \357\273\277# \347\233\256\346\240\207\r
|e \r
|e 2026-10\ta\tx\t22\r
| 2026-10	b	x	1
| 
|e # end\r
| 2026-10	a	x	1	2026-10	a	x	22

$ printf '\357\273\2772026-10\ta\tx\t1\n' >e.tsv; kpi-amend e.tsv -m a -w value=1 --set value=2 --reason r --author a; cat e.tsv
|e \357\273\2772026-10\ta\tx\t2

# The mode, and a link; beside the real file is what was amended, as private as the file.
$ mkdir real; cp old.tsv real/f.tsv; chmod 600 real/f.tsv; ln -s real/f.tsv l.tsv; kpi-amend l.tsv -c C2 --set score=8 --reason r --author a
> test -L l.tsv; stat -c '%n %a' real/*; ls -A real; ls l.tsv*
| real/f.tsv 600
| real/f.tsv.amended 600
| f.tsv
| f.tsv.amended
| l.tsv

# Books have more fields than are read, and comments; what they have stays.
$ printf 'C1\tOne\ta\tkey\t\t\tstays\tas it is\nC2\tTwo\ta\tkey\t\t\n' >clients.tsv; kpi-amend clients.tsv -w client=C1 --set tier=growth --set until=2026-12-31 --reason r --author a
> cat clients.tsv
|e C1\tOne\ta\tgrowth\t\t2026-12-31\tstays\tas it is
|e C2\tTwo\ta\tkey\t\t

# ---- which record ----

# By the fields that are named, and by the lines; where these do not tell, -r does.
$ kpi-amend clients.tsv -w name=Two --set name=Zwei --reason r --author a
! kpi-amend: of which record are its lines: client or manager? (-r RECORD)
! kpi-amend: see 'kpi-amend --help'
? 2

$ kpi-amend -r client clients.tsv -w name=Two --set name=Zwei --reason r --author a; tail -n 1 clients.tsv
|e C2\tZwei\ta\tkey\t\t

# This first line could be of a detail, too.
$ printf '2026-10-05\ta\tC1\t\t\t9\t\t\t\n2026-10-05\ta\tC2\tsurvey\t\t9\t\t\t\n' >g.tsv; kpi-amend g.tsv -m a --line 1 --set manager=b --reason r --author a; cut -f 1,2 g.tsv
| 2026-10-05	b
| 2026-10-05	a

$ kpi-amend g.tsv -m a --set weight=1 --set comment=x --reason r --author a
! kpi-amend: no record has all these fields (-r RECORD)
! kpi-amend: see 'kpi-amend --help'
? 2

$ kpi-amend clients.tsv -r client -p 2026 --set tier=x --reason r --author a
! kpi-amend: a client line is of no period
? 2

# ---- only looking ----

$ cp old.tsv f.tsv; rm -f f.tsv.*; kpi-amend -n -H f.tsv -c C2 --set score=8; kpi-amend -n f.tsv -c C2 --set score=8 -o json; cmp old.tsv f.tsv; ls f.tsv*
| #date	manager	client	source	theme	score	resolved	logged	comment
|e 2026-10-05\twang.li\tC2\tsurvey\tprice\t9\t\t2026-10-05T09:00:00Z\t
|e 2026-10-05\twang.li\tC2\tsurvey\tprice\t8\t\t2026-10-05T09:00:00Z\t
| {"date":"2026-10-05","manager":"wang.li","client":"C2","source":"survey","theme":"price","score":9,"resolved":null,"logged":"2026-10-05T09:00:00Z","comment":null}
| {"date":"2026-10-05","manager":"wang.li","client":"C2","source":"survey","theme":"price","score":8,"resolved":null,"logged":"2026-10-05T09:00:00Z","comment":null}
| f.tsv

# ---- usage ----

$ for a in "f.tsv" "f.tsv -w client=C2" "f.tsv --set score=1 --reason r" "f.tsv -w client=C2 --set score=1" "-w client=C2 --set score=1 --reason r" "f.tsv f.tsv -w client=C2 --set score=1 --reason r" "- -w client=C2 --set score=1 --reason r" "f.tsv -w client --set score=1 --reason r -r feedback" "f.tsv -w client=C2 --set scor=1 --reason r -r feedback" "f.tsv -w client=C2 --set score=1 --set score=2 --reason r" "f.tsv -w client=C2 --set score=1 --reason= " "f.tsv -w client=C2 --line 0 --set score=1 --reason r" "f.tsv -r feed -w client=C2"; do
>   kpi-amend --author a $a; echo $?
> done 2>&1 | grep -v help
| kpi-amend: for which reason? (--reason TEXT)
| 2
| kpi-amend: for which reason? (--reason TEXT)
| 2
| kpi-amend: which line? (-w FIELD=VALUE)
| 2
| kpi-amend: for which reason? (--reason TEXT)
| 2
| kpi-amend: which file? (FILE, one)
| 2
| kpi-amend: which file? (FILE, one)
| 2
| kpi-amend: standard input cannot be corrected: which file? (FILE)
| 2
| kpi-amend: not FIELD=VALUE: 'client'
| 2
| kpi-amend: a feedback line has no field 'scor'
| 2
| kpi-amend: set twice: score
| 2
| kpi-amend: an empty text
| 2
| kpi-amend: not a whole number from 1 on: '0'
| 2
| kpi-amend: not a record: 'feed'
| 2

$ kpi-amend f.tsv -w client=C2 --reason r
! kpi-amend: what is wrong with it? (--set FIELD=VALUE)
! kpi-amend: see 'kpi-amend --help'
? 2

# ---- files that cannot be ----

$ kpi-amend none.tsv -r feedback -w client=C2 --set score=1 --reason r --author a; ls none*
! kpi-amend: none.tsv: open: No such file or directory
!~ ls: .*
? 2

$ kpi-amend real -r feedback -w client=C2 --set score=1 --reason r --author a
! kpi-amend: real: open: Is a directory
? 4

$ mkfifo pipe; kpi-amend pipe -r feedback -w client=C2 --set score=1 --reason r --author a
! kpi-amend: pipe: not a regular file
? 4

# What was amended cannot be kept in the file itself, and is not lost in a folder.
$ cp old.tsv f.tsv; ln -s f.tsv f.tsv.amended; kpi-amend f.tsv -c C2 --set score=8 --reason r --author a 2>&1 | sed "s|$PWD/||"; cmp old.tsv f.tsv
> rm f.tsv.amended; mkdir f.tsv.amended; kpi-amend f.tsv -c C2 --set score=8 --reason r --author a 2>&1 | sed "s|$PWD/||"; cmp old.tsv f.tsv; ls -A | grep '^\.'
| kpi-amend: f.tsv.amended: leads to the file itself
| kpi-amend: f.tsv.amended: open: Is a directory
? 1

@ need non-root
$ rmdir f.tsv.amended; chmod 444 f.tsv; kpi-amend f.tsv -c C2 --set score=8 --reason r --author a
! kpi-amend: f.tsv: open: Permission denied
? 4
