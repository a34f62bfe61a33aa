"""Why a time is there or not: for experts who miss one on their page."""

from datetime import datetime

from domain.rules.reasons import Reason, Situation, reason
from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.experts.diaries import diary_of, today_of
from domain.store.experts.planned import PlannedSlot, planned_slots


async def why(
    database: Database, expert: Expert, local: datetime, *, now: datetime
) -> Reason[PlannedSlot]:
    """Say what decides about the time that begins at a wall time of an expert's.

    Args:
        database: Where slots are kept.
        expert: As the database has them now.
        local: The wall time in the expert's zone, without a zone.
        now: The present instant.
    """
    slots = await planned_slots(database, expert.id, now)
    diary = diary_of(expert, expert.hours, today_of(expert, now))
    return reason(Situation(diary, expert.terms, slots, now), local)
