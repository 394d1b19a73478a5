#!/bin/sh
# run.sh BINDIR - feedback that waits, against an oracle; lines that are corrected, byte for byte.
#
# WORLDS=N random worlds of feedback, visits and clients (default 150), AMENDS=N files that are corrected (default 60),
# of SEED (default: 1; any text). The last line is "N passed, N failed".
set -eu
LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
export LC_ALL PYTHONDONTWRITEBYTECODE
unset KPI_DIR KPI_NOW
[ $# -eq 1 ] || { echo 'usage: run.sh BINDIR' >&2; exit 2; }
bin=$(CDPATH='' cd -- "$1" && pwd)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/kpi-followup.XXXXXX")
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

part python3 "$here/dues.py" "${SEED:-1}" "${WORLDS:-150}" "$bin"
part python3 "$here/amends.py" "${SEED:-1}" "${AMENDS:-60}" "$bin"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
