"""Removal: an expert goes for good. Sessions to come are moved or cancelled, personal data goes.

The first write removes; any process does the rest, at any time, and whatever a killed one left.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from domain.acts import on_expert
from domain.desk.absences import following
from domain.desk.absences.declaring import KEPT_AFTER
from domain.rules import absences as rules
from domain.rules.errors import Refusal
from domain.rules.instants import NEVER
from domain.rules.log import Action, Actor, FieldChange, NewEntry
from domain.store import erasures
from domain.store import removal as store
from domain.store.absences import declared
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.documents.absences import Absence, AbsenceState
from domain.store.documents.erasures import ErasedFrom
from domain.store.documents.profiles import NEVER_LISTED, ExpertStatus
from domain.store.experts import reading as experts
from domain.store.experts.diaries import today_of

_AT_ONCE = 20


async def remove(
    database: Database, expert: Expert, *, message: str, by: Actor, now: datetime
) -> None:
    """Remove an expert. Their page is gone from then on, and nobody can sign in to their desk.

    Attendees of sessions to come are asked what to do, as in an absence; they may move to a
    stand-in. Of an expert who was never listed nothing stays at all. Removing twice is removing
    once.

    Args:
        database: Where experts are kept.
        expert: Who is to go.
        message: What to tell the attendees, or nothing.
        by: Who removes them.
        now: The present instant.

    Raises:
        Refusal: BUSY: if the expert is removed already, the rest happens in the background.
    """
    act = _act(expert, by, now)
    if expert.status in NEVER_LISTED:
        await erasures.remember(database, ErasedFrom.EXPERT, [expert.id], now=now)
    if expert.status in NEVER_LISTED and await store.forget(database, expert, act):
        return
    await store.remove(database, expert, _absence(expert, message, now), act)
    removed = await experts.find(database, expert.id)
    if removed is not None and removed.is_gone:
        await carry_on(database, removed, now=now)


async def carry_on_all(database: Database, *, now: datetime) -> None:
    """Finish what is left of removals; one that is too busy waits for the next round."""
    for expert in await store.leaving(database, limit=_AT_ONCE):
        with suppress(Refusal):
            await carry_on(database, expert, now=now)


async def carry_on(database: Database, expert: Expert, *, now: datetime) -> None:
    """Do what is left of a removal. Any process may, at any time.

    It stays unfinished until the last session has been moved or cancelled, or is over.

    Raises:
        Refusal: BUSY.
    """
    await erasures.remember(database, ErasedFrom.EXPERT, [expert.id], now=now)
    await store.erase(database, expert, now=now)
    for absence in await declared.live(database, expert.id):
        await following.carry_on(database, absence, now=now)
    absences = await declared.live(database, expert.id)
    is_declared = all(one.state is not AbsenceState.DECLARING for one in absences)
    if is_declared and not await bookings.confirmed_within(database, expert.id, now, NEVER):
        await store.settle(database, expert.id)


def _absence(expert: Expert, message: str, now: datetime) -> Absence:
    """Return an absence of all days on which an expert can have sessions."""
    first_on = today_of(expert, now)
    last_on = first_on + rules.LONGEST - timedelta(days=1)
    _, end = rules.span_of(first_on, last_on, expert.zone)
    return Absence(
        id=Key(),
        expert_id=expert.id,
        first_on=first_on.isoformat(),
        last_on=last_on.isoformat(),
        message=message,
        created_at=now,
        kept_until=end + KEPT_AFTER,
    )


def _act(expert: Expert, by: Actor, now: datetime) -> NewEntry:
    removed = FieldChange("status", expert.status.value, ExpertStatus.REMOVED.value)
    return on_expert(by, Action.EXPERT_REMOVED, expert.id, now, [removed])
