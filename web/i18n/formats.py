"""Dates, times, money and names, written as readers of a language do; templates' filters."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from babel import Locale
from babel.dates import (
    format_date,
    format_interval,
    format_skeleton,
    format_time,
    format_timedelta,
    get_timezone_name,
    match_skeleton,
)
from babel.numbers import format_currency, format_decimal, get_currency_precision
from babel.units import format_unit
from jinja2 import pass_context
from jinja2.runtime import Context

from domain.rules.instants import to_milliseconds
from domain.rules.prices import CURRENCIES
from web.i18n.languages import LOCALES, translate
from web.i18n.languages import marked as _
from web.i18n.zones import zone_info

_REMEMBERED = 4_096
"""Babel takes up to a millisecond for what a page shows again and again."""


@lru_cache(_REMEMBERED)
def money(locale: Locale, minor: int, currency: str) -> str:
    """Write a price in minor units, without empty decimals; 0 is free of charge."""
    if minor == 0 and currency in CURRENCIES:
        return translate(locale.language, _("free of charge"))
    digits = get_currency_precision(currency)
    amount = minor / 10**digits
    whole = float(amount).is_integer()
    pattern = locale.currency_formats["standard"].pattern
    return format_currency(
        amount,
        currency,
        format=pattern.replace(".00", "") if whole else None,
        locale=locale,
        currency_digits=not whole,
    )


@lru_cache(_REMEMBERED)
def decimal(locale: Locale, number: float) -> str:
    """Write a number with one decimal."""
    return str(format_decimal(number, "0.0", locale=locale))


@lru_cache(_REMEMBERED)
def clock_time(locale: Locale, instant: datetime, zone: str) -> str:
    """Write an instant's wall time in a zone; one that comes twice that day with its offset."""
    local = instant.astimezone(zone_info(zone))
    written = format_time(local, "HH:mm", locale=locale)
    if local.utcoffset() == local.replace(fold=1 - local.fold).utcoffset():
        return written
    return f"{written} ({_from_utc(local)})"


def _from_utc(local: datetime) -> str:
    """Write how far a wall time is from UTC; Babel is an hour off for offsets like -02:30."""
    offset = f"{local:%z}"
    return f"UTC{offset[:3]}:{offset[3:5]}"


@lru_cache(_REMEMBERED)
def day_name(locale: Locale, day: date) -> str:
    """Write a day in full: weekday, day and month."""
    brief = match_skeleton("EEEEdMMMM", locale.datetime_skeletons) or "MMMEd"
    pattern = locale.datetime_skeletons[brief].pattern  # that of another width, in some languages
    return format_date(day, re.sub("MMM+", "MMMM", re.sub("E+", "EEEE", pattern)), locale=locale)


@lru_cache(_REMEMBERED)
def short_day(locale: Locale, day: date) -> str:
    """Write a day briefly."""
    return format_skeleton("EEEdMMM", day, locale=locale)


@lru_cache(_REMEMBERED)
def dates(locale: Locale, first: date, last: date) -> str:
    """Write the days from one to another, both included, with the year; a single one as such."""
    return str(format_interval(first, last, "yMMMEd", locale=locale))


@lru_cache(_REMEMBERED)
def month_name(locale: Locale, day: date) -> str:
    """Write a day's month with its year."""
    return format_skeleton("yMMMM", day, locale=locale)


@lru_cache(_REMEMBERED)
def month_short(locale: Locale, day: date) -> str:
    """Write a day's month as briefly as calendars do."""
    return format_date(day, "LLL", locale=locale)


@lru_cache(_REMEMBERED)
def days_ahead(locale: Locale, days: int) -> str:
    """Write in how many days something comes; always in days, however many they are."""
    return format_timedelta(
        timedelta(days=days), "day", threshold=10**6, add_direction=True, locale=locale
    )


@lru_cache(_REMEMBERED)
def weekday_name(locale: Locale, day: date) -> str:
    """Write a day's weekday."""
    return format_date(day, "EEEE", locale=locale)


@lru_cache(_REMEMBERED)
def weekday_short(locale: Locale, day: date) -> str:
    """Write a day's weekday as briefly as calendars do."""
    return format_date(day, "EEEEEE", locale=locale)


@lru_cache(_REMEMBERED)
def long_date(locale: Locale, instant: datetime, zone: str) -> str:
    """Write an instant's date in full, with the year."""
    return format_date(local_day(instant, zone), "full", locale=locale)


@cache
def span(locale: Locale, minutes: int) -> str:
    """Write how long something lasts: in days from two on, else in hours, else in minutes."""
    for size, unit in ((1_440, "day"), (60, "hour")):
        if minutes >= 2 * size and minutes % size == 0:
            return format_unit(minutes // size, f"duration-{unit}", locale=locale)
    unit, count = ("hour", minutes // 60) if minutes % 60 == 0 else ("minute", minutes)
    return format_unit(count, f"duration-{unit}", locale=locale)


@cache
def zone_name(locale: Locale, zone: str) -> str:
    """Write a zone the way people say it, with its city."""
    generic = get_timezone_name(zone_info(zone), locale=locale)
    if city(zone) in generic:
        return city(zone)
    return f"{city(zone)}, {generic}" if "(" in generic else f"{city(zone)} ({generic})"


def zone_choice(_locale: Locale, zone: str, now: datetime) -> str:
    """Write a zone as a list does: its city, by which one finds it, and how far it is from UTC."""
    return _with_offset(zone, now.replace(second=0, microsecond=0))  # clocks change on the minute


@lru_cache(_REMEMBERED)
def _with_offset(zone: str, minute: datetime) -> str:
    offset = _from_utc(minute.astimezone(zone_info(zone)))
    return zone if zone == "UTC" else f"{city(zone)} ({offset})"


@cache
def region_name(locale: Locale, code: str) -> str:
    """Write the name of a part of the world, by its code of UN M49."""
    return str(locale.territories[code])


def city(zone: str) -> str:
    """Return the city that a zone is named after."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


@cache
def language_name(locale: Locale, code: str) -> str:
    """Write the name of a language."""
    return str(locale.languages.get(code, code))


def local_day(instant: datetime, zone: str) -> date:
    """Return the day an instant falls on in a zone."""
    return instant.astimezone(zone_info(zone)).date()


def countdown(until: datetime, now: datetime) -> str:
    """Write the minutes and seconds that are left; scripts go on from there."""
    seconds = max(0, math.ceil((until - now).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02}"


def timestamp(instant: datetime) -> str:
    """Write an instant for programs that read pages, in whole seconds."""
    return instant.isoformat(timespec="seconds")


def _in_the_readers(write: Callable[..., str]) -> Callable[..., str]:
    """Make a filter of a function: it writes by the locale of the template's `language`."""

    @pass_context
    def written(context: Context, value: Any, *details: Any) -> str:  # noqa: ANN401 - as Jinja calls
        return write(LOCALES[context["language"]], value, *details)

    return written


FILTERS: dict[str, Callable[..., Any]] = {
    **{
        write.__name__: _in_the_readers(write)
        for write in (
            money,
            decimal,
            clock_time,
            day_name,
            short_day,
            dates,
            month_name,
            month_short,
            days_ahead,
            weekday_name,
            weekday_short,
            long_date,
            span,
            zone_name,
            zone_choice,
            region_name,
            language_name,
        )
    },
    "local_day": local_day,
    "milliseconds": to_milliseconds,
    "timestamp": timestamp,
    "countdown": countdown,
}
