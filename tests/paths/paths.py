#!/usr/bin/env python3
"""One answer by every way: the tools under all instruction sets, numbers of threads and kinds of input.

  paths.py BINDIR [GROUP[/ROUND]...]       all groups of cases.py, or those named
  paths.py feed SEED FILE | TOOL ...       a file in pieces of odd sizes, as a pipe brings it

A case is a call and its files. It is run once the plain way (KPI_CPU=plain, -j 1, from a file), which must be what
judge.py says; then by many other ways, which must give the same bytes on both outputs and the same exit status. A
case that fails is kept with its files, made smaller where that can be done, and the command is told.

Environment: ROUNDS (default 1), SEED (default 1), JOBS (default: one a processor), REFERENCE=BINDIR (another build,
which must agree too), KPI_TSAN=BINDIR and KPI_SAN=BINDIR (builds with ThreadSanitizer and AddressSanitizer, which
run a part of the cases and must have nothing to say), WAYS (how many ways beside the first, for every case).
The last line is "N passed, N failed, N skipped".
"""
import concurrent.futures
import fcntl
import os
import re
import resource
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lines  # noqa: E402

GUARD = 120  # seconds: what takes longer hangs
MAIN = 'main.tsv'  # the input that comes by many ways
THREADS = (1, 2, 3, 7)
FEEDS = ('file', 'stdin', 'pipe', 'trickle', 'seek', 'fifo')
ENV = {'PATH': os.environ.get('PATH', '/usr/bin:/bin'), 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC', 'KPI_NOW': '2026-10-20'}


def processor():
    """The instruction sets that can be asked for here, beside plain."""
    try:
        with open('/proc/cpuinfo') as info:
            found = set(re.findall(r'\b(avx2|avx512bw)\b', info.read()))
    except OSError:
        found = set()
    return [name for name, flag in (('avx2', 'avx2'), ('avx512', 'avx512bw')) if flag in found]


CPUS = ['plain'] + processor()


class Way:
    """How a case is run. slow: nobody reads its messages for a while."""

    def __init__(self, cpu, threads, feed, seed=0, slow=False):
        self.cpu, self.threads, self.feed, self.seed, self.slow = cpu, threads, feed, seed, slow

    def __str__(self):
        return 'KPI_CPU=%s -j %s %s%s' % (self.cpu or '(unset)', self.threads, self.feed,
                                          ', messages read late' * self.slow)


FIRST = Way('plain', 1, 'file')


class Case:
    """args hold MAIN where the varied input stands. expect(): (exit status, stdout, stderr), each None when not known;
    allow(answer): whether one that the judge cannot know of is fine; ways: how many beside the first and always."""

    def __init__(self, name, tool, args, files, expect=None, ways=8, always=(), allow=None):
        self.name, self.tool, self.args, self.files, self.expect = name, tool, args, files, expect
        self.ways, self.always, self.allow = ways, list(always), allow

    def size(self):
        return len(self.files[MAIN])


def all_ways(rng, feeds=FEEDS[:4]):
    ways = [Way(cpu, threads, feed, rng.randrange(10 ** 6)) for cpu in CPUS + [None] for threads in THREADS
            for feed in feeds
            if cpu or threads == 2]
    return ways + [Way(CPUS[-1], 3, feed, rng.randrange(10 ** 6)) for feed in FEEDS[4:]]


def some_ways(rng, n):
    """n ways, the instruction sets in turn."""
    cpus = CPUS[::-1] + [None]
    start = rng.randrange(len(cpus))
    return [Way(cpus[(start + i) % len(cpus)], rng.choice(THREADS), rng.choices(FEEDS, (3, 2, 3, 4, 1, 1))[0],
                rng.randrange(10 ** 6)) for i in range(n)]


# ---- feeding ------------------------------------------------------------------------------------------------

def pieces(data, seed):
    """data cut into pieces of odd sizes; not so many that it takes long."""
    rng = lines.rng_of('feed', seed)
    style, at = rng.randrange(5), 0
    small = {0: [1], 1: [1, 2, 3, 7, 8, 15, 16, 17, 63, 64, 65], 2: [4095, 4096, 4097, 16383, 16384, 16385],
             3: [1, 63, 100, 511, 512, 513, 1000], 4: [65535, 65536, 65537, 1 << 18]}[style]
    singles = rng.choice((20, 50, 300))
    while at < len(data):
        left = len(data) - at
        size = rng.choice(small) if singles > 0 else max(rng.choice(small), left // 20, rng.randrange(1, 70000))
        singles -= 1
        if left <= 300 and style in (0, 1) and singles > -100:  # the end in small pieces, too
            size = rng.randint(1, 40)
        elif singles <= 0 and left > 300:
            size = min(size, left - 300)
        yield data[at:at + size]
        at += size


def feed(descriptor, data, seed):
    """seed None: in one go."""
    try:
        if seed is not None and seed % 3 == 0:
            fcntl.fcntl(descriptor, 1031, 4096)  # F_SETPIPE_SZ
    except OSError:
        pass
    try:
        for i, piece in enumerate(pieces(data, seed) if seed is not None else [data]):
            view = memoryview(piece)
            while view:
                view = view[os.write(descriptor, view):]
            if seed is not None and i in (1, 8):
                time.sleep(0.0002)
    except BrokenPipeError:
        pass
    finally:
        os.close(descriptor)


def drain(source, to):
    """From a pipe to a file, after a while."""
    time.sleep(0.5)
    while True:
        some = os.read(source, 1 << 16)
        if not some:
            break
        os.write(to, some)
    os.close(source)


# ---- running ------------------------------------------------------------------------------------------------

class Answer:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def key(self):
        return self.code, self.out, self.err


class Runner:
    """Runs cases in a folder of its own."""

    def __init__(self, bindir, folder):
        self.bindir, self.folder = bindir, folder
        self.takes_threads = {}

    def has_threads(self, bindir, tool):
        if (bindir, tool) not in self.takes_threads:
            done = subprocess.run([os.path.join(bindir, tool), '--help'], capture_output=True, check=False)
            self.takes_threads[bindir, tool] = b'--threads' in done.stdout
        return self.takes_threads[bindir, tool]

    def command(self, case, way, bindir):
        args = ['-' if word == MAIN and way.feed not in ('file', 'fifo') else word for word in case.args]
        threads = ['-j', str(way.threads)] if self.has_threads(bindir, case.tool) else []
        return [os.path.join(bindir, case.tool)] + threads + args

    def run(self, case, way, bindir=None, env=None):
        command = self.command(case, way, bindir or self.bindir)
        environment = dict(ENV, **(env or {}))
        if way.cpu:
            environment['KPI_CPU'] = way.cpu
        data, stdin, writer, close = case.files[MAIN], subprocess.DEVNULL, None, []
        path = os.path.join(self.folder, MAIN)
        fifo = way.feed == 'fifo'
        if way.feed in ('stdin', 'seek'):
            stdin = os.open(path, os.O_RDONLY)
            close.append(stdin)
            if way.feed == 'seek':
                stdin = self.behind(case, way.seed, close)
        elif way.feed in ('pipe', 'trickle'):
            stdin, end = os.pipe()
            close.append(stdin)
            writer = threading.Thread(target=feed, args=(end, data, way.seed if way.feed == 'trickle' else None),
                                      daemon=True)
        elif fifo:
            os.rename(path, path + '.kept')
            os.mkfifo(path)
        out, err = os.memfd_create('out'), os.memfd_create('err')
        messages, late = err, None
        if way.slow:
            read_end, messages = os.pipe()
            close.append(messages)
            late = threading.Thread(target=drain, args=(read_end, err), daemon=True)
        try:
            process = subprocess.Popen(command, stdin=stdin, stdout=out, stderr=messages, cwd=self.folder,
                                       env=environment,
                                       close_fds=False)
            for descriptor in close:
                os.close(descriptor)
            if fifo:
                writer = threading.Thread(target=self.through, args=(path, data, way.seed), daemon=True)
            for thread in filter(None, (writer, late)):
                thread.start()
            code = self.end_of(process)
            if fifo:  # a tool that never opened it leaves the writer waiting
                reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                writer.join(0.05)
                os.close(reader)
            for thread in filter(None, (writer, late)):
                thread.join()
            return Answer(code, content(out), content(err))
        finally:
            os.close(out)
            os.close(err)
            if fifo:
                os.rename(path + '.kept', path)

    @staticmethod
    def end_of(process):
        """Its exit status. (Popen.wait with a limit looks only now and then.)"""
        try:
            descriptor = os.pidfd_open(process.pid)
            ended = select.select([descriptor], [], [], GUARD)[0]
            os.close(descriptor)
        except (AttributeError, OSError):
            ended = True
        if not ended:
            process.kill()
        code = process.wait()
        return code if ended else 'no end after %d s' % GUARD

    def behind(self, case, seed, close):
        """Standard input that stands behind some bytes of a file that are not to be read."""
        path = os.path.join(self.folder, 'seek')
        start = lines.rng_of('seek', seed).choice((1, 3, 63, 64, 100, 4095, 4096, 4097, 70000))
        with open(path, 'wb') as file:
            file.write(b'\xff\t\n'[seed % 3:][:1] * start + case.files[MAIN])
        os.close(close.pop())
        descriptor = os.open(path, os.O_RDONLY)
        os.lseek(descriptor, start, os.SEEK_SET)
        close.append(descriptor)
        return descriptor

    @staticmethod
    def through(path, data, seed):
        feed(os.open(path, os.O_WRONLY), data, seed)

    def place(self, case):
        for name, data in case.files.items():
            with open(os.path.join(self.folder, name), 'wb') as file:
                file.write(data)


def content(descriptor):
    size = os.lseek(descriptor, 0, os.SEEK_END)
    return os.pread(descriptor, size, 0) if size else b''


def renamed(answer, way):
    """A message names the file; where it came as standard input, '-'."""
    if way.feed in ('file', 'fifo'):
        return answer.key()
    return answer.code, answer.out, answer.err.replace(MAIN.encode() + b':', b'-:')


# ---- telling ------------------------------------------------------------------------------------------------

def excerpt(wanted, got):
    """Where two texts part, line by line."""
    a, b = wanted.split(b'\n'), got.split(b'\n')
    i = next((i for i, pair in enumerate(zip(a, b)) if pair[0] != pair[1]), min(len(a), len(b)))
    show = [repr(side[i][:300]) if i < len(side) else 'nothing more' for side in (a, b)]
    return 'line %d of %d and %d:\n      wanted %s\n      got    %s' % (i + 1, len(a) - 1, len(b) - 1, *show)


def difference(wanted, got):
    """What differs; '' when nothing. A wanted part that is None is not known."""
    parts = []
    for what, a, b in zip(('exit status', 'standard output', 'standard error'), wanted, got):
        if a is None or a == b:
            continue
        parts.append('    %s: %s' % (what, excerpt(a, b) if isinstance(a, bytes) else 'wanted %s, got %s' % (a, b)))
    if isinstance(got[0], int) and (got[0] < 0 or got[0] > 4):
        parts.append('    ended with %s; %s' % (got[0], got[2][-1500:].decode(errors='replace')))
    return '\n'.join(parts)


def shell(runner, case, way, folder, bindir):
    words = runner.command(case, way, bindir)
    env = 'KPI_NOW=%s ' % ENV['KPI_NOW'] + ('KPI_CPU=%s ' % way.cpu if way.cpu else '')
    call = env + ' '.join(shlex.quote(word) for word in words)
    if way.feed in ('stdin', 'seek'):
        call += ' <%s' % MAIN
    elif way.feed == 'pipe':
        call = 'cat %s | %s' % (MAIN, call)
    if way.slow:
        call += ' 2> >(sleep 1; cat)'
    if way.feed in ('trickle', 'fifo'):
        call = 'python3 %s feed %d %s | %s' % (os.path.abspath(__file__), way.seed, MAIN, call)
    return 'cd %s && %s' % (folder, call)


def smaller(data, fails, limit=8.0):
    """Fewer lines that still fail: by leaving out, and where that loses it, by blanking out."""
    end = time.monotonic() + limit
    parts = data.splitlines(True) if b'\r' not in data.replace(b'\r\n', b'') else re.findall(rb'[^\n]*\n|[^\n]+$', data)
    for change in (lambda part: b'', lambda part: b'#' * (len(part) - 1) + b'\n' if len(part) > 1 else part):
        step = max(len(parts) // 2, 1)
        while step and time.monotonic() < end:
            at = 0
            while at < len(parts) and time.monotonic() < end:
                tried = parts[:at] + [p for p in map(change, parts[at:at + step]) if p] + parts[at + step:]
                if tried != parts and fails(b''.join(tried)):
                    shrunk = len(tried) < len(parts)
                    parts = tried
                    at += 0 if shrunk else step
                else:
                    at += step
            step //= 2
    return b''.join(parts)


# ---- one case -----------------------------------------------------------------------------------------------

class Checker:
    def __init__(self, bindir, folder, kept):
        self.runner = Runner(bindir, folder)
        self.kept = kept
        self.extra = {name: os.path.abspath(os.environ[name]) for name in ('KPI_TSAN', 'KPI_SAN', 'REFERENCE')
                      if os.environ.get(name)}
        self.runs = 0

    def answer(self, case, way, bindir=None, env=None):
        self.runs += 1
        return self.runner.run(case, way, bindir, env)

    def first(self, case):
        """(the plain answer, '' or how it differs from what is expected)"""
        got = self.answer(case, FIRST)
        wanted = case.expect() if case.expect else (None, None, None)
        if case.allow and case.allow(got):
            wanted = (None, None, None)
        return got.key(), difference(wanted, got.key())

    def check(self, case, rng):
        """'' or what is wrong with the case."""
        self.runner.place(case)
        plain, wrong = self.first(case)
        if wrong:
            return self.report(case, FIRST, self.runner.bindir, 'not what the judge says', wrong,
                               lambda smaller_case: self.first(smaller_case)[1])
        n = int(os.environ.get('WAYS', 0)) or case.ways
        ways = case.always + (all_ways(rng) if n == 'all' else some_ways(rng, n))
        for way in ways:
            wrong = self.other(case, way, plain)
            if wrong:
                return self.report(case, way, self.runner.bindir, 'not the answer of the plain way', wrong,
                                   lambda smaller_case: self.parted(smaller_case, way))
        return self.more(case, rng, plain)

    def other(self, case, way, plain, bindir=None, env=None):
        wanted = renamed(Answer(*plain), way)
        return difference(wanted, self.answer(case, way, bindir, env).key())

    def parted(self, case, way):
        return self.other(case, way, self.answer(case, FIRST).key()) or self.other(case, way, self.answer(case,
                                                                                                          FIRST).key())

    def more(self, case, rng, plain):
        """Other builds."""
        for name, bindir in self.extra.items():
            if not os.path.exists(os.path.join(bindir, case.tool)):
                continue
            env = {'TSAN_OPTIONS': 'exitcode=66', 'ASAN_OPTIONS': 'exitcode=67:detect_leaks=0'}
            ways = [FIRST] if name == 'REFERENCE' else some_ways(rng, 2) + case.always[:1]
            if name == 'KPI_TSAN':
                if case.size() < 200000 and not case.always and rng.random() < 0.9:
                    continue
                for way in ways:
                    way.threads = rng.choice((2, 3, 7))
            for way in ways:
                wrong = self.other(case, way, plain, bindir, env)
                if wrong:
                    return self.report(case, way, bindir, 'not the answer of %s' % name, wrong,
                                       lambda small: self.other(small, way, self.answer(small, FIRST).key(), bindir,
                                                                env))
        return ''

    def report(self, case, way, bindir, what, wrong, again):
        """Keeps the case; again(case) tells whether a smaller one fails too."""
        folder = tempfile.mkdtemp(prefix=re.sub('[^a-z0-9]+', '-', case.name.lower())[:40] + '.', dir=self.kept)

        def fails(data):
            small = Case(case.name, case.tool, case.args, dict(case.files), None)
            small.files[MAIN] = data
            small.expect = case.expect and case.expect.again(data) if hasattr(case.expect, 'again') else None
            if case.expect and not small.expect and way is FIRST and bindir == self.runner.bindir:
                return False
            self.runner.place(small)
            return bool(again(small))

        data = case.files[MAIN]
        try:
            data = smaller(data, fails)
        except Exception:  # the case itself is what matters
            traceback.print_exc()
        for name, content_ in case.files.items():
            with open(os.path.join(folder, name), 'wb') as file:
                file.write(content_)
        if data != case.files[MAIN]:
            with open(os.path.join(folder, 'small.tsv'), 'wb') as file:
                file.write(data)
        note = 'smaller: small.tsv, %d bytes of %d: %r\n' % (len(data), len(case.files[MAIN]), data[:600])
        return 'FAIL %s: %s (%s)\n%s\n    %s\n    %s' % (case.name, what, way, wrong,
                                                        shell(self.runner, case, way, folder, bindir), note)


# ---- all ----------------------------------------------------------------------------------------------------

def spent():
    """Seconds of processors, by this process and those it ran."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def run_group(bindir, kept, seed, name, round_):
    """(group, cases passed, failed, skipped, runs, seconds, what to print)"""
    import cases
    folder = tempfile.mkdtemp(prefix='kpi-paths-run.')
    began, passed, failed, skipped, said = spent(), 0, 0, 0, []
    checker = Checker(bindir, folder, kept)
    try:
        rng = lines.rng_of(seed, name, round_)
        for case in cases.GROUPS[name](rng, folder):
            if not os.path.exists(os.path.join(bindir, case.tool)):
                skipped += 1
                continue
            wrong = checker.check(case, lines.rng_of(seed, name, round_, case.name, 'ways'))
            if wrong:
                failed += 1
                said.append('%s\n    again: SEED=%s paths.py %s %s/%d' % (wrong, seed, bindir, name, round_))
                if failed >= 12:
                    said.append('%s: enough failures' % name)
                    break
            else:
                passed += 1
    except Exception:
        failed += 1
        said.append('FAIL %s/%d of seed %s:\n%s' % (name, round_, seed, traceback.format_exc()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return name, passed, failed, skipped, checker.runs, spent() - began, '\n'.join(said)


def main():
    if len(sys.argv) == 4 and sys.argv[1] == 'feed':
        with open(sys.argv[3], 'rb') as file:
            feed(1, file.read(), int(sys.argv[2]))
        return 0
    if len(sys.argv) < 2:
        print('usage: paths.py BINDIR [GROUP[/ROUND]...]', file=sys.stderr)
        return 2
    import cases
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    bindir, seed = os.path.abspath(sys.argv[1]), os.environ.get('SEED', '1')
    rounds = int(os.environ.get('ROUNDS', '1'))
    wanted = [word.partition('/') for word in sys.argv[2:]]
    todo = [(name, int(part)) if part else (name, i) for name, _, part in wanted for i in range(1 if part else rounds)]
    todo = todo or [(name, i) for i in range(rounds) for name in cases.GROUPS]
    kept = tempfile.mkdtemp(prefix='kpi-paths.')
    jobs = int(os.environ.get('JOBS', 0)) or len(os.sched_getaffinity(0))
    for cpu in ('avx2', 'avx512'):
        if cpu not in CPUS:
            print('skip: KPI_CPU=%s, which this processor lacks' % cpu)
    counts, runs, missing = [0, 0, sum(cpu not in CPUS for cpu in ('avx2', 'avx512'))], 0, set()
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        tasks = [pool.submit(run_group, bindir, kept, seed, *one) for one in todo]
        for task in tasks:
            name, passed, failed, skipped, some, seconds, said = task.result()
            counts = [a + b for a, b in zip(counts, (passed, failed, skipped))]
            runs += some
            if said:
                print(said, flush=True)
            if skipped:
                missing.add(name)
            if os.environ.get('VERBOSE'):
                print('%s: %d passed, %d failed, %d runs, %.1f s of a processor' % (name, passed, failed, some,
                                                                                    seconds), flush=True)
    for name in sorted(missing):
        print('skip: %s, whose tool is not there' % name)
    if not os.listdir(kept):
        os.rmdir(kept)
    print('%d runs of seed %s, %d rounds' % (runs, seed, rounds))
    print('%d passed, %d failed' % (counts[0], counts[1]) + (', %d skipped' % counts[2] if counts[2] else ''))
    return counts[1] != 0 or not counts[0]


if __name__ == '__main__':
    sys.exit(main())
