"""What bookings put into the outbox, together with what they change or not at all."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from domain.booking import cancelling, rescheduling
from domain.rules.notices import Kind, Recipient
from domain.store.bookings import claims, news
from domain.store.core.database import Database, Key
from domain.store.documents import Booking
from domain.store.documents.mails import LETTER, Mail, MailState
from domain.store.mail import outbox, sending
from tests.domain.support import ANN, DAY, HOLD, MS, book
from tests.factories import make_expert, make_slot

LEASE = timedelta(minutes=1)


async def states(database: Database, booking: Booking) -> Counter[tuple[Kind, int, MailState]]:
    """How many mails of a booking are of a kind, a revision and in a state; both readers count."""
    mails = await outbox.of_booking(database, booking.id)
    for audience in Recipient:
        assert sum(mail.audience is audience for mail in mails) * 2 == len(mails)
    return Counter((mail.kind, mail.booking_rev, mail.state) for mail in mails)


@pytest.fixture
async def booking(database: Database, now) -> Booking:
    slot = await make_slot(database, starts_at=now + 2 * DAY)
    return await book(database, slot, now=now)


async def test_a_booking_is_written_with_its_notices(database: Database, booking: Booking):
    assert await states(database, booking) == {
        (Kind.CONFIRMATION, 1, MailState.WAITING): 2,
        (Kind.REMINDER_DAY, 1, MailState.WAITING): 2,
        (Kind.REMINDER_HOUR, 1, MailState.WAITING): 2,
    }


async def test_a_booking_whose_notices_cannot_be_written_is_not_made(
    database: Database, now, monkeypatch
):
    slot = await make_slot(database, starts_at=now + DAY)

    async def fail(*_, **__):
        raise ConnectionError

    monkeypatch.setattr(news, "CONSUMERS", (fail,))
    with pytest.raises(ConnectionError):
        await book(database, slot, now=now)

    assert await database.engine.count(Booking) == 0


async def test_a_lost_race_for_a_time_leaves_no_mail(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)

    await asyncio.gather(
        *(book(database, slot, f"visitor {n}", now=now) for n in range(8)), return_exceptions=True
    )

    mails = await database.engine.find(Mail)
    assert len({mail.booking_id for mail in mails}) == 1


async def test_a_form_sent_again_is_told_of_once(database: Database, now):
    slot = await make_slot(database, starts_at=now + 2 * DAY)

    bookings = await asyncio.gather(*(book(database, slot, now=now) for _ in range(6)))

    assert len({b.id for b in bookings}) == 1
    assert await database.engine.count(Mail) == 6


async def test_a_cancelled_booking_drops_what_still_waits(database: Database, booking, now):
    confirmation = await sending.Draws(database).lease(now=now, lease_for=LEASE)
    assert confirmation is not None
    assert await sending.begin(database, confirmation, now=now, lease_for=LEASE)
    await sending.settle(database, confirmation, MailState.SENT, now=now)

    await cancelling.cancel(database, booking.reference, ANN, now=now + MS)

    found = await outbox.of_booking(database, booking.id)
    assert Counter((m.kind, m.state) for m in found if m.audience is confirmation.audience) == {
        (Kind.CONFIRMATION, MailState.SENT): 1,
        (Kind.REMINDER_DAY, MailState.OVERTAKEN): 1,
        (Kind.REMINDER_HOUR, MailState.OVERTAKEN): 1,
        (Kind.CANCELLATION, MailState.WAITING): 1,
    }


async def test_a_rescheduled_booking_is_reminded_of_at_its_new_time(database: Database, now):
    expert = await make_expert(database)
    slot, later = [await make_slot(database, expert, starts_at=now + days * DAY) for days in (2, 5)]
    booking = await book(database, slot, now=now)

    await rescheduling.reschedule(
        database, booking.reference, ANN, later.id, "ann", now=now + MS, hold_for=HOLD
    )

    assert await states(database, booking) == {
        (Kind.CONFIRMATION, 1, MailState.OVERTAKEN): 2,
        (Kind.REMINDER_DAY, 1, MailState.OVERTAKEN): 2,
        (Kind.REMINDER_HOUR, 1, MailState.OVERTAKEN): 2,
        (Kind.RESCHEDULE, 2, MailState.WAITING): 2,
        (Kind.REMINDER_DAY, 2, MailState.WAITING): 2,
        (Kind.REMINDER_HOUR, 2, MailState.WAITING): 2,
    }
    waiting = {m.due_at for m in await outbox.of_booking(database, booking.id) if m.due_at > now}
    assert max(waiting) == later.starts_at - timedelta(hours=1)


async def test_a_change_that_comes_too_late_leaves_no_mail(database: Database, booking, now):
    assert await claims.cancel(database, booking, now=now)
    before = await states(database, booking)

    assert not await claims.cancel(database, booking, now=now)

    assert await states(database, booking) == before


@pytest.mark.usefixtures("booking")
async def test_a_mail_is_leased_by_one_sender(database: Database, now):
    leased = await asyncio.gather(
        *(sending.Draws(database).lease(now=now, lease_for=LEASE) for _ in range(6))
    )

    found = [mail.id for mail in leased if mail is not None]
    assert len(set(found)) == len(found) == 2  # the confirmations: reminders are not due


@pytest.mark.usefixtures("booking")
async def test_a_lease_that_is_over_passes_on_and_its_first_holder_may_not_begin(
    database: Database, now
):
    first = {mail.id: mail for mail in await lease_all(database, now)}
    second = {mail.id: mail for mail in await lease_all(database, now + LEASE)}

    assert first.keys() == second.keys()
    for key, mail in second.items():
        assert not await sending.begin(database, first[key], now=now + LEASE, lease_for=LEASE)
        assert await sending.begin(database, mail, now=now + LEASE, lease_for=LEASE)
        assert not await sending.begin(database, mail, now=now + LEASE, lease_for=LEASE)


@pytest.mark.usefixtures("booking")
async def test_a_beginning_that_arrives_after_the_mail_was_put_off_begins_nothing(
    database: Database, now
):
    """Its sender gave up waiting for an answer: the database may still carry it out."""
    mail, *_ = await lease_all(database, now)
    await sending.put_off(database, mail, until=now + 2 * LEASE)

    assert not await sending.begin(database, mail, now=now, lease_for=LEASE)
    assert await state_of(database, mail) is MailState.WAITING


async def lease_all(database: Database, now) -> list[Mail]:
    found = []
    while mail := await sending.Draws(database).lease(now=now, lease_for=LEASE):
        found.append(mail)
    return found


async def test_a_mail_overtaken_while_leased_may_not_be_sent(database: Database, booking, now):
    leased = await lease_all(database, now)

    await cancelling.cancel(database, booking.reference, ANN, now=now + MS)

    for mail in leased:
        assert not await sending.begin(database, mail, now=now + MS, lease_for=LEASE)


@pytest.mark.usefixtures("booking")
async def test_a_sender_that_is_silent_for_too_long_leaves_a_mail_unsure_until_it_speaks(
    database: Database, now
):
    mail, *_ = await lease_all(database, now)
    await sending.begin(database, mail, now=now, lease_for=LEASE)

    assert await sending.note_unsure(database, now=now + LEASE - MS) == 0
    assert await sending.note_unsure(database, now=now + LEASE) == 1
    assert await state_of(database, mail) is MailState.UNSURE

    await sending.settle(database, mail, MailState.SENT, now=now + 2 * LEASE)
    assert await state_of(database, mail) is MailState.SENT


async def state_of(database: Database, mail: Mail) -> MailState:
    found = await outbox.find(database, mail.id)
    assert found is not None
    return found.state


async def test_mail_that_was_sent_keeps_nothing_of_what_it_said(database: Database, now):
    mail = Mail(
        id=Key(),
        key="k",
        kind=Kind.SIGN_IN,
        to="ann@example.org",
        subject="a secret",
        text="a secret link",
        html="a secret link",
        created_at=now,
        due_at=now,
        kept_until=outbox.kept_until(now),
    )
    await outbox.put(database, mail)
    leased = await sending.Draws(database).lease(now=now, lease_for=LEASE)
    assert leased is not None

    await sending.settle(database, leased, MailState.SENT, now=now)

    found = await outbox.find(database, mail.id)
    assert found is not None
    assert found.model_dump(include={*LETTER}) == dict.fromkeys(LETTER, "")
    assert found.state is MailState.SENT


async def test_a_mail_of_which_nobody_knows_says_nothing_until_its_sender_puts_it_off(
    database: Database, now
):
    """The sender still has what it leased, and the mail needs it to be sent at last."""
    letter: dict[str, Any] = dict.fromkeys(LETTER, "a secret")
    times = dict.fromkeys(("created_at", "due_at", "kept_until"), now)
    mail = Mail(id=Key(), key="k", kind=Kind.SIGN_IN, **letter, **times)
    await outbox.put(database, mail)
    leased = await sending.Draws(database).lease(now=now, lease_for=LEASE)
    assert leased is not None
    assert await sending.begin(database, leased, now=now, lease_for=LEASE)

    assert await sending.note_unsure(database, now=now + LEASE) == 1
    unsure = await outbox.find(database, mail.id)
    await sending.put_off(database, leased, until=now + LEASE)
    again = await sending.Draws(database).lease(now=now + LEASE, lease_for=LEASE)

    assert unsure is not None
    assert unsure.model_dump(include={*LETTER}) == dict.fromkeys(LETTER, "")
    assert again is not None
    assert again.model_dump(include={*LETTER}) == letter


async def test_a_mail_stays_until_its_booking_is_long_over(database: Database, now):
    slot = await make_slot(database, starts_at=now + 90 * DAY)
    booking = await book(database, slot, now=now)

    kept = {mail.kept_until for mail in await outbox.of_booking(database, booking.id)}
    assert kept == {booking.ends_at + 30 * DAY}
