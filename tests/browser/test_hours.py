"""Hours in a real browser: a week set by mouse and by keyboard."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import watch
from tests.browser.desks import newcomer, open_desk_of
from tests.browser.parts import Parts
from tests.browser.people import Person
from tests.browser.test_accessibility import focus

NINE, TEN, ELEVEN = (f"{hour:02}:00" for hour in (9, 10, 11))
DAY_MINUTES = 24 * 60


@pytest.fixture
def desk_of(site: str, site_uri: str) -> Iterator[Callable[[Person], Page]]:
    """Have somebody sign in as an expert who has a profile and no hours yet."""
    assert site  # has seeded the catalogue
    with newcomer(site_uri) as expert:

        def sign_in(person: Person) -> Page:
            open_desk_of(person, expert.email)
            return person.page

        yield sign_in


def typed(page: Page) -> list[str]:
    """What stands in the form of weekly hours."""
    fields = ("weekday", "opens", "closes")
    return [page.locator(f"#rule-{name}").input_value() for name in fields]


def test_hours_are_dragged_over_a_day(person, desk_of):
    ada: Person = person()
    page = desk_of(ada)
    errors: list[str] = []
    watch(page, errors)
    page.goto("/desk/hours")
    track = Parts(page).tracks.nth(2)
    place = track.bounding_box()
    assert place

    def point(minute: int) -> tuple[float, float]:
        return place["x"] + 20, place["y"] + place["height"] * minute / DAY_MINUTES + 1

    page.mouse.move(*point(10 * 60))
    page.mouse.down()
    page.mouse.move(*point(12 * 60))
    page.mouse.move(*point(13 * 60 + 15))
    page.mouse.up()

    expect(page.get_by_role("button", name="Add hours")).to_be_focused()
    assert typed(page) == ["2", TEN, "13:30"]
    page.keyboard.press("Enter")
    expect(Parts(page).saved).to_contain_text("Saved.")
    expect(Parts(page).rules).to_have_text(["10:00\N{EN DASH}13:30"])
    assert errors == []


def test_a_press_without_a_drag_chooses_an_hour(person, desk_of):
    page = desk_of(person())
    page.goto("/desk/hours")
    track = Parts(page).tracks.first
    height = track.evaluate("track => track.clientHeight")

    track.click(position={"x": 20, "y": height * 9 / 24 + 1})

    assert typed(page) == ["0", NINE, TEN]


def test_hours_are_set_by_arrow_keys(person, desk_of):
    page = desk_of(person())
    page.goto("/desk/hours")
    focus(page, ".track")
    track = Parts(page).tracks
    expect(track.first).to_have_attribute("aria-valuetext", "09:00\N{EN DASH}10:00")

    for key in ["ArrowRight", *["ArrowDown"] * 4, *["Shift+ArrowDown"] * 6, "Shift+ArrowUp"]:
        page.keyboard.press(key)

    expect(track.nth(1)).to_be_focused()
    expect(track.nth(1)).to_have_attribute("aria-valuetext", "10:00\N{EN DASH}12:15")
    page.keyboard.press("Enter")
    assert typed(page) == ["1", TEN, "12:15"]
    expect(page.get_by_role("button", name="Add hours")).to_be_focused()


def test_arrow_keys_stay_within_the_day(person, desk_of):
    page = desk_of(person())
    page.goto("/desk/hours")
    focus(page, ".track")

    for key in ("End", "ArrowDown", "Shift+ArrowDown", "ArrowLeft", "Enter"):
        page.keyboard.press(key)

    assert typed(page) == ["0", "23:00", "00:00"]


def test_what_needs_mending_is_focused_and_what_was_saved_is_emptied(person, desk_of):
    page = desk_of(person())
    page.goto("/desk/hours")
    page.get_by_label("Until").first.fill("08:00")
    page.get_by_role("button", name="Add hours").click()
    expect(page.locator("#rule-closes")).to_be_focused()
    assert typed(page)[1:] == [NINE, "08:00"]

    Parts(page).exception_first.fill("2031-07-07")
    page.locator("#rule-closes").fill(ELEVEN)
    page.get_by_role("button", name="Add hours").click()

    expect(Parts(page).saved).to_be_focused()
    assert typed(page)[1:] == [NINE, "17:00"]
    expect(Parts(page).exception_first).to_have_value("2031-07-07")  # of another form


def test_a_form_without_an_answer_says_so_and_keeps_what_was_typed(person, desk_of):
    page = desk_of(person())
    page.goto("/desk/hours")
    page.route("**/desk/hours/rules", lambda route: route.abort())
    page.locator("#rule-opens").fill(TEN)

    page.get_by_role("button", name="Add hours").click()

    expect(page.get_by_role("alert")).to_contain_text("may be saved or not")
    assert typed(page)[1] == TEN
    page.unroute("**/desk/hours/rules")
    page.get_by_role("button", name="Add hours").click()
    expect(Parts(page).saved).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)
