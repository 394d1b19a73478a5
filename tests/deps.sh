#!/bin/sh
# Installs what building and testing libkpi needs and this system lacks, with its package manager, as root or by
# sudo. Where nothing is missing it does nothing and says nothing. Exits 1 when something needed for building stays
# missing; what only tests need, they then skip.
#
#   sh tests/deps.sh
# shellcheck disable=SC2086 # lists of packages and flags are words
set -u

# What it is for, how it shows (a command; a header; a module of python3; a file; the sanitizers), and its packages for
# apt-get, dnf, apk, pacman and brew; A+B: both, -: none.
list='
build cmd:cc          gcc             gcc              gcc         gcc        gcc
build h:stdio.h       libc6-dev       glibc-devel      musl-dev    glibc      gcc
build cmd:ar          binutils        binutils         binutils    binutils   binutils
build cmd:make        make            make             make        make       make
build h:yaml.h        libyaml-dev     libyaml-devel    yaml-dev    libyaml    libyaml
build cmd:pkg-config  pkg-config      pkgconf-pkg-config pkgconf   pkgconf    pkgconf
test  cmd:bash        bash            bash             bash        bash       bash
test  h:cmocka.h      libcmocka-dev   libcmocka-devel  cmocka-dev  cmocka     cmocka
test  cmd:python3     python3         python3          python3     python     python
test  py:yaml         python3-yaml    python3-pyyaml   py3-yaml    python-yaml pyyaml
test  cmd:bc          bc              bc               bc          bc         bc
test  cmd:diff        diffutils       diffutils        diffutils   diffutils  diffutils
test  cmd:mandoc      mandoc          mandoc           mandoc      mandoc     mandoc
test  cmd:shellcheck  shellcheck      ShellCheck       shellcheck  shellcheck shellcheck
test  cmd:strace      strace          strace           strace      strace     strace
test  cmd:valgrind    valgrind        valgrind         valgrind    valgrind   valgrind
test  cmd:mlr         miller          miller           miller      miller     miller
test  file:/usr/share/i18n/locales/zh_CN locales glibc-locale-source - glibc   -
test  san:            -               libasan+libubsan -           gcc-libs   -
'

there() { # HOW: whether it is there
    case $1 in
    cmd:*) command -v "${1#*:}" ;;
    h:*) flags=$(pkg-config --cflags yaml-0.1 cmocka 2>/dev/null)
         echo "#include <${1#*:}>" | cc $flags -E - ;;
    py:*) python3 -c "import ${1#*:}" ;;
    file:*) [ -e "${1#*:}" ] ;;
    san:) cc -print-file-name=libasan.so | grep / || cc --version | grep clang ;;
    esac >/dev/null 2>&1
}

manager=
column=0
for m in apt-get dnf apk pacman brew; do
    column=$((column + 1))
    if command -v $m >/dev/null 2>&1; then
        manager=$m
        break
    fi
done

missing() { # what is missing, as lines: use, how, packages
    echo "$list" | while read -r use how packages; do
        [ -z "$use" ] || there "$how" || echo "$use $how $(echo $packages | cut -d ' ' -f $column)"
    done
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

install() { # PACKAGE...
    case $manager in
    apt-get) as_root env DEBIAN_FRONTEND=noninteractive \
                 apt-get -qq -y --no-install-recommends install "$@" >/dev/null ;;
    dnf) as_root dnf -q -y install "$@" ;;
    apk) as_root apk add -q "$@" ;;
    pacman) as_root pacman -S --noconfirm --needed "$@" ;;
    brew) brew install -q "$@" ;;
    esac
}

update() { # the manager's lists of packages
    case $manager in
    apt-get) as_root apt-get -qq update ;;
    dnf) as_root dnf -q makecache ;;
    apk) as_root apk update -q ;;
    pacman) as_root pacman -Sy --noconfirm ;;
    brew) brew update -q ;;
    esac
}

lacking=$(missing)
[ -n "$lacking" ] || exit 0
packages=$(echo "$lacking" | awk '$3 != "-" && !seen[$3]++ { gsub(/[+]/, " ", $3); print $3 }')

if [ -z "$manager" ]; then
    echo "deps: no apt-get, dnf, apk, pacman or brew here to install what is missing" >&2
elif [ $manager != brew ] && [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; then
    echo "deps: this needs root, and there is no sudo; as root, install with $manager:" $packages >&2
elif [ -n "$packages" ]; then
    echo "deps: installing with $manager (this takes a minute or two):" $packages
    # A fresh image has no lists of packages.
    [ $manager != apt-get ] || apt-cache show $packages >/dev/null 2>&1 || update
    if ! install $packages; then
        echo "deps: again, with new lists of packages, one at a time"
        update
        for package in $packages; do install "$package"; done
    fi
    lacking=$(missing)
fi

echo "$lacking" | awk '
    NF { sub(/^(cmd|h|py):/, "", $2); sub(/^san:/, "sanitizers", $2); list[$1] = list[$1] " " $2 }
    END { if (list["test"]) print "deps: still missing, needed by some tests:" list["test"]
          if (list["build"]) print "deps: still missing, needed to build:" list["build"]
          exit list["build"] != "" }' >&2
