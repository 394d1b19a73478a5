#!/usr/bin/env python3
"""See run.sh."""
import os
import sys

import amends
import dues

seed, binary = os.environ.get('SEED', '1'), sys.argv[1]
parts = [dues.main(seed, int(os.environ.get('WORLDS', '150')), binary),
         amends.main(seed, int(os.environ.get('AMENDS', '60')), binary)]
passed, failed = (sum(counts) for counts in zip(*parts))
print('%d passed, %d failed' % (passed, failed))
sys.exit(failed > 0)
