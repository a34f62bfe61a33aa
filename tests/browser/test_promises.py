"""What the interface promises everybody, held to in a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.people import Person, unused_expert
from tests.servers import start_server

MOST_MESSAGES = 2

RINGS = """
() => {
  const style = getComputedStyle(document.activeElement);
  const outline = style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth);
  const spread = /0px 0px 0px (\\d+(?:\\.\\d+)?)px/.exec(style.boxShadow);
  return Math.max(outline, spread ? Number(spread[1]) : 0);
}
"""

NOTE_WORDS = """
() => {
  window.words = [];
  const region = document.getElementById("live-announcement");
  new MutationObserver(() => window.words.push(region.textContent)).observe(region, {
    childList: true, characterData: true, subtree: true,
  });
}
"""

CHANGE_TWENTY_TIMES = """
async () => {
  const times = [...document.querySelectorAll(".slot--free")].slice(0, 2);
  for (let n = 0; n < 20; n++) {
    const time = times[n % times.length].cloneNode(true);
    const status = document.getElementById(time.id).dataset.status === "free" ? "booked" : "free";
    time.dataset.rev = 1_000_000 + n;
    time.dataset.status = status;
    time.setAttribute("hx-swap-oob", "outerMorph");
    const event = status === "free" ? "slotFreed" : "slotBooked";
    htmx.trigger(document.getElementById("live"), event, { data: time.outerHTML });
    await new Promise((done) => setTimeout(done, 200));
  }
}
"""


def test_the_theme_that_was_chosen_is_remembered(ann: Person):
    page = ann.page
    page.goto("/")
    theme = page.locator("html")
    ground = "getComputedStyle(document.documentElement).colorScheme"
    before = page.evaluate(ground)

    page.locator("#theme-toggle").click()
    chosen = theme.get_attribute("data-theme")
    page.reload()

    expect(theme).to_have_attribute("data-theme", chosen or "")
    assert page.evaluate(ground) == chosen != before
    page.locator("#theme-toggle").click()
    expect(theme).not_to_have_attribute("data-theme", chosen or "")


def test_many_changes_are_few_announcements(ann: Person):
    ann.open_expert(unused_expert())
    ann.page.evaluate(NOTE_WORDS)

    ann.page.evaluate(CHANGE_TWENTY_TIMES)

    words = ann.page.evaluate("window.words")
    assert 1 <= len(words) <= MOST_MESSAGES
    expect(ann.page.locator("#live-announcement")).to_have_attribute("aria-live", "polite")


def test_what_has_the_focus_is_always_seen(ann: Person):
    ann.open_expert(unused_expert())
    addresses = ["/experts", ann.page.url, "/bookings"]
    ann.choose(ann.some_free_slot())
    addresses.append(ann.page.url)
    for address in addresses:
        ann.page.goto(address)
        assert unseen(ann.page) == [], address


def unseen(page: Page) -> list[str]:
    """Tab through a page, once around; return what shows its focus by less than two pixels."""
    found, seen = [], set()
    for _ in range(150):
        page.keyboard.press("Tab")
        place = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if place in seen or place.startswith("<body"):
            break
        seen.add(place)
        if page.evaluate(RINGS) < 2:
            found.append(place)
    assert len(seen) > 5
    return found


def test_a_form_whose_answer_was_stopped_can_be_sent_again(ann: Person):
    ann.open_expert(unused_expert())
    ann.choose(ann.some_free_slot())
    ann.fill_form()
    ann.page.clock.install()
    confirm = ann.page.get_by_role("button", name="Confirm booking").last
    with ann.page.expect_request("**/book"):
        ann.page.route("**/book", lambda route: route.abort("aborted"))
        confirm.click()
    ann.page.unroute("**/book")

    ann.page.clock.run_for(10_000)
    confirm.click()

    expect(ann.page).to_have_url(re.compile(r"/bookings/\w{12}"))


def test_a_button_that_is_pressed_twice_sends_once(ann: Person):
    sent: list[str] = []

    def note(method: str, url: str) -> None:
        if method == "POST":
            sent.append(url)

    ann.open_expert(unused_expert())
    ann.choose(ann.some_free_slot())
    ann.fill_form()
    ann.page.on("request", lambda request: note(request.method, request.url))

    ann.page.locator(".form__submit").dblclick()

    expect(ann.page).to_have_url(re.compile("/bookings/"))
    assert [url for url in sent if url.endswith("/book")] == sent
    assert len(sent) == 1


def test_a_booking_on_paper_is_its_facts(ann: Person):
    ann.open_expert(unused_expert())
    reference = ann.book(ann.some_free_slot())
    page = ann.page
    page.emulate_media(media="print")

    for kept in (f"code:text('{reference}')", ".detail--when time", ".ticket__title"):
        expect(page.locator(kept)).to_be_visible()
    for gone in (".site-nav", ".site-footer", ".ticket__actions", ".below", ".skip-link"):
        expect(page.locator(gone)).to_be_hidden()
    assert page.locator(".button:visible").count() == 0
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.parametrize("width", [360, 1440])
def test_from_right_to_left_nothing_scrolls_sideways(person, width: int):
    ann: Person = person(viewport={"width": width, "height": 800})
    ann.page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { document.documentElement.dir = 'rtl' })"
    )
    ann.page.goto("/")
    assert overhang(ann.page) == 0
    ann.open_expert(unused_expert())
    assert overhang(ann.page) == 0
    ann.choose(ann.some_free_slot())
    assert overhang(ann.page) == 0
    ann.fill_form()
    ann.confirm()
    assert overhang(ann.page) == 0


def overhang(page: Page) -> Any:
    """How far a page can be scrolled sideways."""
    return page.evaluate(
        """() => {
          scrollTo(-1000, 0);
          const left = scrollX;
          scrollTo(1000, 0);
          return Math.abs(left) + Math.abs(scrollX);
        }"""
    )


def test_a_hold_is_warned_of_in_time_and_one_press_keeps_it_longer(person):
    with start_server(None, HOLD_SECONDS=30) as server:
        ann: Person = person(base_url=server.url)
        ann.open_expert(0)
        ann.choose(ann.some_free_slot())
        warning = ann.page.locator("[data-warning]")
        expect(warning).to_have_attribute("role", "status")
        expect(warning).to_have_text("Less than a minute left. You can keep the time longer.")
        left = seconds_left(ann.page)

        ann.page.get_by_role("button", name="Keep it longer").click()

        expect(ann.page.locator(".hold-timer__left")).to_contain_text("left")
        assert left >= 20
        assert seconds_left(ann.page) > left


def seconds_left(page: Page) -> int:
    expect(page.locator(".hold-timer__left")).to_contain_text("left")
    minutes, seconds = re.findall(r"\d+", page.locator(".hold-timer__left").inner_text())
    return int(minutes) * 60 + int(seconds)
