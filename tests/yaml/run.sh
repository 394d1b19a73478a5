#!/bin/sh
# run.sh BINDIR - documents read without libyaml must be the same as with it: random streams, most of them spoiled.
#
# STREAMS=N of them (default 6000), of SEED (default: 1; any text). The last line is "N passed, N failed".
set -eu
LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
export LC_ALL PYTHONDONTWRITEBYTECODE
[ $# -eq 1 ] || { echo 'usage: run.sh BINDIR' >&2; exit 2; }
trees=$(CDPATH='' cd -- "$1/.." && pwd)/yaml/trees
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
work=$(mktemp "${TMPDIR:-/tmp}/kpi-yaml.XXXXXX")
trap 'rm -f -- "$work" "$work.out"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

python3 "$here/streams.py" "${SEED:-1}" "${STREAMS:-6000}" >"$work"
status=0
"$trees" "$work" >"$work.out" || status=$?
# More than a third of the documents must have been read without libyaml, or the test tests nothing.
awk -v status="$status" '
    { line[NR] = $0 }
    END { ran = line[NR] ~ /^[0-9]+ streams, .* wrong$/
          split(line[NR], n, " ")
          few = ran && n[5] * 3 < n[3]
          if (!ran || n[8] || few) for (i = 1; i <= NR; i++) print line[i]
          if (!ran) print "trees ended with exit status " status
          print (ran ? n[1] - n[8] : 0) " passed, " (ran ? n[8] + few : 1) " failed"
          exit !ran || n[8] || few }' "$work.out"
