"""A server killed while it sends: its mail goes out once, or is told as unsure."""

import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path

import pytest

from domain.store.core.database import Database
from domain.store.documents.mails import MailState
from tests.mail.support import Postman, a_booking, mails, send_all, sender, smtp_server, states
from tests.processes import children_of
from tests.servers import Server, start_server
from tests.waiting import PATIENCE_S
from web.http import clock

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="finds the process in /proc"
)

LONG_AFTER = timedelta(minutes=10)


class Killer:
    """Kills the only process that sends, once, and the launcher so that none takes its place."""

    def __init__(self) -> None:
        self.server: Server | None = None
        self.done = asyncio.Event()
        self._loop = asyncio.get_running_loop()

    def __call__(self) -> None:
        if self.server is None:
            return
        workers = children_of(self.server.process.pid)
        for pid in (self.server.process.pid, *workers):
            os.kill(pid, signal.SIGKILL)
        self.server = None
        self._loop.call_soon_threadsafe(self.done.set)


async def kill_while_sending(database: Database, uri: str, postman: Postman, moment: str) -> None:
    """Have a real server send the mails of a booking, and kill it at a moment of the first."""
    killer = Killer()
    setattr(postman, moment, killer)
    async with smtp_server(postman) as host:
        with start_server(uri, SMTP_URL=f"smtp://{host}") as server:
            killer.server = server
            await a_booking(database, clock.now())  # not before: it sends as soon as it runs
            await asyncio.wait_for(killer.done.wait(), PATIENCE_S)
            server.process.wait(PATIENCE_S)


async def test_a_sender_killed_after_the_server_took_the_mail_never_sends_it_twice(
    database: Database, database_uri: str
):
    postman = Postman()
    await kill_while_sending(database, database_uri, postman, "on_taken")

    async with smtp_server(postman) as host:
        await send_all(sender(database, f"smtp://{host}"))
        assert MailState.SENDING in await states(database)
        await send_all(sender(database, f"smtp://{host}", lambda: clock.now() + LONG_AFTER))

    # The other mail of the booking may have been under way beside it.
    assert MailState.UNSURE in await states(database)
    assert set(await states(database)) <= {MailState.SENT, MailState.UNSURE}
    assert len(postman.keys) == len(set(postman.keys))


@pytest.mark.soak
async def test_a_sender_killed_before_it_handed_the_mail_over_leaves_it_to_the_next(
    database: Database, database_uri: str
):
    postman = Postman()
    await kill_while_sending(database, database_uri, postman, "on_rcpt")

    async with smtp_server(postman) as host:
        await send_all(sender(database, f"smtp://{host}", lambda: clock.now() + LONG_AFTER))

    assert await states(database) == [MailState.SENT] * 2
    assert sorted(postman.keys) == sorted(set(postman.keys))
    assert len(await mails(database)) == len(postman.taken)
