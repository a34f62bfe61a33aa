"""An expert's times as HTML: the same fragments for pages and for the live feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from jinja2 import Environment

from domain.rules import schedule
from domain.rules.instants import to_milliseconds
from domain.rules.slots import Status, status
from domain.store.documents import Slot
from web.i18n.languages import marked as _
from web.i18n.zones import zone_info

_WORDS = {
    Status.FREE: _("Free"),
    Status.HELD: _("On hold"),
    Status.BOOKED: _("Booked"),
    Status.CLOSED: _("Closed"),
    Status.FULL: _("Day is full"),
}


Span = tuple[datetime, datetime]
"""The instants `[start, end)`."""


@dataclass(frozen=True)
class SlotView:
    """A slot as its fragment shows it."""

    id: str
    starts_at: datetime
    ends_at: datetime
    status: Status
    words: str
    rev: int
    closes_at: int
    """Milliseconds since the epoch, as scripts count them."""


@dataclass(frozen=True)
class DayView:
    """One day of the list."""

    on: date
    free: int
    parts: Sequence[tuple[str, Sequence[SlotView]]]


@dataclass(frozen=True)
class TimesView:
    """A list of times by day, and when another day begins."""

    days: Sequence[DayView]
    next_midnight: int
    """Milliseconds since the epoch."""


def slot_view(slot: Slot, now: datetime, *, full_too: bool = False) -> SlotView:
    """Return what the fragment of a slot shows at `now`.

    Only on a page that reschedules a booking within a full day can the slot be free all the same.
    """
    found = status(slot, now, full_too=full_too)
    return SlotView(
        id=str(slot.id),
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        status=found,
        words=_WORDS[found],
        rev=slot.rev,
        closes_at=to_milliseconds(slot.closes_at),
    )


def day_view(
    day: schedule.Day[Slot], zone: str, now: datetime, own_day: Span | None = None
) -> DayView:
    """Return what the fragment of a day shows; within `own_day` it may be full."""
    parts = [
        (part.value, [slot_view(slot, now, full_too=_is_in(slot, own_day)) for slot in slots])
        for part, slots in day.parts(zone_info(zone)).items()
    ]
    free = sum(slot.status is Status.FREE for _, slots in parts for slot in slots)
    return DayView(on=day.on, free=free, parts=parts)


def _is_in(slot: Slot, span: Span | None) -> bool:
    return span is not None and span[0] <= slot.starts_at < span[1]


def times_view(
    slots: Sequence[Slot],
    zone: str,
    first: date,
    now: datetime,
    *,
    days: int = schedule.DAYS_SHOWN,
    own_day: Span | None = None,
) -> TimesView:
    """Return what a list of times shows.

    Args:
        slots: The slots of those days.
        zone: The viewer's.
        first: The viewer's day that the list begins with.
        now: The present instant.
        days: How many days it shows.
        own_day: The day of a booking that is being rescheduled, which may be full.
    """
    info = zone_info(zone)
    today = schedule.day_of(now, info)
    return TimesView(
        days=[
            day_view(day, zone, now, own_day)
            for day in schedule.by_day(slots, info, first, now=now, days=days)
        ],
        next_midnight=to_milliseconds(schedule.start_of(today + timedelta(days=1), info)),
    )


class TimesRenderer:
    """Renders what the live feed sends: out-of-band fragments that fit any viewer's page."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def slot(self, slot: Slot, *, zone: str, language: str, now: datetime) -> str:
        """Render one slot."""
        return self._render("slot", language, zone=zone, slot=slot_view(slot, now))

    def day(
        self, on: date, slots: Sequence[Slot], *, zone: str, language: str, now: datetime
    ) -> str:
        """Render a whole day, and its count in the month."""
        day = _one_day(on, slots, zone, now)
        shown = self._render("day", language, zone=zone, day=day)
        return shown + self._render("month_count", language, on=on, free=day.free)

    def day_count(
        self, on: date, slots: Sequence[Slot], *, zone: str, language: str, now: datetime
    ) -> str:
        """Render how many times of a day are free, for the day and for the month."""
        day = _one_day(on, slots, zone, now)
        count = self._render("day_count", language, day=day)
        return count + self._render("month_count", language, on=on, free=day.free)

    def times(self, slots: Sequence[Slot], *, zone: str, language: str, now: datetime) -> str:
        """Render the days of the week that begins today."""
        today = schedule.day_of(now, zone_info(zone))
        times = times_view(slots, zone, today, now)
        return self._render("days", language, zone=zone, times=times)

    def _render(self, name: str, language: str, **context: object) -> str:
        template = self._environment.get_template(f"experts/_{name}.html")
        return template.render(oob=True, own_slot_id="", language=language, **context)


def _one_day(on: date, slots: Sequence[Slot], zone: str, now: datetime) -> DayView:
    days = schedule.by_day(slots, zone_info(zone), on, now=now, days=1)
    return day_view(days[0], zone, now)
