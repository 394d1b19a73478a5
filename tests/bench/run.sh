#!/bin/sh
# How long the tallies take beside mawk and sqlite3 on the same data, as multiples of "wc -l" of the same file, medians
# of RUNS runs taken in turn. All must give the same answer. Seconds of two days cannot be compared; ratios can.
#
#   sh tests/bench/run.sh [BUILD]         BUILD: build/release, with bench/gen in it; LINES=1000000 RUNS=5
set -eu
cd "$(dirname "$0")/../.."
build=$(cd "${1:-build/release}" && pwd)
LINES=${LINES:-1000000} RUNS=${RUNS:-5}
export LC_ALL=C TZ=UTC
work=$build/bench
PATH=$build/bin:$PATH

cat >"$work/feedback.awk" <<'X'
BEGIN { FS = OFS = "\t" }
{ n[$2]++; if ($6 != "") { s[$2]++; t[$2] += $6 } }
END { for (k in n) print k, n[k], s[k] + 0, t[k] + 0 }
X
cat >"$work/visit.awk" <<'X'
BEGIN { FS = OFS = "\t" }
$5 == "done" { n[$2]++; t[$2] += $8; if (!seen[$2, $3]++) c[$2]++ }
END { for (k in n) print k, n[k], c[k], t[k] }
X
by_wc() { wc -l <"$file"; }
by_mawk() { mawk -f "$work/$log.awk" "$file" | sort; }
by_sqlite3() {
    printf '%s\n' "CREATE TABLE t($fields);" '.mode ascii' '.separator "\t" "\n"' ".import $file t" '.mode tabs' \
        "SELECT manager, count(*), $figures GROUP BY 1 ORDER BY 1;" | sqlite3
}
by_libkpi() { "$log-tally" -b manager -s "$stats" "$file"; }

median() { sort -n "$work/time.$1" | sed -n "$((RUNS / 2 + 1))p"; }

measure() { # LOG STATS, and for sqlite3 FIELDS FIGURES
    log=$1 stats=$2 fields=$3 figures=$4
    file=$work/$log.tsv
    "$work/gen" "$log" "$LINES" >"$file"
    rm -f "$work"/time.* "$work"/out.*
    for _ in $(seq "$RUNS"); do
        for how in wc mawk sqlite3 libkpi; do
            [ $how = libkpi ] || command -v $how >/dev/null || continue
            from=$(date +%s%N)
            by_$how >"$work/out.$how"
            echo $(($(date +%s%N) - from)) >>"$work/time.$how"
        done
    done
    unit=$(median wc)
    for how in mawk sqlite3 libkpi; do
        [ -f "$work/out.$how" ] || continue
        cmp "$work/out.$how" "$work/out.libkpi"
        echo "$log $how $(median $how) $unit" | awk '{ printf "%-9s %-8s %8.1f\n", $1, $2, $3 / $4 }'
    done
}

echo "$LINES lines, by manager, medians of $RUNS runs, wc -l = 1"
measure feedback n,scored,sum 'date, manager, client, source, theme, score, resolved, logged, comment' \
    "count(nullif(score, '')), sum(score + 0) FROM t"
measure visit visits,clients,minutes 'date, manager, client, kind, status, purpose, outcome, minutes, logged, note' \
    "count(DISTINCT client), sum(minutes + 0) FROM t WHERE status = 'done'"
