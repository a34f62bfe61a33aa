"""Absences for the model: what may be done, what should come of it, and what there is.

Two experts in one field, of whom the second stands in for the first, and three sessions. Which
times the program offers is its own choice: what should come of the next deed follows from it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from domain.booking import cancelling, replacements
from domain.booking.bookings import Viewer
from domain.desk.absences import declaring
from domain.rules.errors import Code, Refusal
from domain.rules.log import OPERATOR
from domain.rules.slots import SlotState
from domain.store.absences import replacements as questions
from domain.store.audit import audit
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, Slot
from domain.store.documents.absences import Absence, ReplacementState
from domain.store.documents.mails import Mail
from tests.domain.diaries import every_day, slot_at, slots_of
from tests.domain.practices import Practice, practice_with
from tests.domain.support import DAY
from tests.model.world import DONE, Outcome

COLLECTIONS = ("experts", "slots", "bookings", "outbox", "absences", "replacements", "waitlist")
BOOKED = {"ann": (2, "10:00"), "bob": (2, "11:00"), "eve": (3, "10:00")}
"""Who comes when to the first expert: days from the beginning, and a time."""
HOURS = {"rosa": "09:00-12:00", "ben": "13:00-15:00"}
ALIKE: dict[str, Any] = {
    "category": "Legal",
    "currency": "EUR",
    "price_minor": 9_000,
    "languages": ["en"],
}
OFFER_HOURS = 30
NOTHING = "nothing to do"


@dataclass(frozen=True)
class Deed:
    """What an expert, an attendee or the background job does."""

    verb: str
    who: str = ""
    first: int = 0
    """A day from the beginning, or which of the offers."""
    last: int = 0

    def __str__(self) -> str:
        return f"{self.verb} {self.who}".strip()


@dataclass(frozen=True)
class Kept:
    """A time that is offered to an attendee."""

    expert: str
    starts_at: datetime
    until: datetime


@dataclass(frozen=True)
class Session:
    """A session, and what its attendee was asked last."""

    expert: str
    starts_at: datetime
    steps: tuple[str, ...]
    status: str
    question: str = ""
    asked_by: Key | None = None
    offers: tuple[Kept, ...] = ()

    @property
    def is_displaced(self) -> bool:
        return self.status == "confirmed" and self.steps[-1] == "displaced"

    def after(self, step: str, *, status: str = "", question: str = "") -> "Session":
        """Return the session after one more step; a question that is open gets its answer."""
        is_open = self.question in {"asked", "unanswered"}
        return replace(
            self,
            steps=(*self.steps, step),
            status=status or self.status,
            question=question if is_open or step == "displaced" else self.question,
        )

    def facts(self) -> tuple[object, ...]:
        """Return what can be foreseen of it."""
        return self.steps, self.status, self.question


@dataclass(frozen=True)
class Situation:
    """Everything there is at an instant."""

    begun: datetime
    sessions: Mapping[str, Session]
    live: Mapping[Key, tuple[str, int, int]]
    """The absences that were not revoked: whose, and which days."""
    slots: Mapping[tuple[str, datetime], Slot]

    def span(self, first: int, last: int) -> tuple[datetime, datetime]:
        midnight = self.begun.replace(hour=0, minute=0)
        return midnight + first * DAY, midnight + (last + 1) * DAY

    def covers(self, days: tuple[int, int], at: datetime) -> bool:
        start, end = self.span(*days)
        return start <= at < end


@dataclass(frozen=True)
class Office:
    """The program with two experts and three sessions."""

    database: Database
    begun: datetime
    experts: Mapping[str, Key]
    booked: Mapping[str, Key]

    @classmethod
    async def opened(cls, database: Database, now: datetime) -> "Office":
        """Publish the experts' times, and book the sessions."""
        for collection in COLLECTIONS:
            await database.motor[database.name][collection].delete_many({})
        made = {
            name: await practice_with(
                database, now, every_day(hours), name=name, stands_in=name == "ben", **ALIKE
            )
            for name, hours in HOURS.items()
        }
        booked = {
            visitor: (await made["rosa"].booked(*when, visitor)).id
            for visitor, when in BOOKED.items()
        }
        experts = {name: practice.expert_id for name, practice in made.items()}
        return cls(database, now, experts, booked)

    def at(self, database: Database) -> "Office":
        """The same office at another connection."""
        return replace(self, database=database)

    def of(self, name: str) -> Practice:
        return Practice(self.database, self.experts[name], self.begun)

    async def run(self, deed: Deed, now: datetime) -> Outcome:
        """Do something; return DONE, or the code of the refusal."""
        try:
            outcome: Outcome = await getattr(self, f"_{deed.verb}")(deed, now)
        except Refusal as refusal:
            return refusal.code
        return outcome

    async def _booking(self, visitor: str) -> Booking:
        found = await bookings.find(self.database, self.booked[visitor])
        assert found is not None
        return found

    async def _declare(self, deed: Deed, now: datetime) -> Outcome:
        await self.of(deed.who).away(deed.first, deed.last, offer_hours=OFFER_HOURS, now=now)
        return DONE

    async def _revoke(self, deed: Deed, now: datetime) -> Outcome:
        expert = await self.of(deed.who).expert()
        days = self.of(deed.who).days(deed.first, deed.last)
        for absence in await declaring.of_expert(self.database, expert):
            same_days = (absence.first_day, absence.last_day) == (days.first_on, days.last_on)
            if same_days and absence.is_live:
                await declaring.revoke(self.database, expert, absence.id, by=OPERATOR, now=now)
                return DONE
        return NOTHING

    async def _take(self, deed: Deed, now: datetime) -> Outcome:
        """Press one of the offers."""
        booking = await self._booking(deed.who)
        proposal = await replacements.proposal_of(self.database, booking, now=now)
        times = proposal.times if proposal else ()
        if deed.first >= len(times):
            return NOTHING
        return await self._move(booking, times[deed.first].slot, now)

    async def _choose(self, deed: Deed, now: datetime) -> Outcome:
        """Choose any time of the first expert's."""
        rosa = self.experts["rosa"]
        slot = await slot_at(self.database, rosa, self.begun + deed.first * DAY, "09:00")
        return await self._move(await self._booking(deed.who), slot, now)

    async def _move(self, booking: Booking, slot: Slot, now: datetime) -> Outcome:
        await self.of("rosa").move(booking, slot, Viewer(booking.visitor_id), now=now)
        return DONE

    async def _cancel(self, deed: Deed, now: datetime) -> Outcome:
        booking = await self._booking(deed.who)
        viewer = Viewer(booking.visitor_id)
        await cancelling.cancel(self.database, booking.reference, viewer, now=now)
        return DONE

    async def _tick(self, _: Deed, now: datetime) -> Outcome:
        await self.of("rosa").tick(now)
        return DONE

    async def situation(self) -> Situation:
        """Return what there is."""
        names = {key: name for name, key in self.experts.items()}
        slots = [s for key in names for s in await slots_of(self.database, key)]
        return Situation(
            self.begun,
            {visitor: await self._session(visitor, names, slots) for visitor in BOOKED},
            await self._live(names),
            {(names[slot.expert_id], slot.starts_at): slot for slot in slots},
        )

    async def _live(self, names: Mapping[Key, str]) -> dict[Key, tuple[str, int, int]]:
        today = self.begun.date()
        return {
            one.id: (
                names[one.expert_id],
                (one.first_day - today).days,
                (one.last_day - today).days,
            )
            for one in await self.database.engine.find(Absence, {"is_live": True})
        }

    async def _session(self, visitor: str, names: Mapping[Key, str], slots: list[Slot]) -> Session:
        booking = await self._booking(visitor)
        question = await questions.latest(self.database, booking.id)
        by_id = {slot.id: slot for slot in slots}
        kept = [(by_id[time.slot_id], time) for time in question.offers] if question else []
        return Session(
            names[booking.expert_id],
            booking.starts_at,
            tuple(change.step.value for change in booking.history),
            booking.status.value,
            question.state.value if question else "",
            question.absence_id if question else None,
            tuple(Kept(names[s.expert_id], s.starts_at, time.until) for s, time in kept),
        )

    async def left(self) -> dict[str, Any]:
        """Return all that a run leaves, by names that two runs have in common."""
        found = await self.situation()
        names = {key: visitor for visitor, key in self.booked.items()}
        mails = await self.database.engine.find(Mail)
        hours = {name: (await self.of(name).expert()).hours for name in self.experts}
        return {
            "sessions": {
                visitor: replace(session, asked_by=None)
                for visitor, session in found.sessions.items()
            },
            "live": sorted(found.live.values()),
            "slots": {
                where: (s.state, s.held_until, s.retiring) for where, s in found.slots.items()
            },
            "mails": sorted(
                (names[mail.booking_id], mail.booking_rev, mail.kind, mail.audience, mail.state)
                for mail in mails
                if mail.booking_id is not None
            ),
            "closed": {name: len(kept.exceptions) for name, kept in hours.items()},
            "wrong": await self.wrong(),
        }

    async def wrong(self) -> list[str]:
        """Return what contradicts itself; nothing when all is well."""
        found = await self.situation()
        return [
            *(str(finding) for finding in await audit(self.database)),
            *(f"{who}: {s}" for who, s in found.sessions.items() if not _is_sound(found, s)),
        ]


def _is_sound(found: Situation, session: Session) -> bool:
    """Say whether a session, its question and its offers fit together."""
    is_open = session.question in {ReplacementState.ASKED, ReplacementState.UNANSWERED}
    is_asked = session.question == ReplacementState.ASKED
    return (
        is_asked is session.is_displaced
        and len(session.offers) <= 3
        and (is_open or not session.offers)
        and not any(
            whose == kept.expert and found.covers((first, last), kept.starts_at)
            for kept in session.offers
            for whose, first, last in found.live.values()
        )
    )


def foreseen(
    found: Situation, deed: Deed, now: datetime
) -> tuple[Outcome, dict[str, tuple[object, ...]]]:
    """Return what should come of a deed: its outcome, and what is then known of each session."""
    outcome, changed = getattr(_Oracle(found, now), deed.verb)(deed)
    return outcome, {who: s.facts() for who, s in {**found.sessions, **changed}.items()}


Foreseen = tuple[Outcome, dict[str, Session]]


@dataclass(frozen=True)
class _Oracle:
    found: Situation
    now: datetime

    def declare(self, deed: Deed) -> Foreseen:
        days = (deed.first, deed.last)
        if self.found.span(*days)[1] <= self.now.replace(hour=0, minute=0):
            return Code.FORM_INVALID, {}
        return DONE, {
            who: session.after("displaced", question="asked")
            for who, session in self.found.sessions.items()
            if self._is_asked(session, deed.who, days)
        }

    def _is_asked(self, session: Session, expert: str, days: tuple[int, int]) -> bool:
        """Say whether a session falls into an absence, or something that it is offered does."""
        if session.status != "confirmed":
            return False
        if session.is_displaced:
            return any(
                kept.expert == expert
                and kept.starts_at >= self.now
                and self.found.covers(days, kept.starts_at)
                for kept in session.offers
            )
        is_within = self.found.covers(days, session.starts_at)
        return session.expert == expert and is_within and session.starts_at > self.now

    def revoke(self, deed: Deed) -> Foreseen:
        found, wanted = self.found, (deed.who, deed.first, deed.last)
        revoked = next((key for key, days in found.live.items() if days == wanted), None)
        if revoked is None:
            return NOTHING, {}
        others = [days for key, days in found.live.items() if key != revoked]
        return DONE, {
            who: session.after("restored", question="revoked")
            for who, session in found.sessions.items()
            if session.is_displaced and session.asked_by == revoked
            if session.starts_at > self.now and not self._is_covered(session, others)
        }

    def _is_covered(self, session: Session, absences: Sequence[tuple[str, int, int]]) -> bool:
        return any(
            expert == session.expert and self.found.covers((first, last), session.starts_at)
            for expert, first, last in absences
        )

    def take(self, deed: Deed) -> Foreseen:
        session = self.found.sessions[deed.who]
        live = [kept for kept in session.offers if self.now < kept.until]
        if deed.first >= len(live):
            return NOTHING, {}
        return DONE, {deed.who: session.after("rescheduled", status="confirmed", question="moved")}

    def choose(self, deed: Deed) -> Foreseen:
        session = self.found.sessions[deed.who]
        starts_at = self.found.span(deed.first, deed.first)[0] + timedelta(hours=9)
        slot = self.found.slots["rosa", starts_at]
        has_it = session.status == "confirmed" and session.expert == "rosa"
        if has_it and session.starts_at == starts_at:
            return DONE, {}
        if code := self._why_not(session, slot):
            return code, {}
        return DONE, {deed.who: session.after("rescheduled", status="confirmed", question="moved")}

    def _why_not(self, session: Session, slot: Slot) -> Code | None:
        if slot.state is SlotState.WITHDRAWN:
            return Code.OFFER_GONE if "displaced" in session.steps else Code.SLOT_UNKNOWN
        if session.expert != "rosa":
            return Code.OFFER_GONE
        if any(kept.starts_at == slot.starts_at for kept in session.offers):
            return None if self.now < slot.starts_at else Code.SLOT_TAKEN
        if session.status == "cancelled":
            return Code.BOOKING_CANCELLED
        if self.now >= session.starts_at:
            return Code.BOOKING_PAST
        is_free = slot.state is SlotState.OPEN and slot.opens_at <= self.now < slot.closes_at
        return None if is_free else Code.SLOT_TAKEN

    def cancel(self, deed: Deed) -> Foreseen:
        session = self.found.sessions[deed.who]
        if session.status == "cancelled":
            return DONE, {}
        if self.now >= session.starts_at:
            return Code.BOOKING_PAST, {}
        return DONE, {
            deed.who: session.after("cancelled", status="cancelled", question="cancelled")
        }

    def tick(self, _: Deed) -> Foreseen:
        return DONE, {
            who: session.after("cancelled", status="cancelled", question="unanswered")
            for who, session in self.found.sessions.items()
            if session.is_displaced and session.starts_at <= self.now
        }


VISITORS = st.sampled_from([*BOOKED])
DAYS = st.sampled_from([(2, 2), (3, 3), (2, 3), (1, 4), (0, 7)])
ABSENT = st.tuples(st.sampled_from(["rosa", "rosa", "ben"]), DAYS)
DECLARED = ABSENT.map(lambda absent: Deed("declare", absent[0], *absent[1]))
REVOKED = ABSENT.map(lambda absent: Deed("revoke", absent[0], *absent[1]))
TAKEN = st.builds(Deed, st.just("take"), VISITORS, st.integers(0, 2))
CHOSEN = st.builds(Deed, st.just("choose"), VISITORS, st.sampled_from([2, 4, 5]))
CANCELLED = st.builds(Deed, st.just("cancel"), VISITORS)
TICK = st.just(Deed("tick"))
PAUSES = st.sampled_from([timedelta(hours=n) for n in (1, 12, 24, 25)])
DEEDS = st.one_of(DECLARED, DECLARED, REVOKED, TAKEN, TAKEN, CHOSEN, CANCELLED, TICK)
STEPS = st.lists(st.one_of(DEEDS, DEEDS, PAUSES), min_size=1, max_size=12).map(
    lambda steps: [Deed("declare", "rosa", 2, 2), *steps]
)
