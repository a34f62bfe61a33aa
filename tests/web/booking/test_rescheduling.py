import re
from datetime import timedelta
from html import unescape

import pytest

from domain.rules.slots import SlotState
from domain.store.documents import Expert, Slot
from domain.store.documents.agreements import Terms
from domain.store.documents.hours import SessionLimits, WorkingHours
from tests.web.conftest import Site
from tests.web.visitors import GOOD_FORM, Visitor

SHARES_SITE = True

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


async def two_times(site: Site, **terms) -> tuple[Expert, Slot, Slot]:
    expert = await site.expert(terms=Terms(**terms))
    return expert, await site.slot(expert), await site.slot(expert, starts_at=site.now + 3 * DAY)


def page_of(reference: str) -> str:
    return f"/bookings/{reference}/reschedule"


def holds_of(reference: str, way: str = "") -> str:
    return f"/bookings/{reference}/holds{way}"


async def test_a_booking_moves_by_plain_forms(site: Site, ann: Visitor):
    _, old, new = await two_times(site)
    reference = await ann.booked(old.id)

    picker = await ann.get(page_of(reference))
    assert f'name="slot_id.{new.id}"' in picker.text
    held = await ann.post(holds_of(reference), {"slot_id": str(new.id)})
    assert held.headers["location"] == f"{page_of(reference)}?slot_id={new.id}"
    confirmation = await ann.get(held.headers["location"])
    assert "This time is on hold for you" in confirmation.text
    moved = await ann.post(page_of(reference), {"slot_id": str(new.id)})

    assert moved.headers["location"] == f"/bookings/{reference}?moved=1"
    page = await ann.get(moved.headers["location"])
    assert "It&#39;s moved" in page.text or "It's moved" in page.text
    assert page.text.count("history__step--") == 2
    assert (await site.current(old)).state is SlotState.OPEN
    assert (await site.current(new)).state is SlotState.BOOKED


async def test_the_reference_and_every_address_keep_working(site: Site, ann: Visitor):
    _, old, new = await two_times(site)
    reference = await ann.booked(old.id)
    await ann.post(page_of(reference), {"slot_id": str(new.id)})

    page = await ann.get(f"/bookings/{reference}")
    calendar = await ann.get(f"/bookings/{reference}/calendar.ics")
    form = await ann.get(f"/slots/{new.id}/book")
    again = await ann.get(f"{page_of(reference)}?slot_id={new.id}")

    assert page.status_code == 200
    assert "SEQUENCE:1" in calendar.text
    assert form.headers["location"] == f"/bookings/{reference}"
    assert again.headers["location"] == f"/bookings/{reference}"


async def test_a_lost_time_keeps_the_booking_and_offers_others(
    site: Site, ann: Visitor, eve: Visitor
):
    expert, old, new = await two_times(site)
    near = await site.slot(expert, starts_at=new.starts_at + HOUR)
    reference = await ann.booked(old.id)
    await eve.booked(new.id, email="eve@example.org")

    for answer in (
        await ann.post(holds_of(reference), {"slot_id": str(new.id)}),
        await ann.post(page_of(reference), {"slot_id": str(new.id)}),
    ):
        assert answer.status_code == 409
        assert "Your booking stays as it is." in answer.text
        assert f'name="slot_id.{near.id}"' in answer.text
        assert f'formaction="{holds_of(reference)}"' in answer.text
    assert (await site.current(old)).state is SlotState.BOOKED


async def test_keeping_longer_and_giving_up_lead_back_to_the_move(site: Site, ann: Visitor):
    _, old, new = await two_times(site)
    reference = await ann.booked(old.id)
    form = {"slot_id": str(new.id)}
    await ann.post(holds_of(reference), form)
    held = await site.current(new)

    longer = await ann.post(holds_of(reference, "/extend"), form)
    given_up = await ann.post(holds_of(reference, "/release"), form)

    assert longer.status_code == 200
    assert "Confirm the new time" in longer.text
    assert held.state is SlotState.HELD
    assert given_up.headers["location"] == page_of(reference)
    assert (await site.current(new)).state is SlotState.OPEN


@pytest.mark.parametrize("way", ["", "/extend", "/resume"])
async def test_who_chooses_the_time_that_the_booking_has_by_now_is_led_to_it(
    site: Site, ann: Visitor, way: str
):
    _, old, new = await two_times(site)
    reference = await ann.booked(old.id)
    form = {"slot_id": str(new.id)}
    await ann.post(holds_of(reference), form)
    await ann.post(page_of(reference), form)

    answer = await ann.post(holds_of(reference, way), form)

    assert answer.headers["location"] == f"/bookings/{reference}"


async def test_a_booking_moves_on_with_an_expert_who_is_no_longer_listed(site: Site, ann: Visitor):
    expert, old, new = await two_times(site)
    reference = await ann.booked(old.id)
    gone = {"$set": {"listed": False}}
    await site.database.collection(Expert).update_one({"_id": expert.id}, gone)
    await site.lists(f"q={expert.slug}")
    list_of_times = f"/experts/{expert.slug}/slots?day={new.starts_at.date()}&zone=UTC"

    portrait = await ann.get(f"/experts/{expert.slug}/portrait.svg")
    times = await ann.get(f"/bookings/{reference}/slots?day={new.starts_at.date()}&zone=UTC")
    for_others = await ann.get(list_of_times)

    assert portrait.status_code == 200
    assert f'name="slot_id.{new.id}"' in times.text
    assert for_others.status_code == 404


@pytest.mark.parametrize("change", ["cancel", "reschedule"])
async def test_terms_that_forbid_a_change_are_told_and_kept(site: Site, ann: Visitor, change):
    _, old, new = await two_times(
        site, cancel_before_minutes=100_000, reschedule_before_minutes=100_000
    )
    reference = await ann.booked(old.id)

    page = await ann.get(f"/bookings/{reference}")
    answer = await ann.post(f"/bookings/{reference}/{change}", {"slot_id": str(new.id)})

    assert f"It is too late to {change}." in page.text
    assert "It can be" not in page.text
    assert f'href="/bookings/{reference}/reschedule"' not in page.text
    assert f'action="/bookings/{reference}/cancel"' not in page.text
    assert answer.status_code == 409
    assert (await site.current(old)).state is SlotState.BOOKED


async def test_terms_are_told_before_one_books(site: Site, ann: Visitor):
    expert, _, slot = await two_times(
        site,
        cancel_before_minutes=1_440,
        reschedule_before_minutes=720,
        max_reschedules=2,
        notice_minutes=60,
        horizon_days=30,
    )

    page = (await ann.get(f"/experts/{expert.slug}")).text
    form = (await ann.get(f"/slots/{slot.id}/book")).text

    assert "You can cancel until 24 hours before it starts." in page
    assert (
        "You can move it to another time until 12 hours before it starts, 2 times at most." in page
    )
    assert "You can book until 1 hour before the start." in page
    assert "You can book up to 30 days ahead." in page
    assert "You can cancel until 24 hours before it starts." in form


async def test_no_stranger_sees_or_moves_a_booking(site: Site, ann: Visitor, eve: Visitor):
    _, old, new = await two_times(site)
    reference = await ann.booked(old.id)
    form = {"slot_id": str(new.id)}

    answers = [
        await eve.get(page_of(reference)),
        await eve.get(f"{page_of(reference)}?slot_id={new.id}"),
        await eve.post(page_of(reference), form),
        await eve.post(holds_of(reference), form),
        *[
            await eve.post(holds_of(reference, way), form)
            for way in ("/extend", "/resume", "/release")
        ],
        await eve.get(f"/bookings/{reference}/slots"),
        await eve.get(f"/bookings/{reference}/slots/{new.id}/alternatives"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 9
    assert not [a for a in answers if "Ann" in a.text]
    assert (await site.current(old)).state is SlotState.BOOKED


async def test_another_experts_time_and_made_up_ones_are_refused(site: Site, ann: Visitor):
    _, old, _ = await two_times(site)
    elsewhere = await site.slot()
    reference = await ann.booked(old.id)

    for slot_id in (str(elsewhere.id), "0" * 24, "x", ""):
        answer = await ann.post(page_of(reference), {"slot_id": slot_id})
        assert answer.status_code == 404
    assert (await site.current(elsewhere)).state is SlotState.OPEN


async def test_a_second_booking_at_the_same_time_asks_first(site: Site, ann: Visitor):
    first, second = await site.slot(), await site.slot()
    reference = await ann.booked(first.id)

    asked = await ann.book(second.id)

    assert asked.status_code == 409
    assert f'href="/bookings/{reference}"' in asked.text
    assert f'value="{GOOD_FORM["name"]}"' in asked.text
    assert (await site.current(second)).state is SlotState.OPEN
    await ann.booked(second.id, overlap="yes")


async def test_who_tries_a_strangers_address_learns_nothing_of_its_bookings(
    site: Site, ann: Visitor, eve: Visitor
):
    first, second = await site.slot(), await site.slot()
    await ann.booked(first.id)

    await eve.booked(second.id, email=GOOD_FORM["email"])


async def test_moving_beside_another_booking_asks_first(site: Site, ann: Visitor):
    _, old, new = await two_times(site)
    other = await site.slot(starts_at=new.starts_at)
    reference = await ann.booked(old.id)
    await ann.booked(other.id)

    asked = await ann.post(page_of(reference), {"slot_id": str(new.id)})

    assert asked.status_code == 409
    assert "Book both" in asked.text
    both = await ann.post(page_of(reference), {"slot_id": str(new.id), "overlap": "yes"})
    assert both.status_code == 303


async def test_similar_experts_are_offered_where_a_time_is_gone(
    site: Site, ann: Visitor, eve: Visitor
):
    expert = await site.expert(category="Lifestyle", rating=4.0)
    alike = await site.expert(category="Lifestyle", rating=5.0, name="Mira Solberg")
    gone, free = await site.slot(expert), await site.slot(alike)
    await eve.booked(gone.id, email="eve@example.org")

    answer = await ann.book(gone.id)

    assert answer.status_code == 409
    assert "Mira Solberg" in answer.text
    assert (await ann.hold(free.id)).headers["location"] == f"/slots/{free.id}/book"


async def test_the_list_of_times_stays_the_moves_own(site: Site, ann: Visitor):
    _, old, _ = await two_times(site)
    reference = await ann.booked(old.id)

    fragment = await ann.get(f"/bookings/{reference}/slots", headers={"HX-Request-Type": "partial"})

    assert f'action="{holds_of(reference)}"' in fragment.text
    assert f'href="{page_of(reference)}?day=' in fragment.text


async def test_a_time_is_not_claimed_for_a_booking_that_cannot_move_there(
    site: Site, ann: Visitor, eve: Visitor
):
    _, old, new = await two_times(site)
    elsewhere = await site.slot()
    mine, others = await ann.booked(old.id), await eve.booked((await site.slot()).id)

    refused = [
        await ann.post(holds_of("NOSUCHTHING2"), {"slot_id": str(new.id)}),
        await ann.post(holds_of(others), {"slot_id": str(new.id)}),
        await ann.post(holds_of(mine), {"slot_id": str(elsewhere.id)}),
    ]

    assert [answer.status_code for answer in refused] == [404, 404, 404]
    await ann.post(f"/bookings/{mine}/cancel")
    refused += [await ann.post(holds_of(mine), {"slot_id": str(new.id)})]
    assert refused[-1].status_code == 409
    for slot in (new, elsewhere):
        assert (await site.current(slot)).state is SlotState.OPEN


async def test_the_page_says_that_a_move_makes_no_cancellation_possible(site: Site, ann: Visitor):
    expert = await site.expert(terms=Terms(cancel_before_minutes=3 * 24 * 60))
    soon, far = [await site.slot(expert, starts_at=site.now + days * DAY) for days in (1, 20)]
    reference = await ann.booked(soon.id)

    asked = await ann.get(f"/bookings/{reference}/reschedule?slot_id={far.id}")
    await ann.post(f"/bookings/{reference}/reschedule", {"slot_id": str(far.id)})
    moved = await ann.get(f"/bookings/{reference}")

    assert "Moving it doesn't change that" in unescape(asked.text)
    assert "It was moved when it could no longer be cancelled" in moved.text
    assert (await ann.post(f"/bookings/{reference}/cancel")).status_code == 409


async def test_a_time_of_another_length_says_what_it_costs_and_asks(site: Site, ann: Visitor):
    expert = await site.expert(price_minor=4_000, currency="EUR")
    old = await site.slot(expert)
    reference = await ann.booked(old.id)
    starts_at = site.now + 3 * DAY
    longer = await site.slot(expert, starts_at=starts_at, ends_at=starts_at + HOUR)
    dearer = {"$set": {"price_minor": 7_000}}
    await site.database.collection(Expert).update_one({"_id": expert.id}, dearer)
    chosen = {"slot_id": str(longer.id)}

    unasked = await ann.post(page_of(reference), chosen)
    (quote,) = re.findall(r'name="quote"\s+value="([^"]*)"', unasked.text)
    moved = await ann.post(page_of(reference), {**chosen, "quote": quote})

    told = unescape(re.sub(r"\s+", " ", unasked.text))
    assert unasked.status_code == 409
    assert "The session takes 1 hour instead of 30 minutes." in told
    assert "Price: €70 instead of €40." in told
    assert "The other terms stay as agreed." in told
    assert moved.headers["location"] == f"/bookings/{reference}?moved=1"
    assert "€70" in (await ann.get(f"/bookings/{reference}")).text


async def test_a_price_that_changes_while_one_decides_is_told(site: Site, ann: Visitor):
    expert = await site.expert(price_minor=4_000, currency="EUR")
    reference = await ann.booked((await site.slot(expert)).id)
    starts_at = site.now + 3 * DAY
    longer = await site.slot(expert, starts_at=starts_at, ends_at=starts_at + HOUR)
    chosen = {"slot_id": str(longer.id)}
    held = await ann.post(holds_of(reference), chosen)
    confirmation = await ann.get(held.headers["location"])
    (quote,) = re.findall(r'name="quote"\s+value="([^"]*)"', confirmation.text)
    dearer = {"$set": {"price_minor": 7_000}}
    await site.database.collection(Expert).update_one({"_id": expert.id}, dearer)

    asked = await ann.post(page_of(reference), {**chosen, "quote": quote})

    assert "The price stays the same: €40." in unescape(confirmation.text)
    assert asked.status_code == 409
    assert "Price: €70 instead of €40." in unescape(asked.text)


async def test_a_booking_moves_within_its_day_when_that_is_full_for_everyone_else(
    site: Site, ann: Visitor, eve: Visitor
):
    one_a_day = WorkingHours(limits=SessionLimits(most_a_day=1))
    expert = await site.expert(zone="UTC", hours=one_a_day)
    noon = (site.now + 2 * DAY).replace(hour=12, minute=0, second=0, microsecond=0)
    old, new, other = [
        await site.slot(expert, starts_at=noon + after) for after in (0 * HOUR, HOUR, DAY)
    ]
    reference = await ann.booked(old.id)
    await eve.booked((await site.slot(expert, starts_at=noon + DAY + HOUR)).id)
    on_that_day = f"?day={noon.date()}&zone=UTC"

    own_page = await ann.get(page_of(reference) + on_that_day)
    next_day = await ann.get(f"{page_of(reference)}?day={(noon + DAY).date()}&zone=UTC")
    for_others = await eve.get(f"/experts/{expert.slug}{on_that_day}")
    held = await ann.post(holds_of(reference), {"slot_id": str(new.id)})
    confirmation = await ann.get(held.headers["location"])
    moved = await ann.post(page_of(reference), {"slot_id": str(new.id)})

    assert can_be_chosen(own_page.text, new)
    assert re.search(rf'id="month-{noon.date()}-free"\s+data-free="1"', own_page.text)
    assert f'data-own-days="{noon.date()}"' in own_page.text
    assert not can_be_chosen(next_day.text, other)
    assert not can_be_chosen(for_others.text, new)
    assert "This time is on hold for you" in confirmation.text
    assert moved.headers["location"] == f"/bookings/{reference}?moved=1"


def can_be_chosen(page: str, slot: Slot) -> bool:
    button = re.search(rf'<button[^>]*name="slot_id.{slot.id}"[^>]*>', page)
    assert button
    return "disabled" not in button[0]
