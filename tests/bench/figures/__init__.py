"""The figures. Each measures on a database server of its own, small or in full."""

from collections.abc import Callable, Sequence

from tests.bench.figures import (
    admin,
    backup,
    bookings,
    crowd,
    fanout,
    flatness,
    hardships,
    horizons,
    knee,
    large,
    memory,
    reading,
    reconnects,
    sight,
    windows,
    year,
)
from tests.bench.report import Row
from tests.bench.scale import Scale

Measure = Callable[[str, Scale], Sequence[Row]]

FIGURES: dict[str, Measure] = {
    "fanout": fanout.measure,
    "memory": memory.measure,
    "bookings": bookings.measure,
    "crowd": crowd.measure,
    "reading": reading.measure,
    "knee": knee.measure,
    "reconnects": reconnects.measure,
    "flatness": flatness.measure,
    "windows": windows.measure,
    "hardships": hardships.measure,
    "sight": sight.measure,
    "year": year.measure,
    "horizons": horizons.measure,
    "large": large.measure,
    "admin": admin.measure,
    "backup": backup.measure,
}
