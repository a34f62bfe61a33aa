"""What listeners notice of those that stall or vanish, of a hold that lapses, of a server's end."""

from collections.abc import Sequence

from tests.bench import hardships
from tests.bench.ground import fresh, publish, serving
from tests.bench.hardships import Place, Stalled
from tests.bench.processes import LOAD, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale

Hardships = tuple[Stalled, float, float]
"""What a crowd that stalls costs, and how many milliseconds a lapse and an end take."""


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Measure all three; beside a crowd that stalls, what it is without one."""
    count = scale.idle_listeners

    def meet() -> Hardships:
        uri = fresh(server)
        published = publish(uri, 20)
        with serving(uri) as served:
            place = Place(served, f"/experts/{published.slug}/live", uri, published.slots)
            stalled = apart(LOAD, hardships.beside_a_crowd_that_stalls, place, count)
            lapse = apart(LOAD, hardships.lapse_ms, place)
            return stalled, lapse, apart(LOAD, hardships.end_ms, place, count)

    (met,) = in_rounds("hardships", scale.long_rounds, meet)
    stalled, lapses, ends = zip(*met, strict=True)
    return [*_of_a_crowd(stalled, count), *_of_time(lapses, ends, count)]


def _of_a_crowd(stalled: Sequence[Stalled], count: int) -> Sequence[Row]:
    beside, alone = [s.beside_ms for s in stalled], [s.alone_ms for s in stalled]
    after, before = [s.after_kib / 1024 for s in stalled], [s.before_kib / 1024 for s in stalled]
    crowd = f"a crowd of {count:,} that stalls or vanishes"
    heard, held = f"change → the last of 10 listeners, beside {crowd}", f"after {crowd}"
    return [
        Row(heard, "ms", beside, alone, beside="without the crowd"),
        Row(
            f"memory of the server with {count:,} listeners, {held}",
            "MiB",
            after,
            before,
            beside="before it",
        ),
    ]


def _of_time(lapses: Sequence[float], ends: Sequence[float], count: int) -> Sequence[Row]:
    within_a_second, within_two = Aim(most=1_000, of_ratio=False), Aim(most=2_000, of_ratio=False)
    end = f"a server is told to stop → the last of {count:,} streams has ended"
    return [
        Row("a hold lapses → the last of 10 listeners knows", "ms", lapses, aim=within_a_second),
        Row(end, "ms", ends, aim=within_two),
    ]
