#!/bin/sh
# What is built and installed: the same bytes wherever it is built; a program that finds the installed library by
# pkg-config; nothing left behind by uninstall.
# shellcheck disable=SC2086 # flags are words
set -u
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

check() { # WHAT COMMAND...
    what=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $what"
        cat "$work/log"
    fi
}

build() { # FOLDER: a copy of the sources, built
    mkdir -p "$1/build"
    for f in "$top"/* "$top/.ci"; do [ "$f" = "$top/build" ] || cp -R "$f" "$1"; done
    make -C "$1" -j 2 all
}

same() {
    for f in "$work"/one/build/release/bin/* "$work"/one/build/release/libkpi.so "$work"/one/build/release/libkpi.a; do
        cmp "$f" "$work/another/folder/$(echo "$f" | cut -c "$((${#work} + 6))-")" || return 1
    done
}

installed() {
    make -C "$work/one" install DESTDIR="$work/root" PREFIX=/usr/local &&
    root=$work/root/usr/local &&
    cmp "$top/libkpi/kpi.h" "$root/include/kpi.h" &&
    for f in "$work"/one/build/release/bin/*; do "$root/bin/$(basename "$f")" --version || return 1; done &&
    for f in "$top"/man/*.[1-8]; do [ -f "$root/share/man/man${f##*.}/${f##*/}" ] || return 1; done &&
    [ -f "$root/share/doc/libkpi/examples/demo.sh" ]
}

# The example program, made with what pkg-config says of the installed library, scores the example month.
client() {
    flags=$(PKG_CONFIG_PATH=$work/root/usr/local/lib/pkgconfig \
        pkg-config --define-variable=prefix="$work/root/usr/local" --cflags --libs libkpi) &&
    cp -R "$top/examples/." "$work/examples" && cd "$work/examples" &&
    ${CC:-cc} -Wall -Wextra -o score score.c $flags &&
    PATH=$work/root/usr/local/bin:$PATH KPI_DIR=$work/examples OUT=$work/examples/out ./monthly.sh 2026-10 &&
    LD_LIBRARY_PATH=$work/root/usr/local/lib ./score sales.tsv complaints.tsv out/measures-2026-10.tsv >scores &&
    cut -f 2,3 expected/scores-2026-10.tsv | diff - scores
}

uninstalled() {
    make -C "$work/one" uninstall DESTDIR="$work/root" PREFIX=/usr/local && left=$(find "$work/root" ! -type d) &&
    if [ -n "$left" ]; then echo "left behind: $left"; return 1; fi
}

check "builds in one folder" build "$work/one"
check "builds in another" build "$work/another/folder"
check "both are the same, byte for byte" same
check "make install" installed
if command -v pkg-config >/dev/null; then
    check "a program uses the library" client
else
    skipped=1
fi
check "make uninstall" uninstalled

echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
