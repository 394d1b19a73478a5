#!/usr/bin/env python3
"""The monthly job of the examples: the same again, and after any failure or kill the old output and nothing else."""
import os
import shutil
import signal
import subprocess

import common
from common import ENV, EXAMPLES, Group, content, finish, limited, names, run, write

PERIOD = '2026-10'
OUTPUT = ['measures-2026-10.tsv', 'scores-2026-10-detail.tsv', 'scores-2026-10.csv', 'scores-2026-10.tsv',
          'scores-2026-10.txt']


def fresh():
    """A folder with the examples, and with out/ the output of a month as it was before some sales came in late."""
    for folder in 'kpi', 'stubs':
        shutil.rmtree(common.WORK + '/' + folder, ignore_errors=True)
    shutil.copytree(EXAMPLES, common.WORK + '/kpi')
    os.mkdir(common.WORK + '/stubs')
    before = job()
    with open(common.WORK + '/kpi/sales.tsv', 'ab') as sales:
        sales.write(b'2026-10-31\tlin.hao\tsales\t50000\n')
    return before, output()


def job(*words, start=run, **env):
    """Runs monthly.sh; what is in stubs/ stands before the tools."""
    env = {'PATH': '%s/stubs:%s' % (common.WORK, ENV['PATH']), **env}
    return start(*(words or ('kpi/monthly.sh', PERIOD)), env=env)


def output():
    """All that is in the folder of output, hidden files too."""
    folder = common.WORK + '/kpi/out'
    return {name: None if os.path.isdir(folder + '/' + name) else content(folder + '/' + name)
            for name in sorted(os.listdir(folder))}


def stub(name, text):
    """Puts a program before the tool, or command, of this name. REAL: the one behind it."""
    real = shutil.which(name, path=ENV['PATH'])
    write('stubs/' + name, b'#!/bin/sh\n' + text.replace('REAL', real).encode() + b'\n')
    os.chmod(common.WORK + '/stubs/' + name, 0o755)


def again():
    with Group('monthly.sh, the same again') as group:
        done, first = fresh()
        group.same('it is silent', (0, b'', b''), (done.returncode, done.stdout, done.stderr))
        group.same('its output', OUTPUT, list(first))
        shutil.copy(EXAMPLES + '/sales.tsv', common.WORK + '/kpi')
        job()
        group.same('a second run', first, output())
        job(LC_ALL='tr_TR.UTF-8', TZ='Pacific/Kiritimati')
        group.same('elsewhere', first, output())
        job('kpi/monthly.sh', KPI_NOW='2026-11-04')
        group.same('as last month', first, output())
        job('kpi/monthly.sh', 'this-month', KPI_NOW='2026-10-31T23:59:59Z')
        group.same('as this month', first, output())
        jobs = [job(start=lambda *command, env: subprocess.Popen(command, cwd=common.WORK, env={**ENV, **env}))
                for _ in range(4)]
        group.same('four at once', [0] * 4, [one.wait() for one in jobs])
        group.same('and their output', first, output())
        with open(common.WORK + '/kpi/sales.tsv', 'rb') as sales:
            lines = sales.read().splitlines(True)
        write('kpi/sales.tsv', b''.join(reversed(lines)))
        job()
        group.same('sales in another order', first, output())
        job('kpi/monthly.sh', PERIOD, KPI_DIR=common.WORK + '/kpi', OUT=common.WORK + '/else/where')
        group.same('in another folder', first['scores-2026-10.csv'], content('else/where/scores-2026-10.csv'))


def fails():
    with Group('monthly.sh, when something fails') as group:
        for name in 'visit-tally', 'feedback-tally', 'kpi-score', 'cat', 'cmp', 'sync':
            for after in (0,) if name in ('visit-tally', 'cat', 'cmp', 'sync') else (0, 1):
                _, old = fresh()
                stub(name, 'echo >>"%s/calls.%s"; [ $(wc -l <"%s/calls.%s") -gt %d ] || exec REAL "$@"\n'
                     'echo half; echo broken >&2; exit 3' % (common.WORK, name, common.WORK, name, after))
                common.remove('calls.' + name)
                done = job()
                group.check('%s, call %d' % (name, after + 1), done.returncode == 3 and output() == old and
                            names(done.stderr, 'broken', 'monthly.sh: 2026-10: '), (done, list(output())))
        for file, line in [('visits.tsv', b'2026-10-01\tbad\n'), ('feedback.tsv', b'x\n'), ('sales.tsv', b'torn'),
                           ('goals.yaml', b'\n---\nwhat: 1\n'), ('managers.tsv', b'\n\t\n')]:
            _, old = fresh()
            with open(common.WORK + '/kpi/' + file, 'ab') as input_file:
                input_file.write(line)
            done = job()
            group.check('a bad line in ' + file, done.returncode == 3 and output() == old and
                        file.encode() + b':' in done.stderr, done)
        for file in 'visits.tsv', 'scheme.yaml':
            _, old = fresh()
            os.remove(common.WORK + '/kpi/' + file)
            done = job()
            group.check('no ' + file, done.returncode == 4 and output() == old and file.encode() in done.stderr, done)
        _, old = fresh()
        done = job(start=lambda *command, env: limited('-f 2', *command, env=env))
        group.check('a file size limit', done.returncode and output() == old and b'File too large' in done.stderr, done)
        for words in ('2026-09',), ('2026-13',), ('-p',), ('next-month',), (PERIOD, PERIOD):
            done = job('kpi/monthly.sh', *words)
            group.check(' '.join(words), done.returncode in (1, 2) and output() == old and done.stderr, done)
        _, old = fresh()
        stub('kpi-score', 'printf "2026-10-31\\the.lan\\tsales\\t1000\\n" >>sales.tsv; exec REAL "$@"')
        done = job()
        group.check('input changed meanwhile', done.returncode and output() == old, done)


def killed():
    """A signal to the script from within each of its steps, so that no clock decides when it comes."""
    for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
        signal.signal(number, signal.SIG_DFL)  # what nohup ignores, the script would, too
    with Group('monthly.sh, killed') as group:
        fresh()
        job()
        new = output()
        for name in 'visit-tally', 'feedback-tally', 'kpi-score', 'cmp', 'sync', 'mv':
            for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
                _, old = fresh()
                stub(name, 'kill -%d $PPID; exec REAL "$@"' % number)
                done = job()
                group.check('%s in %s' % (number.name, name), done.returncode in (-number, 128 + number) and
                            output() == (new if name == 'mv' else old) != {}, (done, list(output())))
        for name in 'kpi-score', 'sync':
            _, old = fresh()
            stub(name, 'kill -KILL $PPID; exec REAL "$@"')
            done = job()
            left = output()
            group.check('KILL in ' + name, done.returncode == -9 and {n: left[n] for n in old} == old,
                        (done, list(left)))
            os.remove(common.WORK + '/stubs/' + name)
            job()
            left = output()
            group.check('and a later run', {n: left[n] for n in new} == new)


if __name__ == '__main__':
    again()
    fails()
    killed()
    finish()
