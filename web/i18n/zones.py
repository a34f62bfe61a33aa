"""Time zones: which one a viewer reads times in, and which ones are offered."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

FALLBACK = "UTC"

OFFERED = (
    "Pacific/Honolulu",
    "America/Anchorage",
    "America/Los_Angeles",
    "America/Denver",
    "America/Chicago",
    "America/Mexico_City",
    "America/New_York",
    "America/Toronto",
    "America/Bogota",
    "America/Halifax",
    "America/Santiago",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "Atlantic/Azores",
    "UTC",
    "Europe/Lisbon",
    "Europe/London",
    "Africa/Casablanca",
    "Africa/Lagos",
    "Europe/Berlin",
    "Europe/Madrid",
    "Europe/Paris",
    "Europe/Rome",
    "Europe/Warsaw",
    "Europe/Zurich",
    "Africa/Cairo",
    "Africa/Johannesburg",
    "Europe/Athens",
    "Europe/Helsinki",
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Africa/Nairobi",
    "Asia/Riyadh",
    "Asia/Tehran",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Bangkok",
    "Asia/Jakarta",
    "Asia/Shanghai",
    "Asia/Singapore",
    "Australia/Perth",
    "Asia/Seoul",
    "Asia/Tokyo",
    "Australia/Adelaide",
    "Australia/Brisbane",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
)
"""A choice from west to east; any zone of the IANA database is understood."""

_REGIONS = {
    "Africa": "002",
    "America": "019",
    "Asia": "142",
    "Atlantic": "150",
    "Europe": "150",
    "Australia": "009",
    "Pacific": "009",
    "UTC": "001",
}
"""The part of the world by a zone's first name: codes of UN M49, which locales have names for."""

RENAMED = {
    "America/Buenos_Aires": "America/Argentina/Buenos_Aires",
    "Asia/Calcutta": "Asia/Kolkata",
    "Asia/Katmandu": "Asia/Kathmandu",
    "Asia/Rangoon": "Asia/Yangon",
    "Asia/Saigon": "Asia/Ho_Chi_Minh",
    "Europe/Kiev": "Europe/Kyiv",
}
"""Names that browsers still send for zones which the database calls otherwise today."""


@cache
def known_zones() -> frozenset[str]:
    """Return the names of all zones of the IANA database."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def valid_zone(name: str | None) -> str | None:
    """Return a zone of the IANA database by its present name, or None if there is no such zone."""
    return RENAMED.get(name or "", name) if name in known_zones() else None


@cache
def zone_info(name: str) -> ZoneInfo:
    """Return a zone that `valid_zone` has accepted."""
    return ZoneInfo(name)


@dataclass(frozen=True)
class ZoneGroup:
    """Zones that are offered together."""

    code: str
    """What the Unicode CLDR calls the part of the world; empty for the zones in use."""
    zones: Sequence[str]


def choices(*in_use: str) -> list[ZoneGroup]:
    """Return the zones to offer, each once: those in use first, the others by part of the world."""
    first = list(dict.fromkeys(in_use))
    by_region: dict[str, list[str]] = {code: [] for code in dict.fromkeys(_REGIONS.values())}
    for name in OFFERED:
        if name not in first:
            by_region[_REGIONS[name.partition("/")[0]]].append(name)
    return [
        ZoneGroup("", first),
        *(ZoneGroup(code, zones) for code, zones in by_region.items() if zones),
    ]
