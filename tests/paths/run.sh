#!/bin/sh
# run.sh BINDIR - one answer by every way: instruction sets x threads x files and pipes, over random and hostile inputs.
#
# See paths.py for what is run, cases.py for the cases, judge.py for what they must say, lines.py for the lines.
# ROUNDS=N for more (default 1), SEED, KPI_TSAN=BINDIR and KPI_SAN=BINDIR for builds with sanitizers, REFERENCE=BINDIR.
# The last line is "N passed, N failed, N skipped"; the exit status is 1 when something failed.
set -u
[ $# -ge 1 ] || { echo 'usage: run.sh BINDIR [GROUP[/ROUND]...]' >&2; exit 2; }
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
unset KPI_CPU KPI_NOW KPI_DIR
export LC_ALL=C.UTF-8 TZ=UTC
exec python3 -B "$here/paths.py" "$@"
