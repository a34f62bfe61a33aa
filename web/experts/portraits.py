"""Portraits: a picture for each name, of nobody in particular, the same every time.

A figure without a face in coloured light: the name's hash picks the light, the backdrop, the hair
and the clothes. Only presentation attributes are used, so that the strictest content security
policy shows it; nothing of the name itself is in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from string import Template
from typing import TypeVar

from domain.rules.colours import oklch
from web.assets import figures

T = TypeVar("T")

_PALETTES = (
    # The hues of the sky, the ground, the glow, the skin in that light, and the clothes.
    (292, 270, 340, 345, 188),
    (192, 262, 172, 215, 20),
    (352, 300, 45, 15, 285),
    (50, 345, 75, 40, 250),
    (252, 282, 205, 290, 62),
    (325, 285, 25, 320, 192),
    (275, 262, 310, 265, 352),
    (172, 232, 160, 205, 305),
    (22, 325, 62, 50, 215),
    (228, 278, 190, 240, 32),
)
"""Skin is the colour of the light, so that nobody is drawn as what they may not be."""


class _Dice:
    """Picks that look like chance and depend on the seed alone."""

    def __init__(self, seed: bytes) -> None:
        self._left = int.from_bytes(seed, "big")

    def pick(self, options: Sequence[T]) -> T:
        self._left, index = divmod(self._left, len(options))
        return options[index]


@dataclass(frozen=True)
class _Light:
    """The colours of one portrait, and the suffix of its ids."""

    suffix: str
    sky: str
    ground: str
    glow: str
    motif: str
    skin: str
    skin_shade: str
    hair: str
    hair_sheen: str
    cloth: str
    cloth_shade: str
    trim: str


def portrait(name: str) -> str:
    """Return an SVG of 96 by 96; equal names have equal portraits."""
    digest = sha256(name.encode("utf-8", "surrogatepass"))
    dice = _Dice(digest.digest())
    light = _light(dice, digest.hexdigest()[:10])
    backdrop = dice.pick(figures.BACKDROPS)
    hair = dice.pick(figures.HAIR)
    clothes = dice.pick(figures.CLOTHES)
    glasses = dice.pick(("", "", figures.GLASSES))
    flip = dice.pick(("", ' transform="matrix(-1 0 0 1 96 0)"'))
    figure = hair.behind + figures.BODY + clothes + figures.HEAD + hair.front + glasses
    layers = Template(f"{backdrop}<g{flip}>{figure}</g>").substitute(vars(light))
    return Template(figures.FRAME).substitute(vars(light), layers=layers)


def _light(dice: _Dice, suffix: str) -> _Light:
    sky, ground, glow, skin, cloth = dice.pick(_PALETTES)
    bright = dice.pick((False, False, True))
    hair = dice.pick((cloth, glow)) if bright else dice.pick((ground, sky))
    return _Light(
        suffix=suffix,
        sky=oklch(0.62, 0.15, sky),
        ground=oklch(0.34, 0.13, ground),
        glow=oklch(0.86, 0.12, glow),
        motif=oklch(0.93, 0.06, glow),
        skin=oklch(0.89, 0.08, skin),
        skin_shade=oklch(0.69, 0.13, skin - 10),
        hair=oklch(0.56, 0.15, hair) if bright else oklch(0.25, 0.08, hair),
        hair_sheen=oklch(0.78, 0.13, hair) if bright else oklch(0.43, 0.12, hair),
        cloth=oklch(0.76, 0.13, cloth),
        cloth_shade=oklch(0.47, 0.13, cloth - 15),
        trim=oklch(0.96, 0.03, cloth),
    )
