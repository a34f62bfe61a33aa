"""Every query of the store is led by an index to what it is about, as MongoDB's planner has it."""

import inspect
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from importlib import import_module
from itertools import chain, product
from pkgutil import walk_packages
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import domain.store
from domain.rules.booking_events import BookingChange, BookingEvent
from domain.rules.legal import LegalPage, TextVersion
from domain.rules.limits import Limits
from domain.rules.log import OPERATOR, Action, NewEntry, Subject, SubjectKind
from domain.rules.notices import Kind, Notice, Recipient
from domain.rules.plan import Move, Plan, Target
from domain.rules.request_limits import LINKS_OF_NETWORK
from domain.rules.slots import SlotState
from domain.rules.stand_ins import Equivalent
from domain.seeds.factories import ExpertFactory
from domain.store.bookings.keeping import Candidate, Choice
from domain.store.bookings.rescheduling import ByAdministrator
from domain.store.bookings.searching import Place, Wanted
from domain.store.core.database import Database, Key
from domain.store.documents import Attendance, Booking, Expert, Party, SignInLink, Slot
from domain.store.documents.absences import (
    Absence,
    AbsenceState,
    KeptTime,
    Replacement,
    ReplacementState,
)
from domain.store.documents.administrators import Administrator
from domain.store.documents.erasures import ErasedFrom
from domain.store.documents.mails import Mail, MailState
from domain.store.documents.profiles import ExpertStatus
from domain.store.documents.site import untouched_site
from domain.store.documents.waitlist import EntryState
from domain.store.experts.everyone import Sought
from domain.store.experts.planned import PlannedSlot, planned_slots
from domain.store.experts.reading import Filters, Sort
from domain.store.log.reading import LogFilter, LogPlace
from domain.store.site.saving import Section
from domain.store.slots.open_days import OpenDay
from tests.factories import make_booking, make_expert, make_slot, make_wait, request_of, slot_of
from tests.store.crowd import CROWD, DAY, crowd
from tests.store.queries import SORTS, Query, asking, find, plan_of

READ_EVERYTHING = {"domain.store.audit"}
"""What is meant to."""
HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("needs_mongod")
ALL, SOME = Filters(), Filters(words=("a", "b"), category="Health", language="de")
KNOWN = {("listing", SOME, SORTS), ("page_of", None, SORTS)}
"""A search finds by one index and sorts what is left: an index for each order of each filter would
be many, and it is asked only while the directory in memory is down. That of administrators finds by
an index for each of three fields, and sorts what they find."""

Function = Callable[..., Awaitable[object]]


def functions_of(store: str) -> Sequence[Function]:
    """Return the functions of a module that ask the database for something."""
    module = import_module(store)
    return [
        function
        for name, function in inspect.getmembers(module, inspect.iscoroutinefunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
        if {"database", "work"} & {*inspect.signature(function).parameters} == {"database"}
    ]


def variations(store: str) -> Iterator[tuple[Function, Filters | None, Sort | None]]:
    """Yield the functions of a module, each with every kind of filter and order that it takes."""
    for function in functions_of(store):
        wanted = inspect.signature(function).parameters
        filters = [ALL, SOME] if "filters" in wanted else [None]
        sorts = [*Sort] if "sort" in wanted else [None]
        yield from product([function], filters, sorts)


STORES = [
    store.name
    for store in walk_packages(domain.store.__path__, "domain.store.")
    if store.name not in READ_EVERYTHING and functions_of(store.name)
]
SHELVES = sorted({store.rpartition(".")[0] for store in STORES})
"""The packages of stores: those of one share a crowd, which takes longer than what is asked."""


async def documents(database: Database, now: datetime) -> dict[str, Any]:
    """Documents that nothing else has touched: a hold of Ann's, a booking, an offer, a line."""
    expert = await make_expert(database, next_free_at=now)
    states = (SlotState.HELD, SlotState.BOOKED, SlotState.OFFERED)
    held, taken, kept = [
        await make_slot(database, expert, starts_at=now + n * HOUR, state=state, held_by="ann")
        for n, state in enumerate(states, start=1)
    ]
    offer: dict[str, Any] = {"state": EntryState.OFFERED, "slot_id": kept.id, "offered_until": now}
    wait = await make_wait(database, expert, starts_at=now, visitor_id="ann", **offer)
    for name in ("ben", "eve"):
        await make_wait(database, expert, starts_at=now, visitor_id=name)
    booking = await make_booking(database, taken, visitor_id="ann")
    await database.collection(Slot).update_one(
        {"_id": taken.id}, {"$set": {"booking_id": booking.id}}
    )
    due: dict[str, Any] = dict.fromkeys(("created_at", "due_at", "kept_until"), now)
    mail = Mail(id=Key(), key=booking.reference, kind=Kind.SIGN_IN, **due)
    notice = Notice(str(booking.id), 1, Kind.CONFIRMATION, Recipient.ATTENDEE, now)
    sent: dict[str, Any] = dict.fromkeys(("created_at", "expires_at"), now)
    link = SignInLink(key=booking.reference, address="somebody", **sent)
    await database.engine.save(mail.model_copy(update={"id": Key(), "key": booking.request_key}))
    absence, replacement = await an_absence(database, booking, kept, now)
    administrator = Administrator(id=Key(), address=f"boss+{Key()}@example.org", added_at=now)
    await database.engine.save(administrator)
    return {
        "administrator": administrator,
        "absence": absence,
        "absence_id": absence.id,
        "replacement": replacement,
        "slot_ids": [kept.id],
        "choice": Choice(booking, [Candidate(kept)], HOUR, now),
        "agreed": booking.agreed,
        "expert": expert,
        "expert_id": expert.id,
        "expert_ids": [expert.id],
        "applicant": await make_expert(database, status=ExpertStatus.PENDING),
        "invited": ExpertFactory.build(status=ExpertStatus.INVITED, applied_at=now),
        "added": ExpertFactory.build(),
        "draft": ExpertFactory.build(status=ExpertStatus.DRAFT, applied_at=now),
        "status": ExpertStatus.PAUSED,
        "slug": expert.slug,
        "slugs": [expert.slug],
        "changed": expert,
        "part": await a_part(database, expert, now),
        "slot": held,
        "slot_id": held.id,
        "but": taken.id,
        "booked_by": "ann",
        "booking": booking,
        "booking_id": booking.id,
        "booking_ids": [booking.id],
        "mail_ids": [mail.id],
        "reference": booking.reference,
        "request_key": booking.request_key,
        "visitor_id": "ann",
        "address": booking.address,
        "addresses": [booking.address],
        "mail": mail,
        "mail_id": mail.id,
        "notices": [notice],
        "request": request_of(held, booking.address, now),
        "request_id": Key(),
        "keys": [mail.key],
        "link": link,
        "wait": wait,
        "entry": wait,
        "entry_id": wait.id,
        "entry_ids": [wait.id],
        "visitor_ids": ["ann"],
        "guard": {"_id": held.id},
        "update": {"$inc": {"rev": 1}},
        "model": Slot,
        "documents": [slot_of(expert.id, now).model_dump_doc()],
        "document": slot_of(expert.id, now + HOUR / 2).model_dump_doc(),
    }


async def an_absence(
    database: Database, booking: Booking, kept: Slot, now: datetime
) -> tuple[Absence, Replacement]:
    """An absence, and what a booking's attendee was asked because of it."""
    on = f"{now:%Y-%m-%d}"
    absence = Absence(
        id=Key(),
        expert_id=booking.expert_id,
        first_on=on,
        last_on=on,
        created_at=now,
        kept_until=now,
    )
    question = Replacement(
        id=Key(),
        absence_id=absence.id,
        booking_id=booking.id,
        expert_id=booking.expert_id,
        starts_at=now,
        offers=[KeptTime(slot_id=kept.id, until=now)],
        asked_at=now,
        kept_until=now,
    )
    return await database.engine.save(absence), await database.engine.save(question)


async def a_part(database: Database, expert: Expert, now: datetime) -> Plan[PlannedSlot]:
    """A part of a plan with one step of each kind that changes a slot."""
    first = now + 5 * HOUR
    made = [await make_slot(database, expert, starts_at=first + n * HOUR) for n in range(3)]
    _, taken, _, *open_slots = await planned_slots(database, expert.id, now)
    moves = [
        Move(slot, Target(slot.starts_at, slot.ends_at, now, slot.closes_at)) for slot in open_slots
    ]
    assert len(moves) == len(made)
    return Plan(
        add=[Target(first - HOUR, first, now, first)],
        withdraw=[moves[0].slot],
        change=moves[1:2],
        reopen=[Move(moves[2].slot, moves[2].target)],
        retire=[taken],
    )


def an_act(now: datetime) -> NewEntry:
    """Something to log."""
    return NewEntry(OPERATOR, Action.EXPERT_PAUSED, Subject(SubjectKind.EXPERT, str(Key())), now)


def values(now: datetime) -> dict[str, Any]:
    """Whatever else a function of the store can be given, by the name of its parameter."""
    instants = ("now", "since", "around", "start", "starts_at", "until", "before", "due_at")
    return {
        **dict.fromkeys(instants, now),
        "end": now + HOUR,
        "lease_for": HOUR,
        "first": 0,
        "sought": Sought((ExpertStatus.PENDING, ExpertStatus.PAUSED), ("ann",), "ann"),
        "again": False,
        "was_refused": True,
        "skip": 12,
        "limit": 12,
        "latest_first": True,
        "full_too": False,
        "within_a_day": False,
        "is_limited": True,
        "starts": [now],
        "limits": Limits(ZoneInfo("UTC"), 3, 9),
        "taking": None,
        "fields": {"name": "Ann"},
        "plans_anew": True,
        "asked_at": now,
        "of": ErasedFrom.BOOKING,
        "document_ids": [Key()],
        "image": b"RIFF",
        "digest": "digest",
        "key": "key",
        "rate": LINKS_OF_NETWORK,
        "who": "somebody",
        "asked": [(LINKS_OF_NETWORK, "somebody"), (LINKS_OF_NETWORK, "somebody else")],
        "is_told": True,
        "session": None,
        "state": MailState.SENT,
        "kind": Kind.OFFER,
        "kinds": [Kind.OFFER, Kind.SIGN_IN],
        "held_as": SlotState.HELD,
        "holder": "ann",
        "most": 3,
        "taken": None,
        "stands_in": True,
        "equivalent": Equivalent("Technology", {"en"}, 60, 10_000, "EUR"),
        "reached": AbsenceState.STANDING,
        "outcome": ReplacementState.MOVED,
        "change": BookingChange(
            BookingEvent.CANCELLED, str(Key()), 1, now + HOUR, now + 2 * HOUR, now
        ),
        "by": Party.EXPERT,
        "message": "",
        "note": "",
        "attendance": Attendance.ATTENDED,
        "as_answer": ReplacementState.CANCELLED,
        "query": {"status": "confirmed", "ends_at": {"$gt": now}},
        "findings": ["slot overlaps"],
        "matching": Wanted(words=("ann",)),
        "words": ("ann",),
        "category": "Health",
        "administrator": ByAdministrator(an_act(now), ""),
        "behind": Place(now + 2 * HOUR, Key()),
        "act": an_act(now),
        "wanted": LogFilter(subjects=["subject 3"], start=now),
        "after": LogPlace(now + 9 * DAY, 9),
        "act_of": lambda _: an_act(now),
        "once_by": (),
        "personal": (),
        "site": untouched_site(),
        "section": Section.FACE,
        "texts": (),
        "logo": None,
        "text_version": TextVersion(LegalPage.TERMS, 1),
        "name": "something",
        "every": HOUR,
        "started_at": now,
        "day": OpenDay(),
    }


@pytest.mark.parametrize("shelf", SHELVES)
async def test_every_query_of_a_store_is_served_by_an_index(
    database: Database, database_uri: str, now: datetime, shelf: str
):
    await crowd(database, now)
    complaints, queries = {}, 0
    stores = [store for store in STORES if store.rpartition(".")[0] == shelf]
    async with asking(database, database_uri) as asked:
        for function, filters, sort in chain.from_iterable(map(variations, stores)):
            wanted = {*inspect.signature(function).parameters}
            known = {"database": asked.database, "filters": filters, "sort": sort, **values(now)}
            known |= await documents(database, now)
            assert wanted <= known.keys(), f"{function} is given what this test doesn't know"
            for query in await asked.by(function, {name: known[name] for name in wanted}):
                queries += 1
                wrong = (await plan_of(query, database)).complaint
                if wrong and (function.__name__, filters, wrong) not in KNOWN:
                    complaints[function.__name__, str(query)] = wrong

    assert complaints == {}
    assert queries > 0


def test_the_stores_are_found():
    names = ("bookings.reading", "bookings.claims", "experts.reading", "slots.claiming")
    assert {f"domain.store.{name}" for name in names} < {*STORES}


@pytest.mark.parametrize(
    ("query", "complaint"),
    [
        (find("experts", {"bio": "long"}), "reads a collection from end to end"),
        (find("slots", {"held_by": "ann"}), "reads a collection from end to end"),
        (find("slots", {"state": "open"}, {"held_until": 1}), SORTS),
        (find("experts", {"listed": True}, {"headline": 1}), SORTS),
        (find("experts", {"listed": True}, {"rating": -1, "slug": 1}), SORTS),
        (find("slots", {"state": "open", "rev": 7}), f"looks at {CROWD} documents for 0"),
        (find("bookings", {}), "reads a collection from end to end"),
    ],
)
async def test_a_query_that_no_index_serves_is_found_out(
    database: Database, now: datetime, query: Query, complaint: str
):
    await crowd(database, now)

    assert (await plan_of(query, database)).complaint == complaint
