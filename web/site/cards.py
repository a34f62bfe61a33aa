"""The card of a site: the picture that programs show beside a link to it."""

import io
from functools import lru_cache
from itertools import groupby

from PIL import Image, ImageDraw, ImageFont

from domain.rules.accents import accent_of
from domain.rules.colours import mixed
from web.assets.bundles import STATIC

SIZE = (1_200, 630)

_REMEMBERED = 4
_NIGHT, _INK, _VIOLET = "#0b0e17", "#f4f3fa", "#7a5cf5"
_MARGIN, _LOGO, _BAR = 96, 200, 18
_SIZES = (120, 96, 76, 60)
_MOST_LINES = 3
_BOLD = 750
_FONTS = STATIC / "vendor" / "fonts"
_BASIC_END, _DRAWABLE_END = 0x100, 0x250
"""The fonts have Latin letters, in two files; a name in others is left to the words of the link."""

Font = ImageFont.FreeTypeFont


@lru_cache(_REMEMBERED)
def card_of(name: str, accent: str, logo: bytes | None) -> bytes:
    """Draw a site's name in its colour, and its logo where that is a PNG."""
    colour = accent_of(accent or _VIOLET).dark.colour
    card = Image.new("RGB", SIZE, _NIGHT)
    draw = ImageDraw.Draw(card)
    _draw_light(draw, colour)
    top = _MARGIN
    if logo:
        _paste(card, logo)
        top += _LOGO + _MARGIN // 2
    if all(ord(letter) < _DRAWABLE_END for letter in name):
        _draw_name(draw, name, top)
    written = io.BytesIO()
    card.save(written, "PNG", optimize=True)
    return written.getvalue()


def _draw_light(draw: ImageDraw.ImageDraw, colour: str) -> None:
    """Draw rings of light from the upper right corner, and a bar at the foot."""
    for ring in range(40, 0, -1):
        radius = ring * 18
        box = (SIZE[0] - radius, -radius, SIZE[0] + radius, radius)
        draw.ellipse(box, fill=mixed(colour, 0.42 * (1 - ring / 40) ** 1.5, _NIGHT))
    draw.rectangle((0, SIZE[1] - _BAR, *SIZE), fill=colour)


def _paste(card: Image.Image, logo: bytes) -> None:
    with Image.open(io.BytesIO(logo), formats=["PNG"]) as picture:
        shown = picture.convert("RGBA")
    shown.thumbnail((SIZE[0] - 2 * _MARGIN, _LOGO), Image.Resampling.LANCZOS)
    card.paste(shown, (_MARGIN, _MARGIN), shown)


def _draw_name(draw: ImageDraw.ImageDraw, name: str, top: int) -> None:
    for size in _SIZES:
        fonts = _fonts(size)
        lines = _lines(name, fonts)
        if len(lines) <= _MOST_LINES and top + len(lines) * size * 1.1 < SIZE[1] - _MARGIN:
            break
    for number, line in enumerate(lines[:_MOST_LINES]):
        x, y = float(_MARGIN), top + number * size * 1.1
        for text, font in _runs(line, fonts):
            draw.text((x, y), text, fill=_INK, font=font)
            x += font.getlength(text)


def _lines(name: str, fonts: tuple[Font, Font]) -> list[str]:
    """Break a name between its words, so that each line fits."""
    lines: list[str] = []
    for word in name.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and _length(longer, fonts) <= SIZE[0] - 2 * _MARGIN:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def _length(text: str, fonts: tuple[Font, Font]) -> float:
    return sum(font.getlength(part) for part, font in _runs(text, fonts))


def _runs(text: str, fonts: tuple[Font, Font]) -> list[tuple[str, Font]]:
    """Return the parts of a text, each with the font that has its letters."""
    parts = groupby(text, key=lambda letter: ord(letter) >= _BASIC_END)
    return [("".join(letters), fonts[is_beyond]) for is_beyond, letters in parts]


def _fonts(size: int) -> tuple[Font, Font]:
    names = ("bricolage-grotesque-latin.woff2", "bricolage-grotesque-latin-ext.woff2")
    basic, beyond = (ImageFont.truetype(_FONTS / name, size) for name in names)
    for font in (basic, beyond):
        font.set_variation_by_axes([_BOLD])
    return basic, beyond
