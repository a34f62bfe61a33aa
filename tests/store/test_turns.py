"""Who is likely to be in somebody's way runs after them, and nobody waits for ever."""

import pytest
from bson import ObjectId
from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.errors import Code, Refusal
from domain.store import transactions
from domain.store.database import Database
from domain.store.documents import Slot
from domain.store.transactions import all_or_nothing

EXPERT = ObjectId()


async def test_who_waits_too_long_for_a_turn_is_told_so_and_changes_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(transactions, "RETRY_FOR_S", 0.05)
    slots = database.collection(Slot)
    ran = []

    async def work(session: AsyncIOMotorClientSession) -> None:
        ran.append(await slots.count_documents({}, session=session))

    async with database.turns.of(EXPERT):
        with pytest.raises(Refusal) as refused:
            await all_or_nothing(database, work, turn=EXPERT)
        assert (refused.value.code, ran) == (Code.BUSY, [])

    assert await all_or_nothing(database, work, turn=EXPERT)
    assert ran == [0]


async def test_others_have_turns_of_their_own(database: Database):
    async def work(session: AsyncIOMotorClientSession) -> None:
        await database.collection(Slot).count_documents({}, session=session)

    async with database.turns.of(EXPERT):
        assert await all_or_nothing(database, work, turn=ObjectId())
