"""Who is likely to be in somebody's way runs after them, and nobody waits for ever."""

import asyncio
from datetime import UTC, datetime

import pytest
from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic import ObjectId

from domain.rules.errors import Code, Refusal
from domain.store.core import transactions, turns
from domain.store.core.database import Database
from domain.store.core.transactions import all_or_nothing
from domain.store.documents import Slot
from tests.factories import slot_of

EXPERT = ObjectId()
NOW = datetime(2031, 1, 1, 12, tzinfo=UTC)
SOME = slot_of(EXPERT, NOW).model_dump_doc()


async def test_who_waits_too_long_for_a_turn_is_told_so_and_changes_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(turns, "RETRY_S", 0.05)
    slots = database.collection(Slot)
    ran = []

    async def work(session: AsyncIOMotorClientSession) -> None:
        ran.append(await slots.count_documents({}, session=session))

    async with database.turns.of(EXPERT):
        with pytest.raises(Refusal) as refused:
            await all_or_nothing(database, work, now=NOW, turn=EXPERT)
        assert (refused.value.code, ran) == (Code.BUSY, [])

    assert await all_or_nothing(database, work, now=NOW, turn=EXPERT)
    assert ran == [0]


async def test_work_that_hangs_is_given_up_and_changes_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(transactions, "TRANSACTION_S", 0.2)

    async def work(session: AsyncIOMotorClientSession) -> None:
        await database.collection(Slot).insert_one(dict(SOME), session=session)
        await asyncio.sleep(60)

    with pytest.raises(Refusal) as refused:
        await all_or_nothing(database, work, now=NOW)

    assert refused.value.code is Code.BUSY
    assert await database.collection(Slot).count_documents({}) == 0


async def test_others_have_turns_of_their_own(database: Database):
    async def work(session: AsyncIOMotorClientSession) -> None:
        await database.collection(Slot).count_documents({}, session=session)

    async with database.turns.of(EXPERT):
        assert await all_or_nothing(database, work, now=NOW, turn=ObjectId())
