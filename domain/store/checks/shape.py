"""The shape of the database: its migrations, indexes and validators, beside what is declared."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from odmantic import Model
from pymongo import IndexModel

from domain.rules.checks import Check, Checking
from domain.rules.errors import Sentence
from domain.store.core.database import Database
from domain.store.core.migrate import HISTORY, migrations_here
from domain.store.documents import DOCUMENTS

MIGRATIONS = Checking(Sentence("Migrations"))
INDEXES = Checking(Sentence("Indexes"))
VALIDATORS = Checking(Sentence("Validators"))

Index = Mapping[str, Any]
_OPTIONS = ("unique", "partialFilterExpression", "expireAfterSeconds")


async def look_at_shape(database: Database) -> AsyncIterator[Check]:
    """Yield a check of the migrations; of the rest once all of them are there."""
    checked = await _migrations(database)
    yield checked
    if checked.advice is None:
        yield await _indexes(database)
        yield await _validators(database)


async def _migrations(database: Database) -> Check:
    history = database.motor[database.name][HISTORY]
    applied = {found["name"] async for found in history.find({"applied": {"$ne": None}})}
    known = migrations_here()
    if pending := [name for name in known if name not in applied]:
        return MIGRATIONS.wrong(
            Sentence("Not there yet: %(names)s.", {"names": _listed(pending)}),
            Sentence("Run: just migrate"),
        )
    if newer := sorted(applied - {*known}):
        return MIGRATIONS.wrong(
            Sentence("The database is of a newer version: %(names)s.", {"names": _listed(newer)}),
            Sentence("Update the program, or restore a backup of before."),
        )
    return MIGRATIONS.ok(Sentence("All %(count)s are there.", {"count": len(known)}))


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} … {names[-1]}"


async def _indexes(database: Database) -> Check:
    for model in DOCUMENTS:
        found = told_indexes(await database.collection(model).index_information())
        for name, index in declared_indexes(model).items():
            if found.get(name) != index:
                return _missing(model.__collection__, name, index)
    return INDEXES.ok(Sentence("All are there."))


def _missing(collection: str, name: str, index: Index) -> Check:
    options = {"name": name, **{k: v for k, v in index.items() if k != "key"}}
    command = (
        f"db.{collection}.createIndex({json.dumps(dict(index['key']))}, {json.dumps(options)})"
    )
    return INDEXES.wrong(
        Sentence(
            "%(name)s of %(collection)s is missing, or another one.",
            {"name": name, "collection": collection},
        ),
        Sentence("Somebody has changed it. In mongosh: %(command)s", {"command": command}),
    )


async def _validators(database: Database) -> Check:
    cursor = await database.motor[database.name].list_collections()
    options = {found["name"]: found["options"] async for found in cursor}
    for model in DOCUMENTS:
        schema = options.get(model.__collection__, {}).get("validator", {}).get("$jsonSchema", {})
        fields = {field for field in model.__odm_fields__ if field != "id"}
        if not fields <= {*schema.get("properties", {})}:
            return VALIDATORS.wrong(
                Sentence("%(name)s takes anything.", {"name": model.__collection__}),
                Sentence(
                    "Somebody has changed its validator. Back up, and restore into a new database: "
                    "that makes all of them anew."
                ),
            )
    return VALIDATORS.ok(Sentence("The database refuses documents of another shape."))


def declared_indexes(model: type[Model]) -> dict[str, Index]:
    """Return the indexes that a model declares, by name."""
    return dict(_declared(model))


def _declared(model: type[Model]) -> Iterator[tuple[str, Index]]:
    for declared in model.__indexes__():
        if isinstance(declared, IndexModel):
            document = dict(declared.document)
            yield document.pop("name"), {**document, "key": list(document["key"].items())}


def told_indexes(information: Mapping[str, Any]) -> dict[str, Index]:
    """Return what a collection tells of its indexes, less what comes by itself."""
    return {
        name: {k: v for k, v in index.items() if k in {"key", *_OPTIONS}}
        for name, index in information.items()
        if name != "_id_"
    }
