"""Has every Python process that finds this folder on its path live CLOCK_AHEAD_S seconds ahead.

Only the program's own clock: what counts is the instant that it dates its writes by.
"""

import os
from datetime import datetime, timedelta

from web.http import clock

_AHEAD = timedelta(seconds=float(os.environ["CLOCK_AHEAD_S"]))
_real = clock.now


def _now() -> datetime:
    return _real() + _AHEAD


clock.now = _now

if "FAKETIME" in os.environ:  # in place of the file by which every Python begins then
    from tests.fake_clock import mend_pauses

    mend_pauses()
