import importlib
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from odmantic import Model
from pymongo import IndexModel, MongoClient
from pymongo.errors import WriteError

from domain.notices import Kind
from domain.slots import LEAD
from domain.store.database import Database, database_name
from domain.store.documents import DOCUMENTS, BookingStatus, Slot, Terms
from domain.store.mail import LETTER, Mail, MailState
from domain.store.migrate import DatabaseUnusable, check_usable, migrate
from domain.store.seeds import BookingFactory, ExpertFactory, SlotFactory
from domain.store.waits import Wait
from tests.servers import SECRET_KEY, drop, free_port, launched
from web import clock

ALL = [
    "0001_create_indexes",
    "0002_add_validators",
    "0003_add_terms_and_history",
    "0004_add_notices",
    "0005_order_experts",
    "0006_add_erasure",
    "0007_add_waitlist",
    "0008_find_openings",
    "0009_note_who_used_a_link",
    "0010_add_place_requests",
    "0011_forget_letters",
    "0012_keep_offers_until_they_end",
]


@pytest.fixture
def empty_uri(mongodb_uri: str) -> Iterator[str]:
    """A database in which nothing is yet."""
    uri = f"{mongodb_uri.rstrip('/')}/test_migrations_{os.urandom(4).hex()}"
    yield uri
    drop(uri)


def _declared(model: type[Model]) -> dict[str, Any]:
    indexes = [index.document for index in model.__indexes__() if isinstance(index, IndexModel)]
    return {
        index["name"]: {k: v for k, v in index.items() if k != "name"}
        | {"key": list(index["key"].items())}
        for index in indexes
    }


def _told(information: Mapping[str, Any]) -> dict[str, Any]:
    wanted = ("key", "unique", "partialFilterExpression", "expireAfterSeconds")
    return {
        name: {k: v for k, v in index.items() if k in wanted}
        for name, index in information.items()
        if name != "_id_"
    }


@pytest.mark.parametrize("model", DOCUMENTS)
async def test_the_database_has_the_indexes_that_the_models_declare(
    database: Database, model: type[Model]
):
    information = await database.collection(model).index_information()

    assert _told(information) == _declared(model)


@pytest.mark.parametrize("model", DOCUMENTS)
async def test_the_database_asks_for_every_field_of_the_models(
    database: Database, model: type[Model]
):
    cursor = await database.motor[database.name].list_collections(filter={"name": +model})
    (information,) = [found async for found in cursor]
    schema = information["options"]["validator"]["$jsonSchema"]
    fields = {f for f in model.__odm_fields__ if f != "id"}

    assert (set(schema["properties"]), set(schema["required"])) == (fields, fields)


def test_the_first_run_applies_everything_and_the_second_nothing(empty_uri: str):
    announced: list[str] = []

    assert migrate(empty_uri, clock=clock.now, announce=announced.append) == ALL
    assert migrate(empty_uri, clock=clock.now, announce=announced.append) == []
    assert announced == ALL


def test_a_migration_killed_before_it_was_recorded_runs_again(empty_uri: str):
    migrate(empty_uri, clock=clock.now)
    with MongoClient[dict[str, Any]](empty_uri) as client:
        client[database_name(empty_uri)]["pymongo_migrate"].delete_many({})

    assert migrate(empty_uri, clock=clock.now) == ALL


def test_of_several_processes_at_once_one_migrates(empty_uri: str):
    settings = {"MONGODB_URI": empty_uri, "SECRET_KEY": SECRET_KEY}
    with ExitStack() as stack:
        processes = [stack.enter_context(launched("migrate", **settings)) for _ in range(3)]
        codes = [process.process.wait(60) for process in processes]
        outputs = sorted(process.output for process in processes)

    assert codes == [0, 0, 0]
    done = "The database has every migration.\n"
    assert outputs == sorted([done, done, "".join(f"Migration: {n}.\n" for n in ALL) + done])


async def test_a_slot_in_no_known_state_is_refused_by_the_database(database: Database):
    good = SlotFactory.build().model_dump_doc()

    with pytest.raises(WriteError, match="Document failed validation"):
        await database.collection(Slot).insert_one(good | {"state": "free"})
    await database.collection(Slot).insert_one(good)


@pytest.mark.parametrize("field", ["expert_id", "starts_at", "rev", "held_until"])
async def test_a_slot_that_lacks_a_field_is_refused_by_the_database(database: Database, field: str):
    good = SlotFactory.build().model_dump_doc()

    with pytest.raises(WriteError, match="Document failed validation"):
        await database.collection(Slot).insert_one({k: v for k, v in good.items() if k != field})


async def test_a_change_to_no_known_state_is_refused_by_the_database(database: Database):
    slot = await database.engine.save(SlotFactory.build())

    with pytest.raises(WriteError, match="Document failed validation"):
        await database.collection(Slot).update_one({"_id": slot.id}, {"$set": {"state": "free"}})


@pytest.mark.parametrize("factory", [ExpertFactory, SlotFactory, BookingFactory])
async def test_what_the_factories_make_is_accepted(database: Database, factory: Any):
    await database.engine.save(factory.build())


def test_a_database_that_is_not_there_is_named():
    port = free_port()

    with pytest.raises(DatabaseUnusable, match=f"no database answers: .*{port}"):
        check_usable(f"mongodb://secret:word@127.0.0.1:{port}/", timeout_ms=300)


def test_what_is_said_of_a_database_shows_no_password():
    with pytest.raises(DatabaseUnusable) as raised:
        check_usable(f"mongodb://secret:word@127.0.0.1:{free_port()}/", timeout_ms=300)

    assert "word" not in str(raised.value)


def test_an_address_that_is_none_is_refused():
    with pytest.raises(DatabaseUnusable, match="can't be read as an address"):
        check_usable("mongodb://host:port/")


def test_mail_from_before_there_were_notices_stays_a_mail_with_a_link(empty_uri: str):
    migrate(empty_uri, clock=clock.now)
    written_at = datetime(2031, 7, 8, tzinfo=UTC)
    old = {
        **dict.fromkeys(("key", "to", "subject", "text", "html"), "x"),
        **dict.fromkeys(("created_at", "due_at", "sent_at"), written_at),
        "state": "sent",
        "attempts": 1,
    }
    with MongoClient[dict[str, Any]](empty_uri, tz_aware=True) as client:
        db = client[database_name(empty_uri)]
        db.command("collMod", "outbox", validator={})
        db["pymongo_migrate"].delete_one({"name": "0004_add_notices"})
        db["outbox"].insert_one(old)

        assert migrate(empty_uri, clock=clock.now) == ["0004_add_notices"]

        (found,) = db["outbox"].find()
        mail = Mail.model_validate_doc(found)
    assert (mail.kind, mail.state, mail.settled_at) == (Kind.SIGN_IN, MailState.SENT, written_at)
    assert mail.kept_until == written_at + timedelta(days=30)


def test_what_was_there_before_gets_terms_a_span_and_a_history(empty_uri: str):
    migrate(empty_uri, clock=clock.now)
    slot = _without(SlotFactory.build(), "opens_at", "closes_at")
    with MongoClient[dict[str, Any]](empty_uri, tz_aware=True) as client:
        db = client[database_name(empty_uri)]
        for collection in ("experts", "slots", "bookings"):
            db.command("collMod", collection, validator={})
        db["pymongo_migrate"].delete_one({"name": "0003_add_terms_and_history"})
        db["experts"].insert_one(_without(ExpertFactory.build(), "terms", "next_free_until"))
        db["slots"].insert_one(slot)
        cancelled = BookingFactory.build(status=BookingStatus.CANCELLED)
        db["bookings"].insert_one(_without(cancelled, "history"))
        for collection, fields in validators().items():
            db.command("collMod", collection, validator={"$jsonSchema": fields})

        assert migrate(empty_uri, clock=clock.now) == ["0003_add_terms_and_history"]

        found = db["slots"].find_one()
        assert found is not None
        assert found["closes_at"] == slot["starts_at"] - LEAD
        booking = db["bookings"].find_one()
        assert booking is not None
        assert [change["step"] for change in booking["history"]] == ["booked", "cancelled"]
        expert = db["experts"].find_one()
        assert expert is not None
        assert Terms.model_validate_doc(expert["terms"]) == Terms()


def test_a_place_in_line_from_before_says_no_longer_from_where_it_was_asked_for(empty_uri: str):
    migrate(empty_uri, clock=clock.now)
    at = datetime(2031, 7, 8, tzinfo=UTC)
    given: dict[str, Any] = dict.fromkeys(("key", "address", "visitor_id", "zone", "language"), "x")
    times: dict[str, Any] = dict.fromkeys(("starts_at", "ends_at", "joined_at"), at)
    place = Wait(expert_id=ExpertFactory.build().id, **given, **times).model_dump_doc()
    with MongoClient[dict[str, Any]](empty_uri, tz_aware=True) as client:
        db = client[database_name(empty_uri)]
        db["pymongo_migrate"].delete_one({"name": "0010_add_place_requests"})
        db.command("collMod", "waitlist", validator={})
        db["waitlist"].insert_one({**place, "source": "somewhere"})

        assert migrate(empty_uri, clock=clock.now) == ["0010_add_place_requests"]

        assert list(db["waitlist"].find()) == [place]


@pytest.mark.parametrize("state", MailState)
def test_mail_from_before_says_no_more_than_it_needs_to(empty_uri: str, state: MailState):
    migrate(empty_uri, clock=clock.now)
    at = datetime(2031, 7, 8, tzinfo=UTC)
    letter: dict[str, Any] = dict.fromkeys(LETTER, "x")
    times: dict[str, Any] = dict.fromkeys(("created_at", "due_at", "kept_until"), at)
    mail = Mail(key="k", kind=Kind.SIGN_IN, state=state, **letter, **times)
    with MongoClient[dict[str, Any]](empty_uri, tz_aware=True) as client:
        db = client[database_name(empty_uri)]
        db["pymongo_migrate"].delete_one({"name": "0011_forget_letters"})
        db["outbox"].insert_one(mail.model_dump_doc())

        assert migrate(empty_uri, clock=clock.now) == ["0011_forget_letters"]

        (found,) = db["outbox"].find()
    is_needed = state in {MailState.WAITING, MailState.SENDING, MailState.KEPT}
    assert {found[field] for field in LETTER} == {"x" if is_needed else ""}


def _without(model: Model, *fields: str) -> dict[str, Any]:
    return {k: v for k, v in model.model_dump_doc().items() if k not in fields}


def validators() -> dict[str, Any]:
    """The validators as the second migration sets them."""
    all_fields = importlib.import_module("migrations.0002_add_validators").FIELDS
    return {
        collection: {"bsonType": "object", "required": sorted(fields), "properties": fields}
        for collection, fields in all_fields.items()
        if collection in {"experts", "slots", "bookings"}
    }
