#!/usr/bin/env python3
"""feedback-due on random worlds, against what its page says, worked out a second time: dues.py SEED N BINDIR

Written from the page alone, in the plainest way: every line of feedback is held against every visit. Scores are
fractions. The last line is "N passed, N failed"; the first worlds that differ are shown."""
import datetime
import os
import random
import re
import subprocess
import sys
import tempfile
from fractions import Fraction

TODAY = datetime.date(2026, 11, 2)
CLIENTS = ['C1', 'C2', 'C3', '华东 集团', 'c1', 'Ａ']
MANAGERS = ['wang.li', '张敏', 'a', 'b', 'o\'neill']
SOURCES = ['survey', 'call', 'app', 'peer', 'supervisor', 'self', '']
THEMES = ['', 'delivery/late', '价格', 'a\\\\b']
COMMENTS = ['', 'late again', '又晚了', 'one\\ntwo\\t\\\\', '评' * 159 + '\\n', '评' * 160, '评' * 161, 'x' * 159 + '\\\\y', '…']
SCALES = [(0, 10), (0, 10), (1, 10), (1, 5), (0, 100), (2, 10), (-100, 100)]
COLLEAGUES = ('peer', 'supervisor', 'self')


# ---- the oracle ----

def day(text):
    return datetime.date.fromisoformat(text[:10])


def utc_day(text):
    """The UTC day of a date, perhaps with a time and an offset."""
    offset = re.search(r'([+-])(\d\d):(\d\d)$', text[10:])
    clock = re.match(r'T(\d\d):(\d\d)', text[10:])
    if not clock or not offset:
        return day(text)
    minutes = int(clock[1]) * 60 + int(clock[2])
    ahead = (int(offset[2]) * 60 + int(offset[3])) * (-1 if offset[1] == '-' else 1)
    return day(text) + datetime.timedelta((minutes - ahead) // 1440)


def known(logged, options):
    return 'as_of' not in options or not logged or utc_day(logged) <= options['as_of']


def owner(client, manager, book, today):
    """Whose visit it is; None: nobody's, as it is no client today."""
    entries = [entry for entry in book or [] if entry[0] == client]
    if not client or not entries:
        return manager
    for entry in entries:
        if (not entry[4] or day(entry[4]) <= today) and (not entry[5] or today <= day(entry[5])):
            return entry[2] or manager
    return None


def covered(client, given, wait, visits, today):
    mine = [visit for visit in visits if visit[2] == client]
    for visit in mine:
        when = day(visit[0])
        if when <= given:
            continue
        if visit[4] == 'done' and when <= today:
            return True
        same = [other[4] for other in mine if day(other[0]) == when]
        stands = same.count('planned') > same.count('cancelled') + same.count('missed')
        if visit[4] == 'planned' and stands and today <= when + datetime.timedelta(wait):
            return True
    return False


def plain_number(value):
    text = '%d' % value if value.denominator == 1 else ('%s%d.%06d' % (
        '-' if value < 0 else '', abs(value) * 10 ** 6 // 10 ** 6, abs(value) * 10 ** 6 % 10 ** 6)).rstrip('0')
    return text


def cut(comment):
    letters = re.findall(r'\\.|[^\\]', comment)
    return ''.join(letters[:160]) + ('…' if len(letters) > 160 else '')


def oracle(world):
    """What is printed, the exit status, whether lines without client are told of."""
    options, today = world['options'], world['today']
    low, high = (Fraction(n) for n in options.get('scale', (0, 10)))
    visits = [visit for visit in world['visits'] if known(visit[8], options)]
    groups, nameless = {}, 0
    for name, number, line in world['feedback']:
        date, manager, client, source, theme, score, resolved, logged, comment = line
        given, who = day(date), owner(client, manager, world['book'], today)
        if who is None or not score or not known(logged, options):
            continue
        if 'period' in options and not options['period'][0] <= given <= options['period'][1]:
            continue
        if source not in options['sources'] if 'sources' in options else source in COLLEAGUES:
            continue
        if 'managers' in options and who not in options['managers']:
            continue
        if 'clients' in options and client not in options['clients']:
            continue
        value = Fraction(score)
        assert low <= value <= high
        detractor = value < low + Fraction(7, 10) * (high - low)
        promoters = 9 if (low, high) in ((0, 10), (1, 10)) else low + Fraction(9, 10) * (high - low)
        if not detractor and value >= promoters:
            continue
        wait = options.get('detractors', 2) if detractor else options.get('passives', 5)
        if (resolved and day(resolved) <= today) or given + datetime.timedelta(wait) >= today:
            continue
        if not client:
            nameless += 1
        elif not covered(client, given, wait, visits, today):
            groups.setdefault((who.encode(), client.encode()), []).append(
                (not detractor, value, given, theme.encode(), comment.encode(), name, number))
    rows = []
    for (who, client), lines in sorted(groups.items()):
        worst = min(lines, key=lambda line: line[:5])  # the first of equal ones
        purpose = 'feedback %s of %s' % (plain_number(worst[1]), worst[2])
        purpose += ''.join(': ' + part for part in (worst[3].decode(), cut(worst[4].decode())) if part)
        places = ['%s:%d' % line[5:] for line in [worst] + [line for line in lines if line is not worst]]
        note = ', '.join(places[:4]) + (' and %d more' % (len(places) - 4) if len(places) > 4 else '')
        rows.append('\t'.join([str(options.get('date', today)), who.decode(), client.decode(),
                               options.get('kind', 'visit'), 'planned', purpose, '', '', '', note]) + '\n')
    return ''.join(rows), 1 if rows or nameless else 0, nameless


# ---- worlds ----

class World(dict):
    def __init__(self, seed):
        super().__init__()
        rng = self.rng = random.Random(seed)
        self['today'], self['options'], self['book'] = TODAY, {}, None
        options = self['options']
        if rng.random() < 0.3:
            self['today'] = options['as_of'] = TODAY - datetime.timedelta(rng.randrange(20))
        if rng.random() < 0.5:
            options['scale'] = rng.choice(SCALES)
        for name in 'detractors', 'passives':
            if rng.random() < 0.3:
                options[name] = rng.choice([0, 1, 2, 3, 7, 10])
        for name, values in ('managers', MANAGERS), ('clients', CLIENTS), ('sources', SOURCES[:6]):
            if rng.random() < 0.2:
                options[name] = rng.sample(values, rng.choice([1, 1, 2, 3]))
        if rng.random() < 0.2:
            first = TODAY - datetime.timedelta(rng.randrange(25))
            options['period'] = (first, first + datetime.timedelta(rng.randrange(15)))
        if rng.random() < 0.2:
            options['date'] = TODAY + datetime.timedelta(rng.randrange(-3, 9))
        if rng.random() < 0.2:
            options['kind'] = rng.choice(['call', '上门', 'meeting'])
        self['visits'] = [self.visit() for _ in range(rng.choice([0, 0, 1, 3, 8, 20]))]
        self['lines'] = [self.feedback() for _ in range(rng.choice([0, 1, 3, 8, 20, 40]))]
        if rng.random() < 0.4:
            self['book'] = [entry for client in CLIENTS[:5] if rng.random() < 0.8 for entry in self.entries(client)]

    def date(self, times=True):
        rng = self.rng
        text = str(TODAY + datetime.timedelta(rng.choice([rng.randrange(-12, 3), rng.randrange(-40, 20)])))
        if times and rng.random() < 0.2:
            text += rng.choice(['T00:00', 'T23:59:59Z', 'T00:30+08:00', 'T23:30-08:00'])
        return text

    def logged(self):
        return self.rng.choice(['', str(TODAY - datetime.timedelta(self.rng.randrange(25))) + self.rng.choice(
            ['T09:00:00Z', 'T00:30+01:00', 'T23:30:00-02:00', ''])])

    def visit(self):
        rng = self.rng
        return [self.date(), rng.choice(MANAGERS), rng.choice(CLIENTS + ['']), rng.choice(['visit', 'call']),
                rng.choice(['done', 'planned', 'planned', 'planned', 'missed', 'cancelled']), '', '', '', self.logged(), '']

    def feedback(self):
        rng = self.rng
        low, high = self['options'].get('scale', (0, 10))
        # Where it matters most: at the limits, and a millionth beside them.
        edges = [low, high, low + Fraction(7, 10) * (high - low), low + Fraction(9, 10) * (high - low), 7, 9]
        score = rng.choice(edges) + rng.choice([0, 0, Fraction(1, 10 ** 6), -Fraction(1, 10 ** 6), -1, -2])
        score = min(max(Fraction(score), low), high)
        text = rng.choice(['', plain_number(score), plain_number(score), plain_number(score)])
        given, resolved = self.date(), rng.choice(['', '', '', self.date()])
        if resolved and day(resolved) < day(given):
            resolved = ''
        source = rng.choice(SOURCES[:3] + SOURCES)
        return [given, rng.choice(MANAGERS), rng.choice(CLIENTS + CLIENTS[:3] + ['']), source, rng.choice(THEMES), text,
                resolved, self.logged(), rng.choice(COMMENTS)]

    def entries(self, client):
        rng = self.rng
        cut_at = TODAY + datetime.timedelta(rng.randrange(-15, 5))
        who = lambda: rng.choice(MANAGERS + [''])
        return rng.choice([[[client, '', who(), 'key', '', '']], [[client, '', who(), 'key', '', str(cut_at)]],
                           [[client, '', who(), 'key', str(cut_at), '']],
                           [[client, '', who(), 'key', '', str(cut_at)],
                            [client, '', who(), 'key', str(cut_at + datetime.timedelta(1)), '']]])

    def write(self, folder, name, rows):
        """Writes rows; the numbers of their lines."""
        rng, text, numbers, at = self.rng, '', [], 0
        for row in rows:
            if rng.random() < 0.1:
                text, at = text + rng.choice(['\n', '# remark\twith a tab\n']), at + 1
            text, at = text + '\t'.join(row) + '\n', at + 1
            numbers.append(at)
        if rng.random() < 0.1:
            text = text.replace('\n', '\r\n')
        if rng.random() < 0.1:
            text = '\ufeff' + text
        with open(os.path.join(folder, name), 'w', encoding='utf-8', newline='') as file:
            file.write(text)
        return numbers

    def spread(self, folder, name, rows):
        """The rows in one or two files; their names, and (file, number, row) in the order of reading."""
        at = self.rng.choice([len(rows), len(rows), self.rng.randint(0, len(rows))])
        names, placed = [], []
        for i, part in enumerate([rows[:at]] + ([rows[at:]] if at < len(rows) else [])):
            names.append('%s%d.tsv' % (name, i))
            placed += [(names[-1], number, row) for number, row in zip(self.write(folder, names[-1], part), part)]
        return names, placed

    def command(self, folder):
        options, words = self['options'], ['feedback-due']
        if self['visits'] or self.rng.random() < 0.3:
            for name in self.spread(folder, 'visits', self['visits'])[0]:
                words += ['--visits', name]
        names, self['feedback'] = self.spread(folder, 'feedback', self['lines'])
        if self['book'] is not None:
            self.write(folder, 'clients.tsv', self['book'])
            words += ['-C', 'clients.tsv']
        for name, word in ('as_of', '--as-of'), ('detractors', '--detractors'), ('passives', '--passives'), \
                ('date', '-d'), ('kind', '--kind'):
            if name in options:
                words += [word, str(options[name])]
        for name, word in ('managers', '-m'), ('clients', '-c'):
            words += [part for value in options.get(name, []) for part in (word, value)]
        if 'sources' in options:
            words += ['--source', ','.join(options['sources'])]
        if 'period' in options:
            words += ['-p', '%s..%s' % options['period']]
        if 'scale' in options:
            words += ['--scale', '%d..%d' % options['scale']]
        return words + names


def main(seed, number, binary):
    passed = failed = rows = 0
    env = {**os.environ, 'PATH': os.path.abspath(binary) + ':' + os.environ['PATH'], 'KPI_NOW': str(TODAY),
           'LC_ALL': 'C.UTF-8', 'TZ': 'UTC'}
    for i in range(number):
        with tempfile.TemporaryDirectory() as folder:
            world = World('%s.%d' % (seed, i))
            command = world.command(folder)
            wanted, status, nameless = oracle(world)
            done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False, timeout=120)
            told = re.search(rb': (\d+) lines? of unresolved', done.stderr)
            fine = (done.stdout.decode(), done.returncode) == (wanted, status) and (
                nameless == (int(told[1]) if told else 0)) and bool(done.stderr) == bool(nameless)
            # What is printed is what visit-log takes.
            logged = subprocess.run(['visit-log', '-f', 'log', '-'], cwd=folder, env=env, input=done.stdout, check=False,
                                    capture_output=True, timeout=120)
            fine = fine and not logged.returncode and not logged.stderr
            rows += wanted.count('\n')
        passed, failed = passed + fine, failed + (not fine)
        if not fine and failed < 4:
            print('FAIL world %d: %s\nwanted (%d, %d nameless)\n%sgot (%d)\n%s%s' % (
                i, ' '.join(command), status, nameless, wanted, done.returncode, done.stdout.decode(), done.stderr.decode()))
    print('feedback-due: %d worlds, %d visits planned' % (number, rows))
    if number and not rows:
        failed += 1
    return passed, failed


if __name__ == '__main__':
    print('%d passed, %d failed' % main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
