#!/bin/sh
# run.sh BINDIR - feedback against exact programs: Wilson's interval, themes, phrases, levels, tallies.
#
# WILSON=N random pairs of numbers (default 2000), WORLDS=N random logs for each of the others (default 40), of SEED
# (default: 1; any text). The last line is "N passed, N failed"; the exit status is 1 when something failed.
# shellcheck disable=SC1091,SC2154
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/../parts.sh" # which sets bin

part python3 "$here/wilson.py" "${SEED:-1}" "${WILSON:-2000}" "$bin"
part python3 "$here/worlds.py" "${SEED:-1}" "${WORLDS:-40}" "$bin"
end_parts
