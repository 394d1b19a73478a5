"""The cases of paths.py, in groups: each a generator of cases out of chance (rng), in an empty folder."""
import datetime
import os

import judge
import lines
import oracle
from lines import MIB
from paths import MAIN, Case, Way

FEEDBACK_STATS = [stat for stat in oracle.Feedback.STATS]
PLAIN_STATS = [stat for stat in FEEDBACK_STATS if stat not in ('promoters', 'passives', 'detractors', 'nps')]
VISIT_STATS = [stat for stat in oracle.Visits.STATS if stat != 'coverage']
TOOL = {'feedback': 'feedback-tally', 'visit': 'visit-tally'}
BOM = b'\xef\xbb\xbf'


class Judged:
    """What judge.py says of a call, worked out when asked for."""

    def __init__(self, how, tool, args, files, keep_going):
        self.how, self.tool, self.args, self.files, self.keep_going = how, tool, args, files, keep_going

    def __call__(self):
        return self.how(self.tool, self.args, self.files, self.keep_going)

    def again(self, data):
        return Judged(self.how, self.tool, self.args, {**self.files, MAIN: data}, self.keep_going)


def goals_refused(answer):
    """Goals that contradict themselves or each other, which the judge does not mind."""
    return any(word in answer.err for word in (b'already', b'baseline', b'negative', b'below 0'))


class Known(Judged):
    """The same, but the generator has its own idea of the one fault: (line, field, beginning of the message)."""

    def __init__(self, judged, line, field, say):
        super().__init__(judged.how, judged.tool, judged.args, judged.files, judged.keep_going)
        where = '%d:%d' % (line, field) if field else str(line)
        self.begin = ('%s: %s:%s: %s' % (self.tool, MAIN, where, say)).encode()

    def __call__(self):
        code, out, err = super().__call__()
        if code != 3 or not err.startswith(self.begin) or err.count(b'\n') != 1:
            raise AssertionError('the judge and the generator differ: %r, %r' % (self.begin, (code, out, err)))
        return code, out, err


def tally(name, record, args, data, keep_going=True, ways=8, books=None, **more):
    """A case of a tally over data, judged."""
    files = {MAIN: data, **(books or {})}
    operands = [] if MAIN in args else [MAIN]
    expect = Judged(judge.tally, TOOL[record], args + operands, files, keep_going)
    if '-e' in args:  # a measure has 15 digits at most, which the judge does not mind
        more['allow'] = lambda got: b' is out of range: ' in got.err
    return Case(name, TOOL[record], ['-k'] * keep_going + args + operands, files, expect, ways, **more)


def goals(name, data, keep_going=True, ways=8):
    expect = Judged(judge.goal_list, 'goal-list', [MAIN], {MAIN: data}, keep_going)
    return Case(name, 'goal-list', ['-k'] * keep_going + [MAIN], {MAIN: data}, expect, ways)


def measures(name, data, keep_going=True, ways=8, more=('-l',)):
    """A case of kpi-score with these measures; its messages alone are judged: those of bad lines come first."""
    scheme = b'scheme: s\npoints: 100\nmetrics:\n  sales: {weight: 100}\n'
    goal = b'2026-10\tx\tsales\t\t5\t\n'
    files = {MAIN: data, 'scheme.yaml': scheme, 'goals.tsv': goal}

    def expect():
        run = judge.Run('kpi-score', files, keep_going)
        try:
            for _ in run.records(MAIN, oracle.MEASURE, None):
                pass
        except judge.Stop:
            return 3, b'', run.stderr()
        return (3 if run.messages else 0), None, None

    return Case(name, 'kpi-score', ['-k'] * keep_going + list(more) + ['-p', '2026-10', '-g', 'scheme.yaml', '-g',
                                                                       'goals.tsv', MAIN],
                files, expect, ways)


def some_args(rng, record, simple=False):
    """Keys and statistics."""
    if record == 'feedback':
        stats, keys = FEEDBACK_STATS, 'manager client source theme score date resolved comment'.split()
    else:
        stats, keys = VISIT_STATS, 'manager client kind status purpose minutes date outcome note logged'.split()
    some = rng.sample(keys[:4 if simple else None], rng.choice((0, 1, 1, 2, 3)))
    if rng.random() < 0.4:
        some.append(rng.choice(oracle.UNITS))
    rng.shuffle(some)
    count = rng.choice((1, 3, 7, len(stats)))
    args = ['-b', ','.join(some), '-s', ','.join(rng.sample(stats, min(count, len(stats))))]
    if rng.random() < 0.15:
        args = ['-e', ','.join(rng.sample(stats, 3))]
    if rng.random() < 0.2:
        args += ['-p', rng.choice(('2026-10', '2026', '2026-Q3', '2026-W41', '2026-08-15..2026-11-05', '2026-10-05'))]
    if rng.random() < 0.1 and '-e' not in args:
        args += ['--top', str(rng.choice((1, 3, 10)))]
    if rng.random() < 0.1:
        args += ['--as-of', '2026-10-10']
    return args


def books(rng, world, days):
    """Books for a world of lines, as bytes; the owners of clients change."""
    first, last = days
    people, clients = [], []
    for name in world.managers:
        if rng.random() < 0.9:
            cut = rng.randint(first, last)
            people.append([name, '', rng.choice(lines.TEAMS), rng.choice(('senior', 'junior', '')), '', lines.iso(cut)])
            if rng.random() < 0.8:
                people.append([name, 'again', rng.choice(lines.TEAMS), 'senior', lines.iso(cut +
                                                                                           rng.choice((1, 1, 20))), ''])
    for name in world.clients:
        if rng.random() < 0.9:
            cut = rng.randint(first, last)
            clients.append([name, '', rng.choice(world.managers), rng.choice(('key', 'growth', '普通', '')), '',
                            lines.iso(cut)])
            if rng.random() < 0.7:
                clients.append([name, '', rng.choice(world.managers + ['']), 'key', lines.iso(cut + 1), '', 'more'])
    whole = [''.join('\t'.join(row) + '\n' for row in rows).encode() for rows in (people, clients)]
    return {'managers.tsv': whole[0], 'clients.tsv': whole[1]}


def feedback_line(text='', manager='m', score='7', date='2026-10-05', theme='t'):
    return ('%s\t%s\tc\tsurvey\t%s\t%s\t\t\t%s' % (date, manager, theme, score, text)).encode()


# ---- lengths and offsets ----------------------------------------------------------------------------------

def lengths(rng, folder):
    """Lines of every length 0..200 that start at every offset within a chunk."""
    for record, key in (('feedback', 'theme'), ('visit', 'kind')):
        out, at = [], 0
        for length in range(201):
            for offset in range(64):
                pad = (offset - at) % 64
                if pad and rng.random() < 0.5:
                    out.append(b'#' * (pad - 1))
                else:
                    out += [b''] * pad
                base = feedback_line(theme='t%d' % (length % 7), score=str(length % 11)) if record == 'feedback' else \
                    ('2026-10-05\tm\tc\tk%d\tdone\t\t\t%d\t\t' % (length % 7, length)).encode()
                fill = length - len(base)
                line = base + b'x' * fill if fill >= 0 else rng.choice((b'#' * length, b'y' * length, base[:length]))
                out.append(line)
                at = (offset + len(line) + 1) % 64
        yield tally('lengths of %s lines' % record, record, ['-b', key, '-s', 'n,sum,min,max' if record == 'feedback'
                    else 'visits,minutes'], lines.ended(out), ways='all' if record == 'feedback' else 12)
    # the lengths of each field, too
    for record in ('feedback', 'visit'):
        world = lines.Lines(rng, rich=0, style='short', managers=3)
        out = []
        for length in range(0, 140):
            for field, kind in enumerate(lines.FIELDS[record]):
                if kind.rstrip('!') in ('name', 'text') and (length or not kind.endswith('!')):
                    row = list(getattr(world, record)())
                    row[field] = ('ab' * 70)[:length]
                    out.append('\t'.join(row).encode())
        rng.shuffle(out)
        yield tally('lengths of fields of %s lines' % record, record,
                    ['-b', 'manager,client', '-s', ','.join(['n', 'scored', 'sum'] if record == 'feedback'
                                                            else VISIT_STATS)],
                    lines.ended(out), ways=12)


# ---- bytes ------------------------------------------------------------------------------------------------

def at_offsets(rng, sequence, width=128):
    """Lines with sequence at each offset; after it 0 to 70 more bytes."""
    base = (b'2026-10-05\tmanager.name\tC0001\tsurvey\tdelivery/late\t7.5\t2026-10-06\t2026-10-05T10:00:00Z\t' +
            b'comment ' * 20)
    for offset in range(width):
        yield base[:offset] + sequence + base[offset:offset + rng.choice((0, 0, 1, 2, 3, 30, 31, 32, 63, 64, 70))]
        yield base[:offset] + sequence + base[offset:]


def in_fields(sequence, record='feedback'):
    """Lines with sequence at the start, at the end, within and as the whole of each field."""
    good = {'feedback': ['2026-10-05', 'manager', 'C1', 'survey', 'theme', '7.5', '2026-10-06', '2026-10-05T10:00:00Z',
                         'said so'],
            'visit': ['2026-10-05', 'manager', 'C1', 'visit', 'done', 'purpose', 'come of', '30',
                      '2026-10-05T10:00:00Z', 'note']}
    for i, field in enumerate(good[record]):
        for value in (sequence + field.encode(), field.encode() + sequence, field[:1].encode() + sequence +
                      field[1:].encode(), sequence):
            whole = [other.encode() for other in good[record]]
            whole[i] = value
            yield b'\t'.join(whole)


def bad_bytes(rng, folder):
    """Bytes that no line may have, at every offset of a line and at the ends of its fields."""
    for title, some in (('not UTF-8', lines.NOT_UTF8), ('controls', lines.CONTROLS)):
        out = []
        for sequence in some:
            out += at_offsets(rng, sequence)
            out += in_fields(sequence)
        yield tally(title + ' at every offset', 'feedback', ['-b', 'theme'], lines.ended(out), ways='all'
                    if some is lines.NOT_UTF8 else 16)
        mixed = []
        world = lines.Lines(rng, rich=5, style='short')
        for line in rng.sample(out, 1200):
            mixed += [line] + world.many('feedback', rng.choice((0, 0, 1, 3, 9)))
        yield tally(title + ' among good lines', 'feedback', ['-b', 'manager'], lines.ended(mixed, 'mixed', rng),
                    ways=16)
        out = [line for sequence in some for line in in_fields(sequence, 'visit')]
        yield tally(title + ' in visits', 'visit', ['-b', 'kind'], lines.ended(out), ways=6)


def good_bytes(rng, folder):
    """Bytes that are good, and look like others; blanks."""
    out = []
    for sequence in lines.GOOD_BYTES + [b.encode() for b in lines.BLANKS + lines.NOT_BLANKS] + [b'\\\\', b'\\n', b'\\',
                                                                                                b'#', b'\\t']:
        out += at_offsets(rng, sequence, 70)
        out += in_fields(sequence)
    yield tally('good bytes at every offset', 'feedback', ['-b', 'manager,theme'], lines.ended(out), ways=24)
    out = [line for sequence in lines.GOOD_BYTES + [b.encode() for b in lines.BLANKS] for line in in_fields(sequence,
                                                                                                            'visit')]
    yield tally('good bytes in visits', 'visit', ['-b', 'manager,kind', '-s', 'visits,purposeful,clients,kept'],
                lines.ended(out), ways=12)


# ---- values -----------------------------------------------------------------------------------------------

def mutants(rng, values, n):
    """values with one byte changed, left out or put in."""
    letters = "0123456789.-+:/TZ ,eE;<=xX\\'#"
    for _ in range(n):
        text = rng.choice(values)
        at = rng.randint(0, len(text))
        way = rng.randrange(3)
        yield text[:at] + (rng.choice(letters) if way < 2 else '') + text[at + (way != 1):]


def value_lines(rng, record, n):
    """Lines that try good, bad and nearly good values in each typed field."""
    world = lines.Lines(rng, rich=3, style='short', managers=4)
    out = []
    for i, kind in enumerate(lines.FIELDS[record]):
        kind = kind.rstrip('!')
        good, bad = lines.GOOD[kind], [text for text, _ in lines.FAULTS[kind]]
        if kind == 'number' and record != 'feedback':
            good = good + lines.WIDE_NUMBERS
        for value in good + bad + list(mutants(rng, good, n)):
            for _ in range(1 if rng.random() < 0.7 else 3):
                row = list(getattr(world, record)())
                if kind == 'date' and record == 'feedback':
                    row[0], row[6] = '0001-01-01', ''
                row[i] = value.replace('\t', ' ').replace('\n', ' ')
                out.append('\t'.join(row).encode())
                if rng.random() < 0.3:
                    out.append(world.line(record))
    rng.shuffle(out)
    return [line for line in out if not line.startswith(b'#')]


def values(rng, folder):
    for record, args in (('feedback', ['-b', 'manager', '-s', ','.join(FEEDBACK_STATS)]), ('visit',
        ['-b', 'manager,month', '-s', ','.join(VISIT_STATS)])):
        data = lines.ended(value_lines(rng, record, 700))
        yield tally('values of %s' % record, record, args, data, ways=24)
        yield tally('values of %s, by field' % record, record,
                    ['-b', 'score,date' if record == 'feedback' else 'minutes,status'], data, ways=8)
    out = value_lines(rng, 'goal', 600)
    seen, some = set(), []
    for line in out:  # no goal set twice, no target that is a fault
        row = line.split(b'\t')
        if len(row) == 6 and (row[4][:1] == b'-' or row[4] == row[5] or not row[4].strip(b'0.+')
                              or tuple(row[:3]) in seen):
            continue
        seen.add(tuple(row[:3]))
        some.append(line)
    case = goals('values of goals', lines.ended(some), ways=16)
    case.allow = goals_refused
    yield case
    yield measures('values of measures', lines.ended(value_lines(rng, 'measure', 1000)), ways=16)


def calendar(rng, folder):
    """All days of many years, with and without times, by every unit."""
    first, last = datetime.date(2015, 12, 20).toordinal(), datetime.date(2033, 1, 10).toordinal()
    world = lines.Lines(rng, rich=0, style='short', managers=2)
    out = []
    days = list(range(first, last)) + [rng.randint(1, datetime.date.max.toordinal()) for _ in range(3000)]
    rng.shuffle(days)
    for ordinal in days:
        row = list(world.feedback())
        row[0] = lines.iso(ordinal) + rng.choice(('', '', '', rng.choice(lines.GOOD_TIMES)))
        row[6] = '' if rng.random() < 0.5 or ordinal > 3600000 else lines.iso(ordinal + rng.choice((0, 1, 30, 365,
                                                                                                    40000)))
        row[7] = ''
        out.append('\t'.join(row).encode())
    data = lines.ended(out)
    yield tally('calendar by day', 'feedback', ['-b', 'day', '-s', 'n,resolve-days'], data, ways=12)
    for unit in rng.sample(oracle.UNITS[1:], 3):
        yield tally('calendar by ' + unit, 'feedback', ['-b', unit, '-s', 'n,resolve-days,mean'], data, ways=4)
    out = []
    for ordinal in rng.sample(days, 5000):
        row = list(world.visit())
        ordinal = min(max(ordinal, 40), 3652000)
        row[0] = lines.iso(ordinal) + rng.choice(('', '', rng.choice(lines.GOOD_TIMES)))
        row[8] = lines.iso(ordinal + rng.choice((-1, 0, 1, 2, 3, 4, 5))) + rng.choice(['', 'T00:00:00Z',
                                                                                       'T23:59:59Z'] + lines.GOOD_TIMES)
        out.append('\t'.join(row).encode())
    data = lines.ended(out)
    for after in ('0', '1', '3', '4'):
        yield tally('late visits', 'visit', ['-b', 'month', '-s', 'visits,late', '--late-after', after], data, ways=6)
    yield tally('as of a day', 'visit', ['-b', 'year', '-s', 'visits,late,planned', '--as-of', '2020-02-29'], data,
                ways=6)


def sums(rng, folder):
    """Scores and minutes around and beyond 64 bits."""
    wide = '999999999999999'
    for values_ in (lines.WIDE_NUMBERS, lines.WIDE_NUMBERS[:6], ['9223372036854.775807'], ['9223372036854.775808'],
                    ['-9223372036854.775808'], ['999999999999999', '-999999999999999.000000'], ['999999999999999'],
                    ['-999999999999999', '4611686018427.387904'], ['0.000001', '9223372036854.775807',
                                                                   '-9223372036854.775807']):
        out = []
        for i in range(rng.choice((700, 2000))):
            value = rng.choice(values_)
            if value.endswith('.999999') and value.lstrip('-').startswith(wide):
                value = value[:-7]
            out.append(feedback_line(score=value, manager='m%d' % (i % 3), theme=rng.choice('ab')))
        yield tally('sums of scores', 'feedback', ['--scale=-%s..%s' % (wide, wide), '-b', rng.choice(('manager',
            'theme', '', 'score')), '-s',
                    'n,scored,sum,mean,min,max,csat,csat-low,unresolved'], lines.ended(out), ways=12)
    out = [feedback_line(score=value, manager=str(i % 2)) for i, value in enumerate(lines.WIDE_NUMBERS * 30)]
    for scale in ('0..9223372036854.775807', '-9223372036854.775808..9223372036854.775807', '-1..1', '0..4294.967296',
                  '9223372036854..9223372036855'):
        yield tally('scores against the scale', 'feedback', ['--scale=' + scale, '-s',
                                                             'n,sum,min,max,csat,unresolved'], lines.ended(out), ways=8)
    for low, high in ((0, 10), (1, 5), (1, 7), (-5, 5), (0, 1), (0, 100)):  # around the limits of what satisfies
        marks = [low + (high - low) * share for share in (0.75, 0.7, 1, 0, 0.9)]
        out = [feedback_line(score='%.6f' % min(max(mark + step / 1e6, low), high), manager=str(n % 3))
               for n, mark in enumerate(marks * 9) for step in (-2, -1, 0, 1, 2)]
        stats = FEEDBACK_STATS if (low, high) == (0, 10) else PLAIN_STATS
        yield tally('limits of a scale', 'feedback', ['--scale=%d..%d' % (low, high), '-s', ','.join(stats)],
                    lines.ended(out), ways=6)
    for low, high in ((0, 999999999999999), (1, 999999999999999), (-999999999999998, 999999999999999),
                      (3, 13000000000000)):
        marks = [low * 10 ** 6 + (high - low) * 10 ** 6 * n // 100 for n in (75, 70, 0, 100, 50)]
        units = [min(max(mark + step, low * 10 ** 6), high * 10 ** 6) for mark in marks for step in (-2, -1, 0, 1,
                                                                                                     2)] * 4
        out = [feedback_line(score='%s%d.%06d' % ('-' if u < 0 else '', abs(u) // 10 ** 6, abs(u) % 10 ** 6),
                             manager='a') for u in units]
        yield tally('limits of a wide scale', 'feedback', ['--scale=%d..%d' % (low, high), '-s',
                                                           ','.join(PLAIN_STATS)], lines.ended(out), ways=6)
    for counts in (lines.GOOD_COUNTS, ['9223372036854', '9223372036855'], ['999999999999999'], ['18446744073710', '1']):
        out = [('2026-10-05\tm%d\tc\tvisit\tdone\t\t\t%s\t\t' % (i % 2, rng.choice(counts))).encode()
               for i in range(3000)]
        yield tally('sums of minutes', 'visit', ['-b', rng.choice(('manager', '', 'minutes')), '-s', 'minutes,visits'],
                    lines.ended(out), ways=10)


# ---- edges ------------------------------------------------------------------------------------------------

def subjects(rng, record):
    """Lines that are hard to get right across an edge."""
    world = lines.Lines(rng, rich=30, managers=6)
    some = [world.line(record) for _ in range(rng.choice((1, 1, 3)))]
    way = rng.randrange(8)
    if way < 3:
        some.append(world.faulty(record)[0])
    elif way == 3:
        some.append(b'#' * rng.randrange(200))
    elif way == 4:
        some.append(b'')
    elif way == 5:
        some = [line[:-1] + '中'.encode() * rng.randrange(40) if line[-1:].isalnum() else line for line in some]
    some += world.many(record, rng.choice((0, 1, 5, 40)))
    return some


def edges(rng, folder):
    """Lines that begin or end around the edges of chunks, batches, pages and blocks."""
    for number in range(70):
        record = rng.choice(('feedback', 'feedback', 'visit', 'goal', 'measure'))
        edge = rng.choice((64, 128, 192, 4096, 16384, 16384, 32768, 65536, 1 << 17, 1 << 18, 1 << 18, MIB, MIB,
                           2 * MIB, 2 * MIB, 4 * MIB)
                          if record in TOOL or number % 4 == 0 else (64, 128, 16384, 32768))
        some = subjects(rng, record)
        before = edge + rng.choice((0, -1, 1, -2, 2, rng.randint(-130, 130), -len(some[0]), -len(some[0]) - 1,
                                    -len(some[0]) - 2,
                                    -len(some[0]) // 2))
        before = max(before, 0)
        bom = BOM if rng.random() < 0.15 else b''
        data = bom + lines.filler(rng, record, max(before - len(bom), 0)) + lines.ended(some, rng.choice(('\n', '\n',
            '\r\n', 'mixed')), rng)
        if rng.random() < 0.3:
            data += lines.filler(rng, record, rng.choice((1, 63, 64, 5000, MIB)))
        if rng.random() < 0.15:
            data = data[:-1]
        keep = rng.random() < 0.7
        if record in TOOL:
            yield tally('edge of %d, %d' % (edge, number), record, some_args(rng, record, True), data, keep, ways=7)
        elif record == 'goal':
            case = goals('edge of %d, %d' % (edge, number), data, keep, ways=5)
            case.allow = goals_refused
            yield case
        else:
            yield measures('edge of %d, %d' % (edge, number), data, keep, ways=5)


def batches(rng, folder):
    """Many short lines: 512 of them and a few more or less; lines that are nothing but ends or tabs."""
    short = b'2026-10\tm\ts\t1'
    for n in (1, 2, 63, 64, 511, 512, 513, 1023, 1024, 1025, 1536, 40000):
        out = [short] * n
        at = rng.choice((0, n - 1, n // 2))
        for change in (None, b'2026-10\tm\ts\tx', b'2026-10\tm\ts\t\xff', b'', b'#'):
            some = list(out)
            if change is not None:
                some[at] = change
            yield measures('%d short measures' % n, lines.ended(some), ways=3)
    tiny = feedback_line(manager='a', theme='', score='')
    for n in (511, 512, 513, 1024):
        yield tally('%d short lines' % n, 'feedback', ['-b', 'manager'], lines.ended([tiny] * n), ways=6)
    for blank in (b'\n' * 511, b'\n' * 512, b'\n' * 16384, b'\n' * 16385, b'\n' * 70000, b'\r\n' * 20000,
                  b'#\n' * 40000,
                  b'\n' * MIB, b'\n' * (MIB + 1), b'#x\r\n' * (MIB // 4)):
        data = blank + lines.ended([tiny, feedback_line(score='x')])
        yield tally('blank lines', 'feedback', ['-b', 'manager'], data, ways=4)
    for tabs in (1, 7, 8, 9, 63, 64, 65, 300, 16383, 16384, 16385, 32768, 40000, 65535, 65536, 70000, MIB - 1, MIB):
        data = lines.ended([tiny, b'\t' * tabs, tiny, tiny + b'\t' * tabs, tiny, b'x' + b'\t' * tabs, tiny])
        yield tally('%d tabs' % tabs, 'feedback', ['-b', 'manager'], data, ways=5)
    many = []
    for _ in range(3000):
        many.append(b'\t' * rng.choice((0, 1, 5, 8, 9, 40, 64, 200)) if rng.random() < 0.5 else tiny)
    yield tally('tabs and lines', 'feedback', ['-b', 'manager'], lines.ended(many), ways=8)


def long_lines(rng, folder):
    """Lines around 16 KiB, 64 KiB and the longest there may be."""
    for edge in (16384, 32768, 65536, 1 << 17):
        for delta in rng.sample(range(-70, 70), 6) + [-1, 0, 1]:
            lead = lines.filler(rng, 'feedback', rng.choice((0, 0, 100, 3000, 16384, MIB - 100)))
            base = feedback_line()
            fill = b'x' * (edge + delta - len(base))
            spot = rng.choice((None, None, len(fill) - 1, rng.randrange(len(fill))))
            if spot is not None:
                fill = fill[:spot] + rng.choice((b'\xff', b'\\', b'\x00', '中'.encode(), b'\\n', b'\t')) + fill[spot +
                                                                                                               1:]
            data = lead + base + fill + rng.choice((b'\n', b'\r\n')) + lines.filler(rng, 'feedback',
                                                                                    rng.choice((0, 500)))
            yield tally('a line of %d bytes' % (edge + delta), 'feedback', ['-b', 'manager'], data, ways=3)
    for delta in range(-2, 7):
        for bom, end, where in ((b'', b'\n', 'first'), (BOM, b'\n', 'first'), (b'', b'\r\n', 'first'), (BOM, b'\r\n',
                                                                                                        'first'),
                                (b'', b'\n', 'last'), (b'', b'\r\n', 'later'), (b'', b'', 'last')):
            if rng.random() < 0.5:
                continue
            line = feedback_line('x' * (MIB + delta - len(feedback_line())))
            if rng.random() < 0.3:
                line = rng.choice((b'#' * len(line), line[:-1] + b'\xff', b'\xff' + line[1:], b'\t' * len(line),
                                   b'\0' * len(line)))
            data = bom + (b'' if where == 'first' else lines.filler(rng, 'feedback', rng.choice((1, 200, 5000, MIB,
                                                                                                 MIB + 3))))
            data += line + end + (b'' if where == 'last' else lines.filler(rng, 'feedback', rng.choice((1, 300, MIB))))
            yield tally('a line of 1 MiB%+d, %s' % (delta, where), 'feedback', ['-b', 'manager'], data,
                        rng.random() < 0.8, ways=4)
    for size in (MIB + 100, 2 * MIB, 3 * MIB - 1, 4 * MIB + 17):
        data = lines.filler(rng, 'feedback', 300) + b'y' * size + b'\n' + lines.filler(rng, 'feedback',
                                                                                       900) + b'#' * size + b'\n' + \
            lines.filler(rng, 'feedback', 900)
        for keep in (True, False):
            yield tally('a line of %d bytes' % size, 'feedback', ['-b', 'manager'], data, keep, ways=5)
        yield tally('no line feed in %d bytes' % size, 'feedback', ['-b', 'manager'], b'y' * size, ways=4)
    longest = [feedback_line('x' * (MIB - 60 - n), manager='m%d' % n) for n in range(4)]
    yield tally('longest lines', 'feedback', ['-b', 'manager', '-s', 'n,sum'], lines.ended(longest), ways=8)
    names = ['n' * size + c for size in (255, 4000, 100000, 500000) for c in 'ab']
    out = [feedback_line(manager=name, score=str(i % 10)) for i, name in enumerate(names * 2)]
    yield tally('long names', 'feedback', ['-b', 'manager', '-s', 'n,sum'], lines.ended(out), ways=8)


def shapes(rng, folder):
    """Files that are empty, have no end, a mark at the start, only remarks; sizes of whole pages and blocks."""
    good, bad = feedback_line('said'), feedback_line(score='12,5')
    whole = [b'', b'\n', b'\n\n', b'\r\n', b'\r', b'#', b'# x', b'# x\n', BOM, BOM + b'\n', BOM + b'#\n', BOM + BOM +
             b'\n', BOM[:2], BOM[:1],
             b'\n' + BOM, b'\n' + BOM + b'\n', good, good + b'\n', good + b'\r\n', good + b'\r', good + b'\r\r\n',
             BOM + good + b'\n',
             BOM + good, BOM + good + b'\r\n', BOM + BOM + good + b'\n', good + b'\n' + BOM + good + b'\n', good +
             BOM + b'\n',
             b'#\n' + good + b'\n', good + b'\n\n\n', good + b'\n#', good + b'\n# no end', good + b'\n' + good, b'\0',
             b'\0\n', b'\xff\n',
             good + b'\n\0\n', good + b'\n\x1a', good + b'\n\x1a\n', b' \n', b'\t\n', b'\t' * 8 + b'\n', b' #\n',
             b'x\n', good[:20] + b'\n',
             good.replace(b'\t', b' ') + b'\n', good + b'\n' + bad + b'\n' + bad + b'\n', b'\n' * 3 + bad + b'\n',
             b'\r\n' * 3 + bad + b'\r\n',
             good + b'\t\n', good + b'\tx\n', good + b'\x0b' + good + b'\n', good + b'\x0c\n', good +
             '\u2028'.encode() + good + b'\n',
             good + '\x85'.encode() + b'\n', (good + b'\n').decode().encode('utf-16'),
             (good + b'\n').decode().encode('utf-16-be'),
             b'# ' + b'\xff' * 300 + b'\n' + good + b'\n', (good + b'\n') * 3 + b'\xff', b'#' * 63 + b'\n' + good +
             b'\n']
    for i, data in enumerate(whole):
        for keep in (True, False):
            yield tally('shape %d' % i, 'feedback', ['-b', rng.choice(('manager', ''))], data, keep, ways=5)
    for size in (4096, 8192, 16384, 65536, 1 << 18, MIB, MIB + 4096, 2 * MIB, 2 * MIB + 4096, 4 * MIB):
        for delta in (-1, 0, 1):
            data = lines.filler(rng, 'feedback', size + delta - len(good) - 1) + good + b'\n'
            for cut in (0, 1):
                yield tally('a file of %d bytes' % (size + delta - cut), 'feedback', ['-b', 'manager', '-s', 'n,sum'],
                            data[:len(data) - cut], ways=4)
    for eol in ('\r\n', 'mixed'):
        world = lines.Lines(rng, rich=10)
        for record in TOOL:
            data = lines.ended(lines.sprinkle(rng, world.size(record, rng.choice((3000, 100000, MIB + 50000)))), eol,
                               rng)
            yield tally('CRLF, ' + eol, record, some_args(rng, record), data, ways=8)
    world = lines.Lines(rng)
    data = lines.ended(world.size('feedback', MIB + 9))
    for cut in (1 << 17, 1 << 18, MIB, MIB + 1, 2 * MIB, 4 * MIB):  # a CR that ends a block, its LF begins the next
        head = lines.filler(rng, 'feedback', cut - len(good) - 1)
        yield tally('CR at the end of a block', 'feedback', ['-b', 'manager'], head + good + b'\r\n' +
                    data[:5000].rpartition(b'\n')[0] + b'\n', ways=6)


# ---- one fault --------------------------------------------------------------------------------------------

def single(rng, folder):
    """Good lines and one with a fault that is known, without -k and with it."""
    for number in range(60):
        record = rng.choice(('feedback', 'visit'))
        world = lines.Lines(rng, rich=rng.choice((0, 10, 50)), managers=8)
        out = world.many(record, rng.choice((0, 1, 5, 64, 300, 600, 1200, 6000 if number < 6 else 600)))
        fault, field, say = world.faulty(record)
        at = rng.choice((0, len(out), rng.randint(0, len(out))))
        out.insert(at, fault)
        data = lines.ended(out, rng.choice(('\n', '\n', '\r\n')))
        for keep in (False, True):
            case = tally('one fault, %d' % number, record, ['-b', 'manager'], data, keep, ways=5)
            case.expect = Known(case.expect, at + 1, field, say)
            yield case


def faults(rng, folder):
    """Many faults in several blocks: the first in the file is told first, all of them in order."""
    for number in range(4):
        record = rng.choice(('feedback', 'visit'))
        world = lines.Lines(rng, rich=10, managers=20, pad=0 if number == 1 else 1000)
        out = world.size(record, rng.choice((3 * MIB, 8 * MIB)) if world.pad == 1000 else MIB + 70000)
        few = number % 2
        for _ in range(rng.choice((2, 3, 5)) if few else len(out) // 20):
            out.insert(rng.randint(len(out) // 3 if few else 0, len(out)), world.faulty(record)[0])
        if rng.random() < 0.5:
            out = lines.sprinkle(rng, out, 2)
        data = lines.ended(out, rng.choice(('\n', 'mixed')), rng)
        for keep in (False, True):
            yield tally('%s faults' % ('few' if few else 'many'), record, ['-b', 'manager'], data, keep, ways=16)
    world = lines.Lines(rng, rich=10, scale=(0, 10), pad=500)
    out = world.size('feedback', 4 * MIB)
    for _ in range(30):  # a fault of the whole tally among those of lines
        out.insert(rng.randint(0, len(out)), feedback_line(score=rng.choice(('11', '10.000001', '-1', '-0.000001')),
                                                           manager=world.managers[0],
                                                           date=rng.choice(('2026-10-05', '2026-08-01'))))
        out.insert(rng.randint(0, len(out)), world.faulty('feedback')[0])
    for keep in (False, True):
        for more in ([], rng.choice((['-p', '2026-10'], ['-m', 'nobody'])), rng.choice((['--as-of', '2026-08-15'],
                                                                                        ['--source', 'survey']))):
            yield tally('scores outside', 'feedback', ['-b', 'manager'] + more, lines.ended(out), keep, ways=6)
    out = [world.faulty('feedback')[0] for _ in range(5000)]
    yield tally('nothing but faults', 'feedback', [], lines.ended(out), ways=10)


def late(rng, folder):
    """Messages of the first block that nobody reads for a while: the others go on, as far as they may."""
    good = feedback_line('w' * 3000) + b'\n'
    for place, count in (('first', 1500), ('first', 3), ('second', 1500)):
        bad = lines.ended([b'not a line'] * count)
        data = bad + good * (24 * MIB // len(good))
        if place != 'first':
            data = good * 600 + bad + good * (20 * MIB // len(good)) + bad
        ways = [Way(None, threads, 'pipe', 0, True) for threads in (2, 3, 7)]
        ways += [Way(None, threads, 'file', 0, True) for threads in (2, 7)]
        yield tally('messages read late, ' + place, 'feedback', ['-s', 'n,sum'], data, ways=1, always=ways)
    world = lines.Lines(rng, rich=10)
    out = [b'not a line'] * 1500 + world.many('feedback', 4000)
    ways = [Way(None, threads, 'trickle', rng.randrange(10 ** 6), True) for threads in (2, 3, 7) for _ in range(2)]
    yield tally('messages of small blocks read late', 'feedback', ['-b', 'manager', '-s', 'n,sum'], lines.ended(out),
                ways=1, always=ways)


# ---- keys -------------------------------------------------------------------------------------------------

def keys(rng, folder):
    """Names that are nearly the same; many of them."""
    for style in lines.STYLES + ['long']:
        for record in (rng.choice(tuple(TOOL)),):
            world = lines.Lines(rng, rich=5, managers=300, style=style)
            world.clients = lines.names_of_style(rng, rng.choice(lines.STYLES), 60)
            world.themes = lines.names_of_style(rng, style, 40)
            data = lines.ended(world.many(record, 200 if style == 'long' else 1500))
            stats = 'n,sum' if record == 'feedback' else 'visits,clients,kept,minutes'
            yield tally('names, ' + style, record, ['-b', 'manager', '-s', stats], data, ways=6)
            yield tally('names and names, ' + style, record,
                        ['-b', 'client,manager' if record == 'visit' else 'theme,manager,client', '-s', stats], data,
                        ways=6)
    for record in (rng.choice(tuple(TOOL)),):
        out = []
        for i in range(66000):
            name = ('k%d' % i) * (1 if i % 3 else 1 + i % 5)
            out.append(feedback_line(manager=name, score=str(i % 11), theme='t%d' % (i % 300)) if record == 'feedback'
                       else
                       ('2026-10-05\t%s\tc%d\tvisit\t%s\t\t\t%d\t\t' % (name, i % 999, ('done', 'planned')[i % 2],
                                                                        i % 7)).encode())
        out += rng.sample(out, 2000)
        stats = 'n,sum' if record == 'feedback' else 'visits,clients,kept'
        yield tally('66000 managers', record, ['-b', 'manager', '-s', stats] + rng.choice(([], [], ['--top', '25'])),
                    lines.ended(out), ways=16)
    out = []
    for i in range(12000):  # what joins wrongly, runs together: ab + c, a + bc
        a, b = rng.choice((('ab', 'c'), ('a', 'bc'), ('abc', ''), ('a' * (i % 40 + 1), 'b' * (i // 40 % 40)),
                           ('m%d' % (i % 300), 'c%d' % (i // 300))))
        out.append(('2026-10-05\t%s\t%s\tvisit\t%s\t\t\t1\t\t' % (a, b, rng.choice(lines.STATUSES))).encode())
    for by in ('manager', 'client', 'manager,client', 'client,manager', '', 'kind', 'status', 'week,client'):
        yield tally('pairs by ' + by, 'visit', ['-b', by, '-s', 'visits,clients,kept,planned'], lines.ended(out),
                    ways=5)
    out = [('2026-10-%02d\tm%d\tc%d\tvisit\tdone\t\t\t\t\t' % (i % 28 + 1, i % 211, i % 9011)).encode()
           for i in range(20000)]
    yield tally('many clients', 'visit', ['-b', rng.choice(('manager', '')), '-s', 'clients,visits,kept'],
                lines.ended(out), ways=12)


def filters(rng, folder):
    """-m, -c, --kind, --source, -p and the rest, over names of all kinds."""
    for number in range(24):
        record = rng.choice(tuple(TOOL))
        world = lines.Lines(rng, rich=10, managers=60, pad=rng.choice((0, 300)))
        data = lines.ended(world.size(record, MIB + 99999 if world.pad else rng.choice((20000, 200000))))
        safe = [name for name in world.managers if '\\' not in name]
        args = some_args(rng, record)
        for _ in range(rng.choice((0, 1, 3))):
            args += ['-m', rng.choice([name for name in safe if name[0] != '-'] + ['nobody'])]
        for _ in range(rng.choice((0, 0, 1, 4))):
            args += ['-c', rng.choice(world.clients)]
        if rng.random() < 0.4:
            args += ['--kind' if record == 'visit' else '--source', ','.join(rng.sample(lines.KINDS
                if record == 'visit' else lines.SOURCES, 2))]
        yield tally('filters, %d' % number, record, args, data, ways=6)


def worlds(rng, folder):
    """Large logs with books, every statistic, by every way."""
    for record in TOOL:
        world = lines.Lines(rng, rich=rng.choice((2, 10)), managers=150, clients=200, pad=400)
        data = lines.ended(lines.sprinkle(rng, world.size(record, 4 * MIB), 1))
        those = books(rng, world, world.days)
        stats = ','.join(FEEDBACK_STATS if record == 'feedback' else VISIT_STATS)
        with_books = ['-M', 'managers.tsv', '-C', 'clients.tsv']
        yield tally('a large log', record, ['-b', 'manager,month', '-s', stats], data, ways='all'
                    if record == 'feedback' else 16)
        yield tally('a large log by team', record, with_books + ['-b', 'team,role,tier,quarter', '-s', stats], data,
                    books=those, ways=6)
        yield tally('a large log by books and fields', record, with_books + ['-b', 'role,client', '-p', '2026-Q4',
                                                                             '-s', stats], data, books=those, ways=4)
        yield tally('a large log as measures', record, ['-e', stats.replace(',share', '')], data, ways=4)
        if record == 'visit':
            for by in ('manager', 'team,month', 'tier', '', 'week'):
                yield tally('coverage by ' + by, record, with_books + ['-b', by, '-s', 'coverage,visits,clients'] +
                            rng.choice(([], ['-p', '2026-10'], ['-p', '2026-Q3'])), data, books=those, ways=5)
    world = lines.Lines(rng, rich=0, managers=50, style='short')
    yield tally('the plainest log', 'feedback', ['-b', 'manager,theme', '-s',
                                                 'n,sum,mean,min,max,promoters,detractors'],
                lines.ended(world.size('feedback', 2 * MIB + 5555)), ways=24)


def operands(rng, folder):
    """Several files, the varied one among them, and the same one twice."""
    for number in range(16):
        record = rng.choice(tuple(TOOL))
        world = lines.Lines(rng, rich=10, managers=12, pad=rng.choice((0, 500)))

        def some(size):
            out = world.size(record, size)
            if rng.random() < 0.5:
                out.insert(rng.randint(0, len(out)), world.faulty(record)[0])
            return rng.choice((b'', BOM)) + lines.ended(lines.sprinkle(rng, out), rng.choice(('\n', '\r\n')))

        sizes = (1, 2000, MIB + 5, 2 * MIB) if world.pad else (1, 2000, 60000)
        files = {'a.tsv': some(rng.choice(sizes)), 'b.tsv': some(rng.choice(sizes))}
        order = rng.choice((['a.tsv', MAIN, 'b.tsv'], [MAIN, 'a.tsv'], ['a.tsv', MAIN], ['a.tsv', 'a.tsv', MAIN],
                            ['b.tsv', 'a.tsv', MAIN, 'a.tsv']))
        yield tally('operands, %d' % number, record, some_args(rng, record, True) + order, some(rng.choice(sizes)),
                    rng.random() < 0.7, books=files, ways=7)


# ---- scores -----------------------------------------------------------------------------------------------

def scores(rng, folder):
    """Goals and measures by the thousand: figures, warnings and faults, and where they are found."""
    for number in range(10):
        style = rng.choice(lines.STYLES)
        owners = lines.names_of_style(rng, style, rng.choice((5, 300, 3000)))
        takes = ['sum', 'mean', 'last', 'max', 'min', 'count']
        metrics = ['metric.%s' % take for take in takes]
        weights = [20, 20, 20, 20, 10, 10]
        scheme = ('scheme: s\nmetrics:\n' + ''.join('  %s: {weight: %d, take: %s, missing: %s}\n' % (metric, weight,
                                                                                                     take, rng.choice(
            ('none', 'zero', 'skip'))) for metric, weight, take in zip(metrics, weights, takes)))
        if rng.random() < 0.5:
            scheme += 'grades: [{grade: A, top: 10}, {grade: B, from: 60}, {grade: C}]\n'
        goal = ['2026-10\t%s\t%s\t\t%s\t%s' % (owner, metric, rng.choice(('100', '12.5', '7', '9223372036854.775807',
                                                                          '0.000001')), rng.choice(('', '', '-5', '6')))
                for owner in owners for metric in metrics]
        rng.shuffle(goal)
        spans = ['2026-10'] * 6 + ['2026-10-05', '2026-10-31', '2026-W42', '2026-09', '2026-11-01']
        if number % 3 == 0:
            spans += ['2026-10-01..2026-10-15', '2026-10-16..2026-10-31', '2026', '2026-W40', '2026-10-01..2026-10-31']
        numbers = ['1', '2', '100', '7.25', '0', '-3', '99.999999'] + (lines.WIDE_NUMBERS if number % 2 else [])
        measure = []
        for _ in range(rng.choice((30, 3000, 60000))):
            owner, metric = rng.choice(owners), rng.choice(metrics)
            if metric == 'metric.last' and number % 4:
                measure.append('2026-10-%02d\t%s\t%s\t%d' % ((rng.randrange(31) + 1,) + (owner, metric) + (0,)))
                day = measure[-1][8:10]
                measure[-1] = '2026-10-%s\t%s\t%s\t%d' % (day, owner, metric, int(day) * 3)
            else:
                measure.append('%s\t%s\t%s\t%s' % (rng.choice(spans), owner, metric, rng.choice(numbers)))
        if rng.random() < 0.4:
            measure += ['2026-10\tstranger %d\tmetric.sum\t1' % n
                        for n in range(5)] + ['2026-10\t%s\tno.metric\t1' % owners[0]]
            rng.shuffle(measure)
        head = ['scheme.yaml', 'goals.tsv', 'measures.tsv']
        whole = {'scheme.yaml': scheme.encode(), 'goals.tsv': ('\n'.join(goal) + '\n').encode(),
                 'measures.tsv': ('\n'.join(measure) + '\n').encode()}
        if rng.random() < 0.3:
            whole['measures.tsv'] += lines.Lines(rng).faulty('measure')[0] + b'\n'
        if rng.random() < 0.2:
            whole['goals.tsv'] += (goal[0] + '\n').encode()
        for varied in head[1:]:
            files = {name: data for name, data in whole.items() if name != varied}
            files[MAIN] = whole[varied]
            named = [MAIN if name == varied else name for name in head]
            args = [['-l'], [], ['-k', '-l'], ['--strict']][rng.randrange(4)] + ['-p', '2026-10', '-g', named[0], '-g',
                                                                                 named[1], named[2]]
            yield Case('scores, %d, %s' % (number, varied), 'kpi-score', args, files, oracle_score(folder, args,
                                                                                                   files), ways=8)


def oracle_score(folder, args, files):
    """What the oracle says, where it can read the goals' YAML; it does not know the messages, nor -k."""
    if not hasattr(oracle.yaml, 'load_all') or '-k' in args:
        return None

    def expect():
        here = os.getcwd()
        os.chdir(folder)
        try:
            code, out, _ = oracle.run(['score'] + args)
        except UnicodeDecodeError:
            code, out = 3, b''
        except oracle.Bad:
            code, out = 3, b''
        finally:
            os.chdir(here)
        return code, out, None

    return expect


def goal_lines(rng, folder):
    """Goal lines for goal-list: large, with faults, set twice."""
    for number in range(6):
        world = lines.Lines(rng, rich=8, managers=200)
        out = list(dict.fromkeys(world.size('goal', rng.choice((2000, 100000, 300000)) if number else MIB + 9999)))
        for _ in range(rng.choice((0, 1, 30))):
            out.insert(rng.randint(0, len(out)), world.faulty('goal')[0])
        twice = rng.random() < 0.3
        if twice:
            out.insert(rng.randint(0, len(out)), rng.choice(out))
        case = goals('goal lines, %d' % number, lines.ended(out, rng.choice(('\n', 'mixed')), rng), rng.random() < 0.6,
                     ways=10)
        if twice:
            case.allow = lambda got: b'already' in got.err
        yield case


# ---- grep -------------------------------------------------------------------------------------------------

def grep_args(rng, record, world):
    args = []
    if rng.random() < 0.6:
        args += ['-p', rng.choice(('2026-10', '2026', '2026-Q3', '2026-W41', '2026-08-15..2026-11-05', '2026-10-05',
                                   '1999'))]
    for _ in range(rng.choice((0, 0, 1, 1, 3))):
        args += ['-m', rng.choice([name for name in world.managers if '\\' not in name] + ['nobody'])]
    if record in TOOL and rng.random() < 0.3:
        args += ['-c', rng.choice(world.clients)]
    if rng.random() < 0.3:
        args += ['-w', rng.choice({'visit': ('status=done', 'kind=visit', 'minutes=', 'minutes=30', 'note='),
                                   'feedback': ('score=7', 'score=', 'source=survey', 'theme=price', 'comment=',
                                                'resolved='),
                                   'measure': ('metric=sales', 'value=0', 'value=-0'), 'goal': ('weight=', 'baseline=',
                                                                                                'target=101')}[record])]
    return args


def grep(rng, folder):
    """kpi-grep: lines picked out, as they are."""
    for number in range(36):
        record = rng.choice(('feedback', 'visit', 'measure', 'goal'))
        world = lines.Lines(rng, rich=rng.choice((0, 10, 40)), managers=20, pad=rng.choice((0, 0, 300)))
        out = world.size(record, rng.choice((0, 500, 20000, 300000, 2 * MIB + 70000 if world.pad else 100000)))
        ordered = rng.random() < 0.4
        args = grep_args(rng, record, world)
        if ordered and record in TOOL:
            out.sort(key=lambda line: line[:10])
        keep = rng.random() < 0.5
        fine = ordered and record in TOOL and '-p' in args
        if not fine and rng.random() < 0.5:
            for _ in range(rng.choice((1, 1, 40))):
                out.insert(rng.randint(0, len(out)), world.faulty(record)[0])
        data = rng.choice((b'', BOM)) + lines.ended(lines.sprinkle(rng, out), rng.choice(('\n', '\n', '\r\n',
                                                                                          'mixed')), rng)
        if not fine and rng.random() < 0.1:
            data = data[:-1]
        files = {MAIN: data}
        expect = Judged(judge.grep, 'kpi-grep', (record, args), files, keep)
        sorted_ = ['--sorted'] * (fine and rng.random() < 0.7)
        yield Case('grep, %d' % number, 'kpi-grep', ['-k'] * keep + sorted_ + ['-r', record] + args + [MAIN], files,
                   expect, ways=7)
        if '-c' not in args and '-w' not in args:
            yield Case('grep of any lines, %d' % number, 'kpi-grep', ['-k'] * keep + sorted_ + args + [MAIN], files,
                       None, ways=4)
    for edge in (64, 16384, 1 << 18, MIB, 2 * MIB):
        for _ in range(3):
            some = subjects(rng, 'feedback')
            data = lines.filler(rng, 'feedback', edge - rng.randrange(len(some[0]) + 2)) + lines.ended(some,
                rng.choice(('\n', '\r\n')))
            data += lines.filler(rng, 'feedback', rng.choice((1, 3000)))
            for keep in (True, False):
                yield Case('grep, edge of %d' % edge, 'kpi-grep', ['-k'] * keep + ['-r', 'feedback', MAIN],
                           {MAIN: data},
                           Judged(judge.grep, 'kpi-grep', ('feedback', []), {MAIN: data}, keep), ways=4)
    out = list(at_offsets(rng, b'\xff')) + [line for b in lines.NOT_UTF8 + lines.CONTROLS
                                            for line in in_fields(b)] + value_lines(rng, 'feedback', 100)
    data = lines.ended(out)
    yield Case('grep, faults', 'kpi-grep', ['-k', '-r', 'feedback', MAIN], {MAIN: data},
               Judged(judge.grep, 'kpi-grep', ('feedback', []), {MAIN: data}, True), ways=12)


# ---- the oracle's worlds ----------------------------------------------------------------------------------

def oracles(rng, folder):
    """The small worlds of tests/oracle, each by another way."""
    if not hasattr(oracle.yaml, 'load_all'):
        return
    import worlds as small
    for number in range(60):
        place = os.path.join(folder, str(number))
        os.mkdir(place)
        for kind in (small.LogWorld, small.ScoreWorld):
            world = kind(rng, place)
            for tool, arguments, _ in world.calls():
                yield small_case(rng, world, place, tool, arguments, number)


def small_case(rng, world, place, tool, arguments, number):
    files = {}
    for name in os.listdir(place):
        with open(os.path.join(place, name), 'rb') as file:
            files[name] = file.read()
    words, main = list(arguments), None
    for i in range(len(words) - 1, -1, -1):
        free = main is None and not (world.stdin and '-' in words)
        if free and words[i] in files and words[i] != 'goals.tsv' and words.count(words[i]) == 1:
            main, words[i] = words[i], MAIN
    if main is None:
        main = world.stdin or ''
        words = [MAIN if word == '-' else word for word in words]
    files[MAIN] = files.get(main, b'')
    return Case('world %d' % number, tool, words, files, None, ways=3)


GROUPS = {f.__name__: f for f in (
    keys, worlds, late, edges, grep, goal_lines, operands, calendar, values, bad_bytes, good_bytes, filters, faults,
    shapes, single,
    long_lines, batches, scores, oracles, lengths, sums)}
