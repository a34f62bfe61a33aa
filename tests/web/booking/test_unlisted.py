"""The address of an old time of an expert who is not listed any more."""

from datetime import timedelta

from domain.rules.slots import SlotState
from domain.store.documents import Expert
from tests.web.conftest import Site
from tests.web.visitors import Visitor

SHARES_SITE = True
DAY = timedelta(days=1)


async def test_it_books_nothing_and_a_booking_from_before_moves_there(
    site: Site, ann: Visitor, eve: Visitor
):
    expert = await site.expert()
    before, old = [await site.slot(expert, starts_at=site.now + days * DAY) for days in (2, 3)]
    reference = await ann.booked(before.id)
    experts = site.database.collection(Expert)
    await experts.update_one({"_id": expert.id}, {"$set": {"listed": False}})

    refused = [await eve.hold(old.id), await eve.book(old.id)]

    assert [answer.status_code for answer in refused] == [404, 404]
    assert (await site.current(old)).state is SlotState.OPEN
    form = {"slot_id": str(old.id)}
    assert (await ann.post(f"/bookings/{reference}/holds", form)).status_code == 303
    moved = await ann.post(f"/bookings/{reference}/reschedule", form)
    assert moved.status_code == 303
    assert (await site.current(old)).state is SlotState.BOOKED
