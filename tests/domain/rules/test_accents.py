"""An accent can be read in both themes, whatever colour was chosen, and stays as near as it can."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.accents import LEAST, Shade, accent_of
from domain.rules.colours import contrast, in_oklch, is_colour, mixed, oklch
from tests.servers import ROOT

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
GREYS = st.integers(0, 255).map(lambda level: f"#{level:02x}{level:02x}{level:02x}")
A_STEP = 0.02


def shades(colour: str) -> tuple[Shade, Shade]:
    accent = accent_of(colour)
    return accent.light, accent.dark


@given(COLOURS)
def test_every_colour_can_be_read_and_read_upon_in_both_themes(colour):
    for shade in shades(colour):
        assert shade.as_text >= LEAST
        assert shade.under_text >= LEAST
    light, dark = shades(colour)
    for shade, grounds in ((light, ("#f3f3fb", "#ffffff")), (dark, ("#0b0e17", "#272836"))):
        for ground in (*grounds, *(mixed(shade.wash, 0.2, one) for one in grounds)):
            assert contrast(shade.colour, ground) >= LEAST


@given(COLOURS)
def test_a_corrected_colour_is_the_nearest_of_its_hue(colour):
    for shade in shades(colour):
        if shade.colour != colour:
            lightness, chroma, hue = in_oklch(colour)
            became = in_oklch(shade.colour).lightness
            nearer = became + (A_STEP if became < lightness else -A_STEP)
            assert contrast(oklch(nearer, chroma, hue), shade.ground) < LEAST


@given(GREYS)
def test_a_grey_stays_grey(grey):
    for shade in shades(grey):
        assert len({shade.colour[at : at + 2] for at in (1, 3, 5)}) == 1


@given(COLOURS)
def test_a_colour_survives_the_way_to_oklch_and_back(colour):
    back = oklch(*in_oklch(colour))

    pairs = ((int(colour[at : at + 2], 16), int(back[at : at + 2], 16)) for at in (1, 3, 5))
    assert all(abs(before - after) <= 1 for before, after in pairs)


def test_a_colour_that_can_be_read_stays_as_it_was_chosen():
    assert shades("#0000ff")[0].colour == "#0000ff"
    assert shades("#ffff00")[1].colour == "#ffff00"


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21),
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.0),
        ("#123456", "#123456", 1),
    ],
)
def test_contrast_is_what_wcag_says(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize("text", ["", "red", "#fff", "#5b3df5 ", "#5B3DF5", "5b3df5", "#5b3df5;}"])
def test_nothing_else_is_a_colour(text):
    assert not is_colour(text)


def test_the_surfaces_are_those_of_the_styles():
    tokens = (ROOT / "static/css/tokens.css").read_text()
    surface = re.search(r"--surface: light-dark\(oklch\((.*?)\), oklch\((.*?)\)\)", tokens)
    assert surface

    light, dark = (oklch(*map(float, values.split())) for values in surface.groups())

    washed = accent_of("#808080")
    for shade, ground in ((washed.light, light), (washed.dark, dark)):
        assert shade.ground == mixed(shade.wash, 0.36, ground)
