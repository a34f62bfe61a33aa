"""From a change that is committed to the last of its listeners, and what it takes of the server."""

import json
import tempfile
from collections.abc import Sequence
from statistics import median

from tests.bench import listeners
from tests.bench.ground import database, floor_server, fresh, publish, serving
from tests.bench.listeners import Heard, Place, Telling, marker
from tests.bench.processes import LOAD, apart
from tests.bench.report import Aim, Row
from tests.bench.scale import Scale

AIMED_AT = 1_000
"""The number of listeners for which there is an aim."""
TWICE = Aim(most=2)


def measure(scale: Scale) -> Sequence[Row]:
    """Tell crowds of changes; beside them, a bare server that writes the same to as many."""
    rows: list[Row] = []
    with database() as server:
        uri = fresh(server)
        published = publish(uri, 20)
        with serving(uri) as served:
            path = f"/experts/{published.slug}/live"
            place = Place(served, path, uri, published.slots[0]["_id"])
            for count in scale.listeners:
                telling = Telling(count, scale.changes, scale.ping_period_s)
                ours, floor = [], []
                for _ in range(scale.rounds):
                    ours.append(apart(LOAD, listeners.tell_of_slot, place, telling))
                    floor.append(_bare(ours[-1], telling))
                rows += _rows(count, ours, floor)
    return rows


def _bare(ours: Heard, telling: Telling) -> Heard:
    """Have the bare server write what one listener of the program's got of the last change."""
    same = [data.replace(marker(telling.changes), marker(0)).decode() for data in ours.sent]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(same, file)
        file.flush()
        with floor_server("bare_stream", file.name) as floor:
            return apart(LOAD, listeners.tell_bare, floor, telling)


def _rows(count: int, ours: Sequence[Heard], floor: Sequence[Heard]) -> Sequence[Row]:
    aim = TWICE if count == AIMED_AT else None
    return [
        Row(
            f"change → the last of {count:,} listeners",
            "ms",
            [median(heard.last_ms) for heard in ours],
            [median(heard.last_ms) for heard in floor],
            aim,
        ),
        Row(
            f"processor time of the server, {count:,} listeners",
            "µs a listener",
            [heard.processor_us for heard in ours],
            [heard.processor_us for heard in floor],
            aim,
        ),
    ]
