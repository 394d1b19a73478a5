#!/usr/bin/env python3
"""Random worlds: makes small folders of goals, books, measures and logs, runs the tools on each, and compares
their bytes and exit codes with the oracle's.

  worlds.py SEED N BINDIR [FIRST]

Worlds FIRST (default 0) up to FIRST + N - 1; world I of a seed is always the same. One that differs is kept, its folder
and the call named. The last line is "N passed, N failed". A world of extreme numbers may also be refused as out of
range; such are counted too. So are the worlds scored with each thing that schemes, goals and rules may have: where
MANY worlds show that one never occurs, that is a failure.
"""
import datetime
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction

import random

import oracle

NAMES = ['wang.li', 'li.wei', '张敏', '李娜', '欧阳 若雨', 'Zoë', 'Anna Becker', 'o\'neill', '010', 'true', 'null', '1.5',
         'a\\b', 'a', 'a b', 'aa', 'Ａ', '王', '王芳', '🙂', 'x: y', 'x#y', '- z', '"q"', '%p', '@at', '*s', '!t', '~',
         'e\u0301', 'é', '2026-10', 'key,not']
METRICS = ['sales', 'visits', 'nps', 'teamwork', 'complaints', '回款', 'new clients', 'share/premium', 'm\\n', '7']
ROLES = ['senior', 'junior', '主管', 'yes']
TEAMS = ['east', 'west', '华北']
MANY = 1000  # worlds
GRADES = ['A', 'B', 'C', 'D', '优', 'A+']
# a period, and other texts of the same days
PERIODS = [('2026-10', '2026-10-01..2026-10-31'), ('2026-Q4', '2026-10-01..2026-12-31'),
           ('2026-W41', '2026-10-05..2026-10-11'), ('2026-H2', '2026-07-01..2026-12-31'),
           ('2026', '2026-01-01..2026-12-31'), ('2026-10-05', '2026-10-05..2026-10-05'), ('2026-10-05..2026-10-18',),
           ('2026-02', '2026-02-01..2026-02-28'), ('2026-W53', '2026-12-28..2027-01-03')]


def iso(ordinal):
    return datetime.date.fromordinal(ordinal).isoformat()


class World:
    """What the two kinds of worlds share: chance, files, numbers, names."""

    def __init__(self, rng, folder):
        self.rng, self.folder = rng, folder
        self.extreme = False
        self.stdin = None

    def chance(self, percent):
        return self.rng.random() * 100 < percent

    def pick(self, *values):
        return self.rng.choice(values)

    def some(self, values, least, most):
        return self.rng.sample(values, min(len(values), self.rng.randint(least, most)))

    def number(self, digits=6):
        """A number not below 0, of few or many digits."""
        if self.extreme and self.chance(40):
            whole = self.pick(10 ** 15 - 1, 10 ** 14, self.rng.randrange(10 ** 15), 0)
            return whole + Fraction(self.pick(999999, 1, 0, self.rng.randrange(10 ** 6)), 10 ** 6)
        digits = min(digits, self.pick(0, 0, 0, 1, 2, 6))
        top = self.pick(10, 100, 1000, 10 ** 6)
        return Fraction(self.rng.randrange(top * 10 ** digits), 10 ** digits)

    def text(self, value):
        """A number as someone might write it; always readable by the format."""
        text = oracle.exact(value)
        if self.chance(5) and value >= 0:
            text = '+' + text
        if self.chance(5) and '.' in text and len(text.split('.')[1]) < 6:
            text += '0'
        if self.chance(3) and text.isdigit() and len(text) < 14:
            text = '0' + text
        return text

    def write(self, name, text, lines=True):
        if self.chance(5):
            text = text.replace('\n', '\r\n')
        if self.chance(5):
            text = '\ufeff' + text
        with open(os.path.join(self.folder, name), 'w', encoding='utf-8', newline='') as file:
            file.write(text)
        return name

    def write_lines(self, name, rows):
        rows = ['\t'.join(row) for row in rows]
        self.rng.shuffle(rows)
        if self.chance(20):
            rows.insert(self.rng.randint(0, len(rows)), self.pick('', '# a remark\twith a tab'))
        return self.write(name, ''.join(row + '\n' for row in rows))

    def spread(self, name, rows):
        """The rows in one to three files, perhaps one of them standard input; the operands."""
        parts = [[] for _ in range(self.pick(1, 1, 1, 2, 3))]
        for row in rows:
            self.pick(*parts).append(row)
        files = [self.write_lines('%s%d.tsv' % (name, i), part) for i, part in enumerate(parts)]
        if self.chance(15):
            self.stdin = files.pop()
            files.insert(self.rng.randint(0, len(files)), '-')
        return files

    def book(self, name, row, who, around):
        """A book: row(who, first, last) gives a line; whoever has several, has them one after the other."""
        rows = []
        for one in who:
            first, last = around
            cuts = sorted(self.rng.sample(range(first - 40, last + 40), self.pick(0, 0, 0, 1, 2, 4)))
            if not cuts:
                rows.append(row(one, '', ''))
                continue
            ends = [None] + cuts + [None]
            spans = [(ends[i], ends[i + 1]) for i in range(len(ends) - 1)]
            spans = [span for span in spans if self.chance(65)] or [spans[self.rng.randrange(len(spans))]]
            for start, end in spans:
                rows.append(row(one, iso(start + 1) if start else '', iso(end) if end else ''))
        rows = [line + ('more',) if self.chance(3) else line for line in rows]
        return self.write_lines(name, rows)


class Yaml:
    """Writes nested dicts, lists and texts as YAML, in styles picked at random."""
    PLAIN = re.compile(r'[A-Za-z\u4e00-\u9fff0-9+][A-Za-z0-9._/%\u4e00-\u9fff-]*')

    def __init__(self, rng):
        self.rng = rng

    def scalar(self, text):
        style = self.rng.random()
        if self.PLAIN.fullmatch(text) and style < 0.8:
            return text
        if style < 0.9:
            return "'" + text.replace("'", "''") + "'"
        if style > 0.97:
            return '"' + ''.join('\\U%08X' % ord(c) for c in text) + '"'
        return '"' + text.replace('\\', '\\\\').replace('"', '\\"') + '"'

    def flow(self, node):
        if isinstance(node, dict):
            return '{' + ', '.join('%s: %s' % (self.scalar(k), self.flow(v)) for k, v in node.items()) + '}'
        if isinstance(node, list):
            return '[' + ', '.join(self.flow(item) for item in node) + ']'
        return self.scalar(node)

    def block(self, node, depth=0):
        """The lines of a map."""
        for key, value in node.items():
            head = '  ' * depth + self.scalar(key) + ':'
            if isinstance(value, dict) and value and self.rng.random() < 0.5:
                yield head
                yield from self.block(value, depth + 1)
            elif isinstance(value, list) and value and self.rng.random() < 0.7:
                yield head
                for item in value:
                    yield '  ' * depth + '  - ' + self.flow(item)
            else:
                yield head + ' ' + self.flow(value) + ('  # so' if self.rng.random() < 0.03 else '')

    def stream(self, documents):
        """Each starts with its own ---, so that files may be concatenated."""
        out = []
        for document in documents:
            out.append('---' if self.rng.random() < 0.9 else '--- # next')
            out += self.block(document)
            if self.rng.random() < 0.05:
                out.append('...')
        return '\n'.join(out) + '\n'


class ScoreWorld(World):
    def __init__(self, rng, folder):
        super().__init__(rng, folder)
        self.extreme = self.chance(15)
        self.periods = self.pick(*PERIODS)
        self.days = oracle.period(self.periods[0])
        self.digits = self.pick(2, 2, 2, 0, 1, 3, 4, 5, 6)
        self.unit = Fraction(1, 10 ** self.digits)
        self.points = self.pick(*[Fraction(n) for n in (100, 100, 100, 1, 5, 10, 120, 1000)] + [3333 * self.unit])
        self.owners = self.some(NAMES, 1, 6)
        self.names = self.some(METRICS, 1, 6)
        self.documents, self.goal_lines, self.measures = [], [], []
        self.based = set()  # ids of goals that have a baseline
        self.scheme()
        for owner in self.owners:
            self.goals(owner)
        self.strangers()
        self.noise()
        self.fault()
        self.files()

    # ---- scheme

    def split(self, n):
        """n weights that add up to points; seldom a 0."""
        total = int(self.points / self.unit)
        cuts = sorted(self.rng.randint(0, total) for _ in range(n - 1))
        if self.chance(90) and total > n:
            cuts = sorted(self.rng.sample(range(1, total), n - 1))
        ends = [0] + cuts + [total]
        return [(b - a) * self.unit for a, b in zip(ends, ends[1:])]

    def curve(self):
        xs = sorted(self.rng.sample([Fraction(n, 20) for n in range(-10, 60)], self.pick(1, 2, 3, 5)))
        if self.chance(30):
            xs = sorted(xs + [self.pick(*xs)])
        if self.extreme and self.chance(30):
            xs = sorted(xs + [self.number()])
        ys = sorted(Fraction(self.rng.randint(0, 300), self.pick(100, 1000)) for _ in xs)
        if self.chance(10):
            self.rng.shuffle(ys)
        return [[self.text(x), self.text(y)] for x, y in zip(xs, ys)]

    def metric(self, name):
        keys = {}
        if self.chance(50):
            keys['title'] = self.pick('销售额', 'Sales: all', 'x')
        if self.chance(30):
            keys['better'] = self.pick('lower', 'lower', 'higher')
        if self.chance(70):
            keys['take'] = self.pick('sum', 'mean', 'last', 'max', 'min', 'count')
        if self.chance(50):
            keys['missing'] = self.pick(*['none', 'zero', 'skip', 'skip', 'skip'] * 2 + ['error'])
        if self.chance(50):
            keys['curve'] = self.curve()
        if self.chance(40) and keys.get('take', 'sum') in ('sum', 'count'):
            keys['prorate'] = self.pick('true', 'true', 'false')
        return keys

    def rule(self, gate):
        rule = {'metric': self.pick(*self.names), self.pick('above', 'above', 'below'): self.text(self.number())}
        if gate:
            rule['score_at_most'] = self.text(self.rng.randint(0, int(self.points / self.unit)) * self.unit)
            return rule
        rule['points'] = self.text(self.rng.randint(-1000, 1000) * self.unit)
        if self.chance(60):
            rule['each'] = self.text(self.pick(Fraction(self.pick(1, 2, 4, 20), 4), Fraction(self.rng.randint(1, 5000), 1000)))
        if self.chance(60):
            rule['at_most'] = self.text(self.rng.randint(0, 2000) * self.unit)
        return rule

    def grade(self, name):
        grade = {'grade': name}
        if self.chance(70):
            grade['from'] = self.text(self.rng.randint(0, int(self.points / self.unit)) * self.unit)
        if self.chance(40):
            grade['top'] = self.text(self.pick(Fraction(10), Fraction(25), Fraction(50), Fraction(100, 8)))
        return grade

    def scheme(self):
        self.metrics = {name: self.metric(name) for name in self.names}
        weighted = self.some(self.names, 1, len(self.names))
        for name, weight in zip(weighted, self.split(len(weighted))):
            self.metrics[name]['weight'] = self.text(weight)
        scheme = {'scheme': 'world', 'metrics': self.metrics}
        if self.chance(40):
            year = self.periods[0][:4]
            scheme['period'] = self.pick(*self.periods) if self.chance(50) or 'W53' in self.periods[0] else year
        if self.points != 100 or self.chance(20):
            scheme['points'] = self.text(self.points)
        if self.digits != 2 or self.chance(20):
            scheme['digits'] = str(self.digits)
        self.roles = {}
        for role in self.some(ROLES, 0, 3) if self.chance(50) else []:
            some = self.some(self.names, 1, len(self.names))
            self.roles[role] = dict(zip(some, self.split(len(some))))
        if self.roles:
            scheme['roles'] = {role: {name: self.text(weight) for name, weight in weights.items()}
                               for role, weights in self.roles.items()}
        for key, make, chance in (('adjust', lambda: self.rule(False), 50), ('gates', lambda: self.rule(True), 50)):
            if self.chance(chance):
                scheme[key] = [make() for _ in range(self.rng.randint(1, 3))]
        if self.chance(80):
            scheme['grades'] = [self.grade(name) for name in self.some(GRADES, 1, 4)]
        if self.chance(20):
            scheme['tiers'] = {'key': '14', '重点': '30'}
        self.scheme_document = scheme
        self.needs_book = bool(self.roles) or any(keys.get('prorate') == 'true' for keys in self.metrics.values())
        self.documents.append(scheme)
        if 'period' in scheme and self.chance(20):
            self.documents.append(dict(scheme, scheme='other', period='2031'))
        self.books()

    def books(self):
        self.has_book = self.needs_book or self.chance(30)
        if not self.has_book:
            return
        roles = list(self.roles) + ['', '其他']
        inside = [name for name in self.owners if self.chance(93)]
        self.book('managers.tsv', lambda who, first, last: (
            oracle.lined(who), self.pick('', '名'), self.pick(*TEAMS, ''), self.pick(*roles), first, last),
            inside, self.days)
        self.managers = oracle.manager_book(os.path.join(self.folder, 'managers.tsv'))

    # ---- goals

    def weights(self, owner):
        """The weights that hold for owner before goals have their say."""
        entry = self.managers.at(owner, self.days) if self.has_book else None
        role = self.roles.get(entry[2]) if entry else None
        if role is not None:
            return dict(role)
        return {name: oracle.number(keys['weight']) for name, keys in self.metrics.items() if 'weight' in keys}

    def target(self, metric):
        """target and perhaps baseline as texts, valid for the metric."""
        lower = self.metrics[metric].get('better') == 'lower'
        if self.chance(55):
            return {'target': self.text(self.number() if self.chance(90) else Fraction(0))}
        a, b = self.number(), self.number()
        if a == b:
            a, b = Fraction(1), Fraction(2)
        low, high = sorted((a, b))
        low -= self.pick(0, 0, 0, 5) if not self.extreme else 0
        if high >= 10 ** 15:
            low, high = Fraction(1), Fraction(2)
        base, target = (high, low) if lower else (low, high)
        percent = Fraction(self.rng.randint(1, 4000), 40)
        if base and self.chance(40) and abs(base) < 10 ** 14:
            return {'target': ('-' if lower == (base > 0) else '+') + oracle.exact(percent) + '%',
                    'baseline': self.text(base)}
        return {'target': self.text(target), 'baseline': self.text(base)}

    def goals(self, owner):
        weights, own = self.weights(owner), {}
        if self.chance(15):
            some = sorted(set(self.some(self.names, 1, len(self.names))) | set(weights))
            weights = own = dict(zip(some, self.split(len(some))))
        elif len(weights) > 1 and self.chance(15):
            a, b = self.rng.sample(sorted(weights), 2)
            own = {a: Fraction(0) if self.chance(10) else weights[a] / 2 // self.unit * self.unit}
            own[b] = weights[a] + weights[b] - own[a]
        compact = {}
        ids = {}
        for metric in self.rng.sample(sorted(weights), len(weights)):
            goal = self.target(metric)
            if metric in own:
                goal['weight'] = self.text(own[metric])
            ids[metric] = self.write_goal(owner, metric, goal, compact)
            if 'baseline' in goal:
                self.based.add(ids[metric])
            self.measure(owner, metric, goal)
        if compact:
            self.documents.insert(self.rng.randint(0, len(self.documents)),
                                  {'goals': self.compact_period, 'targets': {owner: compact}})
        self.revise(ids, dict(weights, **own))
        rules = self.scheme_document.get('adjust', []) + self.scheme_document.get('gates', [])
        for metric, limit in {rule['metric']: rule.get('above', rule.get('below')) for rule in rules}.items():
            if metric not in weights and self.chance(50):
                self.measure(owner, metric, {'target': limit})

    def write_goal(self, owner, metric, goal, compact):
        """Writes the goal in one of the three ways; its id."""
        text = self.pick(*self.periods)
        way = self.rng.random()
        if way < 0.25:
            ident = 'goal %s/%s' % (owner, metric)
            document = {'goal': ident, 'owner': owner, 'metric': metric, 'period': text}
            document.update(goal)
            if self.chance(30):
                document.update(title='a: b', why='因为', steps=['one, two', 'three'], risks=['none'],
                                reviews=[iso(self.days[0])], set=iso(self.days[0] - 3), agreed=iso(self.days[0]))
            if self.chance(50):
                items = list(document.items())[1:]
                self.rng.shuffle(items)
                document = dict([('goal', ident)] + items)
            self.documents.insert(self.rng.randint(0, len(self.documents)), document)
            return ident
        if way < 0.45 and '%' not in goal['target']:
            self.goal_lines.append((text, oracle.lined(owner), oracle.lined(metric), goal.get('weight', ''),
                                    goal['target'], goal.get('baseline', '')))
            return '%s/%s/%s' % (text, owner, metric)
        compact[metric] = goal if len(goal) > 1 or self.chance(10) else goal['target']
        if len(compact) == 1:
            self.compact_period = text
        return '%s/%s/%s' % (self.compact_period, owner, metric)

    def revise(self, ids, weights):
        """Revisions, in order for each goal; of weights always two at once, so that the sum stays."""
        on = {metric: self.days[0] - 10 for metric in ids}
        length = self.days[1] - self.days[0] + 20
        for _ in range(self.pick(0, 0, 0, 1, 2, 4)):
            metric = self.pick(*ids)
            on[metric] += self.pick(0, self.rng.randint(0, length))
            self.documents.append(self.revision(ids[metric], metric, on[metric]))
            if self.chance(20):
                self.documents.append({'review': ids[metric], 'on': iso(on[metric]), 'by': '张', 'says': 'so'})
        if len(ids) > 1 and self.chance(10):
            a, b = self.rng.sample(sorted(ids), 2)
            when = max(on[a], on[b])
            shift = weights[a] / 3 // self.unit * self.unit
            for metric, weight in ((a, weights[a] - shift), (b, weights[b] + shift)):
                self.documents.append(dict(self.revision(ids[metric], metric, when), weight=self.text(weight)))

    def revision(self, ident, metric, on):
        """A baseline once given goes on, so a goal that has one gets another with its new target."""
        setting = self.target(metric)
        while ident in self.based and 'baseline' not in setting:
            setting = self.target(metric)
        if 'baseline' in setting:
            self.based.add(ident)
        return dict({'revise': ident}, **setting, on=iso(on), reason='the market')

    # ---- measures

    def inner(self):
        """A period inside the world's."""
        first, last = self.days
        for _ in range(8):
            unit = self.pick('day', 'day', 'day', 'week', 'month', 'range', 'whole')
            if unit == 'whole':
                return self.pick(*self.periods)
            start = self.rng.randint(first, last)
            if unit == 'range':
                return '%s..%s' % (iso(start), iso(self.rng.randint(start, last)))
            text, its_first, its_last = oracle.unit_range(unit, start)
            if its_first >= first and its_last <= last:
                return text
        return self.periods[0]

    def value(self, target):
        """Near the target, mostly."""
        goal = oracle.number(target) if '%' not in target else self.number()
        way = self.rng.random()
        if way < 0.1:
            return goal
        if way < 0.2:
            return self.number()
        if way < 0.25:
            return -self.number()
        value = goal * Fraction(self.rng.randint(0, 160), 100)
        value = Fraction(int(value * 1000), 1000)
        return value if value < 10 ** 15 else goal

    def measure(self, owner, metric, goal):
        keys = self.metrics[metric]
        said = set()
        for _ in range(self.pick(0, 1, 1, 1, 2, 3, 5)):
            text = self.inner()
            value = self.value(goal['target'])
            if keys.get('take', 'sum') == 'sum':
                value = Fraction(int(value * 100 / 2), 100)
            if keys.get('take') == 'last' and oracle.period(text) in said:
                continue
            said.add(oracle.period(text))
            row = (text, oracle.lined(owner), oracle.lined(metric), self.text(value))
            self.measures += [row] * (2 if self.chance(4) else 1)

    def goals_of(self, text, owner, metric, target):
        return {'goals': text, 'targets': {owner: {metric: target}}}

    def strangers(self):
        """Goals of teams and of people who are in no book; they are not scored, so nothing else is checked."""
        if not self.has_book or self.chance(60):
            return
        for owner in TEAMS + ['nobody']:
            if self.chance(50) and owner not in self.owners:
                metric = self.pick(*self.names)
                self.documents.append(self.goals_of(self.pick(*self.periods), owner, metric, self.target(metric)))

    def noise(self):
        """Goals of other periods, measures outside, overlapping, of nobody."""
        for _ in range(self.pick(0, 0, 1, 3)):
            owner, metric = self.pick(*self.owners), self.pick(*self.names)
            text = self.pick('2031', '2031-05', '2031-W05', '2031-05-05')
            same = self.goals_of(text, owner, metric, self.target(metric))
            if not any(d.get('goals') == text for d in self.documents):
                self.documents.append(same)
            if self.chance(50):
                around = iso(self.days[0] - 1) + '..' + iso(self.days[1] + self.pick(0, 1, 9))
                text = self.pick('1999', '2031', around)
                self.measures.append((text, oracle.lined(owner), oracle.lined(metric), '77'))
            if self.chance(20):
                self.measures.append((self.inner(), 'nobody', self.pick('sales', 'what'), '5'))

    # ---- faults: the oracle says what they come to

    def fault(self):
        self.damage = None
        if self.chance(12):
            self.damage = self.pick(*[name for name in dir(self) if name.startswith('fault_')])
            getattr(self, self.damage)()

    def fault_measure(self):
        row = self.pick(
            ('2026-10', 'a', 'b', self.pick('1e5', '1,5', '', '.5', '5.', '1.1234567', ' 1', '--1', '1' * 16)),
            (self.pick('2026-13', '2026-02-29', '2026-W54', '2026-Q5', '2026-H3', '2026-10-05..2026-10-04'),
             'a', 'b', '1'),
            ('2026-10', 'a', 'b'), ('2026-10', '', 'b', '1'), ('2026-10', 'a', 'b', '1', ''))
        self.measures.append(row)

    def fault_weight(self):
        weight = self.text(max(self.unit, self.points - self.unit))
        self.documents.append(self.goals_of(self.periods[0], self.owners[0] + ' jr', self.pick(*self.names),
                                            {'target': '5', 'weight': weight}))

    def fault_no_weight(self):
        self.documents.append({'goals': self.periods[0],
                               'targets': {self.owners[0]: {name: '5' for name in self.names}}})

    def fault_missing(self):
        for keys in self.metrics.values():
            keys['missing'] = 'error'

    def fault_last(self):
        for keys in self.metrics.values():
            if keys.get('prorate') != 'true':
                keys['take'] = 'last'
        mine = (self.periods[0], oracle.lined(self.owners[0]), oracle.lined(self.names[0]), '1')
        row = self.pick(*self.measures, mine)
        for text in self.periods:
            self.measures += [(text,) + row[1:3] + ('12345.5',)]
        self.measures += [(self.periods[0],) + row[1:3] + ('5',)]

    def fault_same(self):
        for document in self.documents:
            for metrics in document.get('targets', {}).values():
                for metric in metrics:
                    metrics[metric] = self.pick({'target': '5', 'baseline': '5'}, {'target': '-1'},
                                                {'target': '5', 'baseline': self.pick('6', '4')})
        self.documents = [document for document in self.documents if 'revise' not in document]

    def fault_backwards(self):
        self.documents.append({'goal': 'back', 'owner': self.owners[0], 'metric': self.names[0], 'period': '2030',
                               'target': '5'})
        for on in ('2030-01-02', self.pick('2030-01-01', '2030-01-02')):
            self.documents.append({'revise': 'back', 'target': '6', 'on': on, 'reason': 'x'})

    def fault_metric(self):
        self.documents.append(self.goals_of('2031-07', self.owners[0], 'no such', '5'))

    def fault_id(self):
        self.documents.append(self.pick(
            {'revise': 'no such', 'target': '5', 'on': '2026-10-10', 'reason': 'x', 'by': 'x'},
            {'review': 'no such', 'on': '2026-10-10', 'by': 'x', 'says': 'x'}))

    def fault_twice(self):
        twice = self.goals_of('2031-08', 'x', self.names[0], '5')
        self.documents += [twice, dict(twice, goals=self.pick('2031-08', '2031-08-01..2031-08-31'))]

    def fault_scheme(self):
        if self.chance(50):
            self.documents.append(dict(self.scheme_document, scheme='again'))
        else:
            self.documents.remove(self.scheme_document)

    def fault_period(self):
        self.periods = (self.pick('2029', '2029-05', 'yesteryear', '2026-13', '2026-1', '2026-02-30'),)

    def fault_book(self):
        self.has_book = False

    def fault_digits(self):
        self.scheme_document['digits'] = '0'
        self.scheme_document['points'] = '100.5'

    def fault_curve(self):
        self.metrics[self.names[0]]['curve'] = [['1', '0'], ['0.5', '1']]

    def fault_take(self):
        self.metrics[self.names[0]].update(take='mean', prorate='true')

    # ---- files

    def files(self):
        yaml = Yaml(self.rng)
        scheme = self.documents.pop(0) if self.chance(30) else None
        parts = [[] for _ in range(self.pick(1, 1, 2, 3))]
        split = sorted(self.rng.randint(0, len(self.documents)) for _ in parts[1:])
        ends = [0] + split + [len(self.documents)]
        files = [self.write('goals%d.yaml' % i, yaml.stream(self.documents[a:b]))
                 for i, (a, b) in enumerate(zip(ends, ends[1:])) if b > a]
        if scheme:
            files.insert(self.rng.randint(0, len(files)), self.write('scheme.yaml', yaml.stream([scheme])))
        if self.goal_lines:
            files.insert(0, self.write_goal_lines())
        self.arguments = ['-p', self.pick(*self.periods)]
        for file in files:
            self.arguments += ['-g', file]
        if self.has_book:
            self.arguments += ['-M', 'managers.tsv']
        if self.chance(30):
            self.arguments += ['--as-of', iso(self.rng.randint(self.days[0] - 12, self.days[1] + 12))]
        if self.chance(10):
            self.arguments += ['-m', self.pick(*[name for name in self.owners if '\\' not in name] or ['x'])]
        self.arguments += self.spread('measures', self.measures)

    def write_goal_lines(self):
        return self.write_lines('goals.tsv', self.goal_lines)

    def calls(self):
        """(tool, arguments for it, arguments for the oracle)."""
        for more in ([], ['-l'], ['--strict'] if self.rng.random() < 0.2 else ['-l', '-H']):
            yield 'kpi-score', more + self.arguments, ['score'] + more + self.arguments
        if self.has_book:
            more = ['-b', 'team'] + self.pick([], ['-l'], ['-l'])
            yield 'kpi-score', more + self.arguments, ['score'] + more + self.arguments


    FEATURES = ['role', 'role that leaves a metric out', 'goal with a weight', 'curve', 'curve with a step',
                'curve of one point', 'curve that falls', 'lower', 'lower from a baseline', 'baseline', 'percent target',
                'target 0', 'prorate', 'prorate by a part of the days', 'revision', 'revision with a weight', 'as-of',
                'a revision after it', 'adjust up', 'adjust down', 'adjust each', 'adjust at_most', 'adjust above',
                'adjust below', 'gate above', 'gate below', 'grade from', 'grade top', 'points', 'period', 'tiers',
                'review', 'goal in full', 'compact goal', 'goal line', 'book', 'other period', 'standard input'] + \
               ['take ' + take for take in ('sum', 'mean', 'last', 'max', 'min', 'count')] + \
               ['missing ' + missing for missing in ('none', 'zero', 'skip', 'error')] + \
               ['digits %d' % digits for digits in range(7)]

    def features(self):
        """Which of them this world has."""
        scheme, found = self.scheme_document, set()
        settings = [(name, goal if isinstance(goal, dict) else {'target': goal}) for document in self.documents
                    for metrics in document.get('targets', {}).values() for name, goal in metrics.items()]
        settings += [(document['metric'], document) for document in self.documents if 'goal' in document]
        settings += [(row[2], {'target': row[4], 'baseline': row[5]} if row[5] else {'target': row[4]})
                     for row in self.goal_lines]
        for name, keys in self.metrics.items():
            curve = [(oracle.number(x), oracle.number(y)) for x, y in keys.get('curve', [])]
            pairs = list(zip(curve, curve[1:]))
            found |= {'take ' + keys.get('take', 'sum'), 'missing ' + keys.get('missing', 'none')}
            found |= {what for what, holds in (
                ('lower', keys.get('better') == 'lower'), ('prorate', keys.get('prorate') == 'true'), ('curve', curve),
                ('curve of one point', len(curve) == 1), ('curve with a step', any(p[0] == q[0] for p, q in pairs)),
                ('curve that falls', any(p[1] > q[1] for p, q in pairs)),
                ('prorate by a part of the days', keys.get('prorate') == 'true' and any(
                    0 < self.managers.days(who, self.days) <= self.days[1] - self.days[0]
                    for who in self.managers.entries))) if holds}
        for name, goal in settings:
            lower = self.metrics.get(name, {}).get('better') == 'lower'
            found |= {what for what, holds in (
                ('goal with a weight', 'weight' in goal), ('baseline', 'baseline' in goal),
                ('lower from a baseline', lower and 'baseline' in goal), ('percent target', '%' in goal['target']),
                ('target 0', '%' not in goal['target'] and oracle.number(goal['target']) == 0)) if holds}
        for rule in scheme.get('adjust', []):
            up = oracle.number(rule['points']) > 0
            found |= {'adjust up' if up else 'adjust down', 'adjust above' if 'above' in rule else 'adjust below'}
            found |= {'adjust ' + key for key in ('each', 'at_most') if key in rule}
        found |= {'gate above' if 'above' in rule else 'gate below' for rule in scheme.get('gates', [])}
        found |= {'grade ' + key for grade in scheme.get('grades', []) for key in ('from', 'top') if key in grade}
        revisions = [document for document in self.documents if 'revise' in document]
        as_of = self.arguments[self.arguments.index('--as-of') + 1] if '--as-of' in self.arguments else None
        found |= {what for what, holds in (
            ('role', self.roles), ('role that leaves a metric out', any(len(self.names) > len(weights)
                                                                        for weights in self.roles.values())),
            ('revision', revisions), ('revision with a weight', any('weight' in one for one in revisions)),
            ('as-of', as_of), ('a revision after it', as_of and any(one['on'] > as_of for one in revisions)),
            ('points', self.points != 100), ('period', 'period' in scheme), ('tiers', 'tiers' in scheme),
            ('review', any('review' in one for one in self.documents)),
            ('goal in full', any('goal' in one for one in self.documents)),
            ('compact goal', any('targets' in one for one in self.documents)), ('goal line', self.goal_lines),
            ('book', self.has_book), ('standard input', self.stdin),
            ('other period', any(one.get('goals', '').startswith('2031') for one in self.documents))) if holds}
        return found | {'digits %d' % self.digits}


class LogWorld(World):
    """Visits and feedback; the oracle's and the tools' options are the same."""
    KEYS = {'visits': 'manager client kind status purpose date minutes outcome note logged'.split(),
            'feedback': 'manager client source theme score resolved date comment logged'.split()}

    def __init__(self, rng, folder):
        super().__init__(rng, folder)
        self.all_days, self.parts = self.pick(
            ('2026-10', ['', '2026-10', '2026-10', '2026-W41', '2026-10-05']),
            ('2026-09-20..2026-11-12', ['', '2026-10', '2026-10', '2026-Q4', '2026-10-06..2026-10-20']),
            ('2026', ['', '2026', '2026-Q4', '2026-H1', '2026-02']),
            ('2026-12-20..2027-01-10', ['', '2026-12-28..2027-01-03', '2026-W53', '2027']))
        self.first, self.last = oracle.period(self.all_days)
        self.managers = self.some(NAMES, 1, 5)
        self.clients = ['C%03d' % i for i in range(self.rng.randint(1, 8))] + ['客户 甲']
        self.manager_book = self.book('managers.tsv', lambda who, first, last: (
            oracle.lined(who), '', self.pick(*TEAMS, ''), self.pick(*ROLES, ''), first, last),
            [name for name in self.managers if self.chance(90)], (self.first, self.last))
        self.client_book = self.book('clients.tsv', lambda who, first, last: (
            who, '', oracle.lined(self.pick(*self.managers)) if self.chance(85) else '',
            self.pick('key', 'growth', '普通', ''), first, last),
            [name for name in self.clients if self.chance(90)], (self.first, self.last))
        self.row = {'visits': self.visit, 'feedback': self.entry}

    def date(self, ordinal):
        way = self.rng.random()
        if way < 0.7:
            return iso(ordinal)
        time = 'T%02d:%02d' % (self.rng.randint(0, 23), self.rng.randint(0, 59))
        return iso(ordinal) + time + self.pick('', ':00', ':59Z', 'Z', '+08:00', '-11:30', ':30+14:00')

    def logged(self, ordinal):
        if self.chance(15):
            return ''
        day = iso(ordinal + self.pick(0, 0, 0, 1, 2, 3, 4, 5, 30, -1))
        return '%sT%02d:%02d:%02dZ' % (day, self.rng.randint(0, 23), self.rng.randint(0, 59), self.rng.randint(0, 59))

    def free(self):
        return self.pick('', '', 'renewal', '续约', 'a\\tb', 'x\\\\y\\nz', '"', "it's", '=1+1')

    def visit(self):
        ordinal = self.rng.randint(self.first, self.last)
        return (self.date(ordinal), oracle.lined(self.pick(*self.managers)), self.pick('', *self.clients),
                self.pick('visit', 'visit', 'call', '培训'),
                self.pick('done', 'done', 'done', 'planned', 'missed', 'cancelled'),
                self.free(), self.free(), self.pick('', '0', '30', '045', '600'), self.logged(ordinal), self.free())

    def entry(self):
        ordinal = self.rng.randint(self.first, self.last)
        fine = self.pick(1, 10, 10 ** 6)
        score = Fraction(self.rng.randint(self.scale[0] * fine, self.scale[1] * fine), fine)
        score = self.pick('', str(self.rng.randint(1, 5)), self.text(score), self.text(score))
        return (self.date(ordinal), oracle.lined(self.pick(*self.managers)), self.pick('', *self.clients),
                self.pick('', 'survey', 'peer', 'app'), self.pick('', 'delivery/late', 'delivery', '服务/态度', 'price'),
                score, self.pick('', self.date(ordinal + self.rng.randint(0, 40))), self.logged(ordinal), self.free())

    def keys(self, log):
        keys = self.some(self.KEYS[log][:5] if self.chance(80) else self.KEYS[log], 0, 2)
        if self.chance(40):
            keys.append(self.pick(*oracle.UNITS))
        if self.chance(40):
            keys.append(self.pick('team', 'role', 'tier'))
        self.rng.shuffle(keys)
        return keys

    def coverage_keys(self):
        keys = self.some(['manager', 'team', 'role', 'tier'], 0, 2)
        if self.chance(40):
            keys.insert(0, self.pick(*oracle.UNITS))
        return keys

    def options(self, log, stats):
        """Options, each a tuple of its words, in any order."""
        self.text_of_period = self.pick(*self.parts)
        options = [('-M', 'managers.tsv'), ('-C', 'clients.tsv')]
        if 'load' in stats and self.chance(30):
            options = options[1:]
        if self.text_of_period:
            options.append(('-p', self.text_of_period))
        coverage = log == 'visits' and self.chance(25)
        if self.chance(20):
            stats = stats + ['coverage'] if coverage else stats
            options.append(('-e', ','.join(stat + self.pick('', '=' + self.pick(*METRICS[:5])) for stat in stats)))
        else:
            stats = stats + ['coverage'] if coverage else stats
            keys = self.coverage_keys() if coverage else self.keys(log)
            if 'load' in stats and 'manager' not in keys and self.chance(85):
                keys.insert(self.rng.randint(0, len(keys)), 'manager')
            if self.chance(90) or coverage:
                options.append(('-b', ','.join(keys)))
            if self.chance(90) or coverage:
                options.append(('-s', ','.join(stats)))
            if self.chance(15):
                options.append(('--top', self.pick('1', '2', '5')))
        if self.chance(10):
            safe = [name for name in self.managers if re.fullmatch('[a-z.]+', name)]
            options.append(('-m', self.pick(*safe or ['x'])))
        if self.chance(5) and not coverage:
            options.append(('-c', self.pick(*self.clients)))
        if self.chance(15):
            options.append(('--as-of', iso(self.rng.randint(self.first, self.last))))
        return options

    def call(self, log):
        kind = {'visits': oracle.Visits, 'feedback': oracle.Feedback}[log]
        self.scale = (0, 10)
        if log == 'feedback' and self.chance(30):
            self.scale = self.pick((1, 5), (1, 10), (0, 100), (-5, 5), (1, 7))
        stats = self.some([stat for stat in kind.STATS if stat != 'coverage'], 1, 6)
        if self.scale not in ((0, 10), (1, 10)) and self.chance(95):
            stats = [stat for stat in stats if stat not in ('promoters', 'passives', 'detractors', 'nps')] or ['n']
        options = self.options(log, stats)
        if self.scale != (0, 10):
            options.append(('--scale=%d..%d' % self.scale,))
        if log == 'visits' and self.chance(15):
            options.append(('--kind', self.pick('visit', 'visit,call', '培训')))
        if log == 'visits' and self.chance(15):
            options.append(('--late-after', self.pick('0', '1', '4')))
        if log == 'feedback' and self.chance(15):
            options.append(('--source', self.pick('survey', 'survey,app', 'peer')))
        rows = [self.row[log]() for _ in range(self.pick(0, 1, 5, 20, 40, 60))]
        if self.chance(4):
            rows.append(rows[0][:-1] if rows else ('x',))
        if self.chance(2) and log == 'feedback':
            rows.append((iso(self.first), 'a', '', '', '', '101', '', '', ''))
        self.rng.shuffle(options)
        return [word for option in options for word in option] + self.spread(log, rows)

    def calls(self):
        for log, tool in (('visits', 'visit-tally'), ('feedback', 'feedback-tally')):
            self.stdin = None
            options = self.call(log)
            yield tool, options, [log] + options


# ---- running ----------------------------------------------------------------------------------------------

class Runner:
    def __init__(self, seed, bindir):
        self.seed, self.bindir = seed, os.path.abspath(bindir)
        self.top = tempfile.mkdtemp(prefix='kpi-worlds.')
        self.refused = self.calls = self.failures = 0
        self.features = dict.fromkeys(ScoreWorld.FEATURES, 0)

    def tool(self, name, arguments, world):
        stdin = open(os.path.join(world.folder, world.stdin), 'rb') if world.stdin else subprocess.DEVNULL
        try:
            done = subprocess.run([os.path.join(self.bindir, name)] + arguments, cwd=world.folder, stdin=stdin,
                                  capture_output=True, timeout=60, close_fds=False)
        finally:
            if world.stdin:
                stdin.close()
        return done.returncode, done.stdout, done.stderr

    def oracle(self, arguments, world):
        stdin = open(os.path.join(world.folder, world.stdin or os.devnull), 'rb')
        back, sys.stdin = sys.stdin, type('Stdin', (), {'buffer': stdin})
        here = os.getcwd()
        os.chdir(world.folder)
        try:
            return oracle.run(arguments)
        finally:
            os.chdir(here)
            sys.stdin = back
            stdin.close()

    def differs(self, world, call):
        """The difference as text; None when there is none."""
        name, arguments, oracles = call
        self.calls += 1
        code, out, problems = self.oracle(oracles, world)
        got_code, got, stderr = self.tool(name, arguments, world)
        if (got_code, got) == (code, out):
            if code == 0 and isinstance(world, ScoreWorld) and oracles[:2] == ['score', '-l']:
                for feature in world.features():
                    self.features[feature] += 1
            return None
        if world.extreme and got_code == 3 and not got and b'out of range' in stderr:
            self.refused += 1
            return None
        return '%s\nexpected exit %d%s\n%sgot exit %d %s\n%s' % (
            shlex.join([name] + arguments) + (' <' + world.stdin if world.stdin else ''), code,
            ' (%s)' % '; '.join(problems[:3]) if problems else '', out.decode(), got_code,
            stderr.decode(errors='replace').strip(), got.decode(errors='replace'))

    def world(self, index):
        """Whether world number index passes."""
        rng = random.Random('%s/%d' % (self.seed, index))
        folder = os.path.join(self.top, '%d' % index)
        os.mkdir(folder)
        fine = True
        for kind in (ScoreWorld, LogWorld):
            world = kind(rng, folder)
            for call in world.calls():
                difference = self.differs(world, call)
                if difference:
                    print('world %s/%d differs, kept in %s: %s' % (self.seed, index, folder, difference), flush=True)
                    fine = False
                    break
            if not fine:
                break
        if fine:
            shutil.rmtree(folder)
        return fine

    def run(self, first, count):
        for index in range(first, first + count):
            self.failures += not self.world(index)
        if not self.failures:
            shutil.rmtree(self.top)
        print('%d worlds of seed %s, %d calls, %d refused as out of range' %
              (count, self.seed, self.calls, self.refused))
        rare, least = min((n, feature) for feature, n in self.features.items())[::-1]
        print('scored with each of %d things; seldomest, in %d worlds: %s' % (len(self.features), least, rare))
        if count >= MANY and not least:
            print('never: %s' % ', '.join(feature for feature, n in self.features.items() if not n))
            self.failures += 1
        print('%d passed, %d failed' % (count - self.failures, self.failures))
        return self.failures != 0


def main():
    if len(sys.argv) not in (4, 5):
        print('usage: worlds.py SEED N BINDIR [FIRST]', file=sys.stderr)
        return 2
    first = int(sys.argv[4]) if len(sys.argv) == 5 else 0
    return Runner(sys.argv[1], sys.argv[3]).run(first, int(sys.argv[2]))


if __name__ == '__main__':
    sys.exit(main())
