"""Fast to the eye: when a phone's browser shows the first page, and how long it is stuck then."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.bench.ground import fresh
from tests.bench.report import Aim, Row
from tests.bench.rounds import in_rounds
from tests.bench.scale import Scale
from tests.browser.loads import FIRST_PAINT, NOTE, PHONE, Loads
from tests.programs import program
from tests.servers import start_server

FIRST_PAINT_MS = 1000
LONG_TASK_MS = 50
"""From here on a task counts as long; those that are shorter the browser does not tell of."""
SHIFT = 0.01
VIEWS = 3
"""So often the page is opened a round. The best counts: the machine does other things, too."""
SETTLED_MS = 500


def measure(server: str, scale: Scale) -> Sequence[Row]:
    """Open the first page of a site on a phone, again and again."""
    with start_server(fresh(server)) as site, _browser() as browser:

        def look() -> Sequence[tuple[float, float, float]]:
            return [_view(browser, site.url) for _ in range(VIEWS)]

        (rounds,) = in_rounds("sight", max(2, scale.rounds), look)
    best = [[min(found) for found in zip(*views, strict=True)] for views in rounds]
    named = {
        "first paint on a phone": ("ms", FIRST_PAINT_MS),
        "longest task on a phone": ("ms", LONG_TASK_MS),
        "layout shift on a phone": ("", SHIFT),
    }
    return [
        Row(name, unit, list(found), aim=Aim(most=most, of_ratio=False))
        for (name, (unit, most)), found in zip(named.items(), zip(*best, strict=True), strict=True)
    ]


@contextmanager
def _browser() -> Iterator[Browser]:
    found = program("chromium")  # may install it, which takes a Playwright of its own
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(found), args=["--no-sandbox"])
        yield chromium
        chromium.close()


def _view(browser: Browser, url: str) -> tuple[float, float, float]:
    """Open the first page; return its first paint and longest task in ms, and what moved."""
    with browser.new_context(**PHONE, base_url=url) as context:
        context.add_cookies([{"name": "zone", "value": "UTC", "url": url}])
        page = context.new_page()
        page.add_init_script(NOTE)
        Loads(page).be_a_phone()
        page.goto("/", wait_until="load")
        page.wait_for_timeout(SETTLED_MS)
        noted = page.evaluate("noted")
        return page.evaluate(FIRST_PAINT), noted["longest"], noted["shift"]
