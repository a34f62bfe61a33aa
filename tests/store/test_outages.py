"""What a silent, failing or crowded database does to those who wait for it: nothing for long."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic import ObjectId
from pymongo.errors import OperationFailure, PyMongoError, WriteConcernError

from domain.booking import claims, holds
from domain.rules.errors import Code, Refusal, Unconfirmed
from domain.rules.request_limits import LINKS_OF_NETWORK
from domain.rules.slots import SlotState
from domain.store.core import counts, deadlines, lease, transactions
from domain.store.core.attempts import attempt
from domain.store.core.database import Database, connect
from domain.store.core.migrate import migrate
from domain.store.core.outages import is_outage, was_interrupted
from domain.store.core.transactions import all_or_nothing
from domain.store.core.usable import DatabaseUnusable
from domain.store.documents import Booking, Slot
from domain.store.slots import claiming as slots
from tests.domain.support import HOLD, attendee
from tests.factories import make_slot, slot_of
from tests.unruly import Unruly, unruly_database
from tests.waiting import until

NOW = datetime(2031, 1, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ENOUGH_MS = 2_000


@pytest.fixture(scope="module")
def unruly() -> Iterator[Unruly]:
    with unruly_database() as running:
        migrate(running.uri("unruly"))
        yield running


@pytest.fixture
async def patient(unruly: Unruly) -> AsyncIterator[Database]:
    """Who prepares and looks, and waits."""
    async with connected(unruly) as database:
        yield database


@pytest.fixture
async def hurried(unruly: Unruly) -> AsyncIterator[Database]:
    """Who gives up soon, as a serving process does."""
    async with connected(unruly, timeout_ms=ENOUGH_MS) as database:
        yield database


@asynccontextmanager
async def connected(unruly: Unruly, timeout_ms: int = deadlines.WORK_MS) -> AsyncIterator[Database]:
    database = connect(unruly.uri("unruly"), timeout_ms=timeout_ms)
    try:
        await slots.find(database, ObjectId())
        yield database
    finally:
        await database.close()


async def error_of(call) -> PyMongoError:
    with pytest.raises(PyMongoError) as caught:
        await call
    return caught.value


async def keep_one(session: AsyncIOMotorClientSession, database: Database) -> None:
    some = slot_of(ObjectId(), LATER).model_dump_doc()
    await database.collection(Slot).insert_one(some, session=session)


async def test_who_asks_a_silent_database_is_told_in_time(unruly: Unruly, hurried: Database):
    with unruly.silent():
        error = await error_of(slots.find(hurried, ObjectId()))

    assert is_outage(error)


def test_a_database_that_falls_silent_ends_a_migration_with_a_word(
    unruly: Unruly, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(deadlines, "MIGRATION_MS", ENOUGH_MS)
    monkeypatch.setattr(lease, "LEASE_S", ENOUGH_MS / 1000)

    with ExitStack() as silence, pytest.raises(DatabaseUnusable, match="no database answers"):
        migrate(unruly.uri("new"), announce=lambda _: silence.enter_context(unruly.silent()))


async def test_a_silent_database_keeps_nobody_who_leaves(unruly: Unruly):
    database = connect(unruly.uri("unruly"))
    await slots.find(database, ObjectId())
    with unruly.silent():
        async with asyncio.timeout(30):
            await database.close()


@pytest.mark.parametrize(
    "code",
    [50, 91, 189, 10107, 11600, 11602, 13435],
    ids=["time", "shutdown", "step-down", "no primary", "at shutdown", "interrupted", "secondary"],
)
async def test_a_server_that_can_not_answer_is_an_outage(
    unruly: Unruly, hurried: Database, code: int
):
    with unruly.failing("find", errorCode=code):
        assert is_outage(await error_of(slots.find(hurried, ObjectId())))


async def test_a_question_that_makes_no_sense_is_none(unruly: Unruly, hurried: Database):
    with unruly.failing("find", errorCode=2):  # BadValue
        assert not is_outage(await error_of(slots.find(hurried, ObjectId())))


async def test_a_write_that_no_majority_has_is_an_outage_and_may_stand(
    unruly: Unruly, patient: Database, hurried: Database
):
    slot = await make_slot(patient, starts_at=LATER)
    lost = {"code": 64, "errmsg": "waiting for replication timed out"}
    with attempt() as made, unruly.failing("findAndModify", writeConcernError=lost):
        error = await error_of(holds.hold(hurried, slot.id, "ann", now=NOW, hold_for=HOLD))

    assert isinstance(error, WriteConcernError)
    assert (is_outage(error), was_interrupted(error)) == (True, False)
    assert made.may_have_changed
    again = await holds.hold(hurried, slot.id, "ann", now=NOW, hold_for=HOLD)
    assert (again.held_by, again.rev) == ("ann", slot.rev + 1)  # the form sent again finds it


async def test_a_count_that_no_majority_has_is_an_outage(unruly: Unruly, hurried: Database):
    lost = {"code": 64, "errmsg": "waiting for replication timed out"}
    with unruly.failing("update", writeConcernError=lost):
        error = await error_of(counts.take(hurried, LINKS_OF_NETWORK, "somebody", now=NOW))

    assert is_outage(error)


async def test_a_read_that_fails_has_changed_nothing(unruly: Unruly, hurried: Database):
    with attempt() as made, unruly.failing("find", errorCode=10107):
        await error_of(holds.hold(hurried, ObjectId(), "ann", now=NOW, hold_for=HOLD))

    assert not made.may_have_changed


async def test_what_fails_before_the_commit_has_changed_nothing(unruly: Unruly, hurried: Database):
    with (
        attempt() as made,
        unruly.failing("insert", errorCode=2),
        pytest.raises(OperationFailure),
    ):
        await all_or_nothing(hurried, lambda s: keep_one(s, hurried), now=NOW)

    assert not made.may_have_changed


@pytest.mark.parametrize("fault", ["silent", "cut off", "no majority"])
async def test_a_commit_without_an_answer_is_unconfirmed(
    unruly: Unruly, hurried: Database, monkeypatch: pytest.MonkeyPatch, fault: str
):
    monkeypatch.setattr(transactions, "COMMIT_S", 0.5)
    how: dict[str, dict[str, Any]] = {
        "silent": {"blockConnection": True, "blockTimeMS": 5_000},
        "cut off": {"closeConnection": True},
        "no majority": {"writeConcernError": {"code": 64, "errmsg": "timed out"}},
    }
    with (
        attempt() as made,
        unruly.failing("commitTransaction", **how[fault]),
        pytest.raises(Unconfirmed),
    ):
        await all_or_nothing(hurried, lambda s: keep_one(s, hurried), now=NOW)

    assert made.may_have_changed


async def test_a_booking_whose_commit_went_unanswered_is_looked_up(
    patient: Database, hurried: Database, monkeypatch: pytest.MonkeyPatch
):
    commit = transactions._commit

    async def unanswered(session: AsyncIOMotorClientSession) -> None:
        await commit(session)
        raise Unconfirmed

    monkeypatch.setattr(transactions, "_commit", unanswered)
    slot = await make_slot(patient, starts_at=LATER)
    booking = await book(hurried, slot)

    kept = await patient.engine.find(Booking, {"slot_id": slot.id})
    assert [one.reference for one in kept] == [booking.reference]


async def test_a_booking_that_nobody_can_confirm_is_one_when_the_form_is_sent_again(
    unruly: Unruly, patient: Database, hurried: Database
):
    slot = await make_slot(patient, starts_at=LATER)
    with unruly.failing("commitTransaction", closeConnection=True), pytest.raises(Unconfirmed):
        await book(hurried, slot)
    booking = await book(hurried, slot)

    kept = await patient.engine.find(Booking, {"slot_id": slot.id})
    assert [one.reference for one in kept] == [booking.reference]


async def book(database: Database, slot: Slot) -> Booking:
    return await claims.book(
        database,
        slot.id,
        "ann",
        attendee(),
        request_key=f"key for {slot.id}",
        now=NOW,
        hold_for=HOLD,
        overlap=True,  # the tests of this module share a database
    )


async def test_a_server_that_ends_no_transaction_keeps_nobody_waiting(
    unruly: Unruly, hurried: Database
):
    async def give_up(session: AsyncIOMotorClientSession) -> None:
        await keep_one(session, hurried)
        raise KeyError

    with unruly.failing("abortTransaction", blockConnection=True, blockTimeMS=20_000):
        async with asyncio.timeout(10):
            with pytest.raises(KeyError):
                await all_or_nothing(hurried, give_up, now=NOW)


async def test_who_leaves_a_transaction_commits_nothing(hurried: Database, patient: Database):
    begun, go_on = asyncio.Event(), asyncio.Event()
    slot = slot_of(ObjectId(), LATER)

    async def work(session: AsyncIOMotorClientSession) -> None:
        await hurried.collection(Slot).insert_one(slot.model_dump_doc(), session=session)
        begun.set()
        await go_on.wait()

    leaving = asyncio.create_task(all_or_nothing(hurried, work, now=NOW))
    await begun.wait()
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    go_on.set()
    other = slot_of(slot.expert_id, LATER)  # has to wait for the first to end, and then can be
    await until(lambda: can_be_kept(patient, other))

    assert await slots.find(patient, slot.id) is None


async def can_be_kept(database: Database, slot: Slot) -> bool:
    async def work(session: AsyncIOMotorClientSession) -> None:
        await database.collection(Slot).insert_one(slot.model_dump_doc(), session=session)

    return await all_or_nothing(
        database, work, now=NOW, once_by={("expert_id", "starts_at"), ("_id",)}
    )


async def test_a_locked_slot_holds_up_those_who_want_it_and_nobody_else(
    patient: Database, hurried: Database
):
    locked, other = (
        await make_slot(patient, starts_at=LATER),
        await make_slot(patient, starts_at=LATER),
    )
    async with await patient.motor.start_session() as session:
        session.start_transaction()
        await patient.collection(Slot).update_one(
            {"_id": locked.id}, {"$inc": {"rev": 1}}, session=session
        )
        crowd = [
            asyncio.create_task(
                holds.hold(hurried, locked.id, f"visitor {n}", now=NOW, hold_for=HOLD)
            )
            for n in range(60)
        ]
        held = await holds.hold(hurried, other.id, "ann", now=NOW, hold_for=HOLD)
        assert not any(task.done() and task.exception() is None for task in crowd)
        await session.abort_transaction()
    ends = await asyncio.gather(*crowd, return_exceptions=True)

    assert held.state is SlotState.HELD
    winners = [end for end in ends if isinstance(end, Slot)]
    losers = [end for end in ends if isinstance(end, Refusal)]
    assert len(winners) == 1
    assert {refusal.code for refusal in losers} <= {Code.SLOT_TAKEN, Code.BUSY}
    rest = [end for end in ends if not isinstance(end, Slot | Refusal)]
    assert all(isinstance(end, PyMongoError) and is_outage(end) for end in rest)
