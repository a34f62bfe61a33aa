"""Deeds for Hypothesis to draw: a few hours, times and visitors, so that they meet often."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.model.diary import GONE, KEPT, Deed
from tests.model.wants import Wants

Steps = Sequence[Deed | timedelta]
Drawn = st.SearchStrategy[Any]

EVERY_DAY = "0123456"
ONE_TIME = ((EVERY_DAY, "12:00-13:00"),)
THREE_TIMES = ((EVERY_DAY, "12:00-15:00"),)
HALF_AN_HOUR_LATER = ((EVERY_DAY, "12:30-14:30"),)
WEEKS = st.sampled_from(
    [
        ONE_TIME,
        THREE_TIMES,
        HALF_AN_HOUR_LATER,
        ((EVERY_DAY, "10:00-12:00"), (EVERY_DAY, "13:00-14:00")),
        (("024", "12:00-14:00"), ("1356", "11:30-13:30")),
        (),
    ]
)
BEGINS = Wants(week=THREE_TIMES)

DAYS = st.integers(0, 3)
EXCEPTIONS = st.sampled_from(
    [
        ("closed", "00:00-24:00"),
        ("taken", "12:30-13:15"),
        ("extra", "16:00-17:00"),
        ("instead", "12:00-14:00"),
    ]
)
DATES = st.lists(st.tuples(DAYS, EXCEPTIONS).map(lambda one: (one[0], *one[1])), max_size=2)


def wanting(**fields: Drawn) -> Drawn:
    return st.fixed_dictionaries(fields).map(lambda found: tuple(found.items()))


LIMITS = wanting(
    most_a_day=st.sampled_from([None, 1, 2]), most_a_week=st.sampled_from([None, None, 3])
)
WISHES = st.one_of(
    wanting(week=WEEKS),
    wanting(week=WEEKS),
    wanting(dates=DATES.map(tuple)),
    wanting(length=st.sampled_from([30, 60])),
    wanting(pause=st.sampled_from([0, 15]), grid=st.sampled_from([1, 30])),
    wanting(notice=st.sampled_from([0, 180, 1_560]), horizon=st.sampled_from([1, 2])),
    LIMITS,
)
CHANGED = st.builds(Deed, st.just("change"), wants=WISHES)
CUT_SHORT = st.builds(Deed, st.sampled_from(["save", "kill"]), at=st.integers(0, 4), wants=WISHES)
ABSENT = st.one_of(st.builds(Deed, st.just("declare"), at=DAYS), st.just(Deed("revoke")))
JOBS = st.sampled_from([Deed("publish"), Deed("lapse")])

VISITORS = st.sampled_from(["ann", "ben", "eve"])
TIMES = st.sampled_from([0, 1, 2, 3, 4, GONE])
CLAIMS = st.one_of(
    st.builds(Deed, st.sampled_from(["hold", "book"]), VISITORS, TIMES),
    st.builds(Deed, st.sampled_from(["book", "release"]), VISITORS, st.just(KEPT)),
    st.builds(Deed, st.sampled_from(["cancel", "move"]), at=TIMES),
)
WAITING = st.builds(Deed, st.sampled_from(["join", "join", "leave"]), VISITORS, DAYS)
PAUSES = st.sampled_from([timedelta(minutes=n) for n in (1, 5, 10, 50, 150, 165, 1_440, 2_000)])
"""It is half past nine at the beginning: the longer ones lead into sessions, or to other days."""

DEEDS = st.one_of(
    CHANGED, CHANGED, CHANGED, CUT_SHORT, ABSENT, JOBS, CLAIMS, CLAIMS, CLAIMS, WAITING, PAUSES
)
IN_LINE = [Deed("join", "ben", 1), Deed("join", "eve", 1)]
FULL = [Deed("change", wants=(("week", ONE_TIME),)), Deed("book", "ann", 1), *IN_LINE]
"""Tomorrow's only time is booked, and two wait for it."""
LIMITED = [Deed("change", wants=(("most_a_day", 1),)), Deed("book", "ann", 3), *IN_LINE]
"""Tomorrow's only session is booked, of three times, and two wait for one."""
BEGINNINGS = st.sampled_from([[], [Deed("hold", "ann", 3)], FULL, LIMITED])
STEPS = st.tuples(BEGINNINGS, st.lists(DEEDS, min_size=6, max_size=16)).map(
    lambda two: [*two[0], *two[1]]
)

NEWCOMERS = st.sampled_from(["kim", "zoe"])
"""They hold nothing else, which they would give up."""
RACING = st.one_of(
    CHANGED,
    CHANGED,
    st.just(Deed("publish")),
    st.builds(Deed, st.sampled_from(["hold", "book"]), NEWCOMERS, TIMES),
    st.builds(Deed, st.sampled_from(["book", "release"]), VISITORS, st.just(KEPT)),
    st.builds(Deed, st.sampled_from(["cancel", "move", "announce"]), at=TIMES),
)
UNPUBLISHED = st.builds(Deed, st.just("save"), wants=WISHES)
BEFORE_A_RACE = st.tuples(STEPS, st.lists(UNPUBLISHED, max_size=1)).map(
    lambda two: [*two[0][:12], *two[1]]
)
