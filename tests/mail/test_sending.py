"""Mail through real SMTP servers: those that take it, refuse it, hang, or are not there."""

import asyncio
import math
import secrets
import socket
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from odmantic import ObjectId

from domain.booking import cancelling
from domain.rules.notices import Kind, Recipient
from domain.seeds.factories import BookingFactory
from domain.store.core.database import Database
from domain.store.documents import Booking, SignInLink
from domain.store.documents.mails import Mail, MailState
from tests.domain.support import ANN, MS
from tests.mail.support import (
    Hands,
    Postman,
    a_booking,
    letters,
    mails,
    running,
    send_all,
    sender,
    smtp_server,
    states,
)
from tests.waiting import until
from web.http import clock
from web.mail.mailer import Mailer
from web.mail.sender import BACK_OFF

DAY = timedelta(days=1)


def link_for(address: str) -> SignInLink:
    return SignInLink(
        id=ObjectId(),
        key=secrets.token_urlsafe(24),
        address=address,
        created_at=clock.now(),
        expires_at=clock.now() + timedelta(minutes=30),
    )


async def until_settled(database: Database) -> Mail:
    async def settled() -> Mail | None:
        (mail,) = await mails(database)
        return mail if mail.settled_at is not None else None

    return await until(settled)


async def known(database: Database, address: str = "ann@example.org") -> None:
    """Let somebody have booked with an address."""
    await database.engine.save(BookingFactory.build(address=address))


async def test_a_sign_in_link_is_sent_at_once(database: Database):
    postman = Postman()
    await known(database)
    async with smtp_server(postman) as host, running(database, f"smtp://{host}") as mailer:
        await mailer.send_sign_in_link(link_for("ann@example.org"), "en")
        mail = await until_settled(database)

    (message,) = postman.taken
    text = message.get_body(("plain",))
    assert (mail.state, message["To"]) == (MailState.SENT, "ann@example.org")
    assert (mail.to, mail.subject, mail.text, mail.html) == ("", "", "", "")
    assert text is not None
    assert "https://book.example.org/bookings/link/" in text.get_content()
    assert message.get_body(("html",)) is not None


@pytest.mark.parametrize("has_server", [True, False])
async def test_a_sign_in_link_to_an_address_of_no_booking_is_dropped_and_forgotten(
    database: Database, has_server: bool
):
    postman = Postman()
    await known(database, "anna@example.org")
    async with smtp_server(postman) as host:
        url = f"smtp://{host}" if has_server else None
        async with running(database, url) as mailer:
            await mailer.send_sign_in_link(link_for("ann@example.org"), "en")
            mail = await until_settled(database)

    assert postman.asked == []
    assert mail.state is MailState.OVERTAKEN
    assert "ann@example.org" not in mail.model_dump_json()
    assert (mail.to, mail.subject, mail.text, mail.html) == ("", "", "", "")


async def test_a_booking_is_told_to_attendee_and_expert(database: Database, now):
    postman = Postman()
    booking = await a_booking(database, now, email="amara@example.org")

    async with smtp_server(postman) as host:
        await send_all(sender(database, f"smtp://{host}", lambda: now))

    by_address = {message["To"]: message for message in postman.taken}
    assert by_address.keys() == {booking.attendee.email, "amara@example.org"}
    assert by_address["amara@example.org"]["Reply-To"] == booking.attendee.email
    assert by_address[booking.attendee.email]["Reply-To"] is None
    assert await states(database) == [MailState.SENT] * 2


async def test_reminders_are_sent_when_they_are_due_and_once(database: Database, now):
    postman = Postman()
    booking = await a_booking(database, now)
    hands = Hands(now)

    async with smtp_server(postman) as host:
        one = sender(database, f"smtp://{host}", hands)
        for before in (timedelta(hours=24), timedelta(hours=1)):
            await send_all(one)
            postman.taken.clear()
            hands.instant = booking.starts_at - before - MS
            assert await send_all(one) == 0
            hands.instant += MS
            assert await send_all(one) == 2
            assert len(postman.taken) == 2


async def test_a_reminder_held_up_until_it_makes_no_sense_is_not_sent(database: Database, now):
    postman = Postman()
    booking = await a_booking(database, now)

    async with smtp_server(postman) as host:
        await send_all(sender(database, f"smtp://{host}", lambda: booking.starts_at))

    assert len(postman.taken) == 2  # the confirmations
    reminders = await database.engine.find(Mail, Mail.kind.in_([Kind.REMINDER_DAY]))  # type: ignore[attr-defined]
    assert {mail.state for mail in reminders} == {MailState.OVERTAKEN}


@pytest.mark.parametrize("moment", ["at_rcpt", "at_data"])
async def test_a_mail_that_is_refused_for_now_is_tried_again_later_and_sent_once(
    database: Database, now, moment
):
    postman = Postman(**{moment: ["451 try again later"] * 4})  # type: ignore[arg-type]
    await a_booking(database, now)
    hands = Hands(now)

    async with smtp_server(postman) as host:
        one = sender(database, f"smtp://{host}", hands)
        assert await send_all(one) == 2
        assert postman.taken == []
        for pause in BACK_OFF[:2]:
            hands.instant += timedelta(seconds=pause) - MS
            assert await send_all(one) == 0
            hands.instant += MS
            assert await send_all(one) == 2

    assert Counter(postman.keys).most_common(1)[0][1] == 1
    assert [(m.state, m.attempts) for m in await mails(database)] == [(MailState.SENT, 3)] * 2


@pytest.mark.parametrize("moment", ["at_rcpt", "at_data"])
async def test_a_mail_that_is_refused_for_good_is_given_up_at_once(
    database: Database, now, moment, capsys
):
    postman = Postman(**{moment: ["550 no such person"] * 2})  # type: ignore[arg-type]
    booking = await a_booking(database, now)

    async with smtp_server(postman) as host:
        one = sender(database, f"smtp://{host}", lambda: now)
        await send_all(one)

    assert await states(database) == [MailState.FAILED] * 2
    told = capsys.readouterr().out
    assert told.count("mail_given_up") == 2
    assert "550" in told
    assert not any(word in told for word in (booking.attendee.email, booking.reference, "person"))


async def test_a_mail_that_is_refused_again_and_again_is_given_up_after_hours(
    database: Database, now, capsys
):
    postman = Postman(at_rcpt=["451 try again later"] * 2 * (len(BACK_OFF) + 1))
    await a_booking(database, now)
    hands = Hands(now)

    async with smtp_server(postman) as host:
        one = sender(database, f"smtp://{host}", hands)
        for pause in BACK_OFF:
            await send_all(one)
            assert await states(database) == [MailState.WAITING] * 2
            hands.instant += timedelta(seconds=pause)
        await send_all(one)

    assert await states(database) == [MailState.FAILED] * 2
    assert capsys.readouterr().out.count("mail_given_up") == 2
    assert hands.instant - now > timedelta(hours=4)


async def test_a_server_that_says_nothing_is_left_and_tried_again(database: Database, now):
    await a_booking(database, now)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"smtp://127.0.0.1:{silent.getsockname()[1]}"
        await send_all(sender(database, url, lambda: now, prepare_s=0.2))

    assert await states(database) == [MailState.WAITING] * 2


async def test_a_mail_that_may_have_been_sent_is_never_sent_again(database: Database, now, capsys):
    postman = Postman(silent=True)
    await a_booking(database, now)
    hands = Hands(now)

    async with smtp_server(postman) as host:
        one = sender(database, f"smtp://{host}", hands, answer_s=0.3)
        await send_all(one)
        hands.instant += timedelta(days=1) - MS
        await send_all(one)

    assert await states(database) == [MailState.UNSURE] * 2
    assert len(postman.taken) == 2
    assert capsys.readouterr().out.count("mail_unsure") == 2


async def test_what_a_later_change_has_overtaken_is_not_sent(database: Database, now):
    postman = Postman()
    booking = await a_booking(database, now)
    await cancelling.cancel(database, booking.reference, ANN, now=now)

    async with smtp_server(postman) as host:
        await send_all(sender(database, f"smtp://{host}", lambda: now))

    assert [message["Subject"].split(":")[0] for message in postman.taken] == ["Cancelled"] * 2


async def test_two_senders_send_each_of_two_hundred_mails_once(database: Database):
    postman = Postman()

    async with smtp_server(postman) as host:
        one, two = (sender(database, f"smtp://{host}") for _ in "12")
        mailer = Mailer(database, letters(), one, clock.now)
        await known(database)
        for _ in range(200):
            await mailer.send_sign_in_link(link_for("ann@example.org"), "en")
        shares = await asyncio.gather(send_all(one), send_all(two))

    assert min(shares) > 0
    assert set(Counter(postman.keys).values()) == {1}
    assert len(postman.taken) == 200
    assert await states(database) == [MailState.SENT] * 200


@asynccontextmanager
async def held_up(
    database: Database, now: datetime, count: int
) -> AsyncIterator[tuple[Postman, Mailer]]:
    """A running mailer that waits for ever, and a mail server that is silent about some mails."""
    postman = Postman(hangs_for={f"slow+{n}@example.org" for n in range(count)})
    for address in postman.hangs_for:
        await a_booking(database, now, email=address)
    async with (
        smtp_server(postman) as host,
        running(database, f"smtp://{host}", lambda: now, prepare_s=math.inf) as mailer,
    ):
        await until(lambda: postman.hangs_for <= set(postman.asked))
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("web.mail.mailer._FINISH_S", 0.3)
            yield postman, mailer
            await mailer.stop()


async def test_a_mail_that_hangs_holds_up_no_other(database: Database, now):
    async with held_up(database, now, 1) as (postman, _):
        await until(lambda: len(postman.taken) == 1)
        await a_booking(database, now, email="zoe@example.org")
        await until(lambda: len(postman.taken) == 3)

    assert "slow+0@example.org" not in postman.recipients
    assert "zoe@example.org" in postman.recipients


async def test_a_mailer_with_mails_that_hang_stops_all_the_same(database: Database, now):
    async with held_up(database, now, 3) as (_, mailer):
        await mailer.stop()

    to_experts = [m for m in await mails(database) if m.audience is Recipient.EXPERT]
    assert [(mail.state, mail.attempts) for mail in to_experts] == [(MailState.WAITING, 1)] * 3


async def test_a_mailer_that_is_stopped_finishes_with_the_mail_in_hand(database: Database):
    stop = asyncio.Event()
    postman = Postman()
    loop = asyncio.get_running_loop()

    def taken() -> None:
        loop.call_soon_threadsafe(stop.set)

    postman.on_taken = taken
    await known(database)
    async with smtp_server(postman) as host, running(database, f"smtp://{host}") as mailer:
        await mailer.send_sign_in_link(link_for("ann@example.org"), "en")
        await stop.wait()
        await mailer.stop()

    assert await states(database) == [MailState.SENT]


async def test_without_a_server_every_mail_is_kept_whole(database: Database, now):
    booking = await a_booking(database, now)

    await send_all(sender(database, None, lambda: now))

    for mail in await mails(database):
        assert mail.state is MailState.KEPT
        assert booking.reference in mail.text
        assert booking.reference in mail.html


@pytest.mark.parametrize("name", ["Ann\nBcc: eve@example.org", "Ann\r\nX: y"])
async def test_a_name_cannot_add_headers(database: Database, now, name):
    postman = Postman()
    await a_booking(database, now, name=name)

    async with smtp_server(postman) as host:
        await send_all(sender(database, f"smtp://{host}", lambda: now))

    assert {message["To"] for message in postman.taken} != {"eve@example.org"}
    assert not any(message["Bcc"] or message["X"] for message in postman.taken)
    assert sorted(await states(database)) == [MailState.SENT, MailState.WAITING]


async def test_a_letter_that_cannot_be_written_is_given_up_in_the_end(database: Database, now):
    await a_booking(database, now)
    nowhere = {"$set": {"agreed.zone": "Nowhere/Land"}}
    await database.collection(Booking).update_many({}, nowhere)
    hands = Hands(now)
    one = sender(database, None, hands)

    for pause in (*BACK_OFF, 0):
        await send_all(one)
        hands.instant += timedelta(seconds=pause)

    assert await states(database) == [MailState.FAILED] * 2
