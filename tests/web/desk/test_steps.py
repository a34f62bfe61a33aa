"""The three steps to a first booking, and who has them still to take."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.seeds.factories import ExpertFactory
from domain.store.documents import Expert
from domain.store.documents.profiles import ExpertStatus
from tests.domain.diaries import every_day
from web.desk.steps import steps_of

NOW = datetime(2031, 7, 7, 8, tzinfo=UTC)
NOTHING_YET: dict[str, Any] = {"headline": "", "bio": "", "skills": [], "has_price": False}
HOURS: dict[str, Any] = {"hours": every_day("09:00-12:00"), "has_hours": True}
PENDING: dict[str, Any] = {"status": ExpertStatus.PENDING}


def expert(**fields: Any) -> Expert:
    return ExpertFactory.build(slug="ada", **fields)


def addresses(one: Expert) -> list[str]:
    return [step.address for step in steps_of(one, NOW)]


def done(one: Expert) -> list[bool]:
    return [step.done for step in steps_of(one, NOW)]


def test_a_newcomer_goes_from_the_profile_to_the_hours_to_the_page():
    waiting, approved = (expert(**NOTHING_YET, **fields) for fields in (PENDING, {}))

    to_both = ["/desk/profile#profile-form", "/desk/hours#week"]
    assert addresses(waiting) == [*to_both, "/desk/profile/preview"]
    assert addresses(approved) == [*to_both, "/experts/ada"]
    assert done(waiting) == done(approved) == [False, False, False]


@pytest.mark.parametrize(
    ("fields", "address"),
    [
        ({**HOURS, "has_price": False}, "/desk/hours#limits"),
        ({"has_price": True}, "/desk/hours#week"),
    ],
    ids=["price", "hours"],
)
def test_of_hours_and_price_the_step_leads_to_what_is_missing(fields: dict[str, Any], address: str):
    half = expert(**PENDING, **fields)

    assert addresses(half)[1] == address
    assert done(half) == [True, False, False]


def test_who_waits_for_approval_sees_what_is_done():
    assert done(expert(**PENDING, **HOURS)) == [True, True, False]


def test_who_can_be_booked_has_no_step_to_take():
    assert steps_of(expert(**HOURS), NOW) == []
