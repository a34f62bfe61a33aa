"""The server: its version, its replica set, what the login may do, its clock, its speed."""

import time
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

from domain.rules.checks import Check, Checking
from domain.rules.errors import Sentence
from domain.rules.instants import EPOCH
from domain.store.core.database import Database, Document
from domain.store.core.deadlines import CLOCKS_APART
from domain.store.core.migrate import LEASES

OLDEST = 6
_CLOCKS_FAR_APART = timedelta(seconds=30)
_SLOW_S, _TOO_SLOW_S = 0.1, 1.0
_WRITES = 3
_PROBE = "doctor"
_ACTIONS = frozenset({
    *("find", "insert", "update", "remove", "changeStream", "listCollections", "listIndexes"),
    *("createCollection", "createIndex", "collMod", "dropCollection", "dropIndex"),
})  # fmt: skip
"""What serving, migrating and restoring ask of a login: readWrite and dbAdmin have all of it."""

VERSION = Checking(Sentence("Database server"))
MEMBERS = Checking(Sentence("Replica set"))
RIGHTS = Checking(Sentence("Rights of the login"))
CLOCKS = Checking(Sentence("Clocks"))
WRITES = Checking(Sentence("Writes"))


async def look_at_server(database: Database, *, writing: bool) -> AsyncIterator[Check]:
    """Yield a check of each property of the server that counts.

    Args:
        database: On that server.
        writing: Whether to find out how long a write takes.
    """
    admin = database.motor.admin
    built, hello = await admin.command("buildInfo"), await admin.command("hello")
    yield _version(str(built["version"]))
    yield _members(hello)
    status = await database.motor[database.name].command("connectionStatus", showPrivileges=True)
    yield rights_of(status["authInfo"], database.name)
    await database.pulse.beats()
    yield clocks(database.clock.ahead)
    if writing:
        yield written(await _write_s(database))


def _version(version: str) -> Check:
    if int(version.partition(".")[0]) < OLDEST:
        return VERSION.wrong(
            Sentence("MongoDB %(version)s is too old.", {"version": version}),
            Sentence("Install MongoDB %(oldest)s or later.", {"oldest": OLDEST}),
        )
    return VERSION.ok(Sentence("MongoDB %(version)s answers.", {"version": version}))


def _members(hello: Mapping[str, Any]) -> Check:
    if hello.get("msg") == "isdbgrid":
        return MEMBERS.ok(Sentence("A sharded cluster."))
    count = len(hello.get("hosts", ()))
    if count == 1:
        return MEMBERS.ok(Sentence("One member: while it is down, nobody can book."))
    return MEMBERS.ok(Sentence("%(count)s members, and one of them is primary.", {"count": count}))


def rights_of(told: Mapping[str, Any], name: str) -> Check:
    """Say whether a login may do what the program does.

    Args:
        told: What the server tells of the login.
        name: The database.
    """
    if not told["authenticatedUsers"]:
        return RIGHTS.ok(Sentence("The server asks for no login."))
    allowed = {
        action
        for privilege in told["authenticatedUserPrivileges"]
        if _is_about(privilege["resource"], name)
        for action in privilege["actions"]
    }
    if "anyAction" in allowed or allowed >= _ACTIONS:
        return RIGHTS.ok(Sentence("The login may read, write and migrate."))
    missing = ", ".join(sorted(_ACTIONS - allowed))
    return RIGHTS.wrong(
        Sentence("The login may not: %(actions)s.", {"actions": missing}),
        Sentence("Give it readWrite and dbAdmin on %(name)s.", {"name": name}),
    )


def _is_about(resource: Document, name: str) -> bool:
    of_all = resource.get("anyResource") or resource.get("db") == ""
    return bool((of_all or resource.get("db") == name) and not resource.get("collection"))


def clocks(ahead: timedelta) -> Check:
    """Say what it means that the database's clock is ahead of this host's by so much."""
    if abs(ahead) <= CLOCKS_APART:
        return CLOCKS.ok(Sentence("The database's clock and this host's agree."))
    apart = Sentence(
        "The database's clock is %(seconds)s s from this host's.",
        {"seconds": f"{ahead.total_seconds():+.1f}"},
    )
    advice = Sentence("Have both hosts keep their clocks by NTP.")
    is_far = abs(ahead) > _CLOCKS_FAR_APART
    return CLOCKS.wrong(apart, advice) if is_far else CLOCKS.warning(apart, advice)


async def _write_s(database: Database) -> float:
    """Return how long a write took until a majority had it, at best of a few."""
    leases = database.motor[database.name][LEASES]
    took = []
    for _ in range(_WRITES):
        begun = time.monotonic()
        change: Document = {"$set": {"holder": "", "until": EPOCH}, "$inc": {"count": 1}}
        await leases.update_one({"_id": _PROBE}, change, upsert=True)
        took.append(time.monotonic() - begun)
    await leases.delete_one({"_id": _PROBE})
    return min(took)


def written(took_s: float) -> Check:
    """Say what it means that a majority has a write after so many seconds."""
    told = Sentence(
        "A majority of the set has a write after %(ms)s ms.", {"ms": f"{took_s * 1000:.0f}"}
    )
    if took_s < _SLOW_S:
        return WRITES.ok(told)
    advice = Sentence(
        "Look at the disks of the set's members and the network between them: "
        "every claim waits for this."
    )
    return WRITES.wrong(told, advice) if took_s > _TOO_SLOW_S else WRITES.warning(told, advice)
