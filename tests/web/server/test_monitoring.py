"""The dashboard, the alerts and the documented table, held against what a server tells."""

import json
import re
from collections.abc import AsyncIterator, Iterator

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.servers import ROOT
from tests.waiting import until
from tests.web.conftest import Site, running_site
from tests.web.visitors import visitor

FOLDER = ROOT / ".ci/monitoring"
METRIC = re.compile(r"\b(expertconnect_\w+|up)\b(?:{([^}]*)})?")
GROUPED = re.compile(r"\bby \(([^)]*)\)")
SHOWN = re.compile(r"{{ *(?:\$labels\.)?(\w+) *}}")
OF_THE_SCRAPE = {"instance", "job"}

Told = dict[str, list[dict[str, str]]]
"""What is told: of each metric the labels of all its samples."""


@pytest.fixture(scope="module")
async def site(site_uri: str) -> AsyncIterator[Site]:
    """A server with two workers."""
    async with running_site(site_uri, WORKERS=2) as site:
        yield site


async def told_by(site: Site) -> Told:
    async with visitor(site.url) as operator:
        text = (await operator.get("/metrics")).text
    told: Told = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            told.setdefault(sample.name, []).append(sample.labels)
    return told


@pytest.fixture(scope="module")
async def told(site: Site) -> Told:
    """What the server tells after somebody booked a time for which another came too late."""
    expert = await site.expert()
    slot = await site.slot(expert)
    async with visitor(site.url) as ann, visitor(site.url) as eve:
        assert (await ann.hold(slot.id)).status_code == 303
        assert (await eve.hold(slot.id)).status_code == 409
        assert (await ann.book(slot.id)).status_code == 303

    async def complete() -> Told | None:
        told = await told_by(site)
        return told if told.keys() >= {"expertconnect_publishing_lag_seconds"} else None

    return await until(complete)


def expressions() -> Iterator[tuple[str, str]]:
    """Yield what dashboard and alerts ask Prometheus, each with the words that show its labels."""
    for panel in json.loads((FOLDER / "grafana.json").read_text())["panels"]:
        for target in panel["targets"]:
            yield target["expr"], target["legendFormat"]
    for group in yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["expr"], rule["annotations"]["summary"]


ASKED = [*expressions()]


@pytest.mark.parametrize("expression", sorted({expression for expression, _ in ASKED}))
def test_what_dashboard_and_alerts_ask_is_told(told: Told, expression: str):
    asked = METRIC.findall(expression)
    grouped = {name for names in GROUPED.findall(expression) for name in names.split(", ")}

    assert asked
    for metric, matchers in asked:
        labels = {*re.findall(r"(\w+) *[=!]", matchers)} | grouped
        known = {*told[metric][0]} if metric != "up" else set()
        assert labels <= known | OF_THE_SCRAPE, f"{metric} has no such label"


@pytest.mark.parametrize(("expression", "words"), ASKED)
def test_the_labels_that_are_shown_are_left_by_what_is_asked(expression: str, words: str):
    grouped = {name for names in GROUPED.findall(expression) for name in names.split(", ")}
    left = grouped or (OF_THE_SCRAPE if expression.startswith("up") else set())

    assert {*SHOWN.findall(words)} <= left


def test_the_documented_metrics_are_those_that_are_told(told: Told):
    page = (ROOT / "docs/operating.md").read_text()
    documented = set(re.findall(r"^\| `(expertconnect_\w+)` \|", page, re.MULTILINE))
    ours = {name for name in told if name.startswith("expertconnect_")}

    assert {re.sub(r"_(bucket|count|sum|created)$", "", name) for name in ours} == documented


def test_claims_are_told_by_how_they_ended(told: Told):
    claims = [(c["kind"], c["outcome"]) for c in told["expertconnect_claims_total"]]

    assert {("hold", "won"), ("hold", "slot_taken"), ("book", "won")} <= {*claims}


@pytest.mark.parametrize(
    "gauge",
    [
        *("holds", "mails_due", "publishing_lag_seconds", "listeners"),
        *("feed_up", "feed_lag_seconds", "database_up", "clock_offset_seconds"),
    ],
)
def test_what_every_worker_measures_is_told_once(told: Told, gauge: str):
    assert told[f"expertconnect_{gauge}"] == [{}]
