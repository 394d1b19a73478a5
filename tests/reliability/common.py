"""What the parts of the reliability tests share: groups of checks that are counted, and ways to run the tools.

A part is "PART.py BINDIR". It prints a line for each group and, last, "N passed, N failed, N skipped".
"""
import os
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
BIN = os.path.abspath(sys.argv[1])
HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
EXAMPLES = TOP + '/examples'
GUARD = 120  # seconds: what takes longer hangs
WORK = tempfile.mkdtemp(prefix='kpi-reliability.')
ENV = {'PATH': BIN + ':' + os.environ.get('PATH', '/usr/bin:/bin'), 'LC_ALL': 'C.UTF-8', 'TZ': 'UTC', 'HOME': WORK,
       'TMPDIR': WORK}
counts = {'passed': 0, 'failed': 0, 'skipped': 0}


class Group:
    """with Group('title') as group: group.check(...)"""
    def __init__(self, title):
        self.title, self.passed, self.note = title, 0, ''

    def __enter__(self):
        return self

    def check(self, what, holds, detail=''):
        if holds:
            self.passed += 1
            counts['passed'] += 1
        else:
            counts['failed'] += 1
            print('FAIL %s: %s' % (self.title, what), str(detail)[:4000])
        return holds

    def same(self, what, wanted, got):
        return self.check(what, wanted == got, '\n  wanted %.2000r\n  got    %.2000r' % (wanted, got))

    def skip(self, why):
        counts['skipped'] += 1
        print('skip %s: %s' % (self.title, why))

    def __exit__(self, *failure):
        if not failure[0]:
            print('%s: %d passed%s' % (self.title, self.passed, self.note), flush=True)


def run(*command, stdin=b'', cwd=None, env=None, **more):
    """The completed process, output as bytes."""
    where = {'input': stdin} if isinstance(stdin, bytes) else {'stdin': stdin}
    for stream in ('stdout', 'stderr'):
        more.setdefault(stream, subprocess.PIPE)
    return subprocess.run(command, cwd=cwd or WORK, env={**ENV, **(env or {})}, timeout=GUARD, check=False, **where,
                          **more)


def limited(limits, *command, **more):
    """run, under shell limits: '-f 8', '-v 20000'"""
    return run('sh', '-c', 'ulimit %s; exec "$@"' % limits, 'sh', *command, **more)


def works(*command):
    """Whether a command is here and does what it should."""
    return shutil.which(command[0]) is not None and run(*command).returncode == 0


def sanitized():
    """Whether the tools were built with sanitizers."""
    with open(BIN + '/visit-tally', 'rb') as tool:
        return b'__asan_' in tool.read()


def content(path):
    path = os.path.join(WORK, path)
    if not os.path.exists(path):
        return b''
    with open(path, 'rb') as file:
        return file.read()


def write(path, data):
    with open(os.path.join(WORK, path), 'wb') as file:
        file.write(data)


def remove(*paths):
    for path in paths:
        path = os.path.join(WORK, path)
        if os.path.exists(path):
            os.remove(path)


def visit(note, size=0):
    """A visit as a line to be logged; size: its bytes once logged, with LF."""
    line = b'2024-03-01\tli.wei\tC042\tvisit\tdone\trenewal\t\t30\t\t' + note
    return line + b' ' * (size > 0) + b'x' * (size - len(line) - len('2024-03-01T09:30:00Z') - 2) + b'\n'


def batch(name, records, size=0):
    return b''.join(visit(b'%s.%d' % (name, i), size) for i in range(records))


def notes(log):
    """What tells the records of a log apart."""
    return [line.split(b'\t')[9].split(b' ')[0] for line in log.split(b'\n')[:-1]]


def names(text, *words):
    """Whether a message names all of these."""
    return all(word in text.decode() for word in words)


def finish():
    shutil.rmtree(WORK, ignore_errors=True)
    print('%(passed)d passed, %(failed)d failed, %(skipped)d skipped' % counts)
    sys.exit(counts['failed'] > 0)
