"""A model of one expert's diary: what becomes of each time when hours change and people book. Pure.

It is written apart from the program, and in its plainest form: every time is looked at anew.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from domain.rules.errors import Code
from tests.model.wants import DAY, HOUR, MINUTE, Time, Wants, asked_for

HOLD, OFFER = 5 * MINUTE, 10 * MINUTE
UNPROVEN_OFFERS = 3
"""How often a time is offered in line until it is booked: here nobody has proven an address."""
DONE, NOTHING = "done", "nothing to do"
GONE, KEPT = -1, -2
"""Which time a deed is about: one that was withdrawn, or the one that its visitor has."""

Outcome = str


@dataclass(frozen=True)
class Deed:
    """What the expert, a visitor or a job does."""

    verb: str
    who: str = ""
    at: int = 0
    """Which time, booking or day, as it is drawn."""
    wants: tuple[tuple[str, Any], ...] = ()
    """What the expert wants from now on."""
    time: datetime | None = None
    """Which time it is about, and `booking` which booking, once the diary has looked them up."""
    booking: int = 0

    def __str__(self) -> str:
        wants = " and ".join(f"{name} {value}" for name, value in self.wants)
        return " ".join(word for word in (self.verb, self.who, wants) if word)


@dataclass
class Booking:
    who: str
    starts_at: datetime
    ends_at: datetime
    is_cancelled: bool = False


@dataclass
class Entry:
    """A place in the line of a day, and the time that is kept for it."""

    who: str
    day: datetime
    offered: datetime | None = None

    def waits_for(self, at: datetime) -> bool:
        return self.offered is None and self.day <= at < self.day + DAY


@dataclass
class Diary:
    """Everything that there is at an instant, and what deeds make of it."""

    now: datetime
    begun: datetime
    """The midnight at which the first day begins."""
    wants: Wants
    absences: set[tuple[int, int]] = field(default_factory=set)
    times: dict[datetime, Time] = field(default_factory=dict)
    bookings: list[Booking] = field(default_factory=list)
    line: list[Entry] = field(default_factory=list)
    """Those who joined first in front."""
    is_planned: bool = False
    due_at: datetime | None = None
    """From when on the publisher looks again; None for at once."""
    next_free: datetime | None = None

    @classmethod
    def published(cls, now: datetime, wants: Wants) -> "Diary":
        diary = cls(now, now.replace(hour=0, minute=0), wants)
        diary.publish()
        return diary

    def run(self, deed: Deed) -> Outcome:
        outcome: Outcome = getattr(self, f"_{deed.verb}")(deed)
        return outcome

    def become(self, other: "Diary") -> None:
        self.__dict__.update(other.__dict__)

    def day(self, number: int) -> datetime:
        return self.begun + number * DAY

    def meant(self, deed: Deed) -> Deed:
        """Return a deed that names its time and its booking, if there are any."""
        to_come = [time for at, time in sorted(self.times.items()) if at > self.now]
        shown = [time for time in to_come if time.state != "withdrawn"]
        gone = [time for time in to_come if time.state == "withdrawn"]
        found = shown or gone
        if deed.at == GONE:
            found = gone or shown
        if deed.at == KEPT:
            found = [time for time in shown if time.who == deed.who] or found
        return replace(
            deed,
            time=found[deed.at % len(found)].starts_at if found else None,
            booking=deed.at % len(self.bookings) if self.bookings else 0,
        )

    # What publishing makes of it

    def _asked_for(self) -> dict[datetime, Time]:
        found = asked_for(self.wants, self.absences, begun=self.begun, now=self.now)
        return {time.starts_at: time for time in found}

    def publish(self) -> None:
        """Make every time what it should be."""
        self._carry_out()
        self._count_all()
        free = [at for at, time in self.times.items() if self.status(time) == "free"]
        self.next_free = min(free, default=None)
        self.is_planned, self.due_at = True, self.now + HOUR

    def killed(self) -> Iterator["Diary"]:
        """Yield every state in which a publisher that is killed can leave the diary."""
        for until in [*sorted({*self.times, *self._asked_for()}), None]:
            left = deepcopy(self)
            left._carry_out(until)
            yield left
        left._count_all()
        yield left

    def _carry_out(self, until: datetime | None = None) -> None:
        """Make times what they should be: all, or those that begin before an instant."""
        asked, pause = self._asked_for(), self.wants.pause * MINUTE
        claimed = [t for t in self.times.values() if t.is_claimed and t.ends_at > self.now]
        had = {at for at, time in asked.items() if any(time.meets(c, pause) for c in claimed)}
        clear = {at: time for at, time in asked.items() if at not in had}
        new = []
        for at in sorted({*asked, *self.times}):
            if until is None or at < until:
                time = self.times.get(at)
                if time is not None and time.is_claimed:
                    self._mark_claimed(time, asked.get(at))
                elif time is not None and time.state == "open":
                    self._adapt(time, clear)
                elif at in clear and clear[at].closes_at > self.now:
                    self.times[at] = clear[at]
                    new.append(at)
                elif time is not None and time.ends_at > self.now:
                    time.retiring = False
        self._count(new)
        for at in new:
            if not self.times[at].full and any(entry.waits_for(at) for entry in self.line):
                self._pass_on(self.times[at])

    def _mark_claimed(self, time: Time, asked: Time | None) -> None:
        """Have a time that is somebody's say what is to become of it afterwards."""
        fits = asked is not None and asked.ends_at == time.ends_at
        if time.starts_at > self.now:
            time.retiring = not fits
        if asked is not None and fits:
            time.opens_at, time.closes_at = asked.opens_at, asked.closes_at

    def _adapt(self, time: Time, clear: Mapping[datetime, Time]) -> None:
        """Give an open time its new end and terms; withdraw it where there is to be none."""
        if asked := clear.get(time.starts_at):
            time.ends_at, time.opens_at = asked.ends_at, asked.opens_at
            time.closes_at = asked.closes_at
        elif time.starts_at > self.now or any(time.meets(other) for other in clear.values()):
            time.state, time.withdrawn_at = "withdrawn", self.now

    # How many sessions a day and a week have

    def _is_full(self, at: datetime, *, but: Time | None = None) -> bool:
        taken = [t.starts_at for t in self.times.values() if t.is_taken and t is not but]
        a_day = sum(one.date() == at.date() for one in taken)
        a_week = sum(_monday(one) == _monday(at) for one in taken)
        limits = ((a_day, self.wants.most_a_day), (a_week, self.wants.most_a_week))
        return any(most is not None and count >= most for count, most in limits)

    def _count(self, starts: list[datetime]) -> None:
        """Have the times of some weeks say whether their day is full."""
        weeks = {_monday(at) for at in starts}
        if self.wants.are_limited:
            self._mark_full([t for t in self.times.values() if _monday(t.starts_at) in weeks])

    def _count_all(self) -> None:
        this_week = _monday(self.now)
        self._mark_full([t for t in self.times.values() if _monday(t.starts_at) >= this_week])

    def _mark_full(self, times: list[Time]) -> None:
        """Holds end when their day fills up; those from then on are for bookings of that day."""
        for time in times:
            if time.state in {"open", "held"}:
                was_full, time.full = time.full, self._is_full(time.starts_at)
                if time.state == "held" and time.full and not was_full:
                    self._let_go(time)

    # What holds of a time

    def status(self, time: Time) -> str:
        """Return what visitors are shown of it."""
        if time.state == "booked":
            return "booked"
        if time.state == "withdrawn" or not time.opens_at <= self.now < time.closes_at:
            return "closed"
        if time.full:
            return "full"
        return "free" if self._is_free(time) else "held"

    def _is_free(self, time: Time, *, full_too: bool = False) -> bool:
        is_open = time.opens_at <= self.now < time.closes_at and not time.retiring
        return (
            is_open
            and (time.state == "open" or self._is_lapsed(time))
            and (full_too or not time.full)
        )

    def _is_over(self, time: Time) -> bool:
        return time.until is not None and time.until <= self.now

    def _is_lapsed(self, time: Time) -> bool:
        return time.state == "held" and self._is_over(time)

    def _is_kept(self, time: Time, who: str, *, full_too: bool = False) -> bool:
        """Say whether a visitor may book a time: a hold that has lapsed still counts."""
        has_it = time.state in {"held", "offered"} and time.who == who
        return has_it and self.now < time.starts_at and (full_too or not time.full)

    # What becomes of a time

    def _let_go(self, time: Time) -> None:
        """Give a time to everybody, or withdraw it if it retires."""
        time.state, time.who, time.since, time.until = "open", None, None, None
        if time.retiring:
            time.state, time.withdrawn_at = "withdrawn", self.now

    def _next_in_line(self, time: Time, had_by: str | None = None) -> Entry | None:
        if time.retiring or not time.opens_at <= self.now < time.closes_at:
            return None
        if time.unproven_offers == UNPROVEN_OFFERS:
            return None
        waiting = (entry for entry in self.line if entry.waits_for(time.starts_at))
        return next((entry for entry in waiting if entry.who != (time.who or had_by)), None)

    def _pass_on(self, time: Time, had_by: str | None = None) -> None:
        """Offer a time that comes free to the first in line, or give it to everybody."""
        entry = self._next_in_line(time, had_by)
        if entry is None or self._is_full(time.starts_at, but=time):
            self._let_go(time)
        else:
            entry.offered = time.starts_at
            time.unproven_offers += 1
            time.state, time.who, time.since = "offered", entry.who, self.now
            time.until = min(self.now + OFFER, time.starts_at)
        self._count([time.starts_at])

    def _end_hold(self, time: Time) -> None:
        if self._next_in_line(time):
            self._pass_on(time)
        else:
            self._let_go(time)

    def _offer_of(self, time: Time) -> Entry | None:
        return next((entry for entry in self.line if entry.offered == time.starts_at), None)

    def _end(self, entry: Entry) -> None:
        self.line.remove(entry)
        if entry.offered is not None:
            self._pass_on(self.times[entry.offered])

    def _take(self, time: Time, who: str, *, full_too: bool = False) -> bool:
        """Hold a time if it can be had, the line first; say whether the visitor has it now."""
        if self._is_lapsed(time):
            self._end_hold(time)
        if not self._is_free(time, full_too=full_too):
            return self._is_kept(time, who, full_too=full_too) and not self._is_over(time)
        time.state, time.who, time.since = "held", who, self.now
        time.until = min(self.now + HOLD, time.starts_at)
        return True

    def _give(self, time: Time) -> None:
        """Have a time booked that is kept for somebody."""
        if offer := self._offer_of(time):
            self.line.remove(offer)
        time.state, time.who, time.since, time.until = "booked", None, None, None
        time.full, time.unproven_offers = False, 0

    def _shown(self, deed: Deed) -> Time | None:
        time = self.times.get(deed.time) if deed.time else None
        return time if time is not None and time.state != "withdrawn" else None

    # What the expert and the jobs do

    def _save(self, deed: Deed) -> Outcome:
        """Change hours, and be killed before any of it is published."""
        self.wants = replace(self.wants, **dict(deed.wants))
        self.is_planned, self.due_at = False, None
        return DONE

    _kill = _save
    """How far the publisher came until it was killed, `killed` says."""

    def _plan(self, _: Deed) -> Outcome:
        self.publish()
        return DONE

    def _change(self, deed: Deed) -> Outcome:
        self._save(deed)
        return self._plan(deed)

    def _declare(self, deed: Deed) -> Outcome:
        """Be absent on two days, unless somebody is booked then: `absences.py` is about those."""
        first, last = deed.at, deed.at + 1
        start, end = self.day(first), self.day(last + 1)
        booked = [b for b in self.bookings if not b.is_cancelled and start <= b.starts_at < end]
        if booked or end <= self.now or (first, last) in self.absences:
            return NOTHING
        self.absences.add((first, last))
        self.publish()
        return DONE

    def _revoke(self, _: Deed) -> Outcome:
        """Revoke the first absence."""
        if not self.absences:
            return NOTHING
        self.absences.remove(min(self.absences))
        self.publish()
        return DONE

    def _publish(self, _: Deed) -> Outcome:
        """Do a round of the publisher's: forget, then plan whoever is due, or has come free."""
        for time in [time for time in self.times.values() if time.state == "withdrawn"]:
            if time.withdrawn_at is not None and time.withdrawn_at < self.now - DAY:
                del self.times[time.starts_at]
        if self.due_at is None or self.due_at <= self.now:
            self.publish()
        gone = [time for time in self.times.values() if time.state == "withdrawn"]
        if any(time.retiring and time.ends_at > self.now for time in gone):
            self.publish()
        return DONE

    def _lapse(self, _: Deed) -> Outcome:
        """End every hold and offer whose time is up."""
        for at in sorted(self.times):
            self._announce(Deed("announce", time=at))
        return DONE

    def _announce(self, deed: Deed) -> Outcome:
        """End the hold or the offer of one time, if it is up."""
        if time := self._shown(deed):
            offer = self._offer_of(time)
            if self._is_lapsed(time):
                self._end_hold(time)
            elif offer and self._is_over(time):
                self._end(offer)
        return DONE

    # What visitors do

    def _hold(self, deed: Deed) -> Outcome:
        time = self._shown(deed)
        if time is None:
            return Code.SLOT_UNKNOWN
        if self._is_kept(time, deed.who) and not self._is_over(time):
            return DONE
        if not self._is_free(time) or not self._take(time, deed.who):
            return Code.SLOT_TAKEN
        mine = [t for t in self.times.values() if (t.state, t.who) == ("held", deed.who)]
        for other in mine:
            if other.since is not None and other.since < self.now and other is not time:
                self._end_hold(other)
        return DONE

    def _release(self, deed: Deed) -> Outcome:
        time = self.times.get(deed.time) if deed.time else None
        if time is None:
            return Code.SLOT_UNKNOWN
        offer = self._offer_of(time)
        if (time.state, time.who) == ("held", deed.who):
            self._end_hold(time)
        elif offer and offer.who == deed.who:
            self._end(offer)
        return DONE

    def _take_to_book(self, deed: Deed) -> Outcome:
        time = self._shown(deed)
        if time is None:
            return Code.SLOT_UNKNOWN
        has_it = self._is_kept(time, deed.who) or self._take(time, deed.who)
        return DONE if has_it else Code.SLOT_TAKEN

    def _book(self, deed: Deed) -> Outcome:
        outcome, time = self._take_to_book(deed), self._shown(deed)
        if outcome != DONE or time is None:
            return outcome
        if not time.is_taken and self._is_full(time.starts_at):
            return Code.SLOT_TAKEN
        self._give(time)
        self.bookings.append(Booking(deed.who, time.starts_at, time.ends_at))
        self._count([time.starts_at])
        return DONE

    def _cancel(self, deed: Deed) -> Outcome:
        if not self.bookings:
            return Code.BOOKING_UNKNOWN
        booking = self.bookings[deed.booking]
        if booking.is_cancelled:
            return DONE
        if self.now >= booking.starts_at:
            return Code.BOOKING_PAST
        booking.is_cancelled = True
        self._pass_on(self.times[booking.starts_at], booking.who)
        return DONE

    def _take_to_move(self, deed: Deed) -> Outcome:
        if not self.bookings:
            return Code.BOOKING_UNKNOWN
        booking, time = self.bookings[deed.booking], self._shown(deed)
        if time is not None and self._is_there(booking, time):
            return DONE
        if time is None:
            return Code.SLOT_UNKNOWN
        if code := self._why_not_move(booking, time):
            return code
        stays = booking.starts_at.date() == time.starts_at.date()
        has_it = self._is_kept(time, booking.who, full_too=stays)
        has_it = has_it or self._take(time, booking.who, full_too=stays)
        return DONE if has_it else Code.SLOT_TAKEN

    @staticmethod
    def _is_there(booking: Booking, time: Time) -> bool:
        return booking.starts_at == time.starts_at and not booking.is_cancelled

    def _move(self, deed: Deed) -> Outcome:
        outcome, time = self._take_to_move(deed), self._shown(deed)
        if outcome != DONE or time is None:
            return outcome
        booking = self.bookings[deed.booking]
        if self._is_there(booking, time):
            return DONE
        before = self.times[booking.starts_at]
        self._give(time)
        self._pass_on(before, booking.who)
        self._count([time.starts_at])
        booking.starts_at, booking.ends_at = time.starts_at, time.ends_at
        return DONE

    def _why_not_move(self, booking: Booking, time: Time) -> Code | None:
        if booking.is_cancelled:
            return Code.BOOKING_CANCELLED
        if self.now >= booking.starts_at:
            return Code.BOOKING_PAST
        is_as_long = booking.ends_at - booking.starts_at == time.ends_at - time.starts_at
        return None if is_as_long else Code.TERMS_CHANGED

    def _join(self, deed: Deed) -> Outcome:
        day = self.day(deed.at)
        if day + DAY <= self.now:
            return Code.DAY_OVER
        if any(self._is_free(t) for t in self.times.values() if day <= t.starts_at < day + DAY):
            return Code.DAY_NOT_FULL
        if not any((entry.who, entry.day) == (deed.who, day) for entry in self.line):
            self.line.append(Entry(deed.who, day))
        return DONE

    def _leave(self, deed: Deed) -> Outcome:
        day = self.day(deed.at)
        for entry in [e for e in self.line if (e.who, e.day) == (deed.who, day)]:
            self._end(entry)
        return DONE


def _monday(at: datetime) -> date:
    return at.date() - at.weekday() * DAY
