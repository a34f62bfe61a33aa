"""How much memory an idle listener takes."""

from collections.abc import Sequence

from tests.bench import listeners
from tests.bench.ground import floor_server, fresh, publish, serving
from tests.bench.processes import LOAD, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Have crowds wait for news; beside them, as many on a raw ASGI stream of the same server."""
    count = scale.idle_listeners
    uri = fresh(server)
    path = f"/experts/{publish(uri, 20).slug}/live"

    def ours() -> float:
        with serving(uri) as served:
            return apart(LOAD, listeners.idle_kib, served, path, count)

    def floor() -> float:
        with floor_server("raw_stream") as raw:
            return apart(LOAD, listeners.idle_kib, raw, "/", count)

    program, raw_ones = in_rounds("memory", scale.long_rounds, ours, floor)
    figure = f"memory of each of {count:,} idle listeners"
    return [
        Row(figure, "KiB", program, raw_ones, Aim(most=16, of_ratio=False), "a raw ASGI stream")
    ]
