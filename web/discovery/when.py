"""When experts have to be free, as addresses and forms say it."""

import re
from datetime import date, time

from domain.rules.schedule import FAR, day_of
from domain.rules.windows import When
from web.http.visits import Visit
from web.i18n.zones import zone_info

_FIRST_WHOLE_YEAR = 1000
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def read_when(visit: Visit) -> When | None:
    """Read it from the address; what makes no sense there, or is past, counts as not asked for."""
    on = _day(visit.query("on"))
    if on is None or not _is_within_reach(visit, on):
        return None
    zone = zone_info(visit.zone())
    return When(on, zone, _time(visit.query("from")), _time(visit.query("to")))


def wrong_day(visit: Visit) -> str:
    """Return a day in the address that can't be asked for, past or too far ahead; else nothing.

    In a year of three digits it is none yet: a browser sends what is still being typed.
    """
    on = _day(visit.query("on"))
    if on is None or on.year < _FIRST_WHOLE_YEAR or _is_within_reach(visit, on):
        return ""
    return on.isoformat()


def _is_within_reach(visit: Visit, on: date) -> bool:
    today = day_of(visit.now, zone_info(visit.zone()))
    return today <= on <= today + FAR


def in_address(when: When | None) -> dict[str, str]:
    """Return what says it in an address: always with the zone, so that all who follow it agree."""
    if when is None:
        return {}
    return {
        "on": when.on.isoformat(),
        "from": _written(when.start),
        "to": _written(when.end),
        "zone": when.zone.key,
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time(text: str) -> time | None:
    return time.fromisoformat(text) if _TIME.fullmatch(text) else None


def _written(wall: time | None) -> str:
    return f"{wall:%H:%M}" if wall else ""
