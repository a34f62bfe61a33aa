import re
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.colours import oklch
from domain.seeds.people import CURATED, people
from web.experts.portraits import portrait

SVG = "{http://www.w3.org/2000/svg}"
ALLOWED = {
    "svg",
    "defs",
    "linearGradient",
    "radialGradient",
    "stop",
    "rect",
    "circle",
    "ellipse",
    "path",
    "g",
}
HOSTILE = [
    '"><script>alert(1)</script>',
    "</svg>",
    "&lt;",
    "${sky}",
    "$suffix",
    "\x00",
    "\ud800",
    "",
]


def elements(picture: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture).iter())  # noqa: S314 - our own picture


def ids(picture: str) -> list[str]:
    return [element.attrib["id"] for element in elements(picture) if "id" in element.attrib]


def test_a_name_always_has_the_same_portrait():
    assert portrait("Renée Fauré") == portrait("Renée Fauré")


def test_different_names_have_different_portraits():
    names = {person.name for person in people(300)}

    assert len({portrait(name) for name in names}) == len(names)


def test_the_curated_people_look_different_too():
    """Ids aside, which differ anyway: what is drawn differs."""
    drawn = {re.sub(r"-[0-9a-f]{10}\b", "", portrait(person.name)) for person in CURATED}

    assert len(drawn) == len(CURATED)


def test_portraits_on_one_page_share_no_ids():
    one, other = ids(portrait("Ann")), ids(portrait("Ben"))

    assert len(set(one + other)) == len(one) + len(other) > 0


@given(st.text())
def test_every_name_is_well_formed_and_needs_no_style_script_or_other_address(name):
    picture = portrait(name)

    assert {element.tag for element in elements(picture)} <= {SVG + tag for tag in ALLOWED}
    attributes = {key for element in elements(picture) for key in element.attrib}
    assert not [key for key in attributes if key in ("style", "class") or key.startswith("on")]
    assert set(re.findall(r"url\((.*?)\)", picture)) <= {f"#{key}" for key in ids(picture)}
    assert "$" not in picture
    assert "href" not in picture


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_leaves_nothing_in_its_portrait(name):
    picture = portrait(name)

    assert ElementTree.fromstring(picture).tag == f"{SVG}svg"  # noqa: S314 - our own picture
    assert "script" not in picture
    assert picture.isascii()


@pytest.mark.parametrize(
    ("lightness", "chroma", "hue", "colour"),
    [
        (0, 0, 0, "#000000"),
        (1, 0, 0, "#ffffff"),
        (0.628, 0.2577, 29.23, "#ff0000"),
        (0.452, 0.3132, 264.05, "#0000ff"),
        (0.5999, 0, 0, "#808080"),
    ],
)
def test_colours_are_those_that_a_browser_shows(lightness, chroma, hue, colour):
    shown = oklch(lightness, chroma, hue)

    channels = zip(bytes.fromhex(shown[1:]), bytes.fromhex(colour[1:]), strict=True)
    assert all(abs(one - other) <= 2 for one, other in channels)


def test_a_colour_outside_of_srgb_keeps_its_lightness():
    assert oklch(0.86, 0.4, 284) != oklch(0.86, 0, 284)
    assert re.fullmatch(r"#[0-9a-f]{6}", oklch(0.86, 0.4, 284))
