"""The overview: what wants attention, and figures in charts and tables."""

import re
from datetime import timedelta

import pytest

from domain.rules.slots import SlotState
from domain.seeds.factories import BookingFactory
from domain.store.audit_runs import note
from domain.store.core.database import Key
from domain.store.documents.audit_runs import AuditRun
from domain.store.documents.profiles import ExpertStatus
from tests import fake_clock
from tests.factories import make_booking
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.mailed import address
from tests.web.visitors import Visitor
from web.admin.charts import Chart, Series
from web.version import VERSION


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


async def test_it_says_what_wants_attention_and_where_to_go(site: Site, boss: Visitor):
    quiet = await boss.get("/admin")
    is_quiet = "Nothing right now." in quiet.text
    assert is_quiet is not bool(fake_clock.AHEAD_S)  # the database's clock is never ahead
    await site.expert(status=ExpertStatus.PENDING, listed=False)
    key = Key()
    slot = await site.slot(state=SlotState.BOOKED, retiring=True, booking_id=key)
    outside = await make_booking(site.database, slot, id=key)
    collection = site.database.collection(AuditRun)
    await until(collection.find_one)
    await note(site.database, ["slot overlaps an earlier one: 5f"] * 30, now=site.now)

    page = (await boss.get("/admin")).text

    assert "Nothing right now." not in page
    said = text_of(page)
    assert "1 application waits for approval Look at them" in said
    assert "1 session no longer fits its expert" in said
    listed = (await boss.get("/admin/bookings?state=outside-hours&order=earliest")).text
    assert outside.reference in listed
    assert "1 booking on this page" in text_of(listed)
    assert "The audit has found 30 contradictions in the data:" in said
    assert page.count("slot overlaps an earlier one: 5f") == 20
    assert f"Program: version {VERSION}." in said


async def test_figures_are_shown_by_week_field_and_expert(site: Site, boss: Visitor):
    expert = await site.expert(name="Ada Ames", category="Legal", email=address())
    at = site.now + timedelta(days=400)
    for n in range(3):
        starts_at = at + n * timedelta(hours=2)
        await site.database.engine.save(
            BookingFactory.build(expert_id=expert.id, starts_at=starts_at)
        )
    gone = BookingFactory.build(expert_id=Key(), starts_at=at)
    await site.database.engine.save(gone)
    week = at.date().isoformat()

    everyone = (await boss.get(f"/admin?week={week}")).text
    hers = (await boss.get(f"/admin?week={week}&expert={expert.slug}")).text
    health = (await boss.get(f"/admin?week={week}&field=Health")).text

    assert "Ada Ames 3 3 3 100% 1 0 0 0" in text_of(everyone)
    assert "Experts who are gone 1 1 1 100% 1 0 0 0" in text_of(everyone)
    assert "All together 4 4 4 100% 1 0 0 0" in text_of(everyone)
    assert everyone.count("<rect") == 2 + 1 + 1
    assert "All together 3 3 3 100% 1 0 0 0" in text_of(hers)
    assert "All together 0 0 0" in text_of(health)


@pytest.mark.parametrize("week", ["nonsense", "0001-01-01", "9999-12-31"])
async def test_any_week_is_answered(boss: Visitor, week: str):
    assert (await boss.get(f"/admin?week={week}")).status_code == 200


def test_bars_are_as_high_as_their_values():
    chart = Chart("", ["a", "b"], [Series("", "teal", [4, 1]), Series("", "amber", [None, 0])], "4")

    first, second = chart.bars

    assert (first.y, first.height) == (0, 100)
    assert (second.y, second.height) == (75, 25)
    assert first.x + first.width < second.x < chart.width
    assert Chart("", ["a"], [Series("", "teal", [0])], "0").bars == []
