"""The directory answers as the database would, follows every change, and knows when it is old."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from subprocess import DEVNULL
from sys import executable

import pytest
from pymongo import AsyncMongoClient

from domain.rules.instants import NEVER
from domain.rules.words import terms
from domain.store.core.background import end
from domain.store.core.database import Database, Document
from domain.store.documents import Expert
from domain.store.experts import reading as experts
from domain.store.experts.reading import Filters, Sort
from domain.store.memory.directory import Directory
from tests.addresses import port_of, through
from tests.factories import make_expert
from tests.live.relay import Relay
from tests.servers import ROOT, SECRET_KEY, environment
from tests.waiting import until
from web.http import clock

EVERYBODY = Filters()

NAMES = ["Ann Abel", "Ann Abelard", "Änne Abel", "Ben Zorn", "Zoë Ann", "ben o'Hara", "李 Li"]
SKILLS = ["Tax law", "Taxes", "C++ (really)", "Sleep", "Contracts", "straße", "Łódź"]
CATEGORIES = ["Legal", "Health", "Finance"]
LANGUAGES = ["de", "en", "fr", "pl"]
PREFIXES = ["a", "an", "abel", "abela", "tax", "law", "really", "strasse", "l", "x", "李", "ben"]


def anybody(chance: random.Random, now: datetime) -> Document:
    """Fields that differ in what is searched and sorted by, with many ties."""
    hours = chance.randrange(4)
    return {
        "name": chance.choice(NAMES),
        "headline": "One of many",
        "skills": chance.sample(SKILLS, 2),
        "category": chance.choice(CATEGORIES),
        "languages": chance.sample(LANGUAGES, chance.randint(1, 3)),
        "rating": chance.choice([4.2, 4.5, 5.0]),
        "price_rank": chance.choice([5_000, 9_900, 20_000]),
        "next_free_at": now + timedelta(hours=hours) if hours else NEVER,
        "listed": chance.random() < 0.9,
        "slug": secrets.token_hex(6),
    }


async def change_anything(database: Database, chance: random.Random, now: datetime) -> None:
    """Add, change, take away or delete somebody, as other processes may at any time."""
    collection = database.collection(Expert)
    keys = sorted([document["_id"] async for document in collection.find({}, {"_id": 1})])
    somebody = {"_id": chance.choice(keys)}
    match chance.randrange(4):
        case 0:
            await make_expert(database, **anybody(chance, now))
        case 1:
            await collection.delete_one(somebody)
        case 2:
            await collection.update_one(somebody, {"$set": {"listed": chance.random() < 0.5}})
        case _:
            fields = anybody(chance, now)
            words = terms(fields["name"], *fields["skills"])
            await collection.update_one(somebody, {"$set": {**fields, "search_terms": words}})


def any_filters(chance: random.Random) -> Filters:
    return Filters(
        words=chance.choices(PREFIXES, k=chance.choice([0, 0, 1, 1, 2])),
        category=chance.choice(["", "", *CATEGORIES, "Nonsense"]),
        language=chance.choice(["", "", *LANGUAGES, "xx"]),
    )


async def agree(directory: Directory, database: Database, chance: random.Random) -> int:
    """Ask both the same thing; return how many experts were found."""
    filters, sort = any_filters(chance), chance.choice(list(Sort))
    skip, limit = chance.choice([0, 0, 3, 12, 500]), chance.choice([1, 12, 100])
    expected = await experts.listing(database, filters, sort, skip=skip, limit=limit)

    assert await directory.listing(filters, sort, skip=skip, limit=limit) == expected
    assert await directory.count(filters) == await experts.count(database, filters)
    return len(expected)


async def hears(directory: Directory, database: Database) -> None:
    """Wait until the directory knows everything up to now."""
    last = await make_expert(database, name="Last Word")
    await until(lambda: is_known(directory, last.slug))
    await database.collection(Expert).delete_one({"_id": last.id})
    await until(lambda: is_not_known(directory, last.slug))


def is_known(directory: Directory, slug: str) -> bool:
    """Say whether memory, and not the database behind it, has this expert."""
    listed = directory._listed
    return listed is not None and listed.by_slug(slug) is not None


def is_not_known(directory: Directory, slug: str) -> bool:
    return directory._listed is not None and not is_known(directory, slug)


@asynccontextmanager
async def running(database: Database) -> AsyncIterator[Directory]:
    directory = Directory(database, clock=clock.now)
    task = asyncio.create_task(directory.run())
    try:
        await until(lambda: directory.is_up)
        yield directory
    finally:
        await end(task)


class Line(Relay):
    """What the watcher of a directory hangs on, and nothing else."""

    def __init__(self, mongodb_uri: str) -> None:
        self.far_end = port_of(mongodb_uri)
        super().__init__(self.far_end)

    def mend(self) -> None:
        self.target = self.far_end


@asynccontextmanager
async def running_on_a_line(
    database: Database, mongodb_uri: str
) -> AsyncIterator[tuple[Directory, Line]]:
    async with Line(mongodb_uri) as line:
        uri = through(mongodb_uri, line.port)
        async with (
            AsyncMongoClient[Document](uri, tz_aware=True) as client,
            running(replace(database, watching=client)) as directory,
        ):
            yield directory, line


@pytest.mark.parametrize("seed", range(3))
async def test_it_answers_as_the_database_does_whatever_is_asked_and_changed(
    database: Database, now, seed
):
    chance = random.Random(seed)
    for _ in range(40):
        await make_expert(database, **anybody(chance, now))

    found = 0
    async with running(database) as directory:
        for _ in range(6):
            for _ in range(15):
                found += await agree(directory, database, chance)
            assert await directory.languages() == await experts.languages(database)
            for _ in range(8):
                await change_anything(database, chance, now)
            await hears(directory, database)
        assert directory.is_up

    assert found > 100


async def test_before_it_has_read_anything_it_asks_the_database(database: Database, now):
    chance = random.Random(7)
    for _ in range(20):
        await make_expert(database, **anybody(chance, now))
    directory = Directory(database, clock=clock.now)

    for _ in range(20):
        await agree(directory, database, chance)
    assert await directory.languages() == await experts.languages(database)
    assert not directory.is_up


async def test_what_other_processes_change_arrives(database: Database, database_uri):
    async with running(database) as directory:
        variables = environment(MONGODB_URI=database_uri, SECRET_KEY=SECRET_KEY)
        command = (executable, "-m", "web", "seed", "--experts", "3")
        seeding = await asyncio.create_subprocess_exec(
            *command, cwd=ROOT, env=variables, stdout=DEVNULL
        )
        assert await seeding.wait() == 0
        await hears(directory, database)

        assert await directory.count(EVERYBODY) == 3
        assert directory.is_up


async def test_who_was_added_this_moment_has_a_page(database: Database):
    async with running(database) as directory:
        expert = await make_expert(database)
        hidden = await make_expert(database, listed=False)

        assert await directory.find_by_slug(expert.slug) == expert
        assert await directory.find(expert.id) == expert
        assert await directory.find(hidden.id) == hidden
        assert await directory.find_by_slug(hidden.slug) == hidden
        assert await directory.find_by_slug("nobody") is None


async def test_a_burst_of_changes_ends_in_the_present_state(database: Database):
    expert = await make_expert(database, rating=1.0)
    async with running(database) as directory:
        for tenths in range(10, 51):
            await database.collection(Expert).update_one(
                {"_id": expert.id}, {"$set": {"rating": tenths / 10}}
            )
        await hears(directory, database)

        (known,) = await directory.listing(EVERYBODY, Sort.RATING, skip=0, limit=9)
        assert known.rating == 5.0


async def test_while_its_watcher_is_cut_off_it_goes_on_from_memory_and_says_that_it_is_old(
    database: Database, mongodb_uri
):
    known = await make_expert(database)
    async with running_on_a_line(database, mongodb_uri) as (directory, line):
        assert not directory.is_old
        await line.cut()
        await until(lambda: directory.is_old)
        added = await make_expert(database)

        assert await directory.listing(EVERYBODY, Sort.NAME, skip=0, limit=9) == [known]
        assert await directory.find_by_slug(added.slug) == added  # a page of theirs is there

        line.mend()
        await until(lambda: is_known(directory, added.slug))
        assert not directory.is_old


async def test_a_watcher_that_hears_nothing_is_not_believed(database: Database, mongodb_uri):
    """The connection is open, but nothing comes: the worst kind of failure."""
    async with running_on_a_line(database, mongodb_uri) as (directory, line):
        line.passing.clear()
        added = await make_expert(database)

        await until(lambda: directory.is_old)
        assert await directory.count(EVERYBODY) == 0
        line.passing.set()
        await until(lambda: is_known(directory, added.slug))
        assert not directory.is_old


async def test_a_token_that_the_server_no_longer_has_ends_in_reading_anew(
    database: Database, mongodb_uri
):
    async with running_on_a_line(database, mongodb_uri) as (directory, line):
        await line.cut()
        await until(lambda: directory.is_old)
        directory._watcher._token = {"_data": "82" + "0" * 60}
        added = await make_expert(database)
        line.mend()
        await until(lambda: is_known(directory, added.slug))

        await hears(directory, database)


async def test_a_dropped_collection_leaves_nobody(database: Database):
    await make_expert(database)
    async with running(database) as directory:
        await database.motor[database.name].drop_collection("experts")
        await until(lambda: nobody_is_listed(directory))
        added = await make_expert(database)
        await until(lambda: is_known(directory, added.slug))


async def nobody_is_listed(directory: Directory) -> bool:
    return await directory.count(EVERYBODY) == 0


async def test_before_the_memory_is_there_all_who_want_everybody_share_one_read(
    database: Database, monkeypatch: pytest.MonkeyPatch
):
    reads, read = [], experts.listed

    async def counted(source: Database) -> list[Expert]:
        reads.append(source)
        return await read(source)

    monkeypatch.setattr(experts, "listed", counted)
    ann = await make_expert(database, name="Ann")
    directory = Directory(database, clock=clock.now)

    async def everybody() -> list[str]:
        found = await directory.listing(EVERYBODY, Sort.NAME, skip=0, limit=None)
        return [expert.name for expert in found]

    together = await asyncio.gather(*(everybody() for _ in range(20)))
    await make_expert(database, name="Ben")

    assert together == [[ann.name]] * 20
    assert len(reads) == 1
    assert await everybody() == ["Ann", "Ben"]
