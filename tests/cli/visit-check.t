# visit-check: what in logs of visits cannot be so, or should not be. Today is 2026-11-02.
# v LINE...: a log of lines DATE MANAGER CLIENT STATUS PURPOSE OUTCOME MINUTES LOGGED, - for an empty field.
$ cat >v <<'E'
> #!/bin/bash
> for line; do set -- $line; for i in 1 2 3 4 5 6 7 8; do f[i]=${!i}; [ "${f[i]}" != - ] || f[i]=; done
> printf '%s\t%s\t%s\tvisit\t%s\t%s\t%s\t%s\t%s\t\n' "${f[@]}"; done
> E
> chmod +x v; ./v '2026-10-05T10:00 a C1 done p o 30 2026-10-05T12:00:00Z' >good.tsv; cat good.tsv; visit-check -H good.tsv
> visit-check </dev/null
|e 2026-10-05T10:00\ta\tC1\tvisit\tdone\tp\to\t30\t2026-10-05T12:00:00Z\t
|e #line\trule\tdate\tmanager\tclient\tfinding\tbeside

# ---- overlap ----

# Times and minutes of one manager: the second begins before the first has ended. One that begins when the other ends
# does not, nor one of another manager, nor what was not done, nor without a time, nor without minutes, nor of 0.
$ ./v '2026-10-05T10:00 a C1 done p o 30 -' '2026-10-05T10:29 a C2 done p o 5 -' '2026-10-05T10:34 a C3 done p o 5 -' \
>     '2026-10-05T10:10 b C4 done p o 30 -' '2026-10-05T10:10 a C5 planned p o 30 -' '2026-10-05 a C6 done p o 30 -' \
>     '2026-10-05T10:10 a C7 done p o - -' '2026-10-05T10:10 a C8 done p o 0 -' >log.tsv; visit-check --rules overlap log.tsv
|e log.tsv:2\toverlap\t2026-10-05\ta\tC2\tat 10:29 for 5 min, and at 10:00 for 30 min\tlog.tsv:1
? 1

$ sed '1s/\t30\t/\t29\t/' log.tsv | visit-check --rules overlap -

# It is told of the one that begins later, wherever it stands; of several others the one that ends last is named.
$ ./v '2026-10-05T11:00 a C1 done p o 5 -' '2026-10-05T10:50 a C2 done p o 11 -' '2026-10-05T10:00 a C3 done p o 90 -' |
>     visit-check --rules overlap -
|e -:1\toverlap\t2026-10-05\ta\tC1\tat 11:00 for 5 min, and at 10:00 for 90 min\t-:3
|e -:2\toverlap\t2026-10-05\ta\tC2\tat 10:50 for 11 min, and at 10:00 for 90 min\t-:3
? 1

# Past midnight, and to the second.
$ ./v '2026-10-05T23:30 a C1 done p o 60 -' '2026-10-06T00:29:59 a C2 done p o 5 -' '2026-10-06T00:35 a C2 done p o 5 -' |
>     visit-check --rules overlap -
|e -:2\toverlap\t2026-10-06\ta\tC2\tat 00:29:59 for 5 min, and at 2026-10-05 23:30 for 60 min\t-:1
? 1

# Two with zones are compared as instants: 10:00+08:00 is 02:00Z, so that 10:10Z is eight hours later, and 03:50+01:30
# within. One without a zone is compared as written, with both kinds.
$ ./v '2026-10-05T10:00+08:00 a C1 done p o 30 -' '2026-10-05T10:10Z a C2 done p o 30 -' \
>     '2026-10-05T03:50+01:30 a C3 done p o 9 -' '2026-10-05T10:35 a C4 done p o 9 -' '2026-10-04T16:29-09:30 b C1 done p o 2 -' \
>     '2026-10-05T02:00:30Z b C2 done p o 2 -' | visit-check --rules overlap -
|e -:3\toverlap\t2026-10-05\ta\tC3\tat 03:50+01:30 for 9 min, and at 10:00+08:00 for 30 min\t-:1
|e -:4\toverlap\t2026-10-05\ta\tC4\tat 10:35 for 9 min, and at 10:10Z for 30 min\t-:2
|e -:6\toverlap\t2026-10-05\tb\tC2\tat 02:00:30Z for 2 min, and at 2026-10-04 16:29-09:30 for 2 min\t-:5
? 1

# ---- twice ----

# The same client once more on a day, by the same manager, done; as written. Not by another, on another day, or no client.
$ ./v '2026-10-05 a C1 done p o - -' '2026-10-05 b C1 done p o - -' '2026-10-06 a C1 done p o - -' \
>     '2026-10-05 a C2 done p o - -' '2026-10-05 a C1 missed p o - -' '2026-10-05 a - done p o - -' \
>     '2026-10-05 a - done p o - -' >log.tsv; visit-check --rules twice log.tsv
> ./v '2026-10-05T23:00-05:00 a C1 done p o - -' '2026-10-05 a C1 done p o - -' | visit-check --rules twice log.tsv -
|e -:1\ttwice\t2026-10-05\ta\tC1\t'C1' once more on this day\tlog.tsv:1
|e -:2\ttwice\t2026-10-05\ta\tC1\t'C1' once more on this day\tlog.tsv:1
? 1

# ---- hours ----

# More than 24 of them in a day: 1441 minutes, not 1440; of one manager, done. The first line of the day, and the others.
$ ./v '2026-10-05 a C1 done p o 700 -' '2026-10-06 a C1 done p o 600 -' '2026-10-05 b C1 done p o 999 -' \
>     '2026-10-05 a C2 done p o 740 -' '2026-10-05 a C3 done p o - -' '2026-10-05 a C3 missed p o 9 -' >log.tsv
> visit-check --rules hours log.tsv; ./v '2026-10-05 a C9 done p o 1 -' | visit-check --rules hours log.tsv -
|e log.tsv:1\thours\t2026-10-05\ta\tC1\t1441 minutes in a day\tlog.tsv:4-5, -:1
? 1

# ---- late ----

# Logged more than 3 days later in UTC, or as asked for; done only; what has no time of writing is not late.
$ ./v '2026-10-05 a C1 done p o - 2026-10-08T23:59:59Z' '2026-10-05 a C2 done p o - 2026-10-08T23:59:59-00:01' \
>     '2026-10-05 a C3 planned p o - 2026-10-30T00:00:00Z' '2026-10-05 a C4 done p o - -' \
>     '2026-10-05 a C5 done p o - 2026-10-09' >log.tsv
> visit-check --rules late log.tsv; visit-check --rules late --late-after 4 log.tsv; echo $?
> visit-check --rules late --late-after 2 log.tsv | cut -f 5
|e log.tsv:2\tlate\t2026-10-05\ta\tC2\tlogged 4 days later\t
|e log.tsv:5\tlate\t2026-10-05\ta\tC5\tlogged 4 days later\t
| 0
| C1
| C2
| C5

# ---- batch ----

# So many visits of one manager within a minute, done. Four are not five; five from :00 to :60 are, not to :61.
$ for last in 01:00 01:01; do
>     ./v '2026-10-05 a C1 done p o - 2026-10-05T18:00:00Z' '2026-10-05 a C2 done p o - 2026-10-05T18:00:00Z' \
>         '2026-10-05 b C3 done p o - 2026-10-05T18:00:00Z' '2026-10-05 a C4 done p o - 2026-10-05T20:00:59+02:00' \
>         '2026-10-05 a C5 done p o - 2026-10-05T18:00:59Z' '2026-10-09 a C6 planned p o - 2026-10-05T18:00:59Z' \
>         '2026-10-05 a C7 done p o - 2026-10-05' "2026-10-05 a C8 done p o - 2026-10-05T18:${last}Z" >log.tsv
>     visit-check --rules batch log.tsv; done; visit-check --rules batch --batch 4 log.tsv
|e log.tsv:1\tbatch\t2026-10-05\ta\tC1\t5 visits logged within a minute\tlog.tsv:2, log.tsv:4-5, log.tsv:8
|e log.tsv:1\tbatch\t2026-10-05\ta\tC1\t4 visits logged within a minute\tlog.tsv:2, log.tsv:4-5
? 1

# One that does not belong to those before it may begin the next; what is in a batch is in no other.
$ for s in 00 50 55 56 57 58 59; do ./v "2026-10-05 a C done p o - 2026-10-05T18:00:${s}Z"; done >log.tsv
> ./v '2026-10-05 a C done p o - 2026-10-05T18:01:50Z' | visit-check --rules batch --batch 7 log.tsv -
> ./v '2026-10-05 a C done p o - 2026-10-05T18:01:50Z' | sed 1d log.tsv - | visit-check --rules batch --batch 7 -
|e log.tsv:1\tbatch\t2026-10-05\ta\tC\t7 visits logged within a minute\tlog.tsv:2-7
|e -:1\tbatch\t2026-10-05\ta\tC\t7 visits logged within a minute\t-:2-7
? 1

# ---- future ----

# Done after today; or after it was logged, wherever on earth: where the day begins first it does so at 10:00Z of the day
# before; with a zone it is an instant.
$ ./v '2026-11-03 a C1 done p o - -' '2026-11-02 a C2 done p o - -' '2026-12-01 a C3 planned p o - -' \
>     '2026-10-06 a C4 done p o - 2026-10-05T09:59:59Z' '2026-10-06 a C5 done p o - 2026-10-05T10:00:00Z' \
>     '2026-10-05T08:01+08:00 a C6 done p o - 2026-10-05T00:00:00Z' '2026-10-05T08:00+08:00 a C7 done p o - 2026-10-05T00:00:00Z' \
>     '2026-10-05T14:01 a C8 done p o - 2026-10-05T00:00:00Z' '2026-10-05T14:00 a C9 done p o - 2026-10-05T00:00:00Z' \
>     '2026-10-06T13:59 a C10 done p o - 2026-10-05' '2026-10-06T14:00 a C11 done p o - 2026-10-05' >log.tsv
> visit-check --rules future log.tsv
|e log.tsv:1\tfuture\t2026-11-03\ta\tC1\tdone after 2026-11-02\t
|e log.tsv:4\tfuture\t2026-10-06\ta\tC4\tdone after 2026-10-05T09:59:59Z, when it was logged\t
|e log.tsv:6\tfuture\t2026-10-05\ta\tC6\tdone at 08:01+08:00, after 2026-10-05T00:00:00Z, when it was logged\t
|e log.tsv:8\tfuture\t2026-10-05\ta\tC8\tdone at 14:01, after 2026-10-05T00:00:00Z, when it was logged\t
|e log.tsv:11\tfuture\t2026-10-06\ta\tC11\tdone at 14:00, after 2026-10-05, when it was logged\t
? 1

# Today may be another day, here or by --as-of, which leaves out what was logged after it.
$ TZ='<+17>-17' visit-check --rules future log.tsv | cut -f 5 | paste -sd ' '
> visit-check --rules future --as-of 2026-10-05 log.tsv | cut -f 5 | paste -sd ' '
| C4 C6 C8 C11
| C1 C2 C4 C5 C6 C8 C10 C11

# ---- purpose, outcome ----

$ ./v '2026-10-05 a C1 done - o - -' '2026-12-05 a C2 planned - - - -' '2026-10-05 a C3 missed - - - -' \
>     '2026-10-05 a C4 cancelled - - - -' '2026-10-05 a C5 done p - - -' '2026-12-05 a C6 planned p - - -' >log.tsv
> visit-check --rules purpose log.tsv; visit-check --rules outcome log.tsv
|e log.tsv:1\tpurpose\t2026-10-05\ta\tC1\tdone without a purpose\t
|e log.tsv:2\tpurpose\t2026-12-05\ta\tC2\tplanned without a purpose\t
|e log.tsv:5\toutcome\t2026-10-05\ta\tC5\tdone without an outcome\t
? 1

# Blanks say nothing.
$ printf '2026-10-05\ta\tC1\tvisit\tdone\t \t\\n \t30\t\t\n' | visit-check --rules purpose,outcome - | cut -f 1,2
|e -:1\tpurpose
|e -:1\toutcome

# ---- silent ----

# A plan whose day has passed, and no line of the same manager and client since says that it was done, missed or cancelled.
$ ./v '2026-10-05 a C1 planned p - - -' '2026-10-05 a C2 planned p - - -' '2026-10-05 a C3 planned p - - -' \
>     '2026-10-05 a C4 planned p - - -' '2026-10-05 a C5 planned p - - -' '2026-11-01 a C6 planned p - - -' \
>     '2026-11-02 a C7 planned p - - -' '2026-10-05 a C8 planned p - - -' '2026-10-05 a C9 planned p - - -' \
>     '2026-10-05 a C1 done p o - -' '2026-10-20 a C2 missed - - - -' '2026-10-06 a C3 cancelled - - - -' \
>     '2026-10-04 a C4 done p o - -' '2026-10-06 b C5 done p o - -' '2026-10-06 a C8 planned p - - -' \
>     '2026-10-05 a - planned p - - -' '2026-10-07 a - done p o - -' >log.tsv; visit-check --rules silent log.tsv
|e log.tsv:4\tsilent\t2026-10-05\ta\tC4\tplanned, and nothing done, missed or cancelled since\t
|e log.tsv:5\tsilent\t2026-10-05\ta\tC5\tplanned, and nothing done, missed or cancelled since\t
|e log.tsv:6\tsilent\t2026-11-01\ta\tC6\tplanned, and nothing done, missed or cancelled since\t
|e log.tsv:8\tsilent\t2026-10-05\ta\tC8\tplanned, and nothing done, missed or cancelled since\t
|e log.tsv:9\tsilent\t2026-10-05\ta\tC9\tplanned, and nothing done, missed or cancelled since\t
|e log.tsv:15\tsilent\t2026-10-06\ta\tC8\tplanned, and nothing done, missed or cancelled since\t
? 1

$ visit-check --rules silent --as-of 2026-11-01 log.tsv | cut -f 5 | paste -sd ' '
> visit-check --rules silent --as-of 2026-10-05 log.tsv; echo $?
| C4 C5 C8 C9 C8
| 0

# ---- client, manager, owner ----

# With the books: unknown names, with the nearest known one; managers who were not there on that day; visits done to
# clients of somebody else on that day. Without the books these rules do not apply.
$ cat >clients.tsv <<'E'
> C006	Six	a	key		2026-10-14
> C006	Six	b	key	2026-10-15	
> 华东	East		key		
> E
> cat >managers.tsv <<'E'
> a	A	east	junior	2026-10-01	
> b	B	east	junior		2026-10-20
> E
> ./v '2026-10-05 a C0O6 done p o - -' '2026-10-05 a C006 done p o - -' '2026-10-05 a 华东 done p o - -' \
>     '2026-10-05 a - done p o - -' '2026-09-30 a C006 done p o - -' '2026-10-21 b C006 planned p - - -' \
>     '2026-10-14 b C006 done p o - -' '2026-10-15 b C006 done p o - -' '2026-10-15 a C006 done p o - -' \
>     '2026-10-15 a C006 cancelled p o - -' '2026-10-15 zz 北 missed p o - -' '2026-10-15 ab 华东 missed p o - -' >log.tsv
> visit-check -C clients.tsv -M managers.tsv --without silent,twice log.tsv; visit-check --without silent,twice log.tsv
|e log.tsv:1\tclient\t2026-10-05\ta\tC0O6\tunknown client 'C0O6'; the nearest known one is 'C006'\t
|e log.tsv:5\tmanager\t2026-09-30\ta\tC006\t'a' was not there on that day\t
|e log.tsv:6\tmanager\t2026-10-21\tb\tC006\t'b' was not there on that day\t
|e log.tsv:7\towner\t2026-10-14\tb\tC006\ta client of 'a'\t
|e log.tsv:9\towner\t2026-10-15\ta\tC006\ta client of 'b'\t
|e log.tsv:11\tclient\t2026-10-15\tzz\t北\tunknown client '北'\t
|e log.tsv:11\tmanager\t2026-10-15\tzz\t北\tunknown manager 'zz'\t
|e log.tsv:12\tmanager\t2026-10-15\tab\t华东\tunknown manager 'ab'; the nearest known one is 'a'\t
? 0

# ---- which findings ----

# Rules by name, in any order; findings are told by file, line and rule.
$ ./v '2026-10-05 a C1 done - - - -' '2026-10-05 b C2 done - - - -' '2026-10-12 a C2 done - - - -' >two.tsv
> visit-check two.tsv good.tsv two.tsv | cut -f 1,2
> visit-check --rules outcome,purpose,outcome --without purpose two.tsv | cut -f 1,2
> visit-check --without outcome,twice two.tsv | cut -f 1,2
| two.tsv:1	purpose
| two.tsv:1	outcome
| two.tsv:2	purpose
| two.tsv:2	outcome
| two.tsv:3	purpose
| two.tsv:3	outcome
| good.tsv:1	twice
| two.tsv:1	twice
| two.tsv:1	purpose
| two.tsv:1	outcome
| two.tsv:2	twice
| two.tsv:2	purpose
| two.tsv:2	outcome
| two.tsv:3	twice
| two.tsv:3	purpose
| two.tsv:3	outcome
| two.tsv:1	outcome
| two.tsv:2	outcome
| two.tsv:3	outcome
| two.tsv:1	purpose
| two.tsv:2	purpose
| two.tsv:3	purpose

# -m and --kind: among these visits only. -p and -c: findings of such visits, whatever they rest on.
$ visit-check --rules purpose -m a two.tsv | cut -f 1; visit-check --rules purpose -c C2 -p 2026-W41 two.tsv | cut -f 1
> visit-check --rules purpose --kind call two.tsv; echo $?
> ./v '2026-09-30T23:30 a C1 done p o 60 -' '2026-10-01T00:15 a C2 done p o 60 -' >log.tsv
> visit-check --rules overlap -c C2 -p 2026-10 log.tsv | cut -f 1,7
> visit-check --rules overlap -c C1 log.tsv; echo $?; visit-check --rules overlap -p 2026-09 log.tsv; echo $?
| two.tsv:1
| two.tsv:3
| two.tsv:2
| 0
| log.tsv:2	log.tsv:1
| 0
| 0

# A finding of many visits is one of the first of them, which -p and -c decide on.
$ ./v '2026-10-05 a C1 done p o 900 -' '2026-10-05 a C2 done p o 900 -' >log.tsv
> visit-check -c C1 log.tsv | cut -f 1,2,7; visit-check -c C2 log.tsv; echo $?
| log.tsv:1	hours	log.tsv:2
| 0

# ---- output ----

$ visit-check --rules overlap,hours -o csv log.tsv; visit-check --rules hours -o json log.tsv
| line,rule,date,manager,client,finding,beside
| log.tsv:1,hours,2026-10-05,a,C1,1800 minutes in a day,log.tsv:2
| {"line":"log.tsv:1","rule":"hours","date":"2026-10-05","manager":"a","client":"C1","finding":"1800 minutes in a day","beside":"log.tsv:2"}
? 1

$ cp log.tsv 'a\b.tsv'; visit-check --rules hours 'a\b.tsv'; visit-check --rules hours -o table 'a\b.tsv'
|e a\\\\b.tsv:1\thours\t2026-10-05\ta\tC1\t1800 minutes in a day\ta\\\\b.tsv:2
| line        rule   date        manager  client  finding                beside
| ----------  -----  ----------  -------  ------  ---------------------  ----------
| a\\b.tsv:1  hours  2026-10-05  a        C1      1800 minutes in a day  a\\b.tsv:2
? 1

# A name with a backslash, and a right-to-left mark; the largest number of minutes.
$ printf '2026-10-05T00:00\ta\tC\\\\\342\200\256\tvisit\tdone\tp\to\t%s\t\t\n' 999999999999999 1 |
> visit-check --rules twice,hours,overlap -
|e -:1\thours\t2026-10-05\ta\tC\\\\\342\200\256\t1000000000000000 minutes in a day\t-:2
|e -:2\toverlap\t2026-10-05\ta\tC\\\\\342\200\256\tat 00:00 for 1 min, and at 00:00 for 999999999999999 min\t-:1
|e -:2\ttwice\t2026-10-05\ta\tC\\\\\342\200\256\t'C\\\\<U+202E>' once more on this day\t-:1
? 1

# ---- input ----

$ printf '\357\273\277# x\n\n' | cat - two.tsv | sed 's/$/\r/' | visit-check --rules purpose -p 2026-10-12 -
|e -:5\tpurpose\t2026-10-12\ta\tC2\tdone without a purpose\t
? 1

$ sed '2s/done/dne/' two.tsv >bad.tsv; visit-check bad.tsv
! visit-check: bad.tsv:2:5: not planned, done, missed or cancelled: 'dne'
? 3

$ visit-check --rules purpose -k bad.tsv
|e bad.tsv:1\tpurpose\t2026-10-05\ta\tC1\tdone without a purpose\t
|e bad.tsv:3\tpurpose\t2026-10-12\ta\tC2\tdone without a purpose\t
! visit-check: bad.tsv:2:5: not planned, done, missed or cancelled: 'dne'
? 3

$ visit-check two.tsv >/dev/full
! visit-check: standard output: write: No space left on device
? 4

# ---- usage ----

$ try() { visit-check "$@" 2>&1 </dev/null; echo $?; }
> try --rules lies
> try --rules ''
> try --rules late,
> try --without Late
> try --rules client
> try --rules owner -M managers.tsv
> try --rules manager -C clients.tsv
> try --rules late --without late
> try --batch 1
> try --late-after x
> try -p October
> try - -
> try missing.tsv
| visit-check: no such rule: 'lies'
| 2
| visit-check: no such rule: ''
| 2
| visit-check: no such rule: ''
| 2
| visit-check: no such rule: 'Late'
| 2
| visit-check: rule 'client' needs a book of clients (-C)
| 2
| visit-check: rule 'owner' needs a book of clients (-C)
| 2
| visit-check: rule 'manager' needs a book of managers (-M)
| 2
| visit-check: no rule is left
| 2
| visit-check: not a whole number from 2 on: '1'
| visit-check: see 'visit-check --help'
| 2
| visit-check: not a whole number from 0 on: 'x'
| visit-check: see 'visit-check --help'
| 2
| visit-check: not a period: 'October'
| visit-check: see 'visit-check --help'
| 2
| visit-check: standard input ('-') can be read once only
| visit-check: see 'visit-check --help'
| 2
| visit-check: missing.tsv: open: No such file or directory
| 4

# What needs a book that is not there may be left out by name nevertheless.
$ visit-check --without client,owner,manager good.tsv
