"""What a page shows after it slept, was cut off, or came late."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.people import Person, place_of, unused_expert

STREAM = re.compile(r"/live\?")


def state(page: Page):
    return page.locator("#live-status")


def test_a_page_that_was_cut_off_shows_what_it_missed(ann: Person, ben: Person):
    number = unused_expert()
    ann.open_expert(number)
    ben.open_expert(number)
    slot = ann.some_free_slot()
    ben.page.context.set_offline(True)
    expect(state(ben.page)).to_have_attribute("data-state", "reconnecting")

    ann.book(slot)
    expect(ben.slot(slot)).to_contain_text("Free")
    ben.page.context.set_offline(False)

    expect(ben.slot(slot)).to_contain_text("Booked")
    expect(state(ben.page)).to_have_text("Live")


def test_a_time_taken_between_render_and_connect_is_shown_taken(ann: Person, ben: Person):
    number = unused_expert()
    waiting: list[Route] = []

    def keep_waiting(route: Route) -> None:
        waiting.append(route)

    ben.page.route(STREAM, keep_waiting)
    with ben.page.expect_request(STREAM):
        ben.open_expert(number, live=False)
    ann.open_expert(number)
    slot = ann.some_free_slot()
    expect(ben.slot(slot)).to_contain_text("Free")

    ann.book(slot)
    expect(ben.slot(slot)).to_contain_text("Free")
    assert waiting
    for route in waiting:
        route.continue_()

    expect(ben.slot(slot)).to_contain_text("Booked")


def test_a_first_connection_that_fails_is_tried_again(ann: Person, ben: Person):
    number = unused_expert()
    tried: list[str] = []

    def refuse_first(route: Route) -> None:
        tried.append(route.request.url)
        if len(tried) == 1:
            route.fulfill(status=503, body="not now")
        else:
            route.continue_()

    ben.page.route(STREAM, refuse_first)
    ben.open_expert(number)
    ann.open_expert(number)
    slot = ann.some_free_slot()

    ann.choose(slot)

    expect(ben.slot(slot)).to_contain_text("On hold")
    assert len(tried) > 1


def test_only_the_pages_of_that_expert_change(ann: Person, ben: Person):
    number, other = unused_expert(), unused_expert()
    ann.open_expert(number)
    ben.open_expert(other)
    before = ben.page.locator("#times").inner_html()

    ann.book(ann.some_free_slot())
    ann.page.goto("/")

    assert ben.page.locator("#times").inner_html() == before


def held_before_a_second_window(ann: Person) -> tuple[str, Person]:
    """Choose a time, then open its list in another window; return the time and that window."""
    number = unused_expert()
    ann.open_expert(number)
    slot = ann.some_free_slot()
    second = Person(ann.page.context.new_page())
    ann.choose(slot)
    second.open_expert(number)
    return slot, second


def test_ones_own_hold_and_booking_are_never_somebody_elses(ann: Person):
    slot, second = held_before_a_second_window(ann)

    expect(second.slot(slot)).to_contain_text("Held for you")
    expect(second.page.locator("#hold-panel")).to_be_visible()
    ann.fill_form()
    ann.confirm()
    expect(second.slot(slot)).to_contain_text("Booked")
    expect(second.page.locator("#hold-panel")).to_be_hidden()

    assert "somebody else" not in second.page.locator("body").inner_text().lower()


def test_a_change_does_not_steal_the_focus(ann: Person, ben: Person):
    number = unused_expert()
    ann.open_expert(number)
    ben.open_expert(number)
    ben.look_ahead()
    ann.page.goto(ben.page.url)
    taken, other = (ben.free_slots().nth(n).get_attribute("id") or "" for n in range(2))
    mine = ben.slot(other)
    mine.get_by_role("button").focus()

    ann.choose(taken)
    expect(ben.slot(taken)).to_contain_text("On hold")

    expect(mine.get_by_role("button")).to_be_focused()


def test_the_focus_stays_at_a_time_through_all_that_becomes_of_it(ann: Person, ben: Person):
    number = unused_expert()
    ann.open_expert(number)
    ben.open_expert(number)
    slot = ann.some_free_slot()
    ben.slot(slot).get_by_role("button").focus()

    ann.choose(slot)
    expect(ben.slot(slot)).to_contain_text("On hold")
    expect(ben.slot(slot)).to_be_focused()
    ann.fill_form()
    ann.confirm()

    expect(ben.slot(slot)).to_contain_text("Booked")
    expect(ben.slot(slot)).to_be_focused()


def test_the_focus_goes_to_the_time_whose_hold_ends_elsewhere(ann: Person):
    slot, second = held_before_a_second_window(ann)
    panel = second.page.locator("#hold-panel")
    panel.get_by_role("button", name="Give it up").focus()

    ann.fill_form()
    ann.confirm()

    expect(panel).to_be_hidden()
    expect(second.slot(slot)).to_be_focused()


def test_the_back_button_shows_the_times_as_they_are_now(ann: Person, ben: Person):
    number = unused_expert()
    ben.open_expert(number)
    ann.open_expert(number)
    slot = ann.some_free_slot()
    ben.page.goto("/bookings")

    ann.book(slot)
    ben.page.go_back()

    expect(ben.slot(slot)).to_contain_text("Booked")


def test_another_day_is_live_too(ann: Person, ben: Person):
    number = unused_expert()
    for someone in (ann, ben):
        someone.open_expert(number)
        first = someone.page.locator("#times").get_attribute("data-first") or ""
        someone.page.locator("#month-later").click()
        expect(someone.page.locator("#times")).not_to_have_attribute("data-first", first)
    slot = ann.some_free_slot()
    day = ann.page.locator("#times").get_attribute("data-first")
    free = int(ben.page.locator(f"#month-{day}-free").get_attribute("data-free") or "")

    ann.choose(slot)

    expect(ben.slot(slot)).to_contain_text("On hold")
    expect(ben.page.locator(f"#month-{day}-free")).to_have_attribute("data-free", str(free - 1))
    expect(ben.page.locator(f"#day-{day}-free")).to_have_attribute("data-free", str(free - 1))


def test_what_others_do_leaves_the_strip_of_days_where_one_has_scrolled_it(person, ben: Person):
    ann: Person = person(viewport={"width": 360, "height": 800})
    ann.open_expert(unused_expert())
    ann.page.locator("#month-later").click()
    expect(ann.page.locator("#month-earlier")).to_be_visible()
    ben.page.goto(ann.page.url)
    ben.see_live()
    slot = ben.some_free_slot()
    strip = ann.page.locator(".month__days tbody")
    scrolled = strip.evaluate("(strip) => (strip.scrollLeft = strip.scrollWidth, strip.scrollLeft)")

    ben.choose(slot)
    expect(ann.slot(slot)).to_contain_text("On hold")

    assert strip.evaluate("(strip) => strip.scrollLeft") == scrolled > 0


def test_the_summary_forgets_a_time_that_somebody_else_takes(ann: Person, ben: Person):
    number = unused_expert()
    ann.open_expert(number)
    ben.open_expert(number)
    ben.look_ahead()
    ann.page.goto(ben.page.url)
    ann.see_live()
    slot = ann.some_free_slot()
    summary = ann.page.locator("#summary")
    ann.slot(slot).hover()
    expect(summary).not_to_contain_text("no time yet")

    ben.choose(slot)

    expect(summary).to_contain_text("no time yet")


def test_what_one_holds_no_longer_moves_nothing(ann: Person):
    ann.open_expert(unused_expert())
    ann.look_ahead(free=2)
    times = ann.page.url
    own = ann.some_free_slot()
    ann.choose(own)
    ann.page.goto(times)
    ann.see_live()
    panel, other = ann.page.locator("#hold-panel"), ann.slot(ann.some_free_slot())
    expect(panel).to_be_visible()
    other.hover()
    place = place_of(other)

    ann.release_unseen(own)

    expect(panel).to_be_hidden()
    assert place_of(other) == place
    ann.page.mouse.move(0, 0)
    expect(ann.page.locator("#hold-panel[hidden]")).to_be_attached()


def test_the_summary_names_the_time_that_one_holds(ann: Person, ben: Person):
    ann.open_expert(unused_expert())
    ann.look_ahead(free=3)
    times = ann.page.url
    own = ann.some_free_slot()
    at = str(ann.slot(own).locator("time").text_content())
    ann.choose(own)
    ann.page.goto(times)
    ann.see_live()
    summary = ann.page.locator("#summary")
    expect(summary).to_contain_text(at)
    other = ann.some_free_slot()
    ann.slot(other).hover()
    expect(summary).not_to_contain_text(at)

    ben.page.goto(times)
    ben.choose(other)

    expect(summary).to_contain_text(at)


@pytest.mark.parametrize("way", ["pointed at", "reached by keyboard"])
def test_a_time_that_goes_while_one_looks_at_it_names_the_nearest(
    ann: Person, ben: Person, way: str
):
    number = unused_expert()
    ann.open_expert(number)
    ben.open_expert(number)
    slot = ann.some_free_slot()
    looked_at = ben.slot(slot).get_by_role("button")
    looked_at.hover() if way == "pointed at" else looked_at.focus()
    place = place_of(looked_at)

    ann.choose(slot)

    gone = ben.page.locator("#gone")
    expect(gone).to_contain_text("has just gone")
    expect(gone).to_have_attribute("role", "status")
    expect(gone.locator("#alternatives button")).to_have_count(3)
    assert place_of(looked_at) == place
    gone.locator("#alternatives button").first.click()
    expect(ben.page.locator("#hold-timer")).to_contain_text("kept for you")


def test_a_time_that_goes_elsewhere_is_not_made_much_of(ann: Person, ben: Person):
    number = unused_expert()
    ann.open_expert(number)
    ben.open_expert(number)
    ben.look_ahead()
    ann.page.goto(ben.page.url)
    slot = ann.some_free_slot()
    ben.free_slots().nth(1).get_by_role("button").hover()

    ann.choose(slot)

    expect(ben.slot(slot)).to_contain_text("On hold")
    expect(ben.page.locator("#gone")).to_be_empty()


TELL = """
([name, html]) => {
  const news = new CustomEvent(name, { bubbles: true, detail: { data: html } });
  document.querySelector("[data-stream]").dispatchEvent(news);
}
"""
"""As the stream does."""


def test_a_new_time_waits_while_one_points_at_the_others(ann: Person):
    ann.open_expert(unused_expert())
    ann.look_ahead()
    ann.see_live()
    first, added = ann.free_slots().first, ann.page.locator("#slot-added")
    slot = first.evaluate("slot => slot.outerHTML")
    day = ann.page.locator(".day").evaluate("day => day.outerHTML")
    new = re.sub(r'id="slot-\w+"', 'id="slot-added"', slot)
    longer = day.replace("<section", '<section hx-swap-oob="outerMorph"').replace(slot, new + slot)
    first.hover()
    where = place_of(first)

    ann.page.evaluate(TELL, ["slotPublished", longer])
    later = slot.replace("<li", '<li hx-swap-oob="outerMorph" title="told later"')
    ann.page.evaluate(TELL, ["slotFreed", later])
    expect(ann.page.get_by_title("told later")).to_be_visible()
    assert place_of(ann.page.get_by_title("told later")) == where
    assert added.count() == 0

    with ann.page.expect_response(lambda answer: "/slots?" in answer.url):
        ann.page.mouse.move(1, 1)
    ann.page.evaluate(TELL, ["slotPublished", longer])
    expect(added).to_be_visible()
