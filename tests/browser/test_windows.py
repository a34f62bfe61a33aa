"""Finding experts who are free at a time: by keyboard, live, shared, and without scripts.

Each test looks at a day on which no other holds a time, which would come free meanwhile.
"""

import re
from collections.abc import Callable
from datetime import date, datetime

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.parts import Parts
from tests.browser.people import Person, working_day
from tests.browser.unseen import Unseen


def is_fetched_anew(answer: Response) -> bool:
    """Say whether an answer is the list that scripts ask for, and not the page."""
    return "/experts?on=" in answer.url and "hx-request" in answer.request.headers


def address_of(day: date, start: str = "09:00", end: str = "17:00", **more: str) -> str:
    asked = {"on": f"{day}", "from": start, "to": end, "zone": "Europe/Berlin", **more}
    return "/experts?" + "&".join(f"{name}={value}" for name, value in asked.items())


def cards(page: Page) -> Locator:
    return Parts(page).cards


def card_with_one_time(page: Page) -> Locator:
    """Return the card of somebody who has one time within the window, by its name."""
    for card in cards(page).all():
        if Parts(card).openings.count() == 1:
            name = card.get_attribute("id")
            return page.locator(f"#{name}")
    raise AssertionError("everybody has more than one")


def test_by_keyboard_alone_one_finds_who_is_free(ann: Person, page_errors: list[str]):
    day = working_day(14)
    ann.page.goto("/experts")
    everybody = ann.sees.count.inner_text()
    keyboard = ann.page.keyboard

    ann.page.get_by_text("When are you free?").focus()
    keyboard.press("Enter")
    ann.page.get_by_label("Day").focus()
    keyboard.type(f"{day:%m%d%Y}")
    keyboard.press("Tab")  # past the calendar's button
    expect(ann.sees.window).to_contain_text("Free on")
    ann.page.get_by_label("From").focus()
    keyboard.type("0900AM")
    keyboard.press("Tab")
    expect(ann.sees.window).to_contain_text("between 09:00")
    ann.see_live()

    assert ann.sees.count.inner_text() != everybody
    assert cards(ann.page).count() == ann.sees.card_times.count() > 0
    expect(ann.page).to_have_url(
        re.compile(rf"/experts\?on={day}&from=09%3A00&zone=Europe%2FBerlin$")
    )
    first = ann.sees.openings.first
    expect(first).to_have_accessible_name(
        re.compile(rf"^\d\d:\d\d on \w+ {day.day} \w+ with \W?\w+")
    )
    when = first.locator("time").text_content()  # a card out of sight has no inner text
    first.focus()
    keyboard.press("Enter")
    expect(ann.sees.times).to_have_attribute("data-first", f"{day}")
    expect(ann.sees.free_slots.filter(has_text=when)).to_be_visible()
    assert page_errors == []


def slot_on(card: Locator) -> str:
    """Return the first time that a card names, by its id on the expert's page."""
    return str(Parts(card).openings.get_attribute("id")).replace("opening", "slot")


def test_the_card_of_one_who_is_booked_up_goes_and_comes_back(ben: Person, eve: Unseen):
    ben.page.goto(address_of(working_day(16), "10:00", "11:00"))
    ben.see_live()
    card = card_with_one_time(ben.page)
    others, slot = cards(ben.page).count() - 1, slot_on(card)
    ben.sees.query.focus()

    eve.hold(slot)
    expect(card).to_have_count(0)
    expect(ben.sees.count).to_contain_text(f"{others} expert")
    expect(ben.sees.query).to_be_focused()

    eve.release(slot)
    expect(card).to_have_count(1)


def test_a_page_that_was_cut_off_fetches_the_list_when_it_is_back(ben: Person, eve: Unseen):
    ben.page.goto(address_of(working_day(17), "14:00", "15:00"))
    ben.see_live()
    card = card_with_one_time(ben.page)
    ben.page.context.set_offline(True)
    expect(ben.sees.live_status).to_have_attribute("data-state", "reconnecting")
    eve.book(slot_on(card))
    expect(card).to_have_count(1)

    ben.page.context.set_offline(False)

    expect(card).to_have_count(0)


def test_a_search_goes_on_while_the_list_is_live(ann: Person):
    day = working_day(18)
    ann.page.goto(address_of(day))
    ann.see_live()

    ann.page.get_by_label("Field").select_option("Legal")
    expect(ann.page).to_have_url(re.compile("category=Legal"))
    ann.see_live()
    expect(ann.sees.categories.filter(has_not_text="Legal")).to_have_count(0)

    ann.page.get_by_label("Until").fill("08:00")
    expect(ann.sees.window_error).to_have_text("The end must be after the start.")
    expect(ann.page.get_by_label("Until")).to_have_attribute("aria-invalid", "true")
    expect(ann.sees.listener).to_have_count(0)
    ann.page.get_by_label("Until").fill("18:00")
    expect(ann.sees.window_error).to_have_text("")
    expect(ann.page.get_by_label("Until")).not_to_have_attribute("aria-invalid", "true")
    ann.see_live()

    ann.page.get_by_role("link", name="Any time").click()
    expect(ann.page).to_have_url(re.compile(r"/experts\?category=Legal$"))
    expect(ann.sees.window).to_have_count(0)
    ann.page.get_by_text("When are you free?").click()
    expect(ann.page.get_by_label("Day")).to_have_value("")


def test_the_back_button_leads_to_the_same_list(ann: Person):
    ann.page.goto("/experts")
    ann.page.get_by_text("When are you free?").click()
    ann.page.get_by_label("Day").fill(f"{working_day(19)}")
    ann.page.get_by_label("Until").fill("12:00")
    expect(ann.page).to_have_url(re.compile("to=12%3A00"))
    ann.see_live()
    address, shown = ann.page.url, ann.sees.card_names.all_text_contents()

    ann.sees.openings.first.click()
    expect(ann.sees.times).to_be_visible()
    ann.page.go_back()

    expect(ann.page).to_have_url(address)
    expect(ann.sees.card_names).to_have_text(shown)
    expect(ann.page.get_by_label("Until")).to_have_value("12:00")
    ann.see_live()


def test_who_follows_a_link_keeps_a_zone_of_their_own(person: Callable[..., Person]):
    kei = person(timezone_id="Asia/Tokyo", knows_zone=False)

    kei.page.goto(address_of(working_day(14)))

    expect(kei.sees.window).to_contain_text("Times are those in Berlin")
    assert {c["value"] for c in kei.page.context.cookies() if c["name"] == "zone"} == {"Asia/Tokyo"}


def test_without_scripts_the_form_does_it(person: Callable[..., Person]):
    eve = person(java_script_enabled=False)
    day = working_day(14)
    eve.page.goto("/experts")

    eve.page.get_by_text("When are you free?").click()
    eve.page.get_by_label("Day").fill(f"{day}")
    eve.page.get_by_label("From").fill("14:00")
    eve.page.get_by_label("Time zone").select_option("Asia/Tokyo")
    eve.page.get_by_role("button", name="Search").click()

    expect(eve.sees.window).to_contain_text("Times are those in Tokyo")
    expect(eve.page.get_by_label("From")).to_have_value("14:00")
    first = eve.sees.openings.first
    when = first.locator("time").text_content()  # a card out of sight has no inner text
    first.click()
    expect(eve.sees.free_slots.filter(has_text=when)).to_be_visible()


@pytest.mark.parametrize("width", [360, pytest.param(1440, marks=pytest.mark.soak)])
def test_a_list_that_is_fetched_anew_moves_nothing(person: Callable[..., Person], width: int):
    ann = person(viewport={"width": width, "height": 900})
    shifts = """() => new Promise((done) => {
      let sum = 0;
      const seen = new PerformanceObserver((list) => {
        for (const shift of list.getEntries()) sum += shift.value;
      });
      seen.observe({ type: "layout-shift", buffered: true });
      requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
    })"""

    with ann.page.expect_response(is_fetched_anew):
        ann.page.goto(address_of(working_day(15)))
    ann.see_live()

    assert ann.page.evaluate(shifts) < 0.02


def test_the_list_is_fetched_anew_when_the_clock_takes_a_time(ann: Person):
    ann.page.clock.install()
    ann.page.goto(address_of(working_day(19)))
    ann.see_live()
    until = int(ann.sees.window.get_attribute("data-until") or 0)
    left = until - ann.page.evaluate("serverNow()")
    first = ann.sees.openings.locator("time").first.get_attribute("datetime") or ""
    assert until < datetime.fromisoformat(first).timestamp() * 1000

    with ann.page.expect_response(is_fetched_anew):
        ann.page.clock.fast_forward(left + 1_000)


def test_a_window_that_changes_leaves_no_stream_behind(ann: Person):
    asked: list[str] = []
    ann.page.on("request", lambda r: asked.append(r.url) if "/openings/live" in r.url else None)
    ann.page.clock.install()
    ann.page.goto(address_of(working_day(15)))
    ann.see_live()

    for end in ("16:00", "15:00"):
        with ann.page.expect_request(lambda r: "/openings/live" in r.url):
            ann.page.get_by_label("Until").fill(end)
    ann.see_live()
    before = list(asked)
    ann.page.clock.run_for(10_000)  # longer than it takes to connect again

    ann.see_live()
    assert len(set(before)) == 3
    assert {*asked[len(before) :]} <= {before[-1]}  # the others are not connected again
