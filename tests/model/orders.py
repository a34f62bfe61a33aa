"""Orders for Hypothesis to draw: a few visitors, times and forms, so that they meet often."""

from datetime import timedelta

from hypothesis import strategies as st

from tests.model.site import EXPERTS, EXTRA, TIMES
from tests.model.world import Order

VISITORS = st.sampled_from(["ann", "ben", "eve"])
SLOTS = st.integers(0, len(EXPERTS) * TIMES - 1)
KEYS = st.sampled_from(["form 1", "form 2", "form 3", "form 4"])
PAUSES = st.sampled_from(
    [timedelta(milliseconds=1), *(timedelta(minutes=n) for n in (1, 4, 5, 25, 60))]
)

HOLDS = st.builds(
    Order, st.sampled_from(["hold", "extend", "release", "announce"]), VISITORS, SLOTS
)
WAITS = st.builds(Order, st.sampled_from(["join", "prove", "leave", "take_offer"]), VISITORS, SLOTS)
PUBLISHING = st.builds(Order, st.just("publish"), st.just(""), st.sampled_from(EXTRA))
CHANGES = st.builds(Order, st.sampled_from(["book", "cancel", "move"]), VISITORS, SLOTS, KEYS)
ORDERS = st.one_of(HOLDS, CHANGES, CHANGES, WAITS, WAITS, PUBLISHING)
FULL = [
    Order("book", "ann", 0, "form 1"),
    Order("book", "ben", 1, "form 2"),
    Order("hold", "ben", 2),
    Order("join", "eve", 0),
    Order("join", "ann", 0),
]
"""An expert's times are all taken, and two are in line, both with Ann's address."""
SOME = st.lists(st.one_of(ORDERS, ORDERS, ORDERS, PAUSES), min_size=1, max_size=30)
STEPS = st.one_of(SOME, SOME.map(lambda steps: [*FULL, *steps]))
AT_ONCE = st.lists(ORDERS, min_size=2, max_size=3)
