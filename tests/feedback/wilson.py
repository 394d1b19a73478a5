#!/usr/bin/env python3
"""wilson.py SEED PAIRS BINDIR - csat-low against exact arithmetic: PAIRS of random k and n, and those at the edges, by
the library, through BINDIR/../feedback/wilson.

The lower end is (2k + Z - sqrt(Z (Z + 4k(n-k)/n))) / 2(n + Z) with Z = 3.8416. The root is taken in whole numbers, as
many digits as it takes to see to which side of half a unit the figure lies; one that is just half a unit, whose root is
rational, is told by squaring."""
import os
import random
import subprocess
import sys
from fractions import Fraction
from math import isqrt

seed, pairs, bindir = sys.argv[1], int(sys.argv[2]), os.path.abspath(sys.argv[3])
chance = random.Random(seed)
Z = Fraction(38416, 10000)


def low(k, n, digits):
    """In units of 10^-digits percent, half up (it is never negative)."""
    square = Z * (Z + Fraction(4 * k * (n - k), n))
    unit = 100 * 10 ** digits
    for places in (40, 80, 160, 320):
        scale = 10 ** places
        root = isqrt(square.numerator * scale * scale // square.denominator)
        exact = root * root * square.denominator == square.numerator * scale * scale
        ends = [(2 * k + Z - Fraction(r, scale)) / (2 * (n + Z)) * unit for r in (root + (not exact), root)]
        rounded = [(end + Fraction(1, 2)).__floor__() for end in ends]
        if rounded[0] == rounded[1]:
            return max(rounded[0], 0)
    raise ArithmeticError((k, n))


def cases():
    for n in list(range(1, 41)) + [10 ** e + d for e in range(2, 13) for d in (-1, 0, 1)]:
        for k in {0, 1, n // 2, n - 1, n} | set(range(n + 1) if n < 41 else []):
            yield k, n, 2
            yield k, n, 6
    for _ in range(pairs):
        n = chance.randint(1, 10 ** chance.randint(1, 12))
        yield chance.choice([chance.randint(0, n), chance.randint(0, n), n - chance.randint(0, min(n, 9)),
                             chance.randint(0, min(n, 9))]), n, 2
    for k, n in near_ties(pairs // 100):
        yield k, n, 2
        yield k, n, 6


def near_ties(most):
    """Pairs whose figure is as near to half a unit as is found among 200 neighbours each."""
    for _ in range(most):
        n = chance.randint(1000, 10 ** 9)
        start = chance.randint(0, n - 201)
        root = lambda k: isqrt((Z * (Z + Fraction(4 * k * (n - k), n)) * 10 ** 24).__floor__())
        def away(k):
            figure = (2 * k + Z - Fraction(root(k), 10 ** 12)) / (2 * (n + Z)) * 10000
            return abs(figure % 1 - Fraction(1, 2))
        yield min(range(start, start + 200, 2), key=away), n


asked = list(cases())
said = subprocess.run([os.path.join(bindir, '../feedback/wilson')], text=True, capture_output=True, check=True,
                      input=''.join('%d %d %d\n' % case for case in asked)).stdout.split()
failed = 0
for (k, n, digits), got in zip(asked, said):
    want = low(k, n, digits)
    want = '%d.%0*d' % (want // 10 ** digits, digits, want % 10 ** digits)
    if got != want:
        failed += 1
        if failed <= 5:
            print('FAIL %d of %d, %d digits: %s, not %s' % (k, n, digits, got, want))
if len(said) != len(asked):
    print('FAIL %d answers, not %d' % (len(said), len(asked)))
    failed += 1
print('%d passed, %d failed' % (len(asked) - failed, failed))
