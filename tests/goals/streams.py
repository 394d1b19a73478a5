#!/usr/bin/env python3
"""streams.py SEED ROUNDS BINDIR - random goal files, written to by goal-set, goal-revise and goal-split in turn: outside
the addition they stay byte for byte, and what is refused changes nothing."""
import os
import random
import subprocess
import sys
import tempfile

seed, rounds, bindir = sys.argv[1], int(sys.argv[2]), os.path.abspath(sys.argv[3])
chance = random.Random(seed)
passed = failed = 0
REMARKS = ['# remark', '', '#', '   ', '# 备注：谁改了目标', "# 'it\"s", '  # - a: [', '#---', '# %TAG', '#\ttab\t']
TEXTS = ['plain text', "'single # quoted'", '"double \\u4e2d\\t: quoted"', '目标：增长 12 %', '|\n  block # no remark\n\n  两行',
         '>-\n  folded\n  text', '"two\n  lines"', 'a - b', "'it''s'", 'x#y']
VALUES = ['plain', 'true', '12', '2026-10-05', '- dash', 'a: b', '# no', ' blanks ', '目标', "o'neil", 'say "hi"', 'two\nlines',
          'tab\there', '@x', '~', 'back\\slash', '😀', '[x]', '!tag', '&a', '*a', 'null', 'Off', '0x1F', '1e3', '.inf']


def check(what, holds, *detail):
    global passed, failed
    if holds:
        passed += 1
    else:
        failed += 1
        if failed <= 5:
            print('FAIL', what, *detail, sep='\n  ')


def remarks():
    return [chance.choice(REMARKS) for _ in range(chance.choice((0, 0, 1, 3)))]


def scalar(value):
    """A name, in one of the ways to write it."""
    return chance.choice((value, "'%s'" % value, '"%s"' % value))


def goal(number):
    """A goal in full, its keys in any order."""
    keys = ['owner: ' + scalar('王%d' % number), 'metric: ' + scalar('sales'),
            'period: ' + chance.choice(('2026', "'2026-Q4'", '2026-10', '2026-10-01..2026-12-31')),
            'target: ' + chance.choice(('120', '+10%', '"99.50"')), 'baseline: 50']
    if chance.randrange(2):
        keys.append('title: ' + chance.choice(TEXTS))
    if chance.randrange(2):
        keys.append('why: ' + chance.choice(TEXTS))
    if chance.randrange(3) == 0:
        keys.append(chance.choice(('steps: [a, "b, c", 丁]', 'steps:\n- a # first\n-   b', 'steps:\n  - a\n\n  # 二\n  - b')))
    if chance.randrange(3) == 0:
        keys.append('reviews: [2026-10-10,\n  2026-11-20]')
    chance.shuffle(keys)
    keys.insert(chance.randrange(len(keys) + 1), 'goal: ' + scalar('目标-%d' % number))
    lines = [chance.choice(('---', '--- # goal', '---  '))] + remarks()
    for key in keys:
        tail = chance.choice(('', '', '  ', ' # tail', '\t# 尾')) if '\n' not in key and '|' not in key else ''
        lines += [key + tail] + (remarks() if '\n' not in key else [])
    return lines


def other(number):
    return chance.choice((['---', '# nothing here'],
                          ['---', 'review: 目标-%d' % number, 'on: 2026-10-03', 'says: 很好 # ok'],
                          ['---', '{revise: 目标-%d, target: 130, on: 2026-10-02, reason: "市场: changed"}' % number],
                          ['---', 'goals: 2026-09', 'targets:', '  李%d: {visits: 1} # x' % number]))


def stream():
    """A stream of goals 目标-0, 目标-1, ..., and their number."""
    number, lines = chance.randint(1, 4), remarks()
    for i in range(number):
        lines += goal(i)
        if chance.randrange(2):
            lines += other(i)
        lines += remarks()
    lines += chance.choice(([], [], ['...'], ['# the end'], ['---'], ['', '']))
    text = '\n'.join(lines) + '\n'
    if chance.randrange(4) == 0 and not text[:-1].endswith('两行'):
        text = text[:-1]
    data = text.replace('\n', chance.choice(('\n', '\n', '\r\n'))).encode()
    return chance.choice((b'', b'', b'\xef\xbb\xbf')) + data, number


def run(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, cwd=folder,
                          env={**os.environ, 'PATH': bindir + ':' + os.environ['PATH'], 'KPI_NOW': '2026-10-05'})


def content(name):
    with open(folder + '/' + name, 'rb') as file:
        return file.read()


def some_command(number):
    """A command that writes to g.yaml, whether it is to be refused, and how many documents it adds."""
    which, value, bad = '目标-%d' % chance.randrange(number), chance.choice(VALUES), chance.randrange(4) == 0
    kind = chance.randrange(4)
    if kind == 0:
        return ('goal-set', '-f', 'g.yaml', '-p', '2026-11', '-m', '新 人', '-i', 'visits', '-t', '5', '--title', value, '--why',
                value, '--step', value, '--id', which if bad else 'new'), bad, 1
    if kind == 1:
        return ('goal-revise', '-f', 'g.yaml', '-t', '140', '--reason', value, '-d', '2027-01-01' if bad else '2026-10-31',
                '--author', '张敏', which), bad, 1
    if kind == 2:
        return ('goal-revise', '-f', 'g.yaml', '--review', '--says', value, '--next-step', value, '--author', 'x',
                which + '?' * bad), bad, 1
    return ('goal-split', '-f', 'g.yaml', '--among', '甲,乙=%d' % (2 - 2 * bad) if bad else '甲,乙=2', '--digits', '2',
            which), bad, 2


def once(number):
    old, goals = stream()
    with open(folder + '/g.yaml', 'wb') as file:
        file.write(old)
    before = run('goal-list', 'g.yaml')
    if not check_stream(old, before):
        return
    command, bad, documents = some_command(goals)
    done = run(*command)
    new, what = content('g.yaml'), 'round %d: %s' % (number, ' '.join(command))
    if bad:
        check(what, done.returncode in (2, 3) and new == old and done.stderr, done, old)
        return
    between = b'' if old.endswith(b'\n') else b'\n'
    added = new[len(old + between):]
    check(what, done.returncode == 0 and new == old + between + added and added.startswith(b'---\n') and
          added.count(b'---\n') == documents and added.endswith(b'\n') and b'\r' not in added, done, old, new)
    after = run('goal-list', 'g.yaml')
    kept = command[0] == 'goal-revise' or set(before.stdout.splitlines()) <= set(after.stdout.splitlines())
    check('the goals after ' + what, after.returncode == 0 and kept, before, after)
    check('nothing is left beside after ' + what, os.listdir(folder) == ['g.yaml'], os.listdir(folder))


def check_stream(old, listed):
    check('a stream that is valid', listed.returncode == 0, listed, old)
    return listed.returncode == 0


with tempfile.TemporaryDirectory(prefix='kpi-streams.') as folder:
    for i in range(rounds):
        once(i)
print('%d passed, %d failed' % (passed, failed))
sys.exit(failed > 0)
