"""Who is likely to be in somebody's way runs after them, and nobody waits for ever."""

import asyncio
from datetime import UTC, datetime

import pytest
from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic import ObjectId

from domain.errors import Code, Refusal
from domain.store import transactions
from domain.store.database import Database, Unreachable
from domain.store.documents import Slot
from domain.store.transactions import all_or_nothing
from tests.factories import slot_of

EXPERT = ObjectId()
SOME = slot_of(EXPERT, datetime(2031, 1, 1, 12, tzinfo=UTC)).model_dump_doc()


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


async def test_work_that_hangs_is_given_up_and_changes_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(transactions, "TIME_LIMIT_S", 0.2)

    async def work(session: AsyncIOMotorClientSession) -> None:
        await database.collection(Slot).insert_one(dict(SOME), session=session)
        await asyncio.sleep(60)

    with pytest.raises(Refusal) as refused:
        await all_or_nothing(database, work)

    assert refused.value.code is Code.BUSY
    assert await database.collection(Slot).count_documents({}) == 0


async def test_a_commit_without_an_answer_is_not_told_as_if_nothing_had_changed(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(transactions, "TIME_LIMIT_S", 0.2)
    commit = transactions._commit

    async def unanswered(session: AsyncIOMotorClientSession) -> None:
        await commit(session)
        await asyncio.sleep(60)

    monkeypatch.setattr(transactions, "_commit", unanswered)

    async def work(session: AsyncIOMotorClientSession) -> None:
        await database.collection(Slot).insert_one(dict(SOME), session=session)

    with pytest.raises(Unreachable):
        await all_or_nothing(database, work)

    assert await database.collection(Slot).count_documents({}) == 1


async def test_others_have_turns_of_their_own(database: Database):
    async def work(session: AsyncIOMotorClientSession) -> None:
        await database.collection(Slot).count_documents({}, session=session)

    async with database.turns.of(EXPERT):
        assert await all_or_nothing(database, work, turn=ObjectId())
