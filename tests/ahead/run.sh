#!/bin/sh
# run.sh BINDIR - kpi-need, kpi-pace and kpi-score --stable against a second program, on random worlds.
#
# AHEAD=N of them (default 120, with some 7 answers of kpi-need each), of SEED (default: 1; any text). The last line is
# "N passed, N failed".
set -eu
LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
export LC_ALL PYTHONDONTWRITEBYTECODE
unset KPI_DIR
[ $# -eq 1 ] || { echo 'usage: run.sh BINDIR' >&2; exit 2; }
bin=$(CDPATH='' cd -- "$1" && pwd)
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
exec python3 "$here/ahead.py" "${SEED:-1}" "${AHEAD:-120}" "$bin"
