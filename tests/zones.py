"""Zones, and the years whose clock changes tests go through."""

from datetime import UTC, datetime
from random import Random

from web.i18n.zones import known_zones

YEARS = range(2026, 2031)
START, END = (datetime(year, 1, 1, tzinfo=UTC) for year in (YEARS[0], YEARS[-1] + 1))
NOTABLE = (
    "Africa/Cairo",  # midnight is skipped
    "Africa/Casablanca",  # twice a year, by the moon
    "America/Havana",  # midnight comes twice
    "America/St_Johns",  # half an hour off
    "Antarctica/Troll",  # two hours at once
    "Australia/Lord_Howe",  # half an hour at once
    "Europe/Dublin",  # its winter is the exception
    "Pacific/Chatham",  # three quarters off
)


def some_zones(others: int) -> list[str]:
    """The notable zones, and so many others: the same ones in every run."""
    return sorted({*NOTABLE, *Random(START.year).sample(sorted(known_zones()), others)})
