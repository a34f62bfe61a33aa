"""The log in the database: one chain, whatever happens at once, is changed or expires."""

import ast
import asyncio
import inspect
from datetime import datetime, timedelta

import pytest
from pymongo.collection import Collection

from domain import acts
from domain.rules.log import OPERATOR, Action, FieldChange
from domain.store.audit import audit
from domain.store.core.database import Database, Key, connect
from domain.store.core.transactions import all_or_nothing
from domain.store.documents.log import LogEntry, LogStart
from domain.store.log import acting, expiry, reading, writing
from domain.store.log.chain import first_broken
from domain.store.log.reading import LogFilter, LogPlace

MINUTE = timedelta(minutes=1)


async def log(database: Database, count: int, now: datetime, *, key: Key | None = None) -> None:
    """Log some acts, a minute after each other."""
    for n in range(count):
        changes = [FieldChange("rules", [], [{"weekday": n, "opens": "09:00"}])]
        at = now + n * MINUTE
        act = acts.on_expert(OPERATOR, Action.HOURS_CHANGED, key or Key(), at, changes)
        await acting.log_alone(database, act)


async def numbers(database: Database) -> list[int]:
    """The numbers of all entries, in order."""
    return [one.seq for one in await database.engine.find(LogEntry, sort=LogEntry.seq)]


async def at_once(uri: str, now: datetime, *, count: int) -> None:
    """Log acts at once, as two processes do."""
    databases = [connect(uri), connect(uri)]
    calls = [log(databases[n % 2], 1, now) for n in range(count)]
    await asyncio.gather(*calls)
    for database in databases:
        await database.close()


async def test_acts_at_once_make_one_chain(database: Database, database_uri: str, now: datetime):
    await at_once(database_uri, now, count=30)

    assert await numbers(database) == [*range(1, 31)]
    assert await first_broken(database) is None


async def test_without_the_index_the_chain_would_fork(
    database: Database, database_uri: str, now: datetime
):
    """The control of the test before: what keeps it whole is the index."""
    await database.collection(LogEntry).drop_index("seq")

    await at_once(database_uri, now, count=30)

    assert await numbers(database) != [*range(1, 31)]
    assert await first_broken(database) is not None


async def test_an_act_that_fails_is_not_logged(database: Database, now: datetime):
    act = acts.on_expert(OPERATOR, Action.EXPERT_PAUSED, Key(), now)

    async def work(session) -> None:
        await writing.note(database, session, act)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await all_or_nothing(database, work, now=now)

    assert await numbers(database) == []


async def changed(database: Database) -> None:
    """Somebody changes what an entry says."""
    await database.collection(LogEntry).update_one({"seq": 2}, {"$set": {"changes.0.before": [1]}})


async def removed(database: Database) -> None:
    """Somebody removes an entry."""
    await database.collection(LogEntry).delete_one({"seq": 2})


async def rewritten(database: Database) -> None:
    """Somebody changes an entry, and makes its hash fit."""
    await changed(database)
    (entry,) = await database.engine.find(LogEntry, {"seq": 2})
    await database.collection(LogEntry).update_one({"seq": 2}, {"$set": {"hash": entry.digest()}})


@pytest.mark.parametrize(
    ("tamper", "says"),
    [
        (changed, "breaks at entry 2: it was changed"),
        (removed, "breaks at entry 3: the entry before it is missing"),
        (rewritten, "breaks at entry 3: it does not follow from the one before it"),
    ],
)
async def test_the_audit_names_the_first_entry_at_which_the_chain_breaks(
    database: Database, now: datetime, tamper, says: str
):
    await log(database, 4, now)
    assert await audit(database) == []

    await tamper(database)

    (finding,) = await audit(database)
    assert says in str(finding)


async def test_of_what_has_expired_the_last_hash_is_kept(database: Database, now: datetime):
    await log(database, 5, now)
    (third,) = await database.engine.find(LogEntry, {"seq": 3})

    gone = await expiry.forget(database, now + 3 * MINUTE)

    start = await database.engine.find_one(LogStart)
    assert start is not None
    assert (gone, start.seq, start.hash) == (3, 3, third.hash)
    assert await numbers(database) == [4, 5]
    assert await audit(database) == []
    await log(database, 1, now + 5 * MINUTE)
    assert await numbers(database) == [4, 5, 6]
    assert await audit(database) == []


async def test_the_last_entry_stays_so_that_the_next_one_follows(database, now):
    await log(database, 3, now)

    assert await expiry.forget(database, now + timedelta(days=9)) == 2
    assert await expiry.forget(database, now + timedelta(days=9)) == 0

    await log(database, 1, now)
    assert await numbers(database) == [3, 4]
    assert await audit(database) == []


async def test_an_expiry_that_is_killed_before_it_deletes_leaves_the_chain_whole(
    database: Database, now: datetime
):
    await log(database, 4, now)
    (second,) = await database.engine.find(LogEntry, {"seq": 2})
    start = LogStart(id=Key(), seq=2, hash=second.hash)
    await database.engine.save(start)
    assert await audit(database) == []

    await asyncio.gather(*(expiry.forget(database, now + 3 * MINUTE) for _ in range(3)))

    assert await numbers(database) == [4]
    assert await audit(database) == []


async def test_an_entry_with_an_earlier_instant_behind_a_later_one_waits_for_it(database, now):
    """Hosts' clocks differ: an expiry never makes a gap."""
    await log(database, 1, now + 9 * MINUTE)
    await log(database, 2, now)

    assert await expiry.forget(database, now + 5 * MINUTE) == 0


async def test_pages_follow_each_other_without_a_gap_or_a_repetition(database, now):
    """Several entries of the same instant among them."""
    for _ in range(3):
        await log(database, 3, now)
    seen: list[tuple[datetime, int]] = []
    after = None
    while found := await reading.page(database, LogFilter(), after=after, limit=2):
        seen += [(one.at, one.seq) for one in found]
        after = LogPlace(*seen[-1])

    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 9


async def test_entries_are_found_by_who_what_action_and_when(database: Database, now: datetime):
    key = Key()
    await log(database, 3, now)
    await log(database, 2, now + 10 * MINUTE, key=key)

    async def found(**wanted) -> list[int]:
        entries = await reading.page(database, LogFilter(**wanted), limit=9)
        return [one.seq for one in entries]

    assert await found() == [5, 4, 3, 2, 1]
    assert await found(subjects=[str(key)]) == [5, 4]
    assert await found(subjects=[]) == []
    assert await found(actors=[""], action="hours_changed") == [5, 4, 3, 2, 1]
    assert await found(action="expert_paused") == []
    assert await found(start=now + MINUTE, end=now + 10 * MINUTE) == [3, 2]
    everything = [one.seq async for one in reading.everything(database, LogFilter())]
    assert everything == [5, 4, 3, 2, 1]


@pytest.mark.parametrize("module", [writing, reading])
def test_what_writes_and_reads_the_log_inserts_and_finds_and_nothing_else(module):
    of_collections = {name for name in dir(Collection) if not name.startswith("_")}
    called = {
        node.func.attr
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }

    assert called & of_collections <= {"insert_one", "find", "find_one"}
