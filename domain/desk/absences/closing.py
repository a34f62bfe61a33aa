"""The exception that closes an expert's hours for an absence."""

from datetime import datetime

from domain.rules.errors import Code, Refusal
from domain.rules.hours import ExceptionKind
from domain.store.absences import declared
from domain.store.core.database import Database
from domain.store.core.transactions import MOST_READS
from domain.store.documents.absences import Absence
from domain.store.documents.hours import KeptException, WorkingHours
from domain.store.experts import closing
from domain.store.experts import reading as experts


async def set_closed(database: Database, absence: Absence, *, now: datetime) -> bool:
    """Close an absence's days in its expert's hours, or open them again once it is revoked.

    Returns:
        Whether the hours changed. They don't if the absence is revoked in the meantime.

    Raises:
        Refusal: BUSY.
    """
    for _ in range(MOST_READS):
        expert = await experts.find(database, absence.expert_id)
        if expert is None or _closes(expert.hours, absence) is absence.is_live:
            return False
        changed = expert.model_copy(update={"hours": _other(expert.hours, absence)})
        if await closing.save_with_absence(database, expert, changed, absence, now=now):
            return True
        current = await declared.find(database, absence.id)
        if current is None or current.is_live is not absence.is_live:
            return False
    raise Refusal(Code.BUSY)


def _closes(hours: WorkingHours, absence: Absence) -> bool:
    return any(one.key == absence.exception_key for one in hours.exceptions)


def _other(hours: WorkingHours, absence: Absence) -> WorkingHours:
    """Return the hours with an absence's exception added or, if it is there, removed."""
    exceptions = [one for one in hours.exceptions if one.key != absence.exception_key]
    if len(exceptions) == len(hours.exceptions):
        exceptions.append(
            KeptException(
                key=absence.exception_key,
                first_on=absence.first_on,
                last_on=absence.last_on,
                kind=ExceptionKind.CLOSED,
            )
        )
    return hours.model_copy(update={"exceptions": exceptions})
