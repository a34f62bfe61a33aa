"""The program, asked for the same as the model, and what can be seen of it afterwards."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from domain import waitlist
from domain.booking import cancelling, claims, hold_deadlines, holds, rescheduling
from domain.booking.bookings import Viewer
from domain.rules import terms as term_rules
from domain.rules.errors import Refusal
from domain.rules.instants import EPOCH
from domain.rules.notices import Kind
from domain.rules.plan import Move, Plan, Target
from domain.rules.request_limits import Asker
from domain.rules.slots import SlotState
from domain.store.audit import audit
from domain.store.bookings import holds as hold_store
from domain.store.core.database import Database, Key
from domain.store.core.turns import Turns
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.agreements import Terms
from domain.store.documents.mails import Mail
from domain.store.documents.waitlist import WaitlistEntry
from domain.store.experts import reading as experts_store
from domain.store.experts.planned import planned_slots
from domain.store.experts.publishing import carry_out
from domain.store.slots import claiming as slots
from domain.store.waitlist import entries as waitlist_store
from domain.store.waitlist import offers
from domain.waitlist import EntryRequest, Line
from tests.domain.support import attendee
from tests.factories import make_expert, slot_of
from tests.model.world import (
    ADDRESSES,
    DONE,
    EASY,
    HOLD,
    LINE,
    PROVEN,
    STRICT,
    Order,
    Outcome,
    Rules,
    World,
)
from tests.model.world import Slot as ModelSlot

TELLS = {
    "booked": Kind.CONFIRMATION,
    "rescheduled": Kind.RESCHEDULE,
    "cancelled": Kind.CANCELLATION,
}
EXPERTS = (EASY, STRICT)
TIMES = 3
EXTRA = range(len(EXPERTS) * TIMES, len(EXPERTS) * (TIMES + 1))
"""Each expert has one more, after the others, that is not published at the beginning."""
FIRST = timedelta(minutes=90)
"""Each expert has so many times an hour apart, the first of them so long from the beginning."""
NOTHING = -1


def new_world(now: datetime) -> World:
    """Return the world that every run begins with."""
    hours = [now + FIRST + n * timedelta(hours=1) for n in range(TIMES)]
    slots = [ModelSlot(expert, start) for expert in range(len(EXPERTS)) for start in hours]
    after = now + FIRST + TIMES * timedelta(hours=1)
    extra = [ModelSlot(expert, after, "unpublished") for expert in range(len(EXPERTS))]
    return World(now, list(EXPERTS), [*slots, *extra])


def _terms(rules: Rules) -> Terms:
    def minutes(span: timedelta) -> int:
        return span // timedelta(minutes=1)

    return Terms(
        notice_minutes=minutes(rules.notice),
        cancel_before_minutes=minutes(rules.cancel_before),
        reschedule_before_minutes=minutes(rules.reschedule_before),
        max_reschedules=rules.max_reschedules,
    )


class Site:
    """The program with the slots of a world, on a database that others may use too."""

    def __init__(self, database: Database, keys: list[Key], prefix: str) -> None:
        self.database = database
        self.keys = keys
        self.prefix = prefix

    @classmethod
    async def of(cls, database: Database, world: World) -> "Site":
        """Publish a world's slots."""
        made = []
        experts = [await make_expert(database, terms=_terms(rules)) for rules in world.rules]
        for slot in world.slots:
            owner = experts[slot.expert]
            closes_at = term_rules.closes_at(owner.terms, slot.starts_at)
            made.append(slot_of(owner.id, slot.starts_at, closes_at=closes_at))
        for extra in made[EXTRA.start :]:
            extra.state = SlotState.WITHDRAWN
        await database.engine.save_all(made)
        return cls(database, [slot.id for slot in made], str(Key()))

    def name(self, visitor: str) -> str:
        """Return a visitor's id, which is nobody's in another run."""
        return f"{self.prefix} {visitor}"

    async def run(self, order: Order, now: datetime) -> Outcome:
        """Carry an order out, as a process of its own: orders at once don't wait for turns."""
        database = replace(self.database, turns=Turns())
        try:
            await getattr(Site(database, self.keys, self.prefix), f"_{order.verb}")(order, now)
        except Refusal as refusal:
            return refusal.code
        return DONE

    async def seen(self) -> dict[str, Any]:
        """Return what there is now, in the model's terms."""
        found = await self.database.engine.find(Slot, {"_id": {"$in": self.keys}})
        slots = {slot.id: slot for slot in found}
        made = await self.database.engine.find(
            Booking, {"request_key": {"$regex": f"^{self.prefix}"}}
        )
        keys = {booking.id: self.own_key(booking.request_key) for booking in made}
        starts = {
            (s.expert_id, s.starts_at): n for n, s in enumerate(map(slots.get, self.keys)) if s
        }
        return {
            "slots": [self._slot(slots.get(key), keys) for key in self.keys],
            "bookings": {
                keys[booking.id]: (
                    self.keys.index(booking.slot_id),
                    booking.status == "cancelled",
                    [
                        (c.step.value, starts[booking.expert_id, c.starts_at])
                        for c in booking.history
                    ],
                )
                for booking in made
            },
            "waits": sorted([await self._wait(wait) for wait in await self._waits()]),
            "mails": {keys[booking.id]: await self._told(booking) for booking in made},
            "wrong": [str(finding) for finding in await audit(self.database)],
        }

    def own_key(self, request_key: str) -> str:
        return request_key.removeprefix(f"{self.prefix} ")

    def _slot(self, slot: Slot | None, keys: dict[Key, str]) -> tuple[object, ...]:
        if slot is None or slot.state is SlotState.WITHDRAWN:
            return "unpublished", None, None, None, 1
        held_by = slot.held_by and slot.held_by.removeprefix(f"{self.prefix} ")
        until = None if slot.held_until == EPOCH else slot.held_until
        booked_by = keys.get(slot.booking_id) if slot.booking_id else None
        return slot.state.value, held_by, until, booked_by, slot.rev

    async def _waits(self) -> list[WaitlistEntry]:
        return await self.database.engine.find(
            WaitlistEntry, {"visitor_id": {"$regex": f"^{self.prefix}"}}
        )

    async def _wait(self, wait: WaitlistEntry) -> tuple[str, int, bool, int, list[str]]:
        """Return whose place it is, for whom, whether proven, what it is offered, and its mails."""
        first = await slots.between(self.database, wait.expert_id, wait.starts_at, wait.ends_at)
        expert = self.keys.index(first[0].id) // TIMES
        offered = self.keys.index(wait.slot_id) if wait.slot_id else NOTHING
        mails = await self.database.engine.find(Mail, {"wait_id": wait.id})
        visitor = wait.visitor_id.removeprefix(f"{self.prefix} ")
        return visitor, expert, wait.proven, offered, sorted(mail.kind.value for mail in mails)

    async def _told(self, booking: Booking) -> list[tuple[int, Kind]]:
        """Return which steps both readers are told of."""
        mails = await self.database.engine.find(Mail, {"booking_id": booking.id})
        told = [(m.booking_rev, m.kind, m.audience) for m in mails if m.kind in TELLS.values()]
        assert len(told) == len(set(told))
        both = {(rev, kind) for rev, kind, _ in told}
        assert len(told) == 2 * len(both)
        return sorted(both)

    async def _hold(self, order: Order, now: datetime) -> None:
        key, visitor = self.keys[order.slot], self.name(order.visitor)
        await holds.hold(self.database, key, visitor, now=now, hold_for=HOLD)

    async def _extend(self, order: Order, now: datetime) -> None:
        key, visitor = self.keys[order.slot], self.name(order.visitor)
        await hold_deadlines.extend(self.database, key, visitor, now=now, hold_for=HOLD)

    async def _release(self, order: Order, now: datetime) -> None:
        key, visitor = self.keys[order.slot], self.name(order.visitor)
        await holds.release(self.database, key, visitor, now=now)

    async def _announce(self, order: Order, now: datetime) -> None:
        key = self.keys[order.slot]
        await hold_store.announce(self.database, key, now=now)
        wait = await waitlist_store.offered(self.database, key)
        if wait is not None and not waitlist.is_offered(wait, now):
            await offers.end(self.database, wait, now=now)

    async def _line(self, order: Order) -> Line:
        first = await slots.find(self.database, self.keys[order.slot // TIMES * TIMES])
        assert first is not None
        expert = await self.database.engine.find_one(Expert, {"_id": first.expert_id})
        assert expert is not None
        begins = first.starts_at - FIRST
        return Line(expert, begins, begins + LINE)

    async def _join(self, order: Order, now: datetime) -> None:
        name = self.name(order.visitor)
        address = f"{ADDRESSES[order.visitor]}+{self.prefix}@example.org"
        asker = Asker(name, proven={address} if order.visitor in PROVEN else ())
        person = EntryRequest(address, visitor_id=name, asker=asker, zone="UTC", language="en")
        await waitlist.join(self.database, await self._line(order), person, now=now)

    async def _leave(self, order: Order, now: datetime) -> None:
        name = self.name(order.visitor)
        await waitlist.leave_line(self.database, await self._line(order), name, now=now)

    async def _prove(self, order: Order, _: datetime) -> None:
        line, name = await self._line(order), self.name(order.visitor)
        for place in await waitlist_store.of_visitor(self.database, name, line.expert.id):
            await waitlist.prove(self.database, place)

    async def _take_offer(self, order: Order, now: datetime) -> None:
        wait = await waitlist_store.offered(self.database, self.keys[order.slot])
        key = wait.key if wait else "nothing is offered"
        await waitlist.take(self.database, key, self.name(order.visitor), now=now)

    async def _publish(self, order: Order, now: datetime) -> None:
        """Reopen the slot, as a plan would: it keeps its key."""
        slot = await slots.find(self.database, self.keys[order.slot])
        assert slot is not None
        expert = await experts_store.find(self.database, slot.expert_id)
        assert expert is not None
        for planned in await planned_slots(self.database, slot.expert_id, now):
            if planned.id == slot.id and planned.state is SlotState.WITHDRAWN:
                target = Target(slot.starts_at, slot.ends_at, slot.opens_at, slot.closes_at)
                part = Plan(reopen=[Move(planned, target)])
                await carry_out(self.database, expert, part, now=now)

    async def _book(self, order: Order, now: datetime) -> None:
        await claims.book(
            self.database,
            self.keys[order.slot],
            self.name(order.visitor),
            attendee(f"{order.visitor}@example.org"),
            request_key=f"{self.prefix} {order.key}",
            now=now,
            hold_for=HOLD,
            overlap=True,
        )

    async def _reference(self, order: Order) -> str:
        query = {"request_key": f"{self.prefix} {order.key}"}
        found = await self.database.engine.find_one(Booking, query)
        return found.reference if found else "NOSUCHBOOKING"

    async def _cancel(self, order: Order, now: datetime) -> None:
        reference, viewer = await self._reference(order), Viewer(self.name(order.visitor))
        await cancelling.cancel(self.database, reference, viewer, now=now)

    async def _move(self, order: Order, now: datetime) -> None:
        visitor = self.name(order.visitor)
        await rescheduling.reschedule(
            self.database,
            await self._reference(order),
            Viewer(visitor),
            self.keys[order.slot],
            visitor,
            now=now,
            hold_for=HOLD,
            overlap=True,
        )


def expected(world: World) -> dict[str, Any]:
    """Return what should be seen of the program when it is where the model is."""
    by_slot = {(b.slot, not b.cancelled): key for key, b in world.bookings.items()}
    return {
        "slots": [
            (
                slot.state,
                slot.held_by,
                slot.held_until,
                by_slot[n, True] if slot.state == "booked" else None,
                slot.rev,
            )
            for n, slot in enumerate(world.slots)
        ],
        "bookings": {key: (b.slot, b.cancelled, b.steps) for key, b in world.bookings.items()},
        "mails": {
            key: sorted((rev, TELLS[step]) for rev, (step, _) in enumerate(b.steps, start=1))
            for key, b in world.bookings.items()
        },
        "waits": sorted(
            (wait.visitor, wait.expert, wait.is_proven, *_as_seen(wait.slot))
            for wait in world.waits
        ),
        "wrong": [],
    }


def _as_seen(slot: int | None) -> tuple[int, list[str]]:
    """Return what a place in line is offered, and what its mails are."""
    place, offer = Kind.WAITLIST_ENTRY.value, Kind.OFFER.value
    return (NOTHING, [place]) if slot is None else (slot, sorted([place, offer]))
