#!/usr/bin/env python3
"""System calls that fail, kills before any of them, output that gets lost, closed descriptors: exit 4 and a message
that names the file and the reason, nothing tried twice, nothing half done."""
import itertools
import os
import shutil
from concurrent.futures import ThreadPoolExecutor

import common
from common import EXAMPLES, Group, batch, content, finish, names, notes, remove, run, visit, works, write

TEXT = {'EIO': 'Input/output error', 'ENOSPC': 'No space left on device', 'EINTR': 'Interrupted system call',
        'EDQUOT': 'Disk quota exceeded', 'EACCES': 'Permission denied', 'ENOLCK': 'No locks available',
        'EMFILE': 'Too many open files'}
OLD = batch(b'old', 5, 120)
SCORE = ('kpi-score', '-p', '2026-10', '-g', EXAMPLES + '/scheme.yaml', '-g', EXAMPLES + '/goals.yaml', '-M',
         EXAMPLES + '/managers.tsv', EXAMPLES + '/sales.tsv')
GOAL = b'goal: a\nowner: a\nmetric: m\nperiod: 2026\ntarget: 1\n'
PRINTING = [  # a command of each tool that prints; the first ones read files that are named
    ('visit-tally', EXAMPLES + '/visits.tsv'),
    ('visit-due', '-C', EXAMPLES + '/clients.tsv', '-g', EXAMPLES + '/scheme.yaml', '--as-of', '2026-10-31', '--within',
     '60', '-c', 'C003', EXAMPLES + '/visits.tsv'),
    ('visit-check', '-H', '--rules', 'hours,client,manager', '-C', EXAMPLES + '/clients.tsv', '-M',
     EXAMPLES + '/managers.tsv', EXAMPLES + '/visits.tsv'),
    ('feedback-tally', EXAMPLES + '/feedback.tsv'),
    ('feedback-due', '--as-of', '2026-12-31', '--visits', EXAMPLES + '/visits.tsv', EXAMPLES + '/feedback.tsv'),
    ('goal-list', EXAMPLES + '/goals.yaml', EXAMPLES + '/scheme.yaml'),
    ('goal-split', '-g', EXAMPLES + '/scheme.yaml', '-g', EXAMPLES + '/goals.yaml', '--into', 'quarter', '-d',
     '2026-01-01', 'qinghe-sales-2026'),
    SCORE,
    SCORE + ('-l', '-o', 'json'),
    SCORE + ('-xx', '-o', 'json'),
    SCORE + ('-x',),
    SCORE + ('--stable',),
    ('kpi-pace', '-d', '2026-10-20') + SCORE[1:],
    ('kpi-need',) + SCORE[1:],
    ('kpi-diff', EXAMPLES + '/expected/scores-2026-10-detail.tsv', EXAMPLES + '/expected/scores-2026-10-detail.tsv'),
    ('goal-check', 'bad.yaml'),
    ('kpi-grep', EXAMPLES + '/visits.tsv'),
    ('kpi-grep', '-r', 'feedback', '-o', 'json', EXAMPLES + '/feedback.tsv'),
    ('kpi-amend', '-n', '--line', '3', '--set', 'score=1', EXAMPLES + '/feedback.tsv'),
]
LOGGING = [
    ('visit-log', '-m', 'li.wei', '-d', '2024-03-01', '--note', 'new'),
    ('feedback-log', '-m', 'li.wei', '-d', '2024-03-01', '--comment', 'new'),
    ('goal-set', '-p', '2026-11', '-m', 'li.wei', '-i', 'sales', '-t', '100', '--id', 'new'),
    ('goal-revise', '-t', '2', '--reason', 'new', '-d', '2026-03-01', '--author', 'li.wei', 'a'),
    ('goal-split', '--among', 'li.wei,b', '-d', '2026-03-01', 'a'),
    ('visit-log', '--plan', '-m', 'li.wei', '-d', '2024-03-01', '--purpose', 'new'),
    ('kpi-amend', '-r', 'visit', '--line', '3', '--set', 'outcome=amended', '--reason', 'new', '--author', 'li.wei'),
]
OLDS = {'visit-log': OLD, 'feedback-log': b'2024-01-01\ta\t\t\t\t\t\t\t\n', 'goal-set': GOAL, 'goal-revise': GOAL,
        'goal-split': GOAL, 'kpi-amend': OLD}
NEEDED = 'goal-revise', 'goal-split', 'kpi-amend'  # the file has to be there
OLD_LINE = OLD.split(b'\n')[2]
NEW_LINE = OLD_LINE.replace(b'renewal\t', b'renewal\tamended')
AMENDED = OLD.replace(OLD_LINE, NEW_LINE)
ENTRY = b'\tli.wei\tnew\t3\t' + OLD_LINE + b'\t' + NEW_LINE + b'\n'  # behind its time
BAD_GOALS = b'''scheme: s
metrics: {a: {weight: 60}, b: {weight: 60}}
---
goals: 2026-10
targets: {x: {a: 1, b: 1}}
'''


def on(file, tool, *options):
    """The command that writes to a file."""
    return (tool, *options, file) if tool == 'kpi-amend' else (tool, '-f', file, *options)


def kept(path):
    """The entries of a FILE.amended, without their times."""
    return b''.join(line[20:] for line in content(path).splitlines(True))


def begin(tool):
    """A log that is not there, or the least that the tool needs; what is in it."""
    remove('log', 'log.amended')
    if tool in NEEDED:
        write('log', OLDS[tool])
    return content('log')


def injected(fault, *command, path=None, **more):
    """Runs a command under strace; also how often the call of the fault was made (on the path, where given)."""
    only = ['-P', path, '-P', os.path.join(common.WORK, path)] if path else []  # as named, as /proc/self/fd has it
    call = fault.split(':')[0]
    done = run('strace', '-qq', '-o', 'trace', *only, '-e', 'trace=' + call, '-e', 'inject=' + fault, *command, **more)
    done.stderr = b''.join(line for line in done.stderr.splitlines(True) if not line.startswith(b'strace: Requested'))
    return done, content('trace').count(b'%s(' % call.encode())


# The call, its error; exit status; what the message tells; what is in the log then; how often the call is made.
APPENDING = [
    ('write:error=EIO', 4, 'write (nothing was appended)', 'old', 1),
    ('write:error=ENOSPC', 4, 'write (nothing was appended)', 'old', 1),
    ('write:error=EDQUOT', 4, 'write (nothing was appended)', 'old', 1),
    ('write:error=EINTR:when=1', 0, '', 'new', 2),
    ('fdatasync:error=EIO', 4, 'fdatasync', 'new', 1),
    ('fdatasync:error=ENOSPC', 4, 'fdatasync', 'new', 1),
    ('fdatasync:error=EINTR', 4, 'fdatasync', 'new', 1),
    ('close:error=EIO', 4, 'close', 'new', 1),
    ('close:error=ENOSPC', 4, 'close', 'new', 1),
    ('close:error=EINTR', 0, '', 'new', 1),
    ('flock:error=EIO', 4, 'lock', 'old', 1),
    ('flock:error=ENOLCK', 4, 'lock', 'old', 1),
    ('flock:error=EINTR:when=1..3', 0, '', 'new', 4),
    ('openat:error=EIO', 4, 'open', 'old', 1),
    ('openat:error=EACCES', 4, 'open', 'old', 1),
    ('openat:error=EMFILE', 4, 'open', 'old', 1),
    ('pread64:error=EIO', 4, 'read', 'old', 1),
    ('pread64:error=EINTR:when=1..2', 0, '', 'new', None),
]
# The same of a file that is replaced; the calls are those of the whole program, as the new file has another name.
REPLACING = [
    ('write:error=EIO:when=1', 4, 'log: write (the file is as it was)', 'old'),
    ('write:error=ENOSPC:when=1', 4, 'log: write (the file is as it was)', 'old'),
    ('write:error=EDQUOT:when=1', 4, 'log: write (the file is as it was)', 'old'),
    ('write:error=EINTR:when=1', 0, '', 'new'),
    ('fchmod:error=EIO', 4, 'log: keep its mode', 'old'),
    ('fsync:error=EIO:when=1', 4, 'log: fsync (the file is as it was)', 'old'),
    ('fsync:error=ENOSPC:when=1', 4, 'log: fsync (the file is as it was)', 'old'),
    ('rename:error=EIO', 4, 'log: rename (the file is as it was)', 'old'),
    ('rename:error=ENOSPC', 4, 'log: rename (the file is as it was)', 'old'),
    ('fsync:error=EIO:when=2', 4, ': fsync', 'new'),  # of the folder
]


def replacing(group, tool, options):
    old = OLDS[tool]
    for fault, status, tells, left in REPLACING:
        write('log', old)
        done, made = injected(fault, tool, '-f', 'log', *options)
        now, error = content('log'), fault.split('error=')[1].split(':')[0]
        beside = [name for name in os.listdir(common.WORK) if name.startswith('.log')]
        group.check('%s, %s' % (tool, fault), done.returncode == status and made and not beside and
                    (not status or names(done.stderr, tells, TEXT[error])) and
                    (now == old if left == 'old' else now.startswith(old) and b'li.wei' in now[len(old):]),
                    (done, made, now, beside))


def appending():
    with Group('a call that fails while a record is appended') as group:
        for (tool, *options), (fault, status, tells, left, times) in itertools.product(LOGGING, APPENDING):
            if tool in ('goal-split', 'kpi-amend') or tool.startswith('goal') and fault.split(':')[0] in ('write', 'fdatasync'):
                continue  # they replace the file; goal-split reads it before
            old, error = OLDS[tool], fault.split('error=')[1].split(':')[0]
            write('log', old)
            done, made = injected(fault, tool, '-f', 'log', *options, path='log')
            now = content('log')
            message = (tool + ': log: ' + tells, TEXT[error]) if status else ()
            group.check('%s, %s' % (tool, fault), done.returncode == status and names(done.stderr, *message) and
                        done.stderr.count(b'\n') == (status > 0) and (times or made) == made and
                        (now == old if left == 'old' else now.startswith(old) and now[len(old):].count(b'li.wei') == 1),
                        (done.returncode, done.stderr, made, now[len(old):]))

        for tool, *options in [command for command in LOGGING if command[0].startswith('goal')]:
            replacing(group, tool, options)

        # A short write is cut off; when that fails as well, the message says so.
        write('log', OLD)
        done, _ = injected('write:retval=10', 'visit-log', *LOGGING[0][1:], '-f', 'log', path='log')
        group.check('a short write', done.returncode == 4 and content('log') == OLD and
                    names(done.stderr, 'log: write (nothing was appended): ' + TEXT['ENOSPC']), done)
        done = run('strace', '-qq', '-o', '/dev/null', '-P', common.WORK + '/log', '-e', 'inject=write:error=EIO', '-e',
                   'inject=ftruncate:error=ENOSPC', 'visit-log', *LOGGING[0][1:], '-f', 'log')
        group.check('and its undoing', done.returncode == 4 and
                    names(done.stderr, 'log: write (which could not be undone', TEXT['EIO']), done)

        # The folder of a new file: nothing is left.
        for tool, *options in [command for command in LOGGING if command[0].endswith('-log')]:
            remove('new')
            done, made = injected('fsync:error=EIO', tool, '-f', 'new', *options)
            group.check('%s, fsync of the folder' % tool, done.returncode == 4 and made == 1 and
                        not os.path.exists(common.WORK + '/new') and
                        names(done.stderr, common.WORK + ': fsync: ' + TEXT['EIO']), done)
        for call in 'write', 'fdatasync', 'openat', 'flock':
            write('log', OLD + b'torn')
            remove('log.torn')
            done, _ = injected(call + ':error=EIO', 'visit-log', '-f', 'log', *LOGGING[0][1:], path='log.torn')
            group.check('.torn, %s' % call, done.returncode == 4 and content('log') == OLD + b'torn' and
                        names(done.stderr, 'log.torn: ', TEXT['EIO']), done)
        for call in 'ftruncate', 'fdatasync':
            write('log', OLD + b'torn')
            remove('log.torn')
            done, _ = injected(call + ':error=EIO', 'visit-log', '-f', 'log', *LOGGING[0][1:], path='log')
            group.check('the tail, %s' % call, done.returncode == 4 and content('log.torn') == b'torn\n' and
                        content('log').startswith(OLD) and names(done.stderr, 'log: ' + call, TEXT['EIO']), done)


# Of a correction: the call, its error and which one it is; what the message tells; whether the entry is kept, whether
# the file is the new one. The calls are those of the whole program: the new file comes first, then the entry.
AMENDING = [
    ('write:error=EIO:when=1', 'log: write (the file is as it was)', False, False),
    ('write:error=ENOSPC:when=2', 'log: write (the file is as it was)', False, False),
    ('write:error=EDQUOT:when=3', 'log: write (the file is as it was)', False, False),
    ('fsync:error=EIO:when=1', 'log: fsync (the file is as it was)', False, False),
    ('write:error=EIO:when=4', 'log.amended: write (nothing was appended)', False, False),
    ('write:error=ENOSPC:when=4', 'log.amended: write (nothing was appended)', False, False),
    ('fsync:error=EIO:when=2', ': fsync', False, False),        # of the folder, as .amended is new
    ('fdatasync:error=EIO:when=1', 'log.amended: fdatasync', True, False),
    ('rename:error=EIO', 'log: rename (the file is as it was)', True, False),
    ('rename:error=ENOSPC', 'log: rename (the file is as it was)', True, False),
    ('fsync:error=EIO:when=3', ': fsync', True, True),          # of the folder, once the new one is in its place
    ('fchmod:error=EIO', 'log: keep its mode', False, False),
    ('flock:error=ENOLCK:when=1', 'log: lock', False, False),
    ('flock:error=ENOLCK:when=2', 'log.amended: lock', False, False),
]


def amending():
    with Group('a call that fails while a line is corrected') as group:
        for fault, tells, has_entry, is_new in AMENDING:
            begin('kpi-amend')
            done, made = injected(fault, *on('log', *LOGGING[-1]))
            error = fault.split('error=')[1].split(':')[0]
            beside = [name for name in os.listdir(common.WORK) if name.startswith('.log')]
            told = b'log.amended: its last line is of an amendment that was not made\n' in done.stderr
            group.check(fault, done.returncode == 4 and made and not beside and names(done.stderr, tells, TEXT[error]) and
                        kept('log.amended') == (ENTRY if has_entry else b'') and told == (has_entry and not is_new) and
                        content('log') == (AMENDED if is_new else OLD), (done, made, content('log'), kept('log.amended')))
        for fault in 'write:error=EINTR:when=2', 'write:error=EINTR:when=4', 'flock:error=EINTR:when=1..2':
            begin('kpi-amend')
            done, made = injected(fault, *on('log', *LOGGING[-1]))
            group.check(fault, done.returncode == 0 and made and content('log') == AMENDED and
                        kept('log.amended') == ENTRY, done)
        begin('kpi-amend')
        done, made = injected('pread64:error=EIO', *on('log', *LOGGING[-1]), path='log')
        group.check('pread64', done.returncode == 4 and made == 1 and content('log') == OLD and not kept('log.amended') and
                    names(done.stderr, 'log: read', TEXT['EIO']), done)
        begin('kpi-amend')
        remove('log.amended.torn')
        write('log.amended', b'torn')
        done, _ = injected('write:retval=9', *on('log', *LOGGING[-1]), path='log.amended')
        group.check('a short write of the entry', done.returncode == 4 and content('log') == OLD and
                    content('log.amended') == b'' and content('log.amended.torn') == b'torn\n', done)


def reading():
    with Group('a call that fails while files are read') as group:
        shutil.copytree(EXAMPLES, common.WORK + '/examples')
        for command in PRINTING[:9]:
            command = [word.replace(EXAMPLES, 'examples') for word in command]
            wanted = run(*command)
            for file in [word for word in command if word.startswith('examples')]:
                for fault, tells in [('read:error=EIO', 'read'), ('read:error=EIO:when=2', 'read'),
                                     ('openat:error=EACCES', 'open'), ('flock:error=EIO', 'lock')]:
                    done, made = injected(fault, *command, path=file)
                    error = fault.split('error=')[1].split(':')[0]
                    # A file may be read in one piece: the second call is then never made.
                    hit = 'when=2' not in fault or made > 1
                    group.check('%s, %s: %s' % (command[0], file, fault), done.returncode == (4 if hit else wanted.returncode) and
                                (not hit or (done.stdout == b'' and names(done.stderr, '%s: %s: %s: %s' % (
                                    command[0], file, tells, TEXT[error])))), (done, made))
                done, _ = injected('read:error=EINTR:when=1', *command, path=file)
                group.check('%s, %s: interrupted' % (command[0], file), done.returncode == wanted.returncode and
                            done.stdout == wanted.stdout, done)


def printing():
    with Group('a call that fails while results are printed') as group:
        for command in PRINTING + [(command[0], '--help') for command in PRINTING + LOGGING]:
            for fault in 'write:error=EIO', 'write:error=ENOSPC', 'close:error=EIO', 'close:error=EDQUOT':
                with open(common.WORK + '/out', 'wb') as out:
                    done, made = injected(fault, *command, path='out', stdout=out)
                error = fault.split('error=')[1]
                group.check('%s, %s' % (' '.join(command)[:40], fault), done.returncode == 4 and made and
                            names(done.stderr, command[0] + ': standard output: ', TEXT[error]), done)


def lost():
    """Output to nowhere: a full device, a closed descriptor, a pipe that nobody reads, as systemd starts it or not."""
    with Group('output that gets lost') as group:
        for command in PRINTING + [(tool[0], word) for tool in PRINTING + LOGGING for word in ('--help', '--version')]:
            title = ' '.join(command)[:40]
            with open('/dev/full', 'wb') as full:
                done = run(*command, stdout=full)
            group.check(title + ' >/dev/full', done.returncode == 4 and
                        names(done.stderr, command[0] + ': standard output: write: ' + TEXT['ENOSPC']), done)
            done = run('sh', '-c', 'exec "$@" >&-', 'sh', *command)
            group.check(title + ' >&-', done.returncode == 4 and names(done.stderr, 'standard output: '), done)
            done = run('sh', '-c', 'exec "$@" >&- 2>&- <&-', 'sh', *command)
            group.check(title + ' all closed', done.returncode == 4, done)
            for signals in True, False:  # SIGPIPE as usual; ignored
                reader, writer = os.pipe()
                os.close(reader)
                done = run(*command, stdout=writer, restore_signals=signals)
                os.close(writer)
                group.check('%s | true, %s' % (title, 'SIGPIPE' if signals else 'no SIGPIPE'),
                            done.returncode == -13 if signals else done.returncode == 4 and
                            names(done.stderr, command[0] + ': standard output: write: Broken pipe'), done)
        # A tool that prints nothing loses nothing.
        for command in LOGGING:
            old = begin(command[0])
            with open('/dev/full', 'wb') as full:
                done = run(*on('log', *command), stdout=full)
            group.check(command[0] + ' >/dev/full', done.returncode == 0 and len(content('log')) > len(old), done)


def closed():
    """Whichever of the descriptors 0, 1 and 2 are closed: no message gets into a file that is written."""
    with Group('closed descriptors') as group:
        shut = ['<&-', '>&-', '2>&-']
        for n in range(1, 4):
            for which in itertools.combinations(shut, n):
                how = ' '.join(which)
                for tool, *options in LOGGING:
                    begin(tool)
                    whole = content('log') if run(*on('log', tool, *options)).returncode == 0 else None
                    begin(tool)
                    done = run('sh', '-c', 'exec "$@" ' + how, 'sh', *on('log', tool, *options))
                    group.check('%s %s' % (tool, how), done.returncode == 0 and len(content('log')) == len(whole) and
                                (tool != 'kpi-amend' or kept('log.amended') == ENTRY), done)
                # Messages: of a torn tail, and of a line that is refused.
                remove('log.torn')
                write('log', OLD + b'torn')
                write('batch', visit(b'good', 100) + b'bad\n')
                done = run('sh', '-c', 'exec "$@" ' + how, 'sh', 'visit-log', '-k', '-f', 'log', 'batch')
                group.check('messages of visit-log %s' % how, done.returncode == 3 and
                            content('log.torn') == b'torn\n' and notes(content('log'))[5:] == [b'good'] and
                            len(content('log')) == len(OLD) + 100, done)
                if '<&-' in which:
                    done = run('sh', '-c', 'exec "$@" ' + how, 'sh', 'visit-log', '-f', 'new', '-')
                    group.check('lines of nowhere %s' % how, done.returncode == 4 and
                                not os.path.exists(common.WORK + '/new'), done)


def plain_calls(folder, *command):
    """The system calls that a command makes, from its first own on to its last but exit."""
    run('strace', '-qq', '-o', 'trace', *command, cwd=folder)
    calls = content(folder + '/trace').split(b'\n')
    own = next((i for i, call in enumerate(calls) if call.startswith(b'fcntl(0, F_GETFD')), 0)
    last = next(i for i, call in enumerate(calls) if call.startswith(b'exit_group'))
    return range(own + 1, last + 1)


def at_every_call(job):
    """One call after the other fails, or brings a signal. What must come of it: success, with the right output and file,
    or an exit status from 1 to 4 and no file, the old or the new one; beside it nothing but what SIGKILL leaves."""
    command, old, what, folder = job
    folder = '%s/every.%d' % (common.WORK, folder)
    os.mkdir(folder)
    tool = command[0]

    def once(*way):
        remove(folder + '/log', folder + '/log.amended')
        if old:
            write(folder + '/log', old)
        done = run(*way, *command, cwd=folder)
        return done, content(folder + '/log')
    wanted, new = once()
    remove(folder + '/log', folder + '/log.amended')
    if old:
        write(folder + '/log', old)
    faults = []
    numbers = plain_calls(folder, *command)
    for number in numbers:
        done, now = once('strace', '-qq', '-o', 'trace', '-e', 'inject=all:%s:when=%d' % (what, number))
        ends = {'KILL': 9, 'TERM': 15, 'INT': 2, 'HUP': 1}.get(what.split('=')[1])
        killed = ends and done.returncode in (-ends, 128 + ends)
        beside = [name for name in os.listdir(folder) if name.startswith('.log')]
        for name in beside:
            os.remove(folder + '/' + name)
        whole = now == old or (len(now) == len(new) and now[:len(old)] == old)
        if tool == 'kpi-amend':  # never the new line without the entry, never half of one that is complete
            there = content(folder + '/log.amended')
            entry = there[20:] == ENTRY
            whole = now == old or (now == new and entry)
            done.returncode = done.returncode or (0 if now == new and entry else 99)
            whole = whole and (entry or not there.endswith(b'\n'))
        fine = (done.stdout == wanted.stdout and len(now) == len(new) if done.returncode == 0 else
                whole and (killed if ends else 0 < done.returncode < 5 and done.stderr))
        if not fine or (beside and ends != 9):
            calls = content(folder + '/trace').split(b'\n')
            faults.append((number, done.returncode, done.stderr, now[-200:], calls[-3:]))
    return tool, what, len(numbers), faults


def every_call():
    with Group('each call in turn fails, or is the last one before a kill') as group:
        jobs = []
        for command in LOGGING:
            old = b'' if command[0] == 'feedback-log' else OLDS[command[0]]
            for what in 'error=EIO', 'error=ENOMEM', 'signal=KILL', 'signal=TERM', 'signal=INT', 'signal=HUP':
                if what[-4:] not in ('TERM', '=INT', '=HUP') or command[0] in ('goal-revise', 'kpi-amend'):
                    jobs.append((on('log', *command), old, what, len(jobs)))
        jobs.append((LOGGING[2][:1] + ('-f', 'log') + LOGGING[2][1:], b'', 'signal=KILL', len(jobs)))
        write('small.tsv', OLD)
        for command in [('visit-tally', common.WORK + '/small.tsv'), SCORE]:
            jobs.append((command, b'', 'error=EIO', len(jobs)))
        with ThreadPoolExecutor(2) as pool:
            for tool, what, number, faults in pool.map(at_every_call, jobs):
                group.check('%s, %s at each of %d calls' % (tool, what, number), number > 10 and not faults, faults[:3])


if __name__ == '__main__':
    write('bad.yaml', BAD_GOALS)
    if works('strace', '-o', '/dev/null', 'true'):
        appending()
        amending()
        reading()
        printing()
        every_call()
    else:
        with Group('calls that fail') as none:
            none.skip('no strace')
    lost()
    closed()
    finish()
