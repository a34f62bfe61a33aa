"""From the write of a change to the last of its listeners, and what it takes of the server."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from statistics import median

from tests.bench import listeners
from tests.bench.ground import floor_server, fresh, publish, serving
from tests.bench.listeners import FIRST_REV, Heard, Place, Telling, marker
from tests.bench.processes import LOAD, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale

LAST = {1_000: Aim(most=1.2), 5_000: Aim(most=1.2)}
"""By how many listen: until the last of them has it."""
PROCESSOR = {1: Aim(most=2_000, of_ratio=False), 1_000: Aim(most=1.3)}
"""And what each of them takes; with one, that is the change itself."""
IDLE_S = 1.0
"""How long the bare server is watched while nothing happens: it sends no pings."""
SAME = "a change stream and the same bytes, bare"


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Tell crowds of changes; beside them, a bare server that writes the same to as many."""
    uri = fresh(server)
    published = publish(uri, 20)
    with serving(uri) as served:
        path = f"/experts/{published.slug}/live"
        place = Place(served, path, uri, published.slots[0]["_id"])
        return [row for count in scale.listeners for row in _crowd(place, count, scale)]


def _crowd(place: Place, count: int, scale: Scale) -> Sequence[Row]:
    telling = Telling(count, scale.changes, scale.ping_period_s)
    sent: list[list[bytes]] = []

    def ours() -> Heard:
        heard = apart(LOAD, listeners.tell_of_slot, place, telling)
        sent.append(heard.sent)
        return heard

    def floor() -> Heard:
        return _bare(place, sent[-1], replace(telling, period_s=IDLE_S))

    name = f"{count:,} listeners" if count > 1 else "one listener"
    return _rows(name, count, *in_rounds(name, scale.long_rounds, ours, floor))


def _bare(place: Place, sent: Sequence[bytes], telling: Telling) -> Heard:
    """Have the bare server write what one listener of the program's got of the last change."""
    last = marker(FIRST_REV + telling.changes)
    same = [data.replace(last, marker(FIRST_REV)).decode() for data in sent]
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(same, file)
        file.flush()
        with floor_server("bare_stream", file.name, place.uri) as bare:
            there = replace(place, served=bare, path="/")
            return apart(LOAD, listeners.tell_of_slot, there, telling)


def _rows(name: str, count: int, program: Sequence[Heard], bare: Sequence[Heard]) -> Sequence[Row]:
    return [
        Row(
            f"a change → the last of {name}" if count > 1 else f"a change → {name}",
            "ms",
            [median(heard.last_ms) for heard in program],
            [median(heard.last_ms) for heard in bare],
            LAST.get(count),
            SAME,
        ),
        Row(
            f"processor time a listener and change, {name}",
            "µs",
            [heard.processor_us for heard in program],
            [heard.processor_us for heard in bare],
            PROCESSOR.get(count),
            SAME,
        ),
    ]
