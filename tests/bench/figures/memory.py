"""How much memory an idle listener takes."""

from collections.abc import Sequence

from tests.bench import listeners
from tests.bench.ground import database, floor_server, fresh, publish, serving
from tests.bench.processes import LOAD, apart
from tests.bench.report import Aim, Row
from tests.bench.scale import Scale


def measure(scale: Scale) -> Sequence[Row]:
    """Have crowds wait for news; beside them, as many on a raw ASGI stream of the same server."""
    ours, floor = [], []
    count = scale.idle_listeners
    with database() as server:
        uri = fresh(server)
        slug = publish(uri, 20).slug
        for _ in range(scale.rounds):
            with serving(uri) as served:
                path = f"/experts/{slug}/live"
                ours.append(apart(LOAD, listeners.idle_kib, served, path, count))
            with floor_server("raw_stream") as raw:
                floor.append(apart(LOAD, listeners.idle_kib, raw, "/", count))
    figure = f"memory of each of {count:,} idle listeners"
    return [Row(figure, "KiB", ours, floor, Aim(most=40, of_ratio=False))]
