"""Time zones: whether all libraries, and the zone data of this host, tell the same time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import metadata, resources
from zoneinfo import ZoneInfo

from babel.dates import get_timezone
from whenever import Instant

from domain.rules.checks import Check, Checking
from domain.rules.errors import Sentence
from web.i18n.zones import OFFERED

ZONES = Checking(Sentence("Time zones"))

_STEP = timedelta(days=7)
_AHEAD = 104
"""Two years, in steps: no zone changes its clocks twice within a week."""


def look_at_zones(now: datetime) -> Check:
    """Compare the offsets of every zone that is offered, week by week."""
    version = metadata.version("tzdata")
    instants = [now + n * _STEP for n in range(_AHEAD)]
    for zone in OFFERED:
        newest, used = _of_package(zone), ZoneInfo(zone)
        for at in instants:
            if at.astimezone(used).utcoffset() != at.astimezone(newest).utcoffset():
                return older(zone, version)
            if len({*_offsets(zone, at)}) > 1:
                return apart(zone)
    return ZONES.ok(
        Sentence(
            "%(count)s zones, as tzdata %(version)s has them.",
            {"count": len(OFFERED), "version": version},
        )
    )


def older(zone: str, version: str) -> Check:
    """Say that the system's zone data is another than the package's."""
    return ZONES.warning(
        Sentence(
            "This host's zone data is not that of tzdata %(version)s: it differs for %(zone)s.",
            {"version": version, "zone": zone},
        ),
        Sentence(
            "Update the system's tzdata, or set PYTHONTZPATH to nothing to use the package's."
        ),
    )


def apart(zone: str) -> Check:
    """Say that the libraries tell times apart."""
    return ZONES.wrong(
        Sentence("The libraries don't agree on the time in %(zone)s.", {"zone": zone}),
        Sentence("Install the packages anew: just setup"),
    )


@cache
def _of_package(zone: str) -> ZoneInfo:
    with resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=zone)


def _offsets(zone: str, at: datetime) -> Iterator[timedelta | None]:
    """Yield the offset from UTC by each library that the program tells times by."""
    yield at.astimezone(ZoneInfo(zone)).utcoffset()
    yield at.astimezone(get_timezone(zone)).utcoffset()
    moved = Instant(at.astimezone(UTC)).to_tz(zone)
    yield timedelta(seconds=moved.offset.total("seconds"))
