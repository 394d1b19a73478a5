#!/usr/bin/env python3
"""The figures of kpi-score, visit-tally and feedback-tally, worked out a second time.

Written from the contract alone and sharing nothing with the C code: numbers are fractions.Fraction, days are
datetime ordinals, YAML comes from PyYAML's BaseLoader (every scalar is text). It is slow, plain and exact, and
it checks only as much of its input as can change a figure. Data faults end it with exit 3, "no goal" with 1.

  oracle.py score -p P -g FILE... [-M FILE] [--as-of DAY] [-m OWNER] [--strict] [-l] [-H] MEASURES...
  oracle.py visits [-p P] [-b KEYS -s STATS | -e STATS] [-M FILE -C FILE] [...] FILE...
  oracle.py feedback [-p P] [-b KEYS -s STATS | -e STATS] [-M FILE] [--scale LOW..HIGH] [...] FILE...
"""
import argparse
import datetime
import functools
import os
import re
import sys
from fractions import Fraction

import yaml

FIRST, LAST = -1, 10 ** 8  # open ends, as ordinals
LIMIT = 10 ** 15           # numbers as written are below this


class Bad(Exception):
    """Bad data."""
    code = 3


class No(Exception):
    """No goal for the period."""
    code = 1


class Usage(Exception):
    """The call makes no sense."""
    code = 2


# ---- numbers ----------------------------------------------------------------------------------------------

NUMBER = re.compile(r'[+-]?[0-9]{1,15}(\.[0-9]{1,6})?')


def number(text):
    if not NUMBER.fullmatch(text):
        raise Bad('not a number: %r' % text)
    return Fraction(text)


def decimals(value):
    """How many decimals value needs; None when it has no end."""
    for digits in range(41):
        if (value * 10 ** digits).denominator == 1:
            return digits
    return None


def fixed(value, digits):
    """value with that many decimals, half away from zero, never -0."""
    units = int(abs(value) * 10 ** digits + Fraction(1, 2))
    whole, part = divmod(units, 10 ** digits)
    text = '%d.%0*d' % (whole, digits, part) if digits else str(whole)
    return '-' + text if value < 0 and units else text


def short(value, digits):
    """fixed(), trailing zeros dropped."""
    text = fixed(value, digits)
    return text.rstrip('0').rstrip('.') if '.' in text else text


def exact(value):
    return fixed(value, decimals(value))


def rounded(value, digits):
    return Fraction(fixed(value, digits))


# ---- days and periods -------------------------------------------------------------------------------------

DATE = re.compile(r'([0-9]{4}-[0-9]{2}-[0-9]{2})'
                  r'(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?(Z|[+-][0-9]{2}:[0-9]{2})?)?')


def day_of(year, month, day):
    try:
        return datetime.date(int(year), int(month), int(day)).toordinal()
    except ValueError:
        raise Bad('no such day: %s-%s-%s' % (year, month, day))


def instant(text):
    """(the day written, the day in UTC) of a date."""
    match = DATE.fullmatch(text)
    if not match:
        raise Bad('not a date: %r' % text)
    date, hour, minute, _, zone = match.groups()
    day = day_of(*date.split('-'))
    if hour is None or zone in (None, 'Z'):
        return day, day
    shift = int(zone[1:3]) * 60 + int(zone[4:6])
    minutes = int(hour) * 60 + int(minute) - (shift if zone[0] == '+' else -shift)
    return day, day + minutes // 1440


def day(text):
    return instant(text)[0]


def month_range(year, month, months):
    """months months from year-month on, as days."""
    end = year * 12 + month - 1 + months
    last = datetime.date.max.toordinal() if end // 12 > 9999 else day_of(end // 12, end % 12 + 1, 1) - 1
    return day_of(year, month, 1), last


def unit_range(unit, ordinal):
    """The unit that holds a day: (its text, its first day, its last day)."""
    date = datetime.date.fromordinal(ordinal)
    year, month = date.year, date.month
    if unit == 'day':
        return (date.isoformat(), ordinal, ordinal)
    if unit == 'week':
        iso_year, week, weekday = date.isocalendar()
        return ('%04d-W%02d' % (iso_year, week), ordinal - weekday + 1, ordinal - weekday + 7)
    if unit == 'month':
        return ('%04d-%02d' % (year, month),) + month_range(year, month, 1)
    if unit == 'quarter':
        return ('%04d-Q%d' % (year, (month + 2) // 3),) + month_range(year, (month - 1) // 3 * 3 + 1, 3)
    if unit == 'half':
        return ('%04d-H%d' % (year, (month + 5) // 6),) + month_range(year, (month - 1) // 6 * 6 + 1, 6)
    return ('%04d' % year,) + month_range(year, 1, 12)


UNITS = ('day', 'week', 'month', 'quarter', 'half', 'year')


def period(text):
    """(first day, last day) of a period as lines write it."""
    if re.fullmatch(r'[0-9]{4}', text):
        return month_range(int(text), 1, 12)
    match = re.fullmatch(r'([0-9]{4})-([HQ])([1-4])', text)
    if match and (match[2] == 'Q' or match[3] in '12'):
        months = 3 if match[2] == 'Q' else 6
        return month_range(int(match[1]), (int(match[3]) - 1) * months + 1, months)
    match = re.fullmatch(r'([0-9]{4})-W([0-9]{2})', text)
    if match:
        try:
            first = datetime.date.fromisocalendar(int(match[1]), int(match[2]), 1).toordinal()
        except ValueError:
            raise Bad('no such week: %r' % text)
        return first, first + 6
    match = re.fullmatch(r'([0-9]{4})-([0-9]{2})', text)
    if match:
        day_of(match[1], match[2], 1)
        return month_range(int(match[1]), int(match[2]), 1)
    if re.fullmatch(r'[0-9]{4}-[0-9]{2}-[0-9]{2}', text):
        return (day(text), day(text))
    match = re.fullmatch(r'([0-9]{4}-[0-9]{2}-[0-9]{2})\.\.([0-9]{4}-[0-9]{2}-[0-9]{2})', text)
    if match and day(match[1]) <= day(match[2]):
        return day(match[1]), day(match[2])
    raise Bad('not a period: %r' % text)


def option_period(text):
    """(text as printed, range) of a period as the option -p takes it."""
    now = os.environ.get('KPI_NOW')
    today = day(now) if now else datetime.date.today().toordinal()
    if text in ('today', 'yesterday'):
        text = unit_range('day', today - (text == 'yesterday'))[0]
    match = re.fullmatch('(this|last)-(week|month|quarter|half|year)', text)
    if match:
        this = unit_range(match[2], today)
        text = this[0] if match[1] == 'this' else unit_range(match[2], this[1] - 1)[0]
    try:
        return text, period(text)
    except Bad as error:
        raise Usage(str(error))


def inside(a, b):
    return a[0] >= b[0] and a[1] <= b[1]


def overlap(a, b):
    return a[0] <= b[1] and b[0] <= a[1]


# ---- lines ------------------------------------------------------------------------------------------------

VISIT = 'date manager client kind status purpose outcome minutes logged note'.split()
SILENT = re.compile(r'(?:\\[tnr]|[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000])*')  # what a text of blanks is
FEEDBACK = 'date manager client source theme score resolved logged comment'.split()
MEASURE = 'period manager metric value'.split()
GOAL = 'period manager metric weight target baseline'.split()
CLIENT = 'client name manager tier since until'.split()
MANAGER = 'manager name team role joined left'.split()
REQUIRED = {'visit': 4, 'feedback': 2}
STATUSES = ('planned', 'done', 'missed', 'cancelled')


def text_of(path):
    try:
        with (sys.stdin.buffer if path == '-' else open(path, 'rb')) as file:
            data = file.read()
    except OSError as error:
        raise Usage(str(error))
    try:
        return data.decode('utf-8-sig')
    except UnicodeDecodeError:
        raise Bad('not UTF-8: %s' % path)


def lines(path):
    text = text_of(path)
    if text and not text.endswith('\n'):
        raise Bad('incomplete last line: %s' % path)
    for line in text.split('\n')[:-1]:
        line = line[:-1] if line.endswith('\r') else line
        if line and not line.startswith('#'):
            yield line


def records(path, fields, required, more=False):
    """The records of a file, as dicts of text."""
    for line in lines(path):
        values = line.split('\t')
        if len(values) != len(fields) and not (more and len(values) > len(fields)):
            raise Bad('%s: %d fields: %r' % (path, len(values), line))
        record = dict(zip(fields, values))
        for field in required:
            if not record[field]:
                raise Bad('%s: no %s: %r' % (path, field, line))
        yield record


def plain(text):
    """A name of a line as YAML writes it."""
    return text.replace('\\\\', '\\')


def lined(text):
    return text.replace('\\', '\\\\')


def key_bytes(text):
    return text.encode()


class Book:
    """Managers or clients, and what holds of them when."""

    def __init__(self, path, fields, who, of, as_, since, until):
        self.entries = {}
        for record in records(path, fields, [who], more=True):
            days = (day(record[since]) if record[since] else FIRST, day(record[until]) if record[until] else LAST)
            if days[0] > days[1]:
                raise Bad('%s: ends before it begins: %s' % (path, record[who]))
            self.entries.setdefault(plain(record[who]), []).append((days, plain(record[of]), plain(record[as_])))
        for who_is, entries in self.entries.items():
            entries.sort()
            for before, after in zip(entries, entries[1:]):
                if overlap(before[0], after[0]):
                    raise Bad('%s: days of %s overlap' % (path, who_is))

    def at(self, who, days):
        """(days, team or owner, role or tier) on the last day, else the last that overlaps, else None."""
        for entry in reversed(self.entries.get(who, [])):
            if overlap(entry[0], days):
                return entry
        return None

    def days(self, who, days):
        return sum(min(e[0][1], days[1]) - max(e[0][0], days[0]) + 1
                   for e in self.entries.get(who, []) if overlap(e[0], days))


def manager_book(path):
    return Book(path, MANAGER, 'manager', 'team', 'role', 'joined', 'left') if path else None


def client_book(path):
    return Book(path, CLIENT, 'client', 'manager', 'tier', 'since', 'until') if path else None


# ---- schemes and goals ------------------------------------------------------------------------------------

@functools.lru_cache(maxsize=8)
def documents(text):
    return list(yaml.load_all(text, Loader=yaml.BaseLoader))


class Setting:
    """What a goal, or a revision of it, sets."""

    def __init__(self, record, before=None):
        text = record['target']
        self.percent = text.endswith('%')
        self.target = number(text[:-1] if self.percent else text)
        self.baseline = number(record['baseline']) if record.get('baseline') else before and before.baseline
        self.weight = number(record['weight']) if record.get('weight') else before and before.weight
        if self.percent and self.baseline is None:
            raise Bad('a target in percent needs a baseline')
        if self.percent:
            self.target = self.baseline * (1 + self.target / 100)
            if abs(self.target) >= LIMIT:
                raise Bad('target out of range')
        if self.target == self.baseline or (self.baseline is None and self.target < 0):
            raise Bad('a target equal to its baseline, or below 0 without one')


class Goal:
    def __init__(self, ident, owner, metric, text, setting):
        self.ident, self.owner, self.metric = ident, owner, metric
        self.period = period(text)
        self.settings = [(FIRST, setting)]

    def at(self, as_of):
        """The setting that holds on a day: the latest on, and of equal ones the last written."""
        return [setting for on, setting in self.settings if on <= as_of][-1]


class Goals:
    """All documents of all files."""

    def __init__(self, paths):
        self.schemes, self.goals, self.changes = [], {}, []
        for path in paths:
            self.read(path)
        for change in self.changes:
            self.change(change)
        same = set()
        for goal in self.goals.values():
            where = (goal.owner, goal.period, goal.metric)
            if where in same:
                raise Bad('set twice: %r' % (where,))
            same.add(where)
            self.check(goal)

    def check(self, goal):
        metrics = [scheme.metrics[goal.metric] for scheme in self.schemes if goal.metric in scheme.metrics]
        if self.schemes and not metrics:
            raise Bad('no such metric: %s' % goal.metric)
        for _, setting in goal.settings:
            falls = setting.baseline is not None and setting.target < setting.baseline
            if setting.baseline is not None and any(metric.lower != falls for metric in metrics):
                raise Bad('baseline, target and better contradict: %s' % goal.ident)

    def read(self, path):
        text = text_of(path)
        first = next((line for line in text.split('\n') if line.strip('\r') and line[0] != '#'), '')
        try:
            period(first.split('\t')[0])
            is_lines = '\t' in first
        except Bad:
            is_lines = False
        if is_lines:
            for record in records(path, GOAL, ['period', 'manager', 'metric', 'target']):
                self.add(None, plain(record['manager']), plain(record['metric']), record['period'], Setting(record))
            return
        for document in documents(text):
            if document:
                self.document(document)

    def document(self, document):
        if 'scheme' in document:
            self.schemes.append(Scheme(document))
        elif 'goals' in document:
            for owner, targets in document['targets'].items():
                for metric, target in targets.items():
                    record = {'target': target} if isinstance(target, str) else target
                    self.add(None, owner, metric, document['goals'], Setting(record))
        elif 'goal' in document:
            self.add(document['goal'], document['owner'], document['metric'], document['period'], Setting(document))
        else:
            self.changes.append(document)

    def add(self, ident, owner, metric, text, setting):
        ident = ident if ident is not None else '%s/%s/%s' % (text, owner, metric)
        if ident in self.goals:
            raise Bad('set twice: %s' % ident)
        self.goals[ident] = Goal(ident, owner, metric, text, setting)

    def change(self, document):
        ident = document.get('revise', document.get('review'))
        if ident not in self.goals:
            raise Bad('no such goal: %s' % ident)
        if 'revise' in document:
            goal = self.goals[ident]
            on, before = day(document['on']), goal.settings[-1]
            if on < before[0]:
                raise Bad('on goes backwards: %s' % ident)
            goal.settings.append((on, Setting(document, before[1])))

    def scheme(self, days):
        if len(self.schemes) == 1 and self.schemes[0].period is None:
            return self.schemes[0]
        fit = [scheme for scheme in self.schemes if scheme.period and inside(days, scheme.period)]
        if len(fit) != 1:
            raise Bad('%d schemes for the period' % len(fit))
        return fit[0]


class Metric:
    def __init__(self, name, given):
        self.name = name
        self.weight = number(given['weight']) if 'weight' in given else None
        self.lower = given.get('better', 'higher') == 'lower'
        self.take = given.get('take', 'sum')
        self.missing = given.get('missing', 'none')
        self.prorate = given.get('prorate', 'false') == 'true'
        self.curve = [(number(x), number(y)) for x, y in given.get('curve', [['0', '0'], ['1', '1']])]
        if any(a[0] > b[0] for a, b in zip(self.curve, self.curve[1:])):
            raise Bad('attainments fall: %s' % name)
        if any(a[0] == b[0] for a, b in zip(self.curve, self.curve[2:])):
            raise Bad('more than two points at one attainment: %s' % name)
        if self.prorate and self.take not in ('sum', 'count'):
            raise Bad('prorate goes with sum and count: %s' % name)

    def credit(self, x):
        at = [i for i, point in enumerate(self.curve) if point[0] <= x]
        if not at:
            return self.curve[0][1]
        x0, y0 = self.curve[at[-1]]
        if at[-1] == len(self.curve) - 1:
            return y0
        x1, y1 = self.curve[at[-1] + 1]
        return y0 + (x - x0) * (y1 - y0) / (x1 - x0)


class Rule:
    """An adjustment or a gate."""

    def __init__(self, given):
        self.metric = given['metric']
        self.below = 'below' in given
        self.limit = number(given['below' if self.below else 'above'])
        self.each = number(given.get('each', '1'))
        self.points = number(given.get('points', '0'))
        self.at_most = number(given['at_most']) if 'at_most' in given else None
        self.ceiling = number(given['score_at_most']) if 'score_at_most' in given else None

    def over(self, actual):
        return self.limit - actual if self.below else actual - self.limit

    def change(self, actual):
        steps = max(0, self.over(actual) // self.each)
        change = steps * self.points
        if self.at_most is not None:
            change = max(-self.at_most, min(self.at_most, change))
        return change


class Scheme:
    def __init__(self, given):
        self.period = period(given['period']) if 'period' in given else None
        self.points = number(given.get('points', '100'))
        self.digits = int(given.get('digits', '2'))
        self.metrics = {name: Metric(name, keys or {}) for name, keys in given['metrics'].items()}
        self.roles = {role: {metric: number(weight) for metric, weight in weights.items()}
                      for role, weights in given.get('roles', {}).items()}
        self.adjust = [Rule(rule) for rule in given.get('adjust', [])]
        self.gates = [Rule(rule) for rule in given.get('gates', [])]
        self.grades = [(grade['grade'], number(grade['from']) if 'from' in grade else None,
                        number(grade['top']) if 'top' in grade else None) for grade in given.get('grades', [])]
        self.ruled = {rule.metric for rule in self.adjust + self.gates}
        for metric in list(self.ruled) + [m for weights in self.roles.values() for m in weights]:
            if metric not in self.metrics:
                raise Bad('no such metric: %s' % metric)
        self.check_digits()

    def check_digits(self):
        numbers = [self.points] + [metric.weight for metric in self.metrics.values()]
        numbers += [weight for weights in self.roles.values() for weight in weights.values()]
        numbers += [value for rule in self.adjust + self.gates for value in (rule.points, rule.at_most, rule.ceiling)]
        numbers += [grade[1] for grade in self.grades]
        if any(value is not None and decimals(value) > self.digits for value in numbers):
            raise Bad('more than %d decimals' % self.digits)


# ---- measures ---------------------------------------------------------------------------------------------

class Measures:
    def __init__(self, paths, days):
        self.of, self.warnings = {}, []
        for path in paths:
            for record in records(path, MEASURE, MEASURE):
                its, value = period(record['period']), number(record['value'])
                who = (plain(record['manager']), plain(record['metric']))
                if inside(its, days):
                    self.of.setdefault(who, []).append((its, value))
                elif overlap(its, days):
                    self.warnings.append('overlaps the period: %s' % record['period'])
        if not self.of:
            self.warnings.append('no measure')
        for who, found in self.of.items():
            ranges = sorted(set(its for its, _ in found))
            if any(a != b and inside(a, b) for a in ranges for b in ranges):
                self.warnings.append('periods inside one another: %s %s' % who)

    def actual(self, owner, metric):
        """By the metric's take; None when there is no measure."""
        found = self.of.get((owner, metric.name))
        if not found:
            return None
        values = [value for _, value in found]
        if metric.take == 'last':
            end = max((its[1], its[1] - its[0]) for its, _ in found)
            last = set(value for its, value in found if (its[1], its[1] - its[0]) == end)
            if len(last) != 1:
                raise Bad('two last values: %s %s' % (owner, metric.name))
            return last.pop()
        takes = {'sum': sum, 'mean': lambda v: sum(v) / len(v), 'max': max, 'min': min, 'count': len}
        return Fraction(takes[metric.take](values))


# ---- scores -----------------------------------------------------------------------------------------------

class Scored:
    def __init__(self, owner):
        self.owner, self.score, self.grade, self.rank, self.details = owner, None, '', None, []
        self.parts = {}  # by metric: what teams are made of


def attainment(metric, setting, share, actual):
    target = setting.target * share
    if setting.baseline is not None:
        base = setting.baseline * share
        return (actual - base) / (target - base)
    if target == 0:
        return Fraction(int(actual <= 0 if metric.lower else actual >= 0))
    return 2 - actual / target if metric.lower else actual / target


def scaled(weights, skipped, points, digits):
    """The weights that are left, brought up to points again: largest remainder, ties in order."""
    left = sum(weight for name, weight in weights.items() if name not in skipped)
    unit = Fraction(1, 10 ** digits)
    raw = {name: weight * points / left / unit for name, weight in weights.items() if name not in skipped}
    units = {name: value // 1 for name, value in raw.items()}
    order = sorted(raw, key=lambda name: units[name] - raw[name])
    for name in order[:int(points / unit - sum(units.values()))]:
        units[name] += 1
    return {name: count * unit for name, count in units.items()}


class Score:
    def __init__(self, options):
        self.text, self.days = option_period(options.period)
        self.managers = manager_book(options.managers)
        self.goals = Goals(options.goals)
        self.as_of = day(options.as_of) if options.as_of else self.days[1]
        self.warnings = []
        mine = [goal for goal in self.goals.goals.values() if goal.period == self.days]
        if not mine:
            raise No('no goal for %s' % self.text)
        self.scheme = self.goals.scheme(self.days)
        if not self.managers and (self.scheme.roles or any(m.prorate for m in self.scheme.metrics.values())):
            raise Usage('roles and prorate need a manager book')
        self.measures = Measures(options.files, self.days)
        self.warnings += self.measures.warnings
        by_owner = {}
        for goal in mine:
            by_owner.setdefault(goal.owner, {})[goal.metric] = goal
        self.unused(by_owner)
        self.idle(by_owner)
        self.scored = [self.owner(owner, by_owner[owner]) for owner in sorted(by_owner, key=key_bytes)
                       if self.wanted(owner)]
        self.scored = [scored for scored in self.scored if scored]
        self.rank()

    def unused(self, by_owner):
        for owner, metric in self.measures.of:
            if metric not in by_owner.get(owner, {}) and not (owner in by_owner and metric in self.scheme.ruled):
                self.warnings.append('no goal: %s %s' % (owner, metric))

    def idle(self, by_owner):
        """Managers who are there in the period without a goal for it."""
        for who in self.managers.entries if self.managers else []:
            if who not in by_owner and self.managers.at(who, self.days):
                self.warnings.append('no goal for manager: %s' % who)

    def wanted(self, owner):
        if not self.managers or owner in self.managers.entries:
            return True
        teams = set(entry[1] for entries in self.managers.entries.values() for entry in entries)
        if owner not in teams:
            self.warnings.append('not in the manager book: %s' % owner)
        return False

    def weights(self, owner, goals):
        entry = self.managers.at(owner, self.days) if self.managers else None
        role = self.scheme.roles.get(entry[2]) if entry else None
        weights = {}
        for name, metric in self.scheme.metrics.items():
            weight = role.get(name) if role is not None else metric.weight
            if name in goals and goals[name].at(self.as_of).weight is not None:
                weight = goals[name].at(self.as_of).weight
            if (weight is None) != (name not in goals):
                raise Bad('%s %s: a weight without a goal or a goal without a weight' % (owner, name))
            if weight is not None:
                weights[name] = weight
        if sum(weights.values()) != self.scheme.points:
            raise Bad('weights of %s add up to %s' % (owner, exact(sum(weights.values()))))
        if any(weight < 0 or decimals(weight) > self.scheme.digits for weight in weights.values()):
            raise Bad('a weight of %s' % owner)
        return weights

    def actuals(self, owner, weights):
        """The actual of each metric that counts; None: no measure."""
        actuals = {}
        for name, metric in self.scheme.metrics.items():
            if name in weights or name in self.scheme.ruled:
                actuals[name] = self.measures.actual(owner, metric)
                if actuals[name] is None and metric.missing == 'error':
                    raise Bad('no measure: %s %s' % (owner, name))
                if actuals[name] is None and metric.missing == 'zero':
                    actuals[name] = Fraction(0)
        return actuals

    def owner(self, owner, goals):
        weights = self.weights(owner, goals)
        metrics = self.scheme.metrics
        share = Fraction(1)
        if self.managers and any(metrics[name].prorate for name in weights):
            share = Fraction(self.managers.days(owner, self.days), self.days[1] - self.days[0] + 1)
            if not share:
                self.warnings.append('no day in the period: %s' % owner)
                return None
        actuals = self.actuals(owner, weights)
        scored = Scored(owner)
        skipped = set(name for name in weights if actuals[name] is None and metrics[name].missing == 'skip')
        counts = any(weight for name, weight in weights.items() if name not in skipped)
        for name, weight in weights.items():
            scored.parts[name] = (weight, goals[name].at(self.as_of), share if metrics[name].prorate else Fraction(1),
                                  actuals[name], name in skipped)
        if skipped and counts:
            weights.update(scaled(weights, skipped, self.scheme.points, self.scheme.digits))
        for name, weight in weights.items():
            self.metric(scored, metrics[name], weight, goals[name].at(self.as_of),
                        share if metrics[name].prorate else Fraction(1), actuals[name], name in skipped)
        if counts:
            self.rules(scored, actuals)
        else:  # nothing is left that has a weight
            scored.score = None
        return scored

    def shown(self, owner, metric, actual):
        """A mean is computed; the 0 that stands for no measure is not."""
        measured = (owner, metric.name) in self.measures.of
        return fixed(actual, 2) if metric.take == 'mean' and measured else exact(actual)

    def metric(self, scored, metric, weight, setting, share, actual, skip):
        if share != 1:
            target = fixed(setting.target * share, 2)
        else:
            target = exact(setting.target)
        reached = attainment(metric, setting, share, actual if actual is not None else Fraction(0))
        if skip:
            scored.details.append((metric.name, '0', target, '', '', '', ''))
            return
        x = y = None
        points = Fraction(0)
        if actual is not None:
            x = reached
            y = metric.credit(x)
            points = rounded(weight * y, self.scheme.digits)
        scored.score = (scored.score or 0) + points
        scored.details.append((metric.name, exact(weight), target,
                               self.shown(scored.owner, metric, actual) if actual is not None else '',
                               fixed(x, 4) if x is not None else '', fixed(y or Fraction(0), 4),
                               fixed(points, self.scheme.digits)))

    def rules(self, scored, actuals):
        def line(rule, change):
            actual = self.shown(scored.owner, self.scheme.metrics[rule.metric], actuals[rule.metric])
            scored.details.append((rule.metric, '', '', actual, '', '', fixed(change, self.scheme.digits)))

        for rule in self.scheme.adjust:
            if actuals[rule.metric] is not None:
                change = rounded(rule.change(actuals[rule.metric]), self.scheme.digits)
                scored.score += change
                if change:
                    line(rule, change)
        biting = [rule for rule in self.scheme.gates
                  if actuals[rule.metric] is not None and rule.over(actuals[rule.metric]) > 0]
        if biting:
            lowest = min(biting, key=lambda rule: rule.ceiling)
            if lowest.ceiling < scored.score:
                line(lowest, lowest.ceiling - scored.score)
                scored.score = lowest.ceiling

    # ---- teams

    def teams(self):
        """Scores of teams instead of their members'."""
        members = {}
        for scored in self.scored:
            name = self.managers.at(scored.owner, self.days)
            if name and name[1]:
                members.setdefault(name[1], []).append(scored)
            else:
                self.warnings.append('in no team: %s' % scored.owner)
        self.scored = [self.team(name, members[name]) for name in sorted(members, key=key_bytes)]
        self.rank()

    def team(self, name, members):
        team, unit = Scored(name), Fraction(1, 10 ** self.scheme.digits)
        of = {metric: [member.parts[metric] for member in members if metric in member.parts]
              for metric in self.scheme.metrics}
        of = {metric: parts for metric, parts in of.items() if parts}
        means = {metric: sum(part[0] for part in parts) / len(members) for metric, parts in of.items()}
        weights = {metric: mean // unit * unit for metric, mean in means.items()}
        spare = (self.scheme.points - sum(weights.values())) / unit
        for metric in sorted(weights, key=lambda metric: weights[metric] - means[metric])[:int(spare)]:
            weights[metric] += unit
        skipped = set(metric for metric, parts in of.items() if all(part[4] for part in parts))
        counts = any(weight for metric, weight in weights.items() if metric not in skipped)
        if skipped and counts:
            weights.update(scaled(weights, skipped, self.scheme.points, self.scheme.digits))
        for metric, parts in of.items():
            parts = [part for part in parts if not part[4]]
            add_up = self.scheme.metrics[metric].take in ('sum', 'count')
            (self.add_up if add_up else self.average)(team, self.scheme.metrics[metric], weights[metric], parts)
        if not counts:
            team.score = None
        return team

    def member(self, metric, part):
        """(actual, target, baseline) of a part of a sum; what is not there is what changes nothing."""
        target = part[1].target * part[2]
        if part[1].baseline is not None:
            base = part[1].baseline * part[2]
        else:
            base = 2 * target if metric.lower else Fraction(0)
        return base if part[3] is None else part[3], target, base

    def add_up(self, team, metric, weight, parts):
        prorated = any(part[2] != 1 for part in parts)
        a, t, b = (sum(values, Fraction(0)) for values in zip(*[self.member(metric, part) for part in parts])) \
            if parts else (Fraction(0),) * 3
        target = fixed(t, 2) if prorated else exact(t)
        if not parts or all(part[3] is None for part in parts):
            return self.team_line(team, metric, weight, target, '', None, not parts)
        if any(part[1].baseline is not None for part in parts):
            x = (a - b) / (t - b)
        elif t == 0:
            x = Fraction(int(a <= 0 if metric.lower else a >= 0))
        else:
            x = 2 - a / t if metric.lower else a / t
        stands = any(part[3] is None and part[2] != 1 for part in parts)
        return self.team_line(team, metric, weight, target, fixed(a, 2) if stands else exact(a), x, False)

    def average(self, team, metric, weight, parts):
        if not parts or all(part[3] is None for part in parts):
            return self.team_line(team, metric, weight, '', '', None, not parts)
        xs = [attainment(metric, part[1], part[2], part[3]) if part[3] is not None else Fraction(0) for part in parts]
        return self.team_line(team, metric, weight, '', '', sum(xs) / len(xs), False)

    def team_line(self, team, metric, weight, target, actual, x, skip):
        if skip:
            team.details.append((metric.name, '0', target, '', '', '', ''))
            return
        points = rounded(weight * metric.credit(x), self.scheme.digits) if x is not None else Fraction(0)
        team.score = (team.score or 0) + points
        team.details.append((metric.name, exact(weight), target, actual, fixed(x, 4) if x is not None else '',
                             fixed(metric.credit(x) if x is not None else Fraction(0), 4),
                             fixed(points, self.scheme.digits)))

    def rank(self):
        ranked = [scored for scored in self.scored if scored.score is not None]
        for scored in ranked:
            scored.rank = 1 + sum(other.score > scored.score for other in ranked)
            for grade, least, top in self.scheme.grades:
                if (least is None or scored.score >= least) and \
                        (top is None or scored.rank * 100 <= top * len(ranked)):
                    scored.grade = lined(grade)
                    break

    def lines(self, detail, owners=None):
        digits = self.scheme.digits
        for scored in self.scored:
            if owners and scored.owner not in owners:
                continue
            who = (self.text, lined(scored.owner))
            if detail:
                for name, *figures in scored.details:
                    yield who + (lined(name),) + tuple(figures)
            elif scored.score is None:
                yield who + ('', '', '')
            else:
                yield who + (fixed(scored.score, digits), scored.grade, str(scored.rank))


DETAIL = 'period manager metric weight target actual attainment credit points'.split()
SCORES = 'period manager score grade rank'.split()


def run_score(options):
    score = Score(options)
    if options.by:
        score.teams()
    if options.strict and score.warnings:
        raise Bad(score.warnings[0])
    known = {scored.owner for scored in score.scored}
    return (DETAIL if options.long else SCORES), list(score.lines(options.long, options.manager)), score.warnings, \
        int(not known.issuperset(options.manager or []))


# ---- tallies ----------------------------------------------------------------------------------------------

def ratio(part, whole):
    """A computed figure: None when there is nothing to divide by."""
    return Fraction(part) / whole if whole else None


def wilson_low(good, n, digits):
    """100 x the lower end of the Wilson interval, z = 49/25, rounded to digits decimals by whole numbers only.

    100 L = 100 (1250 k + 2401 - 49 sqrt(2401 + 2500 k (n - k) / n)) / (2 (625 n + 2401)), and
    m <= 100 L 10^digits + 1/2 holds when the square root's side is not negative and its square large enough."""
    scale = 100 * 10 ** digits
    top, root, bottom = 1250 * good + 2401, 2401 + Fraction(2500 * good * (n - good), n), 625 * n + 2401
    low, high = 0, scale
    while low < high:
        m = (low + high + 1) // 2
        side = scale * top - (2 * m - 1) * bottom
        if side >= 0 and (49 * scale) ** 2 * root <= side ** 2:
            low = m
        else:
            high = m - 1
    return Fraction(low, 10 ** digits)


class Figure:
    """A figure that is rounded only here: how says whether it is exact or computed."""

    def __init__(self, value, how='exact'):
        self.value, self.how = value, how

    def text(self, emit):
        if self.value is None:
            return ''
        if self.how == 'exact':
            return exact(self.value)
        value = self.value(6 if emit else 2) if callable(self.value) else self.value
        return short(value, 6) if emit else fixed(value, 2)

    def order(self):
        value = self.value(6) if callable(self.value) else self.value
        return (value is None, -(value or 0))


def computed(value):
    return Figure(value, 'computed')


class Tally:
    FIELDS = ()
    DEFAULT = ''

    def __init__(self, options):
        self.options = options
        self.text, self.days = option_period(options.period) if options.period else ('', (FIRST, LAST))
        self.managers, self.clients = manager_book(options.managers), client_book(options.clients)
        self.emit = [part.partition('=') for part in options.emit.split(',')] if options.emit else None
        if self.emit and options.keys is not None:
            raise Usage('-e and -b')
        self.stats = [part[0] for part in self.emit] if self.emit else (options.stats or self.DEFAULT).split(',')
        for stat in self.stats:
            if stat not in self.STATS:
                raise Usage('no such stat: %s' % stat)
        if self.emit:
            self.keys = ['manager'] if options.period else ['month', 'manager']
        elif options.keys == '':
            self.keys = []
        else:
            self.keys = (options.keys or 'manager').split(',')
        for key in self.keys:
            if key not in self.FIELDS + list(UNITS) + ['team', 'role', 'tier']:
                raise Usage('no such key: %s' % key)
        if ({'team', 'role'} & set(self.keys) and not self.managers) or ('tier' in self.keys and not self.clients):
            raise Usage('team and role need -M, tier needs -C')
        if 'load' in self.stats and 'manager' not in self.keys:
            raise Usage('load needs the key manager')
        self.as_of = day(options.as_of) if options.as_of else LAST
        self.groups, self.days_of, self.teams = {}, {}, {}
        for path in options.files:
            for record in records(path, self.FIELDS, self.FIELDS[:2] + self.NEEDED):
                self.check(record)
                if self.passes(record):
                    self.groups.setdefault(self.key(record), []).append(record)
        self.extra_groups()
        if not self.keys:
            self.groups.setdefault((), [])

    def check(self, record):
        record['day'] = day(record['date'])
        record['logged day'] = instant(record['logged'])[1] if record['logged'] else None

    def passes(self, record):
        options = self.options
        return (self.days[0] <= record['day'] <= self.days[1]
                and (record['logged day'] is None or record['logged day'] <= self.as_of)
                and self.of_managers(record['manager'])
                and (not options.client or record['client'] in options.client))

    def of_managers(self, manager):
        """A load is compared with those of managers that were not asked for, who are left out at the end."""
        return 'load' in self.stats or not self.options.manager or manager in self.options.manager

    def group_days(self, ordinal):
        """The period of a group that holds this day: the option's, cut by the keys that are periods."""
        days = self.days
        for key in self.keys:
            if key in UNITS:
                _, first, last = unit_range(key, ordinal)
                days = max(days[0], first), min(days[1], last)
        return days

    def key(self, record):
        return self.key_of(record['manager'], record['client'], record['day'], record)

    def key_of(self, manager, client, ordinal, record):
        days = self.group_days(ordinal)
        values = []
        for key in self.keys:
            if key in UNITS:
                values.append(unit_range(key, ordinal)[0])
            elif key in ('team', 'role'):
                entry = self.managers.at(plain(manager), days)
                values.append(lined(entry[1 if key == 'team' else 2]) if entry else '')
            elif key == 'tier':
                entry = self.clients.at(plain(client), days)
                values.append(lined(entry[2]) if entry else '')
            else:
                values.append(manager if key == 'manager' else record[key])
        self.days_of[tuple(values)] = days
        return tuple(values)

    def extra_groups(self):
        pass

    def lines(self):
        order = sorted(self.groups, key=lambda key: [part.encode() for part in key])
        if 'load' in self.stats and self.options.manager:
            order = [key for key in order if key[self.keys.index('manager')] in self.options.manager]
        rows = [(key, [self.figure(stat, key, self.groups[key]) for stat in self.stats]) for key in order]
        if self.options.top:
            rows = sorted(rows, key=lambda row: row[1][0].order())[:self.options.top]
        for key, figures in rows:
            if not self.emit:
                yield key + tuple(figure.text(False) for figure in figures)
                continue
            for (stat, _, metric), figure in zip(self.emit, figures):
                if figure.text(True):
                    where = (self.text,) + key if self.options.period else key
                    yield where + (metric or stat, figure.text(True))

    def figure(self, stat, key, group):
        value = self.STATS[stat](self, key, group)
        return value if isinstance(value, Figure) else Figure(None if value is None else Fraction(value))


def done(group):
    return [record for record in group if record['status'] == 'done']


def with_status(status):
    return lambda tally, key, group: sum(record['status'] == status for record in group)


class Visits(Tally):
    FIELDS = VISIT
    NEEDED = ['kind', 'status']
    DEFAULT = 'visits,clients,minutes'

    def check(self, record):
        super().check(record)
        if record['status'] not in STATUSES or not re.fullmatch('[0-9]{0,15}', record['minutes']):
            raise Bad('status or minutes: %r' % record)

    def passes(self, record):
        kinds = self.options.kind.split(',') if self.options.kind else None
        return super().passes(record) and (not kinds or record['kind'] in kinds)

    def kept(self, key, group):
        pairs = {}
        for record in group:
            pairs.setdefault((record['manager'], record['client']), []).append(record['status'])
        return sum(min(statuses.count('planned'), statuses.count('done')) for statuses in pairs.values())

    def late(self, key, group):
        limit = 3 if self.options.late_after is None else self.options.late_after
        return sum(record['logged day'] is not None and record['logged day'] - record['day'] > limit
                   for record in done(group))

    def extra_groups(self):
        """Every owner of clients has a group where coverage is asked for; the clients due in each group."""
        self.due = {}
        if 'coverage' not in self.stats:
            return
        if not self.clients or set(self.keys) - {'manager', 'team', 'role', 'tier'} - set(UNITS):
            raise Usage('coverage needs -C and keys that clients have')
        units = [key for key in self.keys if key in UNITS]
        if not units:
            starts = {self.days[1]}
        elif self.options.period:
            starts = set(range(self.days[0], self.days[1] + 1))
        else:
            starts = set(record['day'] for group in self.groups.values() for record in group)
        for ordinal in {self.group_days(start): start for start in starts}.values():
            self.add_due(ordinal)

    def add_due(self, ordinal):
        days = self.group_days(ordinal)
        for client in self.clients.entries:
            entry = self.clients.at(client, days)
            if not entry or not entry[1]:
                continue
            owner, client = lined(entry[1]), lined(client)
            if not self.of_managers(owner) or \
                    (self.options.client and client not in self.options.client):
                continue
            key = self.key_of(owner, client, ordinal, None)
            self.due.setdefault(key, set()).add((client, owner))
            self.groups.setdefault(key, [])

    def team_of(self, key):
        """What the groups that a load is compared with have in common."""
        entry = self.managers.at(plain(key[self.keys.index('manager')]), self.days_of[key]) if self.managers else None
        others = tuple(part for name, part in zip(self.keys, key) if name != 'manager')
        return others, entry[1] if entry else ''

    def load(self, key, group):
        if not self.teams:
            for name, other in self.groups.items():
                if done(other):
                    self.teams.setdefault(self.team_of(name), []).append(
                        sum(int(record['minutes'] or 0) for record in done(other)))
        minutes = sorted(self.teams.get(self.team_of(key), []))
        if not minutes:
            return computed(None)
        middle = Fraction(minutes[(len(minutes) - 1) // 2] + minutes[len(minutes) // 2], 2)
        return computed(ratio(100 * sum(int(record['minutes'] or 0) for record in done(group)), middle))

    def coverage(self, key, group):
        due = self.due.get(key, set())
        seen = set((record['client'], record['manager']) for record in done(group))
        return computed(ratio(100 * len(due & seen), len(due)))

    STATS = {
        'visits': with_status('done'),
        'clients': lambda tally, key, group: len(set(record['client'] for record in done(group)) - {''}),
        'minutes': lambda tally, key, group: sum(int(record['minutes'] or 0) for record in done(group)),
        'planned': with_status('planned'),
        'missed': with_status('missed'),
        'cancelled': with_status('cancelled'),
        'kept': kept,
        'purposeful': lambda tally, key, group: computed(
            ratio(100 * sum(SILENT.fullmatch(record['purpose']) is None for record in done(group)), len(done(group)))),
        'late': late,
        'coverage': coverage,
        'load': load,
    }


class Feedback(Tally):
    FIELDS = FEEDBACK
    NEEDED = []
    DEFAULT = 'n,scored,mean'

    def __init__(self, options):
        self.low, self.high = (number(part) for part in (options.scale or '0..10').split('..'))
        if self.low >= self.high:
            raise Usage('not a scale')
        asked = set(part.split('=')[0] for part in (options.emit or options.stats or '').split(','))
        if (self.low, self.high) not in ((0, 10), (1, 10)) and asked & {'promoters', 'passives', 'detractors', 'nps'}:
            raise Usage('nps only for 0..10 and 1..10')
        super().__init__(options)
        self.all = sum(len(group) for group in self.groups.values())

    def check(self, record):
        super().check(record)
        record['value'] = number(record['score']) if record['score'] else None
        record['resolved day'] = day(record['resolved']) if record['resolved'] else None
        if record['resolved'] and record['resolved day'] < record['day']:
            raise Bad('resolved before the date')

    def passes(self, record):
        sources = self.options.source.split(',') if self.options.source else None
        as_of, self.as_of = self.as_of, LAST
        chosen = super().passes(record) and (not sources or record['source'] in sources)
        self.as_of = as_of
        if chosen and record['value'] is not None and not self.low <= record['value'] <= self.high:
            raise Bad('score outside its scale')
        return chosen and super().passes(record)

    def at_share(self, share):
        return self.low + share * (self.high - self.low)

    def csat_low(self, key, group):
        values = scores(group)
        good = sum(value >= self.at_share(Fraction(3, 4)) for value in values)
        return computed((lambda digits: wilson_low(good, len(values), digits)) if values else None)

    def resolve_days(self, key, group):
        days = [record['resolved day'] - record['day'] for record in group if record['resolved']]
        return computed(ratio(sum(days), len(days)))

    STATS = {
        'n': lambda tally, key, group: len(group),
        'scored': lambda tally, key, group: len(scores(group)),
        'sum': lambda tally, key, group: sum(scores(group)) if scores(group) else None,
        'mean': lambda tally, key, group: computed(ratio(sum(scores(group)), len(scores(group)))),
        'min': lambda tally, key, group: min(scores(group), default=None),
        'max': lambda tally, key, group: max(scores(group), default=None),
        'promoters': lambda tally, key, group: promoters(group),
        'passives': lambda tally, key, group: len(scores(group)) - promoters(group) - detractors(group),
        'detractors': lambda tally, key, group: detractors(group),
        'nps': lambda tally, key, group: computed(
            ratio(100 * (promoters(group) - detractors(group)), len(scores(group)))),
        'csat': lambda tally, key, group: computed(
            ratio(100 * sum(value >= tally.at_share(Fraction(3, 4)) for value in scores(group)), len(scores(group)))),
        'csat-low': csat_low,
        'share': lambda tally, key, group: computed(ratio(100 * len(group), tally.all)),
        'unresolved': lambda tally, key, group: sum(
            record['value'] is not None and record['value'] < tally.at_share(Fraction(7, 10))
            and not record['resolved'] for record in group),
        'resolve-days': resolve_days,
    }


def scores(group):
    return [record['value'] for record in group if record['value'] is not None]


def promoters(group):
    return sum(value >= 9 for value in scores(group))


def detractors(group):
    return sum(value < 7 for value in scores(group))


def run_tally(kind, options):
    tally = kind(options)
    header = MEASURE if tally.emit else tally.keys + tally.stats
    return header, list(tally.lines()), []


# ---- command line -----------------------------------------------------------------------------------------

def parser():
    top = argparse.ArgumentParser(prog='oracle.py')
    subs = top.add_subparsers(dest='tool', required=True)
    for tool in ('score', 'visits', 'feedback'):
        sub = subs.add_parser(tool)
        sub.add_argument('-p', dest='period', required=tool == 'score')
        sub.add_argument('-m', dest='manager', action='append')
        sub.add_argument('-M', dest='managers')
        sub.add_argument('--as-of')
        sub.add_argument('-H', dest='header', action='store_true')
        sub.add_argument('files', nargs='*')
    subs.choices['score'].add_argument('-g', dest='goals', action='append', required=True)
    subs.choices['score'].add_argument('-b', dest='by', choices=['team'])
    subs.choices['score'].add_argument('-l', dest='long', action='store_true')
    subs.choices['score'].add_argument('--strict', action='store_true')
    for tool in ('visits', 'feedback'):
        sub = subs.choices[tool]
        sub.add_argument('-c', dest='client', action='append')
        sub.add_argument('-C', dest='clients')
        sub.add_argument('-b', dest='keys')
        sub.add_argument('-s', dest='stats')
        sub.add_argument('-e', dest='emit')
        sub.add_argument('--top', type=int)
    subs.choices['visits'].add_argument('--kind')
    subs.choices['visits'].add_argument('--late-after', type=int)
    subs.choices['feedback'].add_argument('--source')
    subs.choices['feedback'].add_argument('--scale')
    return top


RUN = {'score': run_score, 'visits': lambda options: run_tally(Visits, options),
       'feedback': lambda options: run_tally(Feedback, options)}
PARSER = parser()


def run(arguments):
    """(exit code, standard output as bytes, problems) of a call."""
    options = PARSER.parse_args(arguments)
    options.files = options.files or ['-']
    try:
        header, rows, warnings, *code = RUN[options.tool](options)
    except (Bad, No, Usage) as error:
        return error.code, b'', [str(error)]
    out = ['#' + '\t'.join(header)] if options.header else []
    out += ['\t'.join(row) for row in rows]
    return sum(code), ''.join(line + '\n' for line in out).encode(), warnings


def main():
    code, out, problems = run(sys.argv[1:])
    for problem in problems:
        print('oracle.py: %s' % problem, file=sys.stderr)
    sys.stdout.buffer.write(out)
    return code


if __name__ == '__main__':
    sys.exit(main())
