"""What is said of a database: each trouble made on a real one."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from domain.rules.checks import Check, CheckState
from domain.store.checks import server
from domain.store.checks.server import look_at_server, rights_of
from domain.store.checks.shape import look_at_shape
from domain.store.core.database import Database, connect
from domain.store.documents import Booking
from tests import fake_clock
from tests.servers import mongod
from web.server.keys import kept_database_key
from web.server.mongod import running_mongod

OK, WARNING, WRONG = CheckState


async def named(checks: AsyncIterator[Check]) -> dict[str, Check]:
    return {str(check.name): check async for check in checks}


async def test_a_database_as_it_should_be_is_fine(database: Database):
    found = await named(look_at_server(database, writing=True))
    found |= await named(look_at_shape(database))

    of_time = {name: found.pop(name) for name in ("Clocks", "Writes")}
    assert {name: check.state for name, check in found.items()} == dict.fromkeys(
        (
            *("Database server", "Replica set", "Rights of the login"),
            *("Migrations", "Indexes", "Validators"),
        ),
        OK,
    )
    assert "clock" in str(of_time["Clocks"].finding)
    assert "A majority of the set has a write after" in str(of_time["Writes"].finding)


async def test_a_database_without_migrations_is_told_what_to_run(empty_uri: str):
    database = connect(empty_uri)
    found = await named(look_at_shape(database))
    await database.close()

    assert [*found] == ["Migrations"]
    assert (found["Migrations"].state, str(found["Migrations"].advice)) == (
        WRONG,
        "Run: just migrate",
    )


async def test_an_index_that_is_gone_is_told_with_what_makes_it_again(database: Database):
    bookings = database.collection(Booking)
    await bookings.drop_index("one_confirmed_booking_of_a_time")

    check = (await named(look_at_shape(database)))["Indexes"]

    assert check.state is WRONG
    assert str(check.advice).endswith(
        'db.bookings.createIndex({"expert_id": 1, "starts_at": 1}, '
        '{"name": "one_confirmed_booking_of_a_time", "unique": true, '
        '"partialFilterExpression": {"status": "confirmed"}})'
    )


async def test_a_collection_that_takes_anything_is_named(database: Database):
    command = database.motor[database.name].command
    await command("collMod", "bookings", validator={})

    check = (await named(look_at_shape(database)))["Validators"]

    assert (check.state, str(check.finding)) == (WRONG, "bookings takes anything.")


@pytest.mark.parametrize(("seconds", "state"), [(-5, WARNING), (90, WRONG)])
async def test_a_clock_that_is_off_is_told(database_uri: str, seconds: int, state: CheckState):
    database = connect(
        database_uri,
        clock=lambda: datetime.now(UTC) - timedelta(seconds=fake_clock.AHEAD_S + seconds),
    )
    check = (await named(look_at_server(database, writing=False)))["Clocks"]
    await database.close()

    assert check.state is state
    assert "The database's clock is" in str(check.finding)


@pytest.mark.parametrize(("took_s", "state"), [(0.01, OK), (0.3, WARNING), (3, WRONG)])
def test_writes_that_take_long_are_told(took_s: float, state: CheckState):
    assert server.written(took_s).state is state


@pytest.mark.usefixtures("needs_mongod")
def test_a_login_that_may_only_read_is_told_what_it_lacks(tmp_path: Path):
    key = kept_database_key(tmp_path)
    with (
        running_mongod(tmp_path, mongod(), key=key) as running,
        MongoClient[dict[str, Any]](running.uri) as root,
    ):
        found = [rights(root, role) for role in (["read"], ["readWrite", "dbAdmin"])]

    assert [check.state for check in found] == [WRONG, OK]
    assert "insert" in str(found[0].finding)
    assert str(found[0].advice) == "Give it readWrite and dbAdmin on shop."


def rights(root: MongoClient[dict[str, Any]], roles: list[str]) -> Check:
    """Make a login with these roles; return what is said of it."""
    granted = [{"role": role, "db": "shop"} for role in roles]
    name = "-".join(roles)
    root["shop"].command("createUser", name, pwd="word", roles=granted)
    host, port = root.address or ("", 0)
    with MongoClient[dict[str, Any]](
        f"mongodb://{name}:word@{host}:{port}/shop?directConnection=true"
    ) as client:
        told = client["shop"].command("connectionStatus", showPrivileges=True)
    return rights_of(told["authInfo"], "shop")
