"""While a mail server is away for days, or takes nothing from us, mail waits and is not lost."""

from datetime import datetime, timedelta

from domain.rules.notices import REMINDERS, Kind
from domain.store.core.database import Database
from domain.store.documents.mails import Mail, MailState
from tests.mail.support import (
    Hands,
    Postman,
    a_booking,
    letters,
    mails,
    send_all,
    sender,
    smtp_server,
    states,
)
from tests.mail.test_sending import known, link_for
from tests.servers import free_port
from web.http import clock
from web.mail.mailer import Mailer
from web.mail.sender import BACK_OFF, Sender

HOUR = timedelta(hours=1)


async def wait_in_vain(one: Sender, hands: Hands, database: Database, how_long: timedelta) -> None:
    """Have mail tried for so long, once an hour; none is lost."""
    end = hands.instant + how_long
    while hands.instant < end:
        await send_all(one)
        assert await states(database) == [MailState.WAITING] * 2
        hands.instant += HOUR


async def test_mail_waits_for_a_server_that_is_away_for_a_day_and_is_sent(
    database: Database, now: datetime, capsys
):
    await a_booking(database, now)
    hands, postman, port = Hands(now), Postman(), free_port()
    one = sender(database, f"smtp://127.0.0.1:{port}", hands)

    await wait_in_vain(one, hands, database, 23 * HOUR)
    assert (one.watch.since, one.watch.reason) == (now, "SMTPConnectError")
    async with smtp_server(postman, port):
        await send_all(one)

    assert await states(database) == [MailState.SENT] * 2
    assert one.watch.since is None
    told = capsys.readouterr().out
    assert [told.count(f"mail_server_{word}") for word in ("unusable", "usable")] == [1, 1]


async def test_a_server_that_is_away_is_asked_by_one_mail_at_a_time(
    database: Database, now: datetime
):
    await a_booking(database, now)
    one = sender(database, f"smtp://127.0.0.1:{free_port()}", lambda: now)

    assert await send_all(one) == 1


async def test_mail_that_no_longer_means_anything_is_dropped_when_the_server_is_back(
    database: Database, now: datetime
):
    booking = await a_booking(database, now)
    hands, postman, port = Hands(now), Postman(), free_port()
    one = sender(database, f"smtp://127.0.0.1:{port}", hands)

    await send_all(one)
    hands.instant = booking.ends_at
    async with smtp_server(postman, port):
        await send_all(one)

    assert postman.taken == []
    assert {mail.state for mail in await database.engine.find(Mail)} == {MailState.OVERTAKEN}


async def test_a_link_that_has_expired_meanwhile_is_not_sent(database: Database):
    hands, postman, port = Hands(clock.now()), Postman(), free_port()
    one = sender(database, f"smtp://127.0.0.1:{port}", hands)
    await known(database)
    await Mailer(database, letters(), one, hands).send_sign_in_link(
        link_for("ann@example.org"), "en"
    )

    await send_all(one)
    hands.instant += timedelta(minutes=30)
    async with smtp_server(postman, port):
        await send_all(one)

    assert postman.taken == []
    assert await states(database) == [MailState.OVERTAKEN]


async def test_a_sender_that_is_refused_is_no_fault_of_the_mail(database: Database, now: datetime):
    postman = Postman(at_mail=["550 quota exceeded", "451 not now"])
    await a_booking(database, now)
    hands = Hands(now)

    async with smtp_server(postman) as host:
        one = sender(database, f"smtp://{host}", hands)
        for _ in "12":
            assert await send_all(one) == 1
            hands.instant += HOUR
        assert await send_all(one) == 2

    assert await states(database) == [MailState.SENT] * 2


async def test_after_an_outage_a_mail_may_be_refused_as_often_as_ever(
    database: Database, now: datetime
):
    postman = Postman(at_mail=["451 not now"] * 2 * len(BACK_OFF), at_rcpt=["451 greylisted"] * 2)
    await a_booking(database, now)
    hands = Hands(now)

    async with smtp_server(postman) as host:
        one = sender(database, f"smtp://{host}", hands)
        while await states(database) == [MailState.WAITING] * 2:
            await send_all(one)
            hands.instant += timedelta(minutes=1)
        await send_all(one)

    assert await states(database) == [MailState.SENT] * 2
    assert [mail.refusals for mail in await mails(database)] == [1, 1]


async def test_reminders_wait_with_the_rest_and_go_out_once_they_are_due(
    database: Database, now: datetime
):
    booking = await a_booking(database, now)
    hands, postman, port = Hands(now), Postman(), free_port()
    one = sender(database, f"smtp://127.0.0.1:{port}", hands)

    await send_all(one)
    hands.instant = booking.starts_at - REMINDERS[Kind.REMINDER_DAY]
    async with smtp_server(postman, port):
        await send_all(one)

    assert len(postman.taken) == 4
