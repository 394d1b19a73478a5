#!/bin/sh
# Checks of the sources, and of what was built of them, that need no run of the tools. Each check below prints what
# is wrong, so one that prints nothing has passed.
#
#   sh tests/lint.sh [BUILD]        BUILD: build/release
set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:-build/release}
export LC_ALL=C.UTF-8
passed=0 failed=0 skipped=0

check() { # WHAT COMMAND...
    what=$1
    shift
    wrong=$("$@" 2>&1)
    if [ -z "$wrong" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL lint: %s\n%s\n' "$what" "$wrong"
    fi
}

have() { # COMMAND: else what needs it is skipped
    command -v "$1" >/dev/null && return
    skipped=$((skipped + 1))
    echo "skip lint: no $1"
    return 1
}

tree() { # the project's files
    find . \( -path ./build -o -path ./.git -o -name __pycache__ \) -prune -o -type f -print
}

scripts() {
    tree | while read -r f; do
        case $f in *.sh) echo "$f" ;; *) head -n 1 "$f" | grep -aqE '^#!.*[/ ](ba|da)?sh( |$)' && echo "$f" ;; esac
    done
}

shell_scripts() { scripts | xargs shellcheck -f gcc; }

# Which other manuals are installed here, and known to its index, does not tell whether the page is right. (What mandoc
# says of the latter comes by another way, and would cut lines of the former in two.)
manual_pages() {
    { find man -name '*.[1-8]' -exec mandoc -T lint -W style {} + 2>&3 | grep -v 'referenced manual not found'; } 3>&1 |
        grep -v 'outdated mandoc\.db lacks'
}

companions() {
    for f in cmd/*.c; do
        tool=$(basename "$f" .c)
        [ "$tool" != tool ] || continue
        for want in "man/$tool.1" "tests/cli/$tool.t" "$build/bin/$tool"; do
            [ -f "$want" ] || echo "$f: no $want"
        done
    done
    for f in libkpi/*.c; do
        name=$(basename "$f" .c)
        for want in "tests/unit/test_$name.c" "$build/libkpi/$name.o"; do
            [ -f "$want" ] || echo "$f: no $want"
        done
    done
}

long_functions() {
    awk 'FNR == 1 || /^}/ { if (/^}$/ && head && FNR - head >= 60)
                                print FILENAME ":" head ": " FNR - head + 1 " lines: " name
                            head = 0 }
         /^[A-Za-z_].*[(]/ && !head { head = FNR; name = $0 }
         /;$/ && head == FNR { head = 0 }' cmd/*.c libkpi/*.c
}

long_lines() { grep -nE '^.{121}' cmd/*.c libkpi/*.[ch] tests/unit/*.c | cut -d : -f 1,2; }

words() { # brackets keep the patterns from finding themselves
    tree | xargs grep -nIE '/wor[k]/' /dev/null
    tree | xargs grep -nIwE 'TOD[O]|FIXM[E]|XX[X]' /dev/null
}

# No number ever passes through floating point: neither in the sources, nor in the instructions (moves, which copy
# memory too, are fine; arithmetic, comparisons and conversions are not), nor by a function of the C library.
floating_words() { grep -nwE 'double|float|strto(d|f|ld)|atof|atoi|atol' libkpi/*.[ch]; }
floating_calls() {
    nm -u "$build/libkpi.a" | grep -wE 'strto(d|f|ld)(_l)?|ato[fil]|__(fix|float)[a-z]+|__[a-z]+[sdxt]f[23]' | sort -u
}
floating_code() {
    objdump -d --no-show-raw-insn "$build/libkpi.a" | awk '
        BEGIN { sse = "^v?(u?comi|(h?add|h?sub|addsub|mul|div|min|max|sqrt|round|rcp|rsqrt|dp|cmp[a-z]*))[sp][sd]$"
                more = "^v?cvt|^vfn?m(add|sub)|^f(add|sub|mul|div|ld|ild|ist|st|com|ucom|sqrt|abs|chs)" }
        /^[0-9a-f]+ <.*>:$/ { at = $2 }
        $2 ~ sse || $2 ~ more { print at, $2 }' | sort | uniq -c
}

exported() {
    nm -D --defined-only "$build/libkpi.so" | awk '$3 !~ /^kpi_[a-z]/ && $3 !~ /^LIBKPI_[0-9]+$/ { print $2, $3 }'
}

# The library leaves printing and ending to the programs, and keeps no state.
prints_or_exits() {
    nm -u "$build/libkpi.a" | sort -u |
        grep -wE '_*v?d?printf(_chk)?|puts|putchar|perror|stdout|stderr|_?exit|quick_exit|abort|warnx?|errx?'
}
state() {
    objdump -t "$build/libkpi.a" | awk '
        /:     file format/ { file = $1 }
        /\t/ { split($0, half, "\t"); n = split(half[1], left, " "); section = left[n]; split(half[2], size, " ")
               if (section ~ /^\.t?(data|bss)(\.|$)/ && section !~ /\.rel\.ro/ && size[1] !~ /^0+$/)
                   print file, size[2] }'
}

hardened() {
    for f in "$build"/bin/*; do
        readelf -hldW "$f" | awk -v f="$f" '
            /Type: *DYN/ { pie = 1 } /GNU_RELRO/ { relro = 1 } /FLAGS.*NOW/ { now = 1 } /GNU_STACK.*RWE/ { stack = 1 }
            END { if (!pie || !relro || !now || stack) print f ": not PIE, full RELRO and without executable stack" }'
    done
    nm -u "$build/libkpi.a" | grep -q __stack_chk_fail || echo "libkpi.a: no stack protector"
}

yaml_users() { grep -lE '^ *# *include *[<"]yaml\.h' cmd/*.c libkpi/*.[ch] | grep -vx libkpi/yaml.c; }

have shellcheck && check "shell scripts" shell_scripts
have mandoc && check "manual pages" manual_pages
check "each tool has its page and cases, each file of the library its tests, all are built" companions
check "functions have at most 60 lines" long_functions
check "lines have at most 120 columns" long_lines
check "words that do not belong here" words
check "only yaml.c knows libyaml" yaml_users
check "no word of floating point" floating_words
if have nm; then
    check "no call of floating point" floating_calls
    check "only kpi_ names are exported" exported
    check "the library neither prints nor exits" prints_or_exits
fi
if have objdump; then
    check "the library keeps no state" state
    [ "$(uname -m)" != x86_64 ] || check "no instruction of floating point" floating_code
fi
[ "$(basename "$build")" != release ] || ! have readelf || check "the release is hardened" hardened

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
