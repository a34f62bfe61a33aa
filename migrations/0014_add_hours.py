"""Give experts hours that their slots come from, and slots what planning them takes."""

from datetime import UTC, datetime
from typing import Any

from pymongo import ASCENDING
from pymongo.database import Database

name = "0014_add_hours"
dependencies = ["0013_keep_what_was_agreed"]

Schema = dict[str, Any]

TEXT: Schema = {"bsonType": "string"}
INSTANT: Schema = {"bsonType": "date"}
NUMBER: Schema = {"bsonType": ["int", "long"]}
COUNT: Schema = {**NUMBER, "minimum": 0}
SOME: Schema = {"bsonType": ["int", "long", "null"], "minimum": 1}
WALL_TIME: Schema = {"bsonType": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"}
DATE: Schema = {"bsonType": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


def _object(properties: dict[str, Schema]) -> Schema:
    return {"bsonType": "object", "required": sorted(properties), "properties": properties}


def _list(items: Schema) -> Schema:
    return {"bsonType": "array", "items": items}


def _or_none(schema: Schema) -> Schema:
    return {"oneOf": [{"bsonType": "null"}, schema]}


RULE = _object(
    {
        "key": TEXT,
        "weekday": {**NUMBER, "minimum": 0, "maximum": 6},
        "opens": WALL_TIME,
        "closes": WALL_TIME,
        "every": {"enum": [1, 2]},
        "since": _or_none(DATE),
    }
)
EXCEPTION = _object(
    {
        "key": TEXT,
        "first_on": DATE,
        "last_on": DATE,
        "kind": {"enum": ["closed", "instead", "extra", "taken"]},
        "opens": _or_none(WALL_TIME),
        "closes": _or_none(WALL_TIME),
    }
)
HOLIDAYS = _object(
    {
        "country": {"bsonType": "string", "maxLength": 2},
        "region": TEXT,
        "opened": _list(DATE),
        "dates": _list(DATE),
        "through": NUMBER,
    }
)
LIMITS = _object(
    {
        "pause_before_minutes": COUNT,
        "pause_after_minutes": COUNT,
        "grid_minutes": {**NUMBER, "minimum": 1, "maximum": 60},
        "most_a_day": SOME,
        "most_a_week": SOME,
    }
)
HOURS = _object(
    {
        "rules": _list(RULE),
        "exceptions": _list(EXCEPTION),
        "holidays": HOLIDAYS,
        "limits": LIMITS,
    }
)
FIELDS: dict[str, dict[str, Schema]] = {
    "experts": {
        "hours": HOURS,
        "has_hours": {"bsonType": "bool"},
        "plan_rev": COUNT,
        "tally": COUNT,
        "planned_at": INSTANT,
        "plan_due_at": INSTANT,
    },
    "slots": {
        "retiring": {"bsonType": "bool"},
        "full": {"bsonType": "bool"},
        "published_at": INSTANT,
    },
}

NO_HOURS = {
    "rules": [],
    "exceptions": [],
    "holidays": {"country": "", "region": "", "opened": [], "dates": [], "through": 0},
    "limits": {
        "pause_before_minutes": 0,
        "pause_after_minutes": 0,
        "grid_minutes": 1,
        "most_a_day": None,
        "most_a_week": None,
    },
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PLANNING = {"plan_rev": 0, "tally": 0, "planned_at": EPOCH, "plan_due_at": EPOCH}
DUE, WITHDRAWN = "plan_due", "withdrawn_state_retiring_changed"


def upgrade(db: Database[dict[str, Any]]) -> None:
    """Experts of the catalogue get their own hours; all others are left to themselves."""
    db["experts"].update_many(
        {"plan_rev": {"$exists": False}},
        {"$set": {"hours": NO_HOURS, "has_hours": False, **PLANNING}},
    )
    _give_the_catalogue_hours(db)
    db["slots"].update_many(
        {"retiring": {"$exists": False}},
        [{"$set": {"retiring": False, "full": False, "published_at": {"$toDate": "$_id"}}}],
    )
    db["experts"].create_index(
        [("plan_due_at", ASCENDING)],
        name=DUE,
        partialFilterExpression={"has_hours": True},
    )
    db["slots"].create_index(
        [("state", ASCENDING), ("retiring", ASCENDING), ("changed_at", ASCENDING)],
        name=WITHDRAWN,
        partialFilterExpression={"state": "withdrawn"},
    )
    for collection, fields in FIELDS.items():
        _ask_for(db, collection, {**_properties(db, collection), **fields})


def downgrade(db: Database[dict[str, Any]]) -> None:
    """Take it all out again."""
    for collection, fields in FIELDS.items():
        kept = {k: v for k, v in _properties(db, collection).items() if k not in fields}
        _ask_for(db, collection, kept)
        db[collection].update_many({}, {"$unset": dict.fromkeys(fields, "")})
    db["experts"].drop_index(DUE)
    db["slots"].drop_index(WITHDRAWN)


def _give_the_catalogue_hours(db: Database[dict[str, Any]]) -> None:
    """Seeded experts are known by their slugs; an address that is not the seeds' is nobody's."""
    known = {"email": {"$regex": r"@example\.(com|net|org)$"}, "has_hours": False}
    slugs = [expert["slug"] for expert in db["experts"].find(known, ["slug"])]
    if not slugs:
        return
    # Only who has a catalogue pays for inventing its people.
    from domain.seeds.people import CURATED, invented  # noqa: PLC0415
    from domain.seeds.people.diary import hours_of  # noqa: PLC0415
    from domain.seeds.people.person import slug_of  # noqa: PLC0415

    now = datetime.now(UTC)
    curated = {slug_of(person): person for person in CURATED}
    for slug in slugs:
        number = slug.rpartition("-")[2]
        person = curated.get(slug) or invented(int(number) if number.isdecimal() else 0)
        if slug_of(person) == slug:
            hours = hours_of(person, now).model_dump_doc()
            db["experts"].update_one({"slug": slug}, {"$set": {"hours": hours, "has_hours": True}})


def _ask_for(db: Database[dict[str, Any]], collection: str, fields: dict[str, Schema]) -> None:
    """Ask for exactly these fields; setting a validator again replaces it by the same."""
    schema = {"bsonType": "object", "required": sorted(fields), "properties": fields}
    db.command("collMod", collection, validator={"$jsonSchema": schema})


def _properties(db: Database[dict[str, Any]], collection: str) -> dict[str, Schema]:
    (information,) = db.list_collections(filter={"name": collection})
    validator: dict[str, Any] = information["options"].get("validator") or {}
    properties: dict[str, Schema] = validator.get("$jsonSchema", {}).get("properties", {})
    return properties
