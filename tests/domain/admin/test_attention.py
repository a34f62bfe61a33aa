"""What wants attention, and the audit that runs once a day."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from domain.admin import attention
from domain.rules.notices import Kind
from domain.rules.slots import SlotState
from domain.store import audit_runs
from domain.store.core.database import Database, Key
from domain.store.documents.mails import Mail, MailState
from domain.store.documents.profiles import ExpertStatus
from tests.factories import make_booking, make_expert, make_slot
from tests.store.crowd import _replacement

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


async def mail(database: Database, state: MailState, due_at: datetime) -> None:
    """Put a mail into the outbox that is in a state."""
    times: dict[str, Any] = dict.fromkeys(("created_at", "kept_until"), due_at)
    kept = Mail(id=Key(), key=str(Key()), kind=Kind.OFFER, state=state, due_at=due_at, **times)
    await database.engine.save(kept)


async def test_each_matter_is_counted_and_what_is_in_order_is_not(
    database: Database, now: datetime
):
    for status in (ExpertStatus.PENDING, ExpertStatus.PENDING, ExpertStatus.PAUSED):
        await make_expert(database, status=status, listed=False)
    for hours, taken in ((1, SlotState.BOOKED), (2, SlotState.WITHDRAWN), (-1, SlotState.BOOKED)):
        await make_slot(database, starts_at=now + hours * HOUR, state=taken, retiring=True)
    await database.engine.save(_replacement(1, now))
    for state, due_at in (
        (MailState.FAILED, now - DAY),
        (MailState.FAILED, now - 30 * DAY),
        (MailState.UNSURE, now - DAY),
        (MailState.WAITING, now - HOUR),
        (MailState.WAITING, now + HOUR),
        (MailState.SENT, now - DAY),
    ):
        await mail(database, state, due_at)

    found = await attention.look(database, now=now)

    assert (found.applications, found.conflicts, found.unanswered) == (2, 1, 1)
    assert (found.lost_mails, found.late_mails) == (2, 1)
    assert found.audit is None


async def test_one_process_audits_an_hour_after_the_first_start_and_then_once_a_day(
    database: Database, now: datetime
):
    async def due(at: datetime) -> list[bool]:
        turns = (attention.audit_is_due(database, now=at) for _ in range(3))
        return sorted(await asyncio.gather(*turns))

    assert await due(now) == [False] * 3
    later = now + audit_runs.FIRST_AFTER
    assert await due(later) == [False, False, True]
    await make_booking(database, await make_slot(database, starts_at=later))

    findings = await attention.run_audit(database, now=later)

    assert len(findings) == 1
    kept = (await attention.look(database, now=later)).audit
    assert kept is not None
    assert (kept.findings, kept.count, kept.ran_at) == (findings, 1, later)
    assert await due(later + DAY - HOUR) == [False] * 3
    assert await due(later + DAY) == [False, False, True]


async def test_another_process_takes_over_from_one_that_was_killed(database, now):
    await attention.audit_is_due(database, now=now)
    later = now + audit_runs.FIRST_AFTER

    assert await attention.audit_is_due(database, now=later)
    assert not await attention.audit_is_due(database, now=later + HOUR)
    assert await attention.audit_is_due(database, now=later + audit_runs.WITHIN)
