#!/usr/bin/env python3
"""Random logs and books: what visit-due and visit-check print of them, worked out a second time, pair by pair.

  worlds.py SEED N BINDIR [FIRST]

World I of a seed is always the same. One that differs is kept, its folder and the call named. The last line is
"N passed, N failed".
"""
import collections
import datetime
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile

FIELDS = 'date manager client kind status purpose outcome minutes logged note'.split()
MANAGERS = ['a', 'ab', '张敏', 'wang.li', 'wang.lee', 'x\\\\y', 'Z z']
CLIENTS = ['C1', 'C10', 'C01', 'C2', '客户甲', '客户乙', 'cafe', 'cafes', 'q']
TIERS = ['key', 'growth', 'ordinary', 'kye', 'grwoth', '重点', '']
SCHEME = {'key': 3, 'growth': 7, '重点': 1}
DAY = datetime.date(2026, 10, 15).toordinal()  # around which everything happens
WHENEVER = 10 ** 7
Visit = collections.namedtuple('Visit', FIELDS + ['file', 'number', 'index'])


def iso(ordinal):
    return datetime.date.fromordinal(ordinal).isoformat()


def day(text):
    return datetime.date.fromisoformat(text[:10]).toordinal()


def second(text):
    """Seconds since midnight as written, and those of the zone; None where there is none."""
    if len(text) == 10:
        return None, None
    clock, zone = text[11:], None
    if clock.endswith('Z'):
        clock, zone = clock[:-1], 0
    elif len(clock) > 6 and clock[-6] in '+-':
        sign = -1 if clock[-6] == '-' else 1
        zone = sign * (int(clock[-5:-3]) * 3600 + int(clock[-2:]) * 60)
        clock = clock[:-6]
    parts = [int(part) for part in clock.split(':')] + [0]
    return parts[0] * 3600 + parts[1] * 60 + parts[2], zone


def written(text):
    return day(text) * 86400 + (second(text)[0] or 0)


def utc(text):
    return written(text) - (second(text)[1] or 0)


def distance(a, b):
    """Letters put in, left out, replaced or swapped with the next."""
    rows = [list(range(len(b) + 1))]
    for i in range(1, len(a) + 1):
        row = [i]
        for k in range(1, len(b) + 1):
            row.append(min(rows[i - 1][k] + 1, row[k - 1] + 1, rows[i - 1][k - 1] + (a[i - 1] != b[k - 1])))
            if i > 1 and k > 1 and a[i - 1] == b[k - 2] and a[i - 2] == b[k - 1]:
                row[k] = min(row[k], rows[i - 2][k - 2] + 1)
        rows.append(row)
    return rows[-1][-1]


def nearest(name, known):
    best = min(((distance(name, other), i, other) for i, other in enumerate(known)), default=(WHENEVER, 0, ''))
    return "; the nearest known one is '%s'" % best[2] if best[0] <= (len(name) + 1) // 3 else ''


def by_bytes(names):
    return sorted(names, key=str.encode)


class Book:
    def __init__(self, rows):
        self.rows = rows  # (who, name, of, as, first, last, number of the line)

    def names(self):
        return by_bytes({row[0] for row in self.rows})

    def at(self, who, when):
        for row in self.rows:
            if row[0] == who and row[4] <= when <= row[5]:
                return row
        return None

    def since(self, who, when):
        """The first day of the unbroken time in the book that has this day; None: it has no beginning."""
        while self.at(who, when - 1) and when > DAY - 1000:
            when -= 1
        return when if when > DAY - 1000 else None


class World:
    def __init__(self, rng, folder):
        self.rng, self.folder = rng, folder
        self.dense = self.chance(35)  # few people, few days
        self.clients = self.book('clients.tsv', CLIENTS, [''] + MANAGERS[:4], TIERS)
        self.managers = self.book('managers.tsv', MANAGERS, ['east', ''], ['senior', ''])
        self.visits = []
        files = ['a.tsv', 'b c.tsv', 'd.tsv'][:rng.choice([1, 1, 2, 3])]
        lines = {name: [] for name in files}
        for _ in range(rng.choice([0, 1, 3, 10, 25, 40])):
            lines[rng.choice(files)].append(self.visit())
        for name in files:
            with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
                for number, fields in enumerate(lines[name], 1):
                    self.visits.append(Visit(*fields, name, number, len(self.visits)))
                    file.write('\t'.join(fields) + '\n')
        with open(os.path.join(folder, 'scheme.yaml'), 'w', encoding='utf-8') as file:
            file.write('scheme: s\nmetrics: {v: {weight: 100}}\ntiers:\n')
            file.writelines('  %s: %d\n' % row for row in SCHEME.items())
        self.files = files

    def chance(self, percent):
        return self.rng.random() * 100 < percent

    def book(self, path, who, of, as_):
        rows = []
        with open(os.path.join(self.folder, path), 'w', encoding='utf-8') as file:
            for name in who:
                if self.chance(30):
                    continue
                cuts = sorted(self.rng.sample(range(DAY - 25, DAY + 25), self.rng.choice([0, 0, 1, 1, 2, 3])))
                ends = [-WHENEVER] + cuts + [WHENEVER]
                for first, last in zip(ends, ends[1:]):
                    if self.chance(25):
                        continue
                    rows.append((name, 'n', self.rng.choice(of), self.rng.choice(as_), first + (first > -WHENEVER),
                                 last, len(rows) + 1))
                    file.write('%s\t%s\t%s\t%s\t%s\t%s\n' % (rows[-1][:4] + (
                        iso(first + 1) if first > -WHENEVER else '', iso(last) if last < WHENEVER else '')))
        return Book(rows)

    def date(self):
        near = self.chance(90 if self.dense else 30)
        ordinal = DAY - self.rng.randint(0, 2) if near else DAY + self.rng.randint(-12, 12)
        if self.chance(40):
            return iso(ordinal)
        clock = '%02d:%02d' % (self.rng.choice([0, 9, 9, 10, 10, 11, 23]), self.rng.choice([0, 10, 15, 30, 59]))
        return '%sT%s%s%s' % (iso(ordinal), clock, self.rng.choice(['', '', ':30']), self.rng.choice(
            ['', '', 'Z', '+08:00', '-09:30', '+14:00', '+00:45', '-12:00']))

    def logged(self, ordinal):
        if self.chance(15):
            return ''
        if self.dense and self.chance(70):
            ordinal = DAY
        else:
            ordinal += self.rng.choice([-1, 0, 0, 0, 0, 1, 3, 4, 9])
        if self.chance(10):
            return iso(ordinal)
        return '%sT%s:%02d:%02d%s' % (iso(ordinal), self.rng.choice(['09', '10', '10', '13']),
                                      self.rng.choice([0, 0, 0, 1, 59]), self.rng.choice([0, 1, 30, 59]),
                                      self.rng.choice(['Z', 'Z', 'Z', '+08:00']))

    def visit(self):
        date = self.date()
        few = self.dense and self.chance(90)
        return (date, self.rng.choice(MANAGERS[:2] if few else MANAGERS[:4] if self.chance(80) else MANAGERS),
                self.rng.choice(CLIENTS[:2] + [''] if few else CLIENTS + ['', 'C', 'qq']),
                self.rng.choice(['visit', 'visit', 'call']),
                self.rng.choice(['done', 'done', 'done', 'done', 'planned', 'planned', 'missed', 'cancelled']),
                self.rng.choice(['', 'p', 'p']), self.rng.choice(['', 'o', 'o']),
                self.rng.choice(['', '0', '1', '15', '30', '60', '600', '840', '900', '999999999999999']),
                self.logged(day(date)), '')

    def known(self, visits, as_of):
        return [v for v in visits if as_of is None or not v.logged or utc(v.logged) // 86400 <= as_of]

    def as_of(self, options):
        """The day looked at, and that of --as-of, or None."""
        today = DAY + self.rng.randint(-3, 9)
        options['KPI_NOW'] = iso(today)
        if not self.chance(40):
            return today, None
        then = DAY + self.rng.randint(-6, 6)
        options['words'] += ['--as-of', iso(then)]
        return then, then

    def filters(self, options):
        """Names to pick, by letter; None: all."""
        picked = {'m': None, 'c': None, 'kind': None}
        for letter, names in ('m', MANAGERS[:4]), ('c', CLIENTS):
            if self.chance(15):
                picked[letter] = self.rng.sample(names, self.rng.choice([1, 2, 4]))
                for name in picked[letter]:
                    options['words'] += ['-' + letter, name.replace('\\\\', '\\')]
        if self.chance(15):
            picked['kind'] = self.rng.choice([['visit'], ['call'], ['call', 'visit']])
            options['words'] += ['--kind', ','.join(picked['kind'])]
        return picked


def passes(names, name):
    return names is None or name in names


# ---- visit-due ----

def due(world):
    """The words of a call, its environment, and what must come of it: status, lines, messages."""
    options = {'words': ['-C', 'clients.tsv', '-g', 'scheme.yaml']}
    as_of, then = world.as_of(options)
    picked = world.filters(options)
    within = world.rng.choice([0, 0, 1, 4, 30])
    unplanned = world.chance(15)
    options['words'] += ['--within', str(within)] * (within > 0) + ['--unplanned'] * unplanned + world.files
    seen = [v for v in world.known(world.visits, then) if v.client and passes(picked['c'], v.client)
            and passes(picked['kind'], v.kind)]
    rows, left, book = [], collections.defaultdict(list), world.clients
    for client in book.names():
        entry = book.at(client, as_of)
        if not entry or not passes(picked['c'], client) or not passes(picked['m'], entry[2]):
            continue
        if entry[3] not in SCHEME:
            left[entry[3]].append(entry)
            continue
        mine = [v for v in seen if v.client == client]
        last = max((day(v.date) for v in mine if v.status == 'done' and day(v.date) <= as_of), default=None)
        start = last if last is not None else book.since(client, as_of)
        when = None if start is None else start + SCHEME[entry[3]]
        plans = []
        for at in {(v.manager, day(v.date)) for v in mine if v.status == 'planned' and day(v.date) >= as_of}:
            that = [v.status for v in mine if (v.manager, day(v.date)) == at]
            over = that.count('cancelled') + (at[1] == as_of) * (that.count('done') + that.count('missed'))
            plans += [at[1]] * (that.count('planned') > over)
        if when is not None and (when > as_of + within or (when > as_of and not book.at(client, when))):
            continue
        if plans and unplanned:
            continue
        rows.append((entry[2].encode(), -WHENEVER if when is None else when, client.encode(), '\t'.join((
            client, entry[2], entry[3], iso(last) if last is not None else '', iso(when) if when is not None else '',
            str(as_of - when) if when is not None else '', iso(min(plans)) if plans else '', entry[1]))))
    messages = []
    for tier, entries in left.items():
        n, what = len(entries), 'client' if len(entries) == 1 else 'clients'
        text = "%d %s without a tier left out, the first is '%s'" % (n, what, entries[0][0])
        if tier:
            text = "%d %s left out, as the scheme has no tier '%s'%s" % (n, what, tier, nearest(tier, list(SCHEME)))
        messages.append('visit-due: clients.tsv:%d: %s' % (entries[0][6], text))
    strangers = [v for v in seen if v.client not in book.names()]
    if strangers:
        first = strangers[0]
        messages.append("visit-due: %s:%d: %d line%s of clients that are not in the book, the first is '%s'%s" % (
            first.file, first.number, len(strangers), '' if len(strangers) == 1 else 's', first.client,
            nearest(first.client, book.names())))
    over = any(when < as_of for _, when, _, _ in rows)
    return options, int(over), [[row[3]] for row in sorted(rows)], messages


# ---- visit-check ----

class Check:
    """The findings: each a list of lines, any of which may be printed."""

    def __init__(self, world):
        self.world, self.options, self.found = world, {'words': []}, []
        self.as_of, self.then = world.as_of(self.options)
        self.picked = world.filters(self.options)
        self.books = world.chance(60)
        self.late, self.batch = world.rng.choice([3, 3, 0, 5]), world.rng.choice([5, 2, 3])
        self.period = (iso(DAY - 2), iso(DAY + 1)) if world.chance(15) else ('0001-01-01', '9999-12-31')
        words = self.options['words']
        words += ['-C', 'clients.tsv', '-M', 'managers.tsv'] * self.books
        words += ['--late-after', str(self.late)] * (self.late != 3)
        words += ['--batch', str(self.batch)] * (self.batch != 5)
        words += ['-p', '..'.join(self.period)] * (self.period[0] > '1')
        self.rules = [rule for rule in self.RULES if self.books or rule not in ('client', 'manager', 'owner')]
        way = world.rng.random()
        if way < 0.2:
            self.rules = world.rng.sample(self.rules, world.rng.randint(1, 3))
            words += ['--rules', ','.join(self.rules)]
        elif way < 0.4:
            without = world.rng.sample(list(self.RULES), 2)
            self.rules = [rule for rule in self.rules if rule not in without]
            words += ['--without', ','.join(without)]
        words += world.files
        self.visits = [v for v in world.known(world.visits, self.then)
                       if passes(self.picked['m'], v.manager) and passes(self.picked['kind'], v.kind)]
        self.done = [v for v in self.visits if v.status == 'done']
        for rule in self.rules:
            self.RULES[rule](self, rule)

    def find(self, rule, v, *ways):
        """ways: (what is wrong, the other visits)"""
        if not self.period[0] <= v.date[:10] <= self.period[1] or not passes(self.picked['c'], v.client):
            return
        head = '%s:%d' % (v.file, v.number), rule, v.date[:10], v.manager, v.client
        lines = ['\t'.join((*head, text, self.places(others))) for text, others in ways]
        self.found.append((v.index, list(self.RULES).index(rule), lines))

    @staticmethod
    def places(others):
        """FILE:LINE, those that follow each other as FILE:LINE-LINE."""
        out = []
        for v in sorted(others, key=lambda v: v.index):
            if out and out[-1][0] == v.file and out[-1][2] == v.number - 1:
                out[-1][2] = v.number
            else:
                out.append([v.file, v.number, v.number])
        return ', '.join('%s:%d' % (f, a) + '-%d' % b * (b > a) for f, a, b in out)

    def overlap(self, rule):
        timed = [v for v in self.done if second(v.date)[0] is not None and int(v.minutes or 0) > 0]
        for v in timed:
            for instant in True, False:
                start = utc if instant else written
                others = [o for o in timed if o.manager == v.manager and o is not v
                          and (start(o.date), o.index) < (start(v.date), v.index)
                          and (second(o.date)[1] is not None and second(v.date)[1] is not None) == instant
                          and start(o.date) + 60 * int(o.minutes) > start(v.date)]
                if others:
                    latest = max(start(o.date) + 60 * int(o.minutes) for o in others)
                    self.find(rule, v, *((self.both(v, o), [o]) for o in others
                                         if start(o.date) + 60 * int(o.minutes) == latest))
                    break

    @staticmethod
    def clock(text):
        seconds, zone = second(text)
        out = '%02d:%02d' % (seconds // 3600, seconds // 60 % 60) + ':%02d' % (seconds % 60) * (seconds % 60 > 0)
        if zone is None:
            return out
        sign, zone = '-' if zone < 0 else '+', abs(zone) // 60
        return out + ('%s%02d:%02d' % (sign, zone // 60, zone % 60) if zone else 'Z')

    def both(self, v, o):
        other_day = o.date[:10] + ' ' if o.date[:10] != v.date[:10] else ''
        times = self.clock(v.date), v.minutes, other_day, self.clock(o.date), o.minutes
        return 'at %s for %s min, and at %s%s for %s min' % times

    def twice(self, rule):
        for v in self.done:
            before = [o for o in self.done[:self.done.index(v)] if o.client and
                      (o.manager, o.client, o.date[:10]) == (v.manager, v.client, v.date[:10])]
            if before:
                self.find(rule, v, ("'%s' once more on this day" % v.client, before[:1]))

    def hours(self, rule):
        for at in {(v.manager, v.date[:10]) for v in self.done}:
            that = [v for v in self.done if (v.manager, v.date[:10]) == at]
            minutes = sum(int(v.minutes or 0) for v in that)
            if minutes > 1440:
                self.find(rule, that[0], ('%d minutes in a day' % minutes, that[1:]))

    def logged_late(self, rule):
        for v in self.done:
            days = utc(v.logged) // 86400 - day(v.date) if v.logged else 0
            if days > self.late:
                self.find(rule, v, ('logged %d days later' % days, []))

    def batches(self, rule):
        for manager in MANAGERS:
            left = sorted((utc(v.logged), v.index, v) for v in self.done if v.manager == manager and len(v.logged) > 10)
            while left:
                group = [v for at, _, v in left if at - left[0][0] <= 60]
                if len(group) < self.batch:
                    left = left[1:]
                    continue
                left = left[len(group):]
                group.sort(key=lambda v: v.index)
                self.find(rule, group[0], ('%d visits logged within a minute' % len(group), group[1:]))

    def future(self, rule):
        for v in self.done:
            start = utc(v.date) if second(v.date)[1] is not None else written(v.date) - 14 * 3600
            if day(v.date) > self.as_of:
                self.find(rule, v, ('done after %s' % iso(self.as_of), []))
            elif v.logged and start > (utc(v.logged) if len(v.logged) > 10 else written(v.logged) + 86399):
                at = 'at %s, ' % self.clock(v.date) if len(v.date) > 10 else ''
                stamp = utc(v.logged) % 86400
                time = 'T%02d:%02d:%02dZ' % (stamp // 3600, stamp // 60 % 60, stamp % 60) if len(v.logged) > 10 else ''
                when = at, iso(utc(v.logged) // 86400), time
                self.find(rule, v, ('done %safter %s%s, when it was logged' % when, []))

    def purpose(self, rule):
        for v in self.visits:
            if v.status in ('done', 'planned') and not v.purpose:
                self.find(rule, v, (v.status + ' without a purpose', []))

    def outcome(self, rule):
        for v in self.done:
            if not v.outcome:
                self.find(rule, v, ('done without an outcome', []))

    def silent(self, rule):
        for v in self.visits:
            since = [o for o in self.visits if o.status != 'planned' and o.date[:10] >= v.date[:10]]
            if v.status == 'planned' and day(v.date) < self.as_of and not any(
                    o.manager == v.manager and o.client == v.client for o in since):
                self.find(rule, v, ('planned, and nothing done, missed or cancelled since', []))

    def client(self, rule):
        names = self.world.clients.names()
        for v in self.visits:
            if v.client and v.client not in names:
                self.find(rule, v, ("unknown client '%s'%s" % (v.client, nearest(v.client, names)), []))

    def manager(self, rule):
        names = self.world.managers.names()
        for v in self.visits:
            if v.manager not in names:
                self.find(rule, v, ("unknown manager '%s'%s" % (v.manager, nearest(v.manager, names)), []))
            elif not self.world.managers.at(v.manager, day(v.date)):
                self.find(rule, v, ("'%s' was not there on that day" % v.manager, []))

    def owner(self, rule):
        for v in self.done:
            entry = self.world.clients.at(v.client, day(v.date))
            if entry and entry[2] not in ('', v.manager):
                self.find(rule, v, ("a client of '%s'" % entry[2], []))

    RULES = {'overlap': overlap, 'twice': twice, 'hours': hours, 'late': logged_late, 'batch': batches,
             'future': future, 'purpose': purpose, 'outcome': outcome, 'silent': silent, 'client': client,
             'manager': manager, 'owner': owner}


def check(world):
    c = Check(world)
    found = [lines for _, _, lines in sorted(c.found, key=lambda finding: finding[:2])]
    return c.options, int(bool(found)), found, []


# ---- running ----

class Runner:
    def __init__(self, seed, bindir):
        self.seed, self.bindir = seed, os.path.abspath(bindir)
        self.top = tempfile.mkdtemp(prefix='kpi-visits.')
        self.seen = collections.Counter()

    def differs(self, folder, name, options, status, wanted, messages):
        """The difference as text; None when there is none."""
        if not set(options['words']) & set(os.listdir(folder)):
            return 'no file'
        env = dict(os.environ, KPI_NOW=options['KPI_NOW'], TZ='UTC', LC_ALL='C.UTF-8')
        done = subprocess.run([os.path.join(self.bindir, name)] + options['words'], cwd=folder, env=env,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False)
        got, told = done.stdout.decode().splitlines(), done.stderr.decode().splitlines()
        fine = len(got) == len(wanted) and all(line in lines for line, lines in zip(got, wanted))
        for line in got:
            self.seen[line.split('\t')[1] if name == 'visit-check' else 'due'] += 1
        if fine and done.returncode == status and sorted(told) == sorted(messages):
            return None
        return '%s\nexpected exit %d\n%s\ngot exit %d\n%s' % (
            shlex.join(['KPI_NOW=' + options['KPI_NOW'], name] + options['words']), status,
            '\n'.join(messages + [' or '.join(lines) for lines in wanted]), done.returncode, '\n'.join(told + got))

    def world(self, index):
        """Whether world number index passes."""
        rng = random.Random('%s/%d' % (self.seed, index))
        folder = os.path.join(self.top, str(index))
        os.mkdir(folder)
        world = World(rng, folder)
        for name, expect in ('visit-due', due), ('visit-check', check), ('visit-check', check):
            difference = self.differs(folder, name, *expect(world))
            if difference:
                print('world %s/%d differs, kept in %s: %s' % (self.seed, index, folder, difference), flush=True)
                return False
        shutil.rmtree(folder)
        return True

    def run(self, first, count):
        failed = sum(not self.world(index) for index in range(first, first + count))
        if not failed:
            shutil.rmtree(self.top)
        seen = ', '.join('%s %d' % row for row in sorted(self.seen.items()))
        print('%d worlds of seed %s: %s' % (count, self.seed, seen))
        missing = [what for what in ['due', *Check.RULES] if count >= 100 and not self.seen[what]]
        if missing:
            print('never seen: ' + ', '.join(missing))
        print('%d passed, %d failed' % (count - failed, failed + len(missing)))
        return failed + len(missing) > 0


if __name__ == '__main__':
    sys.exit(Runner(sys.argv[1], sys.argv[3]).run(int(sys.argv[4]) if len(sys.argv) > 4 else 0, int(sys.argv[2])))
