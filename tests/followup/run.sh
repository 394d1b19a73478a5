#!/bin/sh
# run.sh BINDIR - feedback that waits, against an oracle; lines that are corrected, byte for byte.
#
# WORLDS=N random worlds of feedback, visits and clients (default 150), AMENDS=N files that are corrected (default 60),
# of SEED (default: 1; any text). The last line is "N passed, N failed"; the exit status is 1 when something failed.
[ $# -eq 1 ] || { echo 'usage: run.sh BINDIR' >&2; exit 2; }
unset KPI_DIR KPI_NOW
exec python3 -B "$(dirname -- "$0")/run.py" "$1"
