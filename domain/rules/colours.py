"""Colours: sRGB as `#rrggbb`, the same in OKLCH, and how well two of them can be told apart.

The matrices are those of CSS Color Module Level 4, section "Sample code for color conversions".
"""

import re
from math import atan2, cos, degrees, hypot, radians, sin
from typing import NamedTuple

_HEXADECIMAL = re.compile(r"#[0-9a-f]{6}")
_CHROMA_STEP = 0.96
_LINEAR_BELOW = 0.0031308
_ENCODED_BELOW = 0.04045
_ROUNDING = 0.001
_GREY_BELOW = 1e-4


class Oklch(NamedTuple):
    """A colour as people see it: how light, how strong, and of which hue in degrees."""

    lightness: float
    chroma: float
    hue: float


def is_colour(text: str) -> bool:
    """Say whether a text is a colour in the form that all of this takes: `#rrggbb`."""
    return _HEXADECIMAL.fullmatch(text) is not None


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return `#rrggbb`; a colour outside of sRGB gives up chroma, never lightness or hue."""
    channels = _linear_srgb(lightness, chroma, hue)
    while any(not -_ROUNDING <= channel <= 1 + _ROUNDING for channel in channels):
        chroma *= _CHROMA_STEP
        channels = _linear_srgb(lightness, chroma, hue)
    return "#" + "".join(f"{round(255 * _encoded(channel)):02x}" for channel in channels)


def in_oklch(colour: str) -> Oklch:
    """Return a colour in OKLCH. A grey has no chroma, and stays grey on the way back."""
    red, green, blue = _linear_channels(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    chroma = hypot(a, b)
    return Oklch(lightness, chroma if chroma > _GREY_BELOW else 0, degrees(atan2(b, a)) % 360)


def mixed(one: str, share: float, other: str) -> str:
    """Return a colour that is `share` of one and else the other, as CSS mixes them in OKLab."""
    (lightness, a, b), (others_lightness, others_a, others_b) = _oklab(one), _oklab(other)
    a, b = _between(a, share, others_a), _between(b, share, others_b)
    return oklch(
        _between(lightness, share, others_lightness), hypot(a, b), degrees(atan2(b, a)) % 360
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21, as WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """Return the relative luminance, as WCAG 2.2 defines it."""
    red, green, blue = _linear_channels(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _oklab(colour: str) -> tuple[float, float, float]:
    lightness, chroma, hue = in_oklch(colour)
    return lightness, chroma * cos(radians(hue)), chroma * sin(radians(hue))


def _between(one: float, share: float, other: float) -> float:
    return share * one + (1 - share) * other


def _linear_srgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _linear_channels(colour: str) -> tuple[float, float, float]:
    red, green, blue = (_decoded(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return red, green, blue


def _encoded(channel: float) -> float:
    channel = min(max(channel, 0.0), 1.0)
    if channel <= _LINEAR_BELOW:
        return 12.92 * channel
    return 1.055 * float(channel ** (1 / 2.4)) - 0.055


def _decoded(channel: float) -> float:
    if channel <= _ENCODED_BELOW:
        return channel / 12.92
    return float(((channel + 0.055) / 1.055) ** 2.4)
