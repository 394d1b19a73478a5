#!/usr/bin/env python3
"""Places and days: every tool prints and writes the same in five locales and five time zones; the periods that are
counted from today are right for every day of 2024 to 2028."""
import ctypes
import os
import shutil
from datetime import date, timedelta

import common
from common import BIN, EXAMPLES, HERE, Group, finish, run, sanitized, write

# A shell command a line, run in a copy of the examples. Today is a day, not an instant, so it is the same everywhere.
SESSION = '''
visit-tally visits.tsv
visit-tally -p last-month -b team,role -s visits,planned,kept,late,coverage -M managers.tsv -C clients.tsv visits.tsv
visit-tally -p this-quarter -e visits,clients visits.tsv | tee measures
visit-tally -b kind,purpose -o table visits.tsv
visit-tally -b week,manager -s minutes,load -M managers.tsv visits.tsv
visit-due -C clients.tsv -g scheme.yaml --within 20 -o table visits.tsv
visit-check -C clients.tsv -M managers.tsv visits.tsv
feedback-tally -p last-month -b theme -s n,mean,csat,csat-low,share,unresolved,resolve-days --top 9 feedback.tsv
feedback-tally -e nps,mean=teamwork -o csv --bom feedback.tsv
feedback-tally -b source,week -s min,max,sum -o json feedback.tsv
kpi-score -p last-month -g scheme.yaml -g goals.yaml -M managers.tsv sales.tsv complaints.tsv
kpi-score -p last-month -g scheme.yaml -g goals.yaml -M managers.tsv sales.tsv complaints.tsv -l -o md
kpi-score -p last-month -g scheme.yaml -g goals.yaml -M managers.tsv sales.tsv complaints.tsv -o table
goal-list scheme.yaml goals.yaml
goal-list --as-of yesterday -o table scheme.yaml goals.yaml
goal-list --tree -o table scheme.yaml goals.yaml
goal-list --life lin.hao-campus -o json goals.yaml
goal-check --strict -M managers.tsv --history plan/sales-2025.tsv scheme.yaml goals.yaml
goal-set -f goals.yaml -g scheme.yaml -p this-year -m İıŞş -i sales -t +10% --baseline 1234567.89 --title Größe
goal-set -f goals.yaml -g scheme.yaml -p 2026-10 -m 郑凯 -i sales -t 1
goal-list -m İıŞş scheme.yaml goals.yaml
goal-revise -f goals.yaml --author İ -t +12.5% --reason 'Größe: ınce' 2026/İıŞş/sales
goal-revise -f goals.yaml --author İ --review --says 'İyi' -d yesterday 2026/IıŞş/sales
goal-split -g goals.yaml --into week --days --among 'ı,İ,i,I,Ünal=2,王' 2026/İıŞş/sales
goal-split -f goals.yaml --into month --like sales.tsv 2026/İıŞş/sales
visit-log -f visits.tsv -m 张敏 -c C042 --purpose İstanbul --minutes 30 --next 2026-12-24
visit-log -f visits.tsv -m 张敏 --minutes 1,5
visit-log -f visits.tsv -m 张敏 -d 2026-11-03
tail -n 3 visits.tsv | cut -f 1-8,10
feedback-log -f feedback.tsv -m I --score 9.5
feedback-log -f feedback.tsv -m i --score 11
tail -n 1 feedback.tsv | cut -f 1-7,9
visit-tally --status
visit-tally -p last-fortnight visits.tsv
kpi-score -p 2026-10 -g none.yaml
visit-tally none.tsv
visit-tally goals.yaml
feedback-due --as-of yesterday -C clients.tsv --visits visits.tsv -o table feedback.tsv
kpi-amend -c C023 -d 2026-09-30 --set resolved=today --set theme=İstanbul --reason 'ılık Ünal' --author ı feedback.tsv
cat feedback.tsv.amended
'''


def session(locale, zone, folder):
    """All that the session prints, with the exit statuses."""
    shutil.rmtree(common.WORK + '/place', ignore_errors=True)
    shutil.copytree(EXAMPLES, common.WORK + '/place')
    return run('sh', common.WORK + '/session', cwd=common.WORK + '/place', env={
        'LC_ALL': locale, 'TZ': zone, 'LOCPATH': folder, 'LANGUAGE': locale[:5], 'KPI_NOW': '2026-11-02'}).stdout


def everywhere():
    with Group('every place') as group:
        built = os.path.exists(BIN + '/../libkpi.a')
        folder = os.path.realpath(BIN + '/../locales') if built else common.WORK + '/locales'
        listed = run('sh', HERE + '/places.sh', folder).stdout.decode()
        places = [line.split() for line in listed.splitlines()]
        write('session', b'exec 2>&1\n' + b''.join(b'%s; echo "= $?"\n' % line.encode()
                                                   for line in SESSION.strip().splitlines()))
        wanted = session('C', 'UTC', folder)
        statuses = [int(line[2:]) for line in wanted.splitlines() if line.startswith(b'= ')]
        group.same('the exit statuses', [0] * 5 + [1, 1] + [0] * 10 + [1, 0] + [
            3, 0, 0, 3, 0, 3, 0, 3, 3, 0, 0, 3, 0, 2, 2, 4, 4, 3, 1, 0, 0], statuses)
        for locale, zone in places:
            group.same('%s, %s' % (locale, zone), wanted, session(locale, zone, folder))
        missing = 5 - len({locale for locale, _ in places})
        for _ in range(missing):
            group.skip('a locale that cannot be made here')
        group.note = ', %d commands in each of %d' % (len(statuses), len(places))


def first_of(unit, day):
    if unit == 'week':
        return day - timedelta(day.weekday())
    months = {'month': 1, 'quarter': 3, 'half': 6, 'year': 12}[unit]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def named(unit, day):
    year, month = day.year, day.month
    return {'week': '%d-W%02d' % day.isocalendar()[:2], 'month': '%d-%02d' % (year, month), 'year': '%d' % year,
            'quarter': '%d-Q%d' % (year, (month + 2) // 3), 'half': '%d-H%d' % (year, (month + 5) // 6)}[unit]


def wanted_of(day):
    """Every word with the period it stands for on a day."""
    words = {'today': day.isoformat(), 'yesterday': (day - timedelta(1)).isoformat()}
    for unit in 'week', 'month', 'quarter', 'half', 'year':
        words['this-' + unit] = named(unit, day)
        words['last-' + unit] = named(unit, first_of(unit, day) - timedelta(1))
    return words


DAYS = [date(2024, 1, 1) + timedelta(i) for i in range((date(2029, 1, 1) - date(2024, 1, 1)).days)]


def every_day():
    """By the shared library, as a thousand runs of a tool would take their time."""
    with Group('every day of 2024 to 2028') as group:
        path = BIN + '/../libkpi.so'
        if sanitized() or not os.path.exists(path):
            group.skip('no shared library beside the tools, or one with sanitizers')
            return
        resolve = ctypes.CDLL(os.path.realpath(path)).kpi_period_resolve
        text, period, wrong = ctypes.create_string_buffer(24), (ctypes.c_int32 * 2)(), []
        for day in DAYS:
            for word, wanted in wanted_of(day).items():
                code = resolve(word.encode(), ctypes.c_int32((day - date(1970, 1, 1)).days), period, text)
                if code or text.value.decode() != wanted:
                    wrong.append((day, word, wanted, text.value))
        group.check('words', not wrong, wrong[:5])
        group.note = ', %d words' % (len(DAYS) * len(wanted_of(DAYS[0])))


def first_and_last_days():
    """By a tool, which tells the period and, of a visit on every day, its number of days."""
    with Group('first and last days of months') as group:
        first = date(2022, 12, 1)
        write('daily.tsv', b''.join(b'%s\tm\t\tvisit\tdone\t\t\t\t\t\n' % str(first + timedelta(i)).encode()
                                    for i in range(2300)))
        wrong, days = [], [d for d in DAYS if d.day in (1, 28) or (d + timedelta(1)).day == 1]
        for i, day in enumerate(days):
            words = wanted_of(day)
            for word in 'last-month', sorted(words)[i % len(words)]:
                if word in ('today', 'this-' + word[5:]):
                    continue
                tally = run('visit-tally', '-p', word, '-e', 'visits', 'daily.tsv', env={'KPI_NOW': str(day)})
                unit = word[5:] if '-' in word else 'day'
                last = day - timedelta(1) if unit == 'day' else first_of(unit, day) - timedelta(1)
                number = 1 if unit == 'day' else (last - first_of(unit, last)).days + 1
                if tally.stdout.decode() != '%s\tm\tvisits\t%d\n' % (words[word], number):
                    wrong.append((day, word, tally.stdout, tally.stderr))
        group.check('words', not wrong, wrong[:5])
        group.note = ', %d days' % len(days)


def zones():
    """An instant is a day of the time zone: at 08:00 UTC on the 2nd it is still the 1st in Pago Pago."""
    with Group('time zones') as group:
        write('two.tsv', b'2026-11-01\tm\t\tvisit\tdone\t\t\t\t\t\n' + b'2026-11-02\tn\t\tvisit\tdone\t\t\t\t\t\n')
        for zone, now, today in [('UTC', '2026-11-02T08:00:00Z', b'n'), ('SST11', '2026-11-02T08:00:00Z', b'm'),
                                 ('LINT-14', '2026-11-01T09:59:59Z', b'm'), ('LINT-14', '2026-11-01T10:00:00Z', b'n'),
                                 ('EST5EDT,M3.2.0,M11.1.0', '2026-11-02T04:59:59Z', b'm'),
                                 ('CST-8', '2026-11-01T16:00:00Z', b'n'),
                                 ('LINT-14', '2026-11-02', b'n'), ('SST11', '2026-11-02', b'n')]:
            done = run('visit-tally', '-p', 'today', '-s', 'visits', 'two.tsv', env={'TZ': zone, 'KPI_NOW': now})
            group.same('today is, %s, %s' % (zone, now), today + b'\t1\n', done.stdout)
        done = run('visit-tally', '-p', 'today', 'two.tsv', env={'TZ': 'Mars/Olympus'})
        group.check('no such zone', done.returncode == 2 and b'Mars/Olympus' in done.stderr and not done.stdout, done)


if __name__ == '__main__':
    everywhere()
    every_day()
    first_and_last_days()
    zones()
    finish()
