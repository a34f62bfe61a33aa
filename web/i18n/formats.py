"""Dates, times and money, written as readers of a language do."""

import math
import re
from datetime import date, datetime, timedelta
from functools import cache, lru_cache

from babel import Locale
from babel.dates import (
    format_date,
    format_interval,
    format_skeleton,
    format_time,
    format_timedelta,
    match_skeleton,
)
from babel.numbers import format_currency, format_decimal, get_currency_precision
from babel.units import format_unit

from domain.rules.prices import CURRENCIES
from web.i18n.languages import marked as _
from web.i18n.languages import translate
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


def ratio(locale: Locale, value: float) -> str:
    """Write a contrast ratio; rounded down, so that it never claims more than there is."""
    return f"{decimal(locale, math.floor(value * 10) / 10)} : 1"


@lru_cache(_REMEMBERED)
def decimal(locale: Locale, number: float) -> str:
    """Write a number with one decimal."""
    return str(format_decimal(number, "0.0", locale=locale))


@lru_cache(_REMEMBERED)
def clock_time(locale: Locale, instant: datetime, zone: str) -> str:
    """Write an instant's wall time in a zone; one that comes twice that day with its offset."""
    local = instant.astimezone(zone_info(zone))
    written = format_time(local, "HH:mm", locale=locale)
    return f"{written} ({from_utc(local)})" if comes_twice(local) else written


def comes_twice(local: datetime) -> bool:
    """Say whether the clocks of its zone show a wall time twice that day; of one they skip, no."""
    first, second = (local.replace(fold=fold).utcoffset() for fold in (0, 1))
    return first is not None and second is not None and first > second


def clock_turn(instant: datetime, zone: str) -> str:
    """Say which it is of two times that clocks show alike: `first`, `second`, or nothing."""
    local = instant.astimezone(zone_info(zone))
    if not comes_twice(local):
        return ""
    return "second" if local.fold else "first"


def from_utc(local: datetime) -> str:
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
def short_date(locale: Locale, day: date) -> str:
    """Write a day as briefly as possible: its number, and its month."""
    return format_skeleton("dMMM", day, locale=locale)


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
