# shellcheck shell=bash disable=SC2154 # here, d, f, v, m, g, who, month and check are of the script that sources this
# ours.sh - rows for our tools in the tables of a comparison that sources this file, calls `ours TASK` for the tasks
# floor, tally, light, visits, score and filter, and has a function `row LABEL COMMAND`. $f $v $m $g are feedback,
# visits, measures and goals in $d, $who and $month what to filter by; where $check is not empty, answers are compared
# instead of timed, and ours get the form of the others.
#
#   KPI_BIN=build/release/bin ./peers.sh -o 'wc|DuckDB|ours' DIR        without KPI_BIN: the tools in PATH

[ -z "${KPI_BIN:-}" ] || PATH=$(cd "$KPI_BIN" && pwd):$PATH
ours_jobs=$(getconf _NPROCESSORS_ONLN)

ours_row() { # LABEL COMMAND FILTER: the filter only for comparing
    if [ -n "${check:-}" ]; then
        row "$1" "$2 | $3"
    else
        row "$1" "exec $2"
    fi
}

ours_rows() { # FILTER COMMAND: with all threads, and with one, where the tool takes -j
    if ! ${2%% *} --help | grep -q -e --threads; then
        ours_row ours "$2" "$1"
        return
    fi
    ours_row "ours, $ours_jobs threads" "$2 -j$ours_jobs" "$1"
    ours_row 'ours, 1 thread' "$2 -j1" "$1"
}

ours_pipe() { # FILTER FILE COMMAND: not exec, as the pipe is the command
    row 'ours, from a pipe' "cat $2 | $3${check:+ | $1}"
}

# The mean of k keys is that of the sum, rounded to hundredths: with all its digits it can be compared.
ours_means() {
    printf '%s' "awk -F '\\t' -v OFS='\\t' -v OFMT=%.15g '{ m = \$($1 + 2) / \$($1 + 1); e = \$($1 + 3) - m
        \$($1 + 3) = e * e > 0.000025000001 ? \"wrong\" : m; print }'"
}

ours_feedback() { # KEYS NUMBER
    local tally="feedback-tally -b $1 -s n,sum,mean,min,max,promoters,detractors"
    ours_rows "$(ours_means "$2")" "$tally $f"
    ours_pipe "$(ours_means "$2")" "$f" "$tally"
}

ours_visits() { # others do not list who has no visit done
    local some="awk -F '\\t' '\$3'"
    ours_rows "$some" "visit-tally -b manager,month -s visits,clients,minutes $v"
    ours_pipe "$some" "$v" 'visit-tally -b manager,month -s visits,clients,minutes'
}

# All scores, where the others give a hundred. To compare with what rounds nothing, ours get six decimals.
ours_score() {
    local top="sort -t '	' -k3,3nr -k2,2 | head -n 100 | cut -f 2,3" scheme=$d/scheme.yaml
    if [ -n "${check:-}" ]; then
        scheme=${TMPDIR:-/tmp}/ours.scheme.yaml
        sed '/^scheme:/s/$/\ndigits: 6/' "$d/scheme.yaml" >"$scheme"
    fi
    ours_rows "$top" "kpi-score -p 2026-09 -g $scheme -g $g $m"
    ours_pipe "$top" "$m" "kpi-score -p 2026-09 -g $scheme -g $g"
    [ -z "${check:-}" ] || rm -f "$scheme"
}

ours_filter() { # a copy in order of dates is for --sorted
    local sorted=${TMPDIR:-/tmp}/ours.sorted.tsv grep="kpi-grep -r feedback -m $who -p $month"
    command -v kpi-grep >/dev/null || return 0
    ours_rows cat "$grep $f"
    ours_pipe cat "$f" "$grep"
    [[ 'ours, --sorted' =~ ${only:-.} ]] || return 0
    LC_ALL=C sort -s -t '	' -k 1,1 "$f" >"$sorted"
    ours_row 'ours, --sorted' "$grep --sorted $sorted" cat
    rm -f "$sorted"
}

# The price of reading and validating every line: none is of that year, so the status is 1.
ours_floor() {
    command -v kpi-grep >/dev/null || return 0
    row 'ours, all lines validated' "kpi-grep -r feedback -p 1990 $f; [ \$? = 1 ]"
}

ours() { # TASK
    case $1 in
    floor) ours_floor ;;
    tally) ours_feedback manager,theme 2 ;;
    light) ours_feedback manager 1 ;;
    visits) ours_visits ;;
    score) ours_score ;;
    filter) ours_filter ;;
    esac
}
