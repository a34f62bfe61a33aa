"""What a sender learns while the database is away is written down when it is back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from domain.store.core.database import Database, DatabaseError, connect
from domain.store.documents.mails import Mail, MailState
from tests.addresses import port_of, through
from tests.live.relay import Relay
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
from tests.waiting import until
from web.mail.mailer import Mailer
from web.mail.sender import BACK_OFF, Sender

WITHIN_THE_LEASE = timedelta(seconds=10)
LONG_AFTER = timedelta(minutes=10)


@dataclass
class Link:
    """A sender's way to its database, which a test can cut and mend."""

    relay: Relay
    database: Database
    port: int

    def cut_when(self, postman: Postman, moment: str) -> None:
        """Cut it as the mail server is asked something, before that answers."""
        loop = asyncio.get_running_loop()

        def cut() -> None:
            asyncio.run_coroutine_threadsafe(self.relay.cut(), loop).result(10)

        setattr(postman, moment, cut)

    def keep_answers_when(self, postman: Postman, moment: str) -> None:
        """Leave the sender without answers of the database from then on."""
        loop = asyncio.get_running_loop()

        async def keep() -> None:
            self.relay.answering.clear()

        def keep_them() -> None:
            asyncio.run_coroutine_threadsafe(keep(), loop).result(10)

        setattr(postman, moment, keep_them)

    async def mend(self) -> None:
        """Let the database be there again, and wait until the driver has noticed."""
        self.relay.answering.set()
        self.relay.target = self.port
        await until(self._answers)

    async def _answers(self) -> bool:
        try:
            await self.database.motor.admin.command("ping")
        except DatabaseError:
            return False
        return True


@pytest.fixture
async def link(database_uri: str) -> AsyncIterator[Link]:
    port = port_of(database_uri)
    async with Relay(port) as relay:
        database = connect(through(database_uri, relay.port), timeout_ms=1_500)
        yield Link(relay, database, port)
        await database.close()


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    """What is logged, line by line."""
    with capture_logs() as lines:
        yield lines


def events(logged: list[Any]) -> set[str]:
    return {line["event"] for line in logged}


@pytest.fixture
def hands(now: datetime) -> Hands:
    return Hands(now)


async def one_mail(database: Database, now: datetime) -> Mail:
    """Leave one mail in the outbox, which is due."""
    await a_booking(database, now)
    first, *_ = await mails(database)
    await database.collection(Mail).delete_many({"_id": {"$ne": first.id}})
    return first


async def send_one(one: Sender) -> None:
    mail = await one.lease()
    assert mail is not None
    await one.send(mail)
    await one.leave()


@pytest.mark.parametrize(
    ("absence", "state"),
    [(WITHIN_THE_LEASE, MailState.SENT), (LONG_AFTER, MailState.FAILED)],
)
async def test_what_became_of_a_mail_is_noted_however_long_the_database_is_away(
    database: Database, link: Link, hands: Hands, absence, state
):
    postman = Postman(at_data=["550 no such person"] if state is MailState.FAILED else [])
    link.cut_when(postman, "on_data")
    await one_mail(database, hands())
    async with smtp_server(postman) as host:
        one = sender(link.database, f"smtp://{host}", hands)
        await send_one(one)
        assert await states(database) == [MailState.SENDING]

        hands.instant += absence
        await link.mend()
        await send_all(one)

    assert await states(database) == [state]


async def test_a_mail_given_up_as_unsure_by_another_is_sent_after_all_when_its_sender_can_say_so(
    database: Database, link: Link, hands: Hands
):
    postman = Postman()
    link.cut_when(postman, "on_data")
    await one_mail(database, hands())
    async with smtp_server(postman) as host:
        one, other = (sender(d, f"smtp://{host}", hands) for d in (link.database, database))
        await send_one(one)
        hands.instant += LONG_AFTER
        await send_all(other)
        assert await states(database) == [MailState.UNSURE]

        await link.mend()
        await send_all(one)

    assert await states(database) == [MailState.SENT]
    assert len(postman.taken) == 1


async def test_whoever_missed_the_database_too_gives_the_others_time_to_say_what_they_know(
    database: Database, link: Link, hands: Hands, logged
):
    postman = Postman()
    link.cut_when(postman, "on_data")
    await one_mail(database, hands())
    async with smtp_server(postman) as host:
        one, other = (sender(link.database, f"smtp://{host}", hands) for _ in "12")
        await send_one(one)
        hands.instant += LONG_AFTER
        with pytest.raises(DatabaseError):
            await other.lease()

        await link.mend()
        await send_all(other)
        await send_all(one)

    assert await states(database) == [MailState.SENT]
    assert "mail_unsure" not in events(logged)


async def test_a_mail_refused_for_now_is_tried_again_when_the_database_is_back(
    database: Database, link: Link, hands: Hands
):
    postman = Postman(at_data=["451 try again later"])
    link.cut_when(postman, "on_data")
    await one_mail(database, hands())
    async with smtp_server(postman) as host:
        one = sender(link.database, f"smtp://{host}", hands)
        await send_one(one)
        postman.on_data = lambda: None
        hands.instant += LONG_AFTER
        await link.mend()
        await send_all(one)

    assert await states(database) == [MailState.SENT]
    assert len(postman.taken) == 1


async def begin_without_an_answer(link: Link, database: Database, one: Sender) -> None:
    """Have a sender begin, which the database notes; that it did never arrives."""
    async with asyncio.TaskGroup() as group:
        group.create_task(send_one(one))
        await until(lambda: is_sending(database))
        await link.relay.cut()


async def is_sending(database: Database) -> bool:
    return await states(database) == [MailState.SENDING]


@pytest.mark.parametrize(
    ("carried_out", "absence"), [(True, LONG_AFTER), (False, WITHIN_THE_LEASE)]
)
async def test_a_mail_that_may_have_begun_and_went_nowhere_is_sent_when_the_database_is_back(
    database: Database, link: Link, hands: Hands, carried_out, absence
):
    postman = Postman()
    await one_mail(database, hands())
    async with smtp_server(postman) as host:
        one = sender(link.database, f"smtp://{host}", hands)
        if carried_out:
            link.keep_answers_when(postman, "on_rcpt")
            await begin_without_an_answer(link, database, one)
        else:
            link.cut_when(postman, "on_rcpt")
            await send_one(one)
        assert postman.taken == []

        postman.on_rcpt = lambda: None
        hands.instant += absence
        await link.mend()
        await send_all(one)

    assert await states(database) == [MailState.SENT]
    assert len(postman.taken) == 1


async def test_a_sender_stopped_while_it_begins_leaves_the_mail_to_the_next(
    database: Database, link: Link, hands: Hands
):
    postman = Postman()
    await one_mail(database, hands())
    async with smtp_server(postman) as host:
        one = sender(link.database, f"smtp://{host}", hands)
        link.keep_answers_when(postman, "on_rcpt")
        sending = asyncio.create_task(send_one(one))
        await until(lambda: is_sending(database))
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await link.mend()
        await one.close(within=20)

    assert await states(database) == [MailState.WAITING]
    assert postman.taken == []


async def test_a_letter_that_cannot_be_read_is_never_the_mails_fault(
    database: Database, link: Link, hands: Hands
):
    postman = Postman()
    await one_mail(database, hands())
    await database.collection(Mail).update_many({}, {"$set": {"refusals": len(BACK_OFF)}})
    async with smtp_server(postman) as host:
        one = sender(link.database, f"smtp://{host}", hands)
        mail = await one.lease()
        assert mail is not None
        await link.relay.cut()
        await one.send(mail)
        await link.mend()
        await send_all(one)
        assert await states(database) == [MailState.WAITING]
        hands.instant += timedelta(seconds=BACK_OFF[0])
        await send_all(one)

    assert await states(database) == [MailState.SENT]


@pytest.mark.parametrize("is_back", [True, False])
async def test_a_mailer_that_stops_writes_down_what_it_knows_or_tells_it_in_the_log(
    database: Database, link: Link, hands: Hands, is_back, logged
):
    postman = Postman()
    link.cut_when(postman, "on_data")
    mail = await one_mail(database, hands())
    async with smtp_server(postman) as host:
        one = sender(link.database, f"smtp://{host}", hands)
        mailer = Mailer(link.database, letters(), one, hands)
        mailer.start()
        try:
            await until(lambda: "mail_outcome_waits" in events(logged))
            if is_back:
                await link.mend()
        finally:
            await mailer.stop()

    lost = [line["mail"] for line in logged if line["event"] == "mail_outcome_lost"]
    assert lost == ([] if is_back else [str(mail.id)])
    assert await states(database) == [MailState.SENT if is_back else MailState.SENDING]
