#!/bin/sh
# run.sh BINDIR - goals that are written and looked at: splits against an exact program, files that stay byte for byte,
# sums of parts and comparisons with the past against another exact program.
#
# SPLITS=N random splits of numbers (default 10000), RUNS=N of goals (default 300), STREAMS=N files written to (default
# 300; tests/unit/test_goalfile has 10,000), PLANS=N that are looked at (default 1000), of SEED (default: 1; any text). The
# last line is "N passed, N failed".
# shellcheck disable=SC1091,SC2154
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
. "$here/../parts.sh" # which sets bin

part python3 "$here/splits.py" "${SEED:-1}" "${SPLITS:-10000}" "${RUNS:-300}" "$bin"
part python3 "$here/streams.py" "${SEED:-1}" "${STREAMS:-300}" "$bin"
part python3 "$here/trees.py" "${SEED:-1}" "${PLANS:-1000}" "$bin"
end_parts
