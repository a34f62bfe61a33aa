"""Bookings on distinct times: how many a second, and what one takes."""

from collections.abc import Sequence

from tests.bench import bare_claims, visitors
from tests.bench.ground import fresh, publish, serving
from tests.bench.load import Taken
from tests.bench.processes import LOAD, PROGRAM, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale

CLIENTS = 32
SAME = "what they must ask and write, bare"


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Have 32 browsers book, with a hold and without; beside them, what that must take."""
    return [
        *_rows(server, scale, "hold and form included", holding=True),
        *_rows(server, scale, "without hold and form", holding=False),
    ]


def _rows(server: str, scale: Scale, which: str, *, holding: bool) -> Sequence[Row]:
    def ours() -> Taken:
        uri = fresh(server)
        slots = publish(uri, scale.bookings).slots
        with serving(uri) as served:
            return apart(LOAD, visitors.book, served, slots, CLIENTS, holding=holding)

    def floor() -> Taken:
        uri = fresh(server)
        slots = publish(uri, scale.bookings).slots
        return apart(PROGRAM, bare_claims.book, uri, slots, CLIENTS, holding=holding)

    program, bare = in_rounds(f"bookings {which}", scale.rounds, ours, floor)
    return [
        Row(
            f"bookings on distinct times, {which}, {CLIENTS} clients",
            "a second",
            [taken.rate for taken in program],
            [taken.rate for taken in bare],
            Aim(least=0.6),
            SAME,
        ),
        Row(
            f"processor time of one of them, {which}",
            "ms",
            [taken.processor_ms for taken in program],
            [taken.processor_ms for taken in bare],
            beside=SAME,
        ),
    ]
