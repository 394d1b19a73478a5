#!/bin/sh
# run.sh BINDIR - what must never happen: lost or torn records, wrong figures after a failure, success that is none.
#
# The parts, each a program that can be run by itself, PART.py BINDIR:
#   writers   many at once, one write a batch, killed at any moment
#   disk      full, limited, torn tails, power cuts (needs mounts: root, or a namespace)
#   faults    system calls that fail (strace), output that gets lost, closed descriptors
#   memory    too little of it, hostile input, leaks (valgrind)
#   places    locales, time zones, days of the calendar
#   monthly   the monthly job of the examples
# Where an instrument is missing its group is skipped. No clock decides: limits of time are for what hangs.
# The last line is "N passed, N failed, N skipped"; the exit status is 1 when something failed.
set -u
[ $# -eq 1 ] || { echo 'usage: run.sh BINDIR' >&2; exit 2; }
bin=$(CDPATH='' cd -- "$1" && pwd) || exit 2
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/kpi-reliability.XXXXXX") || exit 1
trap 'rm -rf -- "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
unset KPI_NOW KPI_DIR
export LC_ALL=C.UTF-8 TZ=UTC TMPDIR="$work"

passed=0 failed=0 skipped=0
for part in writers disk faults memory places monthly; do
    python3 -B "$here/$part.py" "$bin" >"$work/said" 2>&1
    status=$?
    last=$(tail -n 1 "$work/said")
    case $last in
    [0-9]*' passed, '*' failed, '*' skipped')
        sed '$d' "$work/said"
        # shellcheck disable=SC2086 # N passed, N failed, N skipped
        set -- $last
        passed=$((passed + $1)) failed=$((failed + $3)) skipped=$((skipped + $5))
        ;;
    *)
        cat "$work/said"
        echo "FAIL $part ended with exit status $status"
        failed=$((failed + 1))
        ;;
    esac
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
