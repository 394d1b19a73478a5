#!/usr/bin/env python3
"""kpi-need, kpi-pace and kpi-score --stable on random worlds, against a second program in fractions.

  ahead.py SEED N BINDIR [FIRST]

Worlds and scores are those of tests/oracle. What a metric needs is looked for here by going through the pieces in which
the score is monotone; each answer is scored, and so is the value just before it. Whether a rank is stable is tried out
at every corner of the weights. A world that differs is kept. The last line is "N passed, N failed".
"""
import datetime
import itertools
import os
import random
import shlex
import shutil
import sys
from fractions import Fraction

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'oracle'))
import oracle
import worlds
from oracle import exact, fixed, lined

LIMIT = 10 ** 15
PIECES = 1500  # more are not gone through


class Ahead(oracle.Score):
    """A Score that can be asked what would be if."""

    def __init__(self, options):
        self.goals_of, self.trial, self.growth = {}, None, None
        super().__init__(options)

    def owner(self, owner, goals):
        self.goals_of[owner] = goals
        return super().owner(owner, goals)

    def actuals(self, owner, weights):
        found = super().actuals(owner, weights)
        if self.trial and self.trial[0] == owner:
            found[self.trial[1]] = self.trial[2]
        if self.growth and self.growth[owner] is not None:
            for name in found:
                if found[name] is not None and self.scheme.metrics[name].take in ('sum', 'count'):
                    found[name] *= self.growth[owner]
        return found

    def shown(self, owner, metric, actual):
        return '' if oracle.decimals(actual) is None and metric.take != 'mean' else super().shown(owner, metric, actual)

    def known(self, owner):
        return self.actuals(owner, self.weights(owner, self.goals_of[owner]))

    def with_value(self, owner, metric, value):
        self.trial = (owner, metric, value)
        scored = super().owner(owner, self.goals_of[owner])
        self.trial = None
        return scored.score

    def share(self, owner, metric):
        if not self.managers or not metric.prorate:
            return Fraction(1)
        return Fraction(self.managers.days(owner, self.days), self.days[1] - self.days[0] + 1)


# ---- what is needed ---------------------------------------------------------------------------------------

class Need:
    """One owner's metric: which value is the first that is enough."""

    def __init__(self, score, scored, name, options):
        self.score, self.scored, self.name, self.options = score, scored, name, options
        self.metric = score.scheme.metrics[name]
        self.actual = score.known(scored.owner).get(name)
        goal = score.goals_of[scored.owner].get(name)
        share = score.share(scored.owner, self.metric)
        self.setting = goal.at(score.as_of) if goal else None
        self.target = self.setting.target * share if goal else None
        self.base = self.setting.baseline * share if goal and self.setting.baseline is not None else None
        self.others = [other.score for other in score.scored if other is not scored and other.score is not None]
        self.digits = self.find_digits()
        self.unit = Fraction(1, 10 ** self.digits)
        self.cache = {}

    def find_digits(self):
        if self.metric.take == 'count':
            return 0
        if self.options.get('--digits'):
            return int(self.options['--digits'])
        count = 0
        for value in (self.target, self.base, self.actual):
            if value is not None:
                own = oracle.decimals(value)
                count = max(count, 2 if own is None or own > 6 else own)
        return count

    def grade(self, score):
        """The index of the grade that this score would have."""
        rank = 1 + sum(other > score for other in self.others)
        for i, (_, least, top) in enumerate(self.score.scheme.grades):
            if (least is None or score >= least) and (top is None or rank * 100 <= top * (len(self.others) + 1)):
                return i
        return len(self.score.scheme.grades)

    def wanted(self):
        """What is looked for, as text, and the test; None: nothing is."""
        if '--score' in self.options:
            aim = Fraction(self.options['--score'])
            return exact(aim), lambda score: score >= aim
        names = [lined(grade[0]) for grade in self.score.scheme.grades]
        if '--grade' in self.options:
            index = names.index(self.options['--grade'])
        else:
            index = names.index(self.scored.grade) if self.scored.grade else len(names)
            index -= 1
        if index < 0:
            return '', None
        return names[index], lambda score: self.grade(score) <= index

    def at(self, units):
        if units not in self.cache:
            self.cache[units] = self.score.with_value(self.scored.owner, self.name, units * self.unit)
        return self.cache[units]

    def good(self, units):
        score = self.at(units)
        return score is not None and self.enough(score)

    def ends(self):
        """From the first value to be tried to the last, in units."""
        most = int((LIMIT - Fraction(1, 10 ** 6)) / self.unit)
        least = 0 if self.metric.missing == 'zero' else 1
        if self.metric.lower:
            first = most if self.actual is None else self.actual // self.unit
            return int(first), least if self.metric.take == 'count' else min(-most, int(first))
        first = 0 if self.actual is None else -(-self.actual // self.unit)
        return int(max(first, least) if self.metric.take == 'count' else first), max(most, int(first))

    def breaks(self, low, high):
        """Values, in units, at which the score may do anything; None: too many."""
        found = set()
        if self.target is not None and self.base is not None:
            found |= {self.base + x * (self.target - self.base) for x, _ in self.metric.curve}
        elif self.target is not None and self.target:
            found |= {(2 - x if self.metric.lower else x) * self.target for x, _ in self.metric.curve}
        found.add(Fraction(0))
        for rule in self.score.scheme.gates:
            if rule.metric == self.name:
                found.add(rule.limit)
        for rule in self.score.scheme.adjust:
            if rule.metric != self.name or not rule.points:
                continue
            found.add(rule.limit)
            to = (low if rule.below else high) * self.unit
            steps = abs(to - rule.limit) // rule.each + 1
            if rule.at_most is not None:
                steps = min(steps, abs(rule.at_most / rule.points) // 1 + 2)
            if steps > PIECES:
                return None
            found |= {rule.limit + (-n if rule.below else n) * rule.each for n in range(int(steps) + 1)}
        units = set()
        for value in found:
            near = value // self.unit
            units |= {int(near) + d for d in (-1, 0, 1, 2)}
        return sorted(unit for unit in units if low < unit < high)

    def search(self):
        """The first good value in units; None: there is none. A single piece is monotone, so it is halved."""
        first, last = self.ends()
        low, high = min(first, last), max(first, last)
        if (first > last) != self.metric.lower and first != last:
            return None
        points = self.breaks(low, high)
        if points is None or len(points) > PIECES:
            return 'too many'
        stops = [low] + points + [high]
        if self.metric.lower:
            stops.reverse()
        for a, b in zip(stops, stops[1:] + stops[-1:]):
            if self.good(a):
                return a
            if not self.good(b):
                continue
            while abs(a - b) > 1:
                middle = (a + b) // 2
                a, b = (a, middle) if self.good(middle) else (middle, b)
            return b
        return None

    def gain(self, weight):
        """Points for one hundredth of the target, of the curve's piece that begins at or before the attainment."""
        x = oracle.attainment(self.metric, self.setting, self.score.share(self.scored.owner, self.metric), self.actual)
        at = [i for i, point in enumerate(self.metric.curve) if point[0] <= x]
        if not at or at[-1] == len(self.metric.curve) - 1 or (self.base is None and not self.target):
            return Fraction(0)
        (x0, y0), (x1, y1) = self.metric.curve[at[-1]:at[-1] + 2]
        way = abs(self.target - self.base) if self.base is not None else abs(self.target)
        return weight * (y1 - y0) / (x1 - x0) * abs(self.target) / way / 100

    def judge(self, fields):
        """What is wrong with an answer; None: nothing."""
        text, self.enough = self.wanted()
        target, actual, aim, need, more, score, gain = fields
        if aim != text:
            return 'for %r, not %r' % (aim, text)
        if self.enough is None:
            return 'an answer to nothing' if need or score else None
        found = self.search()
        first, last = self.ends()
        if need:
            units = Fraction(need) / self.unit
            before = units + (1 if self.metric.lower else -1)
            if need != fixed(units * self.unit, self.digits):
                return 'written with other decimals: %s' % need
            if not self.good(int(units)) or fixed(self.at(int(units)), self.score.scheme.digits) != score:
                return 'not enough: %s' % need
            if units != first and self.good(int(before)):
                return 'the one before is enough, too: %s' % need
            if self.actual is not None and Fraction(more) != Fraction(fixed(Fraction(need) - self.actual, 20)) and \
                    more != fixed(Fraction(need) - self.actual, 2):
                return 'more'
        if found != 'too many' and (exact(found * self.unit) if found is not None else None) != \
                (exact(Fraction(need)) if need else None):
            return 'found %s' % (exact(found * self.unit) if found is not None else None)
        return None

    def judge_gain(self, text):
        if self.actual is None or self.setting is None:
            return 'a gain' if text else None
        detail = next(d for d in self.scored.details if d[0] == self.name)
        want = fixed(self.gain(Fraction(detail[1])), 4)
        return None if text == want else 'gain %s, not %s' % (text, want)


# ---- pace -------------------------------------------------------------------------------------------------

class Days:
    """Which days count."""

    def __init__(self, kind, off, work):
        self.kind, self.off, self.work = kind, off, work

    def counts(self, ordinal):
        if self.kind == 'calendar' or any(a <= ordinal <= b for a, b in self.work):
            return True
        return datetime.date.fromordinal(ordinal).weekday() < 5 and not any(a <= ordinal <= b for a, b in self.off)


class Pace:
    def __init__(self, options, as_of, days):
        real = oracle.Measures
        oracle.Measures = lambda paths, whole: self.until(real(paths, whole), as_of)
        try:
            self.now = Ahead(options)
        finally:
            oracle.Measures = real
        self.as_of, self.days = as_of, days
        self.windows = {scored.owner: self.window(scored.owner) for scored in self.now.scored}
        self.forecast()

    @staticmethod
    def until(measures, as_of):
        found = {}
        for who, values in measures.of.items():
            values = [(its, value) for its, value in values if its[0] <= as_of]
            if values:
                found[who] = values
        measures.of = found
        return measures

    def window(self, owner):
        """(elapsed, all, over)."""
        first, last = self.now.days
        mine = [day for day in range(first, last + 1) if self.is_there(owner, day)] or list(range(first, last + 1))
        mine = [day for day in mine if self.days.counts(day)]
        elapsed = sum(day <= self.as_of for day in mine)
        return elapsed, len(mine), self.as_of == last or (mine and elapsed == len(mine))

    def is_there(self, owner, day):
        entries = self.now.managers.entries.get(owner, []) if self.now.managers else []
        return any(entry[0][0] <= day <= entry[0][1] for entry in entries)

    def grows(self, owner, name):
        return self.now.scheme.metrics[name].take in ('sum', 'count') and not self.windows[owner][2] and \
            self.actual_of[owner].get(name) is not None

    def forecast(self):
        now = self.now
        self.actual_of = {scored.owner: now.known(scored.owner) for scored in now.scored}
        self.first = now.scored
        now.growth = {owner: None if over or not elapsed else Fraction(all_days, elapsed)
                      for owner, (elapsed, all_days, over) in self.windows.items()}
        now.scored = [oracle.Score.owner(now, scored.owner, now.goals_of[scored.owner]) for scored in self.first]
        self.points = {scored.owner: scored.score for scored in now.scored}
        for scored in now.scored:
            if not self.windows[scored.owner][0] and any(self.grows(scored.owner, name)
                                                         for name in self.actual_of[scored.owner]):
                scored.score = None
        now.rank()

    def lines(self):
        for before, scored in zip(self.first, self.now.scored):
            weighted = len(self.now.weights(scored.owner, self.now.goals_of[scored.owner]))
            for i, detail in enumerate(scored.details):
                if i < weighted:
                    yield self.metric(scored.owner, before.details[i], detail)
                elif scored.score is not None:
                    yield self.rule(scored.owner, detail)

    def head(self, owner, name):
        return (self.now.text, lined(owner), lined(name))

    def metric(self, owner, before, detail):
        name, metric = detail[0], self.now.scheme.metrics[detail[0]]
        elapsed, all_days, over = self.windows[owner]
        rate = metric.take in ('sum', 'count')
        share = self.now.share(owner, metric)
        target = self.now.goals_of[owner][name].at(self.now.as_of).target * share
        actual = self.actual_of[owner][name]
        expected = target
        if rate and not over:
            expected = target * elapsed / all_days if all_days else None
        ahead = None
        if expected is not None and actual is not None:
            ahead = expected - actual if metric.lower else actual - expected
        needed = ''
        if rate and not over and all_days > elapsed:
            needed = (target - (actual or 0)) / (all_days - elapsed)
            needed = fixed(needed if metric.lower else max(needed, Fraction(0)), 2)
        told = not (self.grows(owner, name) and not elapsed)
        rounds = rate or share != 1
        forecast = ''
        if told and actual is not None:
            growth = self.now.growth[owner] if self.grows(owner, name) else 1
            forecast = fixed(actual * growth, 2) if rate else before[3]
        return self.head(owner, name) + (
            detail[2], before[3], '' if expected is None else fixed(expected, 2) if rounds else exact(expected),
            '' if ahead is None else fixed(ahead, 2), forecast, needed, detail[6] if told else '')

    def rule(self, owner, detail):
        name = detail[0]
        rate = self.now.scheme.metrics[name].take in ('sum', 'count')
        actual = self.actual_of[owner][name]
        shown = self.now.shown(owner, self.now.scheme.metrics[name], actual)
        growth = self.now.growth[owner] if self.grows(owner, name) else 1
        return self.head(owner, name) + ('', shown, '', '', fixed(actual * growth, 2) if rate else shown, '',
                                         detail[6])


# ---- stable ranks -----------------------------------------------------------------------------------------

class Profile:
    def __init__(self, score, scored):
        actuals = score.known(scored.owner)
        scheme = score.scheme
        self.total = scheme.points
        weighted = scored.details[:len(score.weights(scored.owner, score.goals_of[scored.owner]))]
        self.parts = [(name, Fraction(weight), Fraction(credit))
                      for name, weight, _, _, _, credit, _ in weighted if credit]
        self.changes = sum((oracle.rounded(rule.change(actuals[rule.metric]), scheme.digits)
                            for rule in scheme.adjust if actuals[rule.metric] is not None), Fraction(0))
        self.ceiling = min((rule.ceiling for rule in scheme.gates
                            if actuals[rule.metric] is not None and rule.over(actuals[rule.metric]) > 0), default=None)

    def weights(self):
        return [(name, weight) for name, weight, _ in self.parts]

    def box(self):
        move = self.total / 20
        return [(max(Fraction(0), weight - move), weight + move) for _, weight, _ in self.parts]

    def free(self, weights):
        """The score without gates."""
        mean = sum(w * credit for w, (_, _, credit) in zip(weights, self.parts)) / sum(weights)
        return mean * self.total + self.changes

    def scored(self, weights):
        return self.free(weights) if self.ceiling is None else min(self.free(weights), self.ceiling)

    def corners(self):
        return [corner for corner in itertools.product(*self.box()) if sum(corner)]


def crossings(a, b):
    """Where, on the edges of the box, b's score is as far above a's as a's is below b's ceiling, by linear forms."""
    box = b.box()
    credit = [pair[2] for pair in b.parts]
    f = [cb - ca[2] + (b.changes - a.changes) / b.total for cb, ca in zip(credit, a.parts)]
    g = [-ca[2] + (b.ceiling - a.changes) / b.total for ca in a.parts]
    for i, edge in enumerate(box):
        rest = [(0,) if k == i else ends for k, ends in enumerate(box)]
        for point in itertools.product(*rest):
            slope = f[i] - g[i]
            if not slope:
                continue
            at = -sum((f[k] - g[k]) * point[k] for k in range(len(box))) / slope
            if edge[0] < at < edge[1]:
                yield point[:i] + (at,) + point[i + 1:]


def flips(a, b):
    """Whether b, who comes behind a, can be above."""
    if a.weights() == b.weights():
        points = a.corners()
        if b.ceiling is not None:
            points = itertools.chain(points, crossings(a, b))
        return any(b.scored(point) > a.scored(point) for point in points if sum(point))
    return max(map(b.scored, b.corners())) > min(map(a.scored, a.corners()))


def stable_lines(score):
    ranked = sorted((s for s in score.scored if s.score is not None), key=lambda s: (s.rank, oracle.key_bytes(s.owner)))
    profiles = [Profile(score, scored) for scored in ranked]
    flip = [False] + [flips(a, b) for a, b in zip(profiles, profiles[1:])] + [False]
    beside = {}
    for i, scored in enumerate(ranked):
        above, below = flip[i], flip[i + 1]
        beside[scored.owner] = ('no' if above or below else 'yes', lined(ranked[i - 1].owner) if above else '',
                                lined(ranked[i + 1].owner) if below else '')
    for line, scored in zip(score.lines(False), score.scored):
        yield line + beside.get(scored.owner, ('', '', ''))


# ---- the run ----------------------------------------------------------------------------------------------

class CloseWorld(worlds.World):
    """Owners whose scores are near to each other and to the ceilings of gates."""
    damage = None

    def __init__(self, rng, folder):
        super().__init__(rng, folder)
        names = 'abcde'[:rng.randint(2, 5)]
        cuts = sorted(rng.sample(range(1, 40), len(names) - 1))
        weights = [Fraction(5 * (b - a), 2) for a, b in zip([0] + cuts, cuts + [40])]
        lines = ['scheme: close', 'metrics:']
        lines += ['  %s: {weight: %s}' % (name, exact(weight)) for name, weight in zip(names, weights)]
        lines += ['  z: {missing: zero}', 'adjust: [{metric: z, above: 9, points: -0.5}]', 'gates:']
        lines += ['  - {metric: z, above: %d, score_at_most: %s}' % (at, exact(Fraction(rng.randint(480, 510), 10)))
                  for at in (1, 2)]
        lines += ['---', 'goals: 2026-10', 'targets:']
        rows = []
        for owner in range(8):
            lines.append('  m%d: {%s}' % (owner, ', '.join('%s: 1000' % name for name in names)))
            for name in names:
                rows.append(('2026-10', 'm%d' % owner, name, str(rng.randint(440, 560))))
            if rng.random() < 0.6:
                rows.append(('2026-10', 'm%d' % owner, 'z', str(rng.randint(0, 11))))
        self.write('close.yaml', '\n'.join(lines) + '\n')
        self.arguments = ['-p', '2026-10', '-g', 'close.yaml', self.write_lines('m.tsv', rows)]


class Runner(worlds.Runner):
    def __init__(self, seed, bindir):
        super().__init__(seed, bindir)
        self.answers = self.reachable = self.searched = self.lines = self.ranks = self.unstable = self.held = 0

    def inside(self, world, work):
        """work() in the folder of world, standard input as the tools have it."""
        with open(os.path.join(world.folder, world.stdin or os.devnull), 'rb') as stdin:
            back, sys.stdin, here = sys.stdin, type('Stdin', (), {'buffer': stdin}), os.getcwd()
            os.chdir(world.folder)
            try:
                return work()
            finally:
                os.chdir(here)
                sys.stdin = back

    def options(self, world, drop):
        arguments = list(world.arguments)
        for name in drop:
            while name in arguments:
                at = arguments.index(name)
                del arguments[at:at + 2]
        options = oracle.PARSER.parse_args(['score'] + arguments)
        options.files = options.files or ['-']
        return arguments, options

    def score(self, options):
        try:
            return 0, Ahead(options)
        except (oracle.Bad, oracle.No, oracle.Usage) as error:
            return error.code, None

    def compare(self, world, name, arguments, want):
        code, out, err = self.tool(name, arguments, world)
        want_code, want_out = want
        if code == 3 and world.extreme and b'out of range' in err:
            self.refused += 1
            return None
        if (code, out) == (want_code, want_out):
            return None
        return '%s\nexpected exit %d\n%sgot exit %d %s\n%s' % (shlex.join([name] + arguments), want_code,
                                                             want_out.decode(), code, err.decode(), out.decode())

    def need(self, world, rng):
        arguments, options = self.options(world, ['-m'])
        code, score = self.inside(world, lambda: self.score(options))
        more = {}
        way = rng.random()
        if score and way < 0.5:
            top = int(score.scheme.points * 10)
            more['--score'] = exact(Fraction(rng.randint(0, top), 10))
        elif score and way < 0.65 and score.scheme.grades:
            more['--grade'] = lined(rng.choice(score.scheme.grades)[0])
        if rng.random() < 0.3:
            more['--digits'] = str(rng.choice([0, 1, 2, 6]))
        extra = [text for pair in more.items() for text in pair]
        got, out, err = self.tool('kpi-need', extra + arguments, world)
        where = shlex.join(['kpi-need'] + extra + arguments)
        if got == 3 and (b'too many steps' in err or (world.extreme and b'out of range' in err)):
            self.refused += 1
            return None
        if code or got:
            return None if code == got else '%s: exit %d, not %d %s' % (where, got, code, err.decode())
        rows = [line.split('\t') for line in out.decode().splitlines()]
        for row in rows:
            scored = next(s for s in score.scored if lined(s.owner) == row[1])
            name = next(name for name in score.scheme.metrics if lined(name) == row[2])
            one = Need(score, scored, name, more)
            fault = one.judge(row[3:]) or one.judge_gain(row[9])
            if fault:
                return '%s: %s: %s' % (where, row, fault)
            self.answers += 1
            self.reachable += row[6] != ''
            self.searched += one.enough is not None
        want = sum(len([name for name in score.scheme.metrics if name in score.known(s.owner)]) for s in score.scored)
        return None if len(rows) == want else '%s: %d lines, not %d' % (where, len(rows), want)

    def days(self, world, rng):
        """--days, and what it means."""
        kind = rng.choice(['calendar', 'weekdays', 'off.tsv', None])
        if kind != 'off.tsv':
            return ['--days', kind] if kind else [], Days(kind or 'calendar', [], [])
        first, last = world.days
        off, work, lines = [], [], ['# days off']
        for _ in range(rng.randint(0, 5)):
            a = rng.randint(first - 3, last + 3)
            b = a + rng.choice([0, 0, 1, 6])
            to, sign = rng.choice([(off, ''), (off, ''), (work, '+')])
            to.append((a, b))
            text = worlds.iso(a) if a == b else '%s..%s' % (worlds.iso(a), worlds.iso(b))
            lines.append(sign + text + rng.choice(['', '\tholiday', '\t节\t假']))
        with open(os.path.join(world.folder, 'off.tsv'), 'w', encoding='utf-8') as file:
            file.write('\n'.join(lines) + '\n')
        return ['--days', 'off.tsv'], Days('weekdays', off, work)

    def pace(self, world, rng):
        arguments, options = self.options(world, ['-m', '--as-of'])
        more, days = self.days(world, rng)
        as_of = rng.randint(*world.days)
        options.as_of = worlds.iso(as_of)
        more = ['-d', options.as_of] + more

        def work():
            try:
                pace = Pace(options, as_of, days)
            except (oracle.Bad, oracle.No, oracle.Usage) as error:
                return (error.code, b''), (error.code, b'')
            return tuple((0, ''.join('\t'.join(row) + '\n' for row in rows).encode())
                         for rows in (pace.now.lines(False), pace.lines()))

        try:
            scores, lines = self.inside(world, work)
        except StopIteration:
            return None
        self.lines += lines[1].count(b'\n')
        return self.compare(world, 'kpi-pace', more + arguments, scores) or \
            self.compare(world, 'kpi-pace', ['-l'] + more + arguments, lines)

    def stable(self, world, _):
        arguments, options = self.options(world, ['-m'])
        code, score = self.inside(world, lambda: self.score(options))
        rows = list(stable_lines(score)) if score else []
        self.ranks += len(rows)
        self.unstable += sum(row[5] == 'no' for row in rows)
        if score:
            self.held += sum(Profile(score, scored).ceiling is not None for scored in score.scored
                             if scored.score is not None)
        return self.compare(world, 'kpi-score', ['--stable'] + arguments,
                            (code, ''.join('\t'.join(row) + '\n' for row in rows).encode()))

    def world(self, index):
        rng = random.Random('ahead/%s/%d' % (self.seed, index))
        folder = os.path.join(self.top, '%d' % index)
        os.mkdir(folder)
        world = worlds.ScoreWorld(rng, folder)
        if world.damage == 'fault_period':
            world = worlds.ScoreWorld(rng, folder)
        fine = True
        for check in (self.need, self.pace, self.stable):
            difference = check(world, rng) if world.damage != 'fault_period' else None
            if difference:
                print('world %s/%d differs, kept in %s: %s' % (self.seed, index, folder, difference), flush=True)
                fine = False
        difference = self.stable(CloseWorld(rng, folder), rng)
        if difference:
            print('the close world %s/%d differs, kept in %s: %s' % (self.seed, index, folder, difference), flush=True)
            fine = False
        if fine:
            shutil.rmtree(folder)
        return fine

    def run(self, first, count):
        for index in range(first, first + count):
            self.failures += not self.world(index)
        if not self.failures:
            shutil.rmtree(self.top)
        print('%d worlds of seed %s: %d needs (%d looked for, %d reachable), %d lines of pace, %d ranks (%d unstable, '
              '%d under a gate), %d refused' % (count, self.seed, self.answers, self.searched, self.reachable,
                                                self.lines, self.ranks, self.unstable, self.held, self.refused))
        print('%d passed, %d failed' % (count - self.failures, self.failures))
        return self.failures != 0


def main():
    if len(sys.argv) not in (4, 5):
        print('usage: ahead.py SEED N BINDIR [FIRST]', file=sys.stderr)
        return 2
    first = int(sys.argv[4]) if len(sys.argv) == 5 else 0
    return Runner(sys.argv[1], sys.argv[3]).run(first, int(sys.argv[2]))


if __name__ == '__main__':
    sys.exit(main())
