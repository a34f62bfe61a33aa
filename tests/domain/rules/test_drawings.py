"""An uploaded SVG comes out as a drawing that can do nothing, or is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.drawings import MOST_BYTES, BadDrawing, drawing_of, is_drawing

OPEN = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
SHAPE = '<path d="M0 0h9v9z" fill="#c00"/>'


def svg(inner: str = SHAPE, attributes: str = 'viewBox="0 0 9 9"') -> bytes:
    return f"{OPEN}{attributes}>{inner}</svg>".encode()


def drawn(inner: str, attributes: str = 'viewBox="0 0 9 9"') -> str:
    return drawing_of(svg(inner, attributes)).decode()


def refusal_of(data: bytes) -> str:
    with pytest.raises(BadDrawing) as caught:
        drawing_of(data)
    return caught.value.sentence.text


def test_what_can_be_seen_stays():
    whole = (
        "<title>Us</title><defs><linearGradient id='g'><stop offset='.5' stop-color='red'/>"
        "</linearGradient></defs><style>.a{fill:url(#g)}</style>"
        "<g class='a' transform='translate(1 2)'><text x='1'>A<tspan>B</tspan>C</text></g>"
    )

    out = drawn(whole)

    for part in ("<title>Us</title>", ".a{fill:url(#g)}", "A<tspan>B</tspan>C", 'offset=".5"'):
        assert part in out


HOSTILE = [
    "<script>alert(1)</script>",
    "<script xlink:href='https://evil.example/x.js'/>",
    "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml' onload='alert(1)'/></foreignObject>",
    "<image href='https://evil.example/x.png'/>",
    "<use href='#a'/>",
    "<use xlink:href='https://evil.example/x.svg#a'/>",
    "<a href='javascript:alert(1)'><path d='M0 0'/></a>",
    "<animate attributeName='href' to='javascript:alert(1)'/>",
    "<set attributeName='onmouseover' to='alert(1)'/>",
    "<path d='M0 0' onclick='alert(1)' onload='alert(1)'/>",
    "<path d='M0 0' fill='url(https://evil.example/x)'/>",
    "<path d='M0 0' fill='url( \"https://evil.example/x\" )'/>",
    "<path d='M0 0' style='fill:url(//evil.example)'/>",
    "<path d='M0 0' style='background:image-set(\"https://evil.example/x\" 1x)'/>",
    "<path d='M0 0' style='fill:u\\72l(https://evil.example)'/>",
    "<style>@import 'https://evil.example/x.css';</style>",
    "<style>*{fill:url(https://evil.example/x)}</style>",
    "<style>@font-face{font-family:a;src:url(https://evil.example/x)}</style>",
    "<style>a{}&lt;/style>&lt;script>alert(1)&lt;/script></style>",
    "<linearGradient id='g' xlink:href='https://evil.example/x#g'/>",
    "<iframe src='https://evil.example'/>",
    "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>",
    "<svg><script>alert(1)</script></svg>",
    "<metadata>evil.example</metadata><?php evil() ?><!-- evil.example -->",
]


@pytest.mark.parametrize("inner", HOSTILE)
def test_nothing_stays_that_runs_loads_or_moves(inner):
    out = drawn(inner + SHAPE).replace('xmlns="http://www.w3.org/2000/svg"', "")

    for word in ("alert", "evil", "script", "onclick", "onload", "href", "import", "http", "<use"):
        assert word not in out
    assert "#c00" in out


def test_a_part_may_refer_to_another_part():
    out = drawn("<linearGradient id='h' xlink:href='#g'/><path d='M0 0' fill=\"url('#h')\"/>")

    assert 'href="#g"' in out
    assert "url('#h')" in out


@given(st.text())
def test_no_style_comes_through_that_could_load(text):
    """Whatever stays calls only what is known to be harmless."""
    out = (
        drawn("<path/>")
        if not text.isprintable() or set("<&'") & {*text}
        else drawn(f"<path style='{text}'/>")
    )

    assert "url(" not in out.lower() or "url(#" in out.lower() or "url('#" in out.lower()
    assert "\\" not in out
    assert "@" not in out


@pytest.mark.parametrize(
    ("attributes", "box"),
    [
        ('viewBox="1 2 3 4"', "1 2 3 4"),
        ('width="30" height="20.5px"', "0 0 30 20.5"),
        ('width="100%" height="100%" viewBox="0 0 5 5"', "0 0 5 5"),
    ],
)
def test_a_drawing_scales(attributes, box):
    assert f'viewBox="{box}"' in drawn(SHAPE, attributes)


@pytest.mark.parametrize("attributes", ["", 'width="100%" height="9"', 'width="0" height="9"'])
def test_a_drawing_without_a_size_is_refused(attributes):
    assert refusal_of(svg(SHAPE, attributes)).startswith("This SVG doesn't say its size")


def test_entities_are_refused_before_they_grow():
    bomb = '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'

    assert refusal_of(bomb.encode() + svg("<text>&b;</text>")).startswith("Save this picture as")
    outside = '<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    assert refusal_of(outside.encode() + svg("<text>&a;</text>")).startswith("Save this picture as")


def test_a_document_type_alone_is_left_out():
    named = b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "https://example.org/svg11.dtd">'

    assert b"DOCTYPE" not in drawing_of(named + svg())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (svg() + bytes(MOST_BYTES), "Choose an SVG of up to 256 KB."),
        (svg("<g/>" * 5_000), "This SVG is too complicated."),
        (svg("<g>" * 40 + "</g>" * 40), "This SVG is too complicated."),
        (svg()[:-3], "This SVG is damaged."),
        (b"<svg>no namespace</svg>", "Choose an SVG or PNG picture."),
        (b"<html xmlns='http://www.w3.org/1999/xhtml'><svg/></html>", "Choose an SVG or PNG"),
    ],
)
def test_what_is_too_much_or_something_else_is_refused(data, words):
    assert is_drawing(data)
    assert refusal_of(data).startswith(words)
