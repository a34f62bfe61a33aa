"""An archive: bookings of many people with many experts, half of them over."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from itertools import islice, product

from pymongo import IndexModel, MongoClient

from domain.seeds.factories import BookingFactory
from domain.seeds.people import invented
from domain.store.bookings.searching import words_of
from domain.store.core.database import Document, Key, database_name
from domain.store.documents import Attendee, Booking
from web.http import clock

_AT_ONCE = 5_000
_SESSION = timedelta(minutes=30)
_NAMES = 20_000
"""Of a thousand first names and a hundred last ones: one booking in a hundred has the same last."""
_OF_WORDS = "found_by_starts"
_CANCELLED_EVERY, _MISSED_EVERY = 10, 25


def fill(uri: str, bookings: int) -> None:
    """Add so many bookings, evenly over all experts of a database.

    Their words are put in order at the end: one by one that takes many times as long.
    """
    indexes = [index for index in Booking.__indexes__() if isinstance(index, IndexModel)]
    with MongoClient[Document](uri, tz_aware=True) as client:
        database = client[database_name(uri)]
        keys = [one["_id"] for one in database.experts.find({}, {"_id": 1})]
        made = _bookings(keys, bookings, clock.now())
        database.bookings.drop_index(_OF_WORDS)
        while some := list(islice(made, _AT_ONCE)):
            database.bookings.insert_many(some, ordered=False)
        database.bookings.create_indexes([i for i in indexes if i.document["name"] == _OF_WORDS])


def _bookings(keys: Sequence[Key], count: int, now: datetime) -> Iterator[Document]:
    model = dict(BookingFactory.build().model_dump_doc())
    turns = -(-count // len(keys))
    first = now.replace(minute=0, second=0, microsecond=0) - turns // 2 * _SESSION
    for n, (turn, expert_id) in enumerate(islice(product(range(turns), keys), count)):
        starts_at = first + turn * _SESSION
        yield {**model, **_times(starts_at), **_person(n), **_outcome(n, starts_at < now)} | {
            "_id": Key(),
            "expert_id": expert_id,
            "slot_id": Key(),
            "request_key": f"archived-{n}",
        }


def _times(starts_at: datetime) -> Document:
    return {"starts_at": starts_at, "ends_at": starts_at + _SESSION}


def _person(n: int) -> Document:
    attendee, reference = _attendee(n), f"ARCH{n:08}"
    return {
        "reference": reference,
        "visitor_id": f"visitor-{n // 3}",
        "attendee": attendee.model_dump(),
        "address": attendee.email,
        "found_by": words_of(attendee, reference),
    }


def _attendee(n: int) -> Attendee:
    name = _name(n % _NAMES)
    email = f"{name.lower().replace(' ', '.')}{n // _NAMES}@example.org"
    return Attendee(name=name, email=email, phone="", notes="", zone="UTC", language="en")


@cache
def _name(n: int) -> str:
    return invented(n).name


def _outcome(n: int, is_over: bool) -> Document:
    if n % _CANCELLED_EVERY == 0:
        return {"status": "cancelled"}
    if is_over:
        return {"attendance": "missed" if n % _MISSED_EVERY == 0 else "attended"}
    return {}
