"""Fast to the eye: how much a page loads, when it shows something, and that nothing moves then."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.people import Person, unused_expert

PHONE = {
    "viewport": {"width": 412, "height": 823},
    "device_scale_factor": 1.75,
    "is_mobile": True,
    "has_touch": True,
}
PHONE_SCORE = 1000
"""How many strings of 100,000 letters a mid-range phone builds in a second, letter by letter:
Chromium's own tools slow a machine down until it builds as many."""
SCORE = """
  () => {
    const start = performance.now();
    let built = 0;
    for (; performance.now() - start < 250; built++) {
      let text = "";
      for (let n = 0; n < 100_000; n++) text += "a";
    }
    return (1000 * built) / (performance.now() - start);
  }
"""
SCORES = 4
"""The best of them is the machine's own: it takes a moment to get going, and does other things."""
NETWORK = {
    "offline": False,
    "latency": 165,
    "downloadThroughput": 9_000_000 / 8 * 0.9,
    "uploadThroughput": 1_500_000 / 8 * 0.9,
}
"""The "Fast 4G" of Chromium's own tools: milliseconds of waiting a request, bytes a second."""

WEIGHT = 100 * 1024
FIRST_PAINT_MS = 1000
LONG_TASK_MS = 50
"""From here on a task counts as long; those that are shorter the browser does not tell of."""
SHIFT = 0.01
ATTEMPTS = 8
"""The machine that runs the tests does other things too: one quiet moment is enough."""

NOTE = """
  window.noted = { shift: 0, longest: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) noted.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) noted.longest = Math.max(noted.longest, entry.duration);
  }).observe({ type: "longtask", buffered: true });
"""
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint')[0].startTime"


@dataclass
class Loads:
    """What a page has fetched, in bytes as they came over the network, by address."""

    page: Page
    addresses: dict[str, str] = field(default_factory=dict)
    bytes: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.devtools = self.page.context.new_cdp_session(self.page)
        self.devtools.on("Network.responseReceived", self._note_address)
        self.devtools.on("Network.loadingFinished", self._note_bytes)
        self.devtools.send("Network.enable")

    def _note_address(self, event: dict[str, Any]) -> None:
        self.addresses[event["requestId"]] = event["response"]["url"]

    def _note_bytes(self, event: dict[str, Any]) -> None:
        self.bytes[event["requestId"]] = event["encodedDataLength"]

    def be_a_phone(self) -> None:
        """Have network and processor be as slow as a mid-range phone's."""
        score = max(self.page.evaluate(SCORE) for _ in range(SCORES))
        self.devtools.send("Network.emulateNetworkConditions", NETWORK)
        self.devtools.send("Emulation.setCPUThrottlingRate", {"rate": max(1, score / PHONE_SCORE)})

    def weight(self) -> float:
        """Return the bytes of everything but fonts."""
        return sum(
            size for request, size in self.bytes.items() if "/fonts/" not in self.addresses[request]
        )


def on_a_phone(person: Callable[..., Person]) -> Person:
    ann = person(**PHONE)
    ann.page.add_init_script(NOTE)
    return ann


def test_the_first_page_weighs_less_than_a_photo(person):
    ann = on_a_phone(person)
    loads = Loads(ann.page)

    ann.page.goto("/", wait_until="networkidle")

    assert 10_000 < loads.weight() < WEIGHT


def see_first_page(person: Callable[..., Person], site: str) -> tuple[float, float]:
    """Open the first page on a phone; return its first paint and its longest task, in ms."""
    ann = on_a_phone(person)
    ann.page.context.add_cookies([{"name": "zone", "value": "UTC", "url": site}])
    Loads(ann.page).be_a_phone()
    ann.page.goto("/", wait_until="load")
    ann.page.wait_for_timeout(500)
    seen = ann.page.evaluate(FIRST_PAINT), ann.page.evaluate("noted.longest")
    ann.page.context.close()
    return seen


def test_a_phone_shows_something_within_a_second_and_is_never_stuck(person, site):
    seen = []
    for _ in range(ATTEMPTS):
        paint, longest = see_first_page(person, site)
        seen.append((paint, longest))
        if paint < FIRST_PAINT_MS and longest <= LONG_TASK_MS:
            return

    pytest.fail(f"milliseconds until something shows, and of the longest task: {seen}")


@pytest.mark.parametrize("options", [PHONE, {}], ids=["phone", "desk"])
def test_nothing_moves_while_a_page_comes(person, options):
    ann: Person = person(**options)
    ann.page.add_init_script(NOTE)
    ann.open_expert(unused_expert())
    path = ann.page.url
    ann.choose(ann.some_free_slot())

    for address in ["/", path, ann.page.url, "/bookings"]:
        ann.page.goto(address, wait_until="load")
        ann.page.wait_for_timeout(300)
        assert ann.page.evaluate("noted.shift") < SHIFT, address
