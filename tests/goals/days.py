"""days.py - the units of the calendar, for those who work things out by themselves."""
from datetime import date, timedelta

DAY = timedelta(1)


def unit_of(unit, day):
    """First and last day, and the name, of the unit that holds day."""
    if unit == 'day':
        return day, day, day.isoformat()
    if unit == 'week':
        first = day - DAY * day.weekday()
        return first, first + 6 * DAY, '%d-W%02d' % day.isocalendar()[:2]
    months = {'month': 1, 'quarter': 3, 'half': 6, 'year': 12}[unit]
    number = (day.month - 1) // months
    first = date(day.year, number * months + 1, 1)
    after = date(day.year + (number + 1) * months // 12, (number + 1) * months % 12 + 1, 1)
    name = {'month': '%d-%02d', 'quarter': '%d-Q%d', 'half': '%d-H%d', 'year': '%d'}[unit]
    return first, after - DAY, name % (day.year if unit == 'year' else (day.year, number + 1))
