"""What the pages show where visitors choose a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from domain.rules.errors import Sentence
from domain.store.documents import Booking, Expert, Slot
from domain.store.documents.agreements import Agreed
from domain.store.documents.waitlist import WaitlistEntry
from web.experts.months import Month
from web.experts.paths import ClaimPaths
from web.experts.times import TimesView
from web.http.problems import Problem
from web.i18n.zones import ZoneGroup


@dataclass(frozen=True)
class RefusedEntry:
    """Why a visitor did not get into the waitlist, and what they typed."""

    refusal: Problem | None = None
    errors: Mapping[str, Sentence] = field(default_factory=dict)
    values: Mapping[str, object] = field(default_factory=dict)


NOT_REFUSED = RefusedEntry()


@dataclass(frozen=True)
class Picker:
    """An expert's times to choose from: to book one, or to reschedule a booking."""

    expert: Expert
    booking: Booking | None
    """The booking that is to be rescheduled."""
    paths: ClaimPaths
    month: Month
    starts_later: bool
    """Whether the month is a later one, since there is no free time before."""
    times: TimesView
    next_free_on: date | None
    """The next day of the month with free times."""
    first_free_on: date | None
    """The first day with free times, if the month has none left."""
    zone: str
    zones: Sequence[ZoneGroup]
    can_wait: bool
    """Whether the day has times that could come free."""
    place: WaitlistEntry | None
    """The visitor's place in the line of the day."""
    offer: Slot | None
    held: Slot | None
    """What the visitor holds of this expert, or is offered."""
    entry: RefusedEntry
    true_until: datetime
    """Until when all of this is true if no time and no expert changes."""
    own_days: Sequence[date] = ()
    """Days on which full times, too, can be chosen: the booking is on them already."""
    oob: bool = False

    @property
    def agreed(self) -> Agreed:
        """What was agreed, or what a booking would agree to."""
        return self.booking.agreed if self.booking else self.expert.agreed()

    @property
    def own_slot_id(self) -> str:
        """The key of the slot that the visitor holds, or nothing."""
        return str(self.held.id) if self.held else ""

    @property
    def refusal(self) -> Problem | None:
        """Why the waitlist was refused."""
        return self.entry.refusal

    @property
    def errors(self) -> Mapping[str, Sentence]:
        """What is wrong with each field of the waitlist's form."""
        return self.entry.errors

    @property
    def values(self) -> Mapping[str, object]:
        """What was typed into the waitlist's form."""
        return self.entry.values
