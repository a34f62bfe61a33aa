"""What a page shows after it slept, was cut off, or came late."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.parts import Parts
from tests.browser.people import POINTER, Person, place_of, unused_expert
from tests.browser.unseen import Unseen

STREAM = re.compile(r"/live\?")
LISTS = re.compile(r"/slots\?")


def state(page: Page):
    return Parts(page).live_status


def test_a_page_that_was_cut_off_shows_what_it_missed(ben: Person, eve: Unseen):
    ben.open_expert(unused_expert())
    slot = ben.some_free_slot()
    ben.page.context.set_offline(True)
    expect(state(ben.page)).to_have_attribute("data-state", "reconnecting")

    eve.book(slot)
    expect(ben.slot(slot)).to_contain_text("Free")
    ben.page.context.set_offline(False)

    expect(ben.slot(slot)).to_contain_text("Booked")
    expect(state(ben.page)).to_have_text("Live")


def test_a_time_taken_between_render_and_connect_is_shown_taken(ben: Person, eve: Unseen):
    waiting: list[Route] = []

    def keep_waiting(route: Route) -> None:
        waiting.append(route)

    ben.page.route(STREAM, keep_waiting)
    with ben.page.expect_request(STREAM):
        ben.open_expert(unused_expert(), live=False)
    slot = ben.some_free_slot()

    eve.book(slot)
    expect(ben.slot(slot)).to_contain_text("Free")
    assert waiting
    for route in waiting:
        route.continue_()

    expect(ben.slot(slot)).to_contain_text("Booked")


def test_a_first_connection_that_fails_is_tried_again(ben: Person, eve: Unseen):
    tried: list[str] = []

    def refuse_first(route: Route) -> None:
        tried.append(route.request.url)
        if len(tried) == 1:
            route.fulfill(status=503, body="not now")
        else:
            route.continue_()

    ben.page.route(STREAM, refuse_first)
    ben.open_expert(unused_expert())
    slot = ben.some_free_slot()

    eve.hold(slot)

    expect(ben.slot(slot)).to_contain_text("On hold")
    assert len(tried) > 1


def test_only_the_pages_of_that_expert_change(ann: Person, ben: Person, eve: Unseen):
    for someone in (ann, ben):
        someone.open_expert(unused_expert())
    mine, another = ann.some_free_slot(), ben.some_free_slot()
    before = ben.sees.day.inner_html()

    eve.hold(mine)
    expect(ann.slot(mine)).to_contain_text("On hold")
    assert ben.sees.day.inner_html() == before
    eve.hold(another)

    expect(ben.slot(another)).to_contain_text("On hold")  # of that one is told


def held_before_a_second_window(ann: Person) -> tuple[str, Person]:
    """Be at a time's form, and open its list in another window; return the time and that window."""
    second = ann.second_window()
    second.open_expert(unused_expert())
    slot = second.some_free_slot()
    ann.come_to_the_form(slot)
    second.page.reload()
    second.see_live()
    return slot, second


def test_ones_own_hold_and_booking_are_never_somebody_elses(ann: Person):
    slot, second = held_before_a_second_window(ann)

    expect(second.slot(slot)).to_contain_text("Held for you")
    expect(second.sees.hold_panel).to_be_visible()
    ann.fill_form()
    ann.confirm()
    expect(second.slot(slot)).to_contain_text("Booked")
    expect(second.sees.hold_panel).to_be_hidden()

    assert "somebody else" not in second.page.locator("body").inner_text().lower()


def test_a_change_does_not_steal_the_focus(ben: Person, eve: Unseen):
    ben.open_expert(unused_expert())
    taken, other = ben.some_free_slots(2)
    mine = ben.slot(other)
    mine.get_by_role("button").focus()

    eve.hold(taken)
    expect(ben.slot(taken)).to_contain_text("On hold")

    expect(mine.get_by_role("button")).to_be_focused()


def test_the_focus_stays_at_a_time_through_all_that_becomes_of_it(ben: Person, eve: Unseen):
    ben.open_expert(unused_expert())
    slot = ben.some_free_slot()
    ben.slot(slot).get_by_role("button").focus()

    eve.hold(slot)
    expect(ben.slot(slot)).to_contain_text("On hold")
    expect(ben.slot(slot)).to_be_focused()
    eve.book(slot)

    expect(ben.slot(slot)).to_contain_text("Booked")
    expect(ben.slot(slot)).to_be_focused()


def test_the_focus_goes_to_the_time_whose_hold_ends_elsewhere(ann: Person):
    slot, second = held_before_a_second_window(ann)
    panel = second.sees.hold_panel
    panel.get_by_role("button", name="Release it").focus()

    ann.fill_form()
    ann.confirm()

    expect(panel).to_be_hidden()
    expect(second.slot(slot)).to_be_focused()


def test_the_back_button_shows_the_times_as_they_are_now(ben: Person, eve: Unseen):
    ben.open_expert(unused_expert())
    slot = ben.some_free_slot()
    ben.page.goto("/bookings")

    eve.book(slot)
    ben.page.go_back()

    expect(ben.slot(slot)).to_contain_text("Booked")


def test_another_day_is_live_too(ben: Person, eve: Unseen):
    ben.open_expert(unused_expert())
    day = ben.turn_to_another_day()
    slot = ben.some_free_slot()
    free = int(ben.page.locator(f"#month-{day}-free").get_attribute("data-free") or "")

    eve.hold(slot)

    expect(ben.slot(slot)).to_contain_text("On hold")
    expect(ben.page.locator(f"#month-{day}-free")).to_have_attribute("data-free", str(free - 1))
    expect(ben.page.locator(f"#day-{day}-free")).to_have_attribute("data-free", str(free - 1))


def test_what_others_do_leaves_the_strip_of_days_where_one_has_scrolled_it(person, eve: Unseen):
    ann: Person = person(viewport={"width": 360, "height": 800})
    ann.open_expert(unused_expert())
    strip = ann.sees.strip

    def scrolls() -> bool:
        return bool(strip.evaluate("strip => strip.scrollWidth > strip.clientWidth"))

    if not scrolls():  # a month's last days do not
        ann.look_ahead(until=lambda: ann.free_slots().count() > 0 and scrolls())
        ann.see_live()
    slot = ann.some_free_slot()
    scrolled = strip.evaluate("(strip) => (strip.scrollLeft = strip.scrollWidth, strip.scrollLeft)")

    eve.hold(slot)
    expect(ann.slot(slot)).to_contain_text("On hold")

    assert strip.evaluate("(strip) => strip.scrollLeft") == scrolled > 0


def test_the_summary_forgets_a_time_that_somebody_else_takes(ann: Person, eve: Unseen):
    ann.open_expert(unused_expert())
    slot = ann.some_free_slot()
    summary = ann.sees.summary
    ann.slot(slot).hover()
    expect(summary).not_to_contain_text("no time yet")

    eve.hold(slot)

    expect(summary).to_contain_text("no time yet")


def hold_and_see_the_times(ann: Person) -> str:
    """Hold a time, and see it in the list; return it."""
    ann.open_expert(unused_expert())
    own = ann.some_free_slot()
    ann.unseen.hold(own)
    ann.page.reload()
    ann.see_live()
    return own


@POINTER
def test_what_one_holds_no_longer_moves_nothing(ann: Person):
    own = hold_and_see_the_times(ann)
    panel, other = ann.sees.hold_panel, ann.slot(ann.some_free_slot())
    expect(panel).to_be_visible()
    other.hover()
    place = place_of(other)

    ann.unseen.release(own)

    expect(panel).to_be_hidden()
    assert place_of(other) == place
    ann.page.mouse.move(0, 0)
    expect(ann.page.locator("#hold-panel[hidden]")).to_be_attached()


def test_the_summary_names_the_time_that_one_holds(ann: Person, eve: Unseen):
    own = hold_and_see_the_times(ann)
    at = str(ann.slot(own).locator("time").text_content())
    summary = ann.sees.summary
    expect(summary).to_contain_text(at)
    other = ann.some_free_slot()
    ann.slot(other).hover()
    expect(summary).not_to_contain_text(at)

    eve.hold(other)

    expect(summary).to_contain_text(at)


@pytest.mark.parametrize("way", [pytest.param("pointed at", marks=POINTER), "reached by keyboard"])
def test_a_time_that_goes_while_one_looks_at_it_names_the_nearest(
    ben: Person, eve: Unseen, way: str
):
    ben.open_expert(unused_expert())
    slot = ben.some_free_slot()
    looked_at = ben.slot(slot).get_by_role("button")
    looked_at.hover() if way == "pointed at" else looked_at.focus()
    place = place_of(looked_at)

    eve.hold(slot)

    gone = ben.sees.gone
    expect(gone).to_contain_text("has just been taken")
    expect(gone).to_have_attribute("role", "status")
    expect(Parts(gone).alternatives).to_have_count(3)
    assert place_of(looked_at) == place
    Parts(gone).alternatives.first.click()
    expect(ben.sees.hold_timer).to_contain_text("on hold for you")


def test_a_time_that_goes_elsewhere_is_not_made_much_of(ben: Person, eve: Unseen):
    ben.open_expert(unused_expert())
    slot, other = ben.some_free_slots(2)
    ben.slot(other).get_by_role("button").hover()

    eve.hold(slot)

    expect(ben.slot(slot)).to_contain_text("On hold")
    expect(ben.sees.gone).to_be_empty()


TELL = """
([event, data]) => {
  const detail = { message: { event, data, id: "" } };
  const news = new CustomEvent("htmx:sse:before:message", { bubbles: true, detail });
  document.querySelector("[data-stream]").dispatchEvent(news);
}
"""
"""As the SSE extension does."""


@POINTER
def test_a_new_time_waits_while_one_points_at_the_others(ann: Person):
    ann.open_expert(unused_expert())
    first, added = ann.free_slots().first, ann.page.locator("#slot-added")
    slot = first.evaluate("slot => slot.outerHTML")
    day = ann.sees.day.evaluate("day => day.outerHTML")
    new = re.sub(r'id="slot-\w+"', 'id="slot-added"', slot)
    longer = day.replace("<section", '<section data-hx-swap-oob="outerMorph"').replace(
        slot, new + slot
    )
    first.hover()
    where = place_of(first)

    ann.page.evaluate(TELL, ["slotPublished", longer])
    later = slot.replace("<li", '<li data-hx-swap-oob="outerMorph" title="told later"')
    ann.page.evaluate(TELL, ["slotFreed", later])
    expect(ann.page.get_by_title("told later")).to_be_visible()
    assert place_of(ann.page.get_by_title("told later")) == where
    assert added.count() == 0

    ann.sees.times.evaluate("times => (times.title = 'the old one')")
    ann.page.mouse.move(1, 1)
    expect(ann.page.get_by_title("the old one")).to_have_count(0)  # it is fetched anew
    ann.page.evaluate(TELL, ["slotPublished", longer])
    expect(added).to_be_visible()


@POINTER
@pytest.mark.soak
def test_what_became_of_a_time_is_shown_while_a_new_one_waits(ann: Person):
    ann.open_expert(unused_expert())
    taken = ann.some_free_slots(2)[1]
    rev = ann.slot(taken).get_attribute("data-rev") or ""
    slot = ann.slot(taken).evaluate("slot => slot.outerHTML")
    day = ann.sees.day.evaluate("day => day.outerHTML")
    later = slot.replace(f'data-rev="{rev}"', f'data-rev="{int(rev) + 1}"').replace(
        'data-status="free"', 'data-status="booked"'
    )
    new = slot.replace(taken, "slot-added")
    published = day.replace("<section", '<section data-hx-swap-oob="outerMorph"').replace(
        slot, new + later
    )
    ann.slot(taken).hover()
    where = place_of(ann.slot(taken))

    ann.page.evaluate(TELL, ["slotPublished", published])

    expect(ann.slot(taken)).to_have_attribute("data-status", "booked")
    assert place_of(ann.slot(taken)) == where
    assert ann.page.locator("#slot-added").count() == 0


def test_the_first_times_of_a_day_come_with_the_form_that_holds_them(ann: Person):
    ann.open_expert(unused_expert())
    slot = ann.free_slots().first.evaluate("slot => slot.outerHTML")
    ann.look_ahead(until=lambda: ann.sees.slots.count() == 0)
    ann.see_live()
    assert ann.sees.choice.count() == 0
    day = ann.sees.day.evaluate("day => day.outerHTML")
    published = day.replace("<section", '<section data-hx-swap-oob="outerMorph"').replace(
        "<p", f"{slot}<p"
    )
    ann.sees.times.evaluate("times => (times.title = 'the old one')")

    ann.page.evaluate(TELL, ["slotPublished", published])

    expect(ann.page.get_by_title("the old one")).to_have_count(0)  # it is fetched anew


@pytest.fixture
def failed(ann: Person) -> str:
    """Ask for another day while the server has no database; return the day."""
    ann.open_expert(unused_expert())
    ann.page.evaluate(TELL, ["liveDown", "reconnecting"])
    ann.page.route(LISTS, lambda route: route.fulfill(status=503, body="not now"))
    day = ann.sees.other_dates.last
    day.click()
    expect(ann.page.get_by_role("alert")).to_contain_text("could not be loaded")
    return str(day.get_attribute("id")).removeprefix("date-")


def test_a_page_that_is_live_again_no_longer_says_that_it_failed(ann: Person, failed: str):
    assert failed != f"{ann.day_shown()}"
    ann.page.unroute(LISTS)

    ann.page.evaluate(TELL, ["liveUp", "live"])

    expect(ann.page.get_by_role("alert")).to_be_hidden()
    expect(state(ann.page)).to_have_text("Live")


def test_to_try_again_asks_for_the_day_and_the_zone_that_were_wanted(ann: Person, failed: str):
    ann.page.unroute(LISTS)

    ann.page.get_by_role("link", name="Try again").click()

    expect(ann.page).to_have_url(re.compile(rf"day={failed}&zone=Europe/Berlin$"))
    expect(ann.sees.times).to_have_attribute("data-first", failed)
