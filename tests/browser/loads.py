"""What a page loads, and how it looks meanwhile on a mid-range phone."""

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

PHONE: dict[str, Any] = {
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

SLOW_NETWORK = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 400_000 / 8,
    "uploadThroughput": 400_000 / 8,
}
"""The "Slow 3G" of Chromium's own tools, more or less."""

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
