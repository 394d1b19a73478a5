#!/bin/sh
# run.sh BINDIR - our tools against the oracle: the example month, then random worlds.
#
# WORLDS=N random worlds (default 2000) from number FIRST (default 0) on, of SEED (default: 1; any text). WORLDS=0: the
# example only. EXPLAIN=N of them (default 200) are explained and compared, too.
# The last line is "N passed, N failed"; the exit status is 1 when something failed.
set -eu
LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
export LC_ALL PYTHONDONTWRITEBYTECODE
[ $# -eq 1 ] || { echo 'usage: run.sh BINDIR' >&2; exit 2; }
bin=$(CDPATH='' cd -- "$1" && pwd)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
examples=$here/../../examples
work=$(mktemp -d "${TMPDIR:-/tmp}/kpi-oracle.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
passed=0 failed=0

oracle() { python3 "$here/oracle.py" "$@"; }

# same WHAT A B: whether two files are the same bytes
same() {
    if cmp -s "$2" "$3"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "differs: $1"
        diff -u "$2" "$3" || :
    fi
}

# The example as the oracle scores it is what expected/ says ...
cd "$examples"
{
    oracle visits -p 2026-10 -e visits visits.tsv
    oracle feedback -p 2026-10 --source survey -e nps feedback.tsv
    oracle feedback -p 2026-10 --source peer -e mean=teamwork feedback.tsv
} >"$work/measures"
set -- -p 2026-10 -g scheme.yaml -g goals.yaml -M managers.tsv sales.tsv complaints.tsv "$work/measures"
oracle score "$@" >"$work/scores"
oracle score -l "$@" >"$work/detail"
same 'the scores of expected/ and the oracle' expected/scores-2026-10.tsv "$work/scores"
same 'the details of expected/ and the oracle' expected/scores-2026-10-detail.tsv "$work/detail"

# ... and what the monthly job makes with our tools.
if PATH=$bin:$PATH KPI_DIR=$examples OUT=$work/out "$examples/monthly.sh" 2026-10; then
    same 'the measures of the monthly job' "$work/measures" "$work/out/measures-2026-10.tsv"
    same 'the scores of the monthly job' expected/scores-2026-10.tsv "$work/out/scores-2026-10.tsv"
    same 'the details of the monthly job' expected/scores-2026-10-detail.tsv "$work/out/scores-2026-10-detail.tsv"
else
    failed=$((failed + 1))
    echo 'the monthly job failed'
fi

# Every formula of its explanation, and of those of random worlds, redone; differences replayed.
passes() { # WHAT COMMAND...
    what=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "failed: $what"
    fi
}
passes 'the explanation of the example month' python3 "$here/explain.py" --example "$bin" "$@"
passes 'explanations and differences of random worlds' \
    python3 "$here/explain.py" "${SEED:-1}" "${EXPLAIN:-200}" "$bin" "${FIRST:-0}"

status=0
python3 "$here/worlds.py" "${SEED:-1}" "${WORLDS:-2000}" "$bin" "${FIRST:-0}" >"$work/worlds" || status=$?
sed '$d' "$work/worlds"
sed -n '$s/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' "$work/worlds" >"$work/count"
if read -r fine bad <"$work/count"; then
    passed=$((passed + fine)) failed=$((failed + bad))
else
    echo "worlds.py ended with exit status $status"
    failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
