"""OKLCH colours as hexadecimal sRGB, for pictures that can't use CSS.

The matrices are those of CSS Color Module Level 4, section "Sample code for color conversions".
"""

from math import cos, radians, sin

_CHROMA_STEP = 0.96
_LINEAR_BELOW = 0.0031308
_ROUNDING = 0.001


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return `#rrggbb`; a colour outside of sRGB gives up chroma, never lightness or hue."""
    channels = _linear_srgb(lightness, chroma, hue)
    while any(not -_ROUNDING <= channel <= 1 + _ROUNDING for channel in channels):
        chroma *= _CHROMA_STEP
        channels = _linear_srgb(lightness, chroma, hue)
    return "#" + "".join(f"{round(255 * _encoded(channel)):02x}" for channel in channels)


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


def _encoded(channel: float) -> float:
    channel = min(max(channel, 0.0), 1.0)
    if channel <= _LINEAR_BELOW:
        return 12.92 * channel
    return 1.055 * float(channel ** (1 / 2.4)) - 0.055
