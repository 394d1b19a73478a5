#!/usr/bin/env python3
"""Disks that are full, and power that fails: what did not fit is rolled back and told with exit 4, what was reported as
done is on the disk.

Mounts need a namespace or root; where there is neither, their groups are skipped."""
import os
import shutil
import subprocess
import sys
import threading
import time

import common
from common import (BIN, ENV, EXAMPLES, Group, batch, content, finish, limited, names, notes, remove, run, visit, works,
                    write)

FULL = 'No space left on device'


def file_limit():
    with Group('file size limit') as group:
        remove('log.tsv')
        for i in range(20):
            before = content('log.tsv')
            done = limited('-f 8', 'visit-log', '-f', 'log.tsv', '-', stdin=batch(b'%d' % i, 9, 100))
            fits = len(before) + 900 <= 4096
            group.check('batch %d' % i, done.returncode == (0 if fits else 4) and
                        len(content('log.tsv')) == len(before) + 900 * fits and
                        (fits or names(done.stderr, 'log.tsv: ', 'File too large', 'nothing was appended')), done)
        group.check('a smaller one fits still', not limited('-f 8', 'visit-log', '-f', 'log.tsv', '-',
                                                            stdin=visit(b'small', 100)).returncode)
        group.same('records', 37, len(notes(content('log.tsv'))))
        group.same('a reader', b'37\n', run('visit-tally', '-b', '', '-s', 'visits', 'log.tsv').stdout)

        shutil.copy(EXAMPLES + '/goals.yaml', common.WORK)
        before = content('goals.yaml')
        done = limited('-f %d' % (len(before) // 512), 'goal-set', '-f', 'goals.yaml', '-p', '2026-12', '-m', 'a', '-i',
                       'sales', '-t', '1')
        group.check('goals', done.returncode == 4 and content('goals.yaml') == before and
                    names(done.stderr, 'goals.yaml: ', 'File too large'), done)
        for command in [('goal-revise', '-f', 'goals.yaml', '--review', '--says', 'x', '--author', 'a', 'lin.hao-campus'),
                        ('goal-split', '-f', 'goals.yaml', '--among', 'a,b,c,d,e,f', 'qinghe-sales-2026')]:
            done = limited('-f %d' % (len(before) // 512), *command)
            group.check(command[0], done.returncode == 4 and content('goals.yaml') == before and
                        names(done.stderr, 'goals.yaml: write (the file is as it was): File too large') and
                        not any(name.startswith('.goals') for name in os.listdir(common.WORK)), done)
        before = content('log.tsv')
        done = limited('-f %d' % (len(before) // 512), 'kpi-amend', '--line', '3', '--set', 'outcome=new', '--reason', 'r',
                       '--author', 'a', 'log.tsv')
        group.check('kpi-amend', done.returncode == 4 and content('log.tsv') == before and not content('log.tsv.amended') and
                    names(done.stderr, 'log.tsv: write (the file is as it was): File too large') and
                    not any(name.startswith('.log') for name in os.listdir(common.WORK)), done)
        done = limited('-f 1', 'sh', '-c', 'visit-tally -b client %s/visits.tsv >out' % EXAMPLES)
        group.check('output', done.returncode == 4 and names(done.stderr, 'standard output', 'File too large'), done)


def torn_tail():
    """A short write and, before it can be undone, the end of the process: what a crash leaves behind."""
    with Group('incomplete last line') as group:
        if not works('strace', '-o', '/dev/null', 'true'):
            group.skip('no strace')
            return
        remove('log.tsv')
        whole = batch(b'a', 3, 120)  # 100 bytes each: they lack their time of writing
        write('log.tsv', whole)
        write('batch', batch(b'b', 60, 100))
        done = limited('-f 1', 'strace', '-qq', '-o', '/dev/null', '-e', 'inject=ftruncate:signal=KILL', 'visit-log',
                       '-f', 'log.tsv', 'batch')
        crashed = content('log.tsv')
        group.check('the crash', done.returncode < 0 and crashed.startswith(whole) and len(crashed) == 512, done)
        read = run('visit-tally', 'log.tsv')
        group.check('a reader reports it', (read.returncode, read.stdout) == (3, b'') and
                    names(read.stderr, 'visit-tally: log.tsv:6: incomplete last line'), read)
        read = run('visit-tally', '-k', '-b', '', '-s', 'visits', 'log.tsv')
        group.check('with -k it counts the others', (read.returncode, read.stdout) == (3, b'5\n'), read)
        refused = run('visit-log', '-f', 'log.tsv', '-', stdin=b'2024-02-30\ta\t\tvisit\tdone\t\t\t\t\t\n')
        group.check('a refused batch leaves it', refused.returncode == 3 and content('log.tsv') == crashed, refused)
        done = run('visit-log', '-f', 'log.tsv', '-', stdin=visit(b'c', 100))
        group.check('the next append moves it, and says so', done.returncode == 0 and
                    names(done.stderr, 'log.tsv: ', 'incomplete last line of 12 bytes', 'log.tsv.torn'), done)
        group.same('the log', [b'a.0', b'a.1', b'a.2', b'b.0', b'b.1', b'c'], notes(content('log.tsv')))
        group.same('.torn', crashed[500:] + b'\n', content('log.tsv.torn'))
        group.same('messages after that', b'', run('visit-log', '-f', 'log.tsv', '-', stdin=visit(b'd', 100)).stderr)


def in_full(folder):
    """On a file system of 16 KB."""
    with Group('full disk') as group:
        log = folder + '/log.tsv'
        for i in range(10):
            before = content(log)
            done = run('visit-log', '-f', log, '-', stdin=batch(b'%d' % i, 27, 100))
            fits = len(before) + 2700 <= 16384
            group.check('batch %d' % i, done.returncode == (0 if fits else 4) and
                        len(content(log)) == len(before) + 2700 * fits and
                        (fits or names(done.stderr, 'visit-log: %s: ' % log, FULL, 'nothing was appended')), done)
        group.same('records', 162, len(notes(content(log))))
        group.check('and smaller ones, until it is full', not run('visit-log', '-f', log, '-',
                                                                  stdin=batch(b's', 1, 16384 - 16200)).returncode)
        done = run('visit-log', '-f', log, '-', stdin=visit(b'1'))
        group.check('then not one', done.returncode == 4 and len(content(log)) == 16384 and
                    names(done.stderr, FULL), done)
        done = run('visit-log', '-f', folder + '/new.tsv', '-', stdin=visit(b'1'))
        group.check('nor a new file, of which nothing is left', done.returncode == 4 and names(done.stderr, FULL) and
                    os.listdir(folder) == ['log.tsv'], (done, os.listdir(folder)))
        for tool, *options in [('feedback-log', '-m', 'li.wei', '--score', '9'),
                               ('goal-set', '-p', '2026-10', '-m', 'li.wei', '-i', 'sales', '-t', '1')]:
            done = run(tool, '-f', folder + '/other', *options)
            group.check(tool, done.returncode == 4 and names(done.stderr, tool + ': ' + folder + '/other', FULL), done)
        with open(folder + '/out', 'wb') as out:
            done = run('visit-tally', '-b', 'client', EXAMPLES + '/visits.tsv', stdout=out)
        group.check('output', done.returncode == 4 and names(done.stderr, 'standard output: ', FULL), done)
        with open(log, 'r+b') as file:
            file.truncate(8100)
        done = run('visit-log', '-f', log, '-', stdin=batch(b'x', 10, 100))
        group.check('with room again it goes on', done.returncode == 0 and len(content(log)) == 9100, done)

        # A torn tail that fits nowhere else stays where it is.
        with open(log, 'ab') as file:
            file.write(b'torn')
        with open(folder + '/filler', 'wb') as file:
            file.write(b'x' * 4096)
        crashed = content(log)
        done = run('visit-log', '-f', log, '-', stdin=batch(b'y', 2, 100))
        group.check('a tail that cannot be moved stays', done.returncode == 4 and content(log) == crashed and
                    names(done.stderr, log + '.torn: ', FULL), done)
        remove(folder + '/filler')
        done = run('visit-log', '-f', log, '-', stdin=batch(b'y', 2, 100))
        group.check('and is moved later', done.returncode == 0 and content(log + '.torn') == b'torn\n' and
                    content(log)[:-200] == crashed[:-4], done)
        goals_in_full(group, folder, log)
        amend_in_full(group, folder)


def goals_in_full(group, folder, log):
    """A goal file is replaced by a new one: for which there is room, or not."""
    remove(log, log + '.torn', folder + '/out')
    goals, old = folder + '/goals.yaml', b'# ' + b'x' * 6000 + b'\ngoal: g\nowner: o\nmetric: m\nperiod: 2026\ntarget: 9\n'
    write(goals, old)
    for tool, *options in [('goal-set', '-p', '2026-10', '-m', 'li.wei', '-i', 'sales', '-t', '1'),
                           ('goal-revise', '-t', '8', '--reason', 'r', '-d', '2026-01-01', '--author', 'a', 'g'),
                           ('goal-split', '--into', 'quarter', 'g')]:
        before = content(goals)
        write(folder + '/filler', b'x' * 8192)
        done = run(tool, '-f', goals, *options)
        group.check(tool + ' without room', done.returncode == 4 and content(goals) == before and
                    names(done.stderr, tool + ': ' + goals + ': write (the file is as it was): ' + FULL) and
                    sorted(os.listdir(folder)) == ['filler', 'goals.yaml'], (done, os.listdir(folder)))
        remove(folder + '/filler')
        done = run(tool, '-f', goals, *options)
        group.check(tool + ' with room', done.returncode == 0 and content(goals).startswith(before + b'---\n'), done)


def amend_in_full(group, folder):
    """There is room for the new file, and for the entry; or only for one of them; or for none."""
    for name in os.listdir(folder):
        remove(folder + '/' + name)
    log, old = folder + '/v.tsv', batch(b'old', 30, 120)  # a page
    new = old.replace(b'renewal\t', b'renewal\tamended', 1)
    command = ('kpi-amend', '--line', '1', '--set', 'outcome=amended', '--reason', 'r', '--author', 'a', log)
    write(log, old)
    for filler, tells in (12288, 'v.tsv: write (the file is as it was): ' + FULL), \
            (8192, 'v.tsv.amended: write (nothing was appended): ' + FULL):
        write(folder + '/filler', b'x' * filler)
        done = run(*command)
        group.check('kpi-amend beside %d bytes' % filler, done.returncode == 4 and content(log) == old and
                    names(done.stderr, tells) and not content(log + '.amended') and
                    not any(name.startswith('.v') for name in os.listdir(folder)), (done, os.listdir(folder)))
        remove(folder + '/filler', log + '.amended')
    done = run(*command)
    group.check('kpi-amend with room', done.returncode == 0 and content(log) == new and
                content(log + '.amended').endswith(old.split(b'\n')[0] + b'\t' + new.split(b'\n')[0] + b'\n'), done)


def image_of(folder, name):
    """What the disk would hold had the power failed now, as files: a copy of it, its journal replayed."""
    image = folder + '/copy.img'
    shutil.copyfile(folder + '/disk.img', image)
    os.makedirs(folder + '/copy', exist_ok=True)
    subprocess.run(['mount', '-o', 'loop', image, folder + '/copy'], check=True)
    try:
        return content(folder + '/copy/' + name)
    finally:
        subprocess.run(['umount', folder + '/copy'], check=True)


def in_image(folder):
    """On a mounted ext4 image: a record must be in a copy of the image that is taken when exit 0 was seen."""
    disk = folder + '/disk/'
    with Group('power cut') as group:
        with open(disk + 'unsynced', 'wb') as file:
            file.write(b'lost')
        if image_of(folder, 'unsynced'):
            group.skip('what was not synced is on the disk as well: nothing would be proved')
            return
        for i in range(3):
            run('visit-log', '-f', disk + 'a.tsv', '-', stdin=batch(b'%d' % i, 10))
            group.same('batch %d survives' % i, 10 * (i + 1), image_of(folder, 'a.tsv').count(b'\n'))
        os.mkdir(disk + 'sub')
        run('feedback-log', '-f', disk + 'sub/f.tsv', '-m', 'a', '--score', '9')
        group.same('feedback in a new file', 1, image_of(folder, 'sub/f.tsv').count(b'\n'))
        for command in [('goal-set', '-p', '2026-10', '-m', 'a', '-i', 'sales', '-t', '1', '--id', 'g'),
                        ('goal-revise', '-t', '7', '--reason', 'r', '-d', '2026-10-10', '--author', 'a', 'g'),
                        ('goal-split', '--into', 'week', 'g')]:
            before = content(disk + 'goals.yaml')
            run(command[0], '-f', disk + 'goals.yaml', *command[1:])
            now = content(disk + 'goals.yaml')
            group.check(command[0], image_of(folder, 'goals.yaml') == now and now.startswith(before) and now != before)
        for i in range(2):
            run('kpi-amend', '-r', 'visit', '--line', '7', '--set', 'outcome=new %d' % i, '--reason', 'r', '--author', 'a',
                disk + 'a.tsv')
            now = content(disk + 'a.tsv')
            group.check('correction %d, and its entry' % i, image_of(folder, 'a.tsv') == now and b'\tnew %d\t' % i in now and
                        image_of(folder, 'a.tsv.amended').count(b'\n') == i + 1)
        with open(disk + 'a.tsv', 'ab') as file:
            file.write(b'torn')
        run('visit-log', '-f', disk + 'a.tsv', '-', stdin=visit(b'x'))
        group.same('a tail moved to .torn', b'torn\n', image_of(folder, 'a.tsv.torn'))
        group.same('and its log', content(disk + 'a.tsv'), image_of(folder, 'a.tsv'))

        done, stop = [], threading.Event()

        def log_on():
            while not stop.is_set():
                if run('visit-log', '-f', disk + 'b.tsv', '-', stdin=batch(b'%d' % len(done), 5)).returncode == 0:
                    done.append(5)
        writer = threading.Thread(target=log_on)
        writer.start()
        while len(done) < 3 and writer.is_alive():
            time.sleep(0.001)
        for i in range(5):
            acknowledged = sum(done)
            found = notes(image_of(folder, 'b.tsv'))
            group.check('copy %d, taken while it is written' % i, len(found) >= acknowledged and
                        found == [b'%d.%d' % divmod(k, 5) for k in range(len(found))], (acknowledged, found[-3:]))
        stop.set()
        writer.join()
        group.note = ', %d records in all' % sum(done)


MOUNTS = {
    'full': (in_full, 'mount -t tmpfs -o size=16k none "$1/disk"'),
    'image': (in_image, 'mkfs.ext4 -q -F "$1/disk.img" 16m && mount -o loop "$1/disk.img" "$1/disk"'),
}


def mounted(part, title, way):
    """Runs a part of this program with a mount of its own, which goes away with it."""
    _, mount = MOUNTS[part]
    folder = common.WORK + '/' + part
    os.makedirs(folder + '/disk')
    inner = '{ ' + mount + '; } >/dev/null 2>&1 || exit 77; exec "$2" "$3" "$4" "$5" "$1"'
    done = subprocess.run([*way, 'sh', '-c', inner, 'sh', folder, sys.executable, os.path.abspath(__file__), BIN, part],
                          env=ENV, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=common.GUARD, check=False)
    lines = done.stdout.decode().splitlines()
    counted = lines[-1].split() if lines and 'passed,' in lines[-1] else None
    if counted:
        print('\n'.join(lines[:-1]))
        for i, what in enumerate(('passed', 'failed', 'skipped')):
            common.counts[what] += int(counted[2 * i])
    else:
        with Group(title) as group:
            group.skip('no mounts here')


if __name__ == '__main__':
    if len(sys.argv) > 2:
        MOUNTS[sys.argv[2]][0](sys.argv[3] + ('/disk' if sys.argv[2] == 'full' else ''))
        finish()
    file_limit()
    torn_tail()
    mounted('full', 'full disk', ['unshare', '-rm'])
    mounted('image', 'power cut', ['unshare', '-m'])
    finish()
