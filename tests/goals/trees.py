#!/usr/bin/env python3
"""trees.py SEED WORLDS BINDIR - goals that are looked at: WORLDS random plans with a past, of which this program works out by
itself, in fractions, what supports what, sums of parts and differences, and the median and best of past periods; goal-list
--tree and goal-check --history must say the same."""
import os
import random
import re
import subprocess
import sys
import tempfile
from datetime import date
from fractions import Fraction

from days import DAY, unit_of

seed, worlds, bindir = sys.argv[1], int(sys.argv[2]), os.path.abspath(sys.argv[3])
chance = random.Random(seed)
passed = failed = 0
UNITS = 'day', 'week', 'month', 'quarter', 'half', 'year'


def check(what, holds, *detail):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        if failed <= 3:
            print('FAIL', what, *detail, sep='\n  ')


def text(value, digits=20):
    """A fraction as a decimal, rounded half away from zero, without trailing zeros."""
    whole = abs(value) * 10 ** digits
    whole = (2 * whole.numerator + whole.denominator) // (2 * whole.denominator)
    shown = '%d.%0*d' % (whole // 10 ** digits, digits, whole % 10 ** digits)
    shown = shown.rstrip('0').rstrip('.')
    return '-' + shown if value < 0 and whole else shown


def some_number(most=10 ** 6):
    return Fraction(chance.randrange(most), 10 ** chance.choice((0, 0, 2, 6)))


def some_period():
    """First and last day, the name, and the unit, where it is one."""
    day, unit = date(2025, 6, 1) + DAY * chance.randrange(500), chance.choice(UNITS[2:] * 3 + UNITS + (None,))
    if unit:
        return unit_of(unit, day) + (unit,)
    last = day + DAY * chance.randrange(3, 6)  # never a unit
    return day, last, '%s..%s' % (day, last), None


# ---- goals ----

class Metric:
    def __init__(self, name):
        self.name = name
        self.take = chance.choice(('sum', 'sum', 'mean', 'last', 'max', 'min', 'count'))
        self.lower, self.zero = chance.randrange(4) == 0, chance.randrange(3) == 0

    def line(self):
        return '  %s: {unit: x, take: %s, better: %s, missing: %s}\n' % (
            self.name, self.take, 'lower' if self.lower else 'higher', 'zero' if self.zero else 'none')


class Plain(Metric):
    """One that no scheme has."""
    def __init__(self, name):
        super().__init__(name)
        self.take, self.lower, self.zero = 'sum', False, False


class Goal:
    def __init__(self, owner, metric, period):
        self.owner, self.metric = owner, metric
        self.first, self.last, self.name, self.unit = period
        self.id = self.supports = self.set = None
        self.baseline, self.percent, self.revisions = None, None, []
        self.target = some_number()

    def on(self, as_of):
        """The target of a day, or of the last one of the period."""
        target = self.target
        for day, new in self.revisions:
            if day <= (as_of or self.last):
                target = new
        return target

    def fill(self, number, others):
        """What only a goal in full has."""
        self.id = 'g%d' % number
        if chance.randrange(3) == 0:
            way = -1 if self.metric.lower else 1
            self.baseline = some_number(10 ** 4) + Fraction(1, 10 ** 6)
            self.percent = Fraction(chance.randint(1, 9999), 100) * way
            self.target = self.baseline * (100 + self.percent) / 100
        if chance.randrange(2):
            self.set = date(2025, 1, 1) + DAY * chance.randrange(500)
        wholes = [other for other in others if other.metric is self.metric and other.first <= self.first and
                  self.last <= other.last]
        if others and chance.randrange(4):
            self.supports = chance.choice(wholes if wholes and chance.randrange(4) else others)
        day = self.first
        for _ in range(chance.choice((0, 0, 1, 2))):
            day += DAY * chance.randrange(40)
            new = some_number()
            if self.baseline is not None:
                new = self.baseline * 2 + 1 if not self.metric.lower else self.baseline / 2
                new = Fraction(int(new * 10 ** 6), 10 ** 6)
            self.revisions.append((day, new))

    def full_id(self):
        return self.id or '%s/%s/%s' % (self.name, self.owner, self.metric.name)

    def document(self):
        lines = ['---', 'goal: ' + self.id, 'owner: ' + self.owner, 'metric: ' + self.metric.name, 'period: ' + self.name]
        if self.percent is None:
            lines.append('target: ' + text(self.target))
        else:
            lines += ['target: "%s%s%%"' % ('+' * (self.percent > 0), text(self.percent)), 'baseline: ' + text(self.baseline)]
        if self.supports:
            lines.append('supports: ' + self.supports.full_id())
        if self.set:
            lines.append('set: %s' % self.set)
        for day, target in self.revisions:
            lines += ['---', 'revise: ' + self.id, 'target: ' + text(target), 'on: %s' % day, 'reason: r']
        return '\n'.join(lines) + '\n'


def some_goals(metrics, circles):
    goals, seen = [], set()
    periods = sorted((some_period() for _ in range(chance.randint(1, 25))), key=lambda p: p[0] - p[1])
    for number, period in enumerate(periods):
        goal = Goal(chance.choice(('an', 'bo', '陈', 'east')), chance.choice(metrics), period)
        key = goal.owner, goal.metric.name, goal.first, goal.last
        if key in seen:
            continue
        seen.add(key)
        if chance.randrange(5):
            goal.fill(number, goals)
        goals.append(goal)
    if circles:
        for goal in goals:
            if goal.id and chance.randrange(3) == 0:
                goal.supports = chance.choice(goals)
    return goals


def stream(metrics, goals):
    out = 'scheme: s\nmetrics:\n' + ''.join(m.line() for m in metrics) if not isinstance(metrics[0], Plain) else ''
    for goal in chance.sample(goals, len(goals)):
        out += goal.document() if goal.id else '---\ngoals: %s\ntargets: {%s: {%s: %s}}\n' % (
            goal.name, goal.owner, goal.metric.name, text(goal.target))
    return out


# ---- the tree ----

def circles_of(goals):
    """The number of circles."""
    found, seen = 0, set()
    for goal in goals:
        path = []
        while goal and goal not in seen:
            seen.add(goal)
            path.append(goal)
            goal = goal.supports
        found += goal in path
    return found


def tree_of(goals, order, as_of):
    """The lines of goal-list --tree."""
    there = [goal for goal in sorted(goals, key=order) if not (as_of and goal.set and goal.set > as_of)]
    lines = []

    def add(goal, depth):
        below = [other for other in there if other.supports is goal]
        parts = [other.on(as_of) for other in below if other.metric is goal.metric and
                 goal.first <= other.first and other.last <= goal.last and goal.metric.take in ('sum', 'count')]
        lines.append('\t'.join([str(depth), goal.full_id(), goal.owner, goal.metric.name, goal.name, text(goal.on(as_of))] +
                               ([text(sum(parts)), text(sum(parts) - goal.on(as_of))] if parts else ['', ''])))
        for other in below:
            add(other, depth + 1)
    for goal in there:
        if goal.supports not in there:
            add(goal, 0)
    return lines


def misfits(lines):
    """Of those, whose parts do not add up: the id, and what goal-check says of it."""
    found = {}
    for line in lines:
        _, name, _, _, _, target, parts, difference = line.split('\t')
        if difference not in ('', '0'):
            found[name] = '%s, %s %s than its target %s' % (parts, difference.lstrip('-'),
                                                            'less' if difference[0] == '-' else 'more', target)
    return found


# ---- the past ----

def some_past(metrics):
    """Measures (first, last, owner, metric, value), and their lines."""
    measures, lines, seen = [], [], set()
    for _ in range(chance.randint(0, 60)):
        unit = chance.choice(('day', 'day', 'week', 'month', 'month', 'month', 'quarter'))
        first, last, name = unit_of(unit, date(2025, 1, 1) + DAY * chance.randrange(600))
        owner, metric = chance.choice(('an', 'bo', '陈', 'nobody')), chance.choice(metrics)
        if metric.take == 'last' and (first, last, owner, metric) in seen:
            continue
        seen.add((first, last, owner, metric))
        value = some_number() * chance.choice((1, 1, 1, -1))
        measures.append((first, last, owner, metric, value))
        lines.append('%s\t%s\t%s\t%s\n' % (name, owner, metric.name, text(value)))
    return measures, lines


def taken(measures, take):
    values = [m[4] for m in measures]
    if take == 'last':
        return max(measures, key=lambda m: (m[1], -m[0].toordinal()))[4]
    return {'sum': sum(values), 'mean': sum(values) / len(values), 'max': max(values), 'min': min(values),
            'count': Fraction(len(values))}[take]


def past_of(goal, measures):
    """The values of past periods by their first days, and their names."""
    values, names = {}, {}
    for first, last, owner, metric, _ in measures:
        start, end, name = unit_of(goal.unit, first)
        if (owner, metric) == (goal.owner, goal.metric) and last <= end < goal.first:
            names[start] = name
    for start in names:
        end = unit_of(goal.unit, start)[1]
        values[start] = taken([m for m in measures if (m[2], m[3]) == (goal.owner, goal.metric) and
                               start <= m[0] and m[1] <= end], goal.metric.take)
    if values and goal.metric.zero:
        day = min(values)
        while day < max(values):
            start, end, name = unit_of(goal.unit, day)
            values.setdefault(start, Fraction(0))
            names.setdefault(start, name)
            day = end + DAY
    return values, names


def verdict(goal, measures, reach, as_of):
    """What goal-check says of the goal's target beside its past, as far as the regular expression below takes it."""
    values, names = past_of(goal, measures) if goal.unit else ({}, {})
    if not values:
        return None
    way = -1 if goal.metric.lower else 1
    ranked = sorted(values.values())
    median = (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) / 2
    best = max(values.values(), key=lambda value: way * value)
    target = goal.on(as_of)
    numbers = (text(target), str(len(values)), text(best, 6), text(median, 6))
    where = {names[start] for start, value in values.items() if value == best}
    if way * target > way * best + abs(best) * reach / 100:
        return 'beyond', numbers, where
    if way * target < way * median:
        return 'below' if way > 0 else 'above', numbers, where
    return None


BEYOND = re.compile(r': (\S+): A: (\S+) is beyond the best of (\d+) past periods?, (\S+) in (\S+), by more than \S+ % '
                    r'\(median (\S+)\)')
EASY = re.compile(r': (\S+): A: (\S+) is (below|above) the median of (\d+) past periods?, (\S+) \(best (\S+) in (\S+)\)')
MISFIT = re.compile(r': (\S+): its (?:only part adds|parts add) up to (.*): revise it, or them$')


def said(lines):
    """Verdicts by goal, and misfits."""
    verdicts, unfit, circles = {}, {}, 0
    for line in lines:
        found = BEYOND.search(line)
        if found:
            name, target, n, best, where, median = found.groups()
            verdicts[name] = 'beyond', (target, n, best, median), where
        found = EASY.search(line)
        if found:
            name, target, side, n, median, best, where = found.groups()
            verdicts[name] = side, (target, n, best, median), where
        found = MISFIT.search(line)
        if found:
            unfit[found.group(1)] = found.group(2)
        circles += ': R: it supports itself' in line
    return verdicts, unfit, circles


# ---- all of it ----

def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding='utf-8', check=False,
                          env={**os.environ, 'PATH': bindir + ':' + os.environ['PATH'], 'KPI_NOW': '2026-06-15'})


def same(want, got):
    """Whether each verdict is the one wanted, the best in one of the periods that have it."""
    return want.keys() == got.keys() and all(want[name][:2] == got[name][:2] and got[name][2] in want[name][2] for name in want)


def world():
    """Compares one; how many goals, sums and verdicts there were."""
    schemed = chance.randrange(4)
    metrics = [(Metric if schemed else Plain)(name) for name in ('z', 'm', '销售')]
    if not schemed:
        metrics.sort(key=lambda metric: metric.name.encode())
    goals = some_goals(metrics, chance.randrange(10) == 0)
    measures, lines = some_past(metrics)
    as_of = chance.choice((None, None, date(2025, 1, 1) + DAY * chance.randrange(700)))
    reach = Fraction(chance.choice((50, 50, 0, 1250)), chance.choice((1, 10)))
    with open('plan.yaml', 'w', encoding='utf-8') as file:
        file.write(stream(metrics, goals))
    with open('past.tsv', 'w', encoding='utf-8') as file:
        file.writelines(lines)
    days = ['--as-of', str(as_of)] if as_of else []
    circles = circles_of([goal for goal in goals if not (as_of and goal.set and goal.set > as_of)])
    if as_of and circles_of(goals):
        return 0, 0, 0  # some goal of a circle may not be there yet
    listed = run('goal-list', '--tree', *days, 'plan.yaml')
    checked = run('goal-check', '--history', 'past.tsv', '--reach', text(reach), *days, 'plan.yaml')
    order = lambda goal: (goal.first, goal.last, goal.owner.encode(), metrics.index(goal.metric))
    want = {goal.full_id(): verdict(goal, measures, reach, as_of) for goal in goals}
    want = {name: one for name, one in want.items() if one}
    verdicts, unfit, loops = said(checked.stdout.splitlines())
    check('the past', same(want, verdicts), checked, want, verdicts)
    check('circles', loops == circles and (listed.returncode == 3) == (circles > 0), circles, loops, listed)
    if circles:
        return len(goals), 0, len(want)
    tree = tree_of(goals, order, as_of)
    check('the tree', listed.stdout.splitlines() == tree and listed.returncode == (0 if tree else 1), listed, tree)
    check('parts that do not add up', unfit == misfits(tree), checked, misfits(tree))
    return len(goals), sum(not line.endswith('\t') for line in tree), len(want)


os.chdir(tempfile.mkdtemp(prefix='kpi-trees.', dir=os.environ.get('TMPDIR')))
counts = [sum(column) for column in zip(*(world() for _ in range(worlds)))] if worlds else [0, 0, 0]
check('worlds have sums and verdicts', min(counts) * 2 > worlds or not worlds, counts)
for left in 'plan.yaml', 'past.tsv':
    if os.path.exists(left):
        os.remove(left)
os.rmdir(os.getcwd())
print('%d worlds: %d goals, %d sums of parts, %d verdicts on the past' % (worlds, *counts))
print('%d passed, %d failed' % (passed, failed))
sys.exit(failed > 0)
