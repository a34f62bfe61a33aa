"""Draws what has to be pixels: icons for phones, and the card that shared links show.

Run as `python -m tests.browser.pictures.draw` after changing static/icons/icon.svg or card.html.
"""

from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.programs import program
from web.assets.bundles import STATIC
from web.console import say

HERE = Path(__file__).parent
ICONS = {"icon-180": 180, "icon-192": 192, "icon-512": 512}
"""Their sides in pixels: Apple's size, and the two that manifests name."""


def draw_icons(browser: Browser) -> None:
    """Draw the icon in each size; phones cut their own corners, so it fills its square."""
    drawing = (STATIC / "icons/icon.svg").read_text().replace('rx="18"', 'rx="0"')
    for name, side in ICONS.items():
        page = browser.new_page(viewport={"width": side, "height": side})
        page.set_content(f'<body style="margin:0">{drawing}</body>')
        page.screenshot(path=STATIC / f"icons/{name}.png")


def draw_card(browser: Browser) -> None:
    """Draw the card, in the measure that Open Graph's readers expect."""
    page = browser.new_page(viewport={"width": 1200, "height": 630})
    page.goto((HERE / "card.html").as_uri())
    page.evaluate("document.fonts.ready")
    page.screenshot(path=STATIC / "icons/card.jpg", type="jpeg", quality=88)


def main() -> None:
    """Draw all of them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(program("chromium")), args=["--no-sandbox"]
        )
        draw_icons(browser)
        draw_card(browser)
    for path in sorted((STATIC / "icons").glob("*.[pj]*g")):
        say(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
