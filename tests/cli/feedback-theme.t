# feedback-theme: themes out of comments, and the phrases for the next one.
$ cat >themes.yaml <<'E'
> # what clients complain about
> delivery/late: [late, too slow, 太慢, 迟到]
> delivery:
>   - delivery
>   - 发货
> price: [expensive, 太贵, "not cheap"]
> E
> cat >feedback.tsv <<'E'
> # date manager client source theme score resolved logged comment
> 2026-10-01	wang.li	C1	survey		3			Delivery was LATE, again
> 2026-10-02	wang.li	C2	survey		9			we like the chocolate
> 2026-10-03	张敏	C3	call		4			发货太慢了
> 2026-10-04	张敏	C4	call	service	5			late
> 2026-10-05	张敏	C5	app		6			
> 2026-10-06	li.wei	C6	app		2			too\nslow, and expensive
> 2026-10-07	li.wei	C7	app		2			太贵了，而且迟到
> E

# The longest phrase wins (delivery, 8, before late, 4; expensive, 9, before too slow, 8), of equal ones the first
# (发货 before 太慢, 太贵 before 迟到). Words are whole. Lines with a theme, or without a comment, stay.
$ feedback-theme --themes themes.yaml feedback.tsv
| 2026-10-01	wang.li	C1	survey	delivery	3			Delivery was LATE, again
| 2026-10-02	wang.li	C2	survey	other	9			we like the chocolate
| 2026-10-03	张敏	C3	call	delivery	4			发货太慢了
| 2026-10-04	张敏	C4	call	service	5			late
|e 2026-10-05\t\345\274\240\346\225\217\tC5\tapp\t\t6\t\t\t
|e 2026-10-06\tli.wei\tC6\tapp\tprice\t2\t\t\ttoo\\nslow, and expensive
| 2026-10-07	li.wei	C7	app	price	2			太贵了，而且迟到

# As long: the one that stands first in the comment, not in the file.
$ printf 'b: [bbb]\na: [aaa]\n' >ab.yaml
> printf '2026-10-01\tm\t\t\t\t\t\t\t%s\n' 'aaa bbb' 'bbb aaa' | feedback-theme --themes ab.yaml | cut -f 5
| a
| b

# Another word for other, or none; then the next file of themes goes on.
$ feedback-theme --themes themes.yaml --other 其他 feedback.tsv | cut -f 5 | sort | uniq -c
|~  +1 
|~  +2 delivery
|~  +2 price
|~  +1 service
|~  +1 其他
$ printf 'taste: [chocolate]\n' >more.yaml
> feedback-theme --themes themes.yaml --other '' feedback.tsv | feedback-theme --themes more.yaml | sed -n 2p
| 2026-10-02	wang.li	C2	survey	taste	9			we like the chocolate

# Several files, standard input among them; several documents in one.
$ cat more.yaml | feedback-theme --themes themes.yaml --themes - feedback.tsv | cut -f 5 | sort -u
|e 
| delivery
| price
| service
| taste
$ { cat themes.yaml; echo ---; cat more.yaml; } >all.yaml
> feedback-theme --themes all.yaml feedback.tsv | cut -f 5 | sort -u | tail -n 1
| taste

# The same bytes, but for BOM, comments, blank lines and CR; with a header where asked for.
$ printf '\357\273\277# x\n\n2026-10-01\tm\t\t\t\t1\t\t\tno\r\n' | feedback-theme --themes ab.yaml -H | od -An -c | head -n 2
|~ .* # +d +a +t .*
|...
$ printf '2026-10-01\tm\t\t\t\t08.50\t\t\taaa\r\n' | feedback-theme --themes ab.yaml
|e 2026-10-01\tm\t\t\ta\t08.50\t\t\taaa

# For spreadsheets and the like, as everywhere.
$ printf '2026-10-01\tm\t\t\t\t8\t\t\taaa\n' | feedback-theme --themes ab.yaml -o json
| {"date":"2026-10-01","manager":"m","client":null,"source":null,"theme":"a","score":8,"resolved":null,"logged":null,"comment":"aaa"}
$ printf '' | feedback-theme --themes ab.yaml -o csv
| date,manager,client,source,theme,score,resolved,logged,comment

# Nothing in, nothing out.
$ feedback-theme --themes ab.yaml </dev/null

# ---- bad input ----

# What is good before a bad line was printed.
$ printf '2026-10-01\tm\t\t\t\t1\t\t\taaa\n2026-10-01\tm\t\t\t\tx\t\t\taaa\n2026-10-01\tm\t\t\t\t1\t\t\taaa\n' >bad.tsv
> feedback-theme --themes ab.yaml bad.tsv
| 2026-10-01	m			a	1			aaa
! feedback-theme: bad.tsv:2:6: not a number: 'x'
? 3

$ feedback-theme -k --themes ab.yaml bad.tsv | wc -l; exit ${PIPESTATUS[0]}
| 2
! feedback-theme: bad.tsv:2:6: not a number: 'x'
? 3

$ printf '2026-10-01\tm\t\t\t\t1\t\t\ta\377b\n' | feedback-theme --themes ab.yaml
! feedback-theme: -:1:9: not UTF-8: byte 0xFF
? 3

# A line of 1 MiB, and one that is longer.
$ { printf '2026-10-01\tm\t\t\t\t1\t\t\t'; head -c 1048540 /dev/zero | tr '\0' x; printf ' aaa\n'; } >long.tsv
> feedback-theme --themes ab.yaml long.tsv | cut -f 5
> { printf '2026-10-01\tm\t\t\t\t1\t\t\t'; head -c 1048576 /dev/zero | tr '\0' x; printf '\n'; } |
>     feedback-theme --themes ab.yaml
| a
! feedback-theme: -:1: a line over 1048576 bytes
? 3

# Files of themes.
$ printf 'late: [slow, Late]\nprice:\n- dear\n- SLOW\n' >twice.yaml; feedback-theme --themes twice.yaml feedback.tsv
! feedback-theme: twice.yaml:4:3: 'SLOW' is a phrase of 'late' already, at twice.yaml:1:8
? 3
$ feedback-theme --themes ab.yaml --themes ab.yaml feedback.tsv
! feedback-theme: ab.yaml:1:5: 'bbb' is a phrase of 'b' already, at ab.yaml:1:5
? 3
$ printf 'late: slow\n' | feedback-theme --themes - feedback.tsv
! feedback-theme: -:1:7: the phrases of a theme must be a list
? 3
$ printf '太慢: ["", x]\n' | feedback-theme --themes - feedback.tsv
! feedback-theme: -:1:6: an empty phrase: ''
? 3
$ printf 'a: [b, "c "]\n' | feedback-theme --themes - feedback.tsv
! feedback-theme: -:1:8: a phrase with a blank at its start or end: 'c '
? 3
$ feedback-theme --themes /dev/null feedback.tsv
! feedback-theme: /dev/null: no theme in it
? 3
$ feedback-theme --themes none.yaml feedback.tsv
! feedback-theme: none.yaml: open: No such file or directory
? 4
$ feedback-theme feedback.tsv
! feedback-theme: which themes? (--themes FILE)
! feedback-theme: see 'feedback-theme --help'
? 2
$ feedback-theme --themes - -
! feedback-theme: standard input ('-') can be read once only
! feedback-theme: see 'feedback-theme --help'
? 2
$ feedback-theme --themes ab.yaml --other ' x' feedback.tsv
! feedback-theme: blank at the start or end: ' x'
! feedback-theme: see 'feedback-theme --help'
? 2

$ feedback-theme --themes ab.yaml feedback.tsv >/dev/full
! feedback-theme: standard output: write: No space left on device
? 4

# ---- phrases ----

# chocolate is in one comment, and only within longer runs; of Chinese 2 to 6 characters.
$ feedback-theme --phrases 9 --themes themes.yaml feedback.tsv
| like the chocolate	1
| we like the	1
$ printf '2026-10-01\tm\t\t\t\t\t\t\t%s\n' 服务态度差 态度不好 'no reply' 'No  reply!' 'got no answer' x y |
>     feedback-theme --phrases 6 -o table
| phrase         n
| -------------  -
| no             3
| no reply       2
| 态度           2
| got no answer  1
| 态度不好       1
| 服务态度差     1
$ feedback-theme --phrases 0 feedback.tsv
! feedback-theme: not a whole number from 1 on: '0'
! feedback-theme: see 'feedback-theme --help'
? 2
$ feedback-theme --phrases 3 bad.tsv
! feedback-theme: bad.tsv:2:6: not a number: 'x'
? 3
$ feedback-theme --phrases 3 </dev/null
