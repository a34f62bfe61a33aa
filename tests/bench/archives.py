"""An archive: years of bookings of many people with many experts, half of them over."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from itertools import islice, product

from odmantic import Model
from pymongo import IndexModel, MongoClient
from pymongo.collection import Collection

from domain.rules.slots import SlotState
from domain.seeds.factories import BookingFactory, ExpertFactory, SlotFactory
from domain.seeds.people import invented
from domain.store.bookings.searching import words_of
from domain.store.core.database import Document, Key, database_name
from domain.store.documents import Attendee, Booking, Slot
from web.http import clock

FEW = 100
"""A small archive has one booking of so many: at full size still enough to fill each page."""

_AT_ONCE = 5_000
_SESSION = timedelta(minutes=30)
_APART = timedelta(days=3, hours=12)
"""Every expert has two sessions a week: with 2,000 experts a million make nearly five years."""
_NAMES = 20_000
"""Of a thousand first names and a hundred last ones: one booking in a hundred has the same last."""
_CANCELLED_EVERY, _MISSED_EVERY = 10, 25


def fill(uri: str, *, experts: int, bookings: int) -> None:
    """Add experts without hours, and so many bookings of all of them, with their times."""
    with MongoClient[Document](uri, tz_aware=True) as client:
        database = client[database_name(uri)]
        people = [dict(ExpertFactory.build().model_dump_doc()) for _ in range(experts)]
        database.experts.insert_many(people)
        made = _made([one["_id"] for one in people], bookings, clock.now())
        with indexed_after(database.bookings, Booking), indexed_after(database.slots, Slot):
            while some := list(islice(made, _AT_ONCE)):
                database.bookings.insert_many([booking for booking, _ in some], ordered=False)
                database.slots.insert_many([slot for _, slot in some if slot], ordered=False)


@contextmanager
def indexed_after(collection: Collection[Document], model: type[Model]) -> Iterator[None]:
    """Do without a collection's indexes: document by document they take many times as long."""
    collection.drop_indexes()
    yield
    indexes = [index for index in model.__indexes__() if isinstance(index, IndexModel)]
    collection.create_indexes(indexes)


def _made(
    keys: Sequence[Key], count: int, now: datetime
) -> Iterator[tuple[Document, Document | None]]:
    """Yield bookings and their times; of one that was cancelled and is over no time is left."""
    turns = -(-count // len(keys))
    first = now.replace(minute=0, second=0, microsecond=0) - turns // 2 * _APART
    for n, (turn, expert_id) in enumerate(islice(product(range(turns), keys), count)):
        is_over = first + turn * _APART < now
        booking = _booking(n, expert_id, first + turn * _APART) | _outcome(n, is_over)
        yield booking, None if is_over and _is_cancelled(n) else _slot(booking, n)


def _booking(n: int, expert_id: Key, starts_at: datetime) -> Document:
    """Make a booking that was made when its attendee had their last session."""
    model, at = _models()[0], starts_at - _APART
    span = {"starts_at": starts_at, "ends_at": starts_at + _SESSION}
    return {**model, **span, **_person(n)} | {
        "_id": Key(),
        "expert_id": expert_id,
        "slot_id": Key(),
        "request_key": f"archived-{n}",
        "created_at": at,
        "changed_at": at,
        "history": [{**model["history"][0], **span, "at": at}],
    }


def _slot(booking: Document, n: int) -> Document:
    same = {name: booking[name] for name in ("expert_id", "starts_at", "ends_at", "changed_at")}
    slot = {**_models()[1], **same, "_id": booking["slot_id"], "closes_at": booking["starts_at"]}
    if _is_cancelled(n):
        return slot
    return {**slot, "state": SlotState.BOOKED.value, "booking_id": booking["_id"]}


@cache
def _models() -> tuple[Document, Document]:
    """Return a booking and a slot, which all others are made after."""
    return dict(BookingFactory.build().model_dump_doc()), dict(SlotFactory.build().model_dump_doc())


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
    name, email = name_of(n % _NAMES), email_of(n)
    return Attendee(name=name, email=email, phone="", notes="", zone="UTC", language="en")


def email_of(n: int) -> str:
    """Return the address of the attendee of a booking."""
    return f"{name_of(n % _NAMES).lower().replace(' ', '.')}{n // _NAMES}@example.org"


@cache
def name_of(n: int) -> str:
    return invented(n).name


def _outcome(n: int, is_over: bool) -> Document:
    if _is_cancelled(n):
        return {"status": "cancelled"}
    if is_over:
        return {"attendance": "missed" if n % _MISSED_EVERY == 0 else "attended"}
    return {}


def _is_cancelled(n: int) -> bool:
    return n % _CANCELLED_EVERY == 0
