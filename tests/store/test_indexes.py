"""Every query of the store is served by an index: nothing reads a collection from end to end."""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest

import domain.store
from domain.notices import Audience, Kind, Notice
from domain.slots import SlotState
from domain.store.database import Database, Key
from domain.store.documents import SignInLink, Slot
from domain.store.experts import Filters, Sort
from domain.store.mail import Mail, MailState
from domain.store.waits import WaitState
from tests.factories import make_booking, make_expert, make_slot, make_wait, slot_of
from tests.store.queries import Query, asking, complaint

READ_EVERYTHING = {"audit", "seeds"}
"""What is meant to."""
HOUR = timedelta(hours=1)

Function = Callable[..., Awaitable[object]]


def functions_of(store: str) -> Sequence[Function]:
    """Return the functions of a module that ask the database for something."""
    module = import_module(f"domain.store.{store}")
    return [
        function
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        if {"database", "work"} & {*inspect.signature(function).parameters} == {"database"}
    ]


STORES = [
    store.name
    for store in iter_modules(domain.store.__path__)
    if store.name not in READ_EVERYTHING and functions_of(store.name)
]


async def documents(database: Database, now: datetime) -> dict[str, Any]:
    """Documents that nothing else has touched: a hold of Ann's, a booking, an offer, a line."""
    expert = await make_expert(database, next_free_at=now)
    states = (SlotState.HELD, SlotState.BOOKED, SlotState.OFFERED)
    held, taken, kept = [
        await make_slot(database, expert, starts_at=now + n * HOUR, state=state, held_by="ann")
        for n, state in enumerate(states, start=1)
    ]
    offer: dict[str, Any] = {"state": WaitState.OFFERED, "slot_id": kept.id, "offered_until": now}
    wait = await make_wait(database, expert, starts_at=now, visitor_id="ann", **offer)
    for name in ("ben", "eve"):
        await make_wait(database, expert, starts_at=now, visitor_id=name)
    booking = await make_booking(database, taken, visitor_id="ann")
    await database.collection(Slot).update_one(
        {"_id": taken.id}, {"$set": {"booking_id": booking.id}}
    )
    due: dict[str, Any] = dict.fromkeys(("created_at", "due_at", "kept_until"), now)
    mail = Mail(id=Key(), key=booking.reference, kind=Kind.SIGN_IN, **due)
    notice = Notice(str(booking.id), 1, Kind.CONFIRMATION, Audience.ATTENDEE, now)
    sent: dict[str, Any] = dict.fromkeys(("address", "source"), "somebody")
    link = SignInLink(key=booking.reference, created_at=now, expires_at=now, **sent)
    await database.engine.save(mail.model_copy(update={"id": Key(), "key": booking.request_key}))
    return {
        "expert_id": expert.id,
        "expert_ids": [expert.id],
        "slug": expert.slug,
        "slot": held,
        "slot_id": held.id,
        "but": taken.id,
        "booked_by": "ann",
        "booking": booking,
        "booking_id": booking.id,
        "booking_ids": [booking.id],
        "reference": booking.reference,
        "request_key": booking.request_key,
        "visitor_id": "ann",
        "address": booking.address,
        "addresses": [booking.address],
        "mail": mail,
        "mail_id": mail.id,
        "notices": [notice],
        "link": link,
        "wait": wait,
        "wait_id": wait.id,
        "wait_ids": [wait.id],
        "visitor_ids": ["ann"],
        "guard": {"_id": held.id},
        "model": Slot,
        "documents": [slot_of(expert.id, now).model_dump_doc()],
        "document": slot_of(expert.id, now + HOUR / 2).model_dump_doc(),
    }


def values(now: datetime) -> dict[str, Any]:
    """Whatever else a function of the store can be given, by the name of its parameter."""
    instants = ("now", "since", "around", "start", "until", "before")
    return {
        **dict.fromkeys(instants, now),
        "end": now + HOUR,
        "lease_for": HOUR,
        "skip": 12,
        "limit": 12,
        "latest_first": True,
        "key": "key",
        "source": "source",
        "is_told": True,
        "session": None,
        "state": MailState.SENT,
        "kind": Kind.OFFER,
        "held_as": SlotState.HELD,
        "query": {"status": "confirmed", "ends_at": {"$gt": now}},
        "filters": Filters(words=("a", "b"), category="Health", language="de"),
    }


@pytest.mark.parametrize("store", STORES)
async def test_every_query_of_a_store_is_served_by_an_index(
    database: Database, database_uri: str, now: datetime, store: str
):
    complaints, queries = {}, 0
    async with asking(database, database_uri) as asked:
        for function in functions_of(store):
            wanted = {*inspect.signature(function).parameters}
            for sort in Sort if "sort" in wanted else [None]:
                known = {"database": asked.database, "sort": sort, **values(now)}
                known |= await documents(database, now)
                assert wanted <= known.keys(), f"{function} is given what this test doesn't know"
                for query in await asked.by(function, {name: known[name] for name in wanted}):
                    queries += 1
                    if wrong := await complaint(query, database):
                        complaints[function.__name__, str(query)] = wrong

    assert complaints == {}
    assert queries > 0


def test_the_stores_are_found():
    assert {"bookings", "claims", "experts", "slots"} < {*STORES}


@pytest.mark.parametrize(
    "query",
    [
        Query("find", "experts", {"bio": "long"}, {}),
        Query("find", "experts", {"rating": 5.0}, {}),
        Query("find", "experts", {"listed": True}, {"headline": 1}),
        Query("find", "experts", {"listed": True}, {"rating": -1, "sort_name": -1}),
        Query("find", "slots", {"held_by": "ann"}, {}),
        Query("find", "slots", {"state": "open"}, {"held_until": 1}),
        Query("find", "bookings", {}, {}),
    ],
)
async def test_a_query_that_no_index_serves_is_found_out(database: Database, query: Query):
    assert await complaint(query, database)
