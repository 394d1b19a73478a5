#!/bin/sh
# plan.sh [FILE] - the plan for 2026, as it was made in December 2025: the company's goal split to regions, months, and
# managers (a partner and a client among them), in proportion to what each of them sold in 2025.
#
# FILE (default: plan.yaml) must not be there yet. Every step checks the whole plan before it adds to it. In the end nothing
# may be said against the plan, and the parts of every goal that has some must add up to it.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
plan=${1:-plan.yaml}
[ ! -e "$plan" ] || { echo "plan.sh: $plan is there already" >&2; exit 2; }
KPI_NOW=2025-12-15
export KPI_NOW

split() { goal-split -f "$plan" -g "$here/scheme.yaml" --like "$here/sales-2025.tsv" "$@"; }
months() { for m in 01 02 03 04 05 06 07 08 09 10 11 12; do echo "2026-$m/$1/sales"; done; } # the ids of their goals

set -- # a review on the 10th of each month but the first
for m in 02 03 04 05 06 07 08 09 10 11 12; do set -- "$@" --review "2026-$m-10"; done
goal-set -f "$plan" -g "$here/scheme.yaml" -p 2026 -m qinghe -i sales -t +15% --baseline 48600000 \
    --id qinghe-sales-2026 --title '销售额全年增长 15 %' --why 'the new cold store pays for itself from 55 million on' \
    --strategy --agreed 2025-12-12 "$@"

split --among east,west qinghe-sales-2026
split --into month 2026/east/sales 2026/west/sales
# shellcheck disable=SC2046 # a word for each month
split --among chen.jie,lin.hao,anna.becker,周颖,jinmao $(months east)
# shellcheck disable=SC2046
split --among gao.yuan,he.lan,marco.rossi,吴桐,sofia.novak,郑凯,C001 $(months west)

goal-check "$here/scheme.yaml" "$plan"
goal-list --tree "$here/scheme.yaml" "$plan" | awk -F '\t' '
    $8 != "" { sums++ }
    $8 != "" && $8 != 0 { print "plan.sh: " $2 ": its parts differ by " $8 >"/dev/stderr"; wrong = 1 }
    END { exit wrong || sums != 27 }' # the company, two regions, their 24 months
