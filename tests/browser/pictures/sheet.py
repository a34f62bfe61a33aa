"""Makes the README's pictures out of those that `just screens` took.

Run as `python -m tests.browser.pictures.sheet` once `just screens` has filled its folder.
"""

import base64
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.programs import program
from web.console import complain, say

HERE = Path(__file__).parent
SCREENS = Path(".screens")
SHOWN = HERE.parent / "screenshots"
QUALITY = 80

WIDE = ["experts-1440-dark", "confirmed-1440-light"]
NARROW = [
    "experts-360-dark",
    "times-of-every-kind-360-dark",
    "form-360-light",
    "time-is-gone-360-dark",
    "my-bookings-360-light",
]
EXPERT = "times-of-every-kind-1440-dark"

_LAY_OUT = """
async ([place, pictures]) => {
  const images = pictures.map((source) => Object.assign(new Image(), { src: source }));
  document.querySelector(place).append(...images);
  await Promise.all(images.map((image) => image.decode()));
}
"""


def source_of(name: str) -> str:
    """Return a picture as an address that a page may show."""
    return (
        "data:image/png;base64," + base64.b64encode((SCREENS / f"{name}.png").read_bytes()).decode()
    )


def save(page: Page, name: str) -> None:
    """Keep what the page shows as WebP, which is small, and which Playwright does not write."""
    session = page.context.new_cdp_session(page)
    shown = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    (SHOWN / name).write_bytes(base64.b64decode(shown["data"]))
    say(f"{name}: {(SHOWN / name).stat().st_size} bytes")


def draw_sheet(page: Page) -> None:
    """Lay out wide and narrow pages, each from its top."""
    page.goto((HERE / "sheet.html").as_uri())
    for place, names in ((".wide", WIDE), (".narrow", NARROW)):
        page.evaluate(_LAY_OUT, [place, [source_of(name) for name in names]])
    height = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": 1600, "height": height})
    save(page, "sheet.webp")


def draw_expert(page: Page) -> None:
    """Show the top of an expert's page."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.set_content(
        f"<body style='margin:0; overflow:hidden'><img src={source_of(EXPERT)} width=1280>"
    )
    page.evaluate("document.images[0].decode()")
    save(page, "expert.webp")


def main() -> int:
    """Draw both."""
    if missing := [n for n in (*WIDE, *NARROW, EXPERT) if not (SCREENS / f"{n}.png").exists()]:
        complain(f"Run `just screens` first: {SCREENS} lacks {', '.join(missing)}.")
        return 1
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(program("chromium")), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1600, "height": 900})
        draw_sheet(page)
        draw_expert(page)
    return 0


if __name__ == "__main__":
    sys.exit(main())
