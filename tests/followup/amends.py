#!/usr/bin/env python3
"""kpi-amend on random files, with BOM, CR LF, remarks, Chinese, torn tails: amends.py SEED N BINDIR

Each file is corrected several times, by fields picked so that one line fits, or several, or none. What the file and
FILE.amended must be then is worked out here, byte by byte. The last line is "N passed, N failed"."""
import os
import random
import subprocess
import sys
import tempfile

NOW = '2026-11-02T08:00:00Z'
FIELDS = {'visit': 'date manager client kind status purpose outcome minutes logged note',
          'feedback': 'date manager client source theme score resolved logged comment',
          'measure': 'period manager metric value', 'client': 'client name manager tier since until',
          'goal': 'period manager metric weight target baseline'}
FIELDS = {record: names.split() for record, names in FIELDS.items()}
NAMES = ['wang.li', '张敏', 'a', 'o\'neill', 'a\\\\b', '华东 集团', 'Ａ', '🙂']
TEXTS = ['', 'late', '又晚了', 'one\\ntwo', 'tab\\there', '\\\\', '评' * 50, '# not a remark', ' blank ']
NUMBERS = ['0', '1', '9', '6.5', '+7', '010', '9.999999']
DATES = ['2026-10-05', '2026-10-06T09:30', '2026-10-07T23:59:59+08:00', '2026-10-31']
VALUES = {'date': DATES, 'period': ['2026-10', '2026-Q4', '2026-W45', '2026-10-05', '2026'], 'manager': NAMES, 'client': NAMES,
          'kind': ['visit', 'call', '上门'], 'status': ['done', 'missed', 'cancelled'], 'purpose': TEXTS, 'outcome': TEXTS,
          'minutes': ['', '30', '0'], 'logged': ['', '2026-10-05T09:00:00Z'], 'note': TEXTS, 'source': ['', 'survey', 'app'],
          'theme': ['', 'delivery/late', '价格'], 'score': [''] + NUMBERS, 'resolved': ['', '2026-11-01'], 'comment': TEXTS,
          'metric': ['sales', '回款', 'x'], 'value': NUMBERS + ['-3.25'], 'name': [''] + NAMES, 'tier': ['', 'key'],
          'since': ['', '2026-01-01'], 'until': ['', '2026-12-31'], 'weight': ['', '40'], 'target': NUMBERS,
          'baseline': ['', '5']}
REFUSED = {'date': '2026-10-32', 'period': '2026-13', 'manager': '', 'client': '# x', 'kind': '', 'status': 'don', 'minutes': '-1',
           'score': '11', 'resolved': '2026-10-04', 'value': '1,5', 'target': '', 'weight': 'x', 'since': '2026', 'until': '0'}
PLAIN = {'n': '\n', 't': '\t', 'r': '\r', '\\': '\\'}


def plain(text):
    """What a text in line form stands for."""
    out, pairs = '', iter(text)
    for letter in pairs:
        out += PLAIN[next(pairs)] if letter == '\\' else letter
    return out


class File:
    """Bytes as a list of [start, fields or None, end]: a record's are those of its line."""
    def __init__(self, rng):
        self.rng, self.record = rng, rng.choice(list(FIELDS))
        self.names = FIELDS[self.record]
        self.lines, crlf = [], rng.choice([0, 0, 1, 0.5])
        for i in range(rng.choice([1, 2, 5, 20, 60])):
            end = '\r\n' if rng.random() < crlf else '\n'
            if rng.random() < 0.15:
                self.lines.append([rng.choice(['', '#', '# 目标\twith a tab', '#' + '长' * 99]), None, end])
            fields = [rng.choice(VALUES[name]) for name in self.names]
            if self.record == 'client':
                fields += ['more', '更多'][:rng.choice([0, 0, 0, 1, 2])]
            self.lines.append(['', fields, end])
        if rng.random() < 0.2:
            self.lines[0][0] = '\ufeff' + self.lines[0][0]
        self.kept, self.torn = [], rng.choice(['', '', '', '2026-10-05\thalf', 'x'])

    def bytes(self):
        return ''.join(start + '\t'.join(fields or []) + end for start, fields, end in self.lines).encode()

    def amend(self, folder, env):
        """Corrects it once, or tries to. What is wrong; nothing when all is as it should be."""
        rng, before, records = self.rng, self.bytes(), [line for line in self.lines if line[1]]
        torn, self.torn = self.torn, ''
        aim = rng.choice(records)
        which = {}
        for name in rng.sample(self.names, rng.randint(1, min(4, len(self.names)))):
            which[name] = aim[1][self.names.index(name)] if rng.random() < 0.95 else rng.choice(VALUES[name])
        number = self.lines.index(aim) + 1 if rng.random() < 0.4 else 0
        found = [line for line in records if all(line[1][self.names.index(n)] == v for n, v in which.items()) and
                 (not number or self.lines[number - 1] is line)]
        settable = [name for name in self.names if name != 'logged']
        sets, bad = {}, False
        for name in rng.sample(settable, rng.randint(1, 2)):
            sets[name] = rng.choice(VALUES[name])
            if rng.random() < 0.05 and name in REFUSED and (self.record, name) != ('client', 'manager'):
                sets[name], bad = REFUSED[name], True
        command = ['kpi-amend', '-r', self.record, '--reason', 'why\nand so', '--author', '王', 'file.tsv']
        if rng.random() < 0.3:
            command[1:3] = []  # by the names of fields, and the lines: a book of clients may be one of managers
            if self.record == 'client' and not {'client', 'tier', 'since', 'until'} & {*which, *sets}:
                command[1:1] = ['-r', 'client']
        for name, value in which.items():
            command += ['-w', '%s=%s' % (name, value)]
        for name, value in sets.items():
            command += ['--set', '%s=%s' % (name, plain(value))]
        command += ['--line', str(number)] * (number > 0)

        status = 0
        if len(found) != 1:
            status = 1
        elif bad:
            status = 3
        else:
            old = list(found[0][1])
            new = [sets.get(name, old[i]) for i, name in enumerate(self.names)] + old[len(self.names):]
            if self.record == 'feedback' and new[6] and new[6] < new[0][:10]:
                status = 3
            elif new == old:
                status = 1
            else:
                found[0][1] = new
                at = next(i for i, line in enumerate(self.lines, 1) if line is found[0])  # others may be equal
                self.kept.append('\t'.join([NOW, '王', 'why\\nand so', str(at)] + old + new) + '\n')
        with open(folder + '/file.tsv', 'ab') as file:
            file.write(torn.encode())
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, check=False, timeout=120)
        now = {name: open(folder + '/' + name, 'rb').read() for name in os.listdir(folder)}
        wanted = {'file.tsv': self.bytes(), 'file.tsv.amended': ''.join(self.kept).encode()}
        if torn or 'file.tsv.torn' in now:
            wanted['file.tsv.torn'] = (torn or '').encode() + b'\n' if torn else now['file.tsv.torn']
        wanted = {name: content for name, content in wanted.items() if content or name == 'file.tsv'}
        if (status, wanted, b'') == (done.returncode, now, done.stdout) and bool(done.stderr) == bool(status or torn):
            return '', status
        return '%s\nwanted %d %r\ngot %d %r\n%s\nbefore %r' % (command, status, wanted, done.returncode, now,
                                                             done.stderr.decode(), before), status


def main(seed, number, binary):
    passed = failed = 0
    made = {0: 0, 1: 0, 3: 0}
    env = {**os.environ, 'PATH': os.path.abspath(binary) + ':' + os.environ['PATH'], 'KPI_NOW': NOW, 'LC_ALL': 'C.UTF-8',
           'TZ': 'UTC'}
    for i in range(number):
        rng = random.Random('%s.%d' % (seed, i))
        file = File(rng)
        with tempfile.TemporaryDirectory() as folder:
            with open(folder + '/file.tsv', 'wb') as out:
                out.write(file.bytes())
            wrong = ''
            for _ in range(3):
                if not wrong:
                    wrong, status = file.amend(folder, env)
                    made[status] += 1
        passed, failed = passed + (not wrong), failed + bool(wrong)
        if wrong and failed < 4:
            print('FAIL file %d: %.900s' % (i, wrong))
    print('kpi-amend: %d files, %d corrections, %d times one line was not found, %d refused' % (number, *made.values()))
    if number > 50 and not all(made.values()):
        failed += 1
    return passed, failed


if __name__ == '__main__':
    print('%d passed, %d failed' % main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
