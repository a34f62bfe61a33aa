"""Every page for everybody: the keyboard is enough, nothing is cut off."""

import re
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import Scheme, ask, focus_marks
from tests.browser.parts import Parts
from tests.browser.people import BERLIN, POINTER, SLUGS, Person, unused_expert
from tests.browser.unseen import Unseen

MOVES = """
window.moves = [];
for (const name of ["animationstart", "transitionrun"]) {
  document.addEventListener(name, (event) => moves.push(`${name} ${event.target.className}`), true);
}
addEventListener("pagereveal", (event) => event.viewTransition && moves.push("pagereveal"));
"""


AT_REST = """
async () => {
  const frame = () => new Promise(requestAnimationFrame);
  for (let n = 0; n < 2; n++) await frame();
  await Promise.allSettled(document.getAnimations().map((move) => move.finished));
}
"""


def focus(page: Page, selector: str) -> None:
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"the Tab key never reaches {selector}")


def test_a_booking_takes_nothing_but_the_keyboard(ann: Person):
    page = ann.page
    page.goto("/")
    focus(page, "[data-testid=card-name] a")
    page.keyboard.press("Enter")
    expect(Parts(page).times).to_be_visible()
    ann.open_expert(unused_expert())
    focus(page, "[data-rev][data-status=free] button")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/book$"))
    focus(page, "#name")
    page.keyboard.type("Ann Arbor")
    focus(page, "#email")
    page.keyboard.type("ann@example.org")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/bookings/"))
    focus(page, "#cancel summary")
    page.keyboard.press("Enter")
    focus(page, "#cancel button")
    page.keyboard.press("Enter")

    expect(page.get_by_text("This booking was cancelled.")).to_be_visible()


def test_a_form_that_needs_mending_takes_the_focus_to_the_field(ann: Person):
    ann.open_expert(unused_expert(), live=False)
    ann.come_to_the_form(ann.some_free_slot())
    ann.page.get_by_label("Your name").fill("Ann")

    ann.page.get_by_role("button", name="Confirm booking").click()

    expect(ann.page.get_by_label("Your e-mail")).to_be_focused()


@pytest.mark.soak  # it compares pictures; test_promises.py asks the styles
@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("path", ["/experts?q=contracts", "an expert", "a form"])
def test_the_focus_is_seen_wherever_it_goes(person, browser: Browser, path: str, scheme: Scheme):
    ann: Person = person(color_scheme=scheme, viewport={"width": 1000, "height": 1800})
    if path.startswith("/"):
        ann.page.goto(path)
    else:
        ann.open_expert(unused_expert(), live=False)
        if path == "a form":
            ann.come_to_the_form(ann.some_free_slot())
    judge = browser.new_page()

    faint = []
    for _ in range(16):
        ann.page.keyboard.press("Tab")
        element = ann.page.evaluate("document.activeElement.outerHTML.slice(0, 90)")
        if element.startswith("<body"):  # once around
            break
        changed, needed = focus_marks(ann.page, judge)
        if changed < needed:
            faint.append(f"{element}: {changed} of {needed} points")
    judge.close()

    assert not faint, "\n".join(faint)


@POINTER
@pytest.mark.parametrize(
    "motion", ["reduce", pytest.param("no-preference", marks=pytest.mark.soak)]
)
def test_nothing_moves_for_those_who_ask_for_none(person, eve: Unseen, motion: str):
    ann: Person = person(reduced_motion=motion)
    ann.page.add_init_script(MOVES)
    ann.open_expert(unused_expert())
    slot, other = ann.some_free_slots(2)
    moves = []

    def look() -> None:
        ann.page.evaluate(AT_REST)
        moves.extend(ann.page.evaluate("window.moves.splice(0)"))

    ann.page.get_by_role("link", name="My bookings").first.hover()
    eve.hold(slot)
    expect(ann.slot(slot)).to_contain_text("On hold")
    look()
    ann.choose(other)
    look()
    ann.fill_form()
    ann.confirm()
    look()
    ann.page.goto("/experts")
    ann.sees.cards.first.hover()
    look()

    assert bool(moves) == (motion == "no-preference"), moves


WIDTHS = (320, 360, 1440, 2560)


@pytest.mark.soak  # each run looks at scenes for what is cut off
def test_no_page_is_wider_than_its_window_whichever_way_it_reads(ann: Person):
    ann.open_expert(unused_expert())
    assert too_wide(ann.page) == []
    ann.come_to_the_form(ann.some_free_slot())
    assert too_wide(ann.page) == []
    ann.fill_form()
    ann.confirm()
    assert too_wide(ann.page) == []
    for path in ("/", "/experts", "/bookings", "/nothing"):
        ann.page.goto(path)
        assert too_wide(ann.page) == [], path


def too_wide(page: Page) -> list[str]:
    """Say what stands past the window's edges, and how far the page can be scrolled sideways."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        for way in ("ltr", "rtl"):
            page.evaluate("way => { document.documentElement.dir = way }", way)
            faults = [*ask(page, "cutOff"), *ask(page, "scrolledSideways")]
            found += [f"{width} {way}: {fault}" for fault in faults]
    page.evaluate("document.documentElement.dir = 'ltr'")
    return found


def test_the_month_is_complete_by_keyboard(ann: Person):
    page = ann.page
    ann.page.goto(f"/experts/{SLUGS[unused_expert()]}")
    today = datetime.now(BERLIN).date()
    focus(page, "[data-date]")
    start = focused_date(page)

    def press(key: str) -> date:
        before = focused_date(page)
        page.keyboard.press(key)
        expect(page.locator(f"[data-date]:focus:not(#date-{before})")).to_have_count(1)
        return focused_date(page)

    assert press("ArrowRight") == start + timedelta(days=1)
    assert press("ArrowDown") == start + timedelta(days=8)
    assert press("ArrowUp") == start + timedelta(days=1)
    assert press("ArrowLeft") == start
    assert press("PageDown").month == start.month % 12 + 1
    page.keyboard.press("End")
    end = focused_date(page)  # of its week, which may be in the month after
    assert end.weekday() == 6 or (end + timedelta(days=1)).day == 1
    assert press("PageUp").month == (end.month - 2) % 12 + 1
    page.keyboard.press("Home")
    assert focused_date(page).weekday() == 0 or focused_date(page) in {today, today.replace(day=1)}
    assert page.locator('[data-date][tabindex="0"]').count() == 1
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-current')") == "date"
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"day={focused_date(page)}"))


def test_page_down_never_goes_back_though_a_month_ends_with_days_of_the_next(ann: Person):
    page = ann.page
    ann.open_expert(unused_expert(), live=False)
    Parts(page).dates.last.focus()
    before = focused_date(page)

    page.keyboard.press("PageDown")

    expect(page.locator(f"[data-date]:focus:not(#date-{before})")).to_have_count(1)
    assert focused_date(page) > before


def focused_date(page: Page) -> date:
    element_id = page.evaluate("document.activeElement.id")
    assert element_id.startswith("date-"), element_id
    return date.fromisoformat(element_id.removeprefix("date-"))
