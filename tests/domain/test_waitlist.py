import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from domain import waitlist
from domain.account import sign_in
from domain.booking import cancelling, hold_deadlines, holds, rescheduling
from domain.booking.bookings import Viewer
from domain.rules import slots as rules
from domain.rules.errors import Code
from domain.rules.notices import Kind
from domain.rules.plan import Plan, Target
from domain.rules.request_limits import ENTRIES_OF_NETWORK, LETTERS_OF_ADDRESS, Asker
from domain.rules.schedule import FAR
from domain.rules.slots import OFFER_FOR, SlotState
from domain.store.audit import audit
from domain.store.bookings import holds as hold_store
from domain.store.core.database import Database, Key
from domain.store.documents.mails import Mail
from domain.store.documents.waitlist import EntryState, WaitlistEntry
from domain.store.experts.planned import PlannedSlot
from domain.store.experts.publishing import carry_out
from domain.store.slots import claiming as slots
from domain.store.waitlist import offers
from domain.store.waitlist.entries import lapsed
from domain.waitlist import Line
from tests.domain.lines import DAY, HOUR, FullDay, book_offer, full_day, person
from tests.domain.support import HOLD, book, refused, state_of
from tests.factories import make_slot

SECOND = timedelta(seconds=1)


async def pass_on(database: Database, now) -> None:
    """What every server does within a second."""
    for wait in await lapsed(database, now, limit=100):
        await offers.end(database, wait, now=now)


async def day_held_by(name: str, database: Database, now) -> tuple[FullDay, Key]:
    """Make a full day of which somebody has just taken the one time that came free."""
    day = await full_day(database, now=now)
    await day.cancel(now=now)
    slot = await holds.hold(database, day.slots[0].id, name, now=now, hold_for=HOLD)
    return day, slot.id


async def told(database: Database) -> list[str]:
    """The mails about places in line, in the order in which they were written."""
    mails = await database.engine.find(Mail, {"wait_id": {"$ne": None}}, sort=Mail.created_at)
    return [mail.kind.value for mail in mails]


async def test_a_time_that_is_cancelled_is_kept_ten_minutes_for_the_first_in_line(
    database: Database, now
):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    await day.join("ben", now=now + SECOND)

    await day.cancel(now=now + HOUR)

    slot = await day.current()
    assert (slot.state, slot.held_by) == (SlotState.OFFERED, "ann")
    assert slot.held_until == now + HOUR + OFFER_FOR
    assert rules.is_held_by(slot, "ann", now + HOUR)
    assert await told(database) == [Kind.WAITLIST_ENTRY, Kind.WAITLIST_ENTRY, Kind.OFFER]
    assert await audit(database) == []


async def test_nobody_else_can_have_what_is_offered_not_even_once_it_has_lapsed(
    database: Database, now
):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    await day.cancel(now=now)
    slot_id = day.slots[0].id

    for later in (now, now + OFFER_FOR, now + HOUR):
        assert not rules.is_free(await day.current(), later)
        assert rules.status(await day.current(), later) is rules.Status.HELD
        hold = holds.hold(database, slot_id, "eve", now=later, hold_for=HOLD)
        assert await refused(hold) is Code.SLOT_TAKEN
        assert await refused(book(database, day.slots[0], "eve", now=later)) is Code.SLOT_TAKEN
    assert await day.holder() == "ann"


async def test_an_offer_that_is_booked_ends_the_place_in_line(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    await day.cancel(now=now)

    await book_offer(day, "ann", now=now + SECOND)

    assert await state_of(database, day.slots[0]) == (SlotState.BOOKED, 1)
    assert await day.entries() == []
    assert await audit(database) == []


async def test_an_offer_that_lapses_goes_to_the_next_and_then_to_everybody(database: Database, now):
    day = await full_day(database, now=now)
    for n, name in enumerate(["ann", "ben"]):
        await day.join(name, now=now + n * SECOND)
    await day.cancel(now=now + HOUR)

    held_by = []
    for n in range(3):
        held_by.append(await day.holder())
        await pass_on(database, now + HOUR + (n + 1) * OFFER_FOR)

    assert held_by == ["ann", "ben", None]
    assert await day.entries() == []
    assert await audit(database) == []


async def test_thirty_invented_addresses_get_no_turn_before_a_proven_one(database: Database, now):
    day = await full_day(database, now=now)
    for n in range(30):
        await day.join(f"invented {n}", now=now + n * SECOND)
    await day.join("ann", now=now + HOUR, proven=True)

    await day.cancel(now=now + HOUR)

    assert await day.holder() == "ann"


async def test_each_kind_is_served_in_the_order_in_which_it_joined(database: Database, now):
    day = await full_day(database, now=now)
    for n, (name, proven) in enumerate(
        [("eve", False), ("ann", True), ("kim", False), ("ben", True)]
    ):
        await day.join(name, now=now + n * SECOND, proven=proven)
    await day.cancel(now=now + HOUR)

    held_by = []
    for n in range(5):
        held_by.append(await day.holder())
        await pass_on(database, now + HOUR + (n + 1) * OFFER_FOR)

    assert held_by == ["ann", "ben", "eve", "kim", None]
    assert await audit(database) == []


async def test_three_unproven_ones_in_a_row_get_a_time_and_then_it_is_everybodys(
    database: Database, now
):
    """Whether they let it lapse or decline; a proven one who joins meanwhile is next."""
    day = await full_day(database, now=now)
    for n in range(5):
        await day.join(f"invented {n}", now=now + n * SECOND)
    await day.cancel(now=now + HOUR)

    await holds.release(database, day.slots[0].id, "invented 0", now=now + HOUR)
    await day.join("ann", now=now + HOUR, proven=True)
    held_by = []
    for n in range(4):
        held_by.append(await day.holder())
        await pass_on(database, now + HOUR + (n + 1) * OFFER_FOR)

    assert held_by == ["invented 1", "ann", "invented 2", None]


async def test_a_hold_that_lapses_gives_unproven_ones_no_further_turn_but_a_booking_does(
    database: Database, now
):
    day = await full_day(database, now=now)
    for n in range(6):
        await day.join(f"invented {n}", now=now + n * SECOND)
    await day.cancel(now=now)
    for n in range(3):
        await pass_on(database, now + (n + 1) * OFFER_FOR)
    slot, later = day.slots[0], now + 3 * OFFER_FOR

    await holds.hold(database, slot.id, "eve", now=later, hold_for=HOLD)
    await hold_store.announce(database, slot.id, now=later + HOLD)
    after_a_hold = await day.holder()
    booking = await book(database, slot, "eve", now=later + HOLD)
    await cancelling.cancel(database, booking.reference, Viewer("eve"), now=later + HOLD)

    assert (after_a_hold, await day.holder()) == (None, "invented 3")


@pytest.mark.parametrize(
    "way", ["the entry's own mail", "a sign-in link in the browser that waits", "a provider's word"]
)
async def test_an_address_that_is_confirmed_later_moves_ahead(database: Database, now, way: str):
    """Of all that wait under it, the entry of the link alone, or those of that browser."""
    day = await full_day(database, now=now, times=2)
    for n, name in enumerate(["eve", "phone", "laptop"]):
        await day.join(name, now=now + n * SECOND, email="" if name == "eve" else "ann@example.org")

    if way == "the entry's own mail":
        await waitlist.prove(database, (await day.entries())[2])
    elif way == "a provider's word":
        await waitlist.prove_address(database, "ann@example.org", "laptop")
    else:
        link = await sign_in.request_link(database, "ann@example.org", Asker("home"), now=now)
        assert link is not None
        await sign_in.spend_link(database, link.key, "laptop", now=now)
    await day.cancel(0, now=now + HOUR)
    await day.cancel(1, now=now + HOUR)

    assert [await day.holder(0), await day.holder(1)] == ["laptop", "eve"]


async def test_an_offer_that_is_declined_goes_to_the_next(database: Database, now):
    day = await full_day(database, now=now)
    for n, name in enumerate(["ann", "ben"]):
        await day.join(name, now=now + n * SECOND)
    await day.cancel(now=now + HOUR)

    await holds.release(database, day.slots[0].id, "ann", now=now + HOUR)

    assert await day.holder() == "ben"
    assert [place.visitor_id for place in await day.entries()] == ["ben"]


async def test_an_offer_cannot_be_declined_by_somebody_else(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    await day.cancel(now=now)

    await holds.release(database, day.slots[0].id, "eve", now=now)

    assert await day.holder() == "ann"


async def test_an_offer_keeps_its_end_for_others_are_in_line(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    await day.cancel(now=now)

    extend = hold_deadlines.extend(database, day.slots[0].id, "ann", now=now, hold_for=HOLD)

    assert await refused(extend) is Code.HOLD_SPENT
    assert (await day.current()).held_until == now + OFFER_FOR


async def test_who_chooses_another_time_keeps_what_is_offered(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    await day.cancel(now=now)
    other = await make_slot(database, starts_at=now + 2 * DAY)

    await holds.hold(database, other.id, "ann", now=now + SECOND, hold_for=HOLD)

    assert await day.holder() == "ann"


async def test_a_time_that_a_booking_moves_away_from_is_offered(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    other = await day.later_slot(now + 3 * DAY)
    guest = day.bookings[0]

    await rescheduling.reschedule(
        database,
        guest.reference,
        Viewer(guest.visitor_id),
        other.id,
        guest.visitor_id,
        now=now,
        hold_for=HOLD,
    )

    assert await day.holder() == "ann"
    assert await state_of(database, other) == (SlotState.BOOKED, 1)


async def test_a_booking_can_move_to_what_its_owner_is_offered(database: Database, now):
    day = await full_day(database, now=now)
    other = await day.later_slot(now + 3 * DAY)
    booking = await book(database, other, "ann", now=now)
    await day.join("ann", now=now)
    await day.cancel(now=now)

    await rescheduling.reschedule(
        database, booking.reference, Viewer("ann"), day.slots[0].id, "ann", now=now, hold_for=HOLD
    )

    assert await state_of(database, day.slots[0]) == (SlotState.BOOKED, 1)
    assert await state_of(database, other) == (SlotState.OPEN, 0)
    assert await day.entries() == []


@pytest.mark.parametrize("end", ["given up", "lapsed", "another is chosen"])
async def test_a_hold_that_ends_is_not_offered_to_whoever_had_it(database: Database, now, end: str):
    day, slot_id = await day_held_by("ann", database, now)
    await day.join("ann", now=now)

    if end == "given up":
        for _ in range(2):  # the same form, sent twice
            await holds.release(database, slot_id, "ann", now=now)
    elif end == "lapsed":
        await hold_store.announce(database, slot_id, now=now + HOLD)
    else:
        other = await make_slot(database, day.expert, starts_at=now + 3 * DAY)
        await holds.hold(database, other.id, "ann", now=now + SECOND, hold_for=HOLD)

    assert await day.holder() is None
    assert [place.state for place in await day.entries()] == [EntryState.WAITING]


async def test_a_booking_that_is_cancelled_is_offered_to_somebody_else(database: Database, now):
    day = await full_day(database, now=now, times=2)
    await day.join("guest 0", now=now)
    await day.join("ann", now=now + SECOND)

    await day.cancel(0, now=now + HOUR)
    await day.cancel(1, now=now + HOUR)

    assert [await day.holder(0), await day.holder(1)] == ["ann", "guest 0"]


@pytest.mark.parametrize("end", ["given up", "lapsed"])
async def test_a_hold_that_ends_goes_to_the_first_in_line(database: Database, now, end: str):
    day, slot_id = await day_held_by("eve", database, now)
    await day.join("ann", now=now)

    if end == "given up":
        await holds.release(database, slot_id, "eve", now=now)
    else:
        await hold_store.announce(database, slot_id, now=now + HOLD)

    assert await day.holder() == "ann"


async def test_a_hold_that_lapsed_goes_to_the_first_in_line_whoever_comes_before_it_is_announced(
    database: Database, now
):
    day, slot_id = await day_held_by("eve", database, now)
    await day.join("ann", now=now)

    hold = holds.hold(database, slot_id, "ben", now=now + HOLD, hold_for=HOLD)

    assert await refused(hold) is Code.SLOT_TAKEN
    assert await day.holder() == "ann"
    assert await audit(database) == []


async def test_a_time_that_is_published_on_a_day_with_a_line_is_offered(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    hours = (5, 6, 30)
    starts = [day.line.starts_at + n * HOUR for n in hours]
    plan = Plan[PlannedSlot](add=[Target(at, at + HOUR / 2, now - DAY, at) for at in starts])

    done = await asyncio.gather(*(carry_out(database, day.expert, plan, now=now) for _ in range(3)))

    found = await slots.between(database, day.expert.id, starts[0], starts[-1] + HOUR)
    assert sorted(done) == [False, False, True]
    assert [(slot.state, slot.held_by) for slot in found] == [
        (SlotState.OFFERED, "ann"),
        (SlotState.OPEN, None),
        (SlotState.OPEN, None),
    ]


async def test_who_waits_for_another_day_or_expert_is_offered_nothing(database: Database, now):
    day = await full_day(database, now=now)
    other = await full_day(database, now=now)
    tomorrow = Line(day.expert, day.line.ends_at, day.line.ends_at + DAY)
    await waitlist.join(database, tomorrow, person("ann"), now=now)
    await other.join("ben", now=now)

    await day.cancel(now=now)

    assert await day.holder() is None


async def test_a_time_that_can_no_longer_be_booked_is_offered_to_nobody(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)

    await day.cancel(now=day.slots[0].starts_at - SECOND)

    assert await day.holder() is None
    assert len(await day.entries()) == 1


async def test_joining_twice_is_joining_once(database: Database, now):
    day = await full_day(database, now=now)

    await day.join("ann", now=now)
    await day.join("ann", now=now + SECOND, email="ANN@example.org")

    assert len(await day.entries()) == 1
    assert await told(database) == [Kind.WAITLIST_ENTRY]


async def test_joining_a_day_in_another_zone_too_is_joining_once(database: Database, now):
    """A day in Berlin begins two hours before the same day in UTC, and shares the rest with it."""
    day = await full_day(database, now=now)
    berlin = Line(day.expert, day.line.starts_at - 2 * HOUR, day.line.ends_at - 2 * HOUR)

    await day.join("ann", now=now)
    await waitlist.join(database, berlin, person("ann"), now=now + SECOND)

    assert len(await day.entries()) == 1
    assert await told(database) == [Kind.WAITLIST_ENTRY]


async def test_whoever_types_anothers_address_puts_nobody_out_of_line(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("eve", now=now, email="ann@example.org")
    await day.join("ann", now=now + SECOND)
    await day.join("ben", now=now + 2 * SECOND)

    await day.cancel(now=now + HOUR)
    assert await day.holder() == "eve"
    await holds.release(database, day.slots[0].id, "eve", now=now + HOUR)

    assert await day.holder() == "ann"
    assert [place.visitor_id for place in await day.entries()] == ["ann", "ben"]


async def test_a_booking_under_anothers_address_puts_nobody_out_of_line(database: Database, now):
    """Neither is a booking proof of an address: it can be cancelled right after."""
    day = await full_day(database, now=now)
    await day.join("eve", now=now, email="ann@example.org")
    await day.join("ann", now=now + SECOND)
    await day.cancel(now=now + HOUR)

    await book(database, day.slots[0], "eve", now=now + HOUR, email="ann@example.org")

    assert [place.visitor_id for place in await day.entries()] == ["ann"]


async def test_two_browsers_with_one_address_get_a_turn_each_as_two_strangers_do(
    database: Database, now
):
    turns = []
    for email in ("ann@example.org", "other@example.org"):
        day = await full_day(database, now=now, times=2)
        await day.join("ann", now=now, email="ann@example.org")
        await day.join("other", now=now + SECOND, email=email)
        await day.cancel(0, now=now + HOUR)
        await day.cancel(1, now=now + HOUR)
        turns.append([await day.holder(0), await day.holder(1)])

    assert turns == [["ann", "other"]] * 2


@pytest.mark.parametrize("browser", ["phone", "ann"])
async def test_the_mailed_link_proves_the_address_and_ends_its_other_places(
    database: Database, now, browser: str
):
    """The one that was offered a time gives it to the next; who waits for another day stays."""
    day = await full_day(database, now=now, times=2)
    tomorrow = Line(day.expert, day.line.ends_at, day.line.ends_at + DAY)
    for n, name in enumerate(["ann", "laptop", "phone"]):
        await day.join(name, now=now + n * SECOND, email="ann@example.org")
    await day.join("ben", now=now + 9 * SECOND)
    await waitlist.join(database, tomorrow, person("ann"), now=now + 10 * SECOND)
    first = (await day.entries())[0]
    await day.cancel(0, now=now + HOUR)
    await day.cancel(1, now=now + HOUR)
    assert [await day.holder(0), await day.holder(1)] == ["ann", "laptop"]

    await waitlist.take(database, first.key, browser, now=now + HOUR)
    await waitlist.take(database, first.key, browser, now=now + HOUR)

    assert [await day.holder(0), await day.holder(1)] == [browser, "ben"]
    assert [place.visitor_id for place in await day.entries()] == [browser, "ben", "ann"]
    assert await audit(database) == []


async def test_an_offer_that_ended_is_not_taken_whatever_was_read_before(database: Database, now):
    for browser in ("ann", "phone"):
        day = await full_day(database, now=now)
        await day.join("ann", now=now)
        await day.cancel(now=now)
        (as_read,) = await day.entries()
        await offers.end(database, as_read, now=now)

        assert not await offers.take_over(database, as_read, browser, now=now)
        assert await day.holder() is None


async def test_the_end_of_an_offer_frees_nothing_that_is_kept_for_somebody_else(
    database: Database, now
):
    day = await full_day(database, now=now, times=2)
    await day.join("ann", now=now)
    await day.join("ben", now=now + SECOND)
    await day.cancel(0, now=now)
    await day.cancel(1, now=now + HOUR)
    ann, ben = await day.entries()
    mistaken = {"$set": {"slot_id": ben.slot_id}}
    await database.collection(WaitlistEntry).update_one({"_id": ann.id}, mistaken)
    ann, _ = await day.entries()

    assert await offers.end(database, ann, now=now + HOUR)

    assert await day.holder(1) == "ben"


async def test_one_who_left_is_passed_over(database: Database, now):
    day = await full_day(database, now=now)
    for n, name in enumerate(["ann", "ben"]):
        await day.join(name, now=now + n * SECOND)
    first = (await day.entries())[0]

    await waitlist.leave(database, first, now=now)
    await waitlist.leave(database, first, now=now)
    await day.cancel(now=now)

    assert await day.holder() == "ben"


async def test_who_leaves_just_as_a_time_is_offered_lets_it_go(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    as_read = (await day.entries())[0]
    await day.cancel(now=now)

    await waitlist.leave(database, as_read, now=now)

    assert await day.holder() is None
    assert await day.entries() == []


async def test_an_offer_can_be_taken_in_the_browser_that_opens_its_mail(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    key = (await day.entries())[0].key
    assert await refused(waitlist.take(database, key, "phone", now=now)) is Code.OFFER_GONE
    await day.cancel(now=now)

    slot = await waitlist.take(database, key, "phone", now=now)

    assert rules.is_held_by(slot, "phone", now)
    await book_offer(day, "phone", now=now)
    assert await refused(waitlist.take(database, key, "phone", now=now)) is Code.WAIT_GONE
    assert await audit(database) == []


async def test_an_offer_that_lapsed_cannot_be_taken(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    key = (await day.entries())[0].key
    await day.cancel(now=now)

    take = waitlist.take(database, key, "phone", now=now + OFFER_FOR)

    assert await refused(take) is Code.OFFER_GONE


async def test_nobody_waits_for_a_day_with_a_free_time_or_one_that_is_over(database: Database, now):
    day = await full_day(database, now=now)
    await day.cancel(now=now)

    assert await refused(day.join("ann", now=now)) is Code.DAY_NOT_FULL
    assert await refused(day.join("ann", now=now + 3 * DAY)) is Code.DAY_OVER


async def test_nobody_waits_for_a_day_that_the_calendar_does_not_show(database: Database, now):
    day = await full_day(database, now=now)
    last, beyond = (Line(day.expert, at, at + DAY) for at in (now + FAR, now + FAR + 2 * DAY))

    await waitlist.join(database, last, person("ann"), now=now)

    join = waitlist.join(database, beyond, person("ben"), now=now)
    assert await refused(join) is Code.DAY_TOO_FAR


async def test_an_address_is_written_to_ten_times_an_hour_and_its_places_are_kept_alike(
    database: Database, now
):
    """However often it is typed, also by somebody who leaves each time: the page tells nothing."""
    day = await full_day(database, now=now)
    for n in range(LETTERS_OF_ADDRESS.most):
        await day.join(f"browser {n}", now=now, email="ann@example.org")
        await waitlist.leave_line(database, day.line, f"browser {n}", now=now)

    await day.join("one more", now=now, email="Ann@Example.org")
    await day.join("other", now=now, email="other@example.org")
    await day.join("later", now=now + HOUR, email="ann@example.org")

    assert await told(database) == [Kind.WAITLIST_ENTRY] * (LETTERS_OF_ADDRESS.most + 2)
    found = [
        await waitlist.standing(database, day.expert, b, now=now) for b in ("one more", "other")
    ]
    assert all(standing.place(day.line.starts_at, day.line.ends_at) for standing in found)


async def test_a_network_asks_for_thirty_places_an_hour_whether_they_are_kept_or_left(
    database: Database, now
):
    day = await full_day(database, now=now)

    async def ask(n: int, at: datetime) -> None:
        one = replace(person(f"browser {n}"), asker=Asker("one place"))
        await waitlist.join(database, day.line, one, now=at)

    for n in range(ENTRIES_OF_NETWORK.most):
        await ask(n, now)
        await waitlist.leave_line(database, day.line, f"browser {n}", now=now)

    assert await refused(ask(99, now)) is Code.TOO_MANY_WAITS
    await ask(99, now + HOUR)
