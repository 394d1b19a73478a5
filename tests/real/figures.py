#!/usr/bin/env python3
"""The figures that the tools must arrive at, worked out from the exports alone: read by Python's csv, added up as
fractions, rounded half away from zero. Nothing of what the awk programs and zoho.py make is used here.

  figures.py DATA scores|detail month|quarter|year      AdventureWorks: what kpi-score prints, period by period
  figures.py DATA untargeted month|quarter|year         its sales lines of people without a target: period, lines, whose
  figures.py DATA calls|survey|events|zcalls|doctors    what the tallies print
  figures.py DATA zdue DAY                              Zoho: what visit-due lists of all accounts then
  figures.py DATA zcheck                                which lines of which file visit-check tells of, by which rule
  figures.py DATA zload                                 minutes and load of each manager and week
  figures.py DATA deals|zdeals PERIOD                   what kpi-score -l tells of deals won: owner, metric, actual
"""
import csv
import decimal
import glob
import re
import statistics
import sys
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction

DATA, WHAT = sys.argv[1], sys.argv[2]


def rows(pattern, delimiter=','):
    (path,) = glob.glob(DATA + '/' + pattern)
    with open(path, encoding='utf-8', newline='') as export:
        return list(csv.DictReader(export, delimiter=delimiter))


def fixed(value, digits=2):
    """Rounded half away from zero."""
    value = Fraction(value)
    whole = (2 * abs(value) * 10 ** digits + 1) // 2
    text = '%0*d' % (digits + 1, whole)
    text = text[:-digits] + '.' + text[-digits:] if digits else text
    return '-' + text if value < 0 and whole else text


def exact(value):
    """Without trailing zeros; for values of at most six decimals."""
    return fixed(value, 6).rstrip('0').rstrip('.')


def out(*fields):
    print('\t'.join(str(field) for field in fields))


def by_bytes(names):
    return sorted(names, key=str.encode)


# ---- AdventureWorks ----

def period_of(day, unit):
    year, month = day[:4], int(day[5:7])
    return {'month': '%s-%02d' % (year, month), 'quarter': '%s-Q%d' % (year, (month + 2) // 3), 'year': year}[unit]


def adventure_works(unit):
    people = rows('powerbi-adventureworks/Salesperson.csv', '|')
    of_key = {p['EmployeeKey']: p['Salesperson'] for p in people}
    of_id = {p['EmployeeID']: p['Salesperson'] for p in people}
    sales, targets, lines = defaultdict(dict), defaultdict(Counter), Counter()
    for row in rows('powerbi-adventureworks/Sales.csv', '|'):
        period, name = period_of(row['OrderDate'], unit), of_key[row['EmployeeKey']]
        sales[period][name] = sales[period].get(name, 0) + Fraction(row['Sales'])
        lines[period, name] += 1
    for row in rows('powerbi-adventureworks/Targets.csv', '|'):
        targets[period_of(row['TargetMonth'], unit)][of_id[row['EmployeeID']]] += int(row['TargetAmount'])
    return sales, targets, lines


def score_of(actual, target):
    """100 points at the target, in proportion, up to 200."""
    return fixed(100 * min(actual / target, 2)) if actual is not None else fixed(0)


def scores(unit):
    sales, targets, _ = adventure_works(unit)
    for period in sorted(targets):
        score = {name: score_of(sales[period].get(name), t) for name, t in targets[period].items()}
        for name in by_bytes(score):
            better = sum(Fraction(other) > Fraction(score[name]) for other in score.values())
            out(period, name, score[name], '', better + 1)


def detail(unit):
    sales, targets, _ = adventure_works(unit)
    for period in sorted(targets):
        for name in by_bytes(targets[period]):
            target, actual = targets[period][name], sales[period].get(name)
            if actual is None:
                out(period, name, 'sales', 100, target, '', '', fixed(0, 4), fixed(0))
            else:
                out(period, name, 'sales', 100, target, exact(actual), fixed(actual / target, 4),
                    fixed(min(actual / target, 2), 4), score_of(actual, target))


def untargeted(unit):
    _, targets, lines = adventure_works(unit)
    for period in sorted(targets):
        without = {name: n for (when, name), n in lines.items() if when == period and name not in targets[period]}
        if without:
            out(period, sum(without.values()), ', '.join(by_bytes(without)))


# ---- tallies ----

def wilson_low(good, n):
    """The lower end of the Wilson interval in percent, z = 1.96."""
    with decimal.localcontext() as context:
        context.prec = 60
        z, p, n = decimal.Decimal('1.96'), decimal.Decimal(good) / n, decimal.Decimal(n)
        low = (p + z * z / (2 * n) - z * (p * (1 - p) / n + z * z / (4 * n * n)).sqrt()) / (1 + z * z / n)
        return Fraction(low * 100)


def calls():
    agents = defaultdict(list)
    for row in rows('pwc-call-center/calls*.csv'):
        agents[row['Agent']].append((row['Satisfaction rating'], row['Resolved']))
    for agent in by_bytes(agents):
        answers = agents[agent]
        rated = [int(rating) for rating, _ in answers if rating]
        good = sum(r >= 4 for r in rated)
        unresolved = sum(bool(rating) and int(rating) < 3.8 and resolved != 'Y' for rating, resolved in answers)
        out(agent, len(answers), len(rated), sum(rated), fixed(Fraction(sum(rated), len(rated))), min(rated),
            max(rated), fixed(Fraction(100 * good, len(rated))), fixed(wilson_low(good, len(rated))), unresolved)


def survey():
    months = defaultdict(list)
    for row in rows('nps-survey/nps_data.csv'):
        months[row['Date'][:7]].append(int(row['Score']))
    for month, answers in sorted(months.items()):
        promoters, detractors = sum(a >= 9 for a in answers), sum(a <= 6 for a in answers)
        out(month, len(answers), promoters, len(answers) - promoters - detractors, detractors,
            fixed(Fraction(100 * (promoters - detractors), len(answers))))


def visits(lines):
    """lines: (manager, day, client, minutes, purpose, written) -> per manager and month, as visit-tally counts."""
    groups = defaultdict(list)
    for line in lines:
        groups[line[0], line[1][:7]].append(line)
    for manager, month in sorted(groups, key=lambda key: (key[0].encode(), key[1])):
        group = groups[manager, month]
        late = sum(bool(line[5]) and (date.fromisoformat(line[5]) - date.fromisoformat(line[1])).days > 3
                   for line in group)
        out(manager, month, len(group), len({line[2] for line in group} - {''}),
            sum(int(line[3] or 0) for line in group),
            fixed(Fraction(100 * sum(bool(line[4]) for line in group), len(group))), late)


def events():
    visits((r['Event Owner'], r['Start DateTime'][:10], r['ACCOUNTID'], '', r['Subject'].strip(),
            r['Created Time'][:10]) for r in rows('zoho-crm-sample/Events.csv'))


def zcalls():
    visits((r['Call Owner'], r['Call Start Time'][:10], r['ACCOUNTID'], r['Call Duration (in minutes)'],
            r['Call Purpose'], r['Created Time'][:10]) for r in rows('zoho-crm-sample/Calls.csv'))


def doctors():
    visits((r['rep_id'], r['visit_date'], r['doctor_id'], '', '', '') for r in rows('hcp-visits/visits.csv'))


# ---- visits of Zoho: due, honesty, load ----

def zoho_visits():
    """(file, line, manager, client, start, seconds, purpose, outcome, written)"""
    stamp = lambda text: datetime.strptime(text, '%Y-%m-%d %H:%M:%S')
    for i, r in enumerate(rows('zoho-crm-sample/Events.csv'), 1):
        yield ('zoho.events', i, r['Event Owner'], r['ACCOUNTID'], stamp(r['Start DateTime']), 0, r['Subject'].strip(), '',
               stamp(r['Created Time']))
    for i, r in enumerate(rows('zoho-crm-sample/Calls.csv'), 1):
        yield ('zoho.calls', i, r['Call Owner'], r['ACCOUNTID'], stamp(r['Call Start Time']),
               int(r['Call Duration (in minutes)'] or 0) * 60, r['Call Purpose'].strip(), r['Subject'].strip(),
               stamp(r['Created Time']))


def zdue(today):
    today, every, last = date.fromisoformat(today), {'Customer': 30, 'Prospect': 60}, {}
    for visit in zoho_visits():
        day = visit[4].date()
        if day <= today and visit[3]:
            last[visit[3]] = max(day, last.get(visit[3], day))
    listed = []
    for r in rows('zoho-crm-sample/Accounts.csv'):
        client, owner, tier = r['ACCOUNTID'], r['Account Owner'].strip(), r['Account Type']
        start = last.get(client) or (date(2020, 10, 1) if int(client) % 2 == 0 else None)
        due = start + timedelta(every[tier]) if start else None
        if not due or due <= today:
            listed.append((owner, due or date.min, client, tier, last.get(client, ''), due or '',
                           (today - due).days if due else '', '', r['Account Name'].strip()))
    for owner, _, client, *others in sorted(listed, key=lambda row: (row[0].encode(), row[1], row[2].encode())):
        out(client, owner, *others)


def zcheck():
    """As visit-check does with both books, as of 2021-04-15."""
    accounts = {r['ACCOUNTID']: r['Account Owner'].strip() for r in rows('zoho-crm-sample/Accounts.csv')}
    users = {r['Last Name'].strip() for r in rows('zoho-crm-sample/Users.csv')}
    order = 'overlap twice hours late batch future purpose outcome client manager owner'.split()
    visits, found = list(zoho_visits()), set()
    for i, (_, _, manager, client, start, _, purpose, outcome, written) in enumerate(visits):
        alone = {'late': (written.date() - start.date()).days > 3, 'purpose': not purpose, 'outcome': not outcome,
                 'future': start.date() > date(2021, 4, 15) or start - timedelta(hours=14) > written,
                 'client': client and client not in accounts, 'manager': manager not in users,
                 'owner': client in accounts and accounts[client] != manager}
        found |= {(i, rule) for rule, holds in alone.items() if holds}
    by_manager, by_day = defaultdict(list), defaultdict(list)
    for i, visit in enumerate(visits):
        by_manager[visit[2]].append(i)
        by_day[visit[2], visit[4].date()].append(i)
    for which in by_manager.values():
        end = datetime.min
        for start, i in sorted((visits[i][4], i) for i in which if visits[i][5]):
            if start < end:
                found.add((i, 'overlap'))
            end = max(end, start + timedelta(seconds=visits[i][5]))
        left = sorted((visits[i][8], i) for i in which)
        while left:
            group = [i for written, i in left if written - left[0][0] <= timedelta(minutes=1)]
            if len(group) >= 5:
                found.add((min(group), 'batch'))
            left = left[len(group) if len(group) >= 5 else 1:]
    for which in by_day.values():
        if sum(visits[i][5] for i in which) > 24 * 3600:
            found.add((which[0], 'hours'))
        clients = [visits[i][3] for i in which]
        found |= {(i, 'twice') for k, i in enumerate(which) if clients[k] and clients[k] in clients[:k]}
    for i, rule in sorted(found, key=lambda one: (one[0], order.index(one[1]))):
        out('%s:%d' % visits[i][:2], rule)


def zload():
    minutes = defaultdict(Counter)
    for _, _, manager, _, start, seconds, _, _, _ in zoho_visits():
        minutes['%d-W%02d' % start.isocalendar()[:2]][manager] += seconds // 60
    for week, team in sorted(minutes.items()):
        middle = statistics.median([Fraction(n) for n in team.values()])
        for manager in by_bytes(team):
            out(week, manager, team[manager], fixed(100 * team[manager] / middle) if middle else '')


# ---- deals ----

def within(day, period):
    year, _, quarter = period.partition('-Q')
    return day.year == int(year) and (not quarter or (day.month + 2) // 3 == int(quarter))


def won(deals, period):
    """deals: (owner, day, amount) -> owner, metric, actual, as kpi-score -l has them."""
    value, number = Counter(), Counter()
    for owner, day, amount in deals:
        if within(day, period):
            value[owner] += amount
            number[owner] += 1
    for owner in by_bytes(value):
        out(owner, 'won', exact(value[owner]))
        out(owner, 'deals', number[owner])


def deals(period):
    won(((r['sales_agent'], date.fromisoformat(r['close_date']), Fraction(r['close_value']))
         for r in rows('maven-crm-sales/sales_pipeline.csv') if r['deal_stage'] == 'Won'), period)


def zdeals(period):
    won(((r['Potential Owner'], datetime.strptime(r['Closing Date'][:-9], '%d %b, %Y').date(),
          Fraction(re.sub('[$,]', '', r['Amount'])))
         for r in rows('zoho-crm-sample/Potentials.csv') if r['Stage'] == 'Closed Won'), period)


if __name__ == '__main__':
    sys.stdout.reconfigure(encoding='utf-8', newline='\n')
    {f.__name__: f for f in (scores, detail, untargeted, calls, survey, events, zcalls, doctors, zdue, zcheck, zload,
                             deals, zdeals)}[WHAT](*sys.argv[3:])
