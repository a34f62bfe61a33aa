"""Publishing: carries out what is planned for an expert's slots, and says who is to be planned."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from motor.motor_asyncio import AsyncIOMotorClientSession
from odmantic import Model, ObjectId
from pymongo import ASCENDING, UpdateOne
from pymongo.errors import BulkWriteError

from domain.rules.instants import EPOCH
from domain.rules.log import NewEntry
from domain.rules.plan import CLAIMED, Plan, Target
from domain.rules.slots import SlotState
from domain.store.core.database import Database, Document, Key
from domain.store.core.transactions import DUPLICATE_KEY, GuardLost, all_or_nothing, expect_one
from domain.store.documents import Expert, Slot
from domain.store.documents.waitlist import WaitlistEntry
from domain.store.experts.planned import PlannedSlot
from domain.store.log import acting
from domain.store.slots import fullness
from domain.store.slots.guards import transition
from domain.store.waitlist import entries as waitlist
from domain.store.waitlist import offers

PLAN_EVERY = timedelta(hours=1)
"""How often each expert is planned anew, so that the horizon goes on with the clock."""

PLAN_WITHIN = timedelta(minutes=1)
"""How long a process may take for one expert before another takes over."""
UNPLANNED = {"planned_at": EPOCH, "plan_due_at": EPOCH}
"""What a change of anything that slots come from writes, too; it also raises `plan_rev`."""
WITHDRAWN_FOR = timedelta(days=1)
UNBOOKED_FOR = timedelta(days=30)
"""How long slots are kept that were withdrawn, or that passed and nobody booked."""

_A_START = ("expert_id", "starts_at")
_CLAIMED = [state.value for state in CLAIMED]


async def carry_out(
    database: Database, expert: Expert, part: Plan[PlannedSlot], *, now: datetime
) -> bool:
    """Carry out a part of a plan in one transaction; times that somebody waits for are offered.

    Args:
        database: Where the slots are.
        expert: Whose plan; its `plan_rev` is as the plan was made with, and is raised by one.
        part: What to do.
        now: The present instant.

    Returns:
        False when nothing was changed: something that the plan goes by has changed meanwhile.

    Raises:
        Refusal: BUSY.
    """
    limits = fullness.limits_of(expert)
    added = [*_slots_of(expert.id, part.add, now)]
    writes = [*_writes(part, now)]
    entries = await waitlist.waiting(database, {expert.id})
    published = [(slot["starts_at"], slot["_id"]) for slot in added]
    published += [(target.starts_at, slot.id) for slot, target in part.reopen]
    offered = [key for starts_at, key in sorted(published) if _is_waited_for(starts_at, entries)]

    async def work(session: AsyncIOMotorClientSession) -> None:
        experts, slots = database.collection(Expert), database.collection(Slot)
        as_read = {"_id": expert.id, "plan_rev": expert.plan_rev, **database.clock.in_time(now)}
        expect_one(await experts.update_one(as_read, {"$inc": {"plan_rev": 1}}, session=session))
        if writes:
            done = await slots.bulk_write(writes, session=session)
            if done.modified_count != len(writes):
                raise GuardLost
        if added:
            await slots.insert_many(added, session=session)
        starts = {starts_at for starts_at, _ in published}
        await fullness.recount(database, expert.id, starts, limits=limits, now=now, session=session)
        for key in offered:
            with suppress(GuardLost):  # its day is full
                still = {"_id": key, "full": False}
                await offers.free(database, still, now=now, session=session)

    return await all_or_nothing(database, work, now=now, turn=expert.id, once_by={_A_START})


def _is_waited_for(starts_at: datetime, entries: Iterable[WaitlistEntry]) -> bool:
    return any(entry.starts_at <= starts_at < entry.ends_at for entry in entries)


def _slots_of(expert_id: Key, targets: Sequence[Target], now: datetime) -> Iterator[Document]:
    """Yield slots as documents; a model for each would take longer than writing them."""
    if not targets:
        return
    pattern = Slot(
        expert_id=ObjectId(expert_id), published_at=now, changed_at=now, **targets[0]._asdict()
    ).model_dump_doc()
    for target in targets:
        yield {**pattern, "_id": ObjectId(), **target._asdict()}


def _writes(part: Plan[PlannedSlot], now: datetime) -> Iterator[UpdateOne]:
    """Yield the updates of slots that are there, each guarded by what the plan saw."""
    for slot in part.withdraw:
        yield UpdateOne(_as_read(slot), transition(now, state=SlotState.WITHDRAWN.value))
    anew = {"state": SlotState.OPEN.value, "retiring": False, "full": False, "unproven_offers": 0}
    for slot, target in part.reopen:
        yield UpdateOne(_as_read(slot), _published(target, now, **anew))
    for slot, target in part.change:
        yield UpdateOne(_as_read(slot), _published(target, now))
    # Who has a slot is not disturbed: the page of a hold goes by its `rev`.
    for slot in part.retire:
        yield UpdateOne(_as_claimed(slot), {"$set": {"retiring": True}})
    for slot, target in part.restore:
        yield UpdateOne(_as_claimed(slot), {"$set": {"retiring": False, **target._asdict()}})
    for slot in part.settle:
        yield UpdateOne(_as_read(slot), {"$set": {"retiring": False}})


def _as_read(slot: PlannedSlot) -> Document:
    return {"_id": slot.id, "rev": slot.rev, "state": slot.state.value, "retiring": slot.retiring}


def _as_claimed(slot: PlannedSlot) -> Document:
    return {"_id": slot.id, "state": {"$in": _CLAIMED}, "retiring": slot.retiring}


def _published(target: Target, now: datetime, **fields: object) -> Document:
    return transition(now, published_at=now, **target._asdict(), **fields)


_PRICE = ("price_minor", "price_rank", "has_price")
SLOTS_COME_FROM = ("hours", "has_hours", "session_minutes", "terms", *_PRICE)


async def save_hours(
    database: Database, expert: Expert, changed: Expert, act: NewEntry | None = None
) -> bool:
    """Save what an expert's slots come from, unless that has changed since the expert was read.

    Until a plan was carried out the expert counts as due, so that a process that is killed in
    between leaves nothing half done.

    Args:
        database: Where the expert is.
        expert: The expert as read.
        changed: The same one with other hours, session length, price or terms; of all else nothing
            is saved.
        act: What the log says of it; None if nobody acts, or nothing is other than before.

    Raises:
        Refusal: BUSY.
    """
    return await acting.update(database, Expert, unchanged(expert), saved(changed), act)


def unchanged(expert: Expert) -> Document:
    """Match an expert of whom nothing that slots come from has changed since they were read."""
    return {"_id": expert.id, "plan_rev": expert.plan_rev}


def saved(changed: Expert) -> Document:
    """Return the update of an expert of whom only this is new, and who is to be planned by it."""
    document = changed.model_dump_doc()
    fields = {name: document[name] for name in SLOTS_COME_FROM}
    return {"$set": {**fields, **UNPLANNED}, "$inc": {"plan_rev": 1}}


async def claim_due(database: Database, now: datetime) -> Key | None:
    """Claim an expert who is to be planned at `now`, and return their key.

    Of several processes each gets another one. One that is killed then leaves its expert to the
    others, a minute later.
    """
    due = {"has_hours": True, "plan_due_at": {"$lte": now}}
    found = await database.writing(Expert).find_one_and_update(
        due,
        {"$set": {"plan_due_at": now + PLAN_WITHIN}},
        projection={"_id": True},
        sort=[("plan_due_at", ASCENDING)],
    )
    return found["_id"] if found else None


async def note_planned(database: Database, expert: Expert, now: datetime) -> None:
    """Note that an expert's slots are as the hours want them, unless those have changed since."""
    as_read = {"_id": expert.id, "plan_rev": expert.plan_rev}
    planned = {"planned_at": now, "plan_due_at": now + PLAN_EVERY}
    await database.writing(Expert).update_one(as_read, {"$set": planned})


async def unsettled(database: Database, now: datetime, *, limit: int) -> list[Key]:
    """Return experts to be planned again, because a retiring slot has come free.

    One that has ended is in the way of nothing.
    """
    query = {"state": SlotState.WITHDRAWN.value, "retiring": True, "ends_at": {"$gt": now}}
    cursor = database.collection(Slot).find(query, ["expert_id"], limit=limit)
    return list({document["expert_id"]: None async for document in cursor})


async def forget_passed(database: Database, now: datetime) -> None:
    """Delete slots that nothing will ask for again: withdrawn ones, and those that passed unbooked.

    Everyone who follows the changes has heard of them by then.
    """
    slots = database.writing(Slot)
    either = {"$in": [False, True]}  # the index has it before the date
    withdrawn = {"state": SlotState.WITHDRAWN.value, "retiring": either}
    await slots.delete_many({**withdrawn, "changed_at": {"$lt": now - WITHDRAWN_FOR}})
    unbooked = {"state": SlotState.OPEN.value, "starts_at": {"$lt": now - UNBOOKED_FOR}}
    await slots.delete_many(unbooked)


async def insert_new(database: Database, model: type[Model], documents: Sequence[Document]) -> int:
    """Insert what is not there yet; return how many documents were added."""
    if not documents:
        return 0
    try:
        await database.writing(model).insert_many(documents, ordered=False)
    except BulkWriteError as error:
        details = error.details
        if any(refused["code"] != DUPLICATE_KEY for refused in details["writeErrors"]):
            raise
        return int(details["nInserted"])
    return len(documents)
