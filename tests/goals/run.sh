#!/bin/sh
# run.sh BINDIR - goals that are written and looked at: splits against an exact program, files that stay byte for byte,
# sums of parts and comparisons with the past against another exact program.
#
# SPLITS=N random splits of numbers (default 10000), RUNS=N of goals (default 300), STREAMS=N files written to (default
# 300; tests/unit/test_goalfile has 10,000), PLANS=N that are looked at (default 1000), of SEED (default: 1; any text). The
# last line is "N passed, N failed".
set -eu
LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
export LC_ALL PYTHONDONTWRITEBYTECODE
unset KPI_DIR
[ $# -eq 1 ] || { echo 'usage: run.sh BINDIR' >&2; exit 2; }
bin=$(CDPATH='' cd -- "$1" && pwd)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/kpi-goals.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
export TMPDIR="$work"
passed=0 failed=0

part() { # COMMAND...: adds up its counts
    status=0
    "$@" >"$work/said" 2>&1 || status=$?
    if sed -n '$p' "$work/said" | grep -q '^[0-9]* passed, [0-9]* failed$'; then
        sed '$d' "$work/said"
        read -r fine _ bad _ <<X
$(sed -n '$p' "$work/said")
X
        passed=$((passed + fine)) failed=$((failed + bad))
    else
        cat "$work/said"
        echo "$2 ended with exit status $status"
        failed=$((failed + 1))
    fi
}

part python3 "$here/splits.py" "${SEED:-1}" "${SPLITS:-10000}" "${RUNS:-300}" "$bin"
part python3 "$here/streams.py" "${SEED:-1}" "${STREAMS:-300}" "$bin"
part python3 "$here/trees.py" "${SEED:-1}" "${PLANS:-1000}" "$bin"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
