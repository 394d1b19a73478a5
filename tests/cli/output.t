# What tools print, by -o: lines (default), table, csv, json, md - from one place, so each case stands for all tools.

# Scores of four managers: 张敏 100, wang.li 0.01, anna -12.5 (a curve that falls below 0), 李 none, as all is skipped.
$ cat >g.yaml <<'E'
> scheme: s
> metrics: {k: {weight: 100, missing: skip, curve: [[-1, -1], [2, 2]]}}
> grades: [{grade: A+, from: 90}, {grade: "-", from: 0}]
> ---
> goals: 2026-10
> targets: {anna: {k: 100}, wang.li: {k: 100}, 张敏: {k: 100}, 李: {k: 100}}
> E
> printf '2026-10\t%s\tk\t%s\n' 张敏 100 wang.li 0.01 anna -12.5 >m.tsv

# ---- lines ----

$ kpi-score -p 2026-10 -g g.yaml m.tsv
|e 2026-10\tanna\t-12.50\t\t3
| 2026-10	wang.li	0.01	-	2
| 2026-10	张敏	100.00	A+	1
|e 2026-10\t\346\235\216\t\t\t

# -H begins with the names of the fields: for people and awk, a comment to other tools.
$ kpi-score -p 2026-10 -g g.yaml -H m.tsv | head -n 1
> kpi-score -p 2026-10 -g g.yaml -o lines --header -l m.tsv | head -n 1
> goal-list -H g.yaml | head -n 1; visit-tally -H </dev/null; visit-tally -H -e visits </dev/null
> feedback-tally -b 'month,theme' -s csat-low -H </dev/null
| #period	manager	score	grade	rank
| #period	manager	metric	weight	target	actual	attainment	credit	points
| #period	manager	metric	weight	target	baseline
| #manager	visits	clients	minutes
| #period	manager	metric	value
| #month	theme	csat-low

# Lines are data: what was read is printed again byte for byte, also what would harm a terminal.
$ printf '2026-10-01\ta\t\342\200\256C\tvisit\tdone\ta\\\\b\\tc\\nd\t\t\t\t\n' >hostile.tsv
> visit-tally -b client,purpose -s visits hostile.tsv
|e \342\200\256C\ta\\\\b\\tc\\nd\t1

# ---- table ----

# By rank, then owner; columns aligned, Chinese being two wide. The bar is the score in percent of 100 points, ten
# columns for 100 %; the least there is something to see of is an eighth.
$ kpi-score -p 2026-10 -g g.yaml -o table m.tsv
| period   manager   score  grade  rank  of points
| -------  -------  ------  -----  ----  ----------
| 2026-10  张敏     100.00  A+        1  ██████████
| 2026-10  wang.li    0.01  -         2  ▏
| 2026-10  anna     -12.50            3
| 2026-10  李

# 45.67 % are 4 columns and 4 of 8 eighths (4.567 x 8 = 36.5, cut); 150 % are 15; beyond there is an arrow.
$ printf '2026-10\t%s\tk\t%s\n' 张敏 45.67 wang.li 150 anna 150.01 李 99.99 | kpi-score -p 2026-10 -g g.yaml -o table
| period   manager   score  grade  rank  of points
| -------  -------  ------  -----  ----  ----------------
| 2026-10  anna     150.01  A+        1  ███████████████▸
| 2026-10  wang.li  150.00  A+        2  ███████████████
| 2026-10  李        99.99  A+        3  █████████▉
| 2026-10  张敏      45.67  -         4  ████▌

# Details, in the same order, with a bar of the attainment.
$ kpi-score -p 2026-10 -g g.yaml -o table -l m.tsv
| period   manager  metric  weight  target  actual  attainment   credit  points  attained
| -------  -------  ------  ------  ------  ------  ----------  -------  ------  ----------
| 2026-10  张敏     k          100     100     100      1.0000   1.0000  100.00  ██████████
| 2026-10  wang.li  k          100     100    0.01      0.0001   0.0001    0.01  ▏
| 2026-10  anna     k          100     100   -12.5     -0.1250  -0.1250  -12.50
| 2026-10  李       k            0     100

# Wide, narrow and combining characters: é as one and as two, a full-width letter, an emoji, a flag of two, a syllable.
$ printf '2026-10-01\ta\t%b\tvisit\tdone\t\t\t\t\t\n' '\303\251' 'e\314\201' '\357\274\241' '\360\237\230\200' \
>     '\352\260\200' 'abc' |
> visit-tally -b client -s visits -o table
| client  visits
| ------  ------
| abc          1
|e e\314\201            1
| é            1
| 가           1
| Ａ           1
| 😀           1

# Control, bidi and line-breaking characters never reach a terminal; escapes of texts stay escapes.
$ visit-tally -b client,purpose -s visits -o table hostile.tsv
| client     purpose     visits
| ---------  ----------  ------
| <U+202E>C  a\\b\tc\nd       1

# Without a row there is the header.
$ visit-tally -o table </dev/null
| manager  visits  clients  minutes
| -------  ------  -------  -------

# ---- csv ----

# RFC 4180 with LF, a header, quotes where needed, and an apostrophe before text that a spreadsheet would take for a
# formula - not before numbers.
$ kpi-score -p 2026-10 -g g.yaml -o csv m.tsv
| period,manager,score,grade,rank
| 2026-10,anna,-12.50,,3
| 2026-10,wang.li,0.01,'-,2
| 2026-10,张敏,100.00,A+,1
| 2026-10,李,,,

$ for note in '=1+1' '+1' '-1' '@x' '\\tx' '\\rx' "'x" 'a=b' 'a,b' '"' 'say "hi"' 'a\\nb' 'a\\rb' 'a\\tb' 'a\\\\b' \
>     ' blank' 'blank ' '=a,"b"' '1' '张，敏' ''; do
>     printf "2026-10-01\ta\t\tvisit\tdone\t\t\t\t\t$note\n" | visit-tally -b note,status -s visits -o csv | tail -n +2
> done | cat -A | sed 's/M-eM-<M- M-oM-<M-^LM-fM-^UM-^O/(Chinese)/'
| '=1+1,done,1$
| '+1,done,1$
| '-1,done,1$
| '@x,done,1$
| "'^Ix",done,1$
| "'^Mx",done,1$
| 'x,done,1$
| a=b,done,1$
| "a,b",done,1$
| """",done,1$
| "say ""hi""",done,1$
| "a$
| b",done,1$
| "a^Mb",done,1$
| a^Ib,done,1$
| a\b,done,1$
| " blank",done,1$
| "blank ",done,1$
| "'=a,""b""",done,1$
| 1,done,1$
| (Chinese),done,1$
| ,done,1$

# A line that would be empty has quotes, as readers skip empty lines.
$ visit-tally -b '' -s purposeful -o csv </dev/null
| purposeful
| ""

# -H adds nothing to a header that is there; --bom is for Excel, and for csv only; no row leaves the header.
$ visit-tally -o csv -H </dev/null; visit-tally -o csv --bom </dev/null | head -c 10 | od -An -c
> for o in lines table json md; do visit-tally --bom -o $o m.tsv 2>/dev/null | head -c 3; done
| manager,visits,clients,minutes
|e  357 273 277   m   a   n   a   g   e   r

# What Python's csv module reads is what there was - but for the apostrophes.
$ cat >read_csv.py <<'E'
> import csv, sys
> rows = list(csv.reader(open(sys.argv[1], newline='', encoding='utf-8')))
> print(len(rows), rows[0], sorted(rows[1:]))
> E
> printf '2026-10-01\ta\t%s\tvisit\tdone\t%s\t\t\t\t\n' 'C,1' 'two\nlines, "quoted"' '"C"' 'tab\there' '张' '' >csv.tsv
> visit-tally -b client,purpose -s visits -o csv csv.tsv >out.csv; python3 read_csv.py out.csv
| 4 ['client', 'purpose', 'visits'] [['"C"', 'tab\there', '1'], ['C,1', 'two\nlines, "quoted"', '1'], ['张', '', '1']]

@ need mlr
$ mlr --icsv --ojson cat out.csv
| [
| {
|   "client": "\"C\"",
|   "purpose": "tab\there",
|   "visits": 1
| },
| {
|   "client": "C,1",
|   "purpose": "two\nlines, \"quoted\"",
|   "visits": 1
| },
| {
|   "client": "张",
|   "purpose": "",
|   "visits": 1
| }
| ]

# ---- json ----

# One object a line, keys in the order of fields, numbers with the digits of lines, null for what is not known.
$ kpi-score -p 2026-10 -g g.yaml -o json m.tsv
| {"period":"2026-10","manager":"anna","score":-12.50,"grade":null,"rank":3}
| {"period":"2026-10","manager":"wang.li","score":0.01,"grade":"-","rank":2}
| {"period":"2026-10","manager":"张敏","score":100.00,"grade":"A+","rank":1}
| {"period":"2026-10","manager":"李","score":null,"grade":null,"rank":null}

$ kpi-score -p 2026-10 -g g.yaml -l -m 李 -m anna -o json m.tsv; goal-list -m anna -o json g.yaml
> visit-tally -o json </dev/null
| {"period":"2026-10","manager":"anna","metric":"k","weight":100,"target":100,"actual":-12.5,"attainment":-0.1250,"credit":-0.1250,"points":-12.50}
| {"period":"2026-10","manager":"李","metric":"k","weight":0,"target":100,"actual":null,"attainment":null,"credit":null,"points":null}
| {"period":"2026-10","manager":"anna","metric":"k","weight":null,"target":100,"baseline":null}

# Text stays text, also when it looks like a number or null; escapes where JSON needs them, Chinese and others raw.
$ for note in 1 -0.5 null true '"' 'a\\\\b' 'a\\nb\\tc\\rd' '/' '\342\200\256' '\342\200\250' '张' '😀'; do
>     printf "2026-10-01\ta\t\tvisit\tdone\t\t\t\t\t$note\n" | visit-tally -b note -s visits,purposeful -o json
> done
| {"note":"1","visits":1,"purposeful":0.00}
| {"note":"-0.5","visits":1,"purposeful":0.00}
| {"note":"null","visits":1,"purposeful":0.00}
| {"note":"true","visits":1,"purposeful":0.00}
| {"note":"\"","visits":1,"purposeful":0.00}
| {"note":"a\\b","visits":1,"purposeful":0.00}
| {"note":"a\nb\tc\rd","visits":1,"purposeful":0.00}
| {"note":"/","visits":1,"purposeful":0.00}
|e {"note":"\342\200\256","visits":1,"purposeful":0.00}
|e {"note":"\342\200\250","visits":1,"purposeful":0.00}
| {"note":"张","visits":1,"purposeful":0.00}
| {"note":"😀","visits":1,"purposeful":0.00}

# Python reads every line, and finds the texts that were given.
$ cat >read_json.py <<'E'
> import json, sys
> print([list(json.loads(line).values()) for line in open(sys.argv[1], encoding='utf-8')])
> E
> visit-tally -b client,purpose -s visits -o json csv.tsv >out.json; python3 read_json.py out.json
> feedback-tally -b '' -s mean,n,csat-low -o json </dev/null >out.json; python3 read_json.py out.json
> python3 -m json.tool out.json
| [['"C"', 'tab\there', 1], ['C,1', 'two\nlines, "quoted"', 1], ['张', None, 1]]
| [[None, 0, None]]
| {
|     "mean": null,
|     "n": 0,
|     "csat-low": null
| }

# ---- md ----

$ kpi-score -p 2026-10 -g g.yaml -o md m.tsv; visit-tally -o md </dev/null
| | period  | manager |  score | grade | rank |
| | ------- | ------- | -----: | ----- | ---: |
| | 2026-10 | 张敏    | 100.00 | A+    |    1 |
| | 2026-10 | wang.li |   0.01 | -     |    2 |
| | 2026-10 | anna    | -12.50 |       |    3 |
| | 2026-10 | 李      |        |       |      |
| | manager | visits | clients | minutes |
| | ------- | -----: | ------: | ------: |

# What would break the table, or turn into markup, is escaped; lines of a text stay lines.
$ printf '2026-10-01\ta\t\tvisit\tdone\t\t\t\t\t%s\n' 'a|b' 'a\nb' '<b>' '`x`' '*x*' '[x]' 'a\\b' 'a\tb' \
>     "$(printf '\342\200\256')" | visit-tally -b note -s visits -o md
| | note     | visits |
| | -------- | -----: |
| | \*x\*    |      1 |
| | \<b>     |      1 |
| | \[x]     |      1 |
| | \`x\`    |      1 |
| | a\\b     |      1 |
| | a<br>b   |      1 |
| | a b      |      1 |
| | a\|b     |      1 |
| | <U+202E> |      1 |

# ---- terminals ----

# What harms a terminal is shown in every format when standard output is one. (script ends lines with CR LF.)
@ need script /dev/pts/ptmx
$ for o in lines csv json table
> do script -qec "visit-tally -b client -s visits -o $o hostile.tsv" /dev/null </dev/null | tr -d '\r'; done
| <U+202E>C	1
| client,visits
| <U+202E>C,1
| {"client":"\u202eC","visits":1}
| client     visits
| ---------  ------
| <U+202E>C       1

# No byte below blank, no DEL, no C1 and no bidi character comes out there, whatever is in names, texts and messages.
@ need script /dev/pts/ptmx
$ cat >scan.py <<'E'
> import sys, unicodedata
> text = sys.stdin.buffer.read().decode('utf-8')
> print([hex(ord(c)) for c in text if c not in '\r\n\t' and unicodedata.category(c) in ('Cc', 'Cf', 'Zl', 'Zp')])
> E
> printf '2026-10-01\t%b\t%b\tvisit\tdone\t\\\\t\\\\n\t\t\t\t\n' 'a\342\200\256' '\342\201\247\342\200\217' \
>     'b\342\200\250' '\330\234c' >bidi.tsv
> for o in lines csv json table md
> do script -qec "visit-tally -b manager,client,purpose -s visits -o $o bidi.tsv" /dev/null </dev/null | python3 \
>     scan.py; done
> script -qec "visit-tally -b client $(printf -- '--\342\200\256x') $(printf 'bidi\302\205.tsv')" /dev/null \
>     </dev/null | python3 scan.py
> script -qec "goal-list $(printf 'bidi\033[2J.tsv')" /dev/null </dev/null | tr -d '\r'
| []
| []
| []
| []
| []
| []
| goal-list: bidi<U+001B>[2J.tsv: open: No such file or directory

# ---- usage ----

$ visit-tally -o xml
! visit-tally: not lines, table, csv, json or md: 'xml'
! visit-tally: see 'visit-tally --help'
? 2

$ visit-tally -o LINES
! visit-tally: not lines, table, csv, json or md: 'LINES'
! visit-tally: see 'visit-tally --help'
? 2
