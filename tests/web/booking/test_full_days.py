"""A form that is open while its day fills: it is refused in words, and nothing typed is lost."""

import re

import pytest

from domain.rules.slots import SlotState
from domain.store.documents.hours import SessionLimits
from tests.domain.diaries import every_day
from tests.domain.practices import Practice, practice_with
from tests.web.conftest import Site
from tests.web.visitors import Visitor

SHARES_SITE = True

ONE_A_DAY = every_day("09:00-12:00", limits=SessionLimits(most_a_day=1))
TYPED = {"name": "Ann Example", "email": "ann@example.org", "phone": "+49 30 5", "notes": "Taxes"}


@pytest.fixture
async def practice(site: Site) -> Practice:
    """An expert who takes one session a day."""
    return await practice_with(site.database, site.now, ONE_A_DAY)


async def test_the_form_of_a_day_that_has_filled_is_refused_and_comes_back_as_typed(
    site: Site, practice: Practice, ann: Visitor, eve: Visitor
):
    slot, other = await practice.slot(2, "09:00"), await practice.slot(2, "10:00")
    await ann.hold(slot.id)
    await eve.booked(other.id)

    answer = await ann.book(slot.id, **TYPED)

    assert answer.status_code == 409
    assert "That time is gone" in answer.text
    assert "Nothing was booked." in answer.text
    assert [value in answer.text for value in TYPED.values()] == [True] * 4
    assert (await site.current(slot)).state is SlotState.OPEN


async def test_the_times_that_it_offers_instead_are_of_other_days_and_can_be_booked(
    practice: Practice, ann: Visitor, eve: Visitor
):
    slot, other = await practice.slot(2, "09:00"), await practice.slot(2, "10:00")
    await ann.hold(slot.id)
    await eve.booked(other.id)

    offered = re.findall(r'name="slot_id\.(\w+)"', (await ann.book(slot.id, **TYPED)).text)
    of_that_day = {str((await practice.slot(2, at)).id) for at in ("09:00", "10:00", "11:00")}
    held = await ann.post("/holds", {f"slot_id.{offered[0]}": "", **TYPED})

    assert not of_that_day & {*offered}
    assert held.headers["content-location"] == f"/slots/{offered[0]}/book"
    assert [value in held.text for value in TYPED.values()] == [True] * 4
    assert (await ann.book(offered[0], **TYPED)).status_code == 303
