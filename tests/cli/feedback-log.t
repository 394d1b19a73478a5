# feedback-log: appends feedback to a log, as visit-log does visits; tests/cli/visit-log.t tells what both have.

# Only the manager is needed; the day is today's, `logged` the clock's, in UTC.
$ feedback-log -m wang.li

$ cat feedback.tsv
|e 2026-11-02\twang.li\t\t\t\t\t\t2026-11-02T08:00:00Z\t

# All that can be said. A theme may be a path; a score may have decimals.
$ feedback-log -f all.tsv -m 张敏 -c C042 -d 2026-10-05T09:00 --source survey --theme delivery/late --score 7.5 \
>     --resolved 2026-10-07 --comment "$(printf 'late,\tagain')" && cat all.tsv
| 2026-10-05T09:00	张敏	C042	survey	delivery/late	7.5	2026-10-07	2026-11-02T08:00:00Z	late,\tagain

# ---- where to ----

$ mkdir dir && KPI_DIR=dir feedback-log -m a && KPI_DIR=dir feedback-log -f here.tsv -m b && cut -f 2 \
>     dir/feedback.tsv here.tsv
| a
| b

# ---- scores lie on the scale ----

$ feedback-log -f none.tsv -m a --score 11
! feedback-log: a score outside the scale 0..10: '11'
? 3

$ feedback-log -f none.tsv -m a --score -0.000001
! feedback-log: a score outside the scale 0..10: '-0.000001'
? 3

$ feedback-log -f none.tsv -m a --scale 1..5 --score 0.5
! feedback-log: a score outside the scale 1..5: '0.5'
? 3

# Both ends belong to it; it may lie anywhere.
$ for score in -5 -1.5 20; do feedback-log -f scale.tsv -m a --scale -5..+20.0 --score $score; done; cut -f 6 scale.tsv
| -5
| -1.5
| 20

# ---- lines ----

$ cat >in.tsv <<'E'
> # survey of October
> 2026-10-05	wang.li	C042	survey	delivery/late	9	2026-10-05T23:59	2026-10-06T01:00:00Z	same day: not before its date
> 2026-10-05	wang.li	C042	survey	delivery/late	9	2026-10-04		resolved before
> 2026-10-05	wang.li							no score at all
> 2026-10-05	wang.li				10.5			off the scale
> E
> feedback-log -f none.tsv - <in.tsv
! feedback-log: -:3:7: resolved before its date: '2026-10-04'
? 3

$ feedback-log -k -f some.tsv in.tsv; echo $?; cat some.tsv
| 3
| 2026-10-05	wang.li	C042	survey	delivery/late	9	2026-10-05T23:59	2026-11-02T08:00:00Z	same day: not before its date
| 2026-10-05	wang.li						2026-11-02T08:00:00Z	no score at all
! feedback-log: in.tsv:3:7: resolved before its date: '2026-10-04'
! feedback-log: in.tsv:5:6: a score outside the scale 0..10: '10.5'

$ feedback-log -k --keep-logged --scale 0..11 -f keep.tsv in.tsv 2>/dev/null; cut -f 6,8 keep.tsv
| 9	2026-10-06T01:00:00Z
|e \t
|e 10.5\t

# Feedback on a day to come is not refused: it is not known what the date means there.
$ feedback-log -f future.tsv -m a -d 2026-12-01 && wc -l <future.tsv
| 1

# ---- a torn tail ----

$ printf 'torn' >>here.tsv; feedback-log -f here.tsv -m c && cut -f 2 here.tsv && cat here.tsv.torn
| b
| c
| torn
! feedback-log: here.tsv: an incomplete last line of 4 bytes was moved to here.tsv.torn

# ---- wrong values ----

$ try() { feedback-log -f none.tsv -m a "$@" 2>&1; echo $?; }
> try -d 2026-13-01
> try --score ten
> try --score 1e1
> try --source 'a '
> try --theme '#x'
> try --resolved 2026-11-01
> try --resolved soon
> try --comment "$(printf 'a\001')"
> try -c "$(printf '\377')"
> test -e none.tsv || echo none
| feedback-log: not a date: '2026-13-01'
| 3
| feedback-log: not a number: 'ten'
| 3
| feedback-log: not a number: '1e1'
| 3
| feedback-log: blank at the start or end: 'a '
| 3
| feedback-log: # at the start: '#x'
| 3
| feedback-log: resolved before its date: '2026-11-01'
| 3
| feedback-log: not a date: 'soon'
| 3
| feedback-log: control character: 'a<U+0001>'
| 3
| feedback-log: not UTF-8: '<0xFF>'
| 3
| none

# ---- usage ----

$ feedback-log
! feedback-log: feedback on whom? (-m NAME, or '-' for lines of standard input)
! feedback-log: see 'feedback-log --help'
? 2

$ feedback-log --score 9 in.tsv
! feedback-log: either options that describe feedback, or lines
! feedback-log: see 'feedback-log --help'
? 2

$ for scale in 5..1 1..1 1-5 ..5 1.. x..y; do feedback-log -m a --scale $scale 2>&1 | head -n 1; done
| feedback-log: not a scale LOW..HIGH: '5..1'
| feedback-log: not a scale LOW..HIGH: '1..1'
| feedback-log: not a scale LOW..HIGH: '1-5'
| feedback-log: not a scale LOW..HIGH: '..5'
| feedback-log: not a scale LOW..HIGH: '1..'
| feedback-log: not a scale LOW..HIGH: 'x..y'
