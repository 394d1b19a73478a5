#!/bin/sh
# places.sh DIR - prints pairs of a locale and a time zone, one a line, in which a tool must print the same: LC_ALL TZ.
#
# Five of each, so 25 lines; fewer where locales cannot be made. They are made in DIR, which becomes LOCPATH, unless
# they are there already. Where the system knows no zones by name, they are told by their rules.
set -eu
mkdir -p "$1"
for locale in de_DE zh_CN tr_TR; do
    [ -d "$1/$locale.UTF-8" ] && continue
    { localedef -i "$locale" -f UTF-8 "$1/$locale.tmp$$" && mv "$1/$locale.tmp$$" "$1/$locale.UTF-8"; } >&2 &
done 2>/dev/null
wait
rm -rf "$1"/*.tmp*
zones='UTC Asia/Shanghai America/New_York Pacific/Kiritimati Pacific/Pago_Pago'
[ -f /usr/share/zoneinfo/Asia/Shanghai ] || zones='UTC CST-8 EST5EDT,M3.2.0,M11.1.0 LINT-14 SST11'
for locale in C C.UTF-8 de_DE.UTF-8 zh_CN.UTF-8 tr_TR.UTF-8; do
    case $locale in C*) ;; *) [ -d "$1/$locale" ] || continue ;; esac
    for zone in $zones; do
        echo "$locale $zone"
    done
done
