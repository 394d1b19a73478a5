# shellcheck shell=sh
# parts.sh - sourced by a tests/X/run.sh BINDIR that consists of programs, one or several: sets bin and TMPDIR,
# a folder that goes at the end; `part COMMAND...` adds up what such a program says last, "N passed, N failed"; and
# `end_parts` says the sum, which is the exit status, too.
set -eu
LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
export LC_ALL PYTHONDONTWRITEBYTECODE
unset KPI_DIR
[ $# -eq 1 ] || { echo 'usage: run.sh BINDIR' >&2; exit 2; }
# shellcheck disable=SC2034 # for who sources it
bin=$(CDPATH='' cd -- "$1" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/kpi-parts.XXXXXX")
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

end_parts() {
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}
