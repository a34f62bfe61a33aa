"""The page of the log: searched, read page by page, downloaded, and put into words."""

import csv
from io import StringIO
from typing import get_args

import pytest

from domain import acts
from domain.admin.logbook import PAGE_SIZE
from domain.rules.log import OPERATOR, Action, ActorKind, FieldChange, SubjectKind
from domain.store.core.database import Key
from domain.store.documents import Expert
from domain.store.documents.log import LoggedChange
from domain.store.log import acting
from tests.web.conftest import Site
from tests.web.mailed import address
from tests.web.visitors import Visitor
from web.admin.csv_files import Cell, _harmless
from web.admin.log_values import in_words
from web.admin.log_words import ACTIONS, ACTORS, FORMER_ACTORS, SUBJECTS
from web.i18n.languages import LOCALES

SHARES_SITE = True

RULE = {"weekday": 0, "opens": "09:00", "closes": "12:00", "every": 1, "since": None}
SECOND = {**RULE, "every": 2, "since": "2031-07-07"}
ABSENT = {"first_on": "2031-07-07", "last_on": "2031-07-07", "kind": "closed", "opens": None}
SHORTER = {**ABSENT, "kind": "instead", "opens": "10:00", "closes": "11:00"}

MONDAY = "Monday 09:00\N{EN DASH}12:00"


@pytest.fixture
async def expert(site: Site) -> Expert:
    return await site.expert(email=address(), name="=Ada Ames")


async def log(site: Site, expert: Expert, count: int = 1) -> None:
    """Log changes of an expert's hours."""
    change = FieldChange("grid_minutes", 1, 15)
    for _ in range(count):
        act = acts.on_expert(OPERATOR, Action.HOURS_CHANGED, expert.id, site.now, [change])
        await acting.log_alone(site.database, act)


async def test_an_entry_says_when_who_what_before_and_after(site: Site, boss: Visitor, expert):
    await log(site, expert)

    page = await boss.get(f"/admin/log?what={expert.slug}")

    assert page.status_code == 200
    for said in ("Hours changed", "=Ada Ames", "Command line", "Start grid", "1 minute"):
        assert said in page.text
    assert page.headers["cache-control"] == "private, no-store"


async def test_it_is_read_page_by_page(site: Site, boss: Visitor, expert):
    await log(site, expert, PAGE_SIZE + 2)

    first = await boss.get(f"/admin/log?what={expert.slug}")
    older = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = await boss.get(older)

    assert first.text.count('class="log__entry"') == PAGE_SIZE
    assert second.text.count('class="log__entry"') == 2
    assert 'rel="next"' not in second.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("&who=operator", True),
        ("&who=nobody@example.org", False),
        ("&action=hours_changed", True),
        ("&action=expert_paused", False),
        ("&from=2031-01-01", False),
        ("&from=nonsense&until=31.31.31&after=x-y", True),
        ("&until=2001-01-01", False),
    ],
)
async def test_it_is_searched(site: Site, boss: Visitor, expert, query: str, found: bool):
    await log(site, expert)

    page = await boss.get(f"/admin/log?what={expert.id}{query}")

    assert ('class="log__entry"' in page.text) is found
    assert ("Nothing in the log matches this." in page.text) is not found


async def test_what_was_found_is_downloaded_as_a_table(site: Site, boss: Visitor, expert):
    await log(site, expert, 2)

    answer = await boss.get("/admin/log.csv", params={"what": expert.address})

    assert answer.headers["content-disposition"] == 'attachment; filename="log.csv"'
    rows = [*csv.DictReader(StringIO(answer.text))]
    assert len(rows) == 2
    assert rows[0]["subject"] == "'=Ada Ames"
    assert rows[0]["changes"] == '[["grid_minutes", 1, 15]]'
    assert [row["actor_kind"] for row in rows] == ["operator"] * 2


async def test_of_who_is_gone_the_acts_stay(site: Site, boss: Visitor):
    gone = Key()
    act = acts.on_expert(OPERATOR, Action.EXPERT_PAUSED, gone, site.now)
    await acting.log_alone(site.database, act)

    assert "Expert paused" in (await boss.get(f"/admin/log?what={gone}")).text


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_what_a_program_for_tables_would_reckon_is_text(cell: str):
    assert _harmless(cell) == f"'{cell}"
    assert [_harmless(one) for one in (-1, None, "Ann")] == [-1, None, "Ann"]
    assert int in get_args(Cell)


def test_every_action_and_kind_has_words():
    assert ACTIONS.keys() == {*Action}
    assert ACTORS.keys() == FORMER_ACTORS.keys() == {*ActorKind}
    assert SUBJECTS.keys() == {*SubjectKind}


@pytest.mark.parametrize(
    ("field", "before", "after", "said"),
    [
        ("rules", [RULE], [SECOND], f"{MONDAY} → {MONDAY}, every second week"),
        ("exceptions", [ABSENT], [SHORTER], "Mon, 7 Jul 2031: closed → Mon, 7 Jul 2031: these"),
        ("price", None, {"minor": 5_000, "currency": "EUR"}, " → €50"),
        ("pause_before_minutes", 15, 90, "15 minutes → 90 minutes"),
        ("languages", ["en"], ["de", "fr"], "English → German; French"),
        ("first_on", "2031-07-07", None, "Mon, 7 Jul 2031 → "),
        ("starts_at", None, "2031-07-08T09:30:00+00:00", " → Tue, 8 Jul 2031, 09:30 UTC"),
        ("stands_in", False, True, "no → yes"),
        ("name", None, "changed", " → changed"),
        ("of_a_newer_version", {"a": 1}, "text", "{'a': 1} → text"),
    ],
)
def test_changes_are_said_in_words(field: str, before: object, after: object, said: str):
    change = LoggedChange(field=field, before=before, after=after)

    words = in_words(change, "en")

    assert f"{'; '.join(words.before)} → {'; '.join(words.after)}".startswith(said)
    assert all(in_words(change, language).field for language in LOCALES)
