"""What is lost when connections are cut a thousand times, under load, over two processes."""

from collections.abc import Sequence

from tests.bench import pages
from tests.bench.ground import fresh, publish, serving
from tests.bench.pages import Outcome
from tests.bench.processes import LOAD, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale

NOTHING = Aim(most=0, of_ratio=False)


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Have pages reconnect to the other process each time; in the end they show what is so."""

    def cut() -> Outcome:
        uri = fresh(server)
        published = publish(uri, 20)
        slot_ids = [slot["_id"] for slot in published.slots]
        path = f"/experts/{published.slug}/live"
        with serving(uri) as one, serving(uri) as other:
            urls = [one.url + path, other.url + path]
            return apart(LOAD, pages.cut_and_compare, urls, uri, slot_ids, scale.reconnects)

    (outcomes,) = in_rounds("reconnects", scale.long_rounds, cut)
    said = f"by {scale.reconnects:,} forced reconnects under load, over two processes"
    changes = min(outcome.changes for outcome in outcomes)
    lost = [outcome.lost for outcome in outcomes]
    old = [outcome.old for outcome in outcomes]
    return [
        Row(f"changes lost {said}", f"of {changes:,}", lost, aim=NOTHING),
        Row("pages older than the database after them", f"of {pages.PAGES}", old, aim=NOTHING),
    ]
