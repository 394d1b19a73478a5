#!/bin/sh
# How long the tools take beside what one would use instead (mawk, sqlite3, Miller, DuckDB, grep: whichever are there)
# on the same made-up data, as multiples of the time of "wc -l" of the same files; the peaks of memory; growth with
# lines and groups; start-up; goals in YAML. Prints Markdown. Medians of RUNS runs, taken by turns (race.c); seconds of
# two days cannot be compared, ratios can. All answers are compared, and a difference is a failure.
#
#   sh tests/bench/run.sh [BUILD]     BUILD: build/release, with gen, race, bare and parse in its bench/
#
#   LINES=1000000  of each log; the managers to score are a tenth of it, with six goals and measures each
#   RUNS=5         at most: what has taken LIMIT=1 seconds in all has no further turn
#   JOBS           threads; as many as the machine has
#   DUCKDB         a command that runs DuckDB, given two words more: the number of threads, and the SQL. Without it
#                  "duckdb", or the module of python3
set -u
cd "$(dirname "$0")/../.." || exit 4
build=$(cd "${1:-build/release}" && pwd) || exit 4
LINES=${LINES:-1000000} RUNS=${RUNS:-5} LIMIT=${LIMIT:-1} JOBS=${JOBS:-$(getconf _NPROCESSORS_ONLN)} DUCKDB=${DUCKDB:-}
here=$PWD/tests/bench work=$build/bench
export LC_ALL=C TZ=UTC
PATH=$build/bin:$PATH
tab=$(printf '\t') wrong=0
nps=n,sum,mean,min,max,promoters,detractors

clear() { rm -rf "$work/data" "$work/out" "$work/plan" "$work/answer" "$work/first"; }
trap clear EXIT
trap 'exit 1' INT TERM
clear
mkdir -p "$work/data" "$work/out" && cd "$work/data" && : >"$work/times" || exit 4

j="-j$JOBS" # for the tally of feedback; none where it is of before that option
has() { command -v "$1" >/dev/null; }
gen() { "$work/gen" "$@"; }
feedback-tally --help | grep -q -e --threads || j=
fail() {
    echo "bench: $*" >&2
    wrong=1
}

add() { printf '%s\0' "$@" '' >>"$work/plan"; } # NAME COMMAND...: takes part in the next race
race() { # TASK [RUNS]: adds to the times; the answers are in out/
    rm -f "$work"/out/*
    "$work/race" "${2:-$RUNS}" "$LIMIT" "$work/out" <"$work/plan" >"$work/result" || fail "$1: not all have run"
    sed "s/^/$1$tab/" "$work/result" >>"$work/times"
    rm -f "$work/plan"
}

# What may take part in each task. Tools that take -j run with all threads, and with one.
ours() { # COMMAND...
    has "$1" || return 0
    if "$1" --help | grep -q -e --threads; then
        add libkpi "$@" "-j$JOBS"
        [ "$JOBS" = 1 ] || add libkpi-1 "$@" -j1
    else
        add libkpi "$@"
    fi
}
tally() { # NAME ARGUMENT...
    name=$1
    shift
    add "$name" feedback-tally ${j:+"$j"} -s $nps "$@"
}
mawks() { ! has mawk || add mawk mawk -F "$tab" -v OFS="$tab" -v OFMT=%.15g "$@"; }
lite() { ! has sqlite3 || add sqlite3 sqlite3 :memory: '.mode ascii' '.separator "\t" "\n"' "$@"; }
miller() { ! has mlr || add miller mlr --tsv --implicit-csv-header --headerless-csv-output "$@"; }
duck() { # SQL
    set -- "copy ($1) to '/dev/stdout' (header false, delimiter '$tab', quote '')"
    for n in $(echo "$JOBS" 1 | xargs -n 1 | uniq); do
        name=duckdb
        [ "$n" = "$JOBS" ] || name=duckdb-1
        if [ -n "$DUCKDB" ]; then # shellcheck disable=SC2086 # a command and its first arguments
            add $name $DUCKDB "$n" "$1"
        elif has duckdb; then
            add $name duckdb -c "set threads = $n; set preserve_insertion_order = false; $1"
        elif python3 -c 'import duckdb' 2>/dev/null; then
            add $name python3 -c "import duckdb, sys
duckdb.connect(config={'threads': $n, 'preserve_insertion_order': False}).execute(sys.argv[1])" "$1"
        fi
    done
}
from() { # FILE FIELD TYPE...: what DuckDB reads
    file=$1
    shift
    echo "read_csv('$file', delim = '$tab', quote = '', escape = '', header = false, auto_detect = false, columns =" \
        "{$(printf "'%s': '%s', " "$@")})"
}

compare() { # TASK: the answers, brought into one form, with the first of them
    first=
    for name in libkpi libkpi-1 pipe sorted source mawk sqlite3 duckdb duckdb-1 grep miller; do
        [ -f "$work/out/$name" ] || continue
        awk -F "$tab" -v task="$1" -v name=$name -f "$here/answer.awk" "$work/out/$name" | sort >"$work/answer"
        if [ -z "$first" ]; then
            first=$name
            mv "$work/answer" "$work/first"
            [ -s "$work/first" ] || fail "$1: no answer from $name"
        elif [ "$1 $name" = "tally miller" ]; then # has no promoters and detractors
            cut -f 1-6 "$work/first" | cmp -s - "$work/answer" || fail "$1: $name has another answer than $first"
        else
            cmp -s "$work/first" "$work/answer" || fail "$1: $name has another answer than $first"
        fi
    done
}

feedback_tasks() {
    gen feedback "$LINES" >feedback.tsv
    duck_file=$(from feedback.tsv date text manager text client text source text theme text score double \
        resolved text logged text comment text)
    for task in tally light; do
        keys=manager numbers=2
        [ $task = light ] || keys=manager,theme numbers=2,5
        add wc wc -l feedback.tsv
        ours feedback-tally -b $keys -s $nps feedback.tsv
        [ $task = light ] || add pipe sh -c "cat feedback.tsv | feedback-tally $j -b $keys -s $nps"
        mawks -v themes=$((${#numbers} - 1)) -f "$here/tally.awk" feedback.tsv
        sql="select $keys, count(*), sum(score), avg(score), min(score), max(score)"
        lite 'create table f(date, manager, client, source, theme, score real, resolved, logged, comment)' \
            '.import feedback.tsv f' "$sql, sum(score >= 9), sum(score < 7) from f group by $keys"
        duck "$sql, count(*) filter (score >= 9), count(*) filter (score < 7) from $duck_file group by $keys"
        [ $task = light ] || miller stats1 -a count,sum,mean,min,max -f 6 -g $numbers feedback.tsv
        race $task
        compare $task
    done
    filter_task
    rm feedback.tsv
}

filter_task() {
    has kpi-grep || return 0
    month=2026-03
    who=$(awk -F "$tab" -v month=$month 'index($1, month) == 1 { print $2; exit }' feedback.tsv)
    add wc wc -l feedback.tsv
    ours kpi-grep -r feedback -m "$who" -p $month feedback.tsv
    sort -s -t "$tab" -k 1,1 feedback.tsv >sorted.tsv
    add sorted kpi-grep --sorted -r feedback -m "$who" -p $month sorted.tsv
    add grep grep "^$month-..$tab$who$tab" feedback.tsv
    # shellcheck disable=SC2016 # fields of awk
    mawks -v who="$who" -v month=$month '$2 == who && index($1, month) == 1' feedback.tsv
    miller filter "\$2 == \"$who\" && \$1[1:7] == \"$month\"" feedback.tsv
    duck "select * from $(echo "$duck_file" | sed 's/double/text/') where manager = '$who' and date[1:7] = '$month'"
    race filter
    compare filter
    rm -f sorted.tsv
}

visits_task() {
    gen visits "$LINES" >visits.tsv
    add wc wc -l visits.tsv
    ours visit-tally -b manager,month -s visits,clients,minutes visits.tsv
    mawks -f "$here/visits.awk" visits.tsv
    sql="count(*), count(distinct client), sum(minutes)"
    lite 'create table v(date, manager, client, kind, status, purpose, outcome, minutes int, logged, note)' \
        '.import visits.tsv v' \
        "select manager, substr(date, 1, 7), $sql from v where status = 'done' group by 1, 2"
    duck "select manager, date[1:7], $sql from $(from visits.tsv date text manager text client text kind text \
        status text purpose text outcome text minutes int logged text note text) where status = 'done' group by 1, 2"
    race visits
    compare visits
    rm visits.tsv
}

# All scores, exact: points are rounded half up to hundredths by whole numbers.
score_task() {
    gen measures $((LINES / 10)) >measures.tsv
    gen goals $((LINES / 10)) >goals.tsv
    gen scheme 1 >scheme.yaml
    add wc wc -l measures.tsv goals.tsv
    ours kpi-score -p 2026-09 -g scheme.yaml -g goals.tsv measures.tsv
    mawks -f "$here/score.awk" goals.tsv measures.tsv
    points='150 * weight, (200 * weight * a + b) / (2 * b)'
    using='from m join g using (manager, metric, period)'
    lite 'create table m(period, manager, metric, value real)' '.import measures.tsv m' \
        'create table g(period, manager, metric, weight int, target real, baseline,
            primary key (manager, metric, period)) without rowid' '.import goals.tsv g' \
        "select manager, sum(min($points)) from (select manager, weight, cast(round(value * 100) as int) as a,
            cast(round(target * 100) as int) as b $using) group by manager"
    duck "with m as (select * from $(from measures.tsv period text manager text metric text value double)),
        g as (select * from $(from goals.tsv period text manager text metric text weight int target double \
        baseline text)) select manager, sum(least($(echo "$points" | sed 's|/|//|'))) from (select manager, weight,
        cast(value * 100 as bigint) as a, cast(target * 100 as bigint) as b $using) group by manager"
    race score
    compare score
    rm measures.tsv goals.tsv
}

# As many groups, and as many lines a day, in files of all sizes. One line is what it takes to begin at all.
growth() {
    has kpi-grep && sorted=1 || sorted=
    gen feedback 1 5 1000 >1.tsv
    add start feedback-tally ${j:+-j1} -s $nps -b theme 1.tsv
    for n in 10000 100000 1000000 10000000; do
        [ $n -le "$LINES" ] || continue
        gen feedback $n 5 1000 >$n.tsv
        for keys in theme manager,theme; do
            tally $n-$keys -b $keys $n.tsv
            [ -z "$j" ] || add $n-$keys-1 feedback-tally -j1 -s $nps -b $keys $n.tsv
        done
        [ -z "$sorted" ] ||
            add $n-sorted kpi-grep --sorted -r feedback -m "$(head -n 1 $n.tsv | cut -f 2)" -p 2000-01-07 $n.tsv
    done
    race growth $((RUNS * 4))
    rm -f ./*.tsv
}

groups() {
    for n in 200 2000 20000 200000 2000000; do
        lines=$((n > LINES ? n : LINES))
        [ $n -le $((LINES * 2)) ] || continue
        gen feedback $lines $n >groups.tsv
        add wc wc -l groups.tsv
        tally libkpi groups.tsv
        race groups-$n
        awk -F "$tab" -v n=$n -v lines=$lines '{ sum += $2 } END { exit NR != n || sum != lines }' "$work/out/libkpi" ||
            fail "groups: not $n groups of $lines lines"
    done
    rm -f groups.tsv
}

starts() {
    add kpi-score kpi-score --version
    ! has mawk || add mawk mawk 'BEGIN {}'
    ! has sqlite3 || add sqlite3 sqlite3 --version
    ! has mlr || add miller mlr --version
    add bare "$work/bare"
    race start 200
}

yaml() {
    gen yaml 10000 >goals.yaml
    ours goal-list goals.yaml
    add one goal-list -m "$(sed -n '9{s/^ *//;s/:.*//p;}' goals.yaml)" goals.yaml
    looks goals.yaml
    race yaml $((RUNS * 4))
    cp goals.yaml "$work/out/source"
    compare yaml
    parse parse yaml goals.yaml
    gen documents 10000 >full.yaml
    ours goal-list full.yaml
    looks full.yaml
    race full $((RUNS * 4))
    parse parse-full full full.yaml
}

looks() { # FILE: goals looked at
    add start goal-list --version
    goal-list --help | grep -q -e --tree || return 0
    add tree goal-list --tree "$1"
    add check goal-check --partial --as-of 2026-09-01 "$1"
}

parse() { # TASK SIZE-OF FILE
    "$work/parse" $((RUNS * 8)) "$3" >"$work/result" || fail "$3: not parsed"
    sed "s/^/$1$tab/" "$work/result" >>"$work/times"
    wc -c <"$3" | sed "s/^ */$2${tab}size$tab/" >>"$work/times"
}

isa=$(grep -ow -m 1 avx512bw /proc/cpuinfo || grep -ow -m 1 avx2 /proc/cpuinfo)
cpu=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2>/dev/null | head -n 1)
echo "$(date +%F), $(getconf _NPROCESSORS_ONLN) cores of ${cpu:-$(uname -m)}," \
    "${isa:-plain}; $LINES lines, medians of at most $RUNS runs."
feedback_tasks
visits_task
score_task
growth
groups
starts
yaml
awk -F "$tab" -v jobs="$JOBS" -f "$here/table.awk" "$work/times"
[ $wrong = 0 ] && echo && echo "All answers agree."
exit $wrong
