# kpi-grep: the KPI lines of a period and of fields, as they are.

# line DATE MANAGER CLIENT SCORE COMMENT: a feedback line.
$ line() { printf '%s\t%s\t%s\tsurvey\tprice\t%s\t\t\t%s\n' "$@"; }
> { echo '# feedback'; echo
>   line 2026-09-30 wang.li C1 9 ''; line 2026-10-01 wang.li C1 3 'two\tdays'; line 2026-10-01T23:59 张敏 '' '' 很好
>   line 2026-10-31T09:00:00+08:00 li.wei C2 010 =1+1; line 2026-11-01 张敏 C1 -1.50 ''
> } >f.tsv
> cat -A f.tsv | cut -c 1-40 | head -n 4
| # feedback$
| $
| 2026-09-30^Iwang.li^IC1^Isurvey^Iprice^I
| 2026-10-01^Iwang.li^IC1^Isurvey^Iprice^I

# ---- what passes ----

# Without a filter: all lines, in their order, without comments and blank lines.
$ kpi-grep f.tsv | cmp - <(tail -n +3 f.tsv) && kpi-grep -r feedback f.tsv | cmp - <(tail -n +3 f.tsv)

# The day written is the day that counts; both ends are inside.
$ for r in '' '-r feedback' --sorted; do kpi-grep $r -p 2026-10 f.tsv | cut -f 1,2 | tr '\n' ' '; echo; done
| 2026-10-01	wang.li 2026-10-01T23:59	张敏 2026-10-31T09:00:00+08:00	li.wei 
| 2026-10-01	wang.li 2026-10-01T23:59	张敏 2026-10-31T09:00:00+08:00	li.wei 
| 2026-10-01	wang.li 2026-10-01T23:59	张敏 2026-10-31T09:00:00+08:00	li.wei 

$ for p in 2026-10-31 2026-10-02..2026-10-31 2026-W40 last-month today this-week; do
>     echo $p: $(kpi-grep -p $p f.tsv | cut -f 1); done
| 2026-10-31: 2026-10-31T09:00:00+08:00
| 2026-10-02..2026-10-31: 2026-10-31T09:00:00+08:00
| 2026-W40: 2026-09-30 2026-10-01 2026-10-01T23:59
| last-month: 2026-10-01 2026-10-01T23:59 2026-10-31T09:00:00+08:00
| today:
| this-week:

# Several of one field: any of them. Several fields: all.
$ kpi-grep -m 张敏 -m li.wei f.tsv | cut -f 1,2; echo; kpi-grep -r feedback -m 张敏 -m wang.li -c C1 -p 2026-10 f.tsv | cut -f 1
| 2026-10-01T23:59	张敏
| 2026-10-31T09:00:00+08:00	li.wei
| 2026-11-01	张敏
| 
| 2026-10-01

# Without -r -m is the second field; lines that have none do not pass.
$ printf 'a\nb\tx\nx\tb\n' | kpi-grep -m x; printf 'x\n' | kpi-grep -m x
| b	x
? 1

# -w takes the field as the line has it; FIELD= is the empty one. -m and -w of the manager are one.
$ g() { kpi-grep -r feedback "$@" f.tsv | cut -f 1; }
> g -w 'comment=two\tdays'; g -w client=; g -w score=010; g -w comment==1+1; g -w score=3 -w score=-1.50 -m wang.li
> g -m 张敏 -w manager=li.wei -w client= -w client=C2
| 2026-10-01
| 2026-10-01T23:59
| 2026-10-31T09:00:00+08:00
| 2026-10-31T09:00:00+08:00
| 2026-10-01
| 2026-10-01T23:59
| 2026-10-31T09:00:00+08:00

# Just that: neither parts, nor other ways to write a number, nor other letters.
$ for w in score=10 manager=wang manager=wang.lii manager=Wang.li theme=pric date=2026-10-01T23 comment=很 client=C; do
>     kpi-grep -r feedback -w $w f.tsv; echo $?; done | sort | uniq -c | tr -s ' '
|  8 1

# Names of all lengths around those that are compared at once; more than one name; a backslash in a name.
$ names() { for n in 1 7 8 9 15 16 17 64 300; do printf "%0${n}d\n" 0; done; }
> for n in $(names); do printf '2026\t%s\tm\t1\n2026\t%s1\tm\t1\n2026\t1%s\tm\t1\n' $n $n ${n#0}; done >names
> for n in $(names); do kpi-grep -r measure -m $n names | awk -F '\t' -v n=$n '$2 "" != n'; done
> kpi-grep -r measure $(names | sed 's/^/-m /') names | wc -l; kpi-grep $(names | sed 's/^/-m /') names | wc -l
> printf '2026\ta\\\\b\tm\t1\n' | kpi-grep -m 'a\b' -w 'manager=a\\b' -r measure
| 9
| 9
| 2026	a\\b	m	1

# ---- every record ----

$ printf '2026-10-05\ta\tC1\tvisit\tdone\tp\to\t30\t\tn\n' >visit; printf '2026-10-05\ta\t\t\t\t\t\t\t\n' >feedback
> printf '2026-10\ta\tm\t1\n' >measure; printf '2026-10\ta\tm\t\t1\t\n' >goal; printf '2026-10\ta\t1\tA\t1\n' >score
> printf '2026-10\ta\tm\t1\t1\t1\t1\t1\t1\n' >detail; printf 'C1\tOne\ta\tkey\t\t\n' >client
> printf 'a\tA\teast\t\t2026-01-01\t\n' >manager
> for r in visit feedback measure goal score detail client manager; do
>     kpi-grep -r $r -m a $r | cmp - $r; for o in $r visit measure; do kpi-grep -r $r $o >out 2>&1; echo $?; done | tr '\n' ' '
> done; echo
| 0 0 3 0 3 3 0 3 0 0 3 3 0 3 3 0 3 3 0 3 3 0 3 3 

$ for r in visit feedback measure goal score detail; do kpi-grep -r $r -p 2026 $r | cmp - $r; kpi-grep -r $r -p 2027 $r; echo $?; done
| 1
| 1
| 1
| 1
| 1
| 1

$ kpi-grep -r client -c C1 client; kpi-grep -r visit -c C1 -w status=done -w minutes=30 visit | cut -f 1
> kpi-grep -r manager -w team=east -w 'left=' manager
| C1	One	a	key		
| 2026-10-05
| a	A	east		2026-01-01	

# Periods lie inside as a whole. The fields that a book has beyond its own come along, but only as lines.
$ printf '%s\ta\tm\t1\n' 2026 2026-H2 2026-Q4 2026-10 2026-W40 2026-W41 2026-10-31 2026-10-31..2026-11-01 >periods
> for r in '' '-r measure'; do kpi-grep $r -p 2026-10 periods | cut -f 1 | tr '\n' ' '; kpi-grep $r -p 2026-Q4 periods | wc -l; done
> printf 'a\tA\teast\t\t\t\textra\t\tmore\n' >more; kpi-grep -r manager -m a more; kpi-grep -r manager -m a -o csv more
| 2026-10 2026-W41 2026-10-31 5
| 2026-10 2026-W41 2026-10-31 5
| a	A	east				extra		more
| manager,name,team,role,joined,left
| a,A,east,,,

# ---- the bytes of the lines ----

# CRLF becomes LF; BOM, comments and blank lines are left out, of each file; a BOM elsewhere is text.
$ printf '\357\273\277# c\r\n\r\na\tx\r\n\n#\n b\r\r\nb\tx\r\n' >crlf; kpi-grep crlf | cat -A; printf '\357\273\277a\tx\n' >bom
> kpi-grep bom bom | od -An -c | tr -s ' '; cat bom bom | kpi-grep | od -An -c | tr -s ' '; kpi-grep -m x crlf bom crlf | wc -l
| a^Ix$
! kpi-grep: crlf:6:1: a control character: U+000D
|  a \t x \n a \t x \n
|  a \t x \n 357 273 277 a \t x \n
! kpi-grep: crlf:6:1: a control character: U+000D
| 1

$ printf '\357\273\277' >only; : >empty; printf '\n\n' >blank; printf '\357\273\277a\tA\t\t\t\t\n' >m; kpi-grep -r manager -m a m
> for f in only empty blank /dev/null; do kpi-grep $f; echo $?; kpi-grep -p 2026 --sorted $f; echo $?; done | tr -d '\n'; echo
| a	A				
| 11111111

# Several files, standard input among them.
$ kpi-grep -m a visit - score <goal | cut -f 1-3; kpi-grep - - <goal
| 2026-10-05	a	C1
| 2026-10	a	m
| 2026-10	a	1
! kpi-grep: standard input ('-') can be read once only
! kpi-grep: see 'kpi-grep --help'
? 2

# ---- formats ----

$ kpi-grep -r feedback -H -m li.wei f.tsv; kpi-grep -r feedback -H -m nobody f.tsv
| #date	manager	client	source	theme	score	resolved	logged	comment
| 2026-10-31T09:00:00+08:00	li.wei	C2	survey	price	010			=1+1
| #date	manager	client	source	theme	score	resolved	logged	comment
? 1

$ kpi-grep -r feedback -m li.wei -m 张敏 -o csv --bom f.tsv | sed 's/^\xef\xbb\xbf/BOM /'; kpi-grep -r feedback -p 2026-10 -o json f.tsv
| BOM date,manager,client,source,theme,score,resolved,logged,comment
| 2026-10-01T23:59,张敏,,survey,price,,,,很好
| 2026-10-31T09:00:00+08:00,li.wei,C2,survey,price,010,,,'=1+1
| 2026-11-01,张敏,C1,survey,price,-1.50,,,
| {"date":"2026-10-01","manager":"wang.li","client":"C1","source":"survey","theme":"price","score":3,"resolved":null,"logged":null,"comment":"two\tdays"}
| {"date":"2026-10-01T23:59","manager":"张敏","client":null,"source":"survey","theme":"price","score":null,"resolved":null,"logged":null,"comment":"很好"}
| {"date":"2026-10-31T09:00:00+08:00","manager":"li.wei","client":"C2","source":"survey","theme":"price","score":10,"resolved":null,"logged":null,"comment":"=1+1"}

$ kpi-grep -r score -o table score; kpi-grep -r score -o md score
| period   manager  score  grade  rank
| -------  -------  -----  -----  ----
| 2026-10  a            1  A         1
| | period  | manager | score | grade | rank |
| | ------- | ------- | ----: | ----- | ---: |
| | 2026-10 | a       |     1 | A     |    1 |

# On a terminal hostile characters are shown; TAB and LF stay.
@ need script
$ printf '2026\ta\342\200\256b\tm\t1\n' >hostile; kpi-grep hostile | cmp - hostile; yes 多 | head -n 200 | tr -d '\n' >long; echo >>long
> printf '2026\t%s\342\200\256\t%s\n' "$(cat long)" "$(printf '%0600d' 1)" >>hostile
> script -qec "kpi-grep hostile" /dev/null | tr -d '\r' | cmp - <(sed 's/\xe2\x80\xae/<U+202E>/' hostile)

# ---- bad lines ----

# The good lines before a bad one are printed; with -k those behind it, too, and every fault is told.
$ { cat measure; printf '2026-10\ta\tm\t1,5\n'; cat measure; printf '2026-1O\ta\tm\t1\n\ta\tm\t1\n2026\ta\tm\n'; cat measure; } >bad
> kpi-grep -r measure bad
| 2026-10	a	m	1
! kpi-grep: bad:2:4: not a number: '1,5'
? 3

$ kpi-grep -r measure -m a -k bad
| 2026-10	a	m	1
| 2026-10	a	m	1
| 2026-10	a	m	1
! kpi-grep: bad:2:4: not a number: '1,5'
! kpi-grep: bad:4:1: not a period: '2026-1O'
! kpi-grep: bad:5:1: no period
! kpi-grep: bad:6: 3 fields, a measure line has 4
? 3

# Lines that would not have passed are checked, too; 3 wins over 1.
$ kpi-grep -r measure -m nobody bad
! kpi-grep: bad:2:4: not a number: '1,5'
? 3

# Without -r only what is looked at: nothing, or the date or period.
$ kpi-grep -m nobody bad; echo $?; kpi-grep -k -p 2026-10 bad
| 1
| 2026-10	a	m	1
| 2026-10	a	m	1,5
| 2026-10	a	m	1
| 2026-10	a	m	1
! kpi-grep: bad:4:1: not a date or period: '2026-1O'
! kpi-grep: bad:5:1: not a date or period: ''
? 3

$ printf 'a\tb\n2026-10-01..2026-10-35\n2026-W54\n2026-10-01T24:00\n20\n2026-10-01T10:00:00+08:0\n2026-02-29\n2026-10-01T10:00:00+08:00\n' |
>     kpi-grep -p 2026 -k
| 2026-10-01T10:00:00+08:00
! kpi-grep: -:1:1: not a date or period: 'a'
! kpi-grep: -:2:1: not a date or period: '2026-10-01..2026-10-35'
! kpi-grep: -:3:1: not a date or period: '2026-W54'
! kpi-grep: -:4:1: not a date or period: '2026-10-01T24:00'
! kpi-grep: -:5:1: not a date or period: '20'
! kpi-grep: -:6:1: not a date or period: '2026-10-01T10:00:00+08:0'
! kpi-grep: -:7:1: not a date or period: '2026-02-29'
? 3

$ printf 'good\n' >g; printf 'a\tb\377\n' >utf8; printf 'a\000b\n' >nul; printf 'a\033\n' >escape; printf 'good\ntorn' >torn
> for f in utf8 nul escape torn; do kpi-grep g $f g; echo $?; done
| good
! kpi-grep: utf8:1:2: not UTF-8: byte 0xFF
| 3
| good
! kpi-grep: nul:1:1: a NUL byte
| 3
| good
! kpi-grep: escape:1:1: a control character: U+001B
| 3
| good
| good
! kpi-grep: torn:2: incomplete last line: no line feed at its end
| 3

$ cat g torn | kpi-grep -k -m x; printf '2026\ta\n2027' | kpi-grep -p 2026
! kpi-grep: -:3: incomplete last line: no line feed at its end
| 2026	a
! kpi-grep: -:2: incomplete last line: no line feed at its end
? 3

# A line may have 1 MiB, in files and pipes; one more is too long, and the next one good.
$ { printf 'a\t'; printf '%1048574s\n' x | tr ' ' x; printf 'b\t'; printf '%1048575s\n' x | tr ' ' x; printf 'c\td\n'; } >long
> { printf 'b\t'; printf '%5000000s\n' x | tr ' ' x; printf 'c\td\n'; } >longer
> for f in long longer; do kpi-grep -k $f | wc -c; kpi-grep -k <$f | wc -c; cat $f | kpi-grep -k | wc -c; done
| 1048581
! kpi-grep: long:2: a line over 1048576 bytes
| 1048581
! kpi-grep: -:2: a line over 1048576 bytes
| 1048581
! kpi-grep: -:2: a line over 1048576 bytes
| 4
! kpi-grep: longer:1: a line over 1048576 bytes
| 4
! kpi-grep: -:1: a line over 1048576 bytes
| 4
! kpi-grep: -:1: a line over 1048576 bytes

# ---- usage ----

$ kpi-grep -c C1 f.tsv; kpi-grep -w score=1 f.tsv; kpi-grep -o csv f.tsv; kpi-grep -H f.tsv
! kpi-grep: -c and -w need to know the fields: add -r RECORD
! kpi-grep: see 'kpi-grep --help'
! kpi-grep: -c and -w need to know the fields: add -r RECORD
! kpi-grep: see 'kpi-grep --help'
! kpi-grep: -o and -H need to know the fields: add -r RECORD
! kpi-grep: see 'kpi-grep --help'
! kpi-grep: -o and -H need to know the fields: add -r RECORD
! kpi-grep: see 'kpi-grep --help'
? 2

$ u() { kpi-grep "$@" f.tsv 2>&1 | head -n 1; }
> u -r visits; u -r measure -c C1; u -r manager -p 2026; u -r client -p 2026; u --sorted; u -r visit -w score=1; u -r visit -w done
> u -r visit -w =x; u -p 2026-13; u -m ''; u -m '#a'; u -x; u -s n; kpi-grep -w 2>&1 | head -n 1; kpi-grep --record 2>&1 | head -n 1
| kpi-grep: not a record: 'visits'
| kpi-grep: a measure line has no client
| kpi-grep: a manager line is of no period
| kpi-grep: a client line is of no period
| kpi-grep: --sorted goes with -p PERIOD only
| kpi-grep: a visit line has no field 'score'
| kpi-grep: not FIELD=VALUE: 'done'
| kpi-grep: a visit line has no field ''
| kpi-grep: not a period: '2026-13'
| kpi-grep: an empty name
| kpi-grep: # at the start: '#a'
| kpi-grep: no such option: -x
| kpi-grep: no such option: -s
| kpi-grep: option -w needs a value
| kpi-grep: option --record needs a value

# The same bytes, the same error, with any number of threads and any instructions.
$ awk 'BEGIN { for (i = 0; i < 120000; i++) printf "2026-%02d-%02d\tm%d\t\t\t\t%d\t\t\t客户%d\n", i % 12 + 1, i % 28 + 1, i % 7, i % 11, i }' >many
> awk -F '\t' '$1 >= "2026-03" && $1 < "2026-04" && $2 == "m3"' many >want; sed '90001s/\t/\t\t/' many >fault
> awk -F '\t' 'NR <= 90000 && $1 >= "2026-03" && $1 < "2026-04" && $2 == "m3"' fault >before
> for j in 0 1 2 3 7; do for cpu in plain avx2 avx512; do
>     KPI_CPU=$cpu kpi-grep -j $j -r feedback -p 2026-03 -m m3 many | cmp - want; cat many | KPI_CPU=$cpu kpi-grep -j $j -p 2026-03 -m m3 | cmp - want
>     KPI_CPU=$cpu kpi-grep -j $j -r feedback -p 2026-03 -m m3 fault 2>err >got || echo $? $(cat err) $(cmp got before && echo same); done; done | sort | uniq -c
> wc -l <want
|~  +15 3 kpi-grep: fault:90001: 10 fields, a feedback line has 9 same
| 1429

$ kpi-grep --record=measure --period=2026 --manager=a --where metric=m --header --keep-going --output lines measure
> kpi-grep --help | sed -n 1,2p; kpi-grep --version
| #period	manager	metric	value
| 2026-10	a	m	1
| usage: kpi-grep [-r RECORD] [-p PERIOD] [-m NAME] [-c CLIENT] [-w FIELD=VALUE] [OPTION]... [FILE]...
| Print the KPI lines that lie inside a period and have the fields asked for.
|~ kpi-grep \(libkpi\) .*

# ---- files and output ----

$ kpi-grep nothing; kpi-grep .; kpi-grep measure nothing measure
! kpi-grep: nothing: open: No such file or directory
! kpi-grep: .: read: Is a directory
| 2026-10	a	m	1
! kpi-grep: nothing: open: No such file or directory
? 4

# Output that is cut short is never 0, nor 1.
$ for o in '' '-r measure -o csv' '-r measure -o table' '-r measure -H' '-r measure -m nobody -o csv'; do
>     kpi-grep $o measure >/dev/full; echo $?; kpi-grep $o measure >&-; echo $?; done
! kpi-grep: standard output: write: No space left on device
! kpi-grep: standard output: write: Bad file descriptor
! kpi-grep: standard output: write: No space left on device
! kpi-grep: standard output: write: Bad file descriptor
! kpi-grep: standard output: write: No space left on device
! kpi-grep: standard output: write: Bad file descriptor
! kpi-grep: standard output: write: No space left on device
! kpi-grep: standard output: write: Bad file descriptor
! kpi-grep: standard output: write: No space left on device
! kpi-grep: standard output: write: Bad file descriptor
| 4
| 4
| 4
| 4
| 4
| 4
| 4
| 4
| 4
| 4

# What comes through a pipe goes on when it comes, and a bad line ends the work at once.
$ mkfifo pipe; kpi-grep -m a <pipe >out & exec 3>pipe
> seen() { for i in $(seq 100); do [ "$(cat out)" = "$1" ] && echo "$1" && break; sleep .05; done; }
> printf '2026\ta\n2026\tb\n20' >&3; seen '2026	a'
> printf '26-10\ta\n2026' >&3; seen '2026	a
> 2026-10	a'
> printf '\001\n' >&3; wait; exec 3>&-
| 2026	a
| 2026	a
| 2026-10	a
! kpi-grep: -:4:1: a control character: U+0001

# ---- --sorted ----

# A log of days, some without a line, some with many; comments, blank lines, long lines and a BOM between.
$ awk 'BEGIN { srand(7); printf "\357\273\277"
>     for (i = 0; i < 3000; i++) {
>         day += rand() < .05 ? int(rand() * 3) : 0; m = int(day / 28); d = day % 28 + 1
>         n = rand() < .01 ? 20000 : int(rand() * 60); pad = ""; while (length(pad) < n) pad = pad "xxxxxxxxxx"
>         if (rand() < .1) print "# 2020-01-01\tcomment " pad
>         if (rand() < .05) print rand() < .5 ? "" : "\r"
>         printf "%04d-%02d-%02d%s\tm%d\t\t\t\t%s\t\t\t%s%s", 2020 + int(m / 12), m % 12 + 1, d, rand() < .2 ? "T10:00" : "",
>             rand() * 3, int(rand() * 11), pad, rand() < .1 ? "\r\n" : "\n" } }' >log
> cat >periods <<'E'
> awk 'BEGIN { for (y = 2019; y < 2022; y++) { print y; for (m = 1; m < 13; m++) printf "%d-%02d\n", y, m } }'
> printf '%s\n' 2019-01-01..2020-01-01 2020-W01 2020-W02 2031-12-31 2021-H1 2020-Q1 2020-01-01..2029-12-31
> seq -f 2020-01-%02g 31; echo 2029-12; echo 2030
> E
> tr -d '\r' <log | LC_ALL=C sed '1s/^\xef\xbb\xbf//' | grep '^[0-9]' | cut -c 1-10 >days; head -n 1 days; wc -l <days
> for p in $(sh periods); do kpi-grep -p $p log >want; echo $? >>want; for r in '' '-r feedback'; do
>     kpi-grep --sorted $r -p $p log >got; echo $? >>got; cmp want got || echo $p
>     cat log | kpi-grep --sorted $r -p $p >got; echo $? >>got; cmp want got || echo "$p, pipe"
>     kpi-grep --sorted $r -p $p <log >got; echo $? >>got; cmp want got || echo "$p, input"; done; done
| 2020-01-01
| 3000

# The same of periods: by their first days, whatever their length.
$ awk 'BEGIN { for (y = 2020; y < 2030; y++) for (m = 1; m < 13; m++) {
>     if (m == 1) { print y "\ta\tm\t1"; print y "-H1\ta\tm\t1" }
>     if (m % 3 == 1) print y "-Q" int(m / 3) + 1 "\ta\tm\t1"
>     printf "%d-%02d\ta\tm\t1\n%d-%02d-01..%d-%02d-20\ta\tm\t1\n", y, m, y, m, y, m < 12 ? m + 1 : 12 } }' >all
> for p in $(sh periods); do kpi-grep -p $p all >want; kpi-grep --sorted -r measure -p $p all | cmp - want; kpi-grep --sorted -p $p all | cmp - want; done
> kpi-grep --sorted -p 2025-H2 all | cut -f 1 | paste -sd ' '
| 2025-Q3 2025-07 2025-07-01..2025-08-20 2025-08 2025-08-01..2025-09-20 2025-09 2025-09-01..2025-10-20 2025-Q4 2025-10 2025-10-01..2025-11-20 2025-11 2025-11-01..2025-12-20 2025-12 2025-12-01..2025-12-20

# One day, one line, the first and the last, all, none.
$ printf '2026-01-0%d\tx\n' 1 1 2 2 2 4 >d; for p in 1 2 3 4; do kpi-grep --sorted -p 2026-01-0$p d | wc -l; done | tr '\n' ' '
> kpi-grep --sorted -p 2026 d | cmp - d; printf '2026\tx\n' >d; kpi-grep --sorted -p 2026 d; kpi-grep --sorted -p 2025 d; kpi-grep --sorted -p 2027 d
| 2 3 0 1 2026	x
? 1

# Only the lines that are read are checked; their numbers are those of the file. Bad ones beside the period are read.
$ { seq -f 2026-01-01%gx 5; yes '2026-01-02	a' | head -n 40000; echo bad; echo '# c'; yes '2026-02-03	a' | head -n 3
>   printf 'a\001\n'; echo 2026-02-30; yes '2026-03-03	a' | head -n 90000; printf '2026-04-01\ta\n2026-04-'; } >part
> kpi-grep --sorted -k -p 2026-02 part; kpi-grep --sorted -p 2026-02 part; kpi-grep -p 2026-02 part
| 2026-02-03	a
| 2026-02-03	a
| 2026-02-03	a
! kpi-grep: part:40006:1: not a date or period: 'bad'
! kpi-grep: part:40011:1: a control character: U+0001
! kpi-grep: part:40012:1: not a date or period: '2026-02-30'
! kpi-grep: part:40006:1: not a date or period: 'bad'
! kpi-grep: part:1:1: not a date or period: '2026-01-011x'
? 3

# The torn tail is an error when it is read.
$ kpi-grep --sorted -p 2026-03 part; kpi-grep --sorted -p 2026-03-04..2026-03-31 part; echo $?; kpi-grep --sorted -p 2026-04 part
| 1
| 2026-04-01	a
! kpi-grep: part:40011:1: a control character: U+0001
! kpi-grep: part:130014: incomplete last line: no line feed at its end
? 3

# Lines that are too long, wherever the middle falls. Those read are told, and the good ones around them found. By its
# days a bad line, too, stands before the period, in it or behind it.
$ big() { printf '%s\t' $1; head -c $2 /dev/zero | tr '\0' x; echo; }
> { echo '2026-01-01	a'; big 2026-02-01 3000000; echo '2026-03-01	a'; big 2026-04-01 1000000; big 2026-05-01 1048577
>   echo '2026-06-01	a'; } >huge
> for p in 2026-01 2026-02 2026-03 2026-04 2026-05 2026-06 2026; do echo $p $(kpi-grep --sorted -k -p $p huge | cut -c 1-12); done
| 2026-01 2026-01-01 a
| 2026-02
| 2026-03 2026-03-01 a
| 2026-04 2026-04-01 x
| 2026-05
| 2026-06 2026-06-01 a
| 2026 2026-01-01 a 2026-03-01 a 2026-04-01 x 2026-06-01 a
! kpi-grep: huge:2: a line over 1048576 bytes
! kpi-grep: huge:5: a line over 1048576 bytes
! kpi-grep: huge:2: a line over 1048576 bytes
! kpi-grep: huge:5: a line over 1048576 bytes
$ { echo '2026-01-01	a'; head -c 3000000 /dev/zero | tr '\0' x; } >torn; kpi-grep --sorted -p 2026 torn; kpi-grep -p 2026 torn
| 2026-01-01	a
! kpi-grep: torn:2: incomplete last line: no line feed at its end
| 2026-01-01	a
! kpi-grep: torn:2: incomplete last line: no line feed at its end
? 3

# From a pipe no more is read than needed: neither an endless writer nor what is bad behind the period matters.
$ yes '2026-10-05	a' | head -n 1000 | cat - <(yes '2026-11-01	a') | kpi-grep --sorted -p 2026-10 | wc -l
> { echo '2026-10-05	a'; echo 2026-11-01; echo bad; } | kpi-grep --sorted -p 2026-10
| 1000
| 2026-10-05	a

# Standard input that stands within a file is read from there.
$ { read -r _; kpi-grep --sorted -p 2020 | sed 's/\t.*//' | sort -u | head -n 2; } <log; { read -r _; kpi-grep bad; } <bad
| 2020-01-01
| 2020-01-01T10:00
| 2026-10	a	m	1
| 2026-10	a	m	1,5
| 2026-10	a	m	1
| 2026-1O	a	m	1
| 	a	m	1
| 2026	a	m
| 2026-10	a	m	1

# The work does not grow with the file: of 40 MB little is read.
@ need strace
$ { yes '2026-01-01	aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' | head -n 500000; echo '2026-01-02	a'
>   yes '2026-01-03	aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' | head -n 500000; } >wide
> export ASAN_OPTIONS=detect_leaks=0; strace -f -e trace=pread64,read -o calls kpi-grep --sorted -p 2026-01-02 wide
> awk -F '= ' '/pread64/ && $NF > 0 { n += $NF } END { print (n > 40 && n < 1000000) }' calls
| 2026-01-02	a
| 1
