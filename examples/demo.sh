#!/bin/sh
# demo.sh [BINDIR] - the example month from end to end, in a folder of its own: runs monthly.sh, shows the scores.
# BINDIR is where the tools are, when they are not in PATH.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
if [ $# -gt 0 ]; then
    PATH=$(CDPATH='' cd -- "$1" && pwd):$PATH
    export PATH
fi
work=$(mktemp -d "${TMPDIR:-/tmp}/kpi-demo.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

cp "$here"/*.tsv "$here"/*.yaml "$here"/monthly.sh "$work"
KPI_DIR=$work OUT=$work/out "$work/monthly.sh" 2026-10
cat "$work/out/scores-2026-10.txt"
