"""Templates: the one Jinja environment, its filters, and the addresses of static files."""

import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_timezone_name
from babel.numbers import format_currency, get_currency_precision
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from domain.instants import to_milliseconds

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
LOCALE = Locale("en", "GB")

STYLESHEETS = (
    "tokens",
    "base",
    "layout",
    "components/glass",
    "components/button",
    "components/field",
    "components/facts",
    "components/card",
    "components/slot",
    "components/day",
    "components/hold",
    "components/booking",
    "pages/experts",
    "pages/bookings",
    "motion",
    "print",
)
"""In the order of their layers, which the first one names."""
SCRIPTS = ("vendor/htmx.min.js", "vendor/hx-sse.min.js")


@cache
def asset(path: str) -> str:
    """Return the address of a static file; it changes with the file's content."""
    digest = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={digest}"


def money(minor: int, currency: str) -> str:
    """Write an amount of minor units as people of this locale do, without empty decimals."""
    digits = get_currency_precision(currency)
    amount = minor / 10**digits
    whole = float(amount).is_integer()
    return format_currency(
        amount,
        currency,
        format="¤#,##0" if whole else None,
        locale=LOCALE,
        currency_digits=not whole,
    )


def clock_time(instant: datetime, zone: str) -> str:
    """Write an instant's wall time in a zone."""
    return format_time(instant, "HH:mm", tzinfo=ZoneInfo(zone), locale=LOCALE)


def day_name(day: date) -> str:
    """Write a day in full: weekday, day and month."""
    return format_skeleton("EEEEdMMMM", day, locale=LOCALE)


def short_day(day: date) -> str:
    """Write a day briefly."""
    return format_skeleton("EEEdMMM", day, locale=LOCALE)


def local_day(instant: datetime, zone: str) -> date:
    """Return the day an instant falls on in a zone."""
    return instant.astimezone(ZoneInfo(zone)).date()


def long_date(instant: datetime, zone: str) -> str:
    """Write an instant's date in full, with the year."""
    return format_date(local_day(instant, zone), "full", locale=LOCALE)


def zone_name(zone: str) -> str:
    """Write a zone the way people say it, with its city."""
    city = zone.rsplit("/", 1)[-1].replace("_", " ")
    generic = get_timezone_name(ZoneInfo(zone), locale=LOCALE)
    return city if city in generic else f"{city} ({generic})"


def language_name(code: str) -> str:
    """Write a language's English name."""
    return str(LOCALE.languages.get(code, code))


def environment() -> Environment:
    """Build the environment: escaping on, and an undefined name is an error."""
    env = Environment(
        loader=FileSystemLoader(ROOT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    env.filters |= {
        "money": money,
        "clock_time": clock_time,
        "day_name": day_name,
        "short_day": short_day,
        "local_day": local_day,
        "long_date": long_date,
        "zone_name": zone_name,
        "language_name": language_name,
        "milliseconds": to_milliseconds,
    }
    env.globals |= {"asset": asset, "stylesheets": STYLESHEETS, "scripts": SCRIPTS}
    return env
