"""Working hours as they are kept: wall times as `HH:MM` and dates as ISO 8601 has them.

MongoDB has types for neither. `domain.store.experts.diaries` turns them into what the rules take.
"""

from odmantic import EmbeddedModel, Field

from domain.rules.hours import ExceptionKind


class KeptRule(EmbeddedModel):
    """Weekly hours; see `domain.rules.hours.Rule`."""

    key: str
    """Names it in forms; unique within its expert."""
    weekday: int
    opens: str
    closes: str
    every: int = 1
    since: str | None = None


class KeptException(EmbeddedModel):
    """What holds on certain dates; see `domain.rules.hours.DateException`."""

    key: str
    """Names it in forms; unique within its expert."""
    first_on: str
    last_on: str
    kind: ExceptionKind
    opens: str | None = None
    closes: str | None = None


class PublicHolidays(EmbeddedModel):
    """The public holidays on which an expert is closed; see `domain.rules.holidays`."""

    country: str = ""
    """ISO 3166-1 alpha-2; empty for none."""
    region: str = ""
    """As the country's own subdivisions are coded (ISO 3166-2); empty for the whole country."""
    opened: list[str] = Field(default_factory=list)
    """Dates on which the expert works all the same."""
    dates: list[str] = Field(default_factory=list)
    """The holidays up to and including the year `through`, as the expert saw them on saving, or as
    they were known when the first times of their year were published."""
    through: int = 0
    """The year up to which `dates` count: a holiday that becomes known later closes nothing until
    the expert says so."""


class SessionLimits(EmbeddedModel):
    """The pauses between sessions, when they may begin, and how many there may be."""

    pause_before_minutes: int = 0
    pause_after_minutes: int = 0
    grid_minutes: int = 1
    most_a_day: int | None = None
    most_a_week: int | None = None


class WorkingHours(EmbeddedModel):
    """All that an expert says of when they work, but for terms and the length of a session."""

    rules: list[KeptRule] = Field(default_factory=list)
    exceptions: list[KeptException] = Field(default_factory=list)
    holidays: PublicHolidays = Field(default_factory=PublicHolidays)
    limits: SessionLimits = Field(default_factory=SessionLimits)
