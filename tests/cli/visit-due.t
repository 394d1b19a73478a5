# visit-due: clients whose next visit is due, by the tiers of the scheme. Today is 2026-11-02. The days below are counted
# by hand: 14 days after 10-19 is 11-02; October has 31.
$ cat >scheme.yaml <<'E'
> scheme: s
> metrics: {visits: {weight: 100}}
> tiers: {key: 14, growth: 30}
> E
> cat >clients.tsv <<'E'
> C1	One	wang.li	key		
> C2	Two	wang.li	key		
> C3	张记	wang.li	growth	2026-10-01	
> C4	Four	张敏	key		
> C5	Five	张敏	key		
> C6	Six	张敏	key		2026-10-31
> C7	Seven	张敏	key		
> C8	Eight		key		
> C11	Eleven	wang.li	growth	2026-09-01	2026-10-31
> C11	Eleven	张敏	growth	2026-11-01	
> C12	Twelve	张敏	key		2026-11-05
> E
> cat >visits.tsv <<'E'
> 2026-10-19	wang.li	C1	visit	done	p				
> 2026-10-18T23:30-08:00	wang.li	C2	visit	done	p				the day written counts
> 2026-10-10	wang.li	C2	visit	done	p				
> 2026-10-20	wang.li	C2	visit	missed	p				no visit
> 2026-10-21	wang.li	C2	visit	cancelled	p				no visit
> 2026-10-22	wang.li	C2	visit	planned	p				a plan of a day that has passed
> 2026-10-25	li.wei	C4	call	done	p				by somebody else, on the telephone: the client was seen
> 2026-10-01	张敏	C6	visit	done	p				
> 2026-10-01	张敏	C7	visit	done	p				
> 2026-11-09	张敏	C7	visit	planned	p				
> 2026-11-05	li.wei	C7	visit	planned	p				
> 2026-10-01	wang.li	C8	visit	done	p				
> 2026-10-25	张敏	C12	visit	done	p				
> 2026-11-03	张敏	C5	visit	done	p				after the day looked at
> 2026-10-30	wang.li		visit	done	p				of nobody
> E

# What is due today or over-due, by manager, then day, what is not known first. C1 is due today; C2 yesterday; C3, never
# seen, 30 days after 10-01; C5, never seen, is in the book since ever; C6 ended; C7 is planned; C8 is nobody's; C11 was
# never seen since 09-01, by the owner before neither; C4 and C12 are due on 11-08.
$ visit-due -C clients.tsv -g scheme.yaml -H visits.tsv
|e #client\tmanager\ttier\tlast\tdue\tover\tplanned\tname
|e C8\t\tkey\t2026-10-01\t2026-10-15\t18\t\tEight
|e C3\twang.li\tgrowth\t\t2026-10-31\t2\t\t张记
|e C2\twang.li\tkey\t2026-10-18\t2026-11-01\t1\t\tTwo
|e C1\twang.li\tkey\t2026-10-19\t2026-11-02\t0\t\tOne
|e C5\t张敏\tkey\t\t\t\t\tFive
|e C11\t张敏\tgrowth\t\t2026-10-01\t32\t\tEleven
|e C7\t张敏\tkey\t2026-10-01\t2026-10-15\t18\t2026-11-05\tSeven
? 1

# For people: grouped by manager.
$ visit-due -C clients.tsv -g scheme.yaml -o table visits.tsv
| manager  client  tier    last        due         over  planned     name
| -------  ------  ------  ----------  ----------  ----  ----------  ------
|          C8      key     2026-10-01  2026-10-15    18              Eight
| wang.li  C3      growth              2026-10-31     2              张记
|          C2      key     2026-10-18  2026-11-01     1              Two
|          C1      key     2026-10-19  2026-11-02     0              One
| 张敏     C5      key                                               Five
|          C11     growth              2026-10-01    32              Eleven
|          C7      key     2026-10-01  2026-10-15    18  2026-11-05  Seven
? 1

$ visit-due -C clients.tsv -g scheme.yaml -m wang.li -c C1 -o json visits.tsv
| {"client":"C1","manager":"wang.li","tier":"key","last":"2026-10-19","due":"2026-11-02","over":0,"planned":null,"name":"One"}

# Due today is not over-due, nor is nothing.
$ visit-due -C clients.tsv -g scheme.yaml -c C1 visits.tsv | cut -f 1; echo ${PIPESTATUS[0]}
> visit-due -C clients.tsv -g scheme.yaml -m nobody visits.tsv; echo $?
| C1
| 0
| 0

# --within: what is due in so many days, too; C12 is gone by then. Days over are below 0 then.
$ visit-due -C clients.tsv -g scheme.yaml --within 5 -c C4 -c C12 visits.tsv; echo $?
> visit-due -C clients.tsv -g scheme.yaml --within 6 -c C4 -c C12 visits.tsv; echo $?
| 0
|e C4\t张敏\tkey\t2026-10-25\t2026-11-08\t-6\t\tFour
| 0

# An end on the day when a visit is due is late enough; on that day he can be seen.
$ sed 's/2026-11-05$/2026-11-08/' clients.tsv >later.tsv
> visit-due -C later.tsv -g scheme.yaml --within 1000000 -c C12 visits.tsv
|e C12\t张敏\tkey\t2026-10-25\t2026-11-08\t-6\t\tTwelve

# --unplanned: without those that are planned; they do not make the exit status 1 then.
$ visit-due -C clients.tsv -g scheme.yaml --unplanned -m 张敏 visits.tsv | cut -f 1
> visit-due -C clients.tsv -g scheme.yaml --unplanned -c C7 visits.tsv; echo $?
> visit-due -C clients.tsv -g scheme.yaml -c C7 visits.tsv >/dev/null; echo $?
| C5
| C11
| 0
| 1

# ---- plans ----

# The first one from today on of which nothing has come yet, by whomsoever: a plan is over when as many lines of the same
# manager, client and day say cancelled (or, of today, done or missed) as say planned.
$ plan() { visit-due -C clients.tsv -g scheme.yaml -c C7 - | cut -f 4,7 | tr '\t' ' '; }
> line() { while [ $# -gt 0 ]; do printf '2026-%s\t%s\tC7\tvisit\t%s\tp\t\t\t\t\n' "$1" "$2" "$3"; shift 3; done; }
> line 10-01 a done 11-02 a planned | plan
> line 10-01 a done 11-01 a planned | plan
> line 10-01 a done 11-05 a planned 11-05 a cancelled | plan
> line 10-01 a done 11-05 a cancelled 11-05 a planned 11-05 a planned | plan
> line 10-01 a done 11-05 a planned 11-05 b cancelled | plan
> line 10-01 a done 11-05 a planned 11-05 a cancelled 11-09 a planned | plan
> line 10-01 a done 11-02 a planned 11-02 a missed | plan
> line 10-01 a done 11-05 a planned 11-05 a missed | plan
| 2026-10-01 2026-11-02
| 2026-10-01 
| 2026-10-01 
| 2026-10-01 2026-11-05
| 2026-10-01 2026-11-05
| 2026-10-01 2026-11-09
| 2026-10-01 
| 2026-10-01 2026-11-05

# Seen today as planned: due again in 14 days.
$ printf '2026-11-02\ta\tC7\tvisit\t%s\tp\t\t\t\t\n' planned done | visit-due -C clients.tsv -g scheme.yaml --within 14 -c C7
|e C7\t张敏\tkey\t2026-11-02\t2026-11-16\t-14\t\tSeven

# ---- filters ----

# --kind: only such lines are visits, or plans.
$ visit-due -C clients.tsv -g scheme.yaml --kind visit -c C4 visits.tsv
> visit-due -C clients.tsv -g scheme.yaml --kind video,call -c C4 --within 6 visits.tsv
|e C4\t张敏\tkey\t\t\t\t\tFour
|e C4\t张敏\tkey\t2026-10-25\t2026-11-08\t-6\t\tFour

# --as-of: another day, and as things were known then: what was logged after it in UTC, and what is dated after it, is
# left out; clients are whose they were on it.
$ cat >logged.tsv <<'E'
> 2026-10-05	a	C7	visit	done	p			2026-10-05T10:00:00Z	
> 2026-10-09	a	C7	visit	done	p			2026-10-21T07:00:00+08:00	the 20th in UTC
> 2026-10-12	a	C7	visit	done	p			2026-10-21T00:00:00Z	
> 2026-10-14	a	C7	visit	done	p				never logged
> E
> for day in 2026-10-12 2026-10-13 2026-10-19 2026-10-20 2026-10-30
> do visit-due -C clients.tsv -g scheme.yaml -c C7 --within 99 --as-of $day logged.tsv | cut -f 4-6; done
> visit-due -C clients.tsv -g scheme.yaml -c C11 --as-of 2026-10-31 logged.tsv
> visit-due -C clients.tsv -g scheme.yaml -c C11 --as-of 2026-08-31 --within 99 logged.tsv
| 2026-10-05	2026-10-19	-7
| 2026-10-05	2026-10-19	-6
| 2026-10-14	2026-10-28	-9
| 2026-10-14	2026-10-28	-8
| 2026-10-14	2026-10-28	2
|e C11\twang.li\tgrowth\t\t2026-10-01\t30\t\tEleven
? 0

$ for day in 2026-10-20 2026-10-21; do sed '$d' logged.tsv |
> visit-due -C clients.tsv -g scheme.yaml -c C7 --within 99 --as-of $day | cut -f 4-6; done
| 2026-10-09	2026-10-23	-3
| 2026-10-12	2026-10-26	-5

# Who was away for a while counts from his return when he was never seen.
$ printf 'X\t\ta\tkey\t2026-01-01\t2026-03-31\nX\t\ta\tkey\t2026-10-12\t\nY\t\ta\tkey\t\t2026-10-11\nY\t\ta\tkey\t2026-10-12\t\n' >back.tsv
> visit-due -C back.tsv -g scheme.yaml </dev/null
|e Y\ta\tkey\t\t\t\t\t
|e X\ta\tkey\t\t2026-10-26\t7\t\t
? 1

# ---- what cannot be told is said ----

$ cat >odd.tsv <<'E'
> C1	One	wang.li	key	2026-10-01	
> C9	Nine	张敏			
> C10	Ten	张敏	kye		
> C13	Thirteen	张敏	kye		
> C14	gone	张敏	kye		2026-10-01
> C15	Fifteen	张敏	ordinary		
> E
> visit-due -C odd.tsv -g scheme.yaml visits.tsv
|e C1\twang.li\tkey\t2026-10-19\t2026-11-02\t0\t\tOne
! visit-due: odd.tsv:3: 2 clients left out, as the scheme has no tier 'kye'; the nearest known one is 'key'
! visit-due: odd.tsv:6: 1 client left out, as the scheme has no tier 'ordinary'
! visit-due: odd.tsv:2: 1 client without a tier left out, the first is 'C9'
! visit-due: visits.tsv:2: 13 lines of clients that are not in the book, the first is 'C2'; the nearest known one is 'C1'

# Only of what was asked for; with --strict it is an error, and nothing is printed.
$ visit-due -C odd.tsv -g scheme.yaml -c C1 visits.tsv
> visit-due -C odd.tsv -g scheme.yaml -m wang.li </dev/null
> visit-due -C odd.tsv -g scheme.yaml --strict -m 张敏 </dev/null
|e C1\twang.li\tkey\t2026-10-19\t2026-11-02\t0\t\tOne
|e C1\twang.li\tkey\t\t2026-10-15\t18\t\tOne
! visit-due: odd.tsv:3: 2 clients left out, as the scheme has no tier 'kye'; the nearest known one is 'key'
? 3

# The scheme is that of the day; one without tiers is of no use.
$ printf -- '---\nscheme: %s\nperiod: %s\nmetrics: {v: {weight: 100}}\ntiers: {key: %d}\n' old 2026-H1 7 new 2026-H2 3 >two.yaml
> visit-due -C clients.tsv -g two.yaml -c C1 visits.tsv
> visit-due -C clients.tsv -g two.yaml -c C1 --as-of 2027-01-01 visits.tsv
|e C1\twang.li\tkey\t2026-10-19\t2026-10-22\t11\t\tOne
! visit-due: no scheme holds for 2027-01-01
? 3

$ sed '/tiers/d' scheme.yaml >none.yaml; visit-due -C clients.tsv -g none.yaml visits.tsv
! visit-due: none.yaml:1:1: scheme 's' has no tiers
? 3

# ---- input ----

# The order of lines, CR LF and a BOM change nothing, nor do files.
$ visit-due -C clients.tsv -g scheme.yaml visits.tsv >want; sort -R visits.tsv | sed 's/$/\r/' |
> cat <(printf '\357\273\277') - | visit-due -C clients.tsv -g scheme.yaml | cmp - want
> split -l 4 visits.tsv part. && visit-due -C clients.tsv -g scheme.yaml part.a[bcd] - <part.aa | cmp - want

$ sed '3s/done/dne/' visits.tsv | visit-due -C clients.tsv -g scheme.yaml -c C2
! visit-due: -:3:5: not planned, done, missed or cancelled: 'dne'
? 3

$ sed '3s/done/dne/' visits.tsv | visit-due -k -C clients.tsv -g scheme.yaml -c C2
|e C2\twang.li\tkey\t2026-10-18\t2026-11-01\t1\t\tTwo
! visit-due: -:3:5: not planned, done, missed or cancelled: 'dne'
? 3

# ---- usage ----

$ try() { visit-due "$@" 2>&1 </dev/null; echo $?; }
> try -g scheme.yaml
> try -C clients.tsv
> try -C clients.tsv -g scheme.yaml --within -1
> try -C clients.tsv -g scheme.yaml --as-of 2026-W40
> try -C - -g scheme.yaml -
> try -C missing.tsv -g scheme.yaml
> try -C clients.tsv -g scheme.yaml -p 2026-10 | tail -n 1
| visit-due: whose clients? (-C CLIENTS, the book)
| visit-due: see 'visit-due --help'
| 2
| visit-due: how often? (-g SCHEME, with tiers)
| visit-due: see 'visit-due --help'
| 2
| visit-due: not a whole number from 0 on: '-1'
| visit-due: see 'visit-due --help'
| 2
| visit-due: not a date: '2026-W40'
| visit-due: see 'visit-due --help'
| 2
| visit-due: standard input ('-') can be read once only
| visit-due: see 'visit-due --help'
| 2
| visit-due: missing.tsv: open: No such file or directory
| 4
| 2

$ visit-due -C clients.tsv -g scheme.yaml visits.tsv >/dev/full
! visit-due: standard output: write: No space left on device
? 4
