"""Looks at a page as people do: at each width and in both themes, and measures what they need."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

Scheme = Literal["dark", "light"]

TOUCH_PX = 44
"""What a finger needs (WCAG 2.5.5)."""
CONTRAST = 4.5
"""What text of any size has to have (WCAG 1.4.3 asks less of large text)."""
FOCUS_PX = 2
NON_TEXT_CONTRAST = 3
"""What the focus's mark has to have."""

HEIGHT_PX = 900
LONGEST_PX = 6000
"""The outbox has no end."""

_LOOKS = Path(__file__).with_name("looks.js").read_text()
_CONTRAST = Path(__file__).with_name("contrast.js").read_text()
_STILL = """
async () => {
  for (const image of document.images) image.loading = "eager";
  await document.fonts.ready;
  await Promise.all([...document.images].map((image) => image.decode().catch(() => 0)));
  await Promise.all(document.getAnimations().map((a) => a.finished.catch(() => 0)));
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
}
"""
_LOOKS_AT_MOST = 3
_TRIES = 8
"""So often a picture is taken anew until two agree; a page that counts seconds never may."""


@dataclass(frozen=True)
class Look:
    """How wide the window is, in CSS pixels, and which theme holds."""

    width: int
    scheme: Scheme

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


EVERY_LOOK = [
    Look(width, scheme) for width in (320, 360, 768, 1440, 2560) for scheme in ("dark", "light")
]
"""320 is also what a window of 1280 has left at 400 % (WCAG 1.4.10)."""
FEW_LOOKS = [Look(320, "dark"), Look(1440, "light")]


def see_whole(page: Page, look: Look) -> None:
    """Have the page as wide as the look says, and as high as it is long."""
    page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
    height = HEIGHT_PX
    for _ in range(3):  # what waits below the window's edge may turn out longer than thought
        page.set_viewport_size({"width": look.width, "height": height})
        page.evaluate(_STILL)
        long = page.evaluate("document.documentElement.scrollHeight")
        if long <= height:
            break
        height = min(long, LONGEST_PX)


def picture(page: Page) -> bytes:
    """Take a picture once all of the page is painted: a busy browser paints piece by piece."""
    last = b""
    for _ in range(_TRIES):
        taken = page.screenshot()
        if taken == last:
            break
        last = taken
    return last


def ask(page: Page, question: str, argument: Any = None) -> Any:
    """Call a function of looks.js in the page."""
    return page.evaluate(f"(argument) => {_LOOKS}.{question}(argument)", argument)


def faint_focus(page: Page) -> list[str]:
    """Say in which theme the line around what has the focus is thin or faint: WCAG 2.4.13."""
    marks = page.evaluate(f"() => {_LOOKS}.focusMarks({_CONTRAST})")
    return [
        f"{mark['theme']}: {mark['width']}px at {mark['stands']:.1f}"
        for mark in marks
        if mark["width"] < FOCUS_PX or mark["stands"] < NON_TEXT_CONTRAST
    ]


def keep_picture(page: Page, path: Path | None) -> None:
    """Write a picture to where it is wanted."""
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture(page))


def misplaced(page: Page) -> list[str]:
    """Say what is wrong at this width: what is cut off, or too small to be pressed."""
    return [
        *(f"too small: {found}" for found in ask(page, "smallTargets", TOUCH_PX)),
        *(f"cut off: {found}" for found in ask(page, "cutOff")),
    ]


def faint_texts(page: Page, judge: Page) -> list[str]:
    """Say which texts stand out too little, at the last look: not all may be painted at first."""
    found: list[str] = []
    for _ in range(_LOOKS_AT_MOST):
        texts = ask(page, "texts")
        # Only texts of many colours are compared with what they look like.
        shown = page.screenshot() if any(text["painted"] for text in texts) else b""
        ask(page, "hideTexts")
        behind = page.screenshot()
        ask(page, "showTexts")
        pictures = [base64.b64encode(image).decode() for image in (shown, behind)]
        found = judge.evaluate(f"(them) => {_CONTRAST}.faint(them)", [texts, *pictures, CONTRAST])
        if not found:
            break
    return [f"too faint: {text}" for text in found]


def focus_marks(page: Page, judge: Page) -> tuple[int, int]:
    """Say how many points the focus changes by 3:1, and how many it should: WCAG 2.4.13.

    That is a line of two points around what has it. The focus is gone afterwards; the Tab key
    goes on from there.
    """
    where = ask(page, "focused")
    clip = where["clip"]
    shown = page.screenshot(clip=clip)
    page.evaluate("document.activeElement.blur()")
    without = page.screenshot(clip=clip)
    pictures = [base64.b64encode(image).decode() for image in (without, shown)]
    changed = judge.evaluate(f"(them) => {_CONTRAST}.changed(them)", [*pictures, NON_TEXT_CONTRAST])
    return changed, where["needed"]


def axe_faults(page: Page) -> list[str]:
    """Say what axe finds, in a line each.

    But for contrast: of texts on a gradient, as ours all are, axe knows nothing. See `faint_texts`.
    """
    rules = {"color-contrast": {"enabled": False}}
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules})
    return [
        f"axe: {v['id']}: {json.dumps(n['html'])[:160]}"
        for v in found.response["violations"]
        for n in v["nodes"]
    ]
