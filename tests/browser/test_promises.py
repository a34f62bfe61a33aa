"""What the interface promises everybody, held to in a real browser."""

import re
import zlib

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looks import faint_focus
from tests.browser.parts import Parts
from tests.browser.people import Person, unused_expert

MOST_MESSAGES = 2

NOTE_WORDS = """
() => {
  window.words = [];
  const region = document.getElementById("live-announcement");
  new MutationObserver(() => window.words.push(region.textContent)).observe(region, {
    childList: true, characterData: true, subtree: true,
  });
}
"""

CHANGE = """
(n) => {
  const times = document.querySelectorAll("[data-status=free], [data-status=booked]");
  const time = [...times].slice(0, 2)[n % 2].cloneNode(true);
  const status = time.dataset.status === "free" ? "booked" : "free";
  time.dataset.rev = 1_000_000 + n;
  time.dataset.status = status;
  time.setAttribute("data-hx-swap-oob", "outerMorph");
  const event = status === "free" ? "slotFreed" : "slotBooked";
  const message = { event, data: time.outerHTML, id: "" };
  htmx.trigger(document.getElementById("live"), "htmx:sse:before:message", { message });
}
"""


def test_the_theme_that_was_chosen_is_remembered(ann: Person):
    page = ann.page
    page.goto("/")
    theme = page.locator("html")
    ground = "getComputedStyle(document.documentElement).colorScheme"
    before = page.evaluate(ground)

    Parts(page).theme.click()
    chosen = theme.get_attribute("data-theme")
    page.reload()

    expect(theme).to_have_attribute("data-theme", chosen or "")
    assert page.evaluate(ground) == chosen != before
    Parts(page).theme.click()
    expect(theme).not_to_have_attribute("data-theme", chosen or "")


def test_many_changes_are_few_announcements(ann: Person):
    ann.page.clock.install()
    ann.open_expert(unused_expert())
    ann.stop_the_clock()
    ann.page.evaluate(NOTE_WORDS)

    for n in range(20):  # in four seconds
        ann.page.evaluate(CHANGE, n)
        ann.page.clock.run_for(200)

    words = ann.page.evaluate("window.words")
    assert 1 <= len(words) <= MOST_MESSAGES
    expect(ann.sees.announcement).to_have_attribute("aria-live", "polite")


@pytest.mark.only_browser("chromium")  # the line is measured by its styles in two themes at once
def test_what_has_the_focus_is_always_seen(ann: Person):
    ann.open_expert(unused_expert())
    assert unseen(ann.page) == []
    ann.come_to_the_form(ann.some_free_slot())
    assert unseen(ann.page) == []
    for address in ("/experts", "/bookings"):
        ann.page.goto(address)
        assert unseen(ann.page) == [], address


def unseen(page: Page) -> list[str]:
    """Tab through a page, once around; return what shows its focus too faintly."""
    found, seen = [], set()
    for _ in range(150):
        page.keyboard.press("Tab")
        place = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
        if place in seen or place.startswith("<body"):
            break
        seen.add(place)
        if faint := faint_focus(page):
            found.append(f"{place}: {faint}")
    assert len(seen) > 5
    return found


def test_a_form_whose_answer_was_stopped_can_be_sent_again(ann: Person):
    ann.open_expert(unused_expert(), live=False)
    ann.come_to_the_form(ann.some_free_slot())
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

    ann.open_expert(unused_expert(), live=False)
    ann.come_to_the_form(ann.some_free_slot())
    ann.fill_form()
    ann.page.on("request", lambda request: note(request.method, request.url))

    ann.sees.confirm.dblclick()

    expect(ann.page).to_have_url(re.compile("/bookings/"))
    assert [url for url in sent if url.endswith("/book")] == sent
    assert len(sent) == 1


@pytest.mark.only_browser("chromium")  # BiDi can't print
def test_a_booking_on_paper_is_its_facts(ann: Person):
    ann.open_expert(unused_expert(), live=False)
    reference = ann.unseen.book(ann.some_free_slot())
    page = ann.page
    page.goto(f"/bookings/{reference}")
    page.emulate_media(media="print")

    ticket = ann.sees.ticket
    assert ann.sees.reference.inner_text() == reference
    for kept in (ann.sees.reference, ticket.locator("time").first, ticket.get_by_role("heading")):
        expect(kept.first).to_be_visible()
    for gone in ("header nav", "footer", "a[href='#main']"):
        expect(page.locator(gone).first).to_be_hidden()
    assert page.locator("main :is(button, summary):visible").count() == 0
    assert page.pdf(format="A4").startswith(b"%PDF")


@pytest.mark.only_browser("firefox")
def test_a_booking_is_one_sheet_of_paper(ann: Person):
    ann.open_expert(unused_expert(), live=False)
    ann.page.goto(f"/bookings/{ann.unseen.book(ann.some_free_slot())}")

    # A4: to Firefox Playwright says centimetres where it means inches.
    assert pages_of(ann.page.pdf(width="21in", height="29.7in")) == 1


def pages_of(paper: bytes) -> int:
    """Return how many pages a PDF of Firefox has, which packs what says so."""
    packed = re.findall(rb"/ObjStm.*?stream\r?\n(.*?)endstream", paper, re.DOTALL)
    objects = b" ".join(map(zlib.decompress, packed))
    (count,) = re.findall(rb"/Count (\d+)", objects)
    return int(count)


def test_a_hold_is_warned_of_in_time_and_one_press_keeps_it_longer(ann: Person):
    ann.page.clock.install()
    ann.open_expert(unused_expert(), live=False)
    ann.choose(ann.some_free_slot())
    warning = ann.sees.warning
    expect(warning).to_have_attribute("role", "status")
    expect(warning).to_have_text("")

    ann.page.clock.fast_forward((seconds_left(ann.page) - 50) * 1000)
    expect(warning).to_have_text("Less than a minute left. You can extend the hold.")
    left = seconds_left(ann.page)
    ann.page.get_by_role("button", name="Extend the hold").click()
    expect(ann.sees.ending_hold).to_have_count(0)

    assert left >= 20
    assert seconds_left(ann.page) > left


def seconds_left(page: Page) -> int:
    expect(Parts(page).time_left).to_contain_text("left")
    minutes, seconds = re.findall(r"\d+", Parts(page).time_left.inner_text())
    return int(minutes) * 60 + int(seconds)
