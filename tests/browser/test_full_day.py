"""A day that fills up: full for a form that is open, and not for a booking that moves within it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.desks import sign_in_unseen
from tests.browser.people import SLUGS, Person
from tests.browser.unseen import Unseen

SLUG = "sofia-marchetti"
"""Her days are those of the visitors."""
AHEAD = 9
"""Days on which no other test books."""


class LimitedExpert:
    """An expert who says how many sessions a day they take."""

    def __init__(self, unseen: Unseen) -> None:
        self._unseen = unseen
        sign_in_unseen(unseen, SLUG)

    def take_at_most(self, most: str) -> None:
        """Save the form of limits as it is, but for the most sessions a day."""
        form = (
            self._unseen.get("/desk/hours").partition('id="limits-form"')[2].partition("</form")[0]
        )
        fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form))
        for name, options in re.findall(
            r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', form, re.DOTALL
        ):
            chosen = re.search(r'value="([^"]*)"[^>]*selected', options)
            fields[name] = chosen[1] if chosen else ""
        self._unseen.post("/desk/hours/limits", **{**fields, "most_a_day": most})


@pytest.fixture
def expert(eve: Unseen) -> Iterator[LimitedExpert]:
    """An expert who takes two sessions a day."""
    expert = LimitedExpert(eve)
    expert.take_at_most("2")
    yield expert
    expert.take_at_most("")


@pytest.mark.usefixtures("expert")
def test_its_times_stay_free_for_who_reschedules_within_it(
    ann: Person, ben: Person, page_errors: list[str]
):
    day = ben.open_expert(SLUGS.index(SLUG), ahead=AHEAD)
    first, second, third = ben.some_free_slots(3)
    reference = ann.unseen.book(first)
    ann.page.goto(f"/bookings/{reference}/reschedule?day={day}")
    ann.see_live()

    ben.unseen.book(second, email="ben@example.org")
    expect(ben.slot(third)).to_contain_text("Day is full")
    expect(ann.slot(second)).to_contain_text("Booked")
    expect(ann.slot(third)).to_contain_text("Free")
    expect(ann.page.locator(f"#day-{day}-free")).not_to_have_attribute("data-free", "0")
    ann.slot(third).get_by_role("button").click()
    ann.page.get_by_role("button", name="Confirm the new time").click()

    expect(ann.page.get_by_text("It's moved. See you then!")).to_be_visible()
    assert page_errors == []


@pytest.mark.usefixtures("expert")
def test_a_form_that_is_open_as_its_day_fills_offers_other_times_and_keeps_what_was_typed(
    ann: Person, ben: Person, page_errors: list[str]
):
    day = ben.unseen.free_day(SLUG, ahead=AHEAD, free=3)
    slot, *others = ben.unseen.free_slots(SLUG, day)[:3]
    ann.come_to_the_form(slot)
    ann.fill_form()

    for other in others:
        ben.unseen.book(other)
    expect(ann.page.get_by_role("heading", name="That time is gone")).to_be_visible()
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    ann.sees.alternatives.first.click()
    expect(ann.sees.hold_timer).to_contain_text("on hold for you")

    ann.confirm()
    assert page_errors == []
