"""Two hundred people on one time: how long until the last has an answer."""

from collections.abc import Sequence

from tests.bench import bare, visitors
from tests.bench.ground import database, fresh, hold, publish, serving
from tests.bench.processes import LOAD, PROGRAM, apart
from tests.bench.report import Aim, Row
from tests.bench.scale import Scale


def measure(scale: Scale) -> Sequence[Row]:
    """Have all of them choose it at once; beside them, as many writes that lose."""
    ours, floor = [], []
    with database() as server:
        for _ in range(scale.rounds):
            uri = fresh(server)
            warming, contended, taken = (slot["_id"] for slot in publish(uri, 3).slots)
            hold(uri, taken)
            floor.append(1000 * apart(PROGRAM, bare.lose, uri, taken, scale.crowd))
            with serving(uri) as served:
                slot_ids = [warming, contended]
                seconds = apart(LOAD, visitors.contend, served.url, slot_ids, scale.crowd)
                ours.append(1000 * seconds)
    return [Row(f"{scale.crowd} on one time, all answered", "ms", ours, floor, Aim(most=3))]
