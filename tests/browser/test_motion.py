"""Motion: brief, none where none is wanted, and what one chose travels along."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Person, unused_expert

pytestmark = pytest.mark.only_browser("chromium")  # only there a page tells of its transitions

LONGEST_MS = 250
TRIES = 5
LASTING = {"thread", "turn"}
"""What shows that something is still under way lasts as long as that."""
RING = "stroke-dashoffset"
"""A hold's ring runs with the clock, a second at a time."""

MOTIONS = """
() => [document.documentElement, ...document.querySelectorAll("body, body *")].flatMap((element) =>
  [null, "::before", "::after"].flatMap((pseudo) => {
    const style = getComputedStyle(element, pseudo);
    const list = (name) => style[name].split(", ");
    const pairs = (names, times) => list(names).map((name, n) => [
      name, parseFloat(list(times)[n % list(times).length]) * 1000,
    ]);
    return [
      ...pairs("transitionProperty", "transitionDuration"),
      ...pairs("animationName", "animationDuration"),
    ].filter(([name, ms]) => name !== "none" && ms > 0);
  }))
"""

NOTE_JOURNEY = """
window.journey = new Promise((tell) => addEventListener("pagereveal", async (revealed) => {
  const { viewTransition } = revealed;
  const isReady = await viewTransition?.ready.then(() => true, () => false);
  if (!isReady) return tell([]);
  const travels = document.getAnimations().filter(({ effect }) =>
    effect.pseudoElement?.startsWith("::view-transition"));
  tell(travels.map(({ effect }) => [
    effect.pseudoElement, effect.getComputedTiming().duration,
  ]));
}));
"""


def pages(ann: Person) -> Iterator[Page]:
    """Lead through the pages, to a new booking."""
    ann.page.goto("/")
    yield ann.page
    ann.open_expert(unused_expert())
    yield ann.page
    ann.choose(ann.some_free_slot())
    yield ann.page
    ann.fill_form()
    ann.confirm()
    yield ann.page


@pytest.fixture
def lively(person: Callable[..., Person]) -> Person:
    """Somebody who has nothing against motion."""
    return person(reduced_motion="no-preference")


def test_all_motion_is_brief(lively: Person):
    seen: dict[str, float] = {}
    for page in pages(lively):
        seen |= dict(page.evaluate(MOTIONS))

    del seen[RING]
    assert {"translate", "opacity", "arrive"} <= set(seen)
    assert {name: ms for name, ms in seen.items() if ms > LONGEST_MS and name not in LASTING} == {}


def test_who_wants_no_motion_gets_none(ann: Person):
    ann.page.add_init_script(NOTE_JOURNEY)
    for page in pages(ann):
        assert page.evaluate(MOTIONS) == []
        assert page.evaluate("document.getAnimations().length") == 0
        assert page.evaluate("window.journey") == []


def test_a_portrait_a_name_and_a_time_travel_along(lively: Person):
    lively.page.add_init_script(NOTE_JOURNEY)

    lively.page.goto("/experts")
    card = lively.sees.card_links.first
    assert {"portrait", "expert-name"} <= travellers(lively.page, card, "expert-name")
    lively.open_expert(unused_expert())
    time = lively.free_slots().first.get_by_role("button")
    assert {"portrait", "chosen-time"} <= travellers(lively.page, time, "chosen-time")


def travellers(page: Page, way: Locator, awaited: str) -> set[str]:
    """Go on; return what was on the page before and is on the next: only that moves, and briefly.

    A browser that has too much to do goes on without: it is asked again.
    """
    address = page.url
    for _ in range(TRIES):
        way.click()
        expect(page).not_to_have_url(address)
        journey = page.evaluate("window.journey")
        groups = [re.fullmatch(r"::view-transition-group\((.*)\)", name) for name, _ in journey]
        found = {group[1] for group in groups if group}
        if awaited in found:
            break
        page.goto(address)
    assert max(ms for _, ms in journey) <= LONGEST_MS
    return found


def test_success_is_celebrated_once(ann: Person):
    mark = ann.sees.ticket_mark
    ann.open_expert(unused_expert(), live=False)
    ann.book(ann.some_free_slot())
    expect(mark).to_be_visible()
    expect(ann.page).to_have_url(re.compile(r"/bookings/[0-9A-Z]{12}$"))

    ann.page.reload()

    expect(ann.sees.ticket).to_be_visible()
    expect(mark).to_have_count(0)
    ann.page.goto("/bookings")
    ann.page.go_back()
    expect(ann.sees.ticket).to_be_visible()


def test_without_javascript_success_is_said_and_nothing_plays(person):
    ann: Person = person(java_script_enabled=False, reduced_motion="no-preference")
    ann.open_expert(unused_expert(), live=False)
    ann.book(ann.some_free_slot())

    expect(ann.page.get_by_text("It's yours. See you then!")).to_be_visible()
    assert ann.sees.ticket_mark.evaluate("(e) => e.getAnimations().length") == 0
