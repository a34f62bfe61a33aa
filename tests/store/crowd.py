"""Others, in each collection: so many that it shows when a query looks at them, too."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from odmantic import Model, ObjectId

from domain.rules.notices import Kind
from domain.seeds.factories import BookingFactory, ExpertFactory, SlotFactory
from domain.store.core.database import Database
from domain.store.documents import Booking, BookingRequest, Expert, SignInLink, Slot
from domain.store.documents.absences import Absence, AbsenceState, KeptTime, Replacement
from domain.store.documents.administrators import Administrator
from domain.store.documents.counts import Count
from domain.store.documents.log import LogEntry
from domain.store.documents.mails import Mail
from domain.store.documents.waitlist import WaitlistEntry
from tests.factories import request_of

CROWD = 100
DAY = timedelta(days=1)


async def crowd(database: Database, now: datetime) -> None:
    """Put so many documents of others into each collection."""
    makers: list[Callable[[int, datetime], Model]] = [_expert, _slot, _booking, _link, _mail]
    for make in [*makers, _wait, _request, _count, _absence, _replacement, _administrator, _entry]:
        made = [make(n, now + DAY) for n in range(CROWD)]
        await database.collection(type(made[0])).insert_many([one.model_dump_doc() for one in made])


def _expert(n: int, now: datetime) -> Expert:
    at = now + n * DAY
    return ExpertFactory.build(
        category="Technology",
        languages=["en"],
        next_free_at=now,
        next_free_until=at,
        has_hours=True,
        plan_due_at=at,
    )


def _slot(n: int, now: datetime) -> Slot:
    starts_at = now + n * DAY
    return SlotFactory.build(expert_id=ObjectId(), starts_at=starts_at, changed_at=now)


def _booking(n: int, now: datetime) -> Booking:
    return BookingFactory.build(starts_at=now + n * DAY, visitor_id=f"other-{n}")


def _link(n: int, now: datetime) -> SignInLink:
    times: dict[str, Any] = dict.fromkeys(("created_at", "expires_at"), now)
    return SignInLink(key=f"other-{n}", address=f"{n}@example.org", **times)


def _mail(n: int, now: datetime) -> Mail:
    due: dict[str, Any] = dict.fromkeys(("created_at", "due_at", "kept_until"), now)
    ids: dict[str, Any] = {"booking_id": ObjectId(), "wait_id": ObjectId()}
    return Mail(key=f"other-{n}", kind=Kind.SIGN_IN, to=f"{n}@example.org", **due, **ids)


def _wait(n: int, now: datetime) -> WaitlistEntry:
    who: dict[str, Any] = {"address": f"{n}@example.org", "visitor_id": f"other-{n}"}
    where: dict[str, Any] = {"zone": "UTC", "language": "en", "joined_at": now}
    return WaitlistEntry(
        key=f"other-{n}",
        expert_id=ObjectId(),
        starts_at=now,
        ends_at=now + DAY,
        **who,
        **where,
    )


def _request(n: int, now: datetime) -> BookingRequest:
    slot = SlotFactory.build(starts_at=now, changed_at=now)
    return request_of(slot, f"{n}@example.org", now + n * DAY)


def _absence(n: int, now: datetime) -> Absence:
    on = f"{now + n * DAY:%Y-%m-%d}"
    due: dict[str, Any] = {"created_at": now, "kept_until": now + n * DAY}
    return Absence(
        expert_id=ObjectId(), first_on=on, last_on=on, state=AbsenceState.STANDING, **due
    )


def _replacement(n: int, now: datetime) -> Replacement:
    ids: dict[str, Any] = {"absence_id": ObjectId(), "booking_id": ObjectId()}
    return Replacement(
        expert_id=ObjectId(),
        starts_at=now + n * DAY,
        offers=[KeptTime(slot_id=ObjectId(), until=now + n * DAY)],
        asked_at=now,
        kept_until=now + n * DAY,
        **ids,
    )


def _count(n: int, now: datetime) -> Count:
    return Count(id=ObjectId(), key=f"links:{n}", full_at=now)


def _administrator(n: int, now: datetime) -> Administrator:
    return Administrator(id=ObjectId(), address=f"{n}@example.org", added_at=now)


def _entry(n: int, now: datetime) -> LogEntry:
    keys: dict[str, Any] = {"actor_key": f"actor {n}", "subject_key": f"subject {n}"}
    kinds: dict[str, Any] = {"actor_kind": "expert", "subject_kind": "booking"}
    return LogEntry(
        id=ObjectId(),
        seq=n + 1,
        at=now + n * DAY,
        action=f"action {n}",
        previous="0" * 64,
        hash="0" * 64,
        **keys,
        **kinds,
    )
