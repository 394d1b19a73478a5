#!/usr/bin/env python3
"""splits.py SEED SPLITS RUNS BINDIR - random splits against exact whole numbers: SPLITS of numbers by the library, through
BINDIR/../goals/splits, and RUNS of goal-split, whose parts this program works out by itself.

Numbers are in millionths, as large as they come."""
import os
import random
import subprocess
import sys
import tempfile
from datetime import date

from days import DAY, unit_of

seed, splits, runs, bindir = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), os.path.abspath(sys.argv[4])
chance = random.Random(seed)
passed = failed = 0


def check(what, holds, *detail):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        if failed <= 5:
            print('FAIL', what, *detail, sep='\n  ')


ONE = 1000000


def text(value):
    return ('-' * (value < 0) + '%d.%06d' % divmod(abs(value), ONE)).rstrip('0').rstrip('.')


def number(written):
    whole, _, part = written.lstrip('-').partition('.')
    return (int(whole) * ONE + int((part + '000000')[:6])) * (-1 if written[0] == '-' else 1)


def largest_remainder(whole, digits, shares):
    """The parts, by their definition."""
    unit, total, sign = 10 ** (6 - digits), sum(shares), -1 if whole < 0 else 1
    cut = [divmod(abs(whole) * share, total * unit) for share in shares]
    parts = [part for part, _ in cut]
    spare = abs(whole) // unit - sum(parts)
    for i in sorted(range(len(shares)), key=lambda i: (-cut[i][1], i))[:spare]:
        parts[i] += 1
    return [sign * part * unit for part in parts]


def judge(what, whole, digits, shares, got):
    """Against what a split must be, and against the parts that the definition gives."""
    unit, total = 10 ** (6 - digits), sum(shares)
    parts = [number(part) for part in got]
    near = all(abs(part * total - whole * share) < unit * total for part, share in zip(parts, shares))
    check(what, sum(parts) == whole and near and len(parts) == len(shares) and
          not any(part % unit for part in parts) and parts == largest_remainder(whole, digits, shares),
          'whole %s, %d digits, shares %s' % (text(whole), digits, [text(s) for s in shares][:40]), 'got %s' % got[:40])


# ---- numbers ----

def some_number(places, most=15):
    """Not below 0, of a random size."""
    n = chance.randrange(10 ** chance.randint(0, most + places))
    return chance.choice((n, n, n, 0, 1, 10 ** (most + places) - 1)) * 10 ** (6 - places)


def some_shares():
    n = chance.choice((1, 2, 3, 4, 12, 31, 53, chance.randint(1, 200)))
    how = chance.randrange(6)
    if how == 0:
        return [ONE] * n
    if how == 1:
        return [ONE * chance.choice((0, 1)) for _ in range(n)]
    if how == 2:
        return [ONE * chance.choice((28, 30, 31)) for _ in range(n)]
    places = chance.choice((0, 0, 2, 6))
    size = chance.choice((3, 9, 15))
    return [some_number(places, size) for _ in range(n)]


def numbers():
    cases, lines = [], []
    for _ in range(splits):
        digits = chance.randint(0, 6)
        whole = some_number(digits) * chance.choice((1, 1, -1))
        shares = some_shares()
        cases.append((whole, digits, shares))
        lines.append(' '.join([text(whole), str(digits)] + [text(share) for share in shares]))
    done = subprocess.run([bindir + '/../goals/splits'], input='\n'.join(lines) + '\n', stdout=subprocess.PIPE,
                          check=True, encoding='ascii')
    answers = done.stdout.splitlines()
    check('an answer for each split', len(answers) == len(cases))
    refused = 0
    for (whole, digits, shares), answer in zip(cases, answers):
        if not any(shares):
            refused += 1
            check('nothing to share by', answer == 'refused: no share is above 0', answer)
        else:
            judge('a split', whole, digits, shares, answer.split())
    return len(cases), refused


# ---- goals ----

def slices(first, last, unit):
    """The units of first..last, cut to it: first and last day, and the name."""
    found = []
    while first <= last:
        start, end, name = unit_of(unit, first)
        if start < first or end > last:
            end = min(end, last)
            name = first.isoformat() if first == end else '%s..%s' % (first, end)
        found.append((first, end, name))
        first = end + DAY
    return found


def month_end(day):
    return (day + DAY).day == 1


def before(first, last, by_weeks):
    """The days a year before."""
    if by_weeks:
        return first - 364 * DAY, last - 364 * DAY

    def shifted(day):
        return date(day.year - 1, 3, 1) - DAY if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)
    end = shifted(last)
    while month_end(last) and not month_end(end):
        end += DAY
    return shifted(first), end


def some_period():
    """First and last day, and the name."""
    day = date(2024, 1, 1) + DAY * chance.randrange(4 * 365)
    unit = chance.choice(('day', 'week', 'month', 'quarter', 'half', 'year', 'range', 'range'))
    if unit != 'range':
        return unit_of(unit, day)
    last = day + DAY * chance.randrange(1, 200)
    return day, last, '%s..%s' % (day, last)


def some_history(first, last, owners):
    """Measures between two days: (first, last, owner, value), and their lines."""
    measures, lines = [], []
    for _ in range(chance.randint(0, 40)):
        day = first + DAY * chance.randrange((last - first).days + 1)
        start, end, name = unit_of(chance.choice(('day', 'day', 'week', 'month')), day)
        owner, value = chance.choice(owners), some_number(2, 6)
        metric = chance.choice(('sales', 'sales', 'visits'))
        lines.append('%s\t%s\t%s\t%s\n' % (name, owner, metric, text(value)))
        if metric == 'sales':
            measures.append((start, end, owner, value))
    return measures, lines


def some_split():
    """The options of goal-split, and the shares of the parts; the goal's lines and history."""
    first, last, name = some_period()
    unit = chance.choice(('day', 'week', 'month', 'quarter', 'half', 'year', None))
    how = chance.choice(('equal', 'days', 'like', 'shares', 'likeshares'))
    owners = sorted(chance.sample(['a', 'b', 'c d', '张敏', '12', 'x=y'], chance.randint(1, 4))) \
        if unit is None or 'shares' in how or chance.randrange(2) else []
    if unit is None:
        how = chance.choice(('equal', 'like', 'shares'))
    parts = slices(first, last, unit) if unit else [(first, last, name)]
    options = ['--into', unit] if unit else []
    given = {owner: some_number(1, 2) + ONE for owner in owners} if 'shares' in how else {}
    for owner in chance.sample(owners, len(owners)):
        options += ['--among', owner + '=' + text(given.get(owner, ONE))
                    if given or ('=' in owner and 'like' not in how) else owner]
    weeks = (last - first).days < 7 if unit is None else unit in ('day', 'week')
    past = [before(start, end, weeks) for start, end, _ in parts]
    measures, lines = some_history(past[0][0] - 20 * DAY, past[-1][1] + 20 * DAY, (owners or []) + ['east'])
    shares = []
    for (start, end, _), (was_first, was_last) in zip(parts, past):
        for owner in owners or ['east']:
            share = given.get(owner, ONE)
            if how == 'days':
                share *= (end - start).days + 1
            if 'like' in how:
                whose = 'east' if given else owner
                share *= sum(value for one, other, who, value in measures
                             if who == whose and was_first <= one and other <= was_last)
            shares.append(share)
    options += {'days': ['--days'], 'like': ['--like', 'history'], 'likeshares': ['--like', 'history']}.get(how, [])
    names = [(part, owner) for _, _, part in parts for owner in owners or ['east']]
    return name, options, names, shares, lines


def run(*command, **more):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding='utf-8', check=False,
                          env={**os.environ, 'PATH': bindir + ':' + os.environ['PATH'], 'KPI_NOW': '2024-01-01'}, **more)


def goal():
    """One run of goal-split. Whether it split."""
    name, options, names, shares, lines = some_split()
    places = chance.randint(0, 3)
    target, baseline = some_number(places, 6), chance.choice((None, None, some_number(places, 6)))
    if target == baseline:
        baseline = None
    digits = chance.choice((None, places, 6))
    if baseline is not None and digits is None:
        digits = places
    with open('history', 'w', encoding='utf-8') as file:
        file.writelines(lines)
    with open('whole.yaml', 'w', encoding='utf-8') as file:
        file.write('goal: whole\nowner: east\nmetric: sales\nperiod: %s\ntarget: %s\n' % (name, text(target)))
        if baseline is not None:
            file.write('baseline: %s\n' % text(baseline))
    if digits is not None:
        options += ['--digits', str(digits)]
    done = run('goal-split', '-g', 'whole.yaml', *options, 'whole')
    what = ' '.join(options)
    if any('=' in option and option[-1] == 'y' for option in options) and '=' in what and done.returncode == 2:
        return False  # "x=y" cannot be given without a share
    if len(names) == 1 and names[0][1] == 'east':
        check(what, done.returncode == 3 and 'nothing to split' in done.stderr, done)
        return False
    if not any(shares):
        check(what, done.returncode == 3 and 'was measured a year before' in done.stderr, done)
        return False
    if done.returncode == 3 and 'too few decimals' in done.stderr:
        check(what, baseline is not None, done)
        return False
    if not check_documents(what, done, name, names):
        return False
    if digits is None:
        digits = len(text(target).partition('.')[2])
    listed = run('goal-list', '-g', 'whole.yaml', '-g', '-', input=done.stdout)
    rows = {tuple(line.split('\t')[:2]): line.split('\t')[4:] for line in listed.stdout.splitlines()}
    judge(what, target, digits, shares, [rows[key][0] for key in names])
    if baseline is not None:
        judge('the baselines of ' + what, baseline, digits, shares, [rows[key][1] or '0' for key in names])
    return True


def check_documents(what, done, name, names):
    """Each part supports the whole, in order, and its id is the default one."""
    ids = [line[6:].strip('"') for line in done.stdout.splitlines() if line.startswith('goal: ')]
    fine = done.returncode == 0 and ids == ['%s/%s/sales' % part for part in names] and \
        done.stdout.count('\nsupports: whole\n') == len(names)
    check('the documents of ' + what, fine, name, done.returncode, done.stderr, ids[:20], names[:20])
    return fine


os.chdir(tempfile.mkdtemp(prefix='kpi-splits.', dir=os.environ.get('TMPDIR')))
made, empty = numbers()
split = sum(goal() for _ in range(runs))
check('most goals were split', split * 2 > runs or not runs, split, runs)
for left in 'history', 'whole.yaml':
    if os.path.exists(left):
        os.remove(left)
os.rmdir(os.getcwd())
print('%d splits of numbers, %d of them over nothing; %d goals, %d of them split' % (made, empty, runs, split))
print('%d passed, %d failed' % (passed, failed))
sys.exit(failed > 0)
