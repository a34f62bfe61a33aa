"""The visitor's clock may be wrong: what a page says of time goes by the server's."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person, unused_expert


def with_clock_off(person: Person, by: timedelta) -> Person:
    """Set the clock of a person's browser wrong."""
    person.page.context.clock.install(time=datetime.now(UTC) + by)
    return person


@pytest.mark.parametrize(
    "minutes",
    [
        pytest.param(6, id="fast"),
        pytest.param(-6, id="slow", marks=pytest.mark.soak),
        pytest.param(60 * 24, id="a day fast", marks=pytest.mark.soak),
    ],
)
def test_a_hold_has_as_long_left_as_the_server_says(ann: Person, minutes: int):
    with_clock_off(ann, timedelta(minutes=minutes)).open_expert(unused_expert(), live=False)

    ann.choose(ann.some_free_slot())

    expect(ann.sees.time_left).to_have_text(re.compile(r", 4:\d\d left"))
    expect(ann.sees.ending_hold).to_have_count(0)


def test_who_is_slow_is_warned_in_time_all_the_same(ann: Person):
    with_clock_off(ann, timedelta(minutes=-6)).open_expert(unused_expert(), live=False)
    ann.choose(ann.some_free_slot())
    expect(ann.sees.time_left).to_contain_text("left")

    ann.page.clock.fast_forward("04:10")

    expect(ann.sees.warning).to_have_text("Less than a minute left. You can extend the hold.")


def test_times_that_are_still_to_come_are_not_closed_by_a_clock_that_is_fast(ann: Person):
    with_clock_off(ann, timedelta(days=40)).open_expert(unused_expert())
    ann.page.clock.run_for(1_000)

    expect(ann.sees.closed_slots).to_have_count(0)
    assert ann.free_slots().count() > 0


def test_ones_own_hold_is_ones_own_by_a_clock_that_is_fast(ann: Person):
    second = with_clock_off(ann, timedelta(minutes=6)).second_window()
    second.open_expert(unused_expert())
    slot = second.some_free_slot()
    ann.come_to_the_form(slot)
    second.page.reload()
    second.see_live()
    ann.page.get_by_role("button", name="Extend the hold").click()
    expect(ann.sees.time_left).to_contain_text("9:")

    expect(second.slot(slot)).to_contain_text("Held for you")
