"""What a page on a phone shows on arrival, before anybody scrolls."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.people import Person, place_of, unused_expert

PHONE = {"width": 360, "height": 740}

COVERED = """
slots => slots.filter(slot => {
  const { x, y, width, height } = slot.getBoundingClientRect();
  const [middle, foot] = [x + width / 2, y + height - 2];
  return foot < innerHeight && !slot.contains(document.elementFromPoint(middle, foot));
}).map(slot => slot.id)
"""


def test_nothing_lies_over_the_times(person: Callable[..., Person]):
    ann = person(viewport=PHONE)
    ann.open_expert(unused_expert())
    slots = ann.sees.slots

    for height in range(PHONE["height"], 1_100, 40):
        ann.page.set_viewport_size({"width": PHONE["width"], "height": height})
        assert slots.evaluate_all(COVERED) == []


@pytest.mark.only_browser("chromium")  # a page that is kept loading answers no other driver
@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.soak), "de"])
@pytest.mark.parametrize(
    "width", [336, 440, *(pytest.param(some, marks=pytest.mark.soak) for some in (360, 412))]
)
def test_the_countdown_moves_nothing_as_it_begins(
    person: Callable[..., Person], width: int, language: str
):
    ann = person(viewport={"width": width, "height": 740}, locale=language)
    ann.open_expert(unused_expert(), live=False)
    ann.unseen.hold(slot := ann.some_free_slot())
    waiting: list[Route] = []

    def keep_waiting(route: Route) -> None:
        waiting.append(route)

    ann.page.route("**/scripts.js*", keep_waiting)
    with ann.page.expect_request("**/scripts.js*"):
        ann.page.goto(f"/slots/{slot.removeprefix('slot-')}/book", wait_until="commit")
    form, left = ann.sees.booking_form, ann.sees.time_left
    expect(ann.page.locator("footer")).to_be_visible()
    ann.page.evaluate("document.fonts.ready")
    place, told = place_of(form), left.text_content()

    waiting[0].continue_()

    expect(left).not_to_have_text(told or "")  # it counts
    assert place_of(form) == place


CUT_OFF = """
selects => selects.flatMap(select => {
  const style = getComputedStyle(select);
  const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = style.font;
  const words = [...select.options].map(option => option.text);
  return words.filter(text => pen.measureText(text).width > room);
})
"""


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.soak), "de"])
def test_no_word_that_can_be_chosen_in_the_search_is_cut_off(
    person: Callable[..., Person], language: str
):
    ann = person(viewport=PHONE, locale=language)
    ann.page.goto("/")

    ann.page.evaluate("document.fonts.ready")
    assert ann.page.locator("#search > div > select").evaluate_all(CUT_OFF) == []


def test_every_field_of_the_search_shows_its_label(person: Callable[..., Person]):
    ann = person(viewport=PHONE)
    ann.page.goto("/")

    for name in ("Name, topic or skill", "Field", "Language", "Order"):
        label = ann.page.locator("#search label", has_text=name)
        assert label.evaluate("it => getComputedStyle(it).clipPath") == "none"
        assert place_of(label)["y"] < place_of(ann.page.get_by_label(name, exact=True))["y"]
