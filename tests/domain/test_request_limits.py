"""Rates: so many at once, and as many more spread evenly over an hour."""

import asyncio
from datetime import datetime, timedelta

import pytest

from domain import asking
from domain.account import sign_in
from domain.booking import cancelling, rescheduling
from domain.booking.bookings import Viewer
from domain.booking.claims import book
from domain.rules.errors import Code, Refusal
from domain.rules.notices import Recipient
from domain.rules.request_limits import (
    ENTRIES_OF_NETWORK,
    LINKS_OF_ADDRESS,
    LINKS_OF_ADDRESS_THERE,
    LINKS_OF_NETWORK,
    RESENDS_OF_BOOKING,
    Act,
    Allowance,
    Asker,
    Rate,
)
from domain.rules.slots import SlotState
from domain.store.core import counts
from domain.store.core.database import Database, Key, connect
from domain.store.documents import Slot
from domain.store.documents.counts import Count
from tests.domain.support import DAY, HOLD, MS, attendee, refused, state_of
from tests.factories import make_expert, make_slot

FIVE = Rate("tests", 5, Code.TOO_MANY_LINKS)
MINUTE = timedelta(minutes=1)
CROWD = 100
EVE, KEY = Asker("eve's"), Key()


async def passed(database: Database, count: int, *, at: datetime, rate: Rate = FIVE) -> int:
    """Count how many of so many requests at once pass."""
    passing = (counts.passes(database, rate, "somebody", now=at) for _ in range(count))
    return sum(await asyncio.gather(*passing))


async def test_of_a_hundred_at_once_as_many_pass_as_may(database: Database, now):
    assert await passed(database, CROWD, at=now) == FIVE.most


async def test_of_a_hundred_at_once_on_two_connections_no_more_pass(
    database: Database, database_uri: str, now
):
    other = connect(database_uri)
    try:
        found = await asyncio.gather(
            *(passed(where, CROWD // 2, at=now) for where in (database, other))
        )
    finally:
        await other.close()

    assert sum(found) == FIVE.most


async def test_counting_first_and_writing_later_lets_too_many_pass(database: Database, now):
    """The control: the same crowd gets by a count that is read before it is written."""
    kept = database.collection(Count)
    all_have_read = asyncio.Barrier(2 * FIVE.most)

    async def pass_by(n: int) -> bool:
        is_let_through = await kept.count_documents({}) < FIVE.most
        await all_have_read.wait()
        if is_let_through:
            await kept.insert_one({"key": str(n), "full_at": now})
        return is_let_through

    assert sum(await asyncio.gather(*(pass_by(n) for n in range(2 * FIVE.most)))) > FIVE.most


async def test_what_was_asked_for_comes_back_step_by_step(database: Database, now):
    await passed(database, 5, at=now)

    assert FIVE.step == 12 * MINUTE
    assert await passed(database, 5, at=now + FIVE.step - MS) == 0
    assert await passed(database, 5, at=now + FIVE.step) == 1
    assert await passed(database, 5, at=now + 2 * FIVE.step) == 1
    assert await passed(database, 9, at=now + 9 * FIVE.step) == 5


async def test_no_edge_of_an_hour_lets_twice_as_many_pass_at_once(database: Database, now):
    edge = now.replace(minute=0) + timedelta(hours=1)

    before = await passed(database, CROWD, at=edge - MS)
    after = await passed(database, CROWD, at=edge + MS)

    assert (before, after) == (FIVE.most, 0)


async def test_a_refusal_says_when_the_next_one_passes(database: Database, now):
    await passed(database, 5, at=now)

    with pytest.raises(Refusal) as caught:
        await counts.take(database, FIVE, "somebody", now=now + MINUTE)

    wait = caught.value.retry_after
    assert wait == 11 * MINUTE
    await counts.take(database, FIVE, "somebody", now=now + MINUTE + wait)


async def test_one_too_many_costs_nothing(database: Database, now):
    await passed(database, CROWD, at=now)

    assert await passed(database, 1, at=now + FIVE.step) == 1


async def test_each_is_counted_apart(database: Database, now):
    await passed(database, 5, at=now)

    assert await counts.passes(database, FIVE, "another", now=now)


async def test_a_count_names_nobody(database: Database, now):
    asker = Asker("203.0.113.9", secret="a secret")
    await sign_in.request_link(database, "ann@example.org", asker, now=now)

    kept = str(await database.collection(Count).find().to_list(None))

    assert "203.0.113" not in kept
    assert "ann" not in kept
    assert asker.here != Asker("203.0.113.9", secret="another").here


async def ask(database: Database, network: str, now: datetime, **more) -> bool:
    """Ask for a link to Ann's address; say whether it is mailed."""
    asker = Asker(network, **more)
    return await sign_in.request_link(database, "ann@example.org", asker, now=now) is not None


async def test_of_a_hundred_requests_for_links_at_once_five_pass(database: Database, now):
    answers = await asyncio.gather(
        *(ask(database, "eve's", now) for _ in range(CROWD)), return_exceptions=True
    )

    assert answers.count(True) == LINKS_OF_ADDRESS_THERE.most
    assert all(isinstance(a, Refusal) for a in answers if a is not True)


async def test_a_stranger_does_not_lock_an_address_out(database: Database, now):
    await asyncio.gather(
        *(ask(database, "eve's", now) for _ in range(CROWD)), return_exceptions=True
    )

    assert await ask(database, "ann's", now)


async def test_strangers_in_many_networks_end_the_mail_and_nobody_is_told(database: Database, now):
    asked = [await ask(database, f"network {n}", now) for n in range(LINKS_OF_ADDRESS.most + 3)]

    assert asked == [True] * LINKS_OF_ADDRESS.most + [False] * 3


async def test_nobody_locks_out_a_browser_that_has_proven_the_address(database: Database, now):
    for n in range(LINKS_OF_ADDRESS.most):
        await ask(database, f"network {n}", now)
    for _ in range(LINKS_OF_ADDRESS_THERE.most):
        await ask(database, "ann's", now)

    assert await refused(ask(database, "ann's", now)) is Code.TOO_MANY_LINKS
    assert await ask(database, "ann's", now, proven={"ann@example.org"})


async def test_a_network_asks_for_thirty_links_whatever_the_addresses(database: Database, now):
    async def ask_for(n: int) -> None:
        await sign_in.request_link(database, f"{n}@example.org", Asker("eve's"), now=now)

    answers = await asyncio.gather(*(ask_for(n) for n in range(CROWD)), return_exceptions=True)

    assert answers.count(None) == LINKS_OF_NETWORK.most


@pytest.mark.parametrize(
    ("rate", "count"),
    [
        (ENTRIES_OF_NETWORK, lambda database, now: asking.count_entry(database, EVE, now=now)),
        (
            RESENDS_OF_BOOKING,
            lambda database, now: asking.count_resend(database, KEY, Recipient.EXPERT, now=now),
        ),
    ],
)
async def test_of_a_hundred_places_or_mails_at_once_no_more_pass(
    database: Database, now, rate, count
):
    answers = await asyncio.gather(
        *(count(database, now) for _ in range(CROWD)), return_exceptions=True
    )

    assert answers.count(None) == rate.most
    assert {a.code for a in answers if isinstance(a, Refusal)} == {rate.code}


async def books(database: Database, slot: Slot, name: str, now: datetime, **asker):
    """Book a time from one network, two an hour."""
    asker_here = Asker(**{"network": "office", "allowance": Allowance(2, 2), **asker})
    return await book(
        database,
        slot.id,
        name,
        attendee(f"{name}@example.org"),
        request_key=f"{name} {slot.id}",
        now=now,
        hold_for=HOLD,
        asker=asker_here,
    )


async def times(database: Database, count: int, now: datetime) -> list[Slot]:
    expert = await make_expert(database)
    return [
        await make_slot(database, expert, starts_at=now + DAY + n * timedelta(hours=1))
        for n in range(count)
    ]


async def test_a_network_books_so_often_and_the_time_stays_free(database: Database, now):
    slots = await times(database, 10, now)

    answers = await asyncio.gather(
        *(books(database, slot, f"guest{n}", now) for n, slot in enumerate(slots)),
        return_exceptions=True,
    )

    refusals = [a.code for a in answers if isinstance(a, Refusal)]
    assert refusals == [Code.TOO_MANY_BOOKINGS] * 8
    states = [(await state_of(database, slot))[0] for slot in slots]
    assert states.count(SlotState.BOOKED) == 2
    assert states.count(SlotState.OPEN) == 8


async def test_an_address_books_so_often_from_whatever_networks(database: Database, now):
    slots = await times(database, 3, now)
    for n, slot in enumerate(slots[:2]):
        await books(database, slot, "eve", now, network=f"network {n}")

    third = books(database, slots[2], "eve", now, network="network 3")

    assert await refused(third) is Code.TOO_MANY_BOOKINGS
    await books(database, slots[2], "ann", now, network="network 4")


async def test_a_form_that_is_sent_again_and_a_crowd_after_one_time_are_not_counted(
    database: Database, now
):
    slots = await times(database, 2, now)
    (first,) = {(await books(database, slots[0], "ann", now)).id for _ in range(5)}
    lost = await asyncio.gather(
        *(books(database, slots[0], f"guest{n}", now) for n in range(5)), return_exceptions=True
    )

    assert first
    assert [a.code for a in lost if isinstance(a, Refusal)] == [Code.SLOT_TAKEN] * 5
    await books(database, slots[1], "ann", now)


async def test_moves_and_cancellations_are_counted_each_for_itself(database: Database, now):
    slots = await times(database, 5, now)
    booked = [await books(database, slot, "ann", now) for slot in slots[:2]]
    office = Asker("office", allowance=Allowance(2, 2))
    ann = Viewer("ann")

    async def move(to: Slot):
        await rescheduling.reschedule(
            database, booked[0].reference, ann, to.id, "ann", now=now, hold_for=HOLD, asker=office
        )

    await move(slots[2])
    await move(slots[3])
    assert await refused(move(slots[4])) is Code.TOO_MANY_CHANGES
    for booking in booked:
        for _ in range(5):  # cancelling twice is cancelling once
            await cancelling.cancel(database, booking.reference, ann, now=now, asker=office)


async def test_a_cancellation_too_many_leaves_the_booking_as_it_is(database: Database, now):
    (slot,) = await times(database, 1, now)
    booking = await books(database, slot, "ann", now)
    office = Asker("office", allowance=Allowance(1, 1))
    await counts.take(database, office.allowance.of_network(Act.CANCEL), office.here, now=now)

    again = cancelling.cancel(database, booking.reference, Viewer("ann"), now=now, asker=office)

    assert await refused(again) is Code.TOO_MANY_CHANGES
    assert await state_of(database, slot) == (SlotState.BOOKED, 1)
