#!/bin/sh
# run.sh BINDIR - feedback against exact programs: Wilson's interval, themes, phrases, levels, tallies.
#
# WILSON=N random pairs of numbers (default 2000), WORLDS=N random logs for each of the others (default 60), of SEED
# (default: 1; any text). The last line is "N passed, N failed"; the exit status is 1 when something failed.
set -eu
LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
export LC_ALL PYTHONDONTWRITEBYTECODE
unset KPI_DIR
[ $# -eq 1 ] || { echo 'usage: run.sh BINDIR' >&2; exit 2; }
bin=$(CDPATH='' cd -- "$1" && pwd)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/kpi-feedback.XXXXXX")
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

part python3 "$here/wilson.py" "${SEED:-1}" "${WILSON:-2000}" "$bin"
part python3 "$here/worlds.py" "${SEED:-1}" "${WORLDS:-60}" "$bin"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
