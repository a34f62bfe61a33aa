"""Importing: each row as a whole, and nothing but what was shown."""

from collections.abc import Mapping
from typing import Any

import pytest

from domain.admin import listing
from domain.admin.sheets.columns import COLUMNS, texts_of
from domain.admin.sheets.exporting import exported, rows_of_everyone
from domain.admin.sheets.importing import PlanChanged, carry_out
from domain.admin.sheets.planning import plan_import
from domain.admin.sheets.plans import ImportPlan, RowAction
from domain.desk.newcomers import Beginnings
from domain.rules import sheets
from domain.rules.log import OPERATOR, Action
from domain.rules.notices import Kind
from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.documents.log import LogEntry
from domain.store.documents.mails import Mail
from domain.store.documents.profiles import ExpertStatus
from tests.domain.diaries import every_day, expert_with
from tests.factories import make_expert

NEW = {
    "name": "Ada Ames",
    "email": "ada@example.org",
    "category": "Legal",
    "headline": "Contracts",
    "bio": "Reads them all.",
    "skills": "Contracts",
    "price": "90",
    "hours": "mon 09:00-12:00",
    "status": "listed",
}


def sheet(*rows: Mapping[str, str]) -> bytes:
    lines = [sheets.line_of([row.get(column, "") for column in rows[0]]) for row in rows]
    return "".join([sheets.header([*rows[0]]), *lines]).encode()


async def planned(database: Database, data: bytes, now) -> ImportPlan:
    return await plan_import(database, data, Beginnings("Europe/Berlin", "de"), now=now)


async def imported(database: Database, data: bytes, now, shown: str = "") -> list[Any]:
    """Look at a file, and do what it says."""
    plan = await planned(database, data, now)
    return await carry_out(database, plan, shown or plan.digest, by=OPERATOR, now=now)


async def by_name(database: Database, name: str) -> list[Expert]:
    return await database.engine.find(Expert, {"name": name})


async def logged(database: Database, action: Action) -> list[LogEntry]:
    return await database.engine.find(LogEntry, {"action": action.value})


async def test_a_new_expert_is_listed_is_told_and_is_planned_next(database: Database, now):
    assert await imported(database, sheet(NEW), now) == []

    (ada,) = await by_name(database, "Ada Ames")
    assert (ada.slug, ada.status, ada.listed) == ("ada-ames", ExpertStatus.LISTED, True)
    assert (ada.has_hours, ada.plan_due_at < now, ada.applied_at) == (True, True, None)
    assert [mail.kind for mail in await database.engine.find(Mail)] == [Kind.APPROVAL]
    (entry,) = await logged(database, Action.EXPERT_ADDED)
    told = {change.field: (change.before, change.after) for change in entry.changes}
    assert told["name"] == (None, "changed")
    assert told["price"] == ("", "90.00")


async def test_two_of_the_same_name_get_addresses_of_their_own(database: Database, now):
    other = NEW | {"email": "other@example.org"}

    await imported(database, sheet(NEW, other), now)

    assert len({one.slug for one in await by_name(database, "Ada Ames")}) == 2
    plan = await planned(database, sheet(NEW, other), now)
    assert [row.action for row in plan.rows] == [RowAction.KEEP, RowAction.KEEP]


async def test_a_change_counts_at_once_and_has_times_planned_anew(database: Database, now):
    expert = await make_expert(
        database, zone="UTC", headline="Old", planned_at=now, plan_due_at=now
    )

    await imported(
        database, sheet({"slug": expert.slug, "headline": "New", "zone": "Asia/Tokyo"}), now
    )

    (changed,) = await by_name(database, expert.name)
    assert (changed.headline, changed.zone) == ("New", "Asia/Tokyo")
    assert (changed.profile_rev, changed.plan_rev) == (expert.profile_rev + 1, expert.plan_rev + 1)
    assert changed.plan_due_at < now
    assert await listing.not_listed(database) == []


async def test_both_addresses_hear_of_a_change_of_address(database: Database, now):
    ada, bea = [await make_expert(database, email=f"{name}@old.example") for name in ("Ada", "bea")]
    rows = [
        {"slug": ada.slug, "email": "ada@new.example"},
        {"slug": bea.slug, "email": "BEA@old.example"},
    ]

    (moves, stays) = (await planned(database, sheet(*rows), now)).rows
    await imported(database, sheet(*rows), now)

    assert (moves.moves_address, stays.moves_address) == (True, False)
    mails = await database.engine.find(Mail, {"kind": Kind.ADDRESS_CHANGE.value}, sort=Mail.key)
    assert [mail.to for mail in mails] == ["Ada@old.example", "ada@new.example"]
    assert {mail.expert_id for mail in mails} == {ada.id}


async def test_a_row_that_is_refused_stops_none_of_the_others(database: Database, now):
    wrong = {"name": "Bea Byrd", "email": "bea@example.org", "zone": "Mars"}

    await imported(database, sheet(NEW | {"zone": "UTC"}, NEW | wrong), now)

    assert len(await by_name(database, "Ada Ames")) == 1
    assert await by_name(database, "Bea Byrd") == []


async def test_nothing_is_done_when_something_has_changed_since_it_was_shown(
    database: Database, now
):
    expert = await make_expert(database, headline="Old")
    data = sheet({"slug": expert.slug, "headline": "New"})
    shown = (await planned(database, data, now)).digest
    await imported(database, sheet({"slug": expert.slug, "headline": "Meanwhile"}), now)

    with pytest.raises(PlanChanged) as caught:
        await imported(database, data, now, shown)

    (row,) = caught.value.plan.rows
    assert row.changes == [("headline", "Meanwhile", "New")]
    (kept,) = await by_name(database, expert.name)
    assert kept.headline == "Meanwhile"


async def test_a_row_whose_expert_changes_at_the_last_moment_is_left(database: Database, now):
    expert = await make_expert(database, headline="Old", bio="Old")
    plan = await planned(database, sheet({"slug": expert.slug, "headline": "New"}), now)
    await imported(database, sheet({"slug": expert.slug, "bio": "Meanwhile"}), now)

    left = await carry_out(database, plan, plan.digest, by=OPERATOR, now=now)

    assert [row.line for row in left] == [2]
    (kept,) = await by_name(database, expert.name)
    assert (kept.headline, kept.bio) == ("Old", "Meanwhile")


async def test_the_same_file_once_more_does_what_was_left(database: Database, now):
    """As after a process that was killed half-way."""
    other = NEW | {"name": "Bea Byrd", "email": "bea@example.org"}
    await imported(database, sheet(NEW), now)

    await imported(database, sheet(NEW, other), now)
    await imported(database, sheet(NEW, other), now)

    assert len(await logged(database, Action.EXPERT_ADDED)) == 2
    assert len(await database.engine.find(Expert)) == 2


async def test_an_export_has_everyone_who_has_a_page_and_changes_nothing(database: Database, now):
    listed = await expert_with(database, every_day("09:00-12:00"), bio="=1+1", name="Zoë +")
    for status in (ExpertStatus.PENDING, ExpertStatus.PAUSED):
        await make_expert(database, status=status)
    for status in (ExpertStatus.DRAFT, ExpertStatus.INVITED, ExpertStatus.REMOVED):
        await make_expert(database, status=status, name="Nobody's Business")

    text = "".join([line async for line in rows_of_everyone(database, ";")])

    assert "Nobody" not in text
    assert "'=1+1" in text
    plan = await planned(database, text.encode(), now)
    assert [row.action for row in plan.rows] == [RowAction.KEEP] * 3
    assert exported(listed)["bio"] == "=1+1"
    assert {*COLUMNS} == {*texts_of(listed)}
