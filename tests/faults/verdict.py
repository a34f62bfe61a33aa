"""The verdict on what a fault left: nothing lost, nothing twice, nobody misled, everybody told."""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from domain.rules.notices import REMINDERS
from domain.store.audit import audit
from domain.store.core.database import Database
from domain.store.documents import Booking, BookingStatus, Slot
from domain.store.documents.mails import Mail, MailState
from tests.faults.journal import Asked
from tests.faults.load import Claims, Refused
from tests.live.pages import Page, shows_all, states
from tests.mail.support import Postman
from tests.waiting import PATIENCE_S
from web.http import clock

LEASE_S = 60.0
"""How long a sender keeps a mail to itself that it has not begun to hand over."""
_LATER = ", due later"


@dataclass
class Verdict:
    """What is wrong, by its kind; nothing at all when all is well."""

    lost: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)
    untrue: list[str] = field(default_factory=list)
    """Answers that assured people of nothing having changed, where something had."""
    taken_by_nobody: list[str] = field(default_factory=list)
    no_answers: list[str] = field(default_factory=list)
    """Faults of ours, silence, and refusals without words or without saying when to ask again."""
    behind: list[str] = field(default_factory=list)
    """Listeners that don't show what the database says."""
    mails_twice: list[str] = field(default_factory=list)
    mails_wrong: list[str] = field(default_factory=list)
    """Delivered and not noted so, or called unsure."""
    logged: list[str] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Return how much is wrong, by its kind."""
        return {name: len(found) for name, found in vars(self).items() if found}

    @property
    def wrong(self) -> dict[str, list[str]]:
        """Return what is wrong, and no more of each kind than can be read."""
        return {name: found[:5] for name, found in vars(self).items() if found}


async def check_claims(database: Database, claims: Claims, verdict: Verdict) -> None:
    """Hold what people were told against what the database says."""
    confirmed = {"status": BookingStatus.CONFIRMED.value}
    found = {b.request_key: b async for b in database.engine.find(Booking, confirmed)}
    for told in claims.acknowledged:
        booking = found.get(told.request_key)
        if booking is None or (booking.slot_id, booking.reference) != (
            told.slot.id,
            told.reference,
        ):
            verdict.lost.append(told.reference)
    winners = Counter(told.slot.id for told in claims.acknowledged)
    verdict.twice += [f"slot {slot_id}" for slot_id, count in winners.items() if count > 1]
    verdict.contradictions += [str(finding) for finding in await audit(database)]
    verdict.taken_by_nobody += [str(answer) for answer in claims.lost_to_nobody]
    for refused in claims.refused:
        if refused.answer.says_nothing_changed and await _has_changed(database, refused):
            verdict.untrue.append(str(refused.answer))


async def _has_changed(database: Database, refused: Refused) -> bool:
    if refused.answer.what == "book":
        form = {"request_key": refused.request_key}
        return await database.engine.find_one(Booking, form) is not None
    slot = await database.engine.find_one(Slot, Slot.id == refused.slot.id)
    return slot is None or slot.rev != refused.slot.rev


def check_answers(asked: Sequence[Asked], verdict: Verdict) -> None:
    """Look for requests that got no answer that a person or a program can go by."""
    verdict.no_answers += [str(one) for one in asked if not one.is_an_answer]


async def check_pages(
    database: Database,
    pages: Sequence[tuple[Page, Sequence[Slot]]],
    verdict: Verdict,
    *,
    within: float = PATIENCE_S,
) -> None:
    """Wait for each page to show what the database says of its times."""

    async def check(page: Page, slots: Sequence[Slot]) -> None:
        changed = {k: v for k, v in (await states(database, slots)).items() if v[0] > 1}
        if not await shows_all(page, changed, within=within):
            missing = {k: (v, page.shown.get(k)) for k, v in changed.items()}
            verdict.behind.append(str({k: v for k, v in missing.items() if v[0] != v[1]}))

    await asyncio.gather(*(check(page, slots) for page, slots in pages))


async def check_mails(
    database: Database, claims: Claims, postman: Postman, verdict: Verdict, *, patience_s: float
) -> None:
    """Hold the outbox against what the mail server took.

    Args:
        database: Where the outbox is.
        claims: Of whose bookings the mails tell.
        postman: Took them.
        verdict: Is told.
        patience_s: How long to wait for mails that are under way. One that was leased when the
            database went away is due again only when its lease ends: with less patience than that
            it may wait.
    """
    keys = [told.request_key for told in claims.acknowledged]
    bookings = await database.engine.find(Booking, {"request_key": {"$in": keys}})
    whose = {"booking_id": {"$in": [b.id for b in bookings]}, "kind": {"$nin": [*REMINDERS]}}
    deadline = time.monotonic() + patience_s
    may_wait = patience_s < LEASE_S
    while True:
        mails = await database.engine.find(Mail, whose)
        arrived = Counter(key.strip("<>").partition("@")[0] for key in postman.keys)
        told = [_wrong(mail, arrived[str(mail.id)]) for mail in mails]
        wrong = [one for one in told if one and not (may_wait and one.endswith(_LATER))]
        if not wrong or time.monotonic() > deadline:
            break
        await asyncio.sleep(0.2)
    verdict.mails_wrong += wrong
    verdict.mails_twice += [key for key, count in arrived.items() if count > 1]


def _wrong(mail: Mail, times: int) -> str:
    """Say what is wrong with a mail; nothing where it arrived and is known to have."""
    if (mail.state, times) == (MailState.SENT, 1):
        return ""
    return f"{mail.id}: {mail.state}, arrived {times} times" + _later(mail, times)


def _later(mail: Mail, times: int) -> str:
    waits = mail.state is MailState.WAITING and not times and mail.due_at > clock.now()
    return _LATER if waits else ""
