"""Worlds of lines: what the tests of code paths read, made up from a seed. Good lines of every shape, lines with one
fault that is known, and files of them whose ends, offsets and lengths lie where an engine might stumble.

Nothing here says what a line means: that is for judge.py, which does not know how the lines came about. Only the
tables of single faults name the message that must follow.
"""
import datetime
import random

MIB = 1 << 20
KINDS = ['visit', 'call', 'video', 'message', 'meeting', 'training', '培训']
SOURCES = ['survey', 'call', 'visit', 'app', 'peer', 'supervisor', 'self', '热线']
THEMES = ['delivery/late', 'delivery', 'price', 'quality', 'service/attitude', '服务/态度', 'complaint', '0']
STATUSES = ['done', 'done', 'done', 'planned', 'missed', 'cancelled']
TEAMS = ['east', 'west', '华北', 'n\\\\s', 'a team of a rather long name']

# Bytes that no line may have, with the beginning of the message.
NOT_UTF8 = [bytes.fromhex(text) for text in (
    '80 bf c080 c1bf c2 c241 df e08080 e09fbf e0a0 e4 e4b8 e4b841 eda080 edafbf edbfbf ef efbf f08080 f0808080 '
    'f08fbfbf f09f f09f98 f09f9841 f4908080 f48fbf f5808080 f7bfbfbf f888808080 fc8480808080 fe ff fffe '
    'e4b8ad80').split()]
CONTROLS = [bytes([n]) for n in range(0x20) if n not in (9, 10)] + [b'\x7f'] + [bytes([0xc2, n]) for n in range(0x80,
                                                                                                                0xa0)]
# Bytes that are good, but look like the bad ones or lie at the ends of ranges.
GOOD_BYTES = [text.encode()
              for text in '¡ÿ\u0100߿ࠀ\u0fff\u1000中ꀀ\ud7ff\ue000\ufdd0￼\uffff\U00010000😀\U000fffff\U0010ffff'
              '\u0085'.replace('\u0085', '') + '\u202e\u2028\u2066\ufeff\u00ad\u0301~}|^`@[]{}!"$%&\'()*+,-./:;<=>?_']
BLANKS = [' ', '\xa0', '\u1680'] + [chr(n) for n in range(0x2000, 0x200b)] + ['\u202f', '\u205f', '\u3000']
NOT_BLANKS = ['\u180e', '\u200b', '\u2060', '\ufeff', '\u1681', '\u1fff', '\u200c', '\u3001', '\u2fff', 'à', '\u2020']

BAD_NAMES = [(blank + 'x', 'blank') for blank in BLANKS] + [('x' + blank, 'blank') for blank in BLANKS] + \
    [(blank, 'blank') for blank in BLANKS] + [(name, 'backslash') for name in (
        '\\', 'x\\', '\\n', '\\t', '\\r', 'a\\x', '\\\\\\', 'a\\\\\\b', '\\ ', ' \\', 'abcdefg\\', 'abcdefgh\\n')] + \
    [('#', '# at'), ('#x', '# at'), ('##', '# at'), ('#\\\\', '# at'), ('#王', '# at')]
GOOD_NAMES = ['x' + blank + 'y' for blank in BLANKS] + [c + 'x' for c in NOT_BLANKS] + ['x' + c for c in NOT_BLANKS] + \
    NOT_BLANKS + ['x#', '\\\\', '\\\\\\\\', 'a\\\\b', '\\\\n', '\\\\#', '#'.join('ab'), "'", '"', '=1', '-', '+', '@',
                  '0', '010', '1.5', 'true', 'x\ufeffy', 'e\u0301', 'é', 'Ａ', 'A', '🙂', '\U0010ffff', '/', '//', 'a/b']
BAD_TEXTS = [(text, 'backslash') for text in ('\\', 'x\\', '\\x', '\\0', '\\N', '\\\\\\', 'a b\\ c', '\\中', '\\"',
                                              'fifteen bytes..\\', 'thirty-two bytes, the last of it\\')]
GOOD_TEXTS = ['', ' ', '  x  ', '#', '# x', '\\t', '\\n', '\\r', '\\\\', '\\\\n\\tx', 'a\\nb', '\ufeff', '\u3000',
              '\xa0',
              '续约', '“quoted”', '"', "it's", '=1+1', '\\\\\\\\\\n', 'x' * 200, '文' * 100, 'é' * 63]

GOOD_TIMES = ['T00:00', 'T23:59', 'T12:34:56', 'T00:00:00Z', 'T23:59:59Z', 'T12:00Z', 'T00:00+00:00', 'T00:00+14:00',
              'T23:59-14:00', 'T12:00:30+05:45', 'T00:00+23:59', 'T23:59-23:59', 'T12:00-00:00', 'T00:00:59-00:01']
BAD_TIMES = ['T', 'T1', 'T12', 'T1:00', 'T12:0', 'T12:', 'T24:00', 'T23:60', 'T23:59:60', 'T23:59:5', 'T23:59:',
             'T12:00z',
             't12:00', ' 12:00', 'T12:00 ', 'T12:00Z ', 'T12:00ZZ', 'T12:00+8', 'T12:00+08', 'T12:00+0800',
             'T12:00+24:00',
             'T12:00+08:60', 'T12:00+08:0', 'T12:00Z+08:00', 'T12:00:00.5Z', 'T12.00', 'T-1:00', 'T+1:00',
             'T12:00+-8:00',
             'T12:00:00+08:00Z', 'T1２:00', 'T12:00−08:00', 'Z', '0', 'x', '.', '-', '+08:00', '..2026-10-06']
BAD_DAYS = ['0000-01-01', '2026-02-29', '1900-02-29', '2100-02-29', '2026-02-30', '2024-02-30', '2026-13-01',
            '2026-00-10',
            '2026-10-00', '2026-10-32', '2026-04-31', '2026-06-31', '2026-09-31', '2026-11-31', '2026-99-99',
            '2026-1-05',
            '2026-10-5', '26-10-05', '12026-10-05', '2026/10/05', '2026-10/05', '2026.10.05', '20261005', '2026-10',
            '2026',
            ' 2026-10-05', '2026-10-05 ', '+026-10-05', '-026-10-05', '2026-+1-05', '2026- 1-05', '2026-10-0a',
            '2026-1O-05',
            '２０２６-10-05', '2026‐10‐05', '2026-10-05\\t', 'today', 'x', '-', '0', '2026-W41', '2026-10-05-',
            '05-10-2026']
GOOD_DAYS = ['2024-02-29', '2000-02-29', '0001-01-01', '0004-02-29', '9999-12-31', '9996-02-29', '1600-02-29',
             '2026-01-31',
             '2026-12-31', '1969-12-31', '1970-01-01', '0999-09-09', '1582-10-10', '2026-02-28', '2400-02-29']
BAD_NUMBERS = ['+', '-', '.', '+.', '-.', '.5', '5.', '-.5', '+5.', '1e3', '1E3', '0x10', '1,5', '1 ', ' 1', '1.2.3',
               '1..2',
               '--1', '+-1', '1-', '1+', '1.2345678', '0.0000000', '1.1234567', '1000000000000000', '1234567890123456',
               '0000000000000001', '999999999999999.1234567', '1.-5', '1.+5', '1. 5', '１', '1_000', '1\\t', 'nan',
               'inf',
               '∞', '1/2', '1:2', '12345678x', '1234567x', '123456789012345x', '1.12345x', '1.123456x', 'x1', '½',
               '1.a', "1'000"]
GOOD_NUMBERS = ['0', '-0', '+0', '00', '000000000000000', '10', '+10', '010', '0.0', '-0.0', '0.000000', '-0.000000',
                '7', '07',
                '7.0', '7.00', '7.000000', '6.999999', '7.000001', '9', '8.999999', '9.000001', '0.000001', '5.5',
                '05.50',
                '+5.123456', '3.3', '3.33', '3.333', '3.3333', '3.33333', '3.333333', '9.999999', '10.000000',
                '0000010.000',
                '00000000000010', '000000000000010.000000', '1', '2', '3', '4', '5', '6', '8']
# 2^63 millionths and what lies around it; 15 digits; all within -999999999999999.999999..999999999999999.999999
WIDE_NUMBERS = ['9223372036854.775807', '9223372036854.775808', '-9223372036854.775807', '-9223372036854.775808',
                '-9223372036854.775809', '9223372036854.775806', '9223372036855', '-9223372036855',
                '18446744073709.551615',
                '18446744073709.551616', '18446744073709.551617', '-18446744073709.551616', '4611686018427.387904',
                '4611686018427.387903', '-4611686018427.387904', '999999999999999', '-999999999999999',
                '999999999999999.999999', '-999999999999999.999999', '100000000000000', '99999999999999',
                '-99999999999999.5',
                '2147483647', '2147483648', '4294967295', '4294967296', '-2147483648', '2147.483647', '2147.483648',
                '4294.967295', '4294.967296', '999999999', '999999999.999999', '12345678.123456', '123456789012.123456',
                '0.1', '0.01', '-0.000001', '0', '1', '-1', '000000009223372', '9007199254740992.5'[:15],
                '9007199254.740993']
GOOD_COUNTS = ['0', '00', '1', '30', '045', '60', '600', '999', '1000', '1001', '1023', '1024', '9999', '32767',
               '32768', '65535',
               '65536', '99999', '1000000', '2147483647', '2147483648', '4294967296', '9223372036854', '9223372036855',
               '18446744073709', '18446744073710', '999999999999999', '000000000000007', '+5', '+0']
BAD_COUNTS = ['-1', '-0', '1.0', '1.5', '.5', '5.', '+', '-', 'x', '1e2', '1000000000000000', '0000000000000000', ' 1',
              '1 ', '３',
              '+-1', '++1', '1,000', '12345678x']
BAD_STATUSES = ['Done', 'don', 'donee', 'd', 'done ', ' done', 'plan', 'planed', 'plannedd', 'cancele', 'canceled',
                'cancelledd',
                'misse', 'missedx', 'dona', 'xone', 'DONE', 'planner', 'cancellee', 'missec', '完成', 'done\\\\', 'p',
                'm', 'c']
GOOD_PERIODS = ['2026', '2026-H1', '2026-H2', '2026-Q1', '2026-Q4', '2026-10', '2026-01', '2026-12', '2026-W45',
                '2026-W01',
                '2026-W53', '2026-10-05', '2026-10-01..2026-10-15', '2026-10-05..2026-10-05', '0001', '9999', '9999-12',
                '0001-01-01..9999-12-31', '9999-W52', '0001-W01', '2024-02-29', '2020-W53']
BAD_PERIODS = ['0000', '2026-H0', '2026-H3', '2026-Q0', '2026-Q5', '2026-00', '2026-13', '2026-W00', '2025-W53',
               '2026-W54',
               '2026-10-32', '2026-10-15..2026-10-01', '2026-10-01..2026-10-1', '2026-10-01.2026-10-15',
               '2026-10-01...2026-10-15',
               '2026-h1', '2026-q1', '2026-w01', '2026H1', '2026-1', '2026-10-', '2026-W1', '2026-W450', '20260',
               '202', 'today',
               '2026-10..2026-11', ' 2026', '2026 ', '2026-10-05T12:00', '２０２６', '2026/10', '2026-02-29', '+026',
               '2026-Q',
               '2026-10-01,,2026-10-15', '2026-10-01..2026-10-32']

FIELDS = {
    'visit': ['date', 'name!', 'name', 'name!', 'status', 'text', 'text', 'count', 'date', 'text'],
    'feedback': ['date!', 'name!', 'name', 'name', 'name', 'number', 'date', 'date', 'text'],
    'measure': ['period!', 'name!', 'name!', 'number!'],
    'goal': ['period!', 'name!', 'name!', 'number', 'number!', 'number'],
}
FIELDS['visit'][0] = 'date!'
FIELDS['visit'][4] = 'status!'
FIELD_NAMES = {
    'visit': 'date manager client kind status purpose outcome minutes logged note'.split(),
    'feedback': 'date manager client source theme score resolved logged comment'.split(),
    'measure': 'period manager metric value'.split(),
    'goal': 'period manager metric weight target baseline'.split(),
}
# By type of field: values with a fault, and how its message begins.
FAULTS = {
    'name': BAD_NAMES,
    'text': BAD_TEXTS,
    'date': [(day, 'not a date') for day in BAD_DAYS] + [('2026-10-05' + time, 'not a date') for time in BAD_TIMES],
    'number': [(text, 'not a number') for text in BAD_NUMBERS],
    'count': [(text, 'not a whole number') for text in BAD_COUNTS],
    'status': [(text, 'not planned, done') for text in BAD_STATUSES],
    'period': [(text, 'not a period') for text in BAD_PERIODS],
}
GOOD = {'name': GOOD_NAMES, 'text': GOOD_TEXTS, 'number': GOOD_NUMBERS, 'count': GOOD_COUNTS, 'status': STATUSES,
        'period': GOOD_PERIODS,
        'date': GOOD_DAYS + ['2026-10-05' + time for time in GOOD_TIMES]}


def iso(ordinal):
    return datetime.date.fromordinal(ordinal).isoformat()


FIRST, LAST = datetime.date(2026, 7, 1).toordinal(), datetime.date(2026, 12, 31).toordinal()


def names_of_style(rng, style, n):
    """About n different names."""
    letters = 'abcdefghijklmnopqrstuvwxyz0123456789.-_ABC'
    if style == 'short':
        return ['m%05d' % i for i in range(n)]
    if style == 'mixed':
        return list({''.join(rng.choices(letters, k=rng.randint(1, 40))) for _ in range(n)})
    if style == 'same ends':  # the first and last 8 or 16 bytes are equal
        k = rng.choice((8, 16))
        return ['f' * k + '%0*d' % (rng.choice((1, 2, 5, 9)), i) + 'l' * k for i in range(n)]
    if style == 'last byte':
        sizes = (1, 2, 3, 4, 7, 8, 9, 12, 15, 16, 17, 23, 24, 31, 32, 33, 47, 48, 63, 64, 65, 127, 255)
        out = {'x' * (size - 1) + c for size in rng.sample(sizes, min(n // 40 + 1, len(sizes))) for c in letters}
        return sorted(out)[:n + 40]
    if style == 'first byte':
        stem = 'y' * rng.choice((1, 6, 7, 8, 14, 15, 16, 30, 31, 63))
        return [c + stem for c in letters]
    if style == 'lengths':  # each the beginning of the next
        return ['z' * i for i in range(1, 70)] + ['z' * i for i in (127, 128, 255, 256, 4000)]
    if style == 'long':
        return ['L' * k + c for k in (254, 255, 256, 3999, 4095, 4096, 20000) for c in 'ab']
    if style == 'chinese':
        return list({''.join(chr(rng.randrange(0x4e00, 0x9fa5)) for _ in range(rng.randint(1, 12))) for _ in range(n)})
    return list(GOOD_NAMES)


STYLES = ['short', 'mixed', 'same ends', 'last byte', 'first byte', 'lengths', 'chinese', 'nasty']


class Lines:
    """Good lines of one world. rich: percent of fields that are not of the plainest shape; pad: how long the last field
    is, about."""

    def __init__(self, rng, rich=10, managers=40, style=None, scale=(0, 10), days=(FIRST, LAST), clients=30, pad=0):
        self.rng, self.rich, self.scale, self.days, self.pad = rng, rich, scale, days, pad
        self.managers = names_of_style(rng, style or rng.choice(STYLES), managers)
        self.clients = ['C%04d' % i for i in range(clients)] + ['客户 甲']
        self.themes = THEMES + names_of_style(rng, rng.choice(STYLES), 5)[:5]

    def odd(self):
        return self.rng.random() * 100 < self.rich

    def date(self, ordinal=None):
        text = iso(self.rng.randint(*self.days) if ordinal is None else ordinal)
        return text + self.rng.choice(GOOD_TIMES) if self.odd() else text

    def logged(self, ordinal):
        if self.rng.random() < 0.3:
            return ''
        text = iso(ordinal + self.rng.choice((0, 0, 0, 1, 3, 4, 5, 30, -1)))
        if self.odd():
            return text + self.rng.choice([''] + GOOD_TIMES)
        return text + 'T%02d:%02d:%02dZ' % (self.rng.randrange(24), self.rng.randrange(60), self.rng.randrange(60))

    def score(self):
        low, high = self.scale
        if self.rng.random() < 0.15:
            return ''
        if not self.odd():
            return str(self.rng.randint(low, high))
        if self.scale == (0, 10) and self.rng.random() < 0.7:
            return self.rng.choice(GOOD_NUMBERS)
        digits = self.rng.randint(1, 6)
        units = self.rng.randint(low * 10 ** digits, high * 10 ** digits)
        whole, part = divmod(abs(units), 10 ** digits)
        return '%s%d.%0*d' % ('-' if units < 0 else '', whole, digits, part)

    def text(self):
        if self.odd():
            return self.rng.choice(GOOD_TEXTS)
        return self.rng.choice(('', 'renewal', 'x' * self.rng.randrange(100), 'a few words of no weight'))

    def feedback(self):
        rng, ordinal = self.rng, self.rng.randint(*self.days)
        resolved = self.date(ordinal + rng.choice((0, 1, 2, 9, 40))) if rng.random() < 0.3 else ''
        return (self.date(ordinal), rng.choice(self.managers), rng.choice(self.clients) if rng.random() < 0.9 else '',
                rng.choice(SOURCES) if rng.random() < 0.9 else '', rng.choice(self.themes) if rng.random() < 0.9
                else '',
                self.score(), resolved, self.logged(ordinal), self.text())

    def visit(self):
        rng, ordinal = self.rng, self.rng.randint(*self.days)
        minutes = rng.choice(GOOD_COUNTS) if self.odd() else rng.choice(('', '30', '45', '60', '90', '120'))
        return (self.date(ordinal), rng.choice(self.managers), rng.choice(self.clients) if rng.random() < 0.9 else '',
                rng.choice(KINDS), rng.choice(STATUSES), self.text(), self.text(), minutes, self.logged(ordinal),
                self.text())

    def measure(self):
        value = self.rng.choice(GOOD_NUMBERS + WIDE_NUMBERS) if self.odd() else str(self.rng.randint(-5, 500))
        return (self.rng.choice(GOOD_PERIODS) if self.odd() else iso(self.rng.randint(*self.days))[:self.rng.choice((4,
            7, 10))],
                self.rng.choice(self.managers), self.rng.choice(('sales', 'visits', 'nps', '回款')), value)

    def goal(self):
        return (self.rng.choice(GOOD_PERIODS) if self.odd() else '2026-10', self.rng.choice(self.managers),
                'metric %d' % self.rng.randrange(10 ** 9), self.rng.choice(('', '40', '12.5')),
                str(self.rng.randint(101, 999)), self.rng.choice(('', '', '100', '-5.25')))

    def line(self, record):
        fields = getattr(self, record)()
        if self.pad and FIELDS[record][-1] == 'text':
            fields = fields[:-1] + ('w' * self.rng.randrange(2 * self.pad),)
        return '\t'.join(fields).encode()

    def many(self, record, n):
        return [self.line(record) for _ in range(n)]

    def size(self, record, size):
        """Lines of about so many bytes."""
        out, total = [], 0
        while total < size:
            out.append(self.line(record))
            total += len(out[-1]) + 1
        return out

    def faulty(self, record):
        """(a line with one fault, its field or 0, how the message begins)"""
        rng, fields = self.rng, list(getattr(self, record)())
        kinds = FIELDS[record]
        way = rng.random()
        if way < 0.1:
            n = rng.choice([k for k in (1, 2, len(kinds) - 1, len(kinds) + 1, len(kinds) + 2, 40, 300)
                            if k != len(kinds)])
            fields = (fields * n)[:n] if n > 1 else ['2026-10-05']
            return '\t'.join(fields).encode(), 0, '%d field' % n
        i = rng.randrange(len(kinds))
        if way < 0.2:
            i = rng.choice([k for k, kind in enumerate(kinds) if kind.endswith('!')])
            fields[i] = ''
            if not fields[0]:
                fields[-1] = fields[-1] or 'x'
            return '\t'.join(fields).encode(), i + 1, 'no ' + FIELD_NAMES[record][i]
        if way < 0.5:
            fault, say = rng.choice([(b, 'not UTF-8') for b in NOT_UTF8] +
                                    [(b, 'a NUL byte' if b == b'\0' else 'a control character') for b in CONTROLS])
            whole = [f.encode() for f in fields]
            at = rng.choice((0, len(whole[i]), rng.randint(0, len(whole[i]))))
            while 0 < at < len(whole[i]) and whole[i][at] & 0xc0 == 0x80:
                at -= 1
            if i == len(kinds) - 1 and fault == b'\r':
                fault = b'\rx'
            if i == 0 and at == 0 and fault[:1] in b'#':
                fault = b'x'
            whole[i] = whole[i][:at] + fault + whole[i][at:]
            return b'\t'.join(whole), i + 1, say
        if way < 0.55 and record == 'feedback':
            fields[0], fields[6] = '2026-10-05' + rng.choice(['', 'T12:00']), rng.choice(('2026-10-04',
                '2026-10-04T23:59Z', '0001-01-01'))
            return '\t'.join(fields).encode(), 7, 'resolved before'
        fields[i], say = rng.choice(FAULTS[kinds[i].rstrip('!')])
        if i == 0 and fields[0].startswith('#'):
            fields[0] = 'x' + fields[0]
        return '\t'.join(fields).encode(), i + 1, say


def ended(lines, eol='\n', rng=None):
    """Lines with their ends: LF, CRLF, or mixed."""
    if eol == 'mixed':
        return b''.join(line + (b'\r\n' if rng.random() < 0.3 else b'\n') for line in lines)
    end = eol.encode()
    return b''.join(line + end for line in lines)


def sprinkle(rng, lines, percent=3):
    """Remarks, blank lines and lines with a lone CR among them."""
    out = []
    for line in lines:
        while rng.random() * 100 < percent:
            out.append(rng.choice((b'', b'#', b'# a remark\twith a tab', b'#\xff\x00 not even UTF-8', b'\r'[:0],
                                   b'# ' + b'r' * rng.randrange(300))))
        out.append(line)
    return out


def filler(rng, record, size):
    """Exactly size bytes of lines: good ones, of which the last is a remark or blank lines where nothing fits."""
    lines = Lines(rng, rich=5, managers=5, style='short')
    out, left = [], size
    step = 0
    if record in ('feedback', 'visit'):
        step = rng.choice((0, 200, 1500, 1500, 5000) if size < 200000 else (200, 1500, 5000))
    some = []
    for line in lines.many(record, 8):
        if step:
            line = line[:line.rindex(b'\t') + 1] + b'f' * step
        some.append(line + b'\n')
    while left > 2000:
        line = rng.choice(some)
        if len(line) >= left:
            break
        out.append(line)
        left -= len(line)
    while left > 0:
        out.append(b'\n' if left == 1 else b'#' * (left - 1) + b'\n')
        left = 0
    return b''.join(out)


def rng_of(*words):
    return random.Random('/'.join(str(word) for word in words))
