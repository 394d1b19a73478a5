#!/bin/sh
# monthly.sh [PERIOD] - one month's visits, feedback and measures into scores; what cron runs.
#
# Reads scheme.yaml goals.yaml managers.tsv visits.tsv feedback.tsv sales.tsv complaints.tsv in KPI_DIR (default:
# the folder of this script) and leaves in OUT (default: KPI_DIR/out)
#   measures-PERIOD.tsv         what visits and feedback come to
#   scores-PERIOD.tsv           the scores as lines, and as .txt (a table) and .csv
#   scores-PERIOD-detail.tsv    how each score came about
# PERIOD is last-month (the default), this-month, or a period as KPI lines write it: 2026-10, 2026-Q4.
# The same input gives the same files. When a step fails, none of them is touched, standard error says which
# step it was, and its exit status is the script's. A good run prints nothing but the tools' warnings.
set -eu
LC_ALL=C
export LC_ALL

say() { printf 'monthly.sh: %s: %s\n' "$period" "$1" >&2; }

# This month (0) or the last one (1) as YYYY-MM: found out once, so that a run over midnight stays in one month.
month() {
    now=${KPI_NOW:-$(date +%Y-%m-%d)} || return
    year=${now%%-*}
    month=${now#*-}
    month=${month%%-*}
    month=$((${month#0} - $1))
    [ "$month" -gt 0 ] || { month=12; year=$((year - 1)); }
    printf '%s-%02d\n' "$year" "$month"
}

# run WHAT COMMAND...: or say what failed, and end.
run() {
    what=$1
    shift
    "$@" && return
    status=$?
    say "$what failed (exit status $status); nothing in $OUT was changed"
    exit "$status"
}

# into FILE COMMAND...: its output becomes FILE in the work folder.
into() {
    file=$1
    shift
    run "making $file" write "$@"
}

write() { "$@" >"$work/$file"; }

# again COMMAND...: one whose warnings were shown before; its messages only matter when it fails.
again() {
    "$@" 2>"$work/said" && return
    status=$?
    cat "$work/said" >&2
    return "$status"
}

score() {
    kpi-score -p "$period" -g scheme.yaml -g goals.yaml -M managers.tsv "$@" \
        sales.tsv complaints.tsv "$work/measures-$period.tsv"
}

period=${1:-last-month}
[ $# -le 1 ] || { say 'usage: monthly.sh [PERIOD]'; exit 2; }
case $period in
last-month) period=$(month 1) ;;
this-month) period=$(month 0) ;;
-* | *[!0-9WHQ.-]*) say 'not a period: last-month, this-month, 2026-10, 2026-Q4'; exit 2 ;;
esac

: "${KPI_DIR:=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)}"
: "${OUT:=$KPI_DIR/out}"
run 'the output folder' mkdir -p -- "$OUT"
OUT=$(CDPATH='' cd -- "$OUT" && pwd)
cd -- "$KPI_DIR"

work=$(mktemp -d "$OUT/.monthly.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

into visits visit-tally -p "$period" -e visits visits.tsv
into nps feedback-tally -p "$period" --source survey -e nps feedback.tsv
into teamwork feedback-tally -p "$period" --source peer -e mean=teamwork feedback.tsv
into "measures-$period.tsv" cat "$work/visits" "$work/nps" "$work/teamwork"
into "scores-$period.tsv" score
into "scores-$period-detail.tsv" again score -l
into "scores-$period.txt" again score -o table
into "scores-$period.csv" again score -o csv

# They belong together only if nobody changed goals, books or sales meanwhile.
into twice again score
run 'reading input that nobody changes' cmp "$work/twice" "$work/scores-$period.tsv"

rm -f -- "$work/visits" "$work/nps" "$work/teamwork" "$work/twice" "$work/said"
run 'sync' sync "$work"/*
mv -f -- "$work"/* "$OUT/" || { say "some files in $OUT are new, some are not: run it again"; exit 4; }
sync "$OUT"
