"""What is lost when connections are cut a thousand times, under load, over two processes."""

from collections.abc import Sequence

from tests.bench import pages
from tests.bench.ground import database, fresh, publish, serving
from tests.bench.processes import LOAD, apart
from tests.bench.report import Aim, Row
from tests.bench.scale import Scale

NOTHING = Aim(most=0, of_ratio=False)


def measure(scale: Scale) -> Sequence[Row]:
    """Have pages reconnect to the other process each time; in the end they show what is so."""
    outcomes = []
    with database() as server:
        for _ in range(scale.rounds):
            uri = fresh(server)
            published = publish(uri, 20)
            slot_ids = [slot["_id"] for slot in published.slots]
            with serving(uri) as one, serving(uri) as other:
                urls = [f"{served.url}/experts/{published.slug}/live" for served in (one, other)]
                outcomes.append(
                    apart(LOAD, pages.cut_and_compare, urls, uri, slot_ids, scale.reconnects)
                )
    said = f"{scale.reconnects:,} forced reconnects over two processes"
    none = [0] * scale.rounds
    changes = [outcome.changes for outcome in outcomes]
    return [
        Row(
            f"changes lost in {said}",
            "of " + f"{min(changes):,}",
            [o.lost for o in outcomes],
            none,
            NOTHING,
        ),
        Row(
            f"pages older than the database after {said}",
            f"of {pages.PAGES}",
            [o.old for o in outcomes],
            none,
            NOTHING,
        ),
    ]
