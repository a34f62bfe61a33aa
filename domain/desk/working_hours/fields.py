"""Fields of a desk's forms: how times, dates and numbers are typed, and what is wrong with them."""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from domain.rules.holidays import countries
from domain.rules.hours import ExceptionKind, Weekday
from domain.rules.prices import price_text, read_price

WORKDAYS, EVERY_DAY = "workdays", "days"
GRIDS = (1, 5, 10, 15, 20, 30, 60)
"""On which minutes of the hour sessions may begin: the multiples of one of these."""
UNITS: Mapping[str, int] = {"minutes": 1, "hours": 60, "days": 1_440}
"""In what notice and deadlines are typed, in minutes."""
SESSION_MINUTES = (5, 480)
FURTHEST_DAYS = 365

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_DATE = re.compile(r"2[01][0-9]{2}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"[0-9]{1,6}")
_MOST_MINUTES = FURTHEST_DAYS * UNITS["days"]
_WEEKDAYS = {
    WORKDAYS: tuple(Weekday)[:5],
    EVERY_DAY: tuple(Weekday),
    **{str(day.value): (day,) for day in Weekday},
}


def _weekdays(text: str) -> tuple[Weekday, ...]:
    if text not in _WEEKDAYS:
        raise PydanticCustomError("weekday", "Choose a weekday.")
    return _WEEKDAYS[text]


def _wall_time(text: str) -> time:
    if text == "24:00":
        return time.min
    if not _TIME.fullmatch(text):
        raise PydanticCustomError("wall_time", "Enter a time like 09:30.")
    return time.fromisoformat(text)


def _after_opening(closes: time, info: ValidationInfo) -> time:
    opens = info.data.get("opens")
    if opens is not None and time.min != closes <= opens:
        raise PydanticCustomError(
            "closes_early", "Choose an end after the beginning, or 00:00 for midnight."
        )
    return closes


def _wall_time_unless_closed(text: str, info: ValidationInfo) -> time | None:
    return None if info.data.get("kind") is ExceptionKind.CLOSED else _wall_time(text)


def _after_opening_unless_closed(closes: time | None, info: ValidationInfo) -> time | None:
    return closes if closes is None else _after_opening(closes, info)


def _day(text: str) -> date:
    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass  # there is no such day in that month
    raise PydanticCustomError("day", "Enter a date like 2027-05-31.")


def _weeks(text: str) -> int:
    if text not in {"1", "2"}:
        raise PydanticCustomError("weeks", "Choose every week or every second week.")
    return int(text)


def _since(text: str, info: ValidationInfo) -> date | None:
    if text:
        return _day(text)
    if info.data.get("every") == 2:  # noqa: PLR2004 - weeks
        raise PydanticCustomError(
            "uncounted", "Enter the date from which every second week is counted."
        )
    return None


def _last(text: str, info: ValidationInfo) -> date:
    first = info.data.get("first", date.min)  # which is refused where it is not there
    last = _day(text) if text else first
    if last < first:
        raise PydanticCustomError("ends_early", "Choose a last day that is not before the first.")
    return last


def _kind(text: str) -> ExceptionKind:
    if text not in set(ExceptionKind):
        raise PydanticCustomError("kind", "Choose what is different on these days.")
    return ExceptionKind(text)


def _country(text: str) -> str:
    if text and text not in countries():
        raise PydanticCustomError("country", "Choose a country from the list.")
    return text


def _grid(text: str) -> int:
    if text not in {str(grid) for grid in GRIDS}:
        raise PydanticCustomError("grid", "Choose when sessions may begin.")
    return int(text)


def _unit(text: str) -> int:
    if text not in UNITS:
        raise PydanticCustomError("unit", "Choose minutes, hours or days.")
    return UNITS[text]


def minutes_in(unit: str) -> BeforeValidator:
    """Read so many of the unit that another field names, as minutes."""

    def read(text: str, info: ValidationInfo) -> int:
        size = info.data.get(unit, 1)
        minutes = int(text) * size if _NUMBER.fullmatch(text) else -1
        if not 0 <= minutes <= _MOST_MINUTES:
            most: dict[str, Any] = {"most": _MOST_MINUTES // size}
            raise PydanticCustomError("minutes", "Enter a whole number up to %(most)d.", most)
        return minutes

    return BeforeValidator(read)


def within_horizon(notice: int, info: ValidationInfo) -> int:
    """Refuse a notice that leaves nothing of `horizon_days`."""
    if notice >= info.data.get("horizon_days", FURTHEST_DAYS + 1) * UNITS["days"]:
        raise PydanticCustomError(
            "never_open", "Nobody could book: choose less than the days ahead."
        )
    return notice


def whole(low: int, high: int) -> BeforeValidator:
    """Read a whole number within bounds."""

    def read(text: str) -> int:
        if not _NUMBER.fullmatch(text) or not low <= int(text) <= high:
            bounds: dict[str, Any] = {"low": low, "high": high}
            raise PydanticCustomError(
                "whole", "Enter a whole number from %(low)d to %(high)d.", bounds
            )
        return int(text)

    return BeforeValidator(read)


def if_typed(reader: BeforeValidator) -> BeforeValidator:
    """Read a field that may be left empty, which stands for no limit."""
    read: Callable[[str], Any] = reader.func  # type: ignore[assignment] # ours take nothing else
    return BeforeValidator(lambda text: read(text) if text else None)


def _price(text: str, info: ValidationInfo) -> int:
    currency = (info.context or {})["currency"]
    try:
        return read_price(text, currency)
    except ValueError as error:
        example: dict[str, Any] = {"example": price_text(4_950, currency)}
        raise PydanticCustomError("price", "Enter a price like %(example)s.", example) from error


Weekdays = Annotated[tuple[Weekday, ...], BeforeValidator(_weekdays)]
Opening = Annotated[time, BeforeValidator(_wall_time)]
Closing = Annotated[time, BeforeValidator(_wall_time), AfterValidator(_after_opening)]
"""After what stands in the field `opens`."""
Weeks = Annotated[int, BeforeValidator(_weeks)]
Since = Annotated[date | None, BeforeValidator(_since)]
"""Left empty only where `every` is one week."""
Day = Annotated[date, BeforeValidator(_day)]
LastDay = Annotated[date, BeforeValidator(_last)]
"""Not before `first`; the same if left empty."""
Kind = Annotated[ExceptionKind, BeforeValidator(_kind)]
OpeningUnlessClosed = Annotated[time | None, BeforeValidator(_wall_time_unless_closed)]
ClosingUnlessClosed = Annotated[
    time | None,
    BeforeValidator(_wall_time_unless_closed),
    AfterValidator(_after_opening_unless_closed),
]
Country = Annotated[str, BeforeValidator(_country)]
Grid = Annotated[int, BeforeValidator(_grid)]
Unit = Annotated[int, BeforeValidator(_unit)]
Price = Annotated[int, BeforeValidator(_price)]
"""In minor units of the currency that the form is read with."""
