"""Sheets of experts: importing what was exported changes nothing, and what else is said of rows."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.admin.sheets.columns import COLUMNS, texts_of
from domain.admin.sheets.planning import Planner
from domain.admin.sheets.plans import RowAction, RowPlan
from domain.desk.newcomers import Beginnings
from domain.desk.working_hours.fields import GRIDS
from domain.rules import sheets
from domain.rules.hours import ExceptionKind
from domain.rules.meetings import MeetingKind
from domain.rules.prices import CURRENCIES, DEAREST, price_minor
from domain.rules.texts import is_printable, shows_something, without_directing
from domain.seeds.factories import ExpertFactory
from domain.store.documents import Expert
from domain.store.documents.agreements import Meeting, Terms
from domain.store.documents.hours import (
    KeptException,
    KeptRule,
    SessionLimits,
    WorkingHours,
)
from domain.store.documents.profiles import ExpertStatus
from domain.store.documents.site import CATEGORIES
from tests.domain.diaries import every_day
from tests.soak import drawn

NOW = datetime(2031, 7, 8, 9, 30, tzinfo=UTC)
BEGINS = Beginnings("UTC", "en")
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
LINE = ANY.map(lambda text: without_directing(text).strip()).filter(
    lambda text: is_printable(text) and shows_something(text)
)
"""What a form takes."""
STRETCHES = st.tuples(st.times(), st.times()).map(lambda both: sorted(f"{at:%H:%M}" for at in both))
DATES = st.dates(date(2031, 7, 8), date(2033, 12, 31)).map(date.isoformat)


def columns_of(*experts: Expert) -> bytes:
    """The file that an export of experts is."""
    rows = [sheets.line_of([*texts_of(expert).values()]) for expert in experts]
    return "".join([sheets.header(COLUMNS), *rows]).encode()


def planned(data: bytes, *found: Expert) -> list[RowPlan]:
    planner = Planner(found, BEGINS, CATEGORIES, NOW)
    return [planner.plan(row) for row in sheets.read(data, COLUMNS)]


def typed(cells: Mapping[str, str], *found: Expert) -> RowPlan:
    """What a row of these cells would do."""
    lines = [sheets.header([*cells], ";"), sheets.line_of([*cells.values()], ";")]
    (row,) = planned("".join(lines).encode(), *found)
    return row


@st.composite
def rules(draw: Any) -> KeptRule:
    opens, closes = draw(STRETCHES.filter(lambda both: both[0] < both[1]))
    every = draw(st.sampled_from([1, 2]))
    since = draw(DATES if every > 1 else st.none() | DATES)
    weekday = draw(st.integers(0, 6))
    key = f"{weekday}{opens}{closes}{every}{since}"
    return KeptRule(key=key, weekday=weekday, opens=opens, closes=closes, every=every, since=since)


@st.composite
def exceptions(draw: Any) -> KeptException:
    kind = draw(st.sampled_from([*ExceptionKind]))
    first, last = sorted([draw(DATES), draw(DATES)])
    is_closed = kind is ExceptionKind.CLOSED
    opens, closes = (
        (None, None) if is_closed else draw(STRETCHES.filter(lambda both: both[0] < both[1]))
    )
    key = f"{first}{last}{kind}{opens}{closes}"
    return KeptException(
        key=key, first_on=first, last_on=last, kind=kind, opens=opens, closes=closes
    )


@st.composite
def experts(draw: Any, text: st.SearchStrategy[str] = ANY) -> Expert:
    """An expert with something odd in every field."""
    currency = draw(st.sampled_from(CURRENCIES))
    skill = text.filter(lambda skill: not {*",\r\n"} & {*skill})
    unique: Any = {"unique_by": lambda one: one.key, "max_size": 3}
    hours = WorkingHours(
        rules=draw(st.lists(rules(), **unique)),
        exceptions=draw(st.lists(exceptions(), **unique)),
        limits=SessionLimits(
            pause_before_minutes=draw(st.integers(0, 480)),
            grid_minutes=draw(st.sampled_from(GRIDS)),
            most_a_day=draw(st.none() | st.integers(1, 100)),
        ),
    )
    kind = draw(st.sampled_from([MeetingKind.NONE, MeetingKind.ADDRESS]))
    return ExpertFactory.build(
        name=draw(text),
        headline=draw(text),
        bio=draw(text),
        skills=draw(st.lists(skill, max_size=2, unique=True)),
        languages=draw(st.lists(st.sampled_from(["de", "en", "ja"]), min_size=1, unique=True)),
        zone=draw(st.sampled_from(sorted(available_timezones()))),
        currency=currency,
        price_minor=draw(st.integers(0, price_minor(DEAREST, currency))),
        meeting=Meeting(kind=kind, text="" if kind is MeetingKind.NONE else draw(LINE)),
        terms=Terms(
            horizon_days=draw(st.integers(2, 365)),
            notice_minutes=draw(st.integers(0, 1_440)),
            max_reschedules=draw(st.none() | st.integers(0, 100)),
        ),
        hours=hours,
        has_hours=True,
        rating=draw(st.integers(10, 50)) / 10,
    )


def test_a_row_has_all_columns_in_their_order():
    assert (*texts_of(ExpertFactory.build()),) == COLUMNS


@settings(max_examples=drawn(25, 500))
@given(experts())
def test_to_import_what_was_exported_changes_nothing(expert: Expert):
    (row,) = planned(columns_of(expert), expert)

    assert (row.action, row.changes) == (RowAction.KEEP, [])


@settings(max_examples=drawn(25, 500))
@given(experts(LINE))
def test_what_was_exported_becomes_the_same_expert_elsewhere(expert: Expert):
    moved = expert.model_copy(update={"status": ExpertStatus.PENDING, "listed": False})
    (row,) = planned(columns_of(moved))

    assert [(wrong.column, str(wrong.said)) for wrong in row.wrong] == []
    assert row.after is not None
    assert texts_of(row.after) == texts_of(moved)
    (again,) = planned(columns_of(moved), row.after)
    assert again.action is RowAction.KEEP


def test_what_a_program_makes_of_line_ends_and_space_is_no_change():
    expert = ExpertFactory.build(bio="One.\nTwo.")

    row = typed({"slug": expert.slug, "bio": " One.\r\nTwo.\r\n"}, expert)

    assert row.action is RowAction.KEEP


def test_only_the_columns_that_a_file_has_are_changed():
    expert = ExpertFactory.build(price_minor=5_000, currency="EUR", zone="UTC")

    row = typed({"email": expert.email.upper(), "price": "49,90", "zone": "UTC"}, expert)

    assert row.changes == [("price", "50.00", "49.90")]
    assert {*row.fields} == {"price_minor", "price_rank"}


def test_a_former_slug_names_an_expert_too_and_an_absence_stays_declared():
    away = KeptException(
        key="absence-1", first_on="2031-08-01", last_on="2031-08-09", kind=ExceptionKind.CLOSED
    )
    expert = ExpertFactory.build(
        slug="ada",
        slugs=["ames", "ada"],
        has_hours=True,
        hours=every_day("09:00-12:00", exceptions=[away]),
    )

    row = typed({"slug": "ames", "exceptions": "2031-12-24/2031-12-31 closed"}, expert)

    assert row.changes == [("exceptions", "", "2031-12-24/2031-12-31 closed")]
    assert row.after is not None
    assert row.after.hours.exceptions[0] == away
    assert row.after.hours.rules == expert.hours.rules


def test_hours_that_stay_keep_their_keys():
    expert = ExpertFactory.build(has_hours=True, hours=every_day("09:00-12:00"))
    fewer = "\n".join(texts_of(expert)["hours"].splitlines()[:2])

    row = typed({"slug": expert.slug, "hours": f"{fewer}; SAT 10:00 - 24:00"}, expert)

    assert row.after is not None
    *kept, new = row.after.hours.rules
    assert kept == expert.hours.rules[:2]
    assert (new.weekday, new.opens, new.closes) == (5, "10:00", "00:00")


NEW = {"name": "Ada Ames", "email": "ada@example.org", "category": "Legal"}
WRONG = [
    ({"zone": "Mars"}, "zone", "Choose a time zone."),
    ({"price": "dear"}, "price", "Enter a price like 49.50."),
    ({"languages": "elvish"}, "languages", "Write languages by their names: English, German."),
    ({"rating": "6"}, "rating", "Enter a number from 1.0 to 5.0, or nothing."),
    ({"status": "removed"}, "status", "Choose listed or paused."),
    ({"stands_in": "perhaps"}, "stands_in", "Write yes or no."),
    ({"hours": "someday"}, "hours", "Write hours like this: mon 09:00-12:00."),
    (
        {"hours": "mon 12:00-09:00"},
        "hours",
        "Choose an end after the beginning, or 00:00 for midnight.",
    ),
    ({"exceptions": "2031-02-30 closed"}, "exceptions", "Enter a date like 2027-05-31."),
    ({"holidays": "XX"}, "holidays", "Choose a country from the list."),
    (
        {"holidays": "DE", "holidays_opened": "2031-07-09"},
        "holidays_opened",
        "“2031-07-09” is no public holiday there.",
    ),
    ({"slug": "?!"}, "slug", "Use 3 to 60 letters from a to z, digits, and hyphens between them."),
    ({"name": ""}, "name", "A new expert needs this."),
    ({"status": "listed"}, "headline", "Needed for a page that is listed."),
]


@pytest.mark.parametrize(("cells", "column", "said"), WRONG)
def test_what_cannot_be_used_is_refused_with_its_column_and_the_reason(cells, column, said):
    row = typed(NEW | cells)

    assert (row.line, row.action) == (2, RowAction.REFUSE)
    assert (row.wrong[0].column, str(row.wrong[0].said)) == (column, said)


def test_a_row_can_refuse_several_cells_at_once():
    row = typed(NEW | {"zone": "Mars", "hours": "mon 09:00-12:00\nsomeday", "rating": "x"})

    assert [(wrong.column, wrong.line) for wrong in row.wrong] == [
        ("zone", ""),
        ("rating", ""),
        ("hours", "someday"),
    ]


def test_a_file_names_each_expert_once_and_none_that_was_removed():
    removed = ExpertFactory.build(slug="gone", status=ExpertStatus.REMOVED)
    twins = [ExpertFactory.build(email="b@example.org") for _ in range(2)]
    rows = b"slug,name,email,category\ngone,,,\n,,b@example.org,\n" + 2 * b",Ann,a@b.de,Legal\n"

    found = planned(rows, removed, *twins)

    assert [str(row.wrong[0].said) if row.wrong else row.action.value for row in found] == [
        "This expert was removed.",
        "Several experts have this address: name the slug.",
        "add",
        "A row above is about the same expert.",
    ]
