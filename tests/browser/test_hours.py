"""Hours in a real browser: the first day of an expert, and a week set by mouse and by keyboard."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect
from pymongo import MongoClient

from domain.seeds.factories import ExpertFactory
from domain.store.core.database import database_name
from domain.store.documents import Expert
from domain.store.documents.agreements import Terms
from tests.browser.conftest import watch
from tests.browser.parts import Parts
from tests.browser.people import BERLIN, Person, working_day
from tests.browser.test_accessibility import focus
from tests.browser.unseen import Unseen

NINE, TEN, ELEVEN = (f"{hour:02}:00" for hour in (9, 10, 11))
PHONE = {"width": 360, "height": 740}
DAY_MINUTES = 24 * 60


@pytest.fixture
def newcomer(site: str, site_uri: str) -> Iterator[Expert]:
    """An expert who has a profile and no hours yet."""
    assert site  # has seeded the catalogue
    expert = ExpertFactory.build(
        zone=BERLIN.key, session_minutes=60, terms=Terms(horizon_days=28), languages=["en"]
    )
    with MongoClient[dict[str, object]](site_uri) as client:
        experts = client[database_name(site_uri)]["experts"]
        experts.insert_one(dict(expert.model_dump_doc()))
        yield expert
        experts.update_one({"_id": expert.id}, {"$set": {"listed": False}})


@pytest.fixture
def desk_of(newcomer: Expert) -> Callable[[Person], Page]:
    """Have somebody sign in as the newcomer."""

    def sign_in(person: Person) -> Page:
        person.page.goto(person.unseen.ask_for_link(newcomer.email, next="/desk"))
        person.page.get_by_role("button", name="Open my desk").click()
        expect(person.page).to_have_url(re.compile("/desk$"))
        return person.page

    return sign_in


def typed(page: Page) -> list[str]:
    """What stands in the form of weekly hours."""
    fields = ("weekday", "opens", "closes")
    return [page.locator(f"#rule-{name}").input_value() for name in fields]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_first_day_of_an_expert(
    person: Callable[..., Person],
    newcomer: Expert,
    desk_of: Callable[[Person], Page],
    eve: Unseen,
    scripts: bool,
):
    page = desk_of(person(viewport=PHONE, java_script_enabled=scripts))

    for press in (".desk-nav [href='/desk/hours']", "#rule-form [name=preview]", "#preview button"):
        expect(page.locator(press)).to_be_visible()  # the page before is gone
        focus(page, press)
        page.keyboard.press("Enter")

    expect(Parts(page).saved).to_contain_text(re.compile(r"Added \d+ times\."))
    assert eve.free_slots(newcomer.slug, working_day(2))


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

    assert typed(page) == ["2", TEN, "13:30"]
    expect(page.get_by_role("button", name="Add hours")).to_be_focused()
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
