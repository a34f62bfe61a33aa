"""Two hundred people on one time: how long until the last has an answer."""

from collections.abc import Sequence
from itertools import islice

from tests.bench import bare_claims, visitors
from tests.bench.ground import fresh, publish, serving
from tests.bench.processes import LOAD, PROGRAM, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale

SLOTS = 2
"""For each crowd: one to warm up by, and the one that counts."""


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Have all of them choose it at once; beside them, the one write each that decides."""
    uri = fresh(server)
    published = publish(uri, 2 * SLOTS * scale.rounds + scale.crowd)
    slot_ids = (slot["_id"] for slot in published.slots)
    with serving(uri) as served:

        def ours() -> float:
            some = list(islice(slot_ids, SLOTS))
            return 1000 * apart(LOAD, visitors.contend, served.url, some, scale.crowd)

        def floor() -> float:
            some = list(islice(slot_ids, SLOTS))
            return 1000 * apart(PROGRAM, bare_claims.contend, uri, some, scale.crowd)

        program, bare = in_rounds("crowd", scale.rounds, ours, floor)
    figure = f"{scale.crowd} people choose one time at once: all answered"
    beside = "as many conditional writes, bare"
    return [Row(figure, "ms", program, bare, Aim(most=3.5), beside)]
