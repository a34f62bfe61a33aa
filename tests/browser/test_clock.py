"""The visitor's clock may be wrong: what a page says of time goes by the server's."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person, unused_expert
from tests.servers import start_server

SHIFT = """
{
  const Real = Date;
  window.Date = class extends Real {
    constructor(...given) { super(...(given.length ? given : [Real.now() + SHIFT_MS])); }
    static now() { return Real.now() + SHIFT_MS; }
  };
}
"""


def shifted(person: Person, by: timedelta) -> Person:
    """Set the person's clock wrong."""
    milliseconds = str(int(by.total_seconds() * 1000))
    person.page.context.add_init_script(SHIFT.replace("SHIFT_MS", milliseconds))
    return person


@pytest.mark.parametrize("minutes", [6, -6, 60 * 24], ids=["fast", "slow", "a day fast"])
def test_a_hold_has_as_long_left_as_the_server_says(ann: Person, minutes: int):
    shifted(ann, timedelta(minutes=minutes)).open_expert(unused_expert())

    ann.choose(ann.some_free_slot())

    expect(ann.page.locator(".hold-timer__left")).to_have_text(re.compile(r", 4:[1-5]\d left"))
    expect(ann.page.locator(".hold-timer--ending")).to_have_count(0)


def test_who_is_slow_is_warned_in_time_all_the_same(person):
    with start_server(None, HOLD_SECONDS=70) as server:
        ann: Person = shifted(person(base_url=server.url), timedelta(minutes=-6))
        ann.open_expert(0)
        ann.choose(ann.some_free_slot())
        expect(ann.page.locator(".hold-timer__left")).to_contain_text("left")

        expect(ann.page.locator("[data-warning]")).to_have_text(
            "Less than a minute left. You can keep the time longer.", timeout=20_000
        )


def test_times_that_are_still_to_come_are_not_closed_by_a_clock_that_is_fast(ann: Person):
    shifted(ann, timedelta(days=40)).open_expert(unused_expert())
    ann.page.evaluate("new Promise((done) => setTimeout(done, 0))")

    expect(ann.page.locator(".slot--closed")).to_have_count(0)
    assert ann.free_slots().count() > 0


def test_ones_own_hold_is_ones_own_by_a_clock_that_is_fast(ann: Person):
    number = unused_expert()
    shifted(ann, timedelta(minutes=6)).open_expert(number)
    slot = ann.some_free_slot()
    second = Person(ann.page.context.new_page())
    ann.choose(slot)
    second.open_expert(number)
    second.see_live()
    ann.page.get_by_role("button", name="Keep it longer").click()
    expect(ann.page.locator(".hold-timer__left")).to_contain_text("9:")

    expect(second.slot(slot)).to_contain_text("Held for you")
