"""The audit: walks all data for claims that contradict each other, and follows the log's chain.

It changes nothing.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from domain.rules.absences import keeper_of
from domain.rules.instants import EPOCH
from domain.rules.plan import plan
from domain.rules.slots import SlotState
from domain.store.core.database import Database, Document, Key
from domain.store.documents import Booking, BookingStatus, Slot
from domain.store.documents.absences import Replacement
from domain.store.documents.waitlist import EntryState, WaitlistEntry
from domain.store.experts import reading as experts
from domain.store.experts.diaries import pause_of, targets_of
from domain.store.experts.planned import planned_slots
from domain.store.log import chain
from domain.store.slots import fullness

SECOND_LOOK_AFTER_S = 0.5
"""Longer than a claim takes: what is seen twice, this far apart, is no claim half read."""

_RESTORABLE = "slot fits, and is retiring or has other terms"
_SLOT_FIELDS = ["starts_at", "ends_at", "state", "booking_id", "held_by", "held_until"]
_ENTRY_FIELDS = ["slot_id", "visitor_id", "offered_until"]
_REPLACEMENT_FIELDS = ["booking_id", "expert_id", "offers"]
_BOOKING_FIELDS = ["starts_at", "ends_at", "slot_id", "rev", "history"]

Offered = tuple[Key, str, datetime]
"""A slot, by whom it is held, and until when."""


class Finding(NamedTuple):
    """One contradiction: what is wrong, and with which document."""

    what: str
    key: Key

    def __str__(self) -> str:
        return f"{self.what}: {self.key}"


async def audit(database: Database) -> list[Finding]:
    """Return everything that contradicts itself, expert by expert; empty when all is well.

    May run beside the server: a finding counts only when a second look shows it again.
    """
    findings: list[Finding] = []
    for expert_id in await _expert_ids(database):
        if suspects := await _look(database, expert_id):
            await asyncio.sleep(SECOND_LOOK_AFTER_S)
            confirmed = set(await _look(database, expert_id))
            findings += [finding for finding in suspects if finding in confirmed]
    return [*findings, *await _of_the_log(database)]


async def _of_the_log(database: Database) -> list[Finding]:
    """Return where the chain of the log breaks; expiry may have been at it during a first look."""
    if await chain.first_broken(database) is None:
        return []
    broken = await chain.first_broken(database)
    if broken is None:
        return []
    return [Finding(f"the log breaks at entry {broken.seq}: {broken.why}", broken.key)]


async def _expert_ids(database: Database) -> list[Key]:
    """Return whoever has slots or bookings, those included that are no experts (any more)."""
    found: set[Key] = set()
    for model in (Slot, Booking):
        cursor = database.collection(model).aggregate([{"$group": {"_id": "$expert_id"}}])
        found |= {document["_id"] async for document in cursor}
    return sorted(found)


async def _look(database: Database, expert_id: Key) -> list[Finding]:
    slots = await _read(database, Slot, {"expert_id": expert_id}, _SLOT_FIELDS)
    confirmed = {"expert_id": expert_id, "status": BookingStatus.CONFIRMED.value}
    bookings = await _read(database, Booking, confirmed, _BOOKING_FIELDS)
    holding = {"expert_id": expert_id, "state": EntryState.OFFERED.value}
    entries = await _read(database, WaitlistEntry, holding, _ENTRY_FIELDS)
    offering = {"$or": [{"expert_id": expert_id}, {"offers.stand_in_id": expert_id}]}
    replacements = await _read(database, Replacement, offering, _REPLACEMENT_FIELDS)
    return [
        *await _unlike_their_hours(database, expert_id),
        *_offered_otherwise(slots, entries, _kept_of(expert_id, replacements)),
        *_booked_by_nobody(slots, bookings),
        *_without_their_slot(slots, bookings),
        *_two_at_once(bookings),
        *_without_their_history(bookings),
        *_overlapping(slots),
    ]


async def _unlike_their_hours(database: Database, expert_id: Key) -> list[Finding]:
    """Return slots that are not as the hours wanted them when they were last published.

    Of an expert who is just about to be planned nothing can be said, and where a retiring slot has
    come free a moment ago other times may still be missing.
    """
    expert = await experts.find(database, expert_id)
    if expert is None or not expert.has_hours or expert.planned_at == EPOCH:
        return []
    slots = await planned_slots(database, expert_id, expert.planned_at)
    wanted = targets_of(expert, expert.hours, expert.planned_at)
    pause = pause_of(expert.hours.limits)
    found = plan(wanted, slots, pause=pause, now=expert.planned_at)
    miscounted = await fullness.miscounted(database, expert, expert.planned_at)
    is_settled = not any(slot.state is SlotState.WITHDRAWN and slot.retiring for slot in slots)
    is_missing = is_settled and bool(found.add or found.reopen)
    return [
        *(Finding("slot is open, but outside the hours", slot.id) for slot in found.withdraw),
        *(Finding("slot has another span or other terms", move.slot.id) for move in found.change),
        *(Finding("slot no longer fits, and is not retiring", slot.id) for slot in found.retire),
        *(Finding(_RESTORABLE, move.slot.id) for move in found.restore),
        *(
            Finding(f"a time of {at:%Y-%m-%d} is wrong about its day", expert_id)
            for at in miscounted
        ),
        *([Finding("a time within the hours is missing", expert_id)] if is_missing else []),
    ]


async def _read(
    database: Database,
    model: type[Slot | Booking | WaitlistEntry | Replacement],
    query: Document,
    fields: list[str],
) -> list[Document]:
    cursor = database.collection(model).find(query, fields, sort=[("starts_at", 1)])
    return [document async for document in cursor]


def _booked_by_nobody(slots: Sequence[Document], bookings: Sequence[Document]) -> Iterator[Finding]:
    claims = {(booking["_id"], booking["slot_id"]) for booking in bookings}
    for slot in slots:
        booked = slot["state"] == SlotState.BOOKED.value
        if booked and (slot["booking_id"], slot["_id"]) not in claims:
            yield Finding("slot is booked, but by no confirmed booking", slot["_id"])


def _kept_of(expert_id: Key, replacements: Sequence[Document]) -> set[Offered]:
    """Return the slots of an expert that are kept for bookings, own ones and others'."""
    return {
        (offer["slot_id"], keeper_of(replacement["booking_id"]), offer["until"])
        for replacement in replacements
        for offer in replacement["offers"]
        if (offer["stand_in_id"] or replacement["expert_id"]) == expert_id
    }


def _offered_otherwise(
    slots: Sequence[Document], entries: Sequence[Document], displaced: set[Offered]
) -> Iterator[Finding]:
    """Yield offers that only the slot knows of, or only who has it, or that the two tell apart."""
    offered = {
        (slot["_id"], slot["held_by"], slot["held_until"])
        for slot in slots
        if slot["state"] == SlotState.OFFERED.value
    }
    in_line = {(entry["slot_id"], entry["visitor_id"], entry["offered_until"]) for entry in entries}
    for slot_id, *_ in offered - in_line - displaced:
        yield Finding("slot is offered, but to nobody in line and for no booking", slot_id)
    for slot_id, *_ in in_line - offered:
        yield Finding("somebody in line holds an offer of a slot that is not theirs", slot_id)
    for slot_id, *_ in displaced - offered:
        yield Finding("a booking is offered a slot that is not kept for it", slot_id)


def _without_their_slot(
    slots: Sequence[Document], bookings: Sequence[Document]
) -> Iterator[Finding]:
    booked = {
        (slot["booking_id"], slot["_id"], slot["starts_at"])
        for slot in slots
        if slot["state"] == SlotState.BOOKED.value
    }
    for booking in bookings:
        if (booking["_id"], booking["slot_id"], booking["starts_at"]) not in booked:
            yield Finding("booking is confirmed, but its slot is not booked by it", booking["_id"])


def _two_at_once(bookings: Sequence[Document]) -> Iterator[Finding]:
    for earlier, later in pairwise(bookings):
        if earlier["starts_at"] == later["starts_at"]:
            yield Finding("a second confirmed booking of the same time", later["_id"])


def _without_their_history(bookings: Sequence[Document]) -> Iterator[Finding]:
    for booking in bookings:
        *_, last = booking["history"]
        led_here = (last["starts_at"], last["ends_at"]) == (
            booking["starts_at"],
            booking["ends_at"],
        )
        if not led_here or len(booking["history"]) != booking["rev"]:
            yield Finding("booking is not where its history leads", booking["_id"])


def _overlapping(slots: Sequence[Document]) -> Iterator[Finding]:
    """Yield those that begin before an earlier one's end; withdrawn ones are in nobody's way."""
    offered = [slot for slot in slots if slot["state"] != SlotState.WITHDRAWN.value]
    busy_until = None
    for slot in offered:
        if busy_until is not None and slot["starts_at"] < busy_until:
            yield Finding("slot overlaps an earlier one of the same expert", slot["_id"])
        busy_until = max(busy_until or slot["ends_at"], slot["ends_at"])
