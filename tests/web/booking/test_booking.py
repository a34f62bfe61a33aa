"""Choosing, holding, booking and cancelling, over HTTP and without JavaScript."""

import asyncio
import re
from datetime import timedelta

import pytest
from icalendar import Calendar

from domain.rules.slots import SlotState
from domain.store.documents import Expert
from domain.store.documents.agreements import Terms
from tests.web.conftest import Site
from tests.web.visitors import Visitor


def slot_ids(text: str) -> list[str]:
    return re.findall(r'name="slot_id\.(\w{24})"', text)


async def test_choosing_a_time_holds_it_and_opens_the_form(site: Site, ann: Visitor):
    slot = await site.slot()

    answer = await ann.hold(slot.id)
    form = await ann.get(answer.headers["location"])

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/slots/{slot.id}/book"
    assert form.status_code == 200
    assert "data-held-until" in form.text
    assert (await site.current(slot)).state is SlotState.HELD


async def test_times_are_told_in_words(site: Site, ann: Visitor, eve: Visitor):
    expert = await site.expert(zone="UTC")
    day = site.now.replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=2)
    free, held, booked, mine = [
        await site.slot(expert, starts_at=day + timedelta(hours=n)) for n in range(4)
    ]
    await eve.hold(held.id)
    await eve.booked(booked.id)
    await ann.hold(mine.id)
    await eve.hold(held.id)

    text = (await ann.get(f"/experts/{expert.slug}?day={day.date()}")).text

    words = dict(re.findall(r'id="slot-(\w+)".*?data-status-words>([^<]*)<', text, flags=re.DOTALL))
    assert words == {
        str(free.id): "Free",
        str(held.id): "On hold",
        str(booked.id): "Booked",
        str(mine.id): "Held for you",
    }


async def test_past_times_are_never_offered(site: Site, ann: Visitor):
    expert = await site.expert(zone="UTC")
    past = await site.slot(expert, starts_at=site.now - timedelta(minutes=30))
    closing = await site.slot(expert, starts_at=site.now + timedelta(minutes=3))
    later = await site.slot(expert, starts_at=site.now + timedelta(days=1))

    days = [site.now.date(), later.starts_at.date()]
    text = "".join([(await ann.get(f"/experts/{expert.slug}?day={day}")).text for day in days])

    assert f"slot-{later.id}" in text
    assert f"slot-{past.id}" not in text
    assert f"slot-{closing.id}" not in text


async def test_a_time_stands_under_the_viewers_own_day(site: Site, ann: Visitor):
    expert = await site.expert(zone="UTC")
    late = site.now.replace(hour=23, minute=0, second=0, microsecond=0) + timedelta(days=2)
    slot = await site.slot(expert, starts_at=late)
    next_day = (late + timedelta(days=1)).date()

    text = (await ann.get(f"/experts/{expert.slug}?day={next_day}&zone=Asia/Tokyo")).text

    day = text[text.index(f'id="day-{next_day}"') :]
    assert f"slot-{slot.id}" in day
    assert "08:00" in day


async def test_the_zone_that_was_chosen_is_remembered(site: Site, ann: Visitor):
    expert = await site.expert(zone="UTC")
    await site.slot(expert)

    await ann.get(f"/experts/{expert.slug}?zone=Asia/Tokyo")
    text = (await ann.get(f"/experts/{expert.slug}")).text

    assert "Asia/Tokyo" in text
    assert 'value="Asia/Tokyo" selected' in text


@pytest.mark.parametrize(("hours", "words"), [(25, "It starts so soon"), (1, "You can cancel")])
async def test_who_can_no_longer_cancel_what_they_book_is_told_before(
    site: Site, ann: Visitor, hours: int, words: str
):
    slot = await site.slot(await site.expert(terms=Terms(cancel_before_minutes=60 * hours)))

    form = await ann.get(f"/slots/{slot.id}/book")

    assert words in form.text


async def test_a_hold_can_be_extended_and_what_was_typed_stays(site: Site, ann: Visitor):
    slot = await site.slot()
    await ann.hold(slot.id)
    before = (await site.current(slot)).held_until

    answer = await ann.post("/holds/extend", {"slot_id": str(slot.id), "name": "Half typed"})

    assert answer.status_code == 200
    assert 'value="Half typed"' in answer.text
    assert (await site.current(slot)).held_until == before + timedelta(seconds=300)


async def test_who_booked_in_another_tab_and_extends_here_is_led_to_the_booking(
    site: Site, ann: Visitor
):
    slot = await site.slot()
    reference = await ann.booked(slot.id)

    answer = await ann.post("/holds/extend", {"slot_id": str(slot.id), "name": "Half typed"})

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/bookings/{reference}"


async def test_who_extends_what_somebody_else_has_by_now_is_offered_others(
    site: Site, ann: Visitor, eve: Visitor
):
    slot = await site.slot()
    await ann.hold(slot.id)
    await ann.post("/holds/release", {"slot_id": str(slot.id)})
    await eve.booked(slot.id, email="eve@example.org")

    answer = await ann.post("/holds/extend", {"slot_id": str(slot.id), "name": "Half typed"})

    assert answer.status_code == 409
    assert "That time is gone" in answer.text
    assert "Choose it again" not in answer.text
    assert 'value="Half typed"' in answer.text


async def test_giving_a_time_up_frees_it_and_leads_back(site: Site, ann: Visitor):
    expert = await site.expert()
    slot = await site.slot(expert)
    await ann.hold(slot.id)

    answer = await ann.post("/holds/release", {"slot_id": str(slot.id)})

    assert answer.headers["location"] == f"/experts/{expert.slug}"
    assert (await site.current(slot)).state is SlotState.OPEN


async def test_a_lost_time_offers_the_three_nearest_and_keeps_what_was_typed(
    site: Site, ann: Visitor, eve: Visitor
):
    expert = await site.expert()
    start = site.now + timedelta(days=3)
    near = [await site.slot(expert, starts_at=start + timedelta(hours=n)) for n in (1, 2, 3, 9)]
    lost = await site.slot(expert, starts_at=start)
    await eve.booked(lost.id)

    answer = await ann.book(lost.id, name="Ann Typed", notes="all of this")

    assert answer.status_code == 409
    assert "That time is gone" in answer.text
    assert 'value="Ann Typed"' in answer.text
    assert "all of this" in answer.text
    assert slot_ids(answer.text) == [str(slot.id) for slot in near[:3]]


async def test_one_click_holds_another_time_and_keeps_what_was_typed(site, ann, eve: Visitor):
    expert = await site.expert()
    start = site.now + timedelta(days=3)
    lost = await site.slot(expert, starts_at=start)
    other = await site.slot(expert, starts_at=start + timedelta(hours=1))
    await eve.booked(lost.id)
    refused = await ann.book(lost.id, name="Ann Typed")
    (offered,) = slot_ids(refused.text)

    form = await ann.post("/holds", {"slot_id": offered, "name": "Ann Typed", "email": "a@b.org"})

    assert offered == str(other.id)
    assert form.status_code == 200
    assert 'value="Ann Typed"' in form.text
    assert f'action="/slots/{other.id}/book"' in form.text
    assert (await site.current(other)).state is SlotState.HELD


async def test_a_refused_form_offers_another_time_under_a_new_key(site: Site, ann, eve: Visitor):
    lost = await site.slot()
    await eve.booked(lost.id)

    answer = await ann.book(lost.id, request_key="the-key-that-was-sent")

    key = re.search(r'name="request_key" value="([^"]*)"', answer.text)
    assert key
    assert key[1] != "the-key-that-was-sent"


async def test_the_one_who_booked_is_led_to_the_booking_not_told_it_is_gone(site, ann: Visitor):
    slot = await site.slot()
    reference = await ann.booked(slot.id)

    again = await ann.get(f"/slots/{slot.id}/book")

    assert again.status_code == 303
    assert again.headers["location"] == f"/bookings/{reference}"


async def test_two_tabs_that_book_the_same_time_are_one_booking(site: Site, ann: Visitor):
    slot = await site.slot()
    await ann.hold(slot.id)

    answers = await asyncio.gather(*(ann.book(slot.id, name=f"Ann {n}") for n in range(4)))
    late = await ann.book(slot.id)
    chosen_again = await ann.hold(slot.id)

    places = {answer.headers["location"].partition("?")[0] for answer in [*answers, late]}
    assert {answer.status_code for answer in [*answers, late]} == {303}
    assert places == {chosen_again.headers["location"]}


async def test_a_program_is_refused_by_a_problem_document(site: Site, ann: Visitor, eve: Visitor):
    slot = await site.slot()
    free = await site.slot()
    await eve.hold(slot.id)
    asked = {"headers": {"Accept": "application/json"}}

    taken = await ann.post("/holds", {"slot_id": str(slot.id)}, **asked)
    unfit = await ann.post(f"/slots/{free.id}/book", {"name": ""}, **asked)
    no_link = await ann.post("/bookings/link", {"email": "nobody"}, **asked)

    assert [answer.status_code for answer in (taken, unfit, no_link)] == [409, 422, 422]
    for answer in (taken, unfit, no_link):
        assert answer.headers["content-type"].startswith("application/problem+json")
    assert "name" in unfit.json()["fields"]


async def test_a_form_retried_after_a_lost_answer_gets_the_same_answer(site: Site, ann: Visitor):
    slot = await site.slot()

    first = await ann.book(slot.id, request_key="retry-retry-retry")
    again = await ann.book(slot.id, request_key="retry-retry-retry")

    assert first.status_code == again.status_code == 303
    assert first.headers["location"] == again.headers["location"]


async def test_a_cancelled_time_can_be_booked_again_by_somebody_else(site, ann, eve: Visitor):
    slot = await site.slot()
    reference = await ann.booked(slot.id)

    first = await ann.post(f"/bookings/{reference}/cancel")
    second = await ann.post(f"/bookings/{reference}/cancel")
    await eve.booked(slot.id)

    assert first.status_code == second.status_code == 303
    assert "was cancelled" in (await ann.get(f"/bookings/{reference}")).text
    assert reference in (await ann.get("/bookings?show=cancelled")).text
    assert (await site.current(slot)).state is SlotState.BOOKED


async def test_a_booking_comes_as_a_calendar_file(site: Site, ann: Visitor):
    slot = await site.slot()
    reference = await ann.booked(slot.id)

    answer = await ann.get(f"/bookings/{reference}/calendar.ics")

    (event,) = Calendar.from_ical(answer.text).events
    assert answer.headers["content-type"].startswith("text/calendar")
    assert event.start == slot.starts_at
    assert event["SEQUENCE"] == 0


async def test_get_and_head_change_nothing(site: Site, ann: Visitor):
    expert = await site.expert()
    slot = await site.slot(expert)
    reference = await ann.booked(
        (await site.slot(expert, starts_at=site.now + timedelta(days=5))).id
    )
    before = await site.current(slot)

    for path in (f"/slots/{slot.id}/book", f"/experts/{expert.slug}", f"/bookings/{reference}"):
        for _ in range(3):
            await ann.get(path)
            await ann.client.head(path)
    for path in ("/holds", "/holds/release", f"/bookings/{reference}/cancel"):
        assert (await ann.get(path)).status_code in {404, 405}

    assert await site.current(slot) == before
    assert "Confirmed" in (await ann.get(f"/bookings/{reference}")).text


async def test_a_page_that_is_left_shortens_its_own_hold_and_one_that_is_back_restores_it(
    site: Site, ann: Visitor, eve: Visitor
):
    slot = await site.slot()
    await ann.hold(slot.id)
    held = await site.current(slot)
    left = {"slot_id": str(slot.id), "rev": str(held.rev)}

    others = [
        await eve.post("/holds/leave", left),
        await ann.post("/holds/leave", {**left, "rev": "0"}),
    ]
    untouched = await site.current(slot)
    own = await ann.post("/holds/leave", left)
    shortened = await site.current(slot)
    back = await ann.post("/holds/resume", {"slot_id": str(slot.id)})
    restored = await site.current(slot)

    assert [answer.status_code for answer in (*others, own, back)] == [204, 204, 204, 200]
    assert untouched.held_until == held.held_until
    assert shortened.held_until < held.held_until <= restored.held_until
    assert "data-held-until" in back.text


async def test_a_time_that_is_gone_names_others_and_one_that_is_free_none(
    site: Site, ann: Visitor, eve: Visitor
):
    expert = await site.expert()
    slot = await site.slot(expert)
    other = await site.slot(expert, starts_at=slot.ends_at)

    while_free = await ann.get(f"/slots/{slot.id}/alternatives")
    await eve.hold(slot.id)
    when_gone = await ann.get(f"/slots/{slot.id}/alternatives")

    assert (while_free.status_code, when_gone.status_code) == (200, 200)
    assert "has just been taken" not in while_free.text
    assert "has just been taken" in when_gone.text
    assert str(other.id) in slot_ids(when_gone.text)  # beside those of others at that hour


async def test_a_form_that_showed_another_price_asks_again_and_keeps_what_was_typed(
    site: Site, ann: Visitor
):
    slot = await site.slot()
    await ann.hold(slot.id)
    form = await ann.get(f"/slots/{slot.id}/book")
    quote, key = (
        re.findall(rf'name="{name}" value="([^"]*)"', form.text)[0]
        for name in ("quote", "request_key")
    )
    dearer = {"$set": {"price_minor": 99_900, "currency": "EUR", "terms.max_reschedules": 1}}
    experts = site.database.collection(Expert)
    await experts.update_one({"_id": slot.expert_id}, dearer)
    typed = {"name": "Ann", "email": "ann@example.org", "request_key": key}

    asked = await ann.post(f"/slots/{slot.id}/book", {**typed, "quote": quote})
    (now_shown,) = re.findall(r'name="quote" value="([^"]*)"', asked.text)
    done = await ann.post(f"/slots/{slot.id}/book", {**typed, "quote": now_shown})

    assert asked.status_code == 409
    assert "Price: €999 instead of" in asked.text
    assert "You can move it to another time once at most." in asked.text
    assert 'value="ann@example.org"' in asked.text
    assert done.status_code == 303
