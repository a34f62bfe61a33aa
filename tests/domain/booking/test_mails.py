import asyncio
from datetime import timedelta

import pytest

from domain.booking import bookings, cancelling
from domain.booking.mails import mails_of, may_be_resent, resend
from domain.rules.errors import Code
from domain.rules.notices import Kind, Recipient
from domain.rules.request_limits import RESENDS_OF_BOOKING
from domain.store.core.database import Database, Key
from domain.store.documents import Booking
from domain.store.documents.mails import Mail, MailState
from domain.store.mail import sending
from tests.domain.support import ANN, DAY, MS, book, refused
from tests.factories import make_slot

MINUTE = timedelta(minutes=1)
ATTENDEE, EXPERT = Recipient.ATTENDEE, Recipient.EXPERT


@pytest.fixture
async def booking(database: Database, now) -> Booking:
    slot = await make_slot(database, starts_at=now + 2 * DAY)
    return await book(database, slot, now=now)


async def settle_all(database: Database, now, state: MailState = MailState.SENT) -> None:
    """Have all mail that is due end in a state."""
    while mail := await sending.Draws(database).lease(now=now, lease_for=MINUTE):
        await sending.begin(database, mail, now=now, lease_for=MINUTE)
        await sending.settle(database, mail, state, now=now)


async def confirmation(
    database: Database, booking: Booking, audience: Recipient = ATTENDEE
) -> Mail:
    first, *_ = await mails_of(database, booking, audience)
    assert first.kind is Kind.CONFIRMATION
    return first


@pytest.mark.parametrize("audience", Recipient)
async def test_the_mails_of_a_booking_are_its_attendees_or_experts_in_order(
    database: Database, booking, audience
):
    found = await mails_of(database, booking, audience)

    assert [mail.kind for mail in found] == [
        Kind.CONFIRMATION,
        Kind.REMINDER_DAY,
        Kind.REMINDER_HOUR,
    ]
    assert {mail.audience for mail in found} == {audience}


async def test_what_was_never_sent_because_of_a_change_is_not_shown(
    database: Database, booking, now
):
    await settle_all(database, now)

    await cancelling.cancel(database, booking.reference, ANN, now=now + MS)

    found = await mails_of(database, booking, ATTENDEE)
    assert [mail.kind for mail in found] == [Kind.CONFIRMATION, Kind.CANCELLATION]


@pytest.mark.parametrize("audience", Recipient)
@pytest.mark.parametrize("state", [MailState.SENT, MailState.FAILED, MailState.UNSURE])
async def test_a_mail_is_sent_once_more_on_demand(
    database: Database, booking, now, state, audience
):
    await settle_all(database, now, state)
    mail = await confirmation(database, booking, audience)

    await resend(database, booking, audience, mail.id, now=now + MINUTE)

    again = await sending.Draws(database).lease(now=now + MINUTE, lease_for=MINUTE)
    assert again is not None
    assert (again.kind, again.audience, again.again) == (mail.kind, audience, 1)
    assert await sending.Draws(database).lease(now=now + MINUTE, lease_for=MINUTE) is None


async def test_asking_many_times_at_once_is_asking_once(database: Database, booking, now):
    await settle_all(database, now)
    mail = await confirmation(database, booking)

    await asyncio.gather(*(resend(database, booking, ATTENDEE, mail.id, now=now) for _ in range(4)))
    await resend(database, booking, ATTENDEE, mail.id, now=now)

    assert sum(m.again > 0 for m in await mails_of(database, booking, ATTENDEE)) == 1


async def test_so_many_an_hour_and_no_more(database: Database, booking, now):
    await settle_all(database, now)
    mail = await confirmation(database, booking)
    for _ in range(RESENDS_OF_BOOKING.most):
        await resend(database, booking, ATTENDEE, mail.id, now=now)
        await settle_all(database, now)

    too_many = resend(database, booking, ATTENDEE, mail.id, now=now + RESENDS_OF_BOOKING.step - MS)

    assert await refused(too_many) is Code.TOO_MANY_RESENDS
    await resend(database, booking, ATTENDEE, mail.id, now=now + RESENDS_OF_BOOKING.step)


async def test_neither_uses_up_what_the_other_may_ask_for(database: Database, booking, now):
    await settle_all(database, now)
    theirs = await confirmation(database, booking, EXPERT)
    for _ in range(RESENDS_OF_BOOKING.most):
        await resend(database, booking, EXPERT, theirs.id, now=now)
        await settle_all(database, now)

    assert await refused(resend(database, booking, EXPERT, theirs.id, now=now)) is (
        Code.TOO_MANY_RESENDS
    )
    mail = await confirmation(database, booking)
    await resend(database, booking, ATTENDEE, mail.id, now=now)


async def test_what_waits_or_is_no_longer_true_is_not_sent_again(database: Database, booking, now):
    mail = await confirmation(database, booking)
    assert (
        await refused(resend(database, booking, ATTENDEE, mail.id, now=now)) is Code.MAIL_OUTDATED
    )
    await settle_all(database, now)

    cancelled = await cancelling.cancel(database, booking.reference, ANN, now=now)

    assert (
        await refused(resend(database, cancelled, ATTENDEE, mail.id, now=now)) is Code.MAIL_OUTDATED
    )


async def test_of_a_session_that_has_begun_only_a_cancellation_is_sent_again(
    database: Database, booking, now
):
    await settle_all(database, now)
    mail = await confirmation(database, booking)

    assert may_be_resent(mail, booking, booking.starts_at - MS)
    assert not may_be_resent(mail, booking, booking.starts_at)
    cancellation = mail.model_copy(update={"kind": Kind.CANCELLATION})
    assert may_be_resent(cancellation, booking, booking.starts_at)


async def test_a_reminder_is_sent_again_until_the_next_one_is_due(database: Database, booking, now):
    await settle_all(database, now)
    mail = await confirmation(database, booking)
    reminder = mail.model_copy(update={"kind": Kind.REMINDER_DAY})
    last_hour = booking.starts_at - timedelta(hours=1)

    assert may_be_resent(reminder, booking, last_hour - MS)
    assert not may_be_resent(reminder, booking, last_hour)


async def test_nobody_has_the_others_mail_sent_or_that_of_another_booking(
    database: Database, booking, now
):
    other_slot = await make_slot(database, starts_at=now + 3 * DAY)
    other = await book(database, other_slot, "ben", now=now, email="ben@example.org")
    await settle_all(database, now)
    of_another = await confirmation(database, other)

    for asker, reader in ((ATTENDEE, EXPERT), (EXPERT, ATTENDEE)):
        of_the_other = await confirmation(database, booking, reader)
        for mail_id in (of_the_other.id, of_another.id, Key()):
            unknown = resend(database, booking, asker, mail_id, now=now)
            assert await refused(unknown) is Code.MAIL_UNKNOWN
    assert (await bookings.find(database, booking.reference, ANN)).rev == 1
