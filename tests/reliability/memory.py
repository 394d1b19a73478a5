#!/usr/bin/env python3
"""Memory: too little of it, hostile input, leaks.

Limits of address space do not go together with sanitizers: of tools that have them only the answers to hostile input
are looked at."""
import os
import shutil
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor

import common
from common import EXAMPLES, Group, finish, limited, remove, run, sanitized, visit, works, write

MIB = 1 << 20
MANY = 100000
EXAMPLE = [  # every tool on the examples, with the options that make it work most; then what it refuses
    ('visit-tally', '-b', 'team,role,tier,month', '-s', 'visits,clients,minutes,planned,missed,cancelled,kept,'
     'purposeful,late,coverage', '-M', 'managers.tsv', '-C', 'clients.tsv', 'visits.tsv'),
    ('visit-tally', '-e', 'visits,clients', '-o', 'csv', 'visits.tsv'),
    ('visit-tally', '-b', 'week,manager', '-s', 'minutes,load', '-m', '吴桐', '-M', 'managers.tsv', 'visits.tsv'),
    ('visit-due', '-C', 'clients.tsv', '-g', 'scheme.yaml', '--as-of', '2026-11-02', '--within', '9', '--unplanned',
     'visits.tsv'),
    ('visit-check', '--batch', '2', '-M', 'managers.tsv', '-C', 'clients.tsv', '--as-of', '2026-10-20', 'visits.tsv'),
    ('feedback-tally', '-b', 'theme', '--top', '5', '-s', 'n,scored,sum,mean,min,max,promoters,passives,detractors,nps,'
     'csat,csat-low,share,unresolved,resolve-days', '-o', 'table', 'feedback.tsv'),
    ('kpi-score', '-p', '2026-10', '-g', 'scheme.yaml', '-g', 'goals.yaml', '-M', 'managers.tsv', '-l', '-o', 'md',
     'sales.tsv', 'complaints.tsv'),
    ('kpi-score', '-p', '2026-10', '-g', 'scheme.yaml', '-g', 'goals.yaml', '-M', 'managers.tsv', 'sales.tsv'),
    ('kpi-score', '-p', '2026-10', '-g', 'scheme.yaml', '-g', 'goals.yaml', '-M', 'managers.tsv', '-xx', '-o', 'json',
     'sales.tsv', 'complaints.tsv'),
    ('kpi-score', '-p', '2026-10', '-g', 'scheme.yaml', '-g', 'goals.yaml', '-M', 'managers.tsv', '-b', 'team', 'sales.tsv'),
    ('kpi-score', '-p', '2026-10', '-g', 'scheme.yaml', '-g', 'goals.yaml', '-M', 'managers.tsv', '--stable',
     'sales.tsv', 'complaints.tsv'),
    ('kpi-pace', '-p', '2026-10', '-d', '2026-10-20', '-g', 'scheme.yaml', '-g', 'goals.yaml', '-M', 'managers.tsv', '-l',
     '--days', 'weekdays', 'sales.tsv', 'complaints.tsv'),
    ('kpi-need', '-p', '2026-10', '-g', 'scheme.yaml', '-g', 'goals.yaml', '-M', 'managers.tsv', 'sales.tsv',
     'complaints.tsv'),
    ('kpi-diff', 'expected/scores-2026-10-detail.tsv', 'expected/scores-2026-10-detail.tsv'),
    ('goal-list', '--as-of', '2026-10-11', '-o', 'json', 'scheme.yaml', 'goals.yaml'),
    ('goal-list', '--tree', '-o', 'table', 'scheme.yaml', 'goals.yaml'),
    ('goal-list', '--life', 'lin.hao-campus', '-o', 'csv', 'scheme.yaml', 'goals.yaml'),
    ('goal-check', '--as-of', '2026-11-02', '--partial', '-M', 'managers.tsv', '-C', 'clients.tsv', '--history',
     'plan/sales-2025.tsv', '--reach', '99', 'scheme.yaml', 'goals.yaml'),
    ('kpi-grep', '-r', 'visit', '-p', '2026-10', '-m', 'lin.hao', '-m', '吴桐', '-o', 'csv', 'visits.tsv'),
    ('kpi-grep', '--sorted', '-p', '2026-10-12', 'feedback.tsv'),
    ('goal-set', '-f', 'goals.yaml', '-g', 'scheme.yaml', '-p', '2026-12', '-m', 'li', '-i', 'sales', '-t', '1'),
    ('goal-revise', '-f', 'goals.yaml', '-g', 'scheme.yaml', '-t', '1', '--reason', 'r', '-d', '2026-10-30', '--author', 'a',
     'lin.hao-campus'),
    ('goal-split', '-f', 'goals.yaml', '-g', 'scheme.yaml', '--into', 'month', '--like', 'sales.tsv', 'chen'),
    ('goal-split', '-g', 'goals.yaml', '--into', 'week', '--days', '--among', 'a,b=2', 'qinghe-sales-2026'),
    ('visit-log', '-f', 'visits.tsv', '--keep-logged', 'visits.tsv'),
    ('visit-log', '-f', 'visits.tsv', '--plan', '-m', 'li', '--purpose', 'demo', '--next', '2026-12-01'),
    ('feedback-log', '-f', 'feedback.tsv', '-m', 'li', '--score', '9', '--comment', 'good'),
    ('feedback-due', '--as-of', '2026-11-02', '-C', 'clients.tsv', '--visits', 'visits.tsv', '-o', 'json', 'feedback.tsv'),
    ('kpi-amend', '-c', 'C023', '-d', '2026-09-30', '--set', 'resolved=2026-10-10', '--reason', 'r', '--author', 'a',
     'feedback.tsv'),
    ('kpi-amend', '-n', '--line', '9', '--set', 'score=1', '-o', 'table', 'feedback.tsv'),
]
REFUSED = [
    ('visit-tally', '-k', 'feedback.tsv'),
    ('feedback-tally', '-s', 'n,what', 'feedback.tsv'),
    ('kpi-score', '-p', '2026-10', '-g', 'bad.yaml', 'sales.tsv'),
    ('kpi-score', '-p', '2026-10', '-g', 'scheme.yaml', '-g', 'goals.yaml', 'sales.tsv'),
    ('goal-check', 'bad.yaml'),
    ('kpi-grep', '-k', '-r', 'visit', 'feedback.tsv'),
    ('goal-set', '-f', 'goals.yaml', '-p', '2026-10', '-m', 'lin.hao', '-i', 'sales', '-t', '1'),
    ('goal-revise', '-f', 'goals.yaml', '--review', '--says', 'x', '--author', 'a', 'lin.hao-canpus'),
    ('goal-split', '-g', 'goals.yaml', '-g', 'scheme.yaml', '--into', 'month', 'qinghe-nps-2026'),
    ('goal-split', '-f', 'goals.yaml', '--among', 'chen.jie', '2026-10/chen.jie/sales'),
    ('visit-log', '-f', 'visits.tsv', 'feedback.tsv'),
    ('visit-log', '-f', 'visits.tsv', '--plan', '-m', 'li'),
    ('visit-due', '-C', 'clients.tsv', '-g', 'goals.yaml', 'visits.tsv'),
    ('visit-check', '--rules', 'late,lies', 'visits.tsv'),
    ('feedback-log', '-f', 'none/feedback.tsv', '-m', 'li'),
    ('feedback-due', '--visits', 'feedback.tsv', 'feedback.tsv'),
    ('kpi-amend', '-c', 'C023', '--set', 'score=2', '--reason', 'r', '--author', 'a', 'feedback.tsv'),
    ('kpi-amend', '--line', '9', '--set', 'score=11', '--reason', 'r', '--author', 'a', 'feedback.tsv'),
]


def fresh():
    """The examples, to be written to."""
    folder = tempfile.mkdtemp(dir=common.WORK)
    shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
    write(folder + '/bad.yaml', b'goals: 2026-10\ntargets: {x: {a: 1, a: 2}}\n')
    with open(folder + '/goals.yaml', 'ab') as goals:  # with sales of the year before it
        goals.write(b'---\ngoal: chen\nowner: chen.jie\nmetric: sales\nperiod: 2027-Q4\ntarget: 7000\nbaseline: 1\n')
    return folder


# ---- too little memory ----

def least(command, folder):
    """The least KiB of address space in which the loader can start a tool."""
    low, high = 0, 65536
    while high - low > 16:
        middle = (low + high) // 2
        if limited('-v %d' % middle, command[0], '--version', cwd=folder).returncode == 0:
            high = middle
        else:
            low = middle
    return high


def starved(command):
    """With more and more memory, from hardly any to enough: out of memory, and then success. What else came; how often
    it was out of memory."""
    folder = fresh()
    wanted = run(*command, cwd=folder)
    faults, out, kib = [], 0, least(command, folder)
    for step in range(200):
        folder = fresh()
        done = limited('-v %d' % kib, *command, cwd=folder)
        shutil.rmtree(folder)
        if done.returncode == 4 and not done.stdout and b'emory' in done.stderr:
            out += 1
        elif (done.returncode, done.stdout) != (wanted.returncode, wanted.stdout):
            faults.append((kib, done.returncode, done.stderr))
        elif done.returncode == wanted.returncode and step > 20:
            return faults, out
        kib += 16 if step < 60 else 512
    return faults + ['never enough'], out


def too_little():
    with Group('too little memory') as group:
        write('many.tsv', b''.join(b'2024-01-01\tm%d\tc%d\tvisit\tdone\t\t\t1\t\t\n' % (i, i) for i in range(20000)))
        write('scores.tsv', b''.join(b'2026-10-01\tm%d\tsales\t%d\n' % (i, i) for i in range(20000)))
        write('goals.tsv', b''.join(b'2026-10\tm%d\tsales\t100\t%d\t\n' % (i, i + 1) for i in range(20000)))
        write('one.yaml', b'scheme: s\nmetrics: {sales: {weight: 100}}\n')
        many = [('visit-tally', '-b', 'manager,client', common.WORK + '/many.tsv'),
                ('visit-log', '-f', 'new', common.WORK + '/many.tsv'),
                ('goal-list', common.WORK + '/goals.tsv'),
                ('kpi-score', '-p', '2026-10', '-g', common.WORK + '/one.yaml', '-g', common.WORK + '/goals.tsv',
                 common.WORK + '/scores.tsv')]
        commands = EXAMPLE + many
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(starved, commands))
        for command, (faults, out) in zip(commands, results):
            group.check(' '.join(command)[:60], not faults and (command not in many or out), (out, faults[:3]))
        group.note = ', %d times out of it' % sum(out for _, out in results)


# ---- every allocation ----

def allocations(command, folder):
    run(*command, cwd=folder, env={'LD_PRELOAD': common.WORK + '/scarce.so', 'SCARCE_COUNT': 'count'})
    return int(common.content(folder + '/count'))


def each_failing(command):
    """One allocation after the other fails, alone or with all after it. What came of it but success and exit 4 with the
    files as they were; the number of allocations; how often it was success."""
    folder = fresh()
    wanted = run(*command, cwd=folder)
    folder = fresh()
    number = allocations(command, folder)
    faults, fine = [], 0
    chosen = sorted({*range(1, min(number, 60) + 1), *range(61, number + 1, number // 60 + 1)})
    written = command[2] if '-f' in command else command[-1] if command[0] == 'kpi-amend' else ''
    log = folder + '/' + written if os.path.isfile(EXAMPLES + '/' + written) else None
    original = common.content(fresh() + '/' + written) if log else b''
    for first in chosen:
        for more in {}, {'SCARCE_ON': '1'}:
            before = b'' if not log else original
            if log:
                write(log, before)
            done = run(*command, cwd=folder,
                       env={'LD_PRELOAD': common.WORK + '/scarce.so', 'SCARCE_AT': str(first), **more})
            same = not log or common.content(log) == before
            part = wanted.stdout if command[0] == 'kpi-grep' else b''  # a filter has printed what came before
            refused = done.returncode == 4 and part.startswith(done.stdout) and b'out of memory' in done.stderr and same
            success = (done.returncode, done.stdout) == (wanted.returncode, wanted.stdout)
            fine += success
            if not refused and not success:
                faults.append((first, more, done.returncode, done.stdout[:100], done.stderr))
    return faults, number, fine


def each_allocation():
    with Group('each allocation fails') as group:
        built = run('cc', '-O1', '-shared', '-fPIC', '-o', 'scarce.so', common.HERE + '/scarce.c')
        if built.returncode or run('true', env={'LD_PRELOAD': common.WORK + '/scarce.so'}).stderr:
            group.skip('no compiler, or another C library')
            return
        with ThreadPoolExecutor(2) as pool:
            results = list(pool.map(each_failing, EXAMPLE + REFUSED))
        for command, (faults, number, _) in zip(EXAMPLE + REFUSED, results):
            group.check(' '.join(command)[:60], number and not faults, (number, len(faults), faults[:3]))
        group.note = ', %d allocations; %d times it did not matter' % (sum(n for _, n, _ in results), sum(
            fine for _, _, fine in results))


# ---- hostile input ----

def hostile():
    """What it is, the input, what reads it, and the exit status."""
    tally, score = ('visit-tally',), ('kpi-score', '-p', '2026-10', '-g', 'one.yaml')
    line = visit(b'')[:-1]
    done = b'\t\tvisit\tdone\t\t\t\t\t\n'

    def lines(text, number=MANY):  # %d: the number of the line
        return b''.join(text % i for i in range(number))

    yield '1 MiB of tabs', b'\t' * (MIB - 1) + b'\n', tally, 3
    yield '8 lines of 1 MiB of tabs', (b'\t' * (MIB - 1) + b'\n') * 8, tally + ('-k',), 3
    yield 'a line of 1 MiB', line + b'x' * (MIB - len(line)) + b'\n', tally, 0
    yield 'a line of 1 MiB and a byte', line + b'x' * (MIB - len(line) + 1) + b'\n', tally, 3
    yield '8 MiB without LF', b'x' * (8 * MIB), tally, 3
    yield '8 MiB of LF', b'\n' * (8 * MIB), tally, 0
    yield '8 MiB of CR LF', b'\r\n' * (4 * MIB), tally, 0
    yield '8 MiB of remarks in a sorted file', b'# remark\n' * MIB, ('kpi-grep', '--sorted', '-p', '2026'), 1
    yield '40 lines of 1 MiB that all pass', (b'a\t' + b'x' * (MIB - 2) + b'\n') * 40, ('kpi-grep', '-m', 'b'), 1
    yield '8 MiB of NUL', b'\0' * (8 * MIB), tally + ('-k',), 3
    yield '1 MiB of lines of NUL', b'\0\n' * (MIB // 2), tally + ('-k',), 3
    yield '1 MiB of lines of bad UTF-8', b'\xff\n' * (MIB // 2), tally + ('-k',), 3
    yield '8 MiB of remarks', b'# remark\n' * MIB, tally, 0
    yield '1 MiB of backslashes', line + b'\\\\' * ((MIB - len(line)) // 2) + b'\n', tally, 0
    yield 'a manager of 1 MiB', b'2024-01-01\t' + b'm' * (MIB - 40) + done, tally, 0
    yield 'such a manager in a table', b'2024-01-01\t' + b'm' * (MIB - 40) + done, tally + ('-o', 'table'), 0
    yield '100,000 managers', lines(b'2024-01-01\tm%d' + done), tally, 0
    yield '100,000 managers alike but for their ends', lines(b'2024-01-01\t' + b'm' * 60 + b'%d' + done), tally, 0
    yield '100,000 clients of one', lines(b'2024-01-01\tm\tc%d\tvisit\tdone\t\t\t\t\t\n'), tally, 0
    yield '100,000 groups', lines(b'2024-01-01\tm\tc%d\tvisit\tdone\t\t\t\t\t\n'), tally + ('-b', 'day,client'), 0
    yield '100,000 days', b''.join(b'%04d-%02d-%02d\tm' % (1 + i // 336, 1 + i // 28 % 12, 1 + i % 28) + done
                                   for i in range(MANY)), tally + ('-b', 'day'), 0
    yield '100,000 large numbers', b'2024-01-01\tm\t\tvisit\tdone\t\t\t999999999999999\t\t\n' * MANY, tally, 0
    yield '100,000 large measures of one', b'2026-10-01\tm\ta\t999999999999999.999999\n' * MANY, score, 0
    yield '100,000 measures of all', lines(b'2026-10-01\tm%d\ta\t1\n'), score, 0
    yield '100,000 ranges in each other', b''.join(b'2026-10-01..2026-10-%02d\tm\ta\t1\n' % (i % 31 + 1)
                                                   for i in range(MANY)), score, 0
    yield '100,000 goals', lines(b'2026-10\tm%d\ta\t\t1\t\n'), ('goal-list',), 0
    yield '100,000 goals of their own periods', b''.join(
        b'%04d-%02d\tm\ta\t\t1\t\n' % (1 + i // 12, i % 12 + 1) for i in range(MANY)), ('goal-list',), 0
    yield 'one goal 100,000 times', b'2026-10\tm\ta\t\t1\t\n' * MANY, ('goal-list', '-k'), 3
    yield '100,000 themes', lines(b'2024-01-01\tm\t\t\tt%d\t9\t\t\t\n'), \
        ('feedback-tally', '-b', 'theme', '--top', '9'), 0
    yield 'a book of 100,000', b''.join(b'm%d\t\tt%d\tr\t\t\n' % (i, i) for i in range(MANY)), \
        ('visit-tally', '-b', 'team', '-M', '-', 'few.tsv'), 0
    yield 'a book of one, 100,000 times', b''.join(b'm\t\tt\tr\t%04d-%02d-%02d\t%04d-%02d-%02d\n' % (
        2 * (1 + i // 336, 1 + i // 28 % 12, 1 + i % 28)) for i in range(MANY)), \
        ('visit-tally', '-b', 'team', '-M', '-', 'few.tsv'), 0
    yield '100,000 clients who wait', lines(b'2024-01-01\tm\tc%d\t\t\t1\t\t\t\n'), ('feedback-due',), 1
    yield 'one client who waits 100,000 times', lines(b'2024-01-01\tm\tc\t\t\t1\t\t\t%d\n'), ('feedback-due',), 1
    yield '100,000 plans', lines(b'2024-01-01\tm\tc%d\tvisit\tplanned\t\t\t\t\t\n'), \
        ('feedback-due', '--visits', '-', 'none.tsv'), 0
    yield 'depth', b'goals: ' + b'{a: ' * 40000, ('goal-list',), 3
    yield 'brackets', b'[' * 80000, ('goal-list',), 3
    yield 'a scalar of 1 MiB', b'goal: "' + b'x' * MIB + b'"\n', ('goal-list',), 3
    yield '100,000 empty documents', b'---\n' * MANY, ('goal-list',), 1
    yield '20,000 goals in full', b''.join(b'---\ngoal: g%d\nowner: o\nmetric: m%d\nperiod: 2026\ntarget: 1\n' % (i, i)
                                           for i in range(20000)), ('goal-list',), 0
    yield '100,000 owners', b'goals: 2026\ntargets:\n' + lines(b'  o%d: {a: 1}\n'), ('goal-list',), 0
    yield '20,000 revisions', b'goal: g\nowner: o\nmetric: m\nperiod: 2026\ntarget: 1\n' + lines(
        b'---\nrevise: g\ntarget: %d\non: 2026-01-01\nreason: r\n', 20000), ('goal-list',), 0
    yield '20,000 goals, each supporting the next', b''.join(
        b'---\ngoal: g%d\nowner: o%d\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: g%d\n' % (i, i, i + 1)
        for i in range(20000)) + b'---\ngoal: g20000\nowner: o\nmetric: m\nperiod: 2026\ntarget: 1\n', \
        ('goal-list', '--tree', '-o', 'table'), 0
    yield '20,000 goals in a circle', b''.join(
        b'---\ngoal: g%d\nowner: o%d\nmetric: m\nperiod: 2026\ntarget: 1\nsupports: g%d\n' % (i, i, (i + 1) % 20000)
        for i in range(20000)), ('goal-check',), 1
    yield '20,000 reviews to come', b'goal: g\nowner: o\nmetric: m\nperiod: 2026\ntarget: 1\nreviews: [' + b', '.join(
        b'2026-%02d-%02d' % (i // 28 % 12 + 1, i % 28 + 1) for i in range(20000)) + b']\n', ('goal-check',), 1
    yield '20,000 reviews of goals that are not there', b'goals: 2026\ntargets:\n' + lines(
        b'  owner%d: {a: 1}\n', 20000) + lines(b'---\nreview: 2026/ownre%d/a\non: 2026-01-01\n', 20000), \
        ('goal-check',), 3
    yield 'aliases', b'a: &a [x]\n' + lines(b'b%d: [*a, *a]\n', 20000), ('goal-list',), 3


def timed(command, data, limit):
    """Exit status and seconds of a command that reads data within a limit of KiB."""
    write('input', data)
    start = time.monotonic()
    with open(common.WORK + '/input', 'rb') as stdin:
        done = limited('-v %s' % limit, *command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return done.returncode, time.monotonic() - start


def hostility():
    """Answered within 64 MiB for each MiB of input. Seconds are only told: they are the machine's as well."""
    with Group('hostile input') as group:
        write('one.yaml', b'scheme: s\nmetrics: {a: {weight: 100}}\n---\ngoals: 2026-10\ntargets: {m: {a: 1}}\n')
        write('few.tsv', visit(b'few'))
        write('none.tsv', b'')
        slowest = (0, '')
        for what, data, command, wanted in hostile():
            mib = max(1, len(data) / MIB)
            status, seconds = timed(command, data, 'unlimited' if sanitized() else int(65536 * mib))
            group.same(what + ', exit status', wanted, status)
            slowest = max(slowest, (seconds / mib, what))
        remove('input')
        group.note = ', each in %s memory and at most %.2f s (%s) per MiB' % (
            'any' if sanitized() else '64 MiB of', *slowest)


# ---- leaks ----

def checked(command):
    folder = fresh()
    wanted = run(*command, cwd=folder)
    shutil.rmtree(folder)
    folder = fresh()
    done = run('valgrind', '-q', '--error-exitcode=99', '--leak-check=full', '--show-leak-kinds=all',
               '--errors-for-leak-kinds=all', '--track-fds=yes', '--log-file=valgrind.log', *command, cwd=folder)
    log = common.content(folder + '/valgrind.log')
    open_files = [line for line in log.splitlines() if b'Open file descriptor' in line and b': /' in line and
                  b'valgrind.log' not in line and b'/dev/' not in line]
    return done.returncode == wanted.returncode and done.stdout == wanted.stdout and not open_files, done, log


def valgrind():
    with Group('valgrind') as group:
        if sanitized() or not works('valgrind', '-q', 'true'):
            group.skip('no valgrind here')
            return
        with ThreadPoolExecutor(2) as pool:
            for command, (fine, done, log) in zip(EXAMPLE + REFUSED, pool.map(checked, EXAMPLE + REFUSED)):
                group.check(' '.join(command)[:60], fine, (done.returncode, done.stderr, log[:3000]))


if __name__ == '__main__':
    if sanitized():
        with Group('too little memory') as none:
            none.skip('not with sanitizers')
    else:
        too_little()
        each_allocation()
    hostility()
    valgrind()
    finish()
