#!/bin/sh
# All tests, one after the other, each with a line of counts; what fails is shown in full. The last line adds up:
# "N passed, N failed", with ", N skipped" where something was.
#
#   sh tests/check.sh BUILD [SANITIZED]...    build/release, then build/san, build/tsan; without one its runs are skipped
#
# A folder tests/X with a run.sh joins by itself: it is run as "tests/X/run.sh BUILD/bin" and ends with such a line, or is
# one test by its exit status; one that may not be executed has failed. (tests/bench is not a test.)
set -u
cd "$(dirname "$0")/.." || exit 1
export LC_ALL=C.UTF-8 TZ=UTC
unset KPI_NOW KPI_DIR MAKEFLAGS MFLAGS MAKELEVEL
build=$1
sanitized=''
for folder; do
    case $folder in
    */san) sanitized=$folder ;;
    */tsan) export KPI_TSAN="$folder/bin" ;; # for tests/paths
    esac
done
counts=$(mktemp) || exit 1
trap 'rm -f "$counts"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Passes its input on, all but the last line where that has counts, and says for TITLE what came of it.
count() { # TITLE STATUS-FILE
    awk -v title="$1" -v status="$2" -v counts="$counts" '
        NR > 1 { print last; fflush() }
        { last = $0 }
        END { passed = failed = skipped = 0
              getline code <status
              if (last ~ /^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$/) {
                  split(last, n, " "); passed = n[1]; failed = n[3]; skipped = n[5] + 0
                  if (code && !failed) { print title " ended with status " code; failed = 1 }
              } else {
                  if (NR) print last
                  if (code) failed = 1; else passed = 1
              }
              print title ": " passed " passed, " failed " failed" (skipped ? ", " skipped " skipped" : "")
              print passed, failed, skipped >>counts }'
}

run() { # TITLE COMMAND...
    title=$1
    shift
    { "$@" </dev/null 2>&1; echo $? >"$counts.status"; } | count "$title" "$counts.status"
    rm -f "$counts.status"
}

unit() { # PROGRAM: what cmocka tells, as counts; all of it when something fails
    "$1" >"$counts.out" 2>&1
    code=$?
    awk -v code=$code '
        { all = all $0 "\n" }
        /^\[  PASSED  \]/ { passed += $4 }
        /^\[  FAILED  \] [0-9]+ test/ { failed += $4 }
        /^\[  SKIPPED \] [0-9]+ test/ { skipped += $4 }
        END { if (!failed && (code || !passed && !skipped)) { failed = 1; all = all "ended with status " code "\n" }
              if (failed) printf "%s", all
              print passed + 0 " passed, " failed + 0 " failed, " skipped + 0 " skipped" }' "$counts.out"
    rm -f "$counts.out"
    return $code
}

tests_of() { # BUILD: unit tests and case files
    for program in "$1"/unit/test_*; do
        [ ! -x "$program" ] || run "$program" unit "$program"
    done
    run "cases with $1" tests/run-cli -b "$1/bin" tests/cli/*.t
}

run lint sh tests/lint.sh "$build"
tests_of "$build"
run "examples of README.md, man/ and examples/" tests/run-examples -b "$build/bin" \
    README.md examples/README.md examples/field.md man/*.[1-8]
if [ -z "$sanitized" ]; then
    echo "skip: sanitizers, which do not work here"
    echo 0 0 1 >>"$counts"
else
    # The search for leaks needs the right to trace, which some containers withhold.
    if ! "$build/probe.san" >/dev/null 2>&1; then
        export ASAN_OPTIONS=detect_leaks=0
        echo "skip: leaks, which cannot be looked for here"
        echo 0 0 1 >>"$counts"
    fi
    tests_of "$sanitized"
fi
for script in tests/*/run.sh; do
    case $script in */bench/*) continue ;; esac
    run "$script" "$script" "$build/bin"
done

awk '{ passed += $1; failed += $2; skipped += $3 }
     END { print passed + 0 " passed, " failed + 0 " failed" (skipped ? ", " skipped " skipped" : "")
           exit failed > 0 || !passed }' "$counts"
