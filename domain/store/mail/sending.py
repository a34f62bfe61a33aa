"""How mail leaves the outbox: each is handed over by one sender at a time.

A mail goes from waiting to sending by the one write that allows its sender to begin, and from
there to what the mail server answered. A sender that is killed in between leaves it sending.
"""

import random
from datetime import datetime, timedelta
from itertools import cycle

from domain.rules.instants import EPOCH
from domain.rules.notices import TURNS, by_turns
from domain.store.core.database import Database, Document
from domain.store.documents.mails import LETTER, Mail, MailState

_CANDIDATES = 8
"""How many due mails a sender draws at a time, in any order: several seldom reach for the same."""

_DRAWN_FOR = timedelta(seconds=1)
"""How long it leases what it has drawn before it looks whether anything more urgent is due."""

_OPEN = {"$in": [MailState.WAITING.value, MailState.SENDING.value, MailState.UNSURE.value]}
"""States in which a sender may still learn what became of its mail."""

_NO_LETTER = dict.fromkeys(LETTER, "")


class Draws:
    """Leases mails that are due one after the other, several of them from one look."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._drawn: list[Mail] = []
        self._drawn_at = EPOCH
        self._turns = cycle(TURNS)

    async def lease(self, *, now: datetime, lease_for: timedelta) -> Mail | None:
        """Take one of the mails that are due; nobody else gets it before the lease ends.

        Args:
            now: The present instant.
            lease_for: How long nobody else gets it.

        Returns:
            None when none is due, or others were quicker each time.
        """
        if now >= self._drawn_at + _DRAWN_FOR:
            self._drawn.clear()
        if mail := await self._first(now, lease_for):
            return mail
        self._drawn = await draw(self._database, now=now, first=next(self._turns))
        self._drawn_at = now
        return await self._first(now, lease_for)

    async def _first(self, now: datetime, lease_for: timedelta) -> Mail | None:
        while self._drawn:
            mail = self._drawn.pop(0)
            if leased := await lease(self._database, mail, now=now, lease_for=lease_for):
                return leased
        return None


async def draw(database: Database, *, now: datetime, first: int = 0) -> list[Mail]:
    """Return some of the mails that are due, those to send first in front, else in any order.

    Args:
        database: Where the outbox is.
        now: The present instant.
        first: The lane to serve first; the others follow by their urgency.
    """
    find, of_lane = database.engine.find, by_turns(first)
    due = _due(now)
    found = await find(Mail, due, sort=Mail.due_at, limit=_CANDIDATES)
    if len(found) == _CANDIDATES:  # more may wait, and more urgent ones among them
        for kinds in of_lane:
            query = {**due, "kind": {"$in": [kind.value for kind in kinds]}}
            if found := await find(Mail, query, sort=Mail.due_at, limit=_CANDIDATES):
                break
    shuffled = random.sample(found, len(found))
    return [mail for kinds in of_lane for mail in shuffled if mail.kind in kinds]


async def lease(
    database: Database, mail: Mail, *, now: datetime, lease_for: timedelta
) -> Mail | None:
    """Take a mail that was found due, unless somebody else was quicker; None then."""
    leased = {"attempts": mail.attempts + 1, "due_at": now + lease_for}
    guard = {"_id": mail.id, "attempts": mail.attempts, **_due(now)}
    result = await database.writing(Mail).update_one(guard, {"$set": leased})
    return mail.model_copy(update=leased) if result.modified_count == 1 else None


def _due(now: datetime) -> Document:
    return {"state": MailState.WAITING.value, "due_at": {"$lte": now}}


async def begin(database: Database, mail: Mail, *, now: datetime, lease_for: timedelta) -> bool:
    """Note that a leased mail is handed over from now on.

    One whose answer never came may still be carried out, much later: not once the mail has been
    put off, which ends the lease that the write names.

    Returns:
        False when it may not be: it was overtaken, put off, or leased by somebody else.
    """
    sending = {"state": MailState.SENDING.value, "due_at": now + lease_for}
    lease_of_it = {"attempts": mail.attempts, "due_at": mail.due_at}
    guard = {"_id": mail.id, "state": MailState.WAITING.value, **lease_of_it}
    result = await database.writing(Mail).update_one(guard, {"$set": sending})
    return result.modified_count == 1


async def settle(database: Database, mail: Mail, state: MailState, *, now: datetime) -> None:
    """Record the final state of a leased mail, and erase its text and address."""
    await _note(database, mail, _settled(state, now, **_NO_LETTER))


async def keep(database: Database, mail: Mail, *, now: datetime) -> None:
    """Keep a leased mail with its letter, for there is no server to send it by."""
    letter = mail.model_dump(include={*LETTER})
    await _note(database, mail, _settled(MailState.KEPT, now, due_at=now, **letter))


async def put_off(
    database: Database, mail: Mail, *, until: datetime, was_refused: bool = False
) -> None:
    """Try a leased mail again later: it was certainly not sent.

    Its letter is written back as it was leased: it may have been given up as unsure meanwhile.
    """
    again = {"state": MailState.WAITING.value, "due_at": until, "settled_at": None}
    again |= {"refusals": mail.refusals + was_refused}
    letter = mail.model_dump(include={*LETTER})
    await _note(database, mail, {"$set": {**letter, **again}})


async def note_unsure(database: Database, *, now: datetime) -> int:
    """Give up every mail whose sender never said what became of it; return how many.

    What these said is forgotten, too.
    """
    silent = {"state": MailState.SENDING.value, "due_at": {"$lte": now}}
    given_up = _settled(MailState.UNSURE, now, **_NO_LETTER)
    result = await database.writing(Mail).update_many(silent, given_up)
    return result.modified_count


def _settled(state: MailState, now: datetime, **fields: object) -> Document:
    return {"$set": {"state": state.value, "settled_at": now, **fields}}


async def _note(database: Database, mail: Mail, update: Document) -> None:
    """Write what a sender learned of the mail that it leased, unless somebody leased it since."""
    guard = {"_id": mail.id, "attempts": mail.attempts, "state": _OPEN}
    await database.writing(Mail).update_one(guard, update)
