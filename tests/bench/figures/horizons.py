"""What visitors feel while the horizons of many experts roll on in the background."""

from collections.abc import Sequence

from pymongo import MongoClient

from domain.rules.instants import NEVER
from domain.seeds.factories import ExpertFactory
from domain.seeds.people import people
from domain.seeds.people.diary import hours_of
from domain.seeds.people.terms import terms_of
from domain.store.core.database import Document, database_name
from tests.bench import horizons
from tests.bench.ground import fresh, publish, serving
from tests.bench.horizons import Rolled
from tests.bench.processes import LOAD, apart
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale
from web.http import clock

TIMES = 60
"""Of the expert whose page is opened, a quarter of an hour each."""
UNFELT, AT_ONCE = Aim(most=1.5), Aim(most=100, of_ratio=False)


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Open an expert's page before experts are rolled on and meanwhile, in one long round."""
    uri = fresh(server)
    shown = publish(uri, TIMES)
    _add_experts(uri, scale.experts)
    with serving(uri) as served:
        path = f"/experts/{shown.slug}"

        def roll() -> Rolled:
            return apart(LOAD, horizons.roll, uri, served.url, path, scale.requests)

        ((rolled,),) = in_rounds("horizons", 1, roll)
    return _rows(f"{scale.experts:,} experts' horizons", rolled)


def _rows(whose: str, rolled: Rolled) -> Sequence[Row]:
    before, meanwhile = rolled.before, rolled.meanwhile
    page, beside = f"an expert's page while {whose} roll on", "before it"
    return [
        Row(page, "ms", [meanwhile.median_ms], [before.median_ms], UNFELT, beside),
        Row(
            f"{page}, the slowest of a hundred",
            "ms",
            [meanwhile.p99_ms],
            [before.p99_ms],
            AT_ONCE,
            beside,
        ),
        Row(f"{whose} have rolled on", "s", [rolled.seconds]),
    ]


def _add_experts(uri: str, count: int) -> None:
    """Add experts with hours, none of whose times are published yet; they are not due."""
    now = clock.now()
    experts = [
        ExpertFactory.build(
            person=person,
            terms=terms_of(person),
            hours=hours_of(person, now),
            has_hours=True,
            plan_due_at=NEVER,
        )
        for person in people(count)
    ]
    with MongoClient[Document](uri) as client:
        documents = [dict(expert.model_dump_doc()) for expert in experts]
        client[database_name(uri)].experts.insert_many(documents)
