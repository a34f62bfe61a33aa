"""Accents: an installation's own colour, made fit to be read in both themes.

Text of it, and text upon it, has a contrast of 4.5 to 1 (WCAG 2.2, section 1.4.3), which is more
than section 1.4.11 asks of lines and icons. The hue stays as it was chosen. Lightness changes by no
more than that takes, and chroma only where sRGB has no room for it.
"""

from dataclasses import dataclass
from functools import lru_cache

from domain.rules.colours import contrast, in_oklch, mixed, oklch

LEAST = 4.5

_STEPS = 20
_STRONGEST_WASH = 0.36
"""How much of its wash a surface takes at most that has text in the accent colour on it."""


@dataclass(frozen=True)
class _Theme:
    """What a theme brings along; `tokens.css` has the same."""

    surface: str
    ink: str
    """What stands on the accent colour: the theme's extreme."""
    wash: tuple[float, float]
    """How light and, at most, how strong the colour is that the accent washes surfaces with."""
    end: float
    """The lightness at which every colour can be read."""


_LIGHT = _Theme(oklch(0.998, 0.002, 286), "#ffffff", (0.76, 0.15), 0.0)
_DARK = _Theme(oklch(0.225, 0.027, 277), oklch(0.163, 0.03, 272), (0.705, 0.172), 1.0)


@dataclass(frozen=True)
class Shade:
    """An accent in one theme."""

    colour: str
    ink: str
    """The colour of text upon it."""
    wash: str
    ground: str
    """The hardest ground for text of it: the theme's surface, washed as much as any is."""

    @property
    def as_text(self) -> float:
        """Its contrast as text."""
        return contrast(self.colour, self.ground)

    @property
    def under_text(self) -> float:
        """Its contrast with the text upon it."""
        return contrast(self.colour, self.ink)


@dataclass(frozen=True)
class Accent:
    """An accent in both themes."""

    chosen: str
    light: Shade
    dark: Shade


@lru_cache(64)
def accent_of(chosen: str) -> Accent:
    """Return what becomes of a colour, `#rrggbb`, in each theme."""
    return Accent(chosen, _shade(chosen, _LIGHT), _shade(chosen, _DARK))


def _shade(chosen: str, theme: _Theme) -> Shade:
    _, chroma, hue = in_oklch(chosen)
    lightness, strongest = theme.wash
    wash = oklch(lightness, min(chroma, strongest), hue)
    ground = mixed(wash, _STRONGEST_WASH, theme.surface)
    return Shade(_legible(chosen, ground, theme.end), theme.ink, wash, ground)


def _legible(chosen: str, ground: str, end: float) -> str:
    """Return the colour itself if it can be read, or the nearest of its hue that can.

    Whatever can be read on a ground contrasts with the theme's extreme as well, which lies beyond.
    """
    if _can_be_read(chosen, ground, end):
        return chosen
    lightness, chroma, hue = in_oklch(chosen)
    found, near, far = oklch(end, 0, hue), lightness, end
    for _ in range(_STEPS):
        middle = (near + far) / 2
        colour = oklch(middle, chroma, hue)
        if _can_be_read(colour, ground, end):
            found, far = colour, middle
        else:
            near = middle
    return found


def _can_be_read(colour: str, ground: str, end: float) -> bool:
    """Say whether a colour can be read on a ground, and lies on the side of the theme's end."""
    towards_end = in_oklch(colour).lightness - in_oklch(ground).lightness
    return contrast(colour, ground) >= LEAST and (towards_end > 0) == (end > 0)
