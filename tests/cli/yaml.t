# The YAML stream of schemes and goals: what is taken, what is refused, and where it says that stands -
# FILE:LINE:COLUMN, from 1, in characters.

# ./yaml FORMAT...: gives goal-check what printf makes of each FORMAT and prints what that refuses; the exit status, which
# must be 3 just when something is refused, only if it is not so. (Whether goals are SMART is not asked here.)
$ cat >yaml <<'E'
> #!/bin/bash
> for format; do
>     out=$(printf -- "$format" | goal-check 2>&1 >/dev/null; exit ${PIPESTATUS[1]})
>     status=$? expected=0
>     [ $status != 1 ] || status=0
>     [ -z "$out" ] || echo "$out"
>     case $out in *': -:'*) expected=3 ;; esac
>     [ $status = $expected ] || echo "exit status $status"
> done
> E
> chmod +x yaml

# ---- what is taken ----

# tests/data/good/stream.yaml holds every key of every document, and every way to write it. 400000 + 10 % is 440000,
# -420000 - 10 % of it -378000.
$ goal-list $DATA/good/stream.yaml
| 2026-10-01..2026-10-31	li.wei	sales	100	440000	400000
|e 2026-10\twang.li\tsales\t\t500000\t
| 2026-10	wang.li	visits	20	42	2
|e 2026-10\twang.li\tnps\t\t50\t
|e 2026-10\twang.li\tteamwork\t\t4.5\t
| 2026-10	张敏	sales	100	-378000	-420000

# Nothing is a stream, too; so are comments, empty documents and a BOM.
$ ./yaml '' '\n' '# nothing' '---' '---\n---\n...\n---\n' '\357\273\277' '\357\273\277---\n' '%%YAML 1.1\n---\n'

# Scalars are text as written: no word, number or date has another meaning.
$ printf 'goals: 2026\ntargets: {no: {yes: 010}, ~: {null: 1}, 2026-10-05: {12: 1.50}, 0x10: {.inf: 1}, "\\u5f20": {"a\\\\b": 1}}\n' | goal-list
|e 2026\t0x10\t.inf\t\t1\t
|e 2026\t2026-10-05\t12\t\t1.5\t
|e 2026\tno\tyes\t\t10\t
|e 2026\t~\tnull\t\t1\t
|e 2026\t\345\274\240\ta\\\\b\t\t1\t

# ---- bytes ----

# Not UTF-8; column 12 stands behind "targets: {张", whatever the bytes.
$ ./yaml 'goals: 2026\ntargets: {张\377: {m: 1}}\n' '\344\275' '\300\200' '\355\240\200' '\364\220\200\200' \
>     '\357\273\277# \200'
| goal-check: -:2:12: not UTF-8: byte 0xFF
| goal-check: -:1:1: not UTF-8: byte 0xE4
| goal-check: -:1:1: not UTF-8: byte 0xC0
| goal-check: -:1:1: not UTF-8: byte 0xED
| goal-check: -:1:1: not UTF-8: byte 0xF4
| goal-check: -:1:3: not UTF-8: byte 0x80

# UTF-16, which libyaml would take, with a BOM and without.
$ ./yaml '\377\376g\000o\000' '\376\377\000g\000o' 'g\000o\000' '\000g\000o'
| goal-check: -:1:1: UTF-16, not UTF-8
| goal-check: -:1:1: UTF-16, not UTF-8
| goal-check: -:1:2: a control character: U+0000
| goal-check: -:1:1: a control character: U+0000

# Line ends that YAML 1.1 knew and 1.2 does not: NEL, LS, PS. Other control characters.
$ ./yaml 'goals: 张\302\205x' 'goals: 2026\n# \342\200\250' '\342\200\251' 'goals: "\033[2J"' 'goals: \177' \
>     'goals: \302\233' '# \001' 'goals: \f'
| goal-check: -:1:9: a line end that YAML 1.2 does not know: U+0085
| goal-check: -:2:3: a line end that YAML 1.2 does not know: U+2028
| goal-check: -:1:1: a line end that YAML 1.2 does not know: U+2029
| goal-check: -:1:9: a control character: U+001B
| goal-check: -:1:8: a control character: U+007F
| goal-check: -:1:8: a control character: U+009B
| goal-check: -:1:3: a control character: U+0001
| goal-check: -:1:8: a control character: U+000C

# A BOM is one at the start only.
$ ./yaml '\n\357\273\277goals: 2026' 'goals: 2026\357\273\277' '\357\273\277\357\273\277'
| goal-check: -:2:1: a byte order mark inside the file: U+FEFF
| goal-check: -:1:12: a byte order mark inside the file: U+FEFF
| goal-check: -:1:1: a byte order mark inside the file: U+FEFF

# Columns and lines are right for Chinese, a BOM, CR LF and CR: the 1 of x stands in column 18 (of characters, the BOM
# not counted) of line 2.
$ for eol in '\n' '\r\n' '\r'; do ./yaml "\357\273\277goals: 2026${eol}targets: {张敏: {销: x}}${eol}"; done
| goal-check: -:2:19: not a number: 'x'
| goal-check: -:2:19: not a number: 'x'
| goal-check: -:2:19: not a number: 'x'

# Escapes bring in nothing that bytes may not hold, wherever they stand; line feed and tab are text.
$ for value in '\\e[2J' '\\0' '\\a' '\\x7f' '\\x9b' '\\N' '\\L' '\\P' '\\r' '\\u0085' '\\U00000001'; do
>     ./yaml "goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\nwhy: \"张${value}\"\n"
> done
| goal-check: -:6:6: a control character in a value: U+001B
| goal-check: -:6:6: a control character in a value: U+0000
| goal-check: -:6:6: a control character in a value: U+0007
| goal-check: -:6:6: a control character in a value: U+007F
| goal-check: -:6:6: a control character in a value: U+009B
| goal-check: -:6:6: a control character in a value: U+0085
| goal-check: -:6:6: a control character in a value: U+2028
| goal-check: -:6:6: a control character in a value: U+2029
| goal-check: -:6:6: a control character in a value: U+000D
| goal-check: -:6:6: a control character in a value: U+0085
| goal-check: -:6:6: a control character in a value: U+0001

$ ./yaml 'goals: 2026\ntargets: {"\\0": {m: 1}}\n' 'goals: 2026\ntargets: {"a\\nb": {m: 1}}\n' 'goals: "\\ud800"' \
>     'goals: "\\U00110000"' 'goals: "\\q"' 'goals: "\\x4"'
| goal-check: -:2:11: a control character in a value: U+0000
| goal-check: -:2:11: backslash that is not \\: 'a\nb'
| goal-check: -:1:11: while parsing a quoted scalar: found invalid Unicode character escape code
| goal-check: -:1:11: while parsing a quoted scalar: found invalid Unicode character escape code
| goal-check: -:1:9: while parsing a quoted scalar: found unknown escape character
| goal-check: -:1:11: while parsing a quoted scalar: did not find expected hexdecimal number

# ---- syntax ----

# What is never closed is told where it was opened, not at the end of the file; of two the inner one.
$ ./yaml 'goals: "2026\n\n\n' "goals: 2026\ntargets: {张敏: {m: '1}}\n\n" 'goals: [\n' 'goals: {\n\n' \
>     'goals: 2026\ntargets: {张: {m: 1}\n' 'goals: [a, {b: [c\n]\n'
| goal-check: -:1:8: while scanning a quoted scalar: it is never closed
| goal-check: -:2:19: while scanning a quoted scalar: it is never closed
| goal-check: -:1:8: while parsing a flow sequence: it is never closed
| goal-check: -:1:8: while parsing a flow mapping: it is never closed
| goal-check: -:2:10: while parsing a flow mapping: it is never closed
| goal-check: -:1:12: while parsing a flow mapping: it is never closed

# Other faults are told where they are.
$ ./yaml 'goals: 2026\n\ttargets: x\n' 'goals: 2026\n targets: x\n' 'goals: a: b\n' 'goals: ]\n' 'goals: @x\n' \
>     '- a\nb: c\n' 'goals: "a" b\n' 'goals: [\n---\n' '%%YAML 2.0\n---\n' '%%YAML 1.1\n%%YAML 1.1\n---\n' \
>     'goals: {a b: c d: e}\n'
| goal-check: -:2:1: while scanning a plain scalar: found a tab character that violates indentation
| goal-check: -:2:9: mapping values are not allowed in this context
| goal-check: -:1:9: mapping values are not allowed in this context
| goal-check: -:1:8: while parsing a block node: did not find expected node content
| goal-check: -:1:8: while scanning for the next token: found character that cannot start any token
| goal-check: -:2:1: while parsing a block collection: did not find expected '-' indicator
| goal-check: -:1:12: while parsing a block mapping: did not find expected key
| goal-check: -:2:1: while parsing a flow node: did not find expected node content
| goal-check: -:1:1: found incompatible YAML document
| goal-check: -:2:1: found duplicate %YAML directive
| goal-check: -:1:17: while parsing a flow mapping: did not find expected ',' or '}'

# ---- what YAML has and a stream has not ----

# Tags.
$ ./yaml 'goals: !!str 2026\n' 'goals: ! 2026\n' '!scheme {scheme: s}\n' 'goals: 2026\ntargets: !!map {a: {m: 1}}\n' \
>     'goals: !<tag:x> 2026\n' 'goals: 2026\ntargets: {a: {m: !!int 1}}\n' 'a: !!seq [b]\n'
| goal-check: -:1:8: tags are not used here
| goal-check: -:1:8: tags are not used here
| goal-check: -:1:1: tags are not used here
| goal-check: -:2:10: tags are not used here
| goal-check: -:1:8: tags are not used here
| goal-check: -:2:18: tags are not used here
| goal-check: -:1:4: tags are not used here

$ ./yaml '# x\n%%TAG ! tag:example.org,2000:\n---\ngoals: 2026\n'
| goal-check: -:2:1: tags are not used here

# Anchors, aliases, merge keys - as an own key, plain; "<<" is a name like another.
$ ./yaml 'goals: &p 2026\n' 'goals: 2026\ntargets: {a: &t {m: 1}, b: *t}\n' 'goals: *p\n' 'a: &l [b]\n' \
>     'goals: 2026\ntargets: {a: {<<: 1}}\n' 'goals: 2026\ntargets: {"<<": {"<<": 1}}\n'
| goal-check: -:1:8: anchors are not used here
| goal-check: -:2:14: anchors are not used here
| goal-check: -:1:8: aliases are not used here
| goal-check: -:1:4: anchors are not used here
| goal-check: -:2:15: merge keys (<<) are not used here

# Keys that are not one text.
$ ./yaml '? [a]\n: b\n' '{a: b}: c\n' 'goals: 2026\ntargets: {{a: b}: c}\n'
| goal-check: -:1:3: a key must be a plain text
| goal-check: -:1:1: a key must be a plain text
| goal-check: -:2:11: a key must be a plain text

# Keys twice, both lines told; quotes make no other key. Also in large maps, and in the middle of lists.
$ ./yaml 'goals: 2026\ntargets: {}\ngoals: 2026\n' \
>     'goals: 2026\ntargets:\n  张敏: {m: 1}\n  b: {m: 1}\n  "张敏": {m: 2}\n' \
>     'goals: 2026\ntargets: {a: {m: 1, n: 2, "m": 3}}\n' \
>     "scheme: s\nmetrics: {k: }\ngrades:\n- {grade: a,\n   grade: b}\n"
| goal-check: -:3:1: key 'goals' stands on line 1 already
| goal-check: -:5:3: key '张敏' stands on line 3 already
| goal-check: -:2:27: key 'm' stands on line 2 already
| goal-check: -:5:4: key 'grade' stands on line 4 already

$ (printf 'goals: 2026\ntargets:\n'; seq -f '  o%g: {m: 1}' 1 100; echo '  o77: {m: 2}'
> echo '  o1: {m: 2}') | goal-check
! goal-check: -:103:3: key 'o77' stands on line 79 already
? 3

$ (printf 'goals: 2026\ntargets:\n'; seq -f '  o%g: {m: 1}' 1 100; echo '  o1: {m: 2}') | goal-check
! goal-check: -:103:3: key 'o1' stands on line 3 already
? 3

# 16 levels are read (and are no document then), 17 are refused - in both styles.
$ ./yaml "$(printf '[%.0s' {1..16})$(printf ']%.0s' {1..16})" "$(printf '[%.0s' {1..17})$(printf ']%.0s' {1..17})"
> ./yaml "$(printf -- '- %.0s' {1..16})" "$(printf -- '- %.0s' {1..17})"
> ./yaml "goals: 2026\ntargets: $(printf '{张: %.0s' {1..15})1$(printf '}%.0s' {1..15})" \
>     "goals: 2026\ntargets: $(printf '{张: %.0s' {1..16})1$(printf '}%.0s' {1..16})"
| goal-check: -:1:1: a document must be one of scheme, goals, goal, revise, review
| goal-check: -:1:17: nested over 16 levels
| goal-check: -:1:1: a document must be one of scheme, goals, goal, revise, review
| goal-check: -:1:33: nested over 16 levels
| goal-check: -:2:19: unknown key of a target: '张'
| goal-check: -:2:70: nested over 16 levels

# ---- documents ----

$ ./yaml 'text\n' '[a]\n' 'color: red\n' '{}\n' '# c\n---\n\n# d\ncolor: red\n'
| goal-check: -:1:1: a document must be one of scheme, goals, goal, revise, review
| goal-check: -:1:1: a document must be one of scheme, goals, goal, revise, review
| goal-check: -:1:1: a document must be one of scheme, goals, goal, revise, review
| goal-check: -:1:1: a document must be one of scheme, goals, goal, revise, review
| goal-check: -:5:1: a document must be one of scheme, goals, goal, revise, review

# Unknown keys, in every kind of map.
$ S='scheme: s\nmetrics: {k: {weight: 100}}\n' G='goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\n'
> ./yaml "${S}color: red\n" 'scheme: s\nmetrics: {k: {wieght: 1}}\n' \
>     "${S}adjust: [{metric: k, above: 1, points: 1, color: red}]\n" \
>     "${S}gates: [{metric: k, above: 1, score_at_most: 1, each: 2}]\n" "${S}grades: [{grade: a, to: 1}]\n" \
>     'goals: 2026\ntargets: {a: {m: 1}}\ngoal: g\n' 'goals: 2026\ntargets: {a: {m: {target: 1, colour: red}}}\n' \
>         "${G}status: open\n" \
>     'revise: g\ntarget: 1\non: 2026-01-01\nreason: r\nowner: a\n' 'review: g\non: 2026-01-01\ntarget: 1\n' \
>         'scheme: s\nmetrics: {}\ngoals: 2026\n'
| goal-check: -:3:1: unknown key of a scheme: 'color'
| goal-check: -:2:15: unknown key of a metric: 'wieght'
| goal-check: -:3:43: unknown key of an adjustment: 'color'
| goal-check: -:3:49: unknown key of a gate: 'each'
| goal-check: -:3:21: unknown key of a grade: 'to'
| goal-check: -:3:1: unknown key of goals: 'goal'
| goal-check: -:2:30: unknown key of a target: 'colour'
| goal-check: -:6:1: unknown key of a goal: 'status'
| goal-check: -:5:1: unknown key of a revision: 'owner'
| goal-check: -:3:1: unknown key of a review: 'target'
| goal-check: -:3:1: unknown key of a scheme: 'goals'

# Keys that are missing, values that are not what they should be.
$ ./yaml 'scheme: s\n' 'goals: 2026\n' 'goal: g\nowner: a\nmetric: m\nperiod: 2026\n' \
>     'goal: g\nmetric: m\nperiod: 2026\ntarget: 1\n' \
>     'goal: g\nowner: a\nperiod: 2026\ntarget: 1\n' 'goal: g\nowner: a\nmetric: m\ntarget: 1\n' \
>         'goals: 2026\ntargets: {a: {m: {baseline: 1}}}\n' \
>     'revise: g\non: 2026-01-01\nreason: r\n' 'revise: g\ntarget: 1\nreason: r\n' \
>         'revise: g\ntarget: 1\non: 2026-01-01\n' 'review: g\n' \
>     'scheme: s\nmetrics: {k: }\nadjust: [{metric: k, above: 1}]\n' \
>         'scheme: s\nmetrics: {k: }\nadjust: [{above: 1, points: 1}]\n' \
>     'scheme: s\nmetrics: {k: }\ngates: [{metric: k, above: 1}]\n' 'scheme: s\nmetrics: {k: }\ngrades: [{from: 1}]\n'
| goal-check: -:1:1: a scheme lacks the key 'metrics'
| goal-check: -:1:1: goals lacks the key 'targets'
| goal-check: -:1:1: a goal lacks the key 'target'
| goal-check: -:1:1: a goal lacks the key 'owner'
| goal-check: -:1:1: a goal lacks the key 'metric'
| goal-check: -:1:1: a goal lacks the key 'period'
| goal-check: -:2:18: a target lacks the key 'target'
| goal-check: -:1:1: a revision lacks the key 'target'
| goal-check: -:1:1: a revision lacks the key 'on'
| goal-check: -:1:1: a revision lacks the key 'reason'
| goal-check: -:1:1: a review lacks the key 'on'
| goal-check: -:3:10: an adjustment lacks the key 'points'
| goal-check: -:3:10: an adjustment lacks the key 'metric'
| goal-check: -:3:9: a gate lacks the key 'score_at_most'
| goal-check: -:3:10: a grade lacks the key 'grade'

$ ./yaml 'goals: [2026]\ntargets: {a: {m: 1}}\n' 'goals:\ntargets: {a: {m: 1}}\n' \
>     'goals: "#1"\ntargets: {a: {m: 1}}\n' 'goals: last-month\ntargets: {a: {m: 1}}\n' \
>     'goals: 2026\ntargets: {}\n' 'goals: 2026\ntargets: a\n' 'goals: 2026\ntargets: {a: }\n' \
>         'goals: 2026\ntargets: {a: 1}\n' 'goals: 2026\ntargets: {a: {m: }}\n' \
>     'goals: 2026\ntargets: {a: {m: [1]}}\n' 'goals: 2026\ntargets: {a: {m: 1e3}}\n' \
>         'goals: 2026\ntargets: {" a": {m: 1}}\n' 'goals: 2026\ntargets: {a: {"#m": 1}}\n' \
>     'goals: 2026\ntargets: {a: {m: {target: 1, weight: -1}}}\n' \
>         'goals: 2026\ntargets: {a: {m: {target: 1, baseline: x}}}\n'
| goal-check: -:1:8: 'goals' must be one value
| goal-check: -:1:7: 'goals' is empty
| goal-check: -:1:8: # at the start: '#1'
| goal-check: -:1:8: not a period: 'last-month'
| goal-check: -:2:10: targets must be a map of owners
| goal-check: -:2:10: targets must be a map of owners
| goal-check: -:2:14: the targets of 'a' must be a map of metrics
| goal-check: -:2:14: the targets of 'a' must be a map of metrics
| goal-check: -:2:18: 'm' is empty
| goal-check: -:2:18: 'm' must be one value
| goal-check: -:2:18: not a number: '1e3'
| goal-check: -:2:11: blank at the start or end: ' a'
| goal-check: -:2:15: # at the start: '#m'
| goal-check: -:2:38: below 0: '-1'
| goal-check: -:2:40: not a number: 'x'

# Targets in percent: with a sign, and a baseline - which a revision may get from what it revises.
$ ./yaml 'goals: 2026\ntargets: {a: {m: 10%%}}\n' 'goals: 2026\ntargets: {a: {m: +10%%}}\n' \
>     'goals: 2026\ntargets: {a: {m: +x%%}}\n' 'goals: 2026\ntargets: {a: {m: "%%"}}\n' \
>     'goals: 2026\ntargets: {a: {m: {target: +999999999999999%%, baseline: 999999999999999}}}\n' \
>     'goals: 2026\ntargets: {a: {m: 1}}\n---\nrevise: 2026/a/m\ntarget: +10%%\non: 2026-01-01\nreason: r\n' \
>     'goals: 2026\ntargets: {a: {m: {target: 2, baseline: 1}}}\n---\nrevise: 2026/a/m\ntarget: +50%%\non: 2026-01-01\nreason: r\n'
| goal-check: -:2:18: a percentage needs its sign, as in +10%: '10%'
| goal-check: -:2:18: a target in % needs a baseline
| goal-check: -:2:18: not a percentage: '+x%'
| goal-check: -:2:18: a percentage needs its sign, as in +10%: '%'
| goal-check: -:2:18: the target is out of range
| goal-check: -:4:1: a target in % needs a baseline

$ G='goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\n'
> ./yaml "${G}title:\n" "${G}title: [a]\n" "${G}steps: a\n" "${G}steps: []\n" "${G}risks: [a, [b]]\n" \
>     "${G}steps: [a, '']\n" "${G}reviews: [2026-10-01, 2026-10-32]\n" \
>     "${G}reviews: 2026-10-01\n" "${G}set: yesterday\n" "${G}agreed: 2026-10-01T09:00\n" "${G}strategy: yes\n" \
>         "${G}supports: ' x'\n"
| goal-check: -:6:7: 'title' is empty
| goal-check: -:6:8: 'title' must be one value
| goal-check: -:6:8: steps must be a list
| goal-check: -:6:8: steps is empty
| goal-check: -:6:12: 'item' must be one value
| goal-check: -:6:12: 'item' is empty
| goal-check: -:6:23: not a date: '2026-10-32'
| goal-check: -:6:10: reviews must be a list
| goal-check: -:6:6: not a date: 'yesterday'
| goal-check: -:6:9: not a date: '2026-10-01T09:00'
| goal-check: -:6:11: neither true nor false: 'yes'
| goal-check: -:6:11: blank at the start or end: ' x'

# ---- schemes ----

$ scheme() { for text; do ./yaml "scheme: s\n$text\n"; done; }
> scheme 'metrics: {}' 'metrics: [a]' 'metrics: {k: 40}' 'metrics: {k: {weight: x}}' 'metrics: {k: {weight: -1}}' \
>     'metrics: {k: {weight: 0.125}}' \
>     'metrics: {k: {better: more}}' 'metrics: {k: {take: median}}' 'metrics: {k: {missing: null}}' \
>         'metrics: {k: {prorate: 1}}' \
>     'metrics: {k: {take: mean, prorate: true}}' 'metrics: {" k": {weight: 1}}' 'metrics: {k: {title: [x]}}'
| goal-check: -:2:10: metrics is empty
| goal-check: -:2:10: metrics must be a map
| goal-check: -:2:14: a metric must be a map of keys
| goal-check: -:2:23: not a number: 'x'
| goal-check: -:2:23: below 0: '-1'
| goal-check: -:2:23: more than 2 decimals (digits): '0.125'
| goal-check: -:2:23: not higher or lower: 'more'
| goal-check: -:2:21: not sum, mean, last, max, min or count: 'median'
| goal-check: -:2:24: not none, zero, skip or error: 'null'
| goal-check: -:2:24: neither true nor false: '1'
| goal-check: -:2:36: only take: sum and take: count can be prorated
| goal-check: -:2:11: blank at the start or end: ' k'
| goal-check: -:2:22: 'title' must be one value

# Curves: pairs whose attainments do not fall, at most two at one.
$ curve() { for text; do ./yaml "scheme: s\nmetrics: {k: {curve: $text}}\n"; done; }
> curve '[]' '1' '[1, 2]' '[[1]]' '[[1, 2, 3]]' '[[0, 0], [x, 1]]' '[[0, 0], [1, {}]]' '[[0, 0], [1, 1], [0.5, 2]]' \
>     '[[1, 0], [1, 1], [1, 2]]'
| goal-check: -:2:22: a curve is empty
| goal-check: -:2:22: a curve must be a list
| goal-check: -:2:23: a point of a curve must be [attainment, credit]
| goal-check: -:2:23: a point of a curve must be [attainment, credit]
| goal-check: -:2:23: a point of a curve must be [attainment, credit]
| goal-check: -:2:32: not a number: 'x'
| goal-check: -:2:35: 'item' must be one value
| goal-check: -:2:39: the attainments of a curve fall: '0.5'
| goal-check: -:2:39: more than two points at one attainment: '1'

# points, digits, from, at_most and score_at_most have no more decimals than digits; keys may come in any order.
$ scheme() { for text; do ./yaml "scheme: s\n$text\nmetrics: {k: {weight: 100}}\n"; done; }
> scheme 'points: 0' 'points: -100' 'points: 100.001' 'digits: 7' 'digits: -1' 'digits: 1.5' 'digits: two' \
>     'period: 2026-99' 'period: [2026]' \
>     'roles: {}' 'roles: {r: {}}' 'roles: {r: {x: 100}}' 'roles: {r: {k: 99.999}}' 'roles: {r: 5}' 'tiers: {a: 0}' \
>         'tiers: {a: 1.5}' 'tiers: {a: often}' \
>     'digits: 0\nadjust: [{metric: k, above: 1, points: 1, at_most: 0.5}]' \
>         'adjust: [{metric: k, above: 1, points: 1, at_most: -1}]' \
>     'adjust: [{metric: k, above: 1, points: 1, each: 0}]' 'adjust: [{metric: k, points: 1}]' \
>         'adjust: [{metric: k, above: 1, below: 2, points: 1}]' \
>     'adjust: [{metric: x, above: 1, points: 1}]' 'adjust: {metric: k}' 'adjust: []' \
>         'gates: [{metric: k, below: 1, score_at_most: 59.999}]' \
>     'gates: [{metric: k, score_at_most: 59}]' 'gates: [{metric: x, above: 1, score_at_most: 59}]' \
>         'grades: [{grade: A, from: 99.999}]' \
>     'grades: [{grade: A, top: 0}]' 'grades: [{grade: A, top: 100.1}]' 'grades: [{grade: ""}]' 'grades: {A: 100}'
| goal-check: -:2:9: not above 0: '0'
| goal-check: -:2:9: not above 0: '-100'
| goal-check: -:2:9: more than 2 decimals (digits): '100.001'
| goal-check: -:2:9: not a whole number from 0 to 6: '7'
| goal-check: -:2:9: not a whole number from 0 to 6: '-1'
| goal-check: -:2:9: not a whole number from 0 to 6: '1.5'
| goal-check: -:2:9: not a number: 'two'
| goal-check: -:2:9: not a period: '2026-99'
| goal-check: -:2:9: 'period' must be one value
| goal-check: -:2:8: roles is empty
| goal-check: -:2:12: a role's weights is empty
| goal-check: -:2:13: not a metric of the scheme: 'x'
| goal-check: -:2:16: more than 2 decimals (digits): '99.999'
| goal-check: -:2:12: a role's weights must be a map
| goal-check: -:2:12: not a number of days: '0'
| goal-check: -:2:12: not a number of days: '1.5'
| goal-check: -:2:12: not a number: 'often'
| goal-check: -:3:52: more than 0 decimals (digits): '0.5'
| goal-check: -:2:52: below 0: '-1'
| goal-check: -:2:49: not above 0: '0'
| goal-check: -:2:10: an adjustment needs above or below, and only one of them
| goal-check: -:2:10: an adjustment needs above or below, and only one of them
| goal-check: -:2:19: not a metric of the scheme: 'x'
| goal-check: -:2:9: an adjustment must be a list
| goal-check: -:2:9: an adjustment is empty
| goal-check: -:2:46: more than 2 decimals (digits): '59.999'
| goal-check: -:2:9: a gate needs above or below, and only one of them
| goal-check: -:2:18: not a metric of the scheme: 'x'
| goal-check: -:2:27: more than 2 decimals (digits): '99.999'
| goal-check: -:2:26: not above 0: '0'
| goal-check: -:2:10: top of more than 100 %
| goal-check: -:2:18: 'grade' is empty
| goal-check: -:2:9: grades must be a list

# ---- the whole: what refers to something else is looked at when all files are read ----

# A goal set twice: by id, or by owner, period (as days) and metric - in one file, in two, and in goal lines.
$ printf 'goal: g\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\n' >g.yaml
> printf 'goals: 2026-01-01..2026-12-31\ntargets: {b: {m: 1}, a: {n: 1,\n  m: 2}}\n' >c.yaml
> sed 's/: a/: z/' g.yaml >id.yaml; printf '2026\ta\tm\t\t3\t\n' >l.tsv; printf '# c\n---\n' | cat - g.yaml >later.yaml
> goal-check g.yaml id.yaml; goal-check id.yaml later.yaml; goal-check c.yaml g.yaml; goal-check g.yaml c.yaml
> goal-check g.yaml l.tsv; goal-check l.tsv g.yaml; goal-check l.tsv l.tsv
! goal-check: id.yaml:1:1: goal 'g', set at g.yaml:1:1 already
! goal-check: later.yaml:3:1: goal 'g', set at id.yaml:1:1 already
! goal-check: g.yaml:1:1: a goal of 'a' for 'm' in 2026, set at c.yaml:3:6 already
! goal-check: c.yaml:3:6: a goal of 'a' for 'm' in 2026-01-01..2026-12-31, set at g.yaml:1:1 already
! goal-check: l.tsv:1: a goal of 'a' for 'm' in 2026, set at g.yaml:1:1 already
! goal-check: g.yaml:1:1: a goal of 'a' for 'm' in 2026, set at l.tsv:1 already
! goal-check: l.tsv:1: a goal of 'a' for 'm' in 2026, set at l.tsv:1 already
? 3

# A compact goal has an id, too: PERIOD/OWNER/METRIC as written. A full one may not take it; a full one has only its
# own.
$ printf 'goal: 2026/a/m\nowner: x\nmetric: y\nperiod: 2025\ntarget: 1\n' | goal-check l.tsv -
! goal-check: -:1:1: goal '2026/a/m', set at l.tsv:1 already
? 3

$ printf 'review: 2026/a/m\non: 2026-01-01\n' >r.yaml; goal-check l.tsv r.yaml; goal-check r.yaml l.tsv
> goal-check g.yaml r.yaml
! goal-check: r.yaml:1:9: unknown goal: '2026/a/m'
? 3

# Owners and metrics may have slashes of their own; what could be read in two ways is one goal set twice - of compact
# goals, as one written in full has only the id that it gives itself.
$ ./yaml 'goals: 2026\ntargets: {a/b: {c/d: 1}}\n---\nreview: 2026/a/b/c/d\non: 2026-01-01\n' \
>     'goals: 2026\ntargets: {a/b: {c: 1}}\n---\ngoal: g\nowner: a\nmetric: b/c\nperiod: 2026\ntarget: 1\n' \
>     'goals: 2026\ntargets: {a/b: {c: 1}, a: {b/c: 1}}\n'
| goal-check: -:2:20: goal '2026/a/b/c', set at -:2:33 already

# Unknown ids.
$ ./yaml 'revise: nothing\ntarget: 1\non: 2026-01-01\nreason: r\n' 'on: 2026-01-01\nreview: 没有\n' \
>     "$(cat g.yaml)\nsupports: nothing\n" "$(cat g.yaml)\nsupports: g\n" 'review: 2026/a\non: 2026-01-01\n'
| goal-check: -:1:9: unknown goal: 'nothing'
| goal-check: -:2:9: unknown goal: '没有'
| goal-check: -:1:1: supports an unknown goal: 'nothing'
| goal-check: -:1:9: unknown goal: '2026/a'

# Revisions of one goal do not go back in time; of different goals they may. Nor do they make a goal senseless.
$ R='target: 2\nreason: r\non:'; T='goals: 2026\ntargets: {a: {m: 1, n: 1}}\n---\n'
> ./yaml "${T}revise: 2026/a/m\n$R 2026-02-02\n---\nrevise: 2026/a/n\n$R 2026-02-01\n---\nrevise: 2026/a/m\n$R 2026-02-02\n" \
>     "${T}revise: 2026/a/m\n$R 2026-02-02\n---\nrevise: 2026/a/m\n$R 2026-02-01\n" \
>         "${T}revise: 2026/a/m\nbaseline: 2\n$R 2026-02-02\n"
| goal-check: -:9:1: a revision of '2026/a/m' dated before the one at -:4:1
| goal-check: -:4:1: the target equals the baseline

# A metric that the scheme does not know - wherever the scheme stands; without a scheme every metric will do.
$ goal-check l.tsv; for order in 's.yaml l.tsv' 'l.tsv s.yaml'
> do printf 'scheme: s\nmetrics: {k: {weight: 100}}\n' >s.yaml; goal-check $order; done
! goal-check: l.tsv:1: scheme 's' knows no metric 'm'
! goal-check: l.tsv:1: scheme 's' knows no metric 'm'
? 3

# ---- hostile sizes ----

# ./hostile: goal-check on standard input, in 5 seconds and (sanitizers need more) 64 MiB a MiB and 32 to start with.
# ./mib TEXT: a MiB of it; ./lines TEXT: likewise, with line feeds.
$ cat >hostile <<'E'
> #!/bin/bash
> cat >big
> [ $VARIANT = san ] || ulimit -v $(((($(stat -c %s big) >> 20) + 1) * 65536 + 32768))
> timeout 5 goal-check big 2>&1 >/dev/null
> status=$?
> [ $status -le 3 ] || echo "ended with $status"
> E
> printf '#!/bin/bash\nyes -- "$1" | tr -d "\\n" | head -c 1048576\n' >mib
> printf '#!/bin/bash\nyes -- "$1" | head -c 1048576\n' >lines
> chmod +x hostile mib lines; ./mib '{' | head -c 80000 | ./hostile
> for text in '{' '[' '- ' '? ' '[{"a":' '{a: ' '&a ' '*a ' '! ' '&' '"' "'" '[],' 'a: ' ':' ',' ']' '%' '\' ' ' '#' \
>     '|' '?' '@'; do
>     printf '%s\t' "$text"; ./mib "$text" | ./hostile | head -n 1 | grep . || echo ok
> done
| goal-check: big:1:2: a key must be a plain text
| {	goal-check: big:1:2: a key must be a plain text
| [	goal-check: big:1:17: nested over 16 levels
| - 	goal-check: big:1:33: nested over 16 levels
| ? 	goal-check: big:1:3: a key must be a plain text
| [{"a":	goal-check: big:1:49: nested over 16 levels
| {a: 	goal-check: big:1:65: nested over 16 levels
| &a 	goal-check: big:1:1: anchors are not used here
| *a 	goal-check: big:1:1: aliases are not used here
| ! 	goal-check: big:1:1: tags are not used here
| &	goal-check: big:1:2: while scanning an anchor: did not find expected alphabetic or numeric character
| "	goal-check: big:1:1: a document must be one of scheme, goals, goal, revise, review
| '	goal-check: big:1:1: a document must be one of scheme, goals, goal, revise, review
| [],	goal-check: big:1:1: a document must be one of scheme, goals, goal, revise, review
| a: 	goal-check: big:1:5: mapping values are not allowed in this context
| :	goal-check: big:1:1048576: mapping values are not allowed in this context
| ,	goal-check: big:1:1: while parsing a block node: did not find expected node content
| ]	goal-check: big:1:1: while parsing a block node: did not find expected node content
| %	goal-check: big:1:2: while scanning a directive: could not find expected directive name
| \	goal-check: big:1:1: a document must be one of scheme, goals, goal, revise, review
|  	ok
| #	ok
| |	goal-check: big:1:2: while scanning a block scalar: did not find expected comment or line break
| ?	goal-check: big:1:1: a document must be one of scheme, goals, goal, revise, review
| @	goal-check: big:1:1: while scanning for the next token: found character that cannot start any token

# Lines and documents without number; scalars without end.
$ for text in '%TAG ! tag:x,2000:' '%YAML 1.1' '---' '...' '-' 'a:' '|' '? a' '[]' '' '#'; do
>     printf '%s\t' "$text"; ./lines "$text" | ./hostile | head -n 1 | grep . || echo ok
> done
> (printf 'goals: "'; ./mib x) | ./hostile; (printf 'goals: '; ./mib x) | ./hostile; (printf 'goals: |\n'
> ./lines ' x'; echo) | ./hostile
> (./mib x; echo ': 1') | ./hostile; (printf 'goals: "'; ./mib '\x41'; echo '"') | ./hostile; (printf '['; ./mib a,
> echo 'a]') | ./hostile
> (printf '{'; ./mib 'a,'; echo '}') | ./hostile; seq 0 1400 | awk '{ printf "%*sa:\n", $1, "" }' | ./hostile
| %TAG ! tag:x,2000:	goal-check: big:1:1: tags are not used here
| %YAML 1.1	goal-check: big:2:1: found duplicate %YAML directive
| ---	ok
| ...	goal-check: big:1:1: while parsing a block node: did not find expected node content
| -	goal-check: big:1:1: a document must be one of scheme, goals, goal, revise, review
| a:	goal-check: big:2:1: key 'a' stands on line 1 already
| |	goal-check: big:1:1: a document must be one of scheme, goals, goal, revise, review
| ? a	goal-check: big:2:3: key 'a' stands on line 1 already
| []	goal-check: big:1:1: a document must be one of scheme, goals, goal, revise, review
| 	ok
| #	ok
| goal-check: big:1:8: while scanning a quoted scalar: it is never closed
| goal-check: big:1:8: not a period: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…'
| goal-check: big:1:8: backslash that is not \\: 'x\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\nx\n…'
| goal-check: big:1:1048577: mapping values are not allowed in this context
| goal-check: big:1:8: not a period: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA…'
| goal-check: big:1:1: a document must be one of scheme, goals, goal, revise, review
| goal-check: big:1:4: key 'a' stands on line 1 already
| goal-check: big:17:17: nested over 16 levels

# Much that is right: 200000 keys in one map, 20000 documents, revisions and schemes.
$ (printf 'goals: 2026\ntargets:\n'; seq -f '  o%.0f: {m: 1}' 200000) | ./hostile
> (printf 'goals: 2026\ntargets:\n'; seq -f '  o%.0f: {m: 1}' 200000; echo '  o1: {m: 1}') | ./hostile
> seq 20000 | awk '{ printf "---\ngoal: g%d\nowner: o%d\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: g1\n", $1, $1 }' | ./hostile
> (printf 'goals: 2026\ntargets: {a: {m: 1}}\n'
> seq 20000 | awk '{ printf "---\nrevise: 2026/a/m\ntarget: 2\non: 2026-01-01\nreason: r\n" }') | ./hostile
> seq 20000 | awk '{ printf "---\nscheme: s%d\nperiod: 2025\nmetrics: {k: {weight: 100}}\n", $1 }' | ./hostile
| goal-check: big:200003:3: key 'o1' stands on line 3 already

# Nothing takes longer the more there is of it: an id that is all slashes, 5000 metrics for each of 10 owners.
$ (printf 'goals: 2026\ntargets: {a: {m: 1}}\n---\non: 2026-01-01\nreview: 2026/'; ./mib /; echo) | ./hostile
> (printf 'scheme: s\npoints: 5000\nmetrics:\n'; seq -f '  k%g: {weight: 1}' 5000
> printf -- '---\ngoals: 2026\ntargets:\n'
> for owner in a b c d e f g h i j; do echo "  $owner: {"; seq -f '    k%g: 1,' 5000; echo '  }'; done) >wide.yaml
> ./hostile <wide.yaml; timeout 5 kpi-score -p 2026 -g wide.yaml -m j </dev/null
| goal-check: big:5:9: unknown goal: '2026////////////////////////////////////////////////////////…'
| 2026	j	0.00		1
! kpi-score: no measure lies inside 2026
