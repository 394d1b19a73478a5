#!/bin/sh
# run.sh BINDIR - kpi-need, kpi-pace and kpi-score --stable against a second program, on random worlds.
#
# AHEAD=N of them (default 120, with some 7 answers of kpi-need each), of SEED (default: 1; any text). The last line is
# "N passed, N failed".
# shellcheck disable=SC1091,SC2154
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/../parts.sh" # which sets bin

part python3 "$here/ahead.py" "${SEED:-1}" "${AHEAD:-120}" "$bin"
end_parts
