"""Closing an expert's hours for an absence, and opening them again."""

from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.store.absences import declared
from domain.store.core.database import Database
from domain.store.core.transactions import all_or_nothing, expect_one
from domain.store.documents import Expert
from domain.store.documents.absences import Absence
from domain.store.experts.publishing import saved, unchanged


async def save_with_absence(
    database: Database, expert: Expert, changed: Expert, absence: Absence, *, now: datetime
) -> bool:
    """Save an expert's hours as an absence wants them, as `publishing.save_hours` does.

    Returns:
        False when nothing was changed: the absence was revoked, or the hours have changed, since
        they were read.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        await declared.stay_as(database, absence, session)
        experts = database.collection(Expert)
        done = await experts.update_one(unchanged(expert), saved(changed), session=session)
        expect_one(done)

    return await all_or_nothing(database, work, now=now, turn=expert.id)
