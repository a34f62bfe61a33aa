"""The program with one expert: asked for the same as the diary, and what can be seen of it."""

from dataclasses import replace
from datetime import datetime
from itertools import count
from typing import Any

import pytest

from domain import waitlist
from domain.booking import cancelling, claims, holds, rescheduling
from domain.booking.bookings import Viewer
from domain.desk import publishing
from domain.desk.absences import declaring
from domain.desk.absences.declaring import AbsentDays
from domain.desk.working_hours import saving
from domain.desk.working_hours.changes import Change, with_hours
from domain.rules import slots as rules
from domain.rules.absences import EXCEPTION_PREFIX
from domain.rules.errors import Refusal
from domain.rules.hours import ExceptionKind
from domain.rules.instants import EPOCH, NEVER
from domain.rules.log import OPERATOR
from domain.rules.request_limits import Asker
from domain.rules.schedule import is_shown
from domain.rules.slots import SlotState
from domain.store.audit import audit
from domain.store.bookings import holds as hold_store
from domain.store.core.database import Database, Key
from domain.store.core.turns import Turns
from domain.store.documents import Booking, BookingStatus, Expert, Slot
from domain.store.documents.hours import KeptException, KeptRule
from domain.store.documents.waitlist import WaitlistEntry
from domain.store.experts import publishing as store
from domain.store.slots import claiming as slots
from domain.store.waitlist import entries, offers
from domain.waitlist import EntryRequest, Line
from tests.domain.support import DAY, attendee
from tests.factories import make_expert
from tests.model.diary import DONE, HOLD, Deed, Diary, Outcome
from tests.model.wants import Time

COLLECTIONS = (
    "experts",
    "slots",
    "bookings",
    "outbox",
    "absences",
    "replacements",
    "waitlist",
    "counts",
)
LIMITS = {
    "pause": "pause_after_minutes",
    "grid": "grid_minutes",
    "most_a_day": "most_a_day",
    "most_a_week": "most_a_week",
}
TERMS = {"notice": "notice_minutes", "horizon": "horizon_days"}
STEPS_AT_ONCE = 2


def changed(wants: dict[str, Any], begun: datetime) -> Change:
    """Return the change of an expert who wants this, too, from now on."""

    def change(expert: Expert) -> Expert:
        hours = expert.hours
        limits = {LIMITS[name]: value for name, value in wants.items() if name in LIMITS}
        terms = {TERMS[name]: value for name, value in wants.items() if name in TERMS}
        parts: dict[str, object] = {"limits": hours.limits.model_copy(update=limits)}
        if "week" in wants:
            parts["rules"] = _rules(wants["week"])
        if "dates" in wants:
            kept = [one for one in hours.exceptions if one.key.startswith(EXCEPTION_PREFIX)]
            parts["exceptions"] = [*kept, *_exceptions(wants["dates"], begun)]
        profile = {
            "terms": expert.terms.model_copy(update=terms),
            "session_minutes": wants.get("length", expert.session_minutes),
        }
        return with_hours(expert, has_hours=True, **parts).model_copy(update=profile)

    return change


def _rules(week: tuple[tuple[str, str], ...]) -> list[KeptRule]:
    return [
        KeptRule(key=f"{day} {text}", weekday=int(day), opens=text[:5], closes=text[6:])
        for days, text in week
        for day in days
    ]


def _exceptions(dates: tuple[tuple[int, str, str], ...], begun: datetime) -> list[KeptException]:
    found = []
    for number, kind, text in dates:
        on = (begun + number * DAY).date().isoformat()
        stretch = {} if kind == "closed" else {"opens": text[:5], "closes": text[6:]}
        same = {"key": f"{on} {kind}", "first_on": on, "last_on": on}
        found.append(KeptException(**same, kind=ExceptionKind(kind), **stretch))
    return found


class Program:
    """The program with the expert of a diary, on a database of its own."""

    def __init__(self, database: Database, expert_id: Key, begun: datetime) -> None:
        self.database = database
        self.expert_id = expert_id
        self.begun = begun
        self._forms = count()

    @classmethod
    async def of(cls, database: Database, diary: Diary) -> "Program":
        """Publish the hours of a diary that begins."""
        for collection in COLLECTIONS:
            await database.motor[database.name][collection].delete_many({})
        expert = await make_expert(database, zone="UTC")
        program = cls(database, expert.id, diary.begun)
        wants = changed(vars(diary.wants), diary.begun)
        await saving.save(database, expert.id, wants, by=OPERATOR, now=diary.now)
        return program

    async def run(self, deed: Deed, now: datetime) -> Outcome:
        """Do something, as a process of its own: deeds at once don't wait for turns."""
        elsewhere = replace(self.database, turns=Turns())
        try:
            await getattr(self, f"_{deed.verb}")(elsewhere, deed, now)
        except Refusal as refusal:
            return refusal.code
        return DONE

    # What can be seen

    async def slots(self) -> list[Slot]:
        mine = {"expert_id": self.expert_id}
        return await self.database.engine.find(Slot, mine, sort=Slot.starts_at)

    async def seen(self, now: datetime) -> dict[str, Any]:
        """Return what there is now, in the model's terms."""
        engine = self.database.engine
        found = await self.slots()
        line = await engine.find(WaitlistEntry, sort=WaitlistEntry.id)
        bookings = await engine.find(Booking, sort=Booking.request_key)
        expert = await self._expert(self.database)
        starts = {slot.id: slot.starts_at for slot in found}
        return {
            "times": {slot.starts_at: as_seen(_time(slot)) for slot in found},
            "shown": {s.starts_at: rules.status(s, now).value for s in found if is_shown(s, now)},
            "free": await slots.free_starts(self.database, self.expert_id, now, NEVER, now),
            "bookings": [
                (b.visitor_id, b.starts_at, b.ends_at, b.status is BookingStatus.CANCELLED)
                for b in bookings
            ],
            "line": [
                (e.visitor_id, e.starts_at, starts[e.slot_id] if e.slot_id else None) for e in line
            ],
            "planned": (expert.planned_at != EPOCH, expert.plan_due_at, expert.next_free_at),
            "wrong": [str(finding) for finding in await audit(self.database)],
        }

    async def claims(self) -> dict[Key, tuple[object, ...]]:
        """Return the slots that somebody has, each with all that is theirs."""
        return {
            slot.id: (slot.state, slot.held_by, slot.booking_id, slot.held_until, slot.rev)
            for slot in await self.slots()
            if slot.state not in {SlotState.OPEN, SlotState.WITHDRAWN}
        }

    async def _expert(self, database: Database) -> Expert:
        found = await database.engine.find_one(Expert, {"_id": self.expert_id})
        assert found is not None
        return found

    # What the expert and the jobs do

    async def _change(self, database: Database, deed: Deed, now: datetime) -> None:
        change = changed(dict(deed.wants), self.begun)
        await saving.save(database, self.expert_id, change, by=OPERATOR, now=now)

    async def _save(self, database: Database, deed: Deed, _: datetime) -> None:
        expert = await self._expert(database)
        change = changed(dict(deed.wants), self.begun)
        assert await store.save_hours(database, expert, change(expert))

    async def _kill(self, database: Database, deed: Deed, now: datetime) -> None:
        """Change hours, and die after some parts of what is to be published."""
        left, carry_out = iter(range(deed.at)), store.carry_out

        async def killed(*given: Any, **options: Any) -> bool:
            if next(left, None) is None:
                raise ConnectionError
            return await carry_out(*given, **options)

        async def at_last(*_: object) -> None:
            raise ConnectionError

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(publishing, "_STEPS_AT_ONCE", STEPS_AT_ONCE)
            patch.setattr(store, "carry_out", killed)
            patch.setattr(store, "note_planned", at_last)
            with pytest.raises(ConnectionError):
                await self._change(database, deed, now)

    async def _declare(self, database: Database, deed: Deed, now: datetime) -> None:
        first = (self.begun + deed.at * DAY).date()
        days = AbsentDays(first, first + DAY)
        await declaring.declare(database, await self._expert(database), days, by=OPERATOR, now=now)

    async def _revoke(self, database: Database, _: Deed, now: datetime) -> None:
        expert = await self._expert(database)
        found = await declaring.of_expert(database, expert)
        first = min((one for one in found if one.is_live), key=lambda one: one.first_day)
        await declaring.revoke(database, expert, first.id, by=OPERATOR, now=now)

    async def _publish(self, database: Database, _: Deed, now: datetime) -> None:
        await publishing.forget_passed(database, now=now)
        while await publishing.publish_next(database, now=now):
            pass
        await publishing.publish_unsettled(database, now=now)

    async def _lapse(self, database: Database, _: Deed, now: datetime) -> None:
        for slot in await self.slots():
            await self._end_lapsed(database, slot.id, now)

    async def _announce(self, database: Database, deed: Deed, now: datetime) -> None:
        await self._end_lapsed(database, await self._key(deed), now)

    async def _end_lapsed(self, database: Database, key: Key, now: datetime) -> None:
        await hold_store.announce(database, key, now=now)
        entry = await entries.offered(database, key)
        if entry is not None and not waitlist.is_offered(entry, now):
            await offers.end(database, entry, now=now)

    # What visitors do

    async def _key(self, deed: Deed) -> Key:
        query = {"expert_id": self.expert_id, "starts_at": deed.time}
        found = await self.database.engine.find_one(Slot, query)
        return found.id if found else Key()

    async def _hold(self, database: Database, deed: Deed, now: datetime) -> None:
        await holds.hold(database, await self._key(deed), deed.who, now=now, hold_for=HOLD)

    async def _release(self, database: Database, deed: Deed, now: datetime) -> None:
        await holds.release(database, await self._key(deed), deed.who, now=now)

    async def _book(self, database: Database, deed: Deed, now: datetime) -> None:
        await claims.book(
            database,
            await self._key(deed),
            deed.who,
            attendee(f"{deed.who}@example.org"),
            request_key=f"form {next(self._forms):04}",
            now=now,
            hold_for=HOLD,
            overlap=True,
        )

    async def _booking(self, deed: Deed) -> tuple[str, Viewer]:
        found = await self.database.engine.find(Booking, sort=Booking.request_key)
        if not found:
            return "NOSUCHBOOKING", Viewer("nobody")
        return found[deed.booking].reference, Viewer(found[deed.booking].visitor_id)

    async def _cancel(self, database: Database, deed: Deed, now: datetime) -> None:
        await cancelling.cancel(database, *await self._booking(deed), now=now)

    async def _move(self, database: Database, deed: Deed, now: datetime) -> None:
        reference, viewer = await self._booking(deed)
        await rescheduling.reschedule(
            database,
            reference,
            viewer,
            await self._key(deed),
            viewer.visitor_id or "",
            now=now,
            hold_for=HOLD,
            overlap=True,
        )

    async def _line(self, database: Database, deed: Deed) -> Line:
        begins = self.begun + deed.at * DAY
        return Line(await self._expert(database), begins, begins + DAY)

    async def _join(self, database: Database, deed: Deed, now: datetime) -> None:
        address = f"{deed.who}@example.org"
        person = EntryRequest(address, deed.who, Asker(deed.who), zone="UTC", language="en")
        await waitlist.join(database, await self._line(database, deed), person, now=now)

    async def _leave(self, database: Database, deed: Deed, now: datetime) -> None:
        await waitlist.leave_line(database, await self._line(database, deed), deed.who, now=now)


def _time(slot: Slot) -> Time:
    return Time(
        slot.starts_at,
        slot.ends_at,
        slot.opens_at,
        slot.closes_at,
        slot.state.value,
        slot.retiring,
        slot.full,
        slot.held_by,
        None if slot.held_since == EPOCH else slot.held_since,
        None if slot.held_until == EPOCH else slot.held_until,
        slot.changed_at if slot.state is SlotState.WITHDRAWN else None,
        slot.unproven_offers,
    )


def as_seen(time: Time) -> Time:
    """Return as much of a time as counts: what a withdrawn one would be is written on reopening."""
    if time.state != "withdrawn":
        return time
    at = time.starts_at
    return Time(at, at, at, at, "withdrawn", time.retiring, withdrawn_at=time.withdrawn_at)


def expected(diary: Diary) -> dict[str, Any]:
    """Return what should be seen of the program when it is where the model is."""
    times = {at: diary.times[at] for at in sorted(diary.times)}
    status = {at: diary.status(time) for at, time in times.items() if at > diary.now}
    return {
        "times": {at: as_seen(time) for at, time in times.items()},
        "shown": {at: shown for at, shown in status.items() if shown != "closed"},
        "free": [at for at, shown in status.items() if shown == "free"],
        "bookings": [(b.who, b.starts_at, b.ends_at, b.is_cancelled) for b in diary.bookings],
        "line": [(entry.who, entry.day, entry.offered) for entry in diary.line],
        "planned": (diary.is_planned, diary.due_at or EPOCH, diary.next_free or NEVER),
        "wrong": [],
    }


def as_raced(seen: dict[str, Any]) -> dict[str, Any]:
    """Return what deeds at once have in common with some sequence of them.

    Nobody sees whether a time was withdrawn or never published, by which terms it could be had
    before it began to retire, nor which booking came first.
    """
    times = {at: time for at, time in seen["times"].items() if time.state != "withdrawn"}
    retiring = {at for at, time in times.items() if time.retiring}
    times |= {at: replace(times[at], opens_at=at, closes_at=at) for at in retiring}
    shown = {at: status for at, status in seen["shown"].items() if at not in retiring}
    is_planned, *_ = seen["planned"]
    bookings = sorted(seen["bookings"])
    return {**seen, "times": times, "shown": shown, "bookings": bookings, "planned": is_planned}


def unlike(seen: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """Return every difference in words."""
    return [
        f"{name}: {is_now}, not {should_be}"
        for name in wanted
        for is_now, should_be in _pairs(seen[name], wanted[name])
        if is_now != should_be
    ]


def _pairs(seen: Any, wanted: Any) -> list[tuple[Any, Any]]:
    if not isinstance(wanted, dict):
        return [(seen, wanted)]
    return [(seen.get(at), wanted.get(at)) for at in sorted({*seen, *wanted})]
