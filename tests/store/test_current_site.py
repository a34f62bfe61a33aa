"""The site in memory follows every change, and says so when it can't."""

import asyncio
from datetime import datetime

from domain.store.core.database import Database
from domain.store.documents.site import Site, untouched_site
from domain.store.memory.current_site import CurrentSite
from tests.waiting import until


async def change(database: Database, **fields: object) -> None:
    raised = {"$set": fields, "$inc": {"rev": 1}}
    await database.collection(Site).update_one({"only": True}, raised)


async def test_the_site_follows_every_change_until_it_is_gone(database: Database, now: datetime):
    site = CurrentSite(database, clock=lambda: now)
    await database.engine.save(untouched_site())
    following = asyncio.create_task(site.run())
    try:
        await site.known()
        await change(database, name="One")
        await until(lambda: site.now().name == "One")
        await change(database, name="Two")
        await until(lambda: site.now().name == "Two")

        await database.collection(Site).delete_many({})
        await until(lambda: site.now().name == "ExpertConnect")
    finally:
        following.cancel()


async def test_what_is_decided_by_is_read_while_the_memory_may_be_old(database, now):
    site = CurrentSite(database, clock=lambda: now)
    await database.engine.save(untouched_site())
    await site.up(now)
    site.down()

    await change(database, name="Changed")

    assert site.now().name == "ExpertConnect"
    assert (await site.newest()).name == "Changed"


async def test_a_change_that_comes_late_does_not_undo_a_newer_one(database, now):
    site = CurrentSite(database, clock=lambda: now)
    await database.engine.save(untouched_site().model_copy(update={"name": "New", "rev": 7}))
    await site.up(now)

    old = untouched_site().model_copy(update={"name": "Old", "rev": 6})
    await site.changed({"fullDocument": old.model_dump_doc()})

    assert site.now().name == "New"
