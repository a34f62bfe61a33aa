"""From saving a year of an expert's times to the last open page that shows it."""

import json
import tempfile
from collections.abc import Sequence

from pymongo import MongoClient

from domain.seeds.factories import ExpertFactory
from domain.store.core.database import Document, database_name
from domain.store.documents import Expert
from domain.store.documents.agreements import Terms
from tests.bench import years
from tests.bench.ground import floor_server, fresh, serving
from tests.bench.processes import LOAD, Served, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale
from tests.bench.years import YEAR, Place, Shown

WITHIN_A_SECOND = Aim(most=1_000, of_ratio=False)
SAME = "the same inserts and bytes, bare"


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Save hours at a desk; beside it, the same slots inserted and the same bytes sent, bare."""
    uri, bare_uri = fresh(server), fresh(server)
    with serving(uri) as served:
        return [_row(served, uri, bare_uri, pages, scale.rounds) for pages in scale.year_pages]


def _row(served: Served, uri: str, bare_uri: str, pages: int, rounds: int) -> Row:
    sent: list[str] = []
    slots: list[Document] = []

    def ours() -> float:
        expert = _newcomer(uri)
        place = Place(served.url, f"/experts/{expert.slug}/live", uri)
        shown = apart(LOAD, years.save, place, expert.email, pages)
        sent[:], slots[:] = [shown.sent, ""], _slots_of(uri, expert)
        return shown.last_ms

    def floor() -> float:
        return _bare(bare_uri, sent, slots, pages).last_ms

    program, bare = in_rounds(f"{pages} pages", rounds, ours, floor)
    figure = f"a year of times is saved → the last of {pages} open pages has it"
    return Row(figure, "ms", program, bare, WITHIN_A_SECOND, SAME)


def _newcomer(uri: str) -> Expert:
    """Add an expert whose desk waits for hours."""
    expert = ExpertFactory.build(
        zone="UTC", session_minutes=60, terms=Terms(horizon_days=YEAR), languages=["en"]
    )
    with MongoClient[Document](uri) as client:
        client[database_name(uri)].experts.insert_one(dict(expert.model_dump_doc()))
    return expert


def _slots_of(uri: str, expert: Expert) -> list[Document]:
    with MongoClient[Document](uri) as client:
        return list(client[database_name(uri)].slots.find({"expert_id": expert.id}))


def _bare(uri: str, sent: Sequence[str], slots: Sequence[Document], pages: int) -> Shown:
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(sent, file)
        file.flush()
        with floor_server("bare_stream", file.name, uri, str(len(slots))) as bare:
            return apart(LOAD, years.insert, Place(bare.url, "/", uri), slots, pages)
