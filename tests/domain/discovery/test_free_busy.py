"""What other programs are told of an expert: free and busy, within the span that is announced."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.discovery.free_busy import DAYS_AHEAD, free_busy
from domain.rules.slots import SlotState
from domain.store.core.database import Database
from tests.factories import make_slot

MIDNIGHT = datetime(2031, 7, 8, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
END = MIDNIGHT + timedelta(days=DAYS_AHEAD)


@pytest.mark.parametrize(
    ("starts_at", "told"),
    [
        (MIDNIGHT - QUARTER, [(MIDNIGHT, MIDNIGHT + QUARTER)]),
        (MIDNIGHT - 2 * QUARTER, []),
        (END - QUARTER, [(END - QUARTER, END)]),
        (END, []),
    ],
    ids=["over the start", "before the start", "over the end", "after the end"],
)
async def test_of_a_session_that_is_told_which_lies_within(database: Database, starts_at, told):
    slot = await make_slot(database, starts_at=starts_at, state=SlotState.BOOKED)

    found = await free_busy(database, slot.expert_id, now=MIDNIGHT + QUARTER / 3)

    assert (found.busy, found.free) == (told, [])
