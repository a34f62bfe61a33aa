"""Light to load, and nothing moves then. How fast that is, the bench measures (`sight`)."""

from collections.abc import Callable

import pytest

from tests.browser.loads import NOTE, PHONE, Loads
from tests.browser.people import Person, unused_expert

WEIGHT = 100 * 1024
SHIFT = 0.1
"""Up to here people call a page steady (web.dev/cls); the bench aims at a tenth of it."""

AT_REST = """
async () => {
  await document.fonts.ready;
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
}
"""


@pytest.mark.only_browser("chromium")  # its own tools weigh
def test_the_first_page_weighs_less_than_a_photo(person: Callable[..., Person]):
    ann = person(**PHONE, knows_zone=False)
    loads = Loads(ann.page)

    ann.page.goto("/", wait_until="networkidle")

    assert 10_000 < loads.weight() < WEIGHT


@pytest.mark.parametrize(
    "options",
    [pytest.param(PHONE, id="phone"), pytest.param({}, id="desk", marks=pytest.mark.soak)],
)
def test_nothing_moves_while_a_page_comes(person: Callable[..., Person], options):
    ann = person(**options)
    ann.page.add_init_script(NOTE)
    ann.open_expert(unused_expert(), live=False)
    path = ann.page.url
    ann.come_to_the_form(ann.some_free_slot())

    for address in ["/", path, ann.page.url, "/bookings"]:
        ann.page.goto(address, wait_until="load")
        ann.page.evaluate(AT_REST)
        assert ann.page.evaluate("noted.shift") < SHIFT, address
