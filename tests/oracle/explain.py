#!/usr/bin/env python3
"""Explanations of random worlds, redone: every formula that kpi-score -x prints is calculated anew, exactly, and must
give the figure beside it; every figure must follow from what stands before it, and lead to the oracle's score. Then
two explanations are compared by kpi-diff, and its parts by a replay of our own, which knows only what its page says.

  explain.py SEED N BINDIR [FIRST]
  explain.py --example BINDIR OPTION...     of kpi-score, without -x and -o

The last line is "N passed, N failed". bc(1) calculates all formulas, too, where it is installed.
"""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from fractions import Fraction

import oracle
import worlds

BC = shutil.which('bc')
FORMULA = re.compile(r'(?:[-+*/() 0-9.]|[<>]= 0)+')
PLACE = re.compile(r'[^\t ]+:[0-9]+(:[0-9]+)?')
STEPS = 'period manager metric step figure formula note'.split()
MOVES = 'manager metric cause from to points'.split()


class Wrong(Exception):
    pass


def must(holds, what, *more):
    if not holds:
        raise Wrong(what + ''.join(': %s' % (one,) for one in more))


def value(formula):
    """Of a formula, exactly."""
    must(FORMULA.fullmatch(formula), 'not a formula', formula)
    return Fraction(eval(re.sub(r'[0-9.]+', lambda n: "Fraction('%s')" % n.group(), formula)))


def number(text):
    """Of a JSON token: a number, or "N/D"."""
    over, _, under = text.partition('/')
    return Fraction(over) / Fraction(under or 1)


def fits(figure, exact):
    """Whether the figure is the exact value, rounded to the decimals that it has."""
    decimals = len(figure.partition('.')[2])
    return Fraction(figure) == oracle.rounded(exact, decimals)


def floored(figure, exact):
    if not figure.endswith('...'):
        return Fraction(figure) == exact
    cut = Fraction(figure[:-3])
    return abs(cut) <= abs(exact) < abs(cut) + Fraction(1, 10 ** 6) and len(figure.partition('.')[2]) == 6 + 3


class Calculator:
    """Formulas for bc, all in one go."""

    def __init__(self):
        self.asked = {}

    def ask(self, formula):
        self.asked[formula] = value(formula)
        return self.asked[formula]

    def check(self):
        if not BC or not self.asked:
            return
        lines = 'scale=90\n' + ''.join(formula + '\n' for formula in self.asked)
        done = subprocess.run([BC, '-q'], input=lines, capture_output=True, text=True,
                              env={'BC_LINE_LENGTH': '0', 'PATH': os.environ['PATH']})
        answers = done.stdout.split()
        must(not done.stderr and len(answers) == len(self.asked), 'bc', done.stderr)
        for (formula, exact), answer in zip(self.asked.items(), answers):
            must(abs(Fraction(answer) - exact) < Fraction(1, 10 ** 30), 'bc says ' + answer, formula)


# ---- one explanation ---------------------------------------------------------------------------------------

class Explanation:
    def __init__(self, given, calculator):
        self.given, self.ask = given, calculator.ask
        self.digits = given['digits']
        self.metrics = {one['metric']: one for one in given['metrics']}
        must(len(self.metrics) == len(given['metrics']), 'a metric twice')

    def check(self):
        total = Fraction(0)
        self.weights()
        for one in self.given['metrics']:
            self.actual(one)
            if one['weighted']:
                self.target(one)
                total += self.points(one)
        if self.given['score'] is None:
            must(all(one['skipped'] or not number(one['scaled_weight']) for one in self.given['metrics']
                     if one['weighted']), 'no score though something counts')
            return
        for rule in self.given['adjust']:
            total += self.adjust(rule)
        total += self.gates(total)
        must(total == number(self.given['score']), 'points do not add up to the score')
        must(fits(self.given['score'], self.ask(self.given['score_is'])), 'score', self.given['score_is'])

    def weights(self):
        mine = [one for one in self.given['metrics'] if one['weighted']]
        weights = {one['metric']: number(one['weight']) for one in mine}
        points = number(self.given['of_points'])
        must(sum(weights.values()) == points, 'weights')
        skipped = set(one['metric'] for one in mine if one['skipped'])
        must(skipped == set(one['metric'] for one in mine if one['missing'] == 'skip' and not one['known']), 'skips')
        left = sum(weight for name, weight in weights.items() if name not in skipped)
        expected = oracle.scaled(weights, skipped, points, self.digits) if skipped and left else weights
        for one in mine:
            got = number(one['scaled_weight'])
            must(got == (0 if one['metric'] in skipped else expected[one['metric']]), 'scaled weight', one['metric'])
            if one['scaled_weight_is']:
                must(abs(self.ask(one['scaled_weight_is']) - got) < Fraction(1, 10 ** self.digits), 'scaled weight')
            else:
                must(one['metric'] in skipped or got == weights[one['metric']], 'scaled weight without a formula')

    def actual(self, one):
        lines = one.get('lines')
        if lines is not None:
            must(len(lines) == one['measures'], 'lines')
        if not one['measures']:
            must(one['known'] == (one['missing'] == 'zero'), 'known')
            must(not one['known'] or number(one['actual']) == 0, 'zero')
            return
        actual = number(one['actual'])
        if one['actual_is']:
            must(self.ask(one['actual_is']) == actual, 'actual')
        if lines:
            values = [number(line['value']) for line in lines]
            take = {'sum': sum, 'mean': lambda v: sum(v) / len(v), 'max': max, 'min': min, 'count': len,
                    'last': lambda v: self.last(lines)}[one['take']]
            must(take(values) == actual, 'actual of lines', one['metric'])

    @staticmethod
    def last(lines):
        def rank(line):
            first, last = oracle.period(line['period'])
            return last, last - first
        return number(max(lines, key=rank)['value'])

    def target(self, one):
        setting = number(one['target'])
        as_of = oracle.day(self.given['as_of'])
        expected = one['set']
        for revision in one['revisions']:
            must(revision['in_force'] == (oracle.day(revision['on']) <= as_of), 'in force')
            if revision['in_force']:
                expected = revision
        must(number(expected['target']) == setting and expected['baseline'] == one['baseline'], 'revision')
        if one['target_is']:
            must(self.ask(one['target_is']) == setting, 'target')
        share = Fraction(self.given['days'], self.given['all_days']) if one['prorated'] else 1
        must(not one['prorated'] or share != 1, 'prorated by nothing')
        for key, base in (('prorated_target', setting), ('prorated_baseline', number(one['baseline'] or '0'))):
            if one[key + '_is']:
                must(self.ask(one[key + '_is']) == number(one[key]) == base * share, key)
        must(bool(one['prorated_target_is']) == one['prorated'], 'prorated target')
        self.t, self.b = setting * share, None if one['baseline'] is None else number(one['baseline']) * share

    def points(self, one):
        if one['skipped']:
            must(one['points'] is None and one['credit'] is None, 'skipped')
            return Fraction(0)
        if not one['known']:
            must(one['attainment'] is None and number(one['points']) == 0, 'points of nothing')
            return Fraction(0)
        a, t, b = number(one['actual']), self.t, self.b
        lower = one['better'] == 'lower'
        if b is not None:
            x = (a - b) / (t - b)
        elif t:
            x = 2 - a / t if lower else a / t
        else:
            x = Fraction(a <= 0 if lower else a >= 0)
        must(self.ask(one['attainment_is']) == x and fits(one['attainment'], x), 'attainment', one['metric'])
        y = self.credit(one, x)
        must(self.ask(one['credit_is']) == y and fits(one['credit'], y), 'credit', one['metric'])
        exact = number(one['scaled_weight']) * y
        must(self.ask(one['unrounded_is']) == exact and floored(one['unrounded'], exact), 'unrounded', one['metric'])
        must(number(one['points']) == oracle.rounded(exact, self.digits), 'points', one['metric'])
        return number(one['points'])

    @staticmethod
    def credit(one, x):
        curve = [tuple(map(number, point)) for point in one['curve']]
        metric = oracle.Metric('', {})
        metric.curve = curve
        before = [i for i, point in enumerate(curve) if point[0] <= x]
        segment = curve[before[-1]:before[-1] + 2] if before else curve[:1]
        must([tuple(map(number, point)) for point in one['segment']] == segment, 'segment', one['metric'])
        return metric.credit(x)

    def rule(self, rule):
        """How far its metric is beyond the limit; None: nothing is known of it."""
        one = self.metrics[rule['metric']]
        if not one['known']:
            must(rule['change'] is None, 'a change by nothing')
            return None
        a = number(one['actual'])
        return a - number(rule['above']) if 'above' in rule else number(rule['below']) - a

    def adjust(self, rule):
        over = self.rule(rule)
        if over is None:
            return Fraction(0)
        steps = max(0, over // number(rule['each']))
        if rule['steps'] is not None:
            must(self.ask(rule['steps_is']) == over / number(rule['each']), 'steps')
            must(number(rule['steps']) == steps, 'steps')
        change = steps * number(rule['points'])
        must(rule['unlimited'] is None or number(rule['unlimited']) == change, 'unlimited')
        if rule['at_most'] is not None:
            change = max(-number(rule['at_most']), min(number(rule['at_most']), change))
        must(number(rule['change']) == oracle.rounded(change, self.digits), 'change')
        return number(rule['change'])

    def gates(self, score):
        bites, changes = [], []
        for rule in self.given['gates']:
            over = self.rule(rule)
            must(rule['beyond'] == (over is not None and over > 0), 'beyond')
            if rule['beyond']:
                bites.append(number(rule['score_at_most']))
            changes.append(number(rule['change'] or '0'))
        expected = min([score] + bites) - score
        must(sum(changes) == expected and sum(map(bool, changes)) == bool(expected), 'gates')
        return expected


def detail(one):
    """A metric as its detail line has it, with exact figures."""
    return (one['metric'], oracle.exact(number(one['scaled_weight'])), one['attainment'] or '', one['credit'] or '',
            one['points'] or '')


def check_steps(rows, calculator):
    """The steps as lines: each formula gives its figure."""
    for row in rows:
        must(len(row) == len(STEPS), 'fields', row)
        step = dict(zip(STEPS, row))
        if not step['formula']:
            continue
        exact = calculator.ask(step['formula'])
        figure = step['figure']
        if step['step'] == 'unrounded':
            must(floored(figure, exact), 'step', row)
        elif step['step'] == 'steps':
            must(Fraction(figure) == max(0, exact // 1), 'step', row)
        elif step['step'] == 'scaled weight':
            must(abs(Fraction(figure) - exact) < 1, 'step', row)
        else:
            must(fits(figure, exact), 'step', row)


# ---- two explanations --------------------------------------------------------------------------------------

class State:
    """The metrics of a run while they are replaced, and what they come to."""

    def __init__(self, given):
        self.of_points, self.digits = number(given['of_points']), given['digits']
        self.metrics = {}
        for one in given['metrics']:
            self.metrics[one['metric']] = Part(one, given) if one['weighted'] else None

    def score(self):
        """Of all metrics; None: it has none."""
        mine = {name: part for name, part in self.metrics.items() if part}
        weights = {name: part.weight for name, part in mine.items()}
        skipped = set(name for name, part in mine.items() if part.actual == 'skipped')
        left = sum(weight for name, weight in weights.items() if name not in skipped)
        if skipped and left not in (0, self.of_points):
            weights.update(oracle.scaled(weights, skipped, self.of_points, self.digits))
        total = Fraction(0)
        for name, part in mine.items():
            if part.actual in ('skipped', 'none'):
                continue
            x = part.attainment()
            if x is None:
                return None
            metric = oracle.Metric('', {})
            metric.curve = part.curve
            total += oracle.rounded(weights[name] * metric.credit(x), self.digits)
        return total


class Part:
    CAUSES = ['actual', 'target', 'baseline', 'proration', 'weight', 'better', 'curve']

    def __init__(self, one, given):
        self.actual = number(one['actual']) if one['known'] else 'skipped' if one['missing'] == 'skip' else 'none'
        self.target = number(one['target'])
        self.baseline = None if one['baseline'] is None else number(one['baseline'])
        self.proration = Fraction(given['days'], given['all_days']) if one['prorated'] else None
        self.weight = number(one['weight'])
        self.better = one['better']
        self.curve = [tuple(map(number, point)) for point in one['curve']]

    def attainment(self):
        share = self.proration or Fraction(1)
        t = self.target * share
        if self.baseline is not None:
            b = self.baseline * share
            return (self.actual - b) / (t - b) if t != b else None
        if t < 0:
            return None
        lower = self.better == 'lower'
        if t == 0:
            return Fraction(self.actual <= 0 if lower else self.actual >= 0)
        return 2 - self.actual / t if lower else self.actual / t


def replay(a, b):
    """The moves from explanation a to b: (metric, cause, points)."""
    state, after = State(a), State(b)
    sums = [state.score()]
    moves, pending = [], []

    def tried(metric):
        now = state.score()
        if now is not None:
            moves.append((metric, '+'.join(pending), now - sums[-1]))
            sums.append(now)
            pending.clear()

    for metric in list(state.metrics) + [name for name in after.metrics if name not in state.metrics]:
        old, new = state.metrics.get(metric), after.metrics.get(metric)
        if old is None and new is None:
            continue
        if old is None or new is None:
            state.metrics[metric] = new
            pending.append('metric')
            tried(metric)
            continue
        for cause in Part.CAUSES:
            if getattr(old, cause) != getattr(new, cause):
                setattr(old, cause, getattr(new, cause))
                pending.append(cause)
                tried(metric)
    must(not pending, 'a part that is never taken')
    last = after.score()
    if last != sums[-1] or (a['digits'], number(a['of_points'])) != (b['digits'], number(b['of_points'])):
        moves.append(('', 'scheme', last - sums[-1]))
    for key, cause in (('adjust', 'adjustment'), ('gates', 'gate')):
        changes = [{}, {}]
        for given, changed in zip((a, b), changes):
            for rule in given[key]:
                changed[rule['metric']] = changed.get(rule['metric'], 0) + number(rule['change'] or '0')
        for metric in set(changes[0]) | set(changes[1]):
            points = changes[1].get(metric, 0) - changes[0].get(metric, 0)
            if points:
                moves.append((metric, cause, points))
    return moves


def check_moves(rows, a, b):
    """Those of one owner: as replayed, and adding up."""
    first, *rows = [dict(zip(MOVES, row)) for row in rows]
    if a['score'] is None or b['score'] is None:
        must(first['cause'] == 'unscored' and not rows, 'unscored', rows)
        return 0
    must(first['cause'] == 'score' and number(first['from']) == number(a['score']) and
         number(first['to']) == number(b['score']), 'score', first)
    must(number(b['score']) - number(a['score']) == number(first['points']) ==
         sum(number(row['points']) for row in rows), 'moves do not add up', rows)
    got = [(row['metric'], row['cause'], number(row['points'])) for row in rows]
    expected = [(oracle.lined(metric), cause, points) for metric, cause, points in replay(a, b)]
    rules = ('adjustment', 'gate')
    must([one for one in got if one[1] not in rules] == [one for one in expected if one[1] not in rules], 'moves',
         got, expected)
    must(sorted(got) == sorted(expected), 'moves of rules', got, expected)
    return len(rows)


def check_figures(rows, a, b):
    """By printed figures only: adding up, and nothing named that does not differ."""
    first, *rows = [dict(zip(MOVES, row)) for row in rows]
    if first['cause'] != 'score':
        return
    must(number(first['points']) == sum(number(row['points']) for row in rows), 'figures do not add up', rows)
    for row in rows:
        causes = row['cause'].split('+')
        must(causes[-1] in ('unseen', 'metric', 'gate'), 'cause', row)
        one, other = (next((m for m in given['metrics'] if oracle.lined(m['metric']) == row['metric']), None)
                      for given in (a, b))
        for cause, key in (('actual', 'actual'), ('target', 'target'), ('weight', 'scaled_weight')):
            must(cause not in causes or one[key] != other[key] or one['prorated'] or other['prorated'] or
                 one['take'] != other['take'], 'a wrong cause', row)


# ---- worlds ------------------------------------------------------------------------------------------------

def loads(text):
    """Numbers stay text."""
    return json.loads(text, parse_float=str, parse_int=str)


def tidy(given):
    """Counts are numbers after all."""
    for key in ('digits', 'ranked', 'days', 'all_days'):
        given[key] = int(given[key])
    for one in given['metrics']:
        one['measures'] = int(one['measures'])
    return given


class Runner(worlds.Runner):
    def __init__(self, seed, bindir):
        super().__init__(seed, bindir)
        self.explained = self.pairs = self.moves = self.formulas = 0
        self.before = []
        self.shuffled = 0

    def explain(self, world, more):
        """Explanations by -x (or -xx) as JSON, and as lines."""
        code, out, stderr = self.tool('kpi-score', more + ['-o', 'json'] + world.arguments, world)
        lined_code, lines, _ = self.tool('kpi-score', more + ['-o', 'lines'] + world.arguments, world)
        must(code == lined_code, 'two exit codes')
        return code, out.decode(), lines.decode(), stderr.decode(errors='replace')

    def check(self, world):
        more = world.pick(['-x'], ['-x'], ['-xx'])
        code, out, lines, stderr = self.explain(world, more)
        expected, _, problems = self.oracle(['score'] + world.arguments, world)
        if world.extreme and code == 3 and 'out of range' in stderr:
            self.refused += 1
            return []
        must(code == expected, 'exit %d, not %d' % (code, expected), stderr, problems)
        if code:
            must(not out and not lines, 'output of a failure')
            return []
        calculator = Calculator()
        _, details, _ = self.oracle(['score', '-l'] + world.arguments, world)
        given = [tidy(loads(line)) for line in out.splitlines()]
        for one in given:
            Explanation(one, calculator).check()
            self.explained += 1
        self.same_details(given, details.decode())
        check_steps([line.split('\t') for line in lines.splitlines()], calculator)
        calculator.check()
        self.formulas += len(calculator.asked)
        if world.chance(25):
            self.shuffle(world, more, lines)
        return [(one, line) for one, line in zip(given, out.splitlines())]

    def shuffle(self, world, more, lines):
        """Lines in another order change nothing but what says where they stand."""
        for name in os.listdir(world.folder):
            path = os.path.join(world.folder, name)
            with open(path, 'rb') as file:
                rows = file.read().splitlines(keepends=True)
            if name.endswith('.tsv') and rows and not rows[0].startswith(b'\xef'):
                world.rng.shuffle(rows)
                with open(path, 'wb') as file:
                    file.writelines(rows)
        _, _, shuffled, _ = self.explain(world, more)
        must(PLACE.sub('', shuffled) == PLACE.sub('', lines), 'another order of lines', shuffled)
        self.shuffled += 1

    @staticmethod
    def same_details(given, details):
        """Weights, credits and points as the oracle has them."""
        mine = [(oracle.lined(one['manager']),) + tuple(map(oracle.lined, detail(metric)))
                for one in given for metric in one['metrics'] if metric['weighted']]
        theirs = [(row[1], row[2], row[3], row[6], row[7], row[8])
                  for row in (line.split('\t') for line in details.splitlines()) if row[3]]
        must(mine == theirs, 'details', mine, theirs)

    def diff(self, world, runs):
        """kpi-diff of two runs, each [(explanation, its line)], of the same managers."""
        for name, run in zip(('a.json', 'b.json'), runs):
            with open(os.path.join(world.folder, name), 'w', encoding='utf-8') as file:
                file.write(''.join(line + '\n' for _, line in run))
        code, out, stderr = self.tool('kpi-diff', ['a.json', 'b.json'], world)
        if code == 3 and b'out of range' in stderr and world.extreme:
            self.refused += 1
            return
        must(code == 0, 'kpi-diff', stderr.decode(errors='replace'))
        self.compare(out.decode(), runs, check_moves)
        plain = os.path.join(world.folder, 'b.tsv')
        with open(plain, 'w', encoding='utf-8') as file:
            for given, _ in runs[1]:
                file.write(''.join(self.plain_lines(given)))
        code, out, stderr = self.tool('kpi-diff', ['a.json', 'b.tsv'], world)
        must(code == 0, 'kpi-diff of lines', stderr.decode(errors='replace'))
        self.compare(out.decode(), runs, check_figures)

    @staticmethod
    def plain_lines(given):
        """Its detail lines."""
        who = '%s\t%s\t' % (given['period'], oracle.lined(given['manager']))
        digits = given['digits']
        for one in given['metrics']:
            if not one['weighted']:
                continue
            target = number(one['prorated_target'] or one['target'])
            target = oracle.fixed(target, 2) if one['prorated'] else oracle.exact(target)
            actual = ''
            if one['known']:
                rounds = one['take'] == 'mean' and one['measures']
                actual = oracle.fixed(number(one['actual']), 2) if rounds else oracle.exact(number(one['actual']))
            yield who + '\t'.join((oracle.lined(one['metric']), one['scaled_weight'], target, actual,
                                   one['attainment'] or '', one['credit'] or '', one['points'] or '')) + '\n'
        for rule in given['adjust'] + given['gates']:
            if rule['change'] and number(rule['change']):
                yield who + '%s\t\t\t\t\t\t%s\n' % (oracle.lined(rule['metric']),
                                                    oracle.fixed(number(rule['change']), digits))

    def compare(self, out, runs, check):
        rows = [line.split('\t') for line in out.splitlines()]
        sides = [{given['manager']: given for given, _ in run} for run in runs]
        for name in sorted(set(sides[0]) | set(sides[1]), key=oracle.key_bytes):
            mine = [row for row in rows if row[0] == oracle.lined(name)]
            rows = [row for row in rows if row[0] != oracle.lined(name)]
            if name in sides[0] and name in sides[1]:
                self.pairs += 1
                self.moves += check(mine, sides[0][name], sides[1][name]) or 0
            else:
                must([row[2] for row in mine] == ['new' if name in sides[1] else 'gone'], 'new or gone', mine)
        must(not rows, 'rows of nobody', rows)

    def other(self, world, run):
        """The same managers as scored in another world: under their names."""
        others = []
        for (given, _), (theirs, line) in zip(run, self.before):
            line = line.replace('"manager":' + json.dumps(theirs['manager'], ensure_ascii=False),
                                '"manager":' + json.dumps(given['manager'], ensure_ascii=False), 1)
            others.append((dict(theirs, manager=given['manager']), line))
        return others[:len(others) - 1] if len(others) > 2 and world.chance(10) else others

    def again(self, world):
        """The same world with other measures, as of another day."""
        arguments = list(world.arguments)
        if '--as-of' in arguments:
            del arguments[arguments.index('--as-of'):][:2]
        arguments = ['--as-of', worlds.iso(world.rng.randint(world.days[0] - 12, world.days[1] + 12))] + arguments
        for name in os.listdir(world.folder):
            if name.startswith('measures'):
                path = os.path.join(world.folder, name)
                with open(path, 'rb') as file:
                    lines = file.readlines()
                with open(path, 'wb') as file:
                    file.writelines(line for line in lines if world.chance(70))
        code, out, _ = self.tool('kpi-score', ['-x', '-o', 'json'] + arguments, world)
        return [(tidy(loads(line)), line) for line in out.decode().splitlines()] if code == 0 else []

    def world(self, index):
        rng = random.Random('%s/%d' % (self.seed, index))
        folder = os.path.join(self.top, '%d' % index)
        os.mkdir(folder)
        world = worlds.ScoreWorld(rng, folder)
        try:
            run = self.check(world)
            if run and self.before:
                self.diff(world, (self.other(world, run), run))
            if run:
                self.before = run
                self.diff(world, (run, self.again(world)))
        except Wrong as wrong:
            print('world %s/%d, kept in %s: kpi-score -x %s: %s' %
                  (self.seed, index, folder, ' '.join(world.arguments), wrong), flush=True)
            return False
        shutil.rmtree(folder)
        return True

    def run(self, first, count):
        for index in range(first, first + count):
            self.failures += not self.world(index)
        if not self.failures:
            shutil.rmtree(self.top)
        print('%d worlds of seed %s, %d explanations, %d formulas%s, %d pairs, %d moves, %d shuffled, %d refused as out of range' %
              (count, self.seed, self.explained, self.formulas, ' by bc, too' if BC else '', self.pairs, self.moves,
               self.shuffled, self.refused))
        print('%d passed, %d failed' % (count - self.failures, self.failures))
        return self.failures != 0


def example(bindir, options):
    calculator = Calculator()
    tool = [os.path.join(os.path.abspath(bindir), 'kpi-score'), '-x', '-o']
    out = subprocess.run(tool + ['json'] + options, check=True, capture_output=True).stdout.decode()
    lines = subprocess.run(tool + ['lines'] + options, check=True, capture_output=True).stdout.decode()
    given = [tidy(loads(line)) for line in out.splitlines()]
    rows = [line.split('\t') for line in lines.splitlines()]
    for one in given:
        Explanation(one, calculator).check()
    check_steps(rows, calculator)
    calculator.check()
    must(given and calculator.asked, 'nothing to check')
    print('%d explanations, %d lines, %d formulas%s' %
          (len(given), len(rows), len(calculator.asked), ' by bc, too' if BC else ''))
    return 0


def main():
    if sys.argv[1:2] == ['--example']:
        return example(sys.argv[2], sys.argv[3:])
    if len(sys.argv) not in (4, 5):
        print('usage: explain.py SEED N BINDIR [FIRST]', file=sys.stderr)
        return 2
    first = int(sys.argv[4]) if len(sys.argv) == 5 else 0
    return Runner(sys.argv[1], sys.argv[3]).run(first, int(sys.argv[2]))


if __name__ == '__main__':
    sys.exit(main())
