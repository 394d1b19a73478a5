#!/usr/bin/env python3
"""Many writers, one log: nothing lost, nothing torn, whatever a reader sees is whole."""
import fcntl
import os
import random
import subprocess
import threading
import time

from common import ENV, WORK, Group, batch, content, finish, names, notes, remove, run, visit, works, write

WRITERS = 8


class Reader(threading.Thread):
    """Tallies a log again and again until it is stopped."""
    def __init__(self, log, step):
        super().__init__()
        self.log, self.step, self.done, self.runs, self.faults, self.seen = log, step, False, 0, [], 0

    def run(self):
        while not self.done:
            tally = run('visit-tally', '-b', '', '-s', 'visits', self.log)
            visits = int(tally.stdout or -1)
            if tally.returncode or tally.stderr or visits % self.step or visits < self.seen:
                self.faults.append((tally.returncode, tally.stderr, self.seen, tally.stdout))
            self.seen, self.runs = visits, self.runs + 1


def together(work, writers=WRITERS):
    """work(0), work(1) ... in threads; what they return, one after the other."""
    results = [None] * writers

    def one(writer):
        results[writer] = work(writer)
    threads = [threading.Thread(target=one, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [problem for problems in results for problem in problems]


def batches(log, number, records, size):
    """Each writer appends so many batches; what went wrong."""
    def work(writer):
        done = [run('visit-log', '-f', log, '-', stdin=batch(b'%d/%d' % (writer, i), records, size))
                for i in range(number)]
        return [(d.returncode, d.stdout, d.stderr) for d in done if d.returncode or d.stdout or d.stderr]
    return together(work)


def singles(log, number):
    def work(writer):
        done = [run('visit-log', '-f', log, '-m', 'li.wei', '-c', 'C042', '-d', '2024-03-01', '--purpose', 'renewal',
                    '--minutes', '30', '--note', '%d/%d' % (writer, i)) for i in range(number)]
        return [(d.returncode, d.stdout, d.stderr) for d in done if d.returncode or d.stdout or d.stderr]
    return together(work)


def is_whole(log, number, records):
    """Whether each batch of each writer is there, its records side by side, and a writer's batches in their order."""
    found = notes(log)
    blocks = [found[i:i + records] for i in range(0, len(found), records)]
    first = [tuple(int(n) for n in block[0].split(b'.')[0].split(b'/')) for block in blocks]
    return (all(block == [b'%d/%d.%d' % (*of, i) for i in range(records)] for block, of in zip(blocks, first)) and
            all([i for w, i in first if w == writer] == list(range(number)) for writer in range(WRITERS)))


def parallel(title, number, records, size):
    log = 'parallel.tsv'
    write(log, b'')
    reader = Reader(log, records)
    reader.start()
    with Group(title) as group:
        problems = batches(log, number, records, size)
        group.check('every writer succeeds, silently', not problems, problems[:3])
        reader.done = True
        reader.join()
        group.check('every reader sees whole batches', not reader.faults, reader.faults[:3])
        whole = content(log)
        sizes = {len(line) + 1 for line in whole.split(b'\n')[:-1]}
        group.same('the bytes of a record', {size}, sizes)
        group.same('the records', WRITERS * number * records, whole.count(b'\n'))
        group.check('every batch is whole and in order', is_whole(whole, number, records))
        group.note = ', %d records, %d readings' % (whole.count(b'\n'), reader.runs)
    remove(log)


def beside():
    """A reader waits for a batch that is being written, and does not see one that begins after it took the size."""
    with Group('a reader beside a writer') as group:
        whole, half = batch(b'a', 100, 100), visit(b'half', 100)[:50]
        write('log.tsv', whole)
        with open(WORK + '/log.tsv', 'ab', buffering=0) as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            log.write(half)
            with subprocess.Popen(['visit-tally', '-b', '', '-s', 'visits', 'log.tsv'], cwd=WORK, env=ENV,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
                time.sleep(0.2)  # time for a reader that does not wait to go wrong
                log.write(visit(b'half', 100)[50:])
                fcntl.flock(log, fcntl.LOCK_UN)
                group.same('one that waits', (b'101\n', b''), reader.communicate())
        if not works('strace', '-o', '/dev/null', 'true'):
            group.skip('no strace')
            return
        with subprocess.Popen(['strace', '-qq', '-o', 'trace', '-P', WORK + '/log.tsv', '-e', 'trace=flock,read', '-e',
                               'inject=read:delay_enter=300000', 'visit-tally', '-b', '', '-s', 'visits', 'log.tsv'],
                              cwd=WORK, env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
            while b'LOCK_UN' not in content('trace') and reader.poll() is None:
                time.sleep(0.001)
            with open(WORK + '/log.tsv', 'ab', buffering=0) as log:
                log.write(half)
            group.same('one that has its size', (b'101\n', b''), reader.communicate())
        remove('log.tsv')


def one_by_one(number):
    log = 'single.tsv'
    with Group('8 writers of single visits into a new file') as group:
        problems = singles(log, number)
        group.check('every writer succeeds, silently', not problems, problems[:3])
        found = notes(content(log))
        group.same('the records', sorted(b'%d/%d' % (w, i) for w in range(WRITERS) for i in range(number)),
                   sorted(found))
        group.check('a writer\'s records are in their order', all(
            [f for f in found if f.startswith(b'%d/' % w)] == [b'%d/%d' % (w, i) for i in range(number)]
            for w in range(WRITERS)))
        group.note = ', %d records' % len(found)


def goals(number):
    with Group('8 writers of goals') as group:
        def work(writer):
            done = [run('goal-set', '-f', 'goals.yaml', '-p', '2026-%02d' % (i + 1), '-m', 'm%d' % writer,
                        '-i', 'sales', '-t', '100') for i in range(number)]
            return [(d.returncode, d.stdout, d.stderr) for d in done if d.returncode or d.stdout or d.stderr]
        problems = together(work)
        group.check('every writer succeeds, silently', not problems, problems[:3])
        listed = run('goal-list', 'goals.yaml')
        group.same('the goals', {(b'2026-%02d' % (i + 1), b'm%d' % w) for w in range(WRITERS) for i in range(number)},
                   {tuple(line.split(b'\t')[:2]) for line in listed.stdout.splitlines()})
        twice = run('goal-set', '-f', 'goals.yaml', '-p', '2026-01', '-m', 'm1', '-i', 'sales', '-t', '1')
        group.same('no goal twice', (3, WRITERS * number), (twice.returncode, content('goals.yaml').count(b'---')))


GOALS = '\ufeff# 目标，只增不改\r\n---\r\ngoal: whole\r\nowner: east\r\nmetric: sales\r\nperiod: 2026\r\ntarget: 1000'.encode()
SET = ('goal-set', '-f', 'goals.yaml', '-p', '2026', '-i', 'sales')
REVISE = ('goal-revise', '-f', 'goals.yaml', '-t', '900', '--author', 'a', '--reason')
# What one of 20 does, three times over, %s being its number and turn, DAY its number; and what the file has of it then.
WORK_ON_GOALS = [
    (SET + ('-t', '1', '-m', 'own-%s'), b'owner: own-%s\n'),
    (REVISE + ('own-%s', '-d', '2026-05-05', 'whole'), b'reason: own-%s\n'),
    (('goal-revise', '-f', 'goals.yaml', '--review', '--says', 'own-%s', '--author', 'a', '-d', '2026-05-05', 'whole'),
     b'says: own-%s\n'),
    (('goal-split', '-f', 'goals.yaml', '-g', 'goals.yaml', '--among', 'own-%s,also-%s', 'whole'), b'owner: also-%s\n'),
    (SET + ('-t', '2', '-m', 'all', '--id', 'for-%s', '--title', 'own-%s'), b'title: own-%s\n'),  # one may
    (('goal-split', '-f', 'goals.yaml', '--into', 'half', 'whole'), None),                          # one may
    (REVISE + ('own-%s', '-d', '2026-04-DAY', 'whole'), b'reason: own-%s\n'),      # until a later one stands there
    (REVISE + ('own-%s', 'nobody'), b'reason: own-%s\n'),                         # none may
]


def goal_writers(writers, turns):
    """All at once on one file that needs care: every one lands, or says why not and has changed nothing."""
    with Group('%d writers of all kinds on one goal file' % writers) as group:
        write('goals.yaml', GOALS)

        def work(writer):
            command, mark = WORK_ON_GOALS[writer % len(WORK_ON_GOALS)]
            done = []
            for turn in range(turns):
                number = '%d.%d' % (writer, turn)
                ready = [word.replace('%s', number).replace('DAY', '%02d' % (writer + 1)) for word in command]
                done.append((writer, command, mark and mark.replace(b'%s', number.encode()), run(*ready)))
            return done
        results = together(work, writers)
        whole = content('goals.yaml')
        listed = run('goal-list', 'goals.yaml')
        group.check('the file is whole', whole.startswith(GOALS + b'\n---\n') and listed.returncode == 0, listed)
        said = {0: 0, 3: 0}
        for writer, command, mark, done in results:
            landed = done.returncode == 0
            said[done.returncode] = said.get(done.returncode, 0) + 1
            there = whole.count(mark) if mark else landed
            group.check('%d: %s' % (writer, ' '.join(command)), there == landed and not done.stdout and
                        (not done.stderr if landed else done.returncode == 3 and b'goals.yaml:' in done.stderr or
                         names(done.stderr, 'unknown goal')), (there, done))
        for what, number, may in [('own goals', b'owner: own-', None), ('the goal of all', b'owner: all\n', 1),
                                  ('halves', b'period: 2026-H1\n', 1), ('unknown goals', b'revise: nobody', 0)]:
            if may is not None:
                group.same(what, may, whole.count(number))
        sure = sum(1 for writer, command, _, done in results if writer % len(WORK_ON_GOALS) < 4 and done.returncode)
        group.same('refused of those that nobody is in the way of', 0, sure)
        beside = [name for name in os.listdir(WORK) if name.startswith('.goals')]
        group.same('left beside', [], beside)
        group.note = ', %d landed, %d refused' % (said[0], said[3])
        remove('goals.yaml')


def killed_goals(rounds):
    """Kills a writer of many goals at any moment: the file is the old or the new one, and the next writer succeeds."""
    with Group('%d writers of goals killed at random moments' % rounds) as group:
        moments = random.Random(20261005)
        command = ('goal-split', '-f', 'killed.yaml', '--into', 'day', '--among', 'a,b,c,d', 'whole')
        write('killed.yaml', GOALS)
        os.chmod(WORK + '/killed.yaml', 0o640)
        os.symlink('killed.yaml', WORK + '/link.yaml')
        start = time.monotonic()
        run(*command)
        takes, new = time.monotonic() - start, content('killed.yaml')
        seen = {'old': 0, 'new': 0}
        for i in range(rounds):
            write('killed.yaml', GOALS)
            with subprocess.Popen([word.replace('killed', 'link') for word in command], cwd=WORK, env=ENV) as writer:
                killer = threading.Timer(moments.random() * takes * 2, writer.kill)
                killer.start()
                status = writer.wait()
                killer.cancel()
            now = content('killed.yaml')
            seen['new' if now == new else 'old'] += 1
            group.check('round %d: old or new' % i, now in (GOALS, new) and (status or now == new) and
                        os.path.islink(WORK + '/link.yaml') and os.stat(WORK + '/killed.yaml').st_mode & 0o777 == 0o640,
                        (status, len(now)))
            done = run('goal-revise', '-f', 'killed.yaml', '-t', '9', '--reason', 'next', '--author', 'a', '-d',
                       '2026-05-05', 'whole')
            group.check('round %d: the next one' % i, done.returncode == 0 and content('killed.yaml').startswith(now),
                        done)
        for name in os.listdir(WORK):  # what SIGKILL leaves
            if name.startswith('.killed'):
                remove(name)
        group.note = '; left: ' + ', '.join('%s %d' % (what, n) for what, n in seen.items())
        remove('link.yaml', 'killed.yaml')


HEAD = '\ufeff# 拜访记录\r\n\r\n'.encode()
BY = ('--reason', 'r', '--author', 'a')


def corrections(appenders, amenders, turns):
    """Some append, some correct lines of their own and one that all correct, all at once on one log."""
    log, link = 'amended.tsv', 'amended-link.tsv'
    with Group('%d writers beside %d who correct' % (appenders, amenders)) as group:
        own = [b'own-%d.%d' % (w, t) for w in range(amenders) for t in range(turns)]
        before = [visit(note)[:-1] for note in own + [b'shared']]
        write(log, HEAD + b''.join(line + b'\n' for line in before))
        os.symlink(log, WORK + '/' + link)
        reader = Reader(log, 1)
        reader.start()

        def work(writer):
            done = []
            for turn in range(turns):
                if writer < appenders:
                    done.append(run('visit-log', '-f', (log, link)[turn % 2], '-',
                                    stdin=batch(b'new-%d.%d' % (writer, turn), 3)))
                    continue
                number = '%d.%d' % (writer - appenders, turn)
                for which, field in ('own-' + number, 'outcome'), ('shared', 'client'):
                    done.append(run('kpi-amend', '-r', 'visit', '-w', 'note=' + which, '--set', field + '=' + number, *BY,
                                    (link, log)[turn % 2]))
            return [(d.args, d.returncode, d.stdout, d.stderr) for d in done if d.returncode or d.stdout or d.stderr]
        problems = together(work, appenders + amenders)
        reader.done = True
        reader.join()
        group.check('everybody succeeds, silently', not problems, problems[:3])
        group.check('every reader sees a whole file, which never shrinks', not reader.faults, reader.faults[:3])
        whole, entries = content(log), [line.split(b'\t') for line in content(log + '.amended').splitlines()]
        group.check('the head stays', whole.startswith(HEAD), whole[:50])
        lines = whole[len(HEAD):].splitlines()
        wanted = [line.replace(b'renewal\t', b'renewal\t' + note[4:]) for line, note in zip(before, own)]
        group.same('every line of one\'s own is corrected, in its place', wanted, lines[:len(own)])
        group.same('every appended record is there', sorted(b'new-%d.%d.%d' % (w, t, i) for w in range(appenders)
                                                            for t in range(turns) for i in range(3)),
                   sorted(line.split(b'\t')[9] for line in lines[len(own) + 1:]))
        group.same('entries', 2 * len(own), len(entries))
        group.same('those of the lines of one\'s own', sorted(zip(before, wanted)), sorted(
            (b'\t'.join(entry[4:14]), b'\t'.join(entry[14:])) for entry in entries if entry[13] != b'shared'))
        # Of the line that all have corrected each entry goes on from where the one before has left it.
        chain = [(b'\t'.join(entry[4:14]), b'\t'.join(entry[14:])) for entry in entries if entry[13] == b'shared']
        group.same('the line of all', [old for old, _ in chain[1:]] + [lines[len(own)]], [new for _, new in chain])
        group.same('who has corrected it', sorted(note[4:] for note in own), sorted(new.split(b'\t')[2] for _, new in chain))
        group.same('left beside', [], [name for name in os.listdir(WORK) if name.startswith('.amended') or 'torn' in name])
        group.note = ', %d records, %d corrections, %d readings' % (len(lines), len(entries), reader.runs)
        remove(log, link, log + '.amended')


def killed_corrections(rounds, records):
    """Kills who corrects a line of a large log at any moment: the file is the old or the new one, and what is new has
    its entry; the next one succeeds."""
    log, kept = 'killed.tsv', 'killed.tsv.amended'
    with Group('%d corrections killed at random moments' % rounds) as group:
        moments = random.Random(20261005)
        old = batch(b'b', records, 9000)
        new = old.replace(b'renewal\t', b'renewal\tamended', 1)
        command = ('kpi-amend', '-r', 'visit', '--line', '1', '--set', 'outcome=amended', *BY, log)
        write(log, old)
        start = time.monotonic()
        run(*command)
        takes = time.monotonic() - start
        entry = content(kept)[20:]
        group.same('without a kill', new, content(log))
        seen = {'old': 0, 'old with its entry': 0, 'new': 0}
        for i in range(rounds):
            write(log, old)
            remove(kept)
            with subprocess.Popen(command, cwd=WORK, env=ENV) as writer:
                killer = threading.Timer(moments.random() * takes * 1.5, writer.kill)
                killer.start()
                status = writer.wait()
                killer.cancel()
            now, there = content(log), content(kept)[20:]
            seen['new' if now == new else 'old with its entry' if there else 'old'] += 1
            group.check('round %d: old or new' % i, now in (old, new) and there in (b'', entry) and
                        (now == old or there == entry) and (status or now == new), (status, len(now), there[:100]))
            done = run('kpi-amend', '-r', 'visit', '--line', '2', '--set', 'outcome=next', *BY, log)
            group.check('round %d: the next one' % i, done.returncode == 0 and content(log).count(b'\tnext\t') == 1, done)
        for name in os.listdir(WORK):  # what SIGKILL leaves
            if name.startswith('.killed'):
                remove(name)
        group.note = '; left: ' + ', '.join('%s %d' % (what, n) for what, n in seen.items())
        remove(log, kept)


def feedback(number):
    with Group('8 writers of feedback') as group:
        line = b'2024-03-01\tli.wei\tC042\tsurvey\tt\t9\t\t\t%d/%d.%d ' + b'x' * 9000 + b'\n'

        def work(writer):
            done = [run('feedback-log', '-f', 'feedback.tsv', '-', stdin=b''.join(line % (writer, i, k) for k in range(20)))
                    for i in range(number)]
            return [(d.returncode, d.stdout, d.stderr) for d in done if d.returncode or d.stdout or d.stderr]
        problems = together(work)
        group.check('every writer succeeds, silently', not problems, problems[:3])
        found = [line.split(b'\t')[8].split(b' ')[0] for line in content('feedback.tsv').split(b'\n')[:-1]]
        group.same('the records', sorted(b'%d/%d.%d' % (w, i, k) for w in range(WRITERS) for i in range(number)
                                         for k in range(20)), sorted(found))
        group.check('every batch is whole', all(
            [f.split(b'.')[1] for f in found[i:i + 20]] == [b'%d' % k for k in range(20)] and
            len({f.split(b'.')[0] for f in found[i:i + 20]}) == 1 for i in range(0, len(found), 20)))
        remove('feedback.tsv')


def calls(name, records, *before):
    """The system calls that write, lock and sync, in order, as "call file"."""
    write('batch', batch(b'b', records, 9000))
    calls_of = 'trace=write,pwrite64,writev,pwritev,flock,fdatasync,fsync,ftruncate'
    run('strace', '-qq', '-y', '-o', 'trace', '-e', calls_of, *before, 'visit-log', '-f', name, 'batch')
    lines = [line.replace('<' + WORK, '<').split('(', 1) for line in content('trace').decode().splitlines()]
    return [(call, rest.split('<', 1)[1].split('>')[0], 'LOCK_EX' in rest) for call, rest in lines if '<' in rest]


def one_write():
    with Group('one write a batch') as group:
        if not works('strace', '-o', '/dev/null', 'true'):
            group.skip('no strace')
            return
        for records in (1, 100, 2000):
            remove('log.tsv')
            new, old = calls('log.tsv', records), calls('log.tsv', records)
            into = [('flock', '/log.tsv', True), ('write', '/log.tsv', False), ('fdatasync', '/log.tsv', False)]
            group.same('a new file, its folder synced, too, %d records' % records,
                       into[:1] + [('fsync', '', False)] + into[1:], [c for c in new if c[1] in ('/log.tsv', '')])
            group.same('%d records' % records, into, [c for c in old if c[1] == '/log.tsv'])


def kill_one(delay):
    """Whether a writer of a batch was done before it was killed, so many seconds after its start."""
    with subprocess.Popen(['visit-log', '-f', 'killed.tsv', 'batch'], cwd=WORK, env=ENV, stdin=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL) as writer:
        killer = threading.Timer(delay, writer.kill)
        killer.start()
        status = writer.wait()
        killer.cancel()
    return status == 0


def killed(rounds, records):
    """Kills writers of large batches at any moment. What is in the log is what was there before, and then at most a
    beginning of the batch; the next append puts an incomplete line of it into .torn."""
    with Group('%d writers killed at random moments' % rounds) as group:
        moments = random.Random(20261005)
        sent = batch(b'b', records, 9000)
        write('batch', sent)
        start = time.monotonic()
        kill_one(60)
        takes = time.monotonic() - start
        seen = {'done': 0, 'nothing': 0, 'a part': 0, 'all': 0, 'an incomplete line': 0}
        for i in range(rounds):
            remove('killed.tsv.torn')
            before = batch(b'before', 3, 100)
            write('killed.tsv', before)
            done = kill_one(moments.random() * takes)
            after = content('killed.tsv')
            whole, tail = after[:after.rfind(b'\n') + 1], after[after.rfind(b'\n') + 1:]
            found = notes(whole[len(before):])
            seen['done' if done else 'nothing' if after == before else
                 'all' if len(found) == records else 'a part'] += 1
            seen['an incomplete line'] += bool(tail)
            group.check('round %d: behind what was there is a beginning of the batch' % i, whole.startswith(before) and
                        found == [b'b.%d' % k for k in range(len(found))] and (not done or len(found) == records),
                        (done, len(found)))
            mended = run('visit-log', '-f', 'killed.tsv', '-', stdin=visit(b'next', 100))
            now = content('killed.tsv')
            group.check('round %d: the next append succeeds, behind the whole records' % i, mended.returncode == 0 and
                        now[:-100] == whole and notes(now[-100:]) == [b'next'], mended.stderr)
            group.check('round %d: an incomplete line goes to .torn, and is told' % i, content('killed.tsv.torn') ==
                        (tail + b'\n' if tail else b'') and bool(mended.stderr) == bool(tail), mended.stderr)
        group.note = '; written: ' + ', '.join('%s %d' % (what, n) for what, n in seen.items())


if __name__ == '__main__':
    parallel('8 writers, batches of 100 x 100 bytes', 50, 100, 100)
    parallel('8 writers, batches of 100 x 9 KB', 5, 100, 9216)
    beside()
    one_by_one(100)
    feedback(10)
    corrections(4, 4, 10)
    goals(5)
    goal_writers(20, 3)
    killed_goals(40)
    one_write()
    killed(40, 400)
    killed_corrections(40, 400)
    finish()
