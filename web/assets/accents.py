"""The styles of a site's own accent: the few variables of `tokens.css` that it replaces."""

from functools import lru_cache

from domain.rules.accents import Accent, accent_of
from domain.rules.colours import in_oklch
from web.assets.bundles import Bundle

PATH = "/site.css"

_REMEMBERED = 16
_STYLES = """\
@layer tokens {
  :root {
    --violet: %(colour)s;
    --violet-wash: %(wash)s;
    --aurora-violet: %(aurora)s;
    --sweep-from: %(colour)s;
    --sweep-to: %(colour)s;
    --on-sweep: %(ink)s;
    --ring: %(colour)s;
  }
}
"""
_GLOW = ((0.82, 0.1, 0.5), (0.43, 0.17, 0.4))
"""How light, at most how strong, and how opaque the glow behind a page is, light theme first."""


@lru_cache(_REMEMBERED)
def accent_styles(chosen: str) -> Bundle:
    """Return the styles that a page loads after the program's own."""
    accent = accent_of(chosen)
    light, dark = accent.light, accent.dark
    styles = _STYLES % {
        "colour": _pair(light.colour, dark.colour),
        "wash": _pair(light.wash, dark.wash),
        "ink": _pair(light.ink, dark.ink),
        "aurora": _pair(*_glows(accent)),
    }
    return Bundle(PATH, "text/css", styles.encode())


def _pair(light: str, dark: str) -> str:
    return f"light-dark({light}, {dark})"


def _glows(accent: Accent) -> list[str]:
    _, chroma, hue = in_oklch(accent.chosen)
    return [
        f"oklch({lightness} {min(chroma, strongest):.3f} {hue:.1f} / {opacity})"
        for lightness, strongest, opacity in _GLOW
    ]
