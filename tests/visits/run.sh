#!/bin/sh
# run.sh BINDIR - visit-due and visit-check against a program that works out what they must print pair by pair.
#
# WORLDS=N random worlds (default 200), of SEED (default: 1; any text). The last line is "N passed, N failed".
# shellcheck disable=SC1091,SC2154
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/../parts.sh" # which sets bin

part python3 "$here/worlds.py" "${SEED:-1}" "${WORLDS:-200}" "$bin"
end_parts
