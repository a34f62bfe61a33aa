"""The census: what the database knows, as the metrics tell it."""

from datetime import datetime, timedelta
from typing import Any

from prometheus_client import REGISTRY

from domain.rules.instants import EPOCH
from domain.rules.notices import Kind
from domain.rules.slots import SlotState
from domain.store.core.database import Database
from domain.store.documents.mails import Mail, MailState
from tests.factories import make_expert, make_slot
from web.jobs.census import Census

MINUTE = timedelta(minutes=1)


def told(name: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(f"expertconnect_{name}", labels)


async def add_mail(database: Database, kind: Kind, due_at: datetime, **fields: Any) -> None:
    times: dict[str, Any] = dict.fromkeys(("created_at", "due_at", "kept_until"), due_at)
    await database.engine.save(Mail(key=f"{kind} {due_at}", kind=kind, **times, **fields))


async def test_holds_are_counted_while_they_last(database: Database, now: datetime):
    for number, until in enumerate((now - MINUTE, now + MINUTE, now + 2 * MINUTE), start=1):
        held: dict[str, Any] = {"state": SlotState.HELD, "held_by": "ann", "held_until": until}
        await make_slot(database, starts_at=now + number * timedelta(hours=1), **held)

    await Census(database, lambda: now).count(now)

    assert told("holds") == 2


async def test_mail_is_as_old_as_the_first_of_its_lane_that_waits(
    database: Database, now: datetime
):
    await add_mail(database, Kind.SIGN_IN, now - 3 * MINUTE)
    await add_mail(database, Kind.PROOF, now - 4 * MINUTE)
    await add_mail(database, Kind.CONFIRMATION, now - 9 * MINUTE, state=MailState.SENT)
    await add_mail(database, Kind.REMINDER_DAY, now + MINUTE)

    await Census(database, lambda: now).count(now)

    lanes = ("offers", "links", "changes", "reminders")
    assert told("mails_due") == 2
    assert [told("mail_age_seconds", lane=lane) for lane in lanes] == [0, 240, 0, 0]


async def test_publishing_is_as_late_as_the_expert_who_waits_longest(
    database: Database, now: datetime
):
    for due_at in (EPOCH, now - 20 * MINUTE, now - 5 * MINUTE, now + MINUTE):
        await make_expert(database, has_hours=True, plan_due_at=due_at)
    await make_expert(database, has_hours=False, plan_due_at=now - 60 * MINUTE)

    await Census(database, lambda: now).count(now)

    assert told("publishing_lag_seconds") == 1200
