#!/bin/sh
# run.sh BINDIR - visit-due and visit-check against a program that works out what they must print pair by pair.
#
# WORLDS=N random worlds (default 200), of SEED (default: 1; any text). The last line is "N passed, N failed".
set -eu
LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
export LC_ALL PYTHONDONTWRITEBYTECODE
[ $# -eq 1 ] || { echo 'usage: run.sh BINDIR' >&2; exit 2; }
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
exec python3 "$here/worlds.py" "${SEED:-1}" "${WORLDS:-200}" "$1"
