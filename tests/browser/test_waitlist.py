"""A time that comes free, and those who wait for it."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.people import AHEAD, SLUGS, Person, place_of, unused_expert
from tests.browser.unseen import Unseen

LONGER_THAN_ONE_ASKS = 2_000
"""Milliseconds within which a page has asked that a change concerns."""


@pytest.fixture
def full_day(eve: Unseen) -> Callable[..., tuple[str, str]]:
    """Brings everybody to a day on which Eve has every time; returns one, and its reference."""

    def arrive(*others: Person) -> tuple[str, str]:
        slug = SLUGS[unused_expert()]
        day = eve.free_day(slug, ahead=AHEAD, free=1, fewest=True)
        booked = eve.fill_day(slug, day)
        for other in others:
            other.page.goto(f"/experts/{slug}?day={day}")
            other.see_live()
        return next(iter(booked.items()))

    return arrive


def test_a_time_that_comes_free_is_handed_over_under_the_eyes_of_who_waits(
    full_day, ann: Person, ben: Person, eve: Unseen, page_errors: list[str]
):
    slot, reference = full_day(ann, ben)
    ann.get_in_line("ann+waits@example.org")
    ann.see_live()
    link = ann.unseen.mailed_link("ann+waits@example.org", "/waitlist/")
    ann.unseen.post(f"{urlsplit(link).path}/confirm")
    ann.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # back from the mail
    expect(ann.page.locator("#unproven-place")).to_have_count(0)

    eve.cancel(reference)
    turn = ann.sees.waitlist
    expect(turn).to_contain_text("It is your turn")  # without a reload
    expect(ann.slot(slot)).to_contain_text("Held for you")
    expect(ben.slot(slot)).to_contain_text("On hold")
    turn.get_by_role("link", name="Book it").click()
    expect(ann.sees.hold_timer).to_contain_text("on hold for you until")
    expect(ann.page.get_by_role("button", name="Extend the hold")).to_have_count(0)
    ann.fill_form(email="ann+waits@example.org")
    ann.confirm()

    expect(ben.slot(slot)).to_contain_text("Booked")
    assert page_errors == []


def test_an_offer_that_is_let_go_reaches_the_next_in_line(
    full_day, ann: Person, ben: Person, eve: Unseen
):
    slot, reference = full_day(ann, ben)
    ann.get_in_line("ann+first@example.org")
    ben.get_in_line("ben+second@example.org")
    ben.see_live()
    eve.cancel(reference)

    expect(ben.slot(slot)).to_contain_text("On hold")
    ann.page.reload()
    ann.sees.hold_panel.get_by_role("button", name="Release it").click()

    expect(ben.sees.waitlist).to_contain_text("It is your turn")
    expect(ben.slot(slot)).to_contain_text("Held for you")


def test_an_offer_that_is_taken_over_elsewhere_leaves_the_page_at_once(
    full_day, ann: Person, ben: Person, eve: Unseen
):
    _, reference = full_day(ann)
    address = f"ann+{reference.lower()}@example.org"
    ann.get_in_line(address)
    ann.see_live()
    eve.cancel(reference)
    turn = ann.sees.waitlist
    expect(turn).to_contain_text("It is your turn")

    ben.page.goto(eve.mailed_link(address, "/waitlist/", saying="first in line"))
    ben.page.get_by_role("button", name="Book it").click()
    expect(ben.sees.hold_timer).to_contain_text("on hold for you until")

    expect(turn).to_contain_text("Wait for a time on this day")


NOTE = """
() => {
  window.asked = 0;
  document.addEventListener("lineChanged", () => window.asked++, true);
  document.addEventListener("slotHeld", ({ detail }) => {
    document.title = detail.data.match(/slot-\\w+/)[0];
  });
}
"""
"""How often a page asks how one stands in line; its title is the time that was held last."""


def test_who_waits_asks_how_they_stand_when_their_own_day_changes_and_not_for_others(
    full_day, ann: Person, eve: Unseen
):
    ann.page.clock.install()
    _, reference = full_day(ann)
    slug = urlsplit(ann.page.url).path.rpartition("/")[2]
    others = eve.free_slots(slug, eve.free_day(slug, ahead=AHEAD, free=2))
    ann.get_in_line("ann+asks@example.org")
    ann.see_live()
    ann.page.evaluate(NOTE)

    def asked_after_holding(slot: str) -> int:
        eve.hold(slot)
        expect(ann.page).to_have_title(slot)
        ann.page.clock.run_for(LONGER_THAN_ONE_ASKS)
        return int(ann.page.evaluate("window.asked"))

    before = asked_after_holding(others[0])  # and what it caught up with as it came
    after = asked_after_holding(others[1])
    eve.cancel(reference)
    expect(ann.sees.waitlist).to_contain_text("It is your turn")

    assert after == before
    assert ann.page.evaluate("window.asked") > before


def test_an_offer_takes_no_focus_and_moves_nothing_that_one_points_at(
    full_day, ann: Person, eve: Unseen
):
    _, reference = full_day(ann)
    line = ann.sees.waitlist
    ann.get_in_line("ann+points@example.org")
    expect(line).to_be_focused()
    ann.see_live()
    leave = line.get_by_role("button", name="Leave the waitlist")
    leave.focus()
    leave.hover()
    before = place_of(line)

    eve.cancel(reference)
    expect(line).to_contain_text("It is your turn")
    expect(ann.sees.hold_panel).not_to_have_attribute("data-slot-id", "")

    expect(line).to_be_focused()
    assert place_of(line)["y"] == pytest.approx(before["y"], abs=1)


def test_the_form_of_the_line_stays_while_one_types_into_it(full_day, ann: Person, eve: Unseen):
    _, reference = full_day(ann)
    field = ann.sees.waitlist.get_by_label("Your e-mail")
    field.fill("ann@")

    eve.cancel(reference)
    expect(ann.free_slots()).to_have_count(1)

    expect(field).to_be_focused()
    expect(field).to_be_visible()
    ann.sees.zone.focus()
    expect(field).to_be_hidden()


def test_what_goes_on_to_somebody_in_line_is_ones_own_no_longer(
    full_day, ann: Person, ben: Person, eve: Unseen
):
    slot, reference = full_day(ann)
    eve.cancel(reference)
    ann.unseen.hold(slot)
    ann.page.reload()
    ann.see_live()
    panel = ann.sees.hold_panel
    expect(panel).to_be_visible()
    path, query = urlsplit(ann.page.url)[2:4]
    ben.unseen.post(f"{path}/waitlist?{query}", email="ben+passed@example.org")
    ann.sees.days.hover()
    place = place_of(ann.sees.days)

    ann.unseen.release(slot)

    expect(ann.slot(slot)).to_contain_text("On hold")
    expect(panel).to_be_hidden()
    expect(ann.page.locator("#hold-panel[data-slot-id='']")).to_be_attached()
    expect(ann.slot(slot)).to_contain_text("On hold")
    assert place_of(ann.sees.days) == place
