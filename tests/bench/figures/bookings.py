"""Bookings a second on distinct times, the hold included."""

from collections.abc import Sequence

from tests.bench import bare, visitors
from tests.bench.ground import database, fresh, publish, serving
from tests.bench.processes import LOAD, PROGRAM, apart
from tests.bench.report import Aim, Row
from tests.bench.scale import Scale

CLIENTS = 32


def measure(scale: Scale) -> Sequence[Row]:
    """Have 32 browsers hold and book; beside them, the same writes at the bare database."""
    ours, floor = [], []
    with database() as server:
        for _ in range(scale.rounds):
            uri = fresh(server)
            slots = publish(uri, scale.bookings).slots
            floor.append(apart(PROGRAM, bare.book, uri, slots, CLIENTS).rate)
            uri = fresh(server)
            slots = publish(uri, scale.bookings).slots
            with serving(uri) as served:
                ours.append(apart(LOAD, visitors.book, served.url, slots, CLIENTS).rate)
    return [Row("bookings on distinct times, 32 clients", "a second", ours, floor, Aim(least=0.6))]
