"""What becomes of a hold when its page is left, loaded again, or opened twice."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.people import Person, unused_expert


def at_the_form(ann: Person, ben: Person) -> str:
    """Bring Ann to the form of a time, and Ben to where it can be seen; return the time."""
    ben.open_expert(unused_expert())
    slot = ben.some_free_slot()
    ann.come_to_the_form(slot)
    ann.fill_form()
    expect(ben.slot(slot)).to_contain_text("On hold")
    return slot


@pytest.fixture
def hasty(person: Callable[..., Person], hasty_site: str) -> tuple[Person, Person]:
    """Two people at a site where a time whose page was left is free a second later."""
    return person(base_url=hasty_site), person(base_url=hasty_site)


def expect_kept(ann: Person) -> None:
    """Expect that a time is kept for minutes, not for the one of a page that was left."""
    expect(ann.sees.asking_hold).to_have_count(0)
    expect(ann.sees.time_left).to_have_text(re.compile(r"\b([2-9]|\d\d):\d\d"))


def test_a_reload_keeps_the_time_and_what_was_typed(ann: Person, ben: Person):
    slot = at_the_form(ann, ben)

    for _ in range(3):
        ann.page.reload()
    expect_kept(ann)

    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    expect(ben.slot(slot)).to_contain_text("On hold")
    ann.confirm()


@pytest.mark.soak
def test_a_reload_after_keeping_it_longer_keeps_the_time_and_what_was_typed(
    ann: Person, ben: Person
):
    slot = at_the_form(ann, ben)
    ann.page.get_by_role("button", name="Extend the hold").click()
    expect(ann.sees.time_left).to_have_text(re.compile("9:"))

    ann.page.reload()

    expect(ann.page).to_have_url(re.compile(r"/slots/\w+/book$"))
    expect_kept(ann)
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    expect(ben.slot(slot)).to_contain_text("On hold")


@pytest.mark.soak
def test_a_page_that_was_not_answered_asks_again_how_its_time_stands(ann: Person, ben: Person):
    slot = at_the_form(ann, ben)
    refused: list[Route] = []

    def refuse_once(route: Route) -> None:
        if refused:
            route.continue_()
        else:
            refused.append(route)
            route.abort()

    ann.page.route("**/holds/resume", refuse_once)
    ann.page.reload()

    expect_kept(ann)
    assert refused
    expect(ben.slot(slot)).to_contain_text("On hold")


def test_another_language_keeps_the_time(ann: Person, ben: Person):
    slot = at_the_form(ann, ben)

    ann.page.get_by_role("link", name="Deutsch").click()
    expect(ann.sees.hold_words).to_contain_text("für Sie")

    expect(ann.sees.time_left).to_have_text(re.compile("[45]:"))
    expect(ben.slot(slot)).to_contain_text("On hold")


def test_back_in_a_moment_the_time_is_still_kept(ann: Person, ben: Person):
    slot = at_the_form(ann, ben)

    ann.page.goto("/bookings")
    ann.page.go_back()
    expect_kept(ann)

    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    expect(ben.slot(slot)).to_contain_text("On hold")


def test_what_was_typed_goes_with_a_time_that_is_released(ann: Person, ben: Person):
    slot = at_the_form(ann, ben)

    ann.page.get_by_role("button", name="Release it").click()
    expect(ann.sees.times).to_be_visible()
    ann.come_to_the_form(slot)

    expect(ann.page.get_by_label("Your name")).to_have_value("")


@pytest.mark.soak
def test_back_too_late_the_page_says_that_the_time_is_not_kept(hasty: tuple[Person, Person]):
    ann, ben = hasty
    slot = at_the_form(ann, ben)
    ann.page.goto("/bookings")
    expect(ben.slot(slot)).to_contain_text("Free")

    ann.page.go_back()

    expect(ann.sees.hold_timer).to_contain_text("free, but not on hold")
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    ann.page.get_by_role("button", name="Hold it for me").click()
    expect(ben.slot(slot)).to_contain_text("On hold")


def test_back_to_a_time_that_was_taken_offers_others(hasty: tuple[Person, Person]):
    ann, ben = hasty
    slot = at_the_form(ann, ben)
    ann.page.goto("/bookings")
    expect(ben.slot(slot)).to_contain_text("Free")
    ben.unseen.book(slot)

    ann.page.go_back()

    expect(ann.page.get_by_role("heading", name="That time is gone")).to_be_visible()
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    ann.sees.alternatives.first.click()
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    ann.confirm()


def test_a_closed_tab_gives_the_time_up(hasty: tuple[Person, Person]):
    ann, ben = hasty
    slot = at_the_form(ann, ben)

    ann.page.close(run_before_unload=True)

    expect(ben.slot(slot)).to_contain_text("Free")


@pytest.mark.parametrize("closed", ["the older", pytest.param("the newer", marks=pytest.mark.soak)])
def test_one_of_two_windows_can_be_closed(ann: Person, ben: Person, closed: str):
    slot = at_the_form(ann, ben)
    second = ann.second_window()
    second.page.goto(ann.page.url)
    expect(second.sees.time_left).to_contain_text("left")
    left, kept = (ann, second) if closed == "the older" else (second, ann)

    with kept.page.expect_response("**/holds/resume"):  # as it hears of the other
        left.page.close(run_before_unload=True)

    expect_kept(kept)
    expect(ben.slot(slot)).to_contain_text("On hold")


def test_a_window_says_that_its_time_was_given_up_for_another(ann: Person, ben: Person):
    at_the_form(ann, ben)
    second = ann.second_window()
    second.stand_beside(ben)

    second.choose(second.some_free_slot())

    expect(ann.sees.hold_timer).to_contain_text("free, but not on hold")
    expect(ann.sees.announcement).to_contain_text("not on hold")
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")


@pytest.mark.parametrize("way", ["book", pytest.param("move", marks=pytest.mark.soak)])
def test_a_time_lost_under_ones_eyes_is_told_at_once_with_others_to_take(
    ann: Person, ben: Person, way: str
):
    day = ann.open_expert(unused_expert())
    slot, other = ann.some_free_slots(2)
    if way == "book":
        ann.come_to_the_form(slot)
        ann.fill_form()
    else:
        ann.page.goto(f"/bookings/{ann.unseen.book(other)}/reschedule")
        ann.look_at(day)
        ann.slot(slot).get_by_role("button").click()
    expect(ann.sees.hold_timer).to_contain_text("on hold for you")
    ann.unseen.release(slot)

    ben.unseen.book(slot)

    expect(ann.page.get_by_role("heading", name="That time is gone")).to_be_visible()
    expect(ann.sees.refusal).to_have_role("alert")
    expect(ann.sees.announcement).not_to_contain_text("gone")  # once is enough
    expect(ann.sees.confirm).to_have_count(0)
    if way == "book":
        expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
    ann.sees.alternatives.first.click()
    expect(ann.sees.hold_timer).to_contain_text("on hold for you")
    ann.sees.confirm.click()
    expect(ann.page).to_have_url(re.compile(r"/bookings/[0-9A-Z]{12}"))


@pytest.mark.soak
def test_a_page_whose_answer_was_stopped_goes_on_telling_of_its_time(ann: Person, ben: Person):
    slot = at_the_form(ann, ben)

    def answer_nothing(route: Route) -> None:
        if route.request.method == "POST":
            route.abort("aborted")
        else:
            route.continue_()

    ann.page.route("**/book", answer_nothing)
    ann.sees.confirm.click()

    ann.unseen.release(slot)

    expect(ann.sees.hold_timer).to_contain_text("free, but not on hold")
    expect(ann.page.get_by_label("Your name")).to_have_value("Ann Arbor")
