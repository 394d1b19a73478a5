#!/usr/bin/env python3
r"""worlds.py SEED WORLDS BINDIR - random logs of feedback, good and bad lines among them, through feedback-theme,
feedback-level and feedback-tally, whose whole output this program works out by itself: themes by comparing each phrase
at each place, levels and tallies in fractions.

Each world goes through every tool as a file and as a pipe, with 1, 2, 3 and 7 threads and with plain instructions; a
few are as large as it takes to be read by several threads."""
import os
import random
import subprocess
import sys
import tempfile
from fractions import Fraction

seed, worlds, bindir = sys.argv[1], int(sys.argv[2]), os.path.abspath(sys.argv[3])
chance = random.Random(seed)
folder = tempfile.mkdtemp()
passed = failed = 0
ONE = 1000000


def check(what, want, got, *detail):
    global passed, failed
    if want == got:
        passed += 1
        return
    failed += 1
    if failed > 5:
        return
    print('FAIL', what, *detail, sep='\n  ')
    if isinstance(want, bytes):
        pairs = zip(want.split(b'\n') + [None], got.split(b'\n') + [None])
        for number, (a, b) in enumerate(pairs, 1):
            if a != b:
                print('  line %d: wanted %.300r\n  got %.300r' % (number, a, b))
                return
    print('  wanted %.300r\n  got %.300r' % (want, got))


def run(tool, *options, data=None, path=None, cpu=None):
    env = dict(os.environ, **({'KPI_CPU': cpu} if cpu else {}))
    command = [os.path.join(bindir, tool), *options] + ([path] if path else [])
    done = subprocess.run(command, input=data, capture_output=True, env=env)
    return done.returncode, done.stdout, done.stderr


def everywhere(what, tool, options, data, want, status, *detail):
    """want: standard output."""
    path = os.path.join(folder, 'feedback.tsv')
    with open(path, 'wb') as file:
        file.write(data)
    ways = [dict(path=path), dict(data=data), dict(path=path, cpu='plain')]
    if len(data) > 200000:
        ways += [dict(path=path, threads=j) for j in ('1', '2', '3', '7')]
        ways += [dict(data=data, threads=j) for j in ('1', '2', '7')]
    for way in ways:
        threads = way.pop('threads', None)
        code, out, said = run(tool, *options, *(['-j', threads] if threads else []), **way)
        name = '%s %s (%s, -j %s)' % (what, ' '.join(options), 'file' if 'path' in way else 'pipe', threads)
        check(name, want, out, *detail, said[:300])
        check(name + ': status', status, code, said[:300])


# ---- lines ----

LETTERS = 'abcAB1éЖ'
OTHERS = ['货', '发', '太', '-', '!', '。', '\U0001F600', '\u3000', "'", '×']
ESCAPES = ['\\n', '\\t', '\\r', '\\\\']


def word():
    return ''.join(chance.choice(LETTERS) for _ in range(chance.choice([1, 1, 2, 2, 3, 4])))


def comment():
    """In line form."""
    if chance.random() < 0.15:
        return ''
    parts = []
    for _ in range(chance.choice([1, 2, 3, 5, 8, 8, 30])):
        parts.append(chance.choice([word, word, lambda: ' ', lambda: ' ', lambda: chance.choice(OTHERS),
                                    lambda: chance.choice(OTHERS[:3]), lambda: '  ',
                                    lambda: chance.choice(ESCAPES) if chance.random() < 0.2 else ' '])())
    return ''.join(parts)


def unescape(line):
    out, i = [], 0
    while i < len(line):
        if line[i] == '\\':
            out.append({'n': '\n', 't': '\t', 'r': '\r', '\\': '\\'}[line[i + 1]])
            i += 1
        else:
            out.append(line[i])
        i += 1
    return ''.join(out)


SOURCES = ['survey', 'peer', 'self', 'supervisor', '', 'SELF']


def score():
    kind = chance.random()
    if kind < 0.15:
        return ''
    if kind < 0.7:
        return str(chance.randint(0, 10))
    if kind < 0.9:
        return '%d.%d' % (chance.randint(0, 9), chance.randint(0, 99))
    return chance.choice(['+7.50', '010', '0.000001', '9.999999', '-0', '3.333333'])


def feedback(managers, raters):
    """One valid line, as its fields."""
    day = chance.randint(1, 28)
    theme = chance.choice(['', '', '', 'price', '发货', 'a/b'])
    resolved = '2026-11-%02d' % day if chance.random() < 0.2 else ''
    return ['2026-%02d-%02d' % (chance.choice([9, 10, 10, 10]), day), chance.choice(managers),
            chance.choice(raters), chance.choice(SOURCES), theme, score(), resolved,
            chance.choice(['', '2026-10-05T10:00:00Z', '2026-10-05T10:00:00+08:00']), comment()]


def bad_line():
    good = feedback(['m'], ['r'])
    kind = chance.randrange(6)
    if kind == 0:
        return '\t'.join(good[:8]).encode()
    if kind == 1:
        good[5] = '1,5'
    elif kind == 2:
        good[0] = '2026-13-01'
    elif kind == 3:
        good[8] += '\\x'
    elif kind == 4:
        return '\t'.join(good).encode() + chance.choice([b'\xff', b'\xe8\xb4', b'\xc0\x80', b'\x00', b'\x1b', b'\xed\xa0\x80'])
    else:
        good[1] = ''
    return '\t'.join(good).encode()


def world(lines, bad):
    """The bytes of a log, and its good lines in order."""
    managers = ['m%d' % i for i in range(chance.randint(1, 6))] + ['王芳']
    raters = ['', 'a rater with a long name'] + ['r%d' % i for i in range(chance.randint(1, 12))]
    data, good = [b'\xef\xbb\xbf'] if chance.random() < 0.2 else [], []
    for _ in range(lines):
        kind = chance.random()
        end = b'\r\n' if chance.random() < 0.1 else b'\n'
        if bad and kind < 0.03:
            data.append(bad_line() + end)
        elif kind < 0.05:
            data.append(chance.choice([b'# remark', b'']) + end)
        else:
            good.append(feedback(managers, raters))
            data.append('\t'.join(good[-1]).encode() + end)
    return b''.join(data), good


def joined(lines):
    return ''.join('\t'.join(line) + '\n' for line in lines).encode()


# ---- themes ----

def fold(plain):
    out = ''
    for c in plain:
        c = ' ' if c in ' \t\n\r' else c.lower() if 'A' <= c <= 'Z' else c
        if c != ' ' or not out.endswith(' '):
            out += c
    return out


def is_letter(c):
    return c.isascii() and c.isalnum() or '\u00c0' <= c <= '\u053f'


def phrase():
    while True:
        made = ''.join(chance.choice([word, word, word, lambda: ' ', lambda: chance.choice(OTHERS)])()
                       for _ in range(chance.choice([1, 1, 1, 2, 3, 5])))
        if made and made == made.strip() and made.strip('\u3000') == made:
            return made


def themes(n):
    """Of n phrases, some of them the beginnings and ends of others: folded phrase -> theme, and the YAML."""
    made, text = {}, ''
    names = ['other', '发货/慢', 'price', 'a', 'it\'s']
    phrases = []
    while len(phrases) < n:
        one = phrase()
        for two in (one, one[:len(one) // 2].strip(' \u3000'), one[len(one) // 2:].strip(' \u3000'), one + ' ' + one):
            if two and fold(two) not in made:
                made[fold(two)] = None
                phrases.append(two)
    chance.shuffle(phrases)
    for i, name in enumerate(names):
        mine = phrases[i::len(names)]
        if not mine:
            continue
        quoted = ['"%s"' % one.replace('\\', '\\\\').replace('"', '\\"') for one in mine]
        shape = chance.random()
        key = '"%s"' % name
        text += '%s: [%s]\n' % (key, ', '.join(quoted)) if shape < 0.5 else \
            '%s:\n' % key + ''.join('  - %s\n' % one for one in quoted)
        if chance.random() < 0.3:
            text += '---\n'
        for one in mine:
            made[fold(one)] = name
    return made, text if not text.endswith('---\n') else text[:-4]


def matches(text, one):
    """Whether one is in text, and where first."""
    at = text.find(one)
    while at >= 0:
        end = at + len(one)
        whole = not (is_letter(one[0]) and at and is_letter(text[at - 1]))
        whole &= not (is_letter(one[-1]) and end < len(text) and is_letter(text[end]))
        if whole:
            return at
        at = text.find(one, at + 1)
    return None


def theme_of(comment, made):
    text, best = fold(unescape(comment)), None
    for one in made:
        at = matches(text, one)
        if at is not None and (best is None or (-len(one), at) < best[0]):
            best = (-len(one), at), made[one]
    return best and best[1]


def themed(good, made, other):
    for line in good:
        if line[4] or not line[8]:
            yield line
        else:
            yield line[:4] + [theme_of(line[8], made) or other] + line[5:]


def try_themes(lines, bad):
    data, good = world(lines, bad)
    made, yaml = themes(chance.choice([1, 3, 10, 60, 200]))
    path = os.path.join(folder, 'themes.yaml')
    with open(path, 'w') as file:
        file.write(yaml)
    other = chance.choice(['other', 'misc', ''])
    want = joined(themed(good, made, other))
    options = ['--themes', path] + (['--other', other] if other != 'other' else []) + (['-k'] if bad else [])
    clean = not has_bad(data, good)
    everywhere('feedback-theme', 'feedback-theme', options, data, want, 0 if clean else 3, yaml[:2000])
    count = {}
    for line in themed(good, made, other):
        count[line[4]] = count.get(line[4], 0) + 1
    want = ''.join('%s\t%d\n' % (name, count[name]) for name in sorted(count, key=str.encode)).encode()
    if not bad:
        everywhere('themes of a tally', 'feedback-tally', options + ['-b', 'theme', '-s', 'n'], data, want, 0)
    try_phrases(data, good, made, path, bad, clean)


def has_bad(data, good):
    rest = data[3:] if data.startswith(b'\xef\xbb\xbf') else data
    return sum(1 for line in rest.split(b'\n')[:-1] if line.strip(b'\r') and not line.startswith(b'#')) != len(good)


# ---- phrases ----

def is_of_run(c):
    return is_letter(c) is False and c in '货发太'


def runs_of(comment):
    """The runs of a comment."""
    found, text = set(), fold(unescape(comment))
    tokens, i = [], 0
    while i < len(text):
        if is_letter(text[i]):
            j = i
            while j < len(text) and is_letter(text[j]):
                j += 1
            tokens.append(('w', text[i:j]))
            i = j
        else:
            tokens.append(('r' if is_of_run(text[i]) else text[i], text[i]))
            i += 1
    for a in range(len(tokens)):
        if tokens[a][0] == 'w':
            words, b = [], a
            while b < len(tokens) and tokens[b][0] == 'w' and len(words) < 3:
                words.append(tokens[b][1])
                if len(words) > 1 or len(words[0]) > 1:
                    found.add(' '.join(words))
                if b + 1 >= len(tokens) or tokens[b + 1][0] != ' ':
                    break
                b += 2
        elif tokens[a][0] == 'r':
            for n in range(2, 7):
                if all(t[0] == 'r' for t in tokens[a:a + n]) and len(tokens[a:a + n]) == n:
                    found.add(''.join(t[1] for t in tokens[a:a + n]))
    return found


def try_phrases(data, good, made, path, bad, clean):
    rest = [line[8] for line in good if not line[4] and line[8] and theme_of(line[8], made) is None]
    count = {}
    for one in rest:
        for run_ in runs_of(one):
            count[run_] = count.get(run_, 0) + 1
    out = set()
    for run_, n in count.items():
        shorter = [run_.rpartition(' ')[0], run_.partition(' ')[2]] if is_letter(run_[0]) else [run_[:-1], run_[1:]]
        out |= {one for one in shorter if count.get(one) == n}
    top = chance.choice([1, 5, 40, 100000])
    kept = sorted((run_ for run_ in count if run_ not in out), key=lambda r: (-count[r], r.encode()))[:top]
    want = ''.join('%s\t%d\n' % (run_, count[run_]) for run_ in kept).encode()
    options = ['--phrases', str(top), '--themes', path] + (['-k'] if bad else [])
    everywhere('phrases', 'feedback-theme', options, data, want, 0 if clean else 3)
    # As a theme, a phrase takes as many comments as it says.
    for run_ in kept[:5]:
        check('what a phrase promises', count[run_], sum(matches(fold(unescape(c)), run_) is not None for c in rest), run_)


# ---- levels ----

def number(text):
    whole, _, part = text.lstrip('+-').partition('.')
    value = int(whole) * ONE + int((part + '000000')[:6])
    return -value if text[0] == '-' else value


def shown(value):
    return ('-' * (value < 0) + '%d.%06d' % divmod(abs(value), ONE)).rstrip('0').rstrip('.')


def rounded(value, unit=1):
    """A fraction to a whole number of units, half away from zero."""
    n = (abs(value) * 2 + 1).__floor__() // 2
    return -n if value < 0 else n


def levelled(good, picked, least, clamp):
    mine = {}
    for line in good:
        if picked(line) and line[2]:
            mine.setdefault(line[2], []).append(number(line[5]))
    mine = {who: marks for who, marks in mine.items() if len(marks) >= least}
    every = [mark for marks in mine.values() for mark in marks]
    for line in good:
        if not picked(line) or line[2] not in mine:
            yield line
            continue
        marks = mine[line[2]]
        old = number(line[5])
        new = rounded(old + Fraction(sum(every), len(every)) - Fraction(sum(marks), len(marks)))
        if clamp:
            new = min(max(new, 0), 10 * ONE)
        yield line if new == old else line[:5] + [shown(new)] + line[6:]


def try_levels(lines, bad):
    data, good = world(lines, bad)
    options, clean = [], not has_bad(data, good)
    sources = chance.choice([None, ['peer'], ['peer', 'self', 'supervisor']])
    own, october, clamp = chance.random() < 0.3, chance.random() < 0.5, chance.random() < 0.3
    least = chance.choice([None, 1, 2, 20])
    options += ['--source', ','.join(sources)] if sources else []
    options += ['--self'] * own + ['-p', '2026-10'] * october + ['--clamp'] * clamp + ['-k'] * bool(bad)
    options += ['--least', str(least)] if least else []

    def picked(line):
        return line[5] and (own or line[3] != 'self') and (not sources or line[3] in sources) and \
            (not october or line[0].startswith('2026-10'))
    want = joined(levelled(good, picked, least or 5, clamp))
    everywhere('feedback-level', 'feedback-level', options, data, want, 0 if clean else 3)


# ---- tallies ----

def percent(part, of):
    if not of:
        return ''
    n = rounded(Fraction(part * 10000, of))
    return '%s%d.%02d' % ('-' * (n < 0), *divmod(abs(n), 100))


def try_tallies(lines):
    data, good = world(lines, False)
    key = chance.choice([1, 3, 4])
    groups = {}
    for line in good:
        groups.setdefault(line[key], []).append(line)
    least, top = chance.choice([None, 1, 3, 30]), chance.choice([None, 1, 3, 1000])
    rows, withheld = [], 0
    for name in sorted(groups, key=str.encode):
        marks = [number(line[5]) for line in groups[name] if line[5]]
        small = least is not None and len(marks) < least
        withheld += small
        rows.append((name, len(groups[name]), marks, small))
    if top:
        rows.sort(key=lambda row: (row[3], 0 if row[3] else -row[1]))
        rows = rows[:top]
    want, running = '', 0
    for name, n, marks, small in rows:
        running += n
        figures = ['', '', '', ''] if small else [str(n), percent(n, len(good)), percent(running, len(good)),
                                                  percent(Fraction(sum(marks), 100 * ONE), len(marks))]
        want += '\t'.join([name] + figures) + '\n'
    options = ['-b', ['', 'manager', '', 'source', 'theme'][key], '-s', 'n,share,running,mean']
    options += (['--min', str(least)] if least else []) + (['--top', str(top)] if top else [])
    everywhere('feedback-tally', 'feedback-tally', options, data, want.encode(), 0)
    said = run('feedback-tally', *options, data=data)[2].decode()
    want = 'feedback-tally: groups with fewer than %d scored lines: %d; their figures are left empty\n' % (
        least, withheld) if withheld else ''
    check('what is said of small groups', want, said)


def main():
    for i in range(worlds):
        large = i % 20 == 7
        lines = 4000 if large else chance.choice([0, 1, 5, 60, 600])
        try_themes(lines, i % 3 == 1)
        try_levels(30000 if large else lines, i % 3 == 1)
        try_tallies(lines)
    subprocess.run(['rm', '-rf', folder], check=True)
    print('%d passed, %d failed' % (passed, failed))


main()
