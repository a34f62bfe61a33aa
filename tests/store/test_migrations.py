import importlib
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from odmantic import Model, ObjectId
from pymongo import MongoClient
from pymongo.errors import OperationFailure, ServerSelectionTimeoutError, WriteError

from domain.rules.instants import EPOCH
from domain.rules.notices import Kind
from domain.rules.slots import LEAD
from domain.seeds.factories import BookingFactory, ExpertFactory, SlotFactory
from domain.seeds.people import CURATED, invented
from domain.seeds.people.diary import hours_of
from domain.seeds.people.person import slug_of
from domain.store.checks.shape import declared_indexes, told_indexes
from domain.store.core.database import Database, database_name
from domain.store.core.migrate import migrate
from domain.store.core.usable import DatabaseUnusable, check_usable, said_plainly
from domain.store.documents import (
    DOCUMENTS,
    Booking,
    BookingStatus,
    Expert,
    LinkPurpose,
    Slot,
    Step,
)
from domain.store.documents.absences import KeptTime, Replacement
from domain.store.documents.agreements import Meeting, Terms
from domain.store.documents.hours import WorkingHours
from domain.store.documents.mails import LETTER, Mail, MailState
from domain.store.documents.profiles import ExpertStatus
from domain.store.documents.waitlist import WaitlistEntry
from tests.servers import SECRET_KEY, free_port, launched
from web.i18n.formats import money
from web.i18n.languages import LOCALES

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
    "0013_keep_what_was_agreed",
    "0014_add_hours",
    "0015_add_desk_fields",
    "0016_add_profiles",
    "0017_add_absences",
    "0018_add_counts",
    "0019_add_morning_mails",
    "0020_add_refusals",
    "0021_let_experts_stand_in",
    "0022_tell_free_from_no_price",
    "0023_add_administrators",
    "0024_invite_and_remove_experts",
    "0025_let_proven_entries_go_first",
    "0026_add_erasures",
    "0027_keep_audit_runs",
    "0028_confirm_bookings_by_mail",
    "0029_find_bookings",
    "0030_add_site",
    "0031_add_sign_outs",
]
NOT_ASKED_FOR_YET = {
    "waitlist": {"proven"},
    "slots": {"unproven_offers"},
    "bookings": {"proven", "found_by", "move_message", "consents"},
    "outbox": {"request_id"},
    "booking_requests": {"consents"},
}
"""Fields that the last release does not write, so that its processes go on beside this one's."""


@pytest.mark.parametrize("model", DOCUMENTS)
async def test_the_database_has_the_indexes_that_the_models_declare(
    database: Database, model: type[Model]
):
    information = await database.collection(model).index_information()

    assert told_indexes(information) == declared_indexes(model)


@pytest.mark.parametrize("model", DOCUMENTS)
async def test_the_database_asks_for_every_field_of_the_models(
    database: Database, model: type[Model]
):
    cursor = await database.motor[database.name].list_collections(filter={"name": +model})
    (information,) = [found async for found in cursor]
    schema = information["options"]["validator"]["$jsonSchema"]
    fields = {f for f in model.__odm_fields__ if f != "id"}

    asked_for = fields - NOT_ASKED_FOR_YET.get(+model, set())
    assert (set(schema["properties"]), set(schema["required"])) == (fields, asked_for)


def test_the_first_run_applies_everything_and_the_second_nothing(empty_uri: str):
    announced: list[str] = []

    assert migrate(empty_uri, announce=announced.append) == ALL
    assert migrate(empty_uri, announce=announced.append) == []
    assert announced == ALL


def test_a_migration_killed_before_it_was_recorded_runs_again(empty_uri: str):
    migrate(empty_uri)
    with MongoClient[dict[str, Any]](empty_uri) as client:
        client[database_name(empty_uri)]["pymongo_migrate"].delete_many({})

    assert migrate(empty_uri) == ALL


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


def test_an_option_that_nobody_knows_is_named_and_nothing_else_said(capsys):
    with pytest.raises(DatabaseUnusable) as raised:
        check_usable("mongodb://host/?retryWriting=true")

    told = str(raised.value)
    assert told.startswith("can't be read as an address: Unknown option: retrywriting")
    assert "docstring" not in told
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (
            OperationFailure("not authorized on shop to execute command { find: 'slots', to: 1 }"),
            (
                "the database refuses: not authorized on shop to execute command: "
                "give the login readWrite and dbAdmin there"
            ),
        ),
        (
            OperationFailure("Authentication failed., full error: {'ok': 0.0}"),
            "the database refuses: Authentication failed",
        ),
        (
            ServerSelectionTimeoutError("a:1: refused (configured timeouts: 1 s), Timeout: 5s, x"),
            "no database answers: a:1: refused",
        ),
    ],
)
def test_of_what_the_driver_says_that_is_told_which_is_of_use(error: Exception, told: str):
    with pytest.raises(DatabaseUnusable) as raised, said_plainly():
        raise error

    assert str(raised.value) == told


def test_mail_from_before_there_were_notices_stays_a_mail_with_a_link(empty_uri: str):
    migrate(empty_uri)
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

        assert migrate(empty_uri) == ["0004_add_notices"]

        (found,) = db["outbox"].find()
        mail = Mail.model_validate_doc(found)
    assert (mail.kind, mail.state, mail.settled_at) == (Kind.SIGN_IN, MailState.SENT, written_at)
    assert mail.kept_until == written_at + timedelta(days=30)


def test_what_was_there_before_gets_terms_a_span_and_a_history(empty_uri: str):
    migrate(empty_uri)
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

        assert migrate(empty_uri) == ["0003_add_terms_and_history"]

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
    migrate(empty_uri)
    at = datetime(2031, 7, 8, tzinfo=UTC)
    given: dict[str, Any] = dict.fromkeys(("key", "address", "visitor_id", "zone", "language"), "x")
    times: dict[str, Any] = dict.fromkeys(("starts_at", "ends_at", "joined_at"), at)
    place = WaitlistEntry(expert_id=ExpertFactory.build().id, **given, **times).model_dump_doc()
    with MongoClient[dict[str, Any]](empty_uri, tz_aware=True) as client:
        db = client[database_name(empty_uri)]
        db["pymongo_migrate"].delete_one({"name": "0010_add_place_requests"})
        _ask_for(db, "waitlist", source={"bsonType": "string"})
        db["waitlist"].insert_one({**place, "source": "somewhere"})

        assert migrate(empty_uri) == ["0010_add_place_requests"]

        assert list(db["waitlist"].find()) == [place]


def test_whoever_waited_before_proofs_counted_keeps_their_turn(empty_uri: str):
    """An older process that still runs goes on writing entries; theirs count as unproven."""
    at = datetime(2031, 7, 8, tzinfo=UTC)
    given: dict[str, Any] = dict.fromkeys(("address", "visitor_id", "zone", "language"), "x")
    times: dict[str, Any] = dict.fromkeys(("ends_at", "joined_at"), at)
    first, later = (
        WaitlistEntry(
            key=key, expert_id=ExpertFactory.build().id, starts_at=at, **given, **times
        ).model_dump_doc()
        for key in ("first", "later")
    )
    with before(empty_uri, "0025_let_proven_entries_go_first") as db:
        del first["proven"], later["proven"]
        db["waitlist"].insert_one(first)

        assert migrate(empty_uri) == ["0025_let_proven_entries_go_first"]

        db["waitlist"].insert_one(later)
        entries = [WaitlistEntry.model_validate_doc(one) for one in db["waitlist"].find()]
        assert [(entry.key, entry.proven) for entry in entries] == [
            ("first", True),
            ("later", False),
        ]


@pytest.mark.parametrize("state", MailState)
def test_mail_from_before_says_no_more_than_it_needs_to(empty_uri: str, state: MailState):
    migrate(empty_uri)
    at = datetime(2031, 7, 8, tzinfo=UTC)
    letter: dict[str, Any] = dict.fromkeys(LETTER, "x")
    times: dict[str, Any] = dict.fromkeys(("created_at", "due_at", "kept_until"), at)
    mail = Mail(key="k", kind=Kind.SIGN_IN, state=state, **letter, **times)
    with MongoClient[dict[str, Any]](empty_uri, tz_aware=True) as client:
        db = client[database_name(empty_uri)]
        db["pymongo_migrate"].delete_one({"name": "0011_forget_letters"})
        db["outbox"].insert_one(mail.model_dump_doc())

        assert migrate(empty_uri) == ["0011_forget_letters"]

        (found,) = db["outbox"].find()
    is_needed = state in {MailState.WAITING, MailState.SENDING, MailState.KEPT}
    assert {found[field] for field in LETTER} == {"x" if is_needed else ""}


@contextmanager
def before(uri: str, migration: str) -> Iterator[Any]:
    """A database as it was before a migration, but for what the later ones have added."""
    migrate(uri)
    with MongoClient[dict[str, Any]](uri, tz_aware=True) as client:
        db = client[database_name(uri)]
        importlib.import_module(f"migrations.{migration}").downgrade(db)
        db["pymongo_migrate"].delete_one({"name": migration})
        yield db


@pytest.fixture
def before_agreements(empty_uri: str) -> Iterator[Any]:
    """A database from before bookings kept what was agreed."""
    with before(empty_uri, "0013_keep_what_was_agreed") as db:
        yield db


def keep_what_was_agreed() -> Any:
    return importlib.import_module("migrations.0013_keep_what_was_agreed")


def test_a_booking_from_before_agrees_to_the_profile_as_it_is(
    empty_uri: str, before_agreements: Any
):
    db, expert = before_agreements, ExpertFactory.build(terms=Terms(max_reschedules=2))
    db["experts"].insert_one(_without(expert, "meeting"))
    db["bookings"].insert_many(
        _without(BookingFactory.build(expert_id=expert.id), "agreed") for _ in range(2)
    )

    assert migrate(empty_uri) == ["0013_keep_what_was_agreed"]

    bookings = [Booking.model_validate_doc(found) for found in db["bookings"].find()]
    assert [booking.agreed for booking in bookings] == [expert.agreed()] * 2
    assert Expert.model_validate_doc(db["experts"].find_one()).meeting == Meeting()


def test_a_booking_whose_expert_is_gone_agrees_to_nothing(empty_uri: str, before_agreements: Any):
    before_agreements["bookings"].insert_one(_without(BookingFactory.build(), "agreed"))

    migrate(empty_uri)

    agreed = Booking.model_validate_doc(before_agreements["bookings"].find_one()).agreed
    assert (agreed.name, agreed.zone, agreed.price_minor) == ("", "UTC", 0)
    assert (agreed.terms, agreed.meeting) == (Terms(), Meeting())
    assert money(LOCALES["en"], agreed.price_minor, agreed.currency) == "¤0"


def test_agreements_are_filled_in_batch_by_batch_and_never_changed(
    before_agreements: Any, monkeypatch: pytest.MonkeyPatch
):
    db, migration = before_agreements, keep_what_was_agreed()
    monkeypatch.setattr(migration, "BATCH", 2)
    experts = [ExpertFactory.build() for _ in range(3)]
    db["experts"].insert_many([_without(expert, "meeting") for expert in experts])
    db["bookings"].insert_many(
        _without(BookingFactory.build(expert_id=expert.id), "agreed") for expert in experts * 2
    )
    kept = BookingFactory.build(expert_id=experts[0].id)
    db["bookings"].insert_one(kept.model_dump_doc())

    migration.upgrade(db)
    first = list(db["bookings"].find())
    db["experts"].update_many({}, {"$set": {"name": "Another"}})
    migration.upgrade(db)

    assert list(db["bookings"].find()) == first
    names = Counter(booking["agreed"]["name"] for booking in first)
    assert names == Counter([*(e.name for e in experts * 2), kept.agreed.name])


def test_an_older_program_may_book_again_after_a_downgrade(before_agreements: Any):
    migration = keep_what_was_agreed()
    booking = _without(BookingFactory.build(), "agreed")
    migration.upgrade(before_agreements)
    with pytest.raises(WriteError, match="Document failed validation"):
        before_agreements["bookings"].insert_one(booking)

    migration.downgrade(before_agreements)

    before_agreements["bookings"].insert_one(booking)


HOURS = "0014_add_hours"
GIVEN = importlib.import_module(f"migrations.{HOURS}").FIELDS


def _before_hours(*experts: Expert) -> list[dict[str, Any]]:
    return [_without(expert, *GIVEN["experts"]) for expert in experts]


@pytest.fixture
def before_hours(empty_uri: str) -> Iterator[Any]:
    """A database from before experts had hours."""
    with before(empty_uri, HOURS) as db:
        yield db


def _experts(db: Any) -> dict[str, Expert]:
    return {found["slug"]: Expert.model_validate_doc(found) for found in db["experts"].find()}


def test_seeded_experts_get_their_hours_by_their_slugs(empty_uri: str, before_hours: Any):
    catalogue = [*CURATED[:3], *(invented(number) for number in (31, 32, 700))]
    seeded = [ExpertFactory.build(person=person) for person in catalogue]
    before_hours["experts"].insert_many(_before_hours(*seeded))

    assert migrate(empty_uri) == [HOURS]

    found = _experts(before_hours)
    for person in catalogue:
        expert, theirs = found[slug_of(person)], hours_of(person, datetime.now(UTC))
        assert expert.has_hours
        assert (expert.hours.rules, expert.hours.limits) == (theirs.rules, theirs.limits)
        assert expert.plan_due_at == EPOCH, "the next run of the publisher plans them"


def test_experts_that_somebody_else_made_are_left_alone(empty_uri: str, before_hours: Any):
    namesake = ExpertFactory.build(person=CURATED[0], email="somebody@practice.test")
    stranger = ExpertFactory.build(person=invented(40), name="Some Body")
    odd = ExpertFactory.build(slug="somebody-99999999999")
    made = _before_hours(namesake, stranger, odd)
    before_hours["experts"].insert_many(made)

    assert migrate(empty_uri) == [HOURS]

    for expert in _experts(before_hours).values():
        assert not expert.has_hours
        assert expert.hours == WorkingHours()
    given = dict.fromkeys(GIVEN["experts"], False)
    assert list(before_hours["experts"].find({}, given)) == made


def test_hours_are_given_once_and_never_again(empty_uri: str, before_hours: Any):
    people = [ExpertFactory.build(person=person) for person in CURATED[:2]]
    slots = [SlotFactory.build(expert_id=people[0].id) for _ in range(2)]
    before_hours["experts"].insert_many(_before_hours(*people))
    before_hours["slots"].insert_many(_without(slot, *GIVEN["slots"]) for slot in slots)
    migrate(empty_uri)
    changed = {"hours": WorkingHours().model_dump_doc(), "plan_rev": 7}
    before_hours["experts"].update_one({"_id": people[0].id}, {"$set": changed})
    before_hours["slots"].update_one({"_id": slots[0].id}, {"$set": {"retiring": True}})
    first = [list(before_hours[name].find()) for name in GIVEN]

    before_hours["pymongo_migrate"].delete_one({"name": HOURS})
    assert migrate(empty_uri) == [HOURS]

    assert [list(before_hours[name].find()) for name in GIVEN] == first


def test_a_slot_from_before_was_published_when_it_was_made(empty_uri: str, before_hours: Any):
    slot = SlotFactory.build()
    before_hours["slots"].insert_one(_without(slot, *GIVEN["slots"]))

    migrate(empty_uri)

    found = Slot.model_validate_doc(before_hours["slots"].find_one())
    made_at = slot.id.generation_time
    assert (found.retiring, found.full, found.published_at) == (False, False, made_at)


def _ask_for(db: Any, collection: str, **more: Any) -> None:
    """Have a collection's validator ask for more fields, as an older one did."""
    (information,) = db.list_collections(filter={"name": collection})
    properties = information["options"]["validator"]["$jsonSchema"]["properties"] | more
    schema = {"bsonType": "object", "required": sorted(properties), "properties": properties}
    db.command("collMod", collection, validator={"$jsonSchema": schema})


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


async def test_the_database_knows_every_value_that_a_field_can_have(database: Database):
    async def known(collection: str, *path: str) -> set[str]:
        cursor = await database.motor[database.name].list_collections(filter={"name": collection})
        (information,) = [found async for found in cursor]
        schema = information["options"]["validator"]["$jsonSchema"]
        for step in path:
            schema = schema[step]
        return set(schema["enum"])

    assert await known("outbox", "properties", "kind") == set(Kind)
    assert await known("experts", "properties", "status") == set(ExpertStatus)
    assert await known("sign_in_links", "properties", "purpose") == set(LinkPurpose)
    steps = ("properties", "history", "items", "properties", "step")
    assert await known("bookings", *steps) == set(Step)


def test_an_offer_from_before_is_the_bookings_own_experts(empty_uri: str):
    migrate(empty_uri)
    at = datetime(2031, 7, 8, tzinfo=UTC)
    ids: dict[str, Any] = dict.fromkeys(("absence_id", "booking_id", "expert_id"), ObjectId())
    times: dict[str, Any] = dict.fromkeys(("starts_at", "asked_at", "kept_until"), at)
    kept = KeptTime(slot_id=ObjectId(), until=at)
    question = Replacement(offers=[kept], **ids, **times)
    before = question.model_dump_doc()
    before["offers"] = [{"slot_id": kept.slot_id, "until": at}]
    with MongoClient[dict[str, Any]](empty_uri, tz_aware=True) as client:
        db = client[database_name(empty_uri)]
        db["pymongo_migrate"].delete_one({"name": "0021_let_experts_stand_in"})
        importlib.import_module("migrations.0021_let_experts_stand_in").downgrade(db)
        db["replacements"].insert_one(before)
        db["experts"].insert_one(_without(ExpertFactory.build(), "stands_in"))

        assert migrate(empty_uri) == ["0021_let_experts_stand_in"]

        assert list(db["replacements"].find()) == [question.model_dump_doc()]
        assert [expert["stands_in"] for expert in db["experts"].find()] == [False]


def test_only_a_price_of_before_that_is_not_0_was_given(empty_uri: str):
    migrate(empty_uri)
    with MongoClient[dict[str, Any]](empty_uri, tz_aware=True) as client:
        db = client[database_name(empty_uri)]
        db["pymongo_migrate"].delete_one({"name": "0022_tell_free_from_no_price"})
        importlib.import_module("migrations.0022_tell_free_from_no_price").downgrade(db)
        before = [ExpertFactory.build(price_minor=price) for price in (4_000, 0)]
        db["experts"].insert_many(_without(expert, "has_price") for expert in before)

        assert migrate(empty_uri) == ["0022_tell_free_from_no_price"]

        assert [expert["has_price"] for expert in db["experts"].find()] == [True, False]


def test_bookings_from_before_are_found_by_their_words_unless_they_were_erased(
    empty_uri: str, monkeypatch: pytest.MonkeyPatch
):
    migration = importlib.import_module("migrations.0029_find_bookings")
    monkeypatch.setattr(migration, "BATCH", 2)
    at = datetime(2031, 7, 8, tzinfo=UTC)
    old = [BookingFactory.build() for _ in range(5)]
    erased = BookingFactory.build(erased_at=at)
    with before(empty_uri, "0029_find_bookings") as db:
        made = [_without(booking, "found_by", "move_message") for booking in (*old, erased)]
        db["bookings"].insert_many(made)

        migration.upgrade(db)
        db["bookings"].insert_one(_without(BookingFactory.build(), "found_by", "move_message"))
        migration.upgrade(db)

        found = [Booking.model_validate_doc(one) for one in db["bookings"].find()]
    words = {booking.id: booking.found_by for booking in found}
    assert words.pop(erased.id) == []
    assert len(words) == 6
    assert all(words.values())
    assert [words[booking.id] for booking in old] == [booking.found_by for booking in old]
