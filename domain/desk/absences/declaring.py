"""Declaring an absence, and revoking it.

Each is one write. What follows happens right away; a job finishes what was cut short.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.acts import on_expert
from domain.desk.absences.following import carry_on, to_ask
from domain.rules import absences as rules
from domain.rules.errors import Code, Refusal, Sentence
from domain.rules.log import Action, Actor, FieldChange
from domain.store.absences import declared
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, Expert
from domain.store.documents.absences import Absence
from domain.store.experts.diaries import today_of

KEPT_AFTER = timedelta(days=90)
"""How long an absence can be looked up once it is over."""


@dataclass(frozen=True)
class AbsentDays:
    """What an expert declares: the days, a message to attendees, and how long offers last."""

    first_on: date
    last_on: date
    message: str = ""
    offer_hours: int = rules.DEFAULT_OFFER_HOURS


async def displaced_by(
    database: Database, expert: Expert, asked: AbsentDays, *, now: datetime
) -> list[Booking]:
    """Return the sessions whose attendees an absence would ask, in order. Changes nothing.

    Raises:
        Refusal: What `declare` refuses.
    """
    _refuse_impossible(expert, asked, now)
    start, end = rules.span_of(asked.first_on, asked.last_on, expert.zone)
    return await to_ask(database, expert.id, start, end, now)


async def declare(
    database: Database, expert: Expert, asked: AbsentDays, *, by: Actor, now: datetime
) -> Absence:
    """Close an expert's days, and ask everyone who is booked then.

    Each is offered up to three other times, which nobody else can take. Declaring the same days
    again changes nothing.

    Args:
        database: Where absences are kept.
        expert: Who is absent.
        asked: The days in the expert's zone, and what goes with them.
        by: Who declares it.
        now: The present instant.

    Raises:
        Refusal: HOURS_UNSET, without hours that could be closed; FORM_INVALID, when the days are
            over or too many; BUSY: the rest happens in the background.
    """
    _refuse_impossible(expert, asked, now)
    _, end = rules.span_of(asked.first_on, asked.last_on, expert.zone)
    absence = await declared.declare(
        database,
        Absence(
            id=Key(),
            expert_id=expert.id,
            first_on=asked.first_on.isoformat(),
            last_on=asked.last_on.isoformat(),
            message=asked.message,
            offer_hours=asked.offer_hours,
            created_at=now,
            kept_until=end + KEPT_AFTER,
        ),
        on_expert(by, Action.ABSENCE_DECLARED, expert.id, now, _declared(asked)),
    )
    await carry_on(database, absence, now=now)
    return absence


def _declared(asked: AbsentDays) -> list[FieldChange]:
    return [
        FieldChange("first_on", after=asked.first_on.isoformat()),
        FieldChange("last_on", after=asked.last_on.isoformat()),
        FieldChange("offer_hours", after=asked.offer_hours),
        *([FieldChange.of_personal("message")] if asked.message else []),
    ]


def _refuse_impossible(expert: Expert, asked: AbsentDays, now: datetime) -> None:
    if not expert.has_hours:
        raise Refusal(Code.HOURS_UNSET)
    if asked.last_on < asked.first_on:
        said = Sentence("The last day can't be before the first.")
        raise Refusal(Code.FORM_INVALID, fields={"last": said})
    if asked.last_on < today_of(expert, now):
        said = Sentence("These days are over.")
        raise Refusal(Code.FORM_INVALID, fields={"last": said})
    if asked.last_on - asked.first_on >= rules.LONGEST:
        said = Sentence("An absence can't be longer than a year.")
        raise Refusal(Code.FORM_INVALID, fields={"last": said})


async def revoke(
    database: Database, expert: Expert, absence_id: Key, *, by: Actor, now: datetime
) -> None:
    """Revoke an absence: sessions neither moved nor cancelled take place after all.

    Raises:
        Refusal: ABSENCE_UNKNOWN; BUSY: the rest happens in the background.
    """
    absence = await find(database, expert, absence_id)
    days = [FieldChange(name, getattr(absence, name)) for name in ("first_on", "last_on")]
    act = on_expert(by, Action.ABSENCE_REVOKED, expert.id, now, days)
    await declared.revoke(database, absence, act)
    await carry_on(database, await find(database, expert, absence_id), now=now)


async def find(database: Database, expert: Expert, absence_id: Key) -> Absence:
    """Return one of an expert's absences.

    Raises:
        Refusal: ABSENCE_UNKNOWN, when there is none, or it is another expert's.
    """
    absence = await declared.find(database, absence_id)
    if absence is None or absence.expert_id != expert.id:
        raise Refusal(Code.ABSENCE_UNKNOWN)
    return absence


async def of_expert(database: Database, expert: Expert) -> list[Absence]:
    """Return an expert's absences, the newest first."""
    return await declared.of_expert(database, expert.id)
