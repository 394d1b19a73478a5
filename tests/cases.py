"""What run-cli and run-examples share: cases, running them, comparing, and saying what differs.

A case is a command with the lines it must print and the status it must end with. The cases of one file run one
after the other in one temporary folder; files run side by side. All texts are bytes.
"""
import argparse
import concurrent.futures
import difflib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIMIT = 120  # seconds a command may take
ANY = ('any', b'...')


class BadFile(Exception):
    """A line of a file of cases that means nothing."""


class Case:
    def __init__(self, line, command, needs=()):
        self.line, self.command, self.needs = line, command, list(needs)
        self.out, self.err, self.status = [], [], 0  # lines: (kind, bytes); err None: it belongs to out


def split(data):
    """The lines of an output; one that lacks its newline says so."""
    lines = data.split(b'\n')
    last = lines.pop()
    return lines + ([last + b'<no newline>'] if last else [])


def one(want, got):
    return bool(re.fullmatch(want[1], got)) if want[0] == 'regex' else want[1] == got


def match(want, got):
    """Whether the lines are as wanted; ANY stands for any number of them."""
    w = g = 0
    back = None  # where to go on when the last ANY has to take one line more
    while g < len(got):
        if w < len(want) and want[w] is ANY:
            w, back = w + 1, (w + 1, g)
        elif w < len(want) and one(want[w], got[g]):
            w, g = w + 1, g + 1
        elif back:
            back = (back[0], back[1] + 1)
            w, g = back
        else:
            return False
    return all(line is ANY for line in want[w:])


def shown(line):
    text = re.sub(rb' +$', lambda blanks: rb'\x20' * len(blanks[0]), line).decode('utf-8', 'backslashreplace')
    return ''.join(c if c.isprintable() or c == '\t' else c.encode('unicode_escape').decode() for c in text)


def difference(name, want, got):
    def settled(line):  # a pattern that some line fits is shown as that line
        if line[0] != 'regex':
            return line[1]
        return next((g for g in got if one(line, g)), line[1].pattern)
    rows = difflib.unified_diff([shown(settled(w)) for w in want], [shown(g) for g in got],
                                name + ' expected', name + ' printed', lineterm='')
    return ['    ' + row for row in rows]


# Root without the right to pass over the permissions of files is refused them as anybody is.
UNPRIVILEGED = ['setpriv', '--bounding-set=-dac_override,-dac_read_search'] if os.geteuid() == 0 else []


def run(case, folder, env):
    """The problems of a case: lines of text, none when all is well."""
    prefix = UNPRIVILEGED if 'non-root' in case.needs else []
    process = subprocess.Popen([*prefix, 'bash', '-c', case.command], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, start_new_session=True,
                               stderr=subprocess.STDOUT if case.err is None else subprocess.PIPE)
    problems = []
    try:
        out, err = process.communicate(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        problems.append('    stopped after %d seconds' % LIMIT)
    status = process.returncode if process.returncode >= 0 else 128 - process.returncode
    if status != case.status:
        problems.append('    exit status %d, not %d' % (status, case.status))
    for name, want, got in (('stdout', case.out, out), ('stderr', case.err, err)):
        if want is not None and not match(want, split(got)):
            problems += difference(name, want, split(got))
    return problems


def missing(need, env):
    """Whether a command, or a path (relative ones from TOP), or the right to be refused a file is not there."""
    if need == 'non-root':
        return bool(UNPRIVILEGED) and (not shutil.which('setpriv') or
                                     subprocess.run([*UNPRIVILEGED, 'true'], stderr=subprocess.DEVNULL).returncode != 0)
    if '/' in need or '$' in need:
        path = re.sub(r'\$(\w+)', lambda m: env.get(m.group(1), ''), need)
        return not os.path.exists(os.path.join(TOP, path))
    return not shutil.which(need, path=env['PATH'])


class Runner:
    def __init__(self, options, parse, prepare):
        self.options, self.parse, self.prepare = options, parse, prepare

    def environment(self, folder):
        kept = ('ASAN_OPTIONS', 'UBSAN_OPTIONS', 'LSAN_OPTIONS', 'CC', 'PKG_CONFIG_PATH', 'TMPDIR')
        env = {name: os.environ[name] for name in kept if name in os.environ}
        bindir = os.path.abspath(self.options.bindir)
        env.update(PATH=bindir + ':' + os.environ['PATH'], HOME=folder, LC_ALL='C.UTF-8', TZ='UTC', TERM='dumb',
                   KPI_NOW='2026-11-02T08:00:00Z', TOP=TOP, DATA=TOP + '/tests/data',
                   VARIANT=os.path.basename(os.path.dirname(bindir)))
        return env

    def file(self, path):
        """Runs the cases of one file: what to print, and the numbers passed, failed, skipped."""
        text, count = [], [0, 0, 0]
        folder = tempfile.mkdtemp(prefix='kpi-test-')
        try:
            with open(path, 'rb') as stream:
                cases = self.parse(stream.read().split(b'\n'))
            self.prepare(folder)
            self.cases(path, cases, folder, text, count)
        except (BadFile, OSError) as problem:
            text.append('FAIL %s: %s' % (path, problem))
            count[1] += 1
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if any(count):
            text.append('%s: %d passed, %d failed' % (path, *count[:2]) + (', %d skipped' % count[2]) * (count[2] > 0))
        return text, count

    def cases(self, path, cases, folder, text, count):
        wanted = [not self.options.k or self.options.k.search(shown(c.command)) for c in cases]
        env = self.environment(folder)
        for i, case in enumerate(cases):
            if not any(wanted[i:]):
                break
            title = '%s:%d: %s' % (path, case.line, '\n    > '.join(map(shown, case.command.split(b'\n'))))
            lacking = [need for need in case.needs if missing(need, env)]
            problems = [] if lacking else run(case, folder, env)
            if not wanted[i]:  # it ran for the files it leaves behind
                continue
            result = 2 if lacking else 1 if problems else 0
            count[result] += 1
            if result == 2:
                text.append('skip %s (no %s)' % (title, ', '.join(lacking)))
            elif result == 1:
                text += ['FAIL ' + title] + problems
            elif self.options.v:
                text.append('pass ' + title)


def main(description, parse, prepare=lambda folder: None):
    options = argparse.ArgumentParser(description=description)
    options.add_argument('-b', dest='bindir', metavar='BINDIR', default=TOP + '/build/release/bin',
                         help='where the tools are (%(default)s)')
    options.add_argument('-k', metavar='PATTERN', type=re.compile,
                         help='judge only commands that match; those before them run for their files')
    options.add_argument('-j', type=int, default=2, metavar='N', help='files run side by side (%(default)s)')
    options.add_argument('-v', action='store_true', help='name each case')
    options.add_argument('files', nargs='+', metavar='FILE')
    options = options.parse_args()
    if not os.path.isdir(options.bindir):
        sys.exit('no folder ' + options.bindir)
    sys.stdout.reconfigure(errors='backslashreplace', encoding='utf-8')
    total = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(options.j) as pool:
        for text, count in pool.map(Runner(options, parse, prepare).file, options.files):
            print(*text, sep='\n', end='\n' if text else '', flush=True)
            total = [a + b for a, b in zip(total, count)]
    print('%d passed, %d failed, %d skipped' % tuple(total))
    sys.exit(1 if total[1] else 0)
