# KPI lines: what every tool refuses, and where it says it stands - FILE:LINE:FIELD, "-" being standard input.

# ./visit FORMAT...: gives visit-tally visit lines, as printf makes them of each FORMAT, and prints how many are done or
# what is wrong; the exit status, which must be 3 just when something is, only if it is not so. Likewise ./feedback (n),
# ./measure (details), ./goal (goal lines), ./book (of managers), ./client.
$ cat >visit <<'E'
> #!/bin/bash
> out=$(for line; do printf -- "$line\n"; done | { TOOL; } 2>&1; exit ${PIPESTATUS[1]})
> status=$? expected=0
> [ -z "$out" ] || echo "$out"
> case $out in *': -:'*) expected=3 ;; esac
> [ $status = $expected ] || echo "exit status $status"
> E
> sed 's/TOOL/feedback-tally -b "" -s n/' visit >feedback
> sed 's/TOOL/kpi-score -p 2026 -g a.yaml -l/' visit >measure
> sed 's/TOOL/goal-list/' visit >goal
> sed 's/TOOL/visit-tally -M - -b team \/dev\/null/' visit >book
> sed 's/TOOL/visit-tally -C - -b tier \/dev\/null/' visit >client
> sed -i 's/TOOL/visit-tally -b "" -s visits/' visit
> chmod +x visit feedback measure goal book client
> printf 'scheme: s\nmetrics: {m: {weight: 100}}\n---\ngoals: 2026\ntargets: {a: {m: 1}}\n' >a.yaml

$ ./visit '2026-10-01\ta\tC1\tvisit\tdone\tp\to\t30\t2026-10-01T09:00:00Z\tn' '2026-10-01\ta\t\tvisit\tdone\t\t\t\t\t'
| 2

# ---- the number of fields ----

$ ./visit '2026-10-01\ta\tC1\tvisit\tdone\t\t\t\t'; ./visit '2026-10-01\ta\tC1\tvisit\tdone\t\t\t\t\t\t'; ./visit ' '
| visit-tally: -:1: 9 fields, a visit line has 10
| visit-tally: -:1: 11 fields, a visit line has 10
| visit-tally: -:1: 1 field, a visit line has 10

$ ./feedback '2026-10-01\ta\t\t\t\t\t\t'; ./measure '2026\ta\tm'; ./goal '2026\ta\tm\t\t1'; ./book 'a\t\t\t\t'
| feedback-tally: -:1: 8 fields, a feedback line has 9
| kpi-score: -:1: 3 fields, a measure line has 4
| goal-list: -:1: 5 fields, a goal line has 6
| visit-tally: -:1: 5 fields, a manager line has 6

# Only the books may have more, which is kept and not read - but it must be clean text.
$ ./book 'a\tA\teast\tsenior\t2026-01-01\t\tdepartment\t\\q\tthe rest' 'b\t\t\t\t\t\tx'; ./book 'a\t\t\t\t\t\t\001'
| visit-tally: -:1:7: a control character: U+0001

# ---- required fields ----

$ ./visit '\ta\t\tvisit\tdone\t\t\t\t\t'; ./visit '2026-10-01\t\t\tvisit\tdone\t\t\t\t\t'
> ./visit '2026-10-01\ta\t\t\tdone\t\t\t\t\t'; ./visit '2026-10-01\ta\t\tvisit\t\t\t\t\t\t'
> ./feedback '\ta\t\t\t\t\t\t\t'; ./feedback '2026-10-01\t\t\t\t\t\t\t\t'
> ./measure '\ta\tm\t1'; ./measure '2026\t\tm\t1'; ./measure '2026\ta\t\t1'; ./measure '2026\ta\tm\t'
> ./goal '2026\ta\tm\t\t1\t' '\ta\tm\t\t1\t'; ./goal '2026\t\tm\t\t1\t'; ./goal '2026\ta\t\t\t1\t'
> ./goal '2026\ta\tm\t\t\t'
> ./book '\tA\teast\t\t\t'; ./client '\tOne\ta\tkey\t\t'
| visit-tally: -:1:1: no date
| visit-tally: -:1:2: no manager
| visit-tally: -:1:4: no kind
| visit-tally: -:1:5: no status
| feedback-tally: -:1:1: no date
| feedback-tally: -:1:2: no manager
| kpi-score: -:1:1: no period
| kpi-score: -:1:2: no manager
| kpi-score: -:1:3: no metric
| kpi-score: -:1:4: no value
| goal-list: -:2:1: no period
| goal-list: -:1:2: no manager
| goal-list: -:1:3: no metric
| goal-list: -:1:5: no target
| visit-tally: -:1:1: no manager
| visit-tally: -:1:1: no client

# A first record without a period is not taken for a goal line; as YAML it is refused, too.
$ ./goal 'x\ta\tm\t\t1\t'
| goal-list: -:1:1: a document must be one of scheme, goals, goal, revise, review

# ---- bytes ----

# Not UTF-8: a continuation byte alone, a character cut short, an overlong one, a surrogate, beyond U+10FFFF, no lead
# byte.
$ for bytes in '\200' '\344\275' '\300\257' '\340\200\200' '\355\240\200' '\364\220\200\200' '\370\210\200\200\200' \
>     '\377' '张\346'; do
>     ./visit "2026-10-01\ta\tC${bytes}1\tvisit\tdone\t\t\t\t\t"
> done
| visit-tally: -:1:3: not UTF-8: byte 0x80
| visit-tally: -:1:3: not UTF-8: byte 0xE4
| visit-tally: -:1:3: not UTF-8: byte 0xC0
| visit-tally: -:1:3: not UTF-8: byte 0xE0
| visit-tally: -:1:3: not UTF-8: byte 0xED
| visit-tally: -:1:3: not UTF-8: byte 0xF4
| visit-tally: -:1:3: not UTF-8: byte 0xF8
| visit-tally: -:1:3: not UTF-8: byte 0xFF
| visit-tally: -:1:3: not UTF-8: byte 0xE6

# The last characters there are, and four-byte ones.
$ ./visit '2026-10-01\t\364\217\277\277\tC\360\237\230\200\tvisit\tdone\t\357\277\277\t\t\t\t\355\237\277'
| 1

# Control characters: NUL, C0 without TAB, LF and CR LF, DEL, C1. They are named, never printed.
$ for code in '\000' '\001' '\b' '\v' '\f' '\r' '\033' '\037' '\177' '\302\200' '\302\205' '\302\237'; do
>     ./visit "2026-10-01\ta\tC1\tvisit\tdone\tp${code}p\t\t\t\t"
> done
| visit-tally: -:1:6: a NUL byte
| visit-tally: -:1:6: a control character: U+0001
| visit-tally: -:1:6: a control character: U+0008
| visit-tally: -:1:6: a control character: U+000B
| visit-tally: -:1:6: a control character: U+000C
| visit-tally: -:1:6: a control character: U+000D
| visit-tally: -:1:6: a control character: U+001B
| visit-tally: -:1:6: a control character: U+001F
| visit-tally: -:1:6: a control character: U+007F
| visit-tally: -:1:6: a control character: U+0080
| visit-tally: -:1:6: a control character: U+0085
| visit-tally: -:1:6: a control character: U+009F

# U+00A0 and what lies beyond the C1 range is text; so are bidi characters - shown as <U+202E> where a value is quoted.
$ ./visit '2026-10-01\ta\302\240b\tC1\tvisit\tdone\t\342\200\256p\t\t\t\t'
> ./visit '2026-10-01\ta\t\tvisit\t\342\200\256\033\t\t\t\t\t' '\342\200\256\ta\t\tvisit\tdone\t\t\t\t\t'
> ./visit '\342\200\256\ta\t\tvisit\tdone\t\t\t\t\t'
| 1
| visit-tally: -:1:5: a control character: U+001B
| visit-tally: -:1:1: not a date: '<U+202E>'

# A value is quoted up to 60 characters.
$ ./visit "$(printf '%060d' 0)\ta\t\tvisit\tdone\t\t\t\t\t"
> ./visit "$(printf '张%.0s' {1..61})\ta\t\tvisit\tdone\t\t\t\t\t"
| visit-tally: -:1:1: not a date: '000000000000000000000000000000000000000000000000000000000000'
|e visit-tally: -:1:1: not a date: '\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\345\274\240\342\200\246'

# ---- lines ----

# A line has up to 1 MiB, its line feed not counted: 32 bytes, and a note.
$ cat >long <<'E'
> #!/bin/bash
> # long BYTES: a visit as long as that, without its line feed
> printf '2026-10-01\ta\tC1\tvisit\tdone\tp\t\t\t\t%0*d' $(($1 - 32)) 0
> E
> chmod +x long; (./long 1048576; echo; ./long 1048576; printf '\r\n') | visit-tally -b '' -s visits
> for n in 1048577 1048578 1100000 3000000; do (./long $n; echo; ./long 100; echo) | visit-tally -k -b '' -s visits
> done
| 2
| 1
| 1
| 1
| 1
! visit-tally: -:1: a line over 1048576 bytes
! visit-tally: -:1: a line over 1048576 bytes
! visit-tally: -:1: a line over 1048576 bytes
! visit-tally: -:1: a line over 1048576 bytes
? 3

# The last line must end, however short or long it is.
$ (./long 100; echo; ./long 90) | visit-tally
! visit-tally: -:2: incomplete last line: no line feed at its end
? 3

$ tally() { visit-tally -k -b '' -s visits; }
> (./long 100; printf '\n2') | tally; printf '\r' | tally; printf '#' | tally; (./long 100
> printf '\n\357\273\277') | tally
> head -c 2000000 /dev/zero | tr '\0' x | tally
| 1
| 0
| 0
| 1
| 0
! visit-tally: -:2: incomplete last line: no line feed at its end
! visit-tally: -:1: incomplete last line: no line feed at its end
! visit-tally: -:1: incomplete last line: no line feed at its end
! visit-tally: -:2: incomplete last line: no line feed at its end
! visit-tally: -:1: incomplete last line: no line feed at its end
? 3

# Empty lines and comments are passed over, and counted; a BOM at the start, too; CR LF is as good as LF.
$ ./visit '\357\273\277# comment \377\001' '' '#' '\r' '2026-10-01\ta\t\tvisit\tdone\t\t\t\t\t\r' '#2026-10-01' '' '\t'
| visit-tally: -:8: 2 fields, a visit line has 10

$ ./visit '\357\273\2772026-10-01\ta\t\tvisit\tdone\t\t\t\t\t'; printf '\357\273\277' | visit-tally -b '' -s visits
> ./visit '\357\273\277'
| 1
| 0
| 0

# A BOM further on is not one; neither is a comment after blanks.
$ ./visit '' '\357\273\2772026-10-01\ta\t\tvisit\tdone\t\t\t\t\t'; ./visit ' # no comment'
| visit-tally: -:2:1: not a date: '<U+FEFF>2026-10-01'
| visit-tally: -:1: 1 field, a visit line has 10

# Each file has lines of its own, and its name as given; a name with control characters is shown.
$ printf '2026-10-01\ta\t\tvisit\tdone\t\t\t\t\t\n' >good.tsv; printf '\n\nx\n' >"$(printf 'bad\033.tsv')"
> visit-tally good.tsv ./good.tsv "$(printf 'bad\033.tsv')"
! visit-tally: bad<U+001B>.tsv:3: 1 field, a visit line has 10
? 3

# ---- dates ----

$ for date in 2026-02-29 2024-02-30 2026-04-31 2026-00-01 2026-13-01 2026-01-00 0000-01-01 10000-01-01 26-01-01 \
>     2026-1-1 2026/01/01 \
>     20260101 2026-01-01T 2026-01-01T24:00 2026-01-01T23:60 2026-01-01T23:59:60 2026-01-01T9:00 '2026-01-01 09:00' \
>         2026-01-01T09:00z \
>     2026-01-01T09:00+8 2026-01-01T09:00+08 2026-01-01T09:00+0800 2026-01-01T09:00+08:60 2026-01-01T09:00+24:00 \
>         2026-01-01T09:00:00.5Z \
>     2026-01-01T09:00ZZ +2026-01-01 '２０２６-01-01' 2026-01 2026-W01 today; do
>     ./visit "$date\ta\t\tvisit\tdone\t\t\t\t\t"
> done
| visit-tally: -:1:1: not a date: '2026-02-29'
| visit-tally: -:1:1: not a date: '2024-02-30'
| visit-tally: -:1:1: not a date: '2026-04-31'
| visit-tally: -:1:1: not a date: '2026-00-01'
| visit-tally: -:1:1: not a date: '2026-13-01'
| visit-tally: -:1:1: not a date: '2026-01-00'
| visit-tally: -:1:1: not a date: '0000-01-01'
| visit-tally: -:1:1: not a date: '10000-01-01'
| visit-tally: -:1:1: not a date: '26-01-01'
| visit-tally: -:1:1: not a date: '2026-1-1'
| visit-tally: -:1:1: not a date: '2026/01/01'
| visit-tally: -:1:1: not a date: '20260101'
| visit-tally: -:1:1: not a date: '2026-01-01T'
| visit-tally: -:1:1: not a date: '2026-01-01T24:00'
| visit-tally: -:1:1: not a date: '2026-01-01T23:60'
| visit-tally: -:1:1: not a date: '2026-01-01T23:59:60'
| visit-tally: -:1:1: not a date: '2026-01-01T9:00'
| visit-tally: -:1:1: not a date: '2026-01-01 09:00'
| visit-tally: -:1:1: not a date: '2026-01-01T09:00z'
| visit-tally: -:1:1: not a date: '2026-01-01T09:00+8'
| visit-tally: -:1:1: not a date: '2026-01-01T09:00+08'
| visit-tally: -:1:1: not a date: '2026-01-01T09:00+0800'
| visit-tally: -:1:1: not a date: '2026-01-01T09:00+08:60'
| visit-tally: -:1:1: not a date: '2026-01-01T09:00+24:00'
| visit-tally: -:1:1: not a date: '2026-01-01T09:00:00.5Z'
| visit-tally: -:1:1: not a date: '2026-01-01T09:00ZZ'
| visit-tally: -:1:1: not a date: '+2026-01-01'
| visit-tally: -:1:1: not a date: '２０２６-01-01'
| visit-tally: -:1:1: not a date: '2026-01'
| visit-tally: -:1:1: not a date: '2026-W01'
| visit-tally: -:1:1: not a date: 'today'

$ for date in 2024-02-29 2000-02-29 0001-01-01 9999-12-31 2026-01-01T00:00 2026-01-01T23:59:59 2026-01-01T09:00Z \
>     2026-01-01T09:00:00-12:30; do
>     printf '%s\ta\t\tvisit\tdone\t\t\t\t%s\t\n' $date $date
> done | visit-tally -b '' -s visits
| 8

$ ./visit '2026-10-01\ta\t\tvisit\tdone\t\t\t\tnow\t'; ./feedback '2026-10-01\ta\t\t\t\t\tx\t\t'
> ./feedback '2026-10-01\ta\t\t\t\t\t\t1\t'; ./book 'a\t\t\t\t2026\t'; ./book 'a\t\t\t\t\tx'
| visit-tally: -:1:9: not a date: 'now'
| feedback-tally: -:1:7: not a date: 'x'
| feedback-tally: -:1:8: not a date: '1'
| visit-tally: -:1:5: not a date: '2026'
| visit-tally: -:1:6: not a date: 'x'

# ---- periods ----

$ for period in 2026-H0 2026-H3 2026-Q0 2026-Q5 2026-Q04 2026-00 2026-13 2026-W00 2025-W53 2026-W54 2026-W1 0000 026 \
>     20260 2026-02-30 2026-q1 \
>     2026-10-02..2026-10-01 2026-10-01... 2026-10-01..2026-02-30 2026-10-01..2026-10 2026-10-01T09:00 last-month \
>         today 2026- 2026-1; do
>     ./measure "$period\ta\tm\t1"
> done
| kpi-score: -:1:1: not a period: '2026-H0'
| kpi-score: -:1:1: not a period: '2026-H3'
| kpi-score: -:1:1: not a period: '2026-Q0'
| kpi-score: -:1:1: not a period: '2026-Q5'
| kpi-score: -:1:1: not a period: '2026-Q04'
| kpi-score: -:1:1: not a period: '2026-00'
| kpi-score: -:1:1: not a period: '2026-13'
| kpi-score: -:1:1: not a period: '2026-W00'
| kpi-score: -:1:1: not a period: '2025-W53'
| kpi-score: -:1:1: not a period: '2026-W54'
| kpi-score: -:1:1: not a period: '2026-W1'
| kpi-score: -:1:1: not a period: '0000'
| kpi-score: -:1:1: not a period: '026'
| kpi-score: -:1:1: not a period: '20260'
| kpi-score: -:1:1: not a period: '2026-02-30'
| kpi-score: -:1:1: not a period: '2026-q1'
| kpi-score: -:1:1: not a period: '2026-10-02..2026-10-01'
| kpi-score: -:1:1: not a period: '2026-10-01...'
| kpi-score: -:1:1: not a period: '2026-10-01..2026-02-30'
| kpi-score: -:1:1: not a period: '2026-10-01..2026-10'
| kpi-score: -:1:1: not a period: '2026-10-01T09:00'
| kpi-score: -:1:1: not a period: 'last-month'
| kpi-score: -:1:1: not a period: 'today'
| kpi-score: -:1:1: not a period: '2026-'
| kpi-score: -:1:1: not a period: '2026-1'

# 2026 has a week 53, as it begins on a Thursday: it ends in January 2027, so only 11 of these lie inside 2026.
$ printf '%s\ta\tm\t1\n' 2026 2026-H1 2026-H2 2026-Q1 2026-Q4 2026-01 2026-12 2026-W02 2026-W53 2026-02-28 \
>     2026-10-01..2026-10-01 2026-12-31 |
> kpi-score -p 2026 -g a.yaml -l 2>/dev/null | cut -f 6
| 11

# ---- numbers ----

$ for number in 1,5 1. .5 - + '' ' 1' '1 ' 1e3 0x10 1_000 1234567890123456 1.1234567 1.1.1 --1 +-1 1- ∞ NaN １ ½ 1٫5; do
>     ./measure "2026\ta\tm\t$number"
> done
| kpi-score: -:1:4: not a number: '1,5'
| kpi-score: -:1:4: not a number: '1.'
| kpi-score: -:1:4: not a number: '.5'
| kpi-score: -:1:4: not a number: '-'
| kpi-score: -:1:4: not a number: '+'
| kpi-score: -:1:4: no value
| kpi-score: -:1:4: not a number: ' 1'
| kpi-score: -:1:4: not a number: '1 '
| kpi-score: -:1:4: not a number: '1e3'
| kpi-score: -:1:4: not a number: '0x10'
| kpi-score: -:1:4: not a number: '1_000'
| kpi-score: -:1:4: not a number: '1234567890123456'
| kpi-score: -:1:4: not a number: '1.1234567'
| kpi-score: -:1:4: not a number: '1.1.1'
| kpi-score: -:1:4: not a number: '--1'
| kpi-score: -:1:4: not a number: '+-1'
| kpi-score: -:1:4: not a number: '1-'
| kpi-score: -:1:4: not a number: '∞'
| kpi-score: -:1:4: not a number: 'NaN'
| kpi-score: -:1:4: not a number: '１'
| kpi-score: -:1:4: not a number: '½'
| kpi-score: -:1:4: not a number: '1٫5'

# 010 is ten, as are all the others; -0 is 0; the largest and smallest, exactly.
$ for number in 10 010 +10 10.0 +000000000000010.000000; do ./measure "2026\ta\tm\t$number"
> done | cut -f 6 | sort | uniq -c | tr -s ' '
> for number in -0 -0.000000 999999999999999.999999 -999999999999999.999999 0.000001 -0.10
> do ./measure "2026\ta\tm\t$number"; done | cut -f 6
|  5 10
| 0
| 0
| 999999999999999.999999
| -999999999999999.999999
| 0.000001
| -0.1

$ ./goal '2026\ta\tm\tx\t1\t'; ./goal '2026\ta\tm\t\tx\t'; ./goal '2026\ta\tm\t\t1\tx'; ./goal '2026\ta\tm\t-1\t1\t'
> ./goal '2026\ta\tm\t\t+10%%\t5'
> ./feedback '2026-10-01\ta\t\t\t\tten\t\t\t'
| goal-list: -:1:4: not a number: 'x'
| goal-list: -:1:5: not a number: 'x'
| goal-list: -:1:6: not a number: 'x'
| goal-list: -:1:4: below 0: '-1'
| goal-list: -:1:5: not a number: '+10%'
| feedback-tally: -:1:6: not a number: 'ten'

# ---- status, minutes, scores, resolutions ----

$ for status in Done DONE 'done ' finish d plan; do ./visit "2026-10-01\ta\t\tvisit\t$status\t\t\t\t\t"; done
> for minutes in -1 -0 1.0 1.5 x 1234567890123456; do ./visit "2026-10-01\ta\t\tvisit\tdone\t\t\t$minutes\t\t"; done
| visit-tally: -:1:5: not planned, done, missed or cancelled: 'Done'
| visit-tally: -:1:5: not planned, done, missed or cancelled: 'DONE'
| visit-tally: -:1:5: not planned, done, missed or cancelled: 'done '
| visit-tally: -:1:5: not planned, done, missed or cancelled: 'finish'
| visit-tally: -:1:5: not planned, done, missed or cancelled: 'd'
| visit-tally: -:1:5: not planned, done, missed or cancelled: 'plan'
| visit-tally: -:1:8: not a whole number from 0 on: '-1'
| visit-tally: -:1:8: not a whole number from 0 on: '-0'
| visit-tally: -:1:8: not a whole number from 0 on: '1.0'
| visit-tally: -:1:8: not a whole number from 0 on: '1.5'
| visit-tally: -:1:8: not a whole number from 0 on: 'x'
| visit-tally: -:1:8: not a whole number from 0 on: '1234567890123456'

$ printf '2026-10-01\ta\t\tvisit\t%s\t\t\t%s\t\t\n' done 0 planned 007 missed '' cancelled 999999999999999 done 010 \
>     | visit-tally -b '' -s visits,minutes
| 2	10

$ for score in 10.000001 -0.000001 11 100; do ./feedback "2026-10-01\ta\t\t\t\t$score\t\t\t"; done
> printf '2026-10-01\ta\t\t\t\t%s\t\t\t\n' 0 -0 10 10.0 | feedback-tally -b '' -s sum
| feedback-tally: -:1:6: a score outside the scale 0..10: '10.000001'
| feedback-tally: -:1:6: a score outside the scale 0..10: '-0.000001'
| feedback-tally: -:1:6: a score outside the scale 0..10: '11'
| feedback-tally: -:1:6: a score outside the scale 0..10: '100'
| 20

# The days written are compared, not the instants: in UTC the second is resolved before its date.
$ ./feedback '2026-10-02T09:00\ta\t\t\t\t\t2026-10-01T23:00\t\t'
> ./feedback '2026-10-02T00:30+08:00\ta\t\t\t\t\t2026-10-02T00:00+09:00\t\t'
| feedback-tally: -:1:7: resolved before its date: '2026-10-01T23:00'
| 1

# ---- names and texts ----

# No blanks at the ends (also wide and no-break ones), no # at the start, no escapes but \\.
$ for name in ' a' 'a ' '\302\240a' 'a\302\240' '\343\200\200a' 'a\343\200\200' '\342\200\203a' '\341\232\200a' \
>     '\342\200\257a' '\342\201\237a' ' ' '#a' \
>     'a\\tb' 'a\\nb' 'a\\qb' 'a\\' '\\'; do ./visit "2026-10-01\t$name\t\tvisit\tdone\t\t\t\t\t"
> done
| visit-tally: -:1:2: blank at the start or end: ' a'
| visit-tally: -:1:2: blank at the start or end: 'a '
|e visit-tally: -:1:2: blank at the start or end: '\302\240a'
|e visit-tally: -:1:2: blank at the start or end: 'a\302\240'
|e visit-tally: -:1:2: blank at the start or end: '\343\200\200a'
|e visit-tally: -:1:2: blank at the start or end: 'a\343\200\200'
|e visit-tally: -:1:2: blank at the start or end: '\342\200\203a'
|e visit-tally: -:1:2: blank at the start or end: '\341\232\200a'
|e visit-tally: -:1:2: blank at the start or end: '\342\200\257a'
|e visit-tally: -:1:2: blank at the start or end: '\342\201\237a'
| visit-tally: -:1:2: blank at the start or end: ' '
| visit-tally: -:1:2: # at the start: '#a'
| visit-tally: -:1:2: backslash that is not \\: 'a\tb'
| visit-tally: -:1:2: backslash that is not \\: 'a\nb'
| visit-tally: -:1:2: backslash that is not \\: 'a\qb'
| visit-tally: -:1:2: backslash that is not \\: 'a\'
| visit-tally: -:1:2: backslash that is not \\: '\'

# Every name of every record is one: client, kind, source, theme, metric, team, role, tier.
$ ./visit '2026-10-01\ta\t C\tvisit\tdone\t\t\t\t\t'; ./visit '2026-10-01\ta\t\t#x\tdone\t\t\t\t\t'
> ./feedback '2026-10-01\ta\t#\t\t\t\t\t\t'
> ./feedback '2026-10-01\ta\t\ts \t\t\t\t\t'; ./feedback '2026-10-01\ta\t\t\t\\x\t\t\t\t'; ./measure '2026\ta\t#m\t1'
> ./goal '2026\ta\t m\t\t1\t'
> ./book 'a\t #x\t\t\t\t'; ./book 'a\t\t#x\t\t\t'; ./book 'a\t\t\tx \t\t'; ./client 'C1\t\t\t #\t\t'
| visit-tally: -:1:3: blank at the start or end: ' C'
| visit-tally: -:1:4: # at the start: '#x'
| feedback-tally: -:1:3: # at the start: '#'
| feedback-tally: -:1:4: blank at the start or end: 's '
| feedback-tally: -:1:5: backslash that is not \\: '\x'
| kpi-score: -:1:3: # at the start: '#m'
| goal-list: -:1:3: blank at the start or end: ' m'
| visit-tally: -:1:2: blank at the start or end: ' #x'
| visit-tally: -:1:3: # at the start: '#x'
| visit-tally: -:1:4: blank at the start or end: 'x '
| visit-tally: -:1:4: blank at the start or end: ' #'

# Texts may have blanks and # anywhere, and \t \n \r \\.
$ ./visit '2026-10-01\ta\t\tvisit\tdone\t # \\t\\n\\r\\\\ \t \t\t\t#'
| 1

$ for text in '\\q' 'a\\' '\\0' '\\T' '\\\\\\'; do ./visit "2026-10-01\ta\t\tvisit\tdone\t\t$text\t\t\t"; done
> ./feedback '2026-10-01\ta\t\t\t\t\t\t\t\\u0041'
| visit-tally: -:1:7: backslash that is none of \\ \t \n \r: '\q'
| visit-tally: -:1:7: backslash that is none of \\ \t \n \r: 'a\'
| visit-tally: -:1:7: backslash that is none of \\ \t \n \r: '\0'
| visit-tally: -:1:7: backslash that is none of \\ \t \n \r: '\T'
| visit-tally: -:1:7: backslash that is none of \\ \t \n \r: '\\\'
| feedback-tally: -:1:9: backslash that is none of \\ \t \n \r: '\u0041'

# Names are bytes: é as one character and as two are two names; so are A and a. They sort by their bytes.
$ printf '2026-10-01\t%b\t\tvisit\tdone\t\t\t\t\t\n' '\303\251' 'e\314\201' a A 'a b' '张' z | visit-tally -s visits
| A	1
| a	1
| a b	1
|e e\314\201\t1
| z	1
|e \303\251\t1
| 张	1

# ---- books ----

# Several lines of one name, when their days do not overlap; the later line is told.
$ ./book 'a\t\teast\t\t\t2026-01-31' 'b\t\teast\t\t\t' 'a\t\twest\t\t2026-02-01\t'

$ ./book 'a\t\teast\t\t\t2026-02-01' 'b\t\teast\t\t\t' 'a\t\twest\t\t2026-02-01\t'
> ./book 'a\t\t\t\t2026-02-01\t' 'a\t\t\t\t\t'; ./book 'a\t\t\t\t2026-02-01\t2026-01-31'
| visit-tally: -:3: the days of 'a' overlap those of -:1
| visit-tally: -:2: the days of 'a' overlap those of -:1
| visit-tally: -:1:6: left before joined: '2026-01-31'

$ printf 'C1\t\ta\t\t2026-02-01\t2026-01-31\nC2\t\ta\t\t\t\nC2\t\tb\t\t\t\n' | visit-tally -k -C - /dev/null
! visit-tally: -:1:6: until before since: '2026-01-31'
! visit-tally: -:3: the days of 'C2' overlap those of -:2
? 3

# ---- going on ----

# Every bad line is told, in the order of lines and files, and left out; the status is 3 all the same.
$ cat >bad.tsv <<'E'
> 2026-10-01	a		visit	done					1
> 2026-10-01	a		visit	done
> 2026-10-02	a		visit	done					2
> 2026-10-33	a		visit	done					
> 2026-10-03	a		visit	done					3
> E
> printf 'torn' >>bad.tsv; visit-tally --keep-going -b '' -s visits good.tsv bad.tsv good.tsv - <bad.tsv
| 8
! visit-tally: bad.tsv:2: 5 fields, a visit line has 10
! visit-tally: bad.tsv:4:1: not a date: '2026-10-33'
! visit-tally: bad.tsv:6: incomplete last line: no line feed at its end
! visit-tally: -:2: 5 fields, a visit line has 10
! visit-tally: -:4:1: not a date: '2026-10-33'
! visit-tally: -:6: incomplete last line: no line feed at its end
? 3

# A file that cannot be read ends the work, also with -k.
$ visit-tally -k -b '' bad.tsv missing.tsv 2>&1 | tail -n 1; exit ${PIPESTATUS[0]}
| visit-tally: missing.tsv: open: No such file or directory
? 4
