"""The second opinion: what a tool must say of an input, worked out from the contract by other means.

Lines are taken apart with bytes.split and decoded by Python, fields are judged by regular expressions and datetime;
figures are those of tests/oracle/oracle.py. Good lines and bad ones alike: the judge knows the message of each bad
line, and so the whole of standard error.
"""
import functools
import os
import re
import sys
import types

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'oracle'))
try:
    import yaml  # noqa: F401 (the oracle's)
except ImportError:
    sys.modules['yaml'] = types.ModuleType('yaml')
import oracle  # noqa: E402

for slow in ('instant', 'number', 'unit_range'):  # the same few texts over and over
    setattr(oracle, slow, functools.lru_cache(maxsize=100000)(getattr(oracle, slow)))

LINE_MAX = 1 << 20
MORE = ('client', 'manager')
TYPES = {
    'visit': ['date!', 'name!', 'name', 'name!', 'status!', 'text', 'text', 'count', 'date', 'text'],
    'feedback': ['date!', 'name!', 'name', 'name', 'name', 'number', 'date', 'date', 'text'],
    'measure': ['period!', 'name!', 'name!', 'number!'],
    'goal': ['period!', 'name!', 'name!', 'number', 'number!', 'number'],
    'score': ['period!', 'name!', 'number', 'name', 'count'],
    'detail': ['period!', 'name!', 'name!'] + 6 * ['number'],
    'client': ['name!', 'name', 'name', 'name', 'date', 'date'],
    'manager': ['name!', 'name', 'name', 'name', 'date', 'date'],
}
NAMES = {'visit': oracle.VISIT, 'feedback': oracle.FEEDBACK, 'measure': oracle.MEASURE, 'goal': oracle.GOAL,
         'client': oracle.CLIENT, 'manager': oracle.MANAGER, 'score': oracle.SCORES, 'detail': oracle.DETAIL}
CONTROL = re.compile('[\x00-\x08\x0a-\x1f\x7f-\x9f]')
BLANK = ' \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000'
SHOWN = re.compile('[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]')


def quote(text):
    cut = text[:60]
    return "'" + SHOWN.sub(lambda m: '<U+%04X>' % ord(m[0]), cut) + ("…'" if len(text) > 60 else "'")


# ---- fields -----------------------------------------------------------------------------------------------

def name_fault(text):
    if re.search(r'\\', re.sub(r'\\\\', '', text)):
        return 'backslash that is not \\\\'
    if text[0] in BLANK or text[-1] in BLANK:
        return 'blank at the start or end'
    return '# at the start' if text[0] == '#' else None


def text_fault(text):
    return 'backslash that is none of \\\\ \\t \\n \\r' if '\\' in re.sub(r'\\[\\tnr]', '', text) else None


DATE = re.compile(r'([0-9]{4}-[0-9]{2}-[0-9]{2})'
                  r'(?:T([01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9])?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])?)?')


def date_fault(text):
    match = DATE.fullmatch(text)
    try:
        if match and oracle.day_of(*match[1].split('-')):
            return None
    except oracle.Bad:
        pass
    return 'not a date'


def period_fault(text):
    try:
        oracle.period(text)
    except oracle.Bad:
        return 'not a period'
    return None


def matching(pattern, message):
    compiled = re.compile(pattern)
    return lambda text: None if compiled.fullmatch(text) else message


FAULT = {
    'name': name_fault, 'text': text_fault, 'date': date_fault, 'period': period_fault,
    'number': matching(r'[+-]?[0-9]{1,15}(\.[0-9]{1,6})?', 'not a number'),
    'count': matching(r'\+?[0-9]{1,15}', 'not a whole number from 0 on'),
    'status': matching('planned|done|missed|cancelled', 'not planned, done, missed or cancelled'),
}


@functools.lru_cache(maxsize=200000)
def field_fault(kind, text):
    return FAULT[kind](text)


# ---- lines ------------------------------------------------------------------------------------------------

class Fault(Exception):
    """What is wrong with a line; field 0: all of it."""

    def __init__(self, field, text):
        super().__init__(field, text)
        self.field, self.text = field, text


def bytes_fault(line):
    try:
        text, bad = line.decode(), None
    except UnicodeDecodeError as error:
        bad = error.start
        text = line[:bad].decode()
    control = CONTROL.search(text)
    if control:
        code = ord(control[0])
        return Fault(text.count('\t', 0, control.start()) + 1,
                     'a control character: U+%04X' % code if code else 'a NUL byte')
    return Fault(text.count('\t') + 1, 'not UTF-8: byte 0x%02X' % line[bad]) if bad is not None else None


def fields_of(record, line):
    """The fields of a line as texts; raises Fault."""
    fault = bytes_fault(line)
    if fault:
        raise fault
    fields, kinds = line.decode().split('\t'), TYPES[record]
    if len(fields) != len(kinds) and not (record in MORE and len(fields) > len(kinds)):
        raise Fault(0, '%d field%s, a %s line has %d' % (len(fields), 's' * (len(fields) != 1), record, len(kinds)))
    for i, (text, kind) in enumerate(zip(fields, kinds)):
        if not text:
            if kind.endswith('!'):
                raise Fault(i + 1, 'no ' + NAMES[record][i])
            continue
        wrong = field_fault(kind.rstrip('!'), text)
        if wrong:
            raise Fault(i + 1, '%s: %s' % (wrong, quote(text)))
    if record == 'feedback' and fields[6] and fields[6][:10] < fields[0][:10]:
        raise Fault(7, 'resolved before its date: ' + quote(fields[6]))
    return fields


def lines_of(data):
    """(number, the line's bytes or a Fault) of an input, remarks and blank lines left out."""
    if data == b'\xef\xbb\xbf':
        return
    parts = data.split(b'\n')
    for number, line in enumerate(parts, 1):
        if number == len(parts):
            if line:
                yield number, Fault(0, 'incomplete last line: no line feed at its end')
            return
        if line.endswith(b'\r'):
            line = line[:-1]
        if number == 1 and line.startswith(b'\xef\xbb\xbf'):
            line = line[3:]
        if len(line) > LINE_MAX:
            yield number, Fault(0, 'a line over %d bytes' % LINE_MAX)
        elif line and line[:1] != b'#':
            yield number, line


@functools.lru_cache(maxsize=100000)
def judged(record, line):
    """Its fields, or a Fault."""
    try:
        return fields_of(record, line)
    except Fault as fault:
        return fault


def records_of(record, data):
    """(number, fields or a Fault, the line's bytes)"""
    for number, line in lines_of(data):
        yield number, line if isinstance(line, Fault) else judged(record, line), line


# ---- a run of a tool ----------------------------------------------------------------------------------------

class Stop(Exception):
    """The first bad line ends the work."""


class Run:
    """What one call of a tool would say. files: name to bytes; '-' is standard input."""

    def __init__(self, tool, files, keep_going):
        self.tool, self.files, self.keep_going, self.messages = tool, files, keep_going, []

    def tell(self, file, number, fault):
        where = '%s:%d' % (file, number) + (':%d' % fault.field if fault.field else '')
        self.messages.append('%s: %s: %s' % (self.tool, where, fault.text))
        if not self.keep_going:
            raise Stop()

    def records(self, path, fields, required, more=False):
        """As oracle.records: the good ones; the bad ones are told."""
        record = next(name for name, those in NAMES.items() if those is fields)
        for number, found, _ in records_of(record, self.files[path]):
            if isinstance(found, Fault):
                self.tell(path, number, found)
                continue
            result = dict(zip(fields, found))
            result['place'] = path, number
            yield result

    def stderr(self):
        return ''.join(message + '\n' for message in self.messages).encode()


class Scaled(oracle.Feedback):
    """Feedback in which a score outside the scale is the fault of its line alone."""
    run = None

    def passes(self, record):
        try:
            return super().passes(record)
        except oracle.Bad:
            low, high = (oracle.exact(end) for end in (self.low, self.high))
            self.run.tell(*record['place'], Fault(6, 'a score outside the scale %s..%s: %s' %
                                                  (low, high, quote(record['score']))))
            return False


class Counted(oracle.Visits):
    def check(self, record):
        oracle.Tally.check(self, record)


KIND = {'feedback-tally': Scaled, 'visit-tally': Counted}


def tally(tool, arguments, files, keep_going=False):
    """(exit status, standard output, standard error) of a tally."""
    kind = KIND[tool]
    options = oracle.PARSER.parse_args(['feedback' if kind is Scaled else 'visits'] + arguments)
    options.files = options.files or ['-']
    run = Run(tool, files, keep_going)
    before, oracle.records = oracle.records, run.records
    try:
        one = type('Judged', (kind,), {'run': run})(options)
        rows = list(one.lines())
    except Stop:
        return 3, b'', run.stderr()
    finally:
        oracle.records = before
    header = ['#' + '\t'.join(oracle.MEASURE if one.emit else one.keys + one.stats)] if options.header else []
    out = ''.join(line + '\n' for line in header + ['\t'.join(row) for row in rows])
    return (3 if run.messages else 0), out.encode(), run.stderr()


def goal_list(tool, arguments, files, keep_going=False):
    """Of goal lines, no two alike, with targets that are no fault; what does not begin with a period is YAML."""
    run, rows = Run(tool, files, keep_going), []
    first = next((line for path in arguments for _, line in lines_of(files[path])), b'2026\t')
    if isinstance(first, Fault) or b'\t' not in first or period_fault(first.split(b'\t')[0].decode(errors='replace')):
        return None, None, None
    try:
        for path in arguments:
            for record in run.records(path, oracle.GOAL, None):
                days = oracle.period(record['period'])
                numbers = [record[field] and oracle.exact(oracle.number(record[field]))
                           for field in ('weight', 'target', 'baseline')]
                rows.append((days, record['manager'].encode(), record['metric'].encode(),
                             '\t'.join([record['period'], record['manager'], record['metric']] + numbers)))
    except Stop:
        return 3, b'', run.stderr()
    rows.sort(key=lambda row: row[:3])
    return (3 if run.messages else 0 if rows else 1), ''.join(row[3] + '\n' for row in rows).encode(), run.stderr()


def where_of(args):
    """-p, the names of -m and -c, -w as pairs."""
    period, names, wheres = None, {'manager': [], 'client': []}, {}
    for option, value in zip(args[::2], args[1::2]):
        if option == '-p':
            period = oracle.period(value)
        elif option == '-w':
            field, _, text = value.partition('=')
            wheres.setdefault(field, []).append(text)
        else:
            names['manager' if option == '-m' else 'client'].append(value)
    for field, some in names.items():
        if some:
            wheres.setdefault(field, []).extend(some)
    return period, wheres


def grep(tool, asked, files, keep_going=False):
    """Of kpi-grep -r RECORD: good lines go out as they are, up to the first bad one or all."""
    record, args = asked
    period, wheres = where_of(args)
    run, out = Run(tool, files, keep_going), []
    found_of = {field: NAMES[record].index(field) for field in wheres}
    for number, found, line in records_of(record, files['main.tsv']):
        if isinstance(found, Fault):
            try:
                run.tell('main.tsv', number, found)
            except Stop:
                break
            continue
        if period and not oracle.inside(oracle.period(found[0]) if record in ('measure', 'goal') else
                                        (oracle.day(found[0]),) * 2, period):
            continue
        if all(found[found_of[field]] in values for field, values in wheres.items()):
            out.append(line + b'\n')
    return (3 if run.messages else 0 if out else 1), b''.join(out), run.stderr()
