"""Drawings: an SVG that somebody uploads, made into one that can do nothing but be looked at.

Everything that comes out was written anew from an allow-list. A drawing can run nothing, load
nothing and move nothing; what it may refer to is a part of itself, by `#name`.
"""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from domain.rules.errors import Sentence

MOST_BYTES = 256 * 1024
MOST_ELEMENTS = 5_000
MOST_DEPTH = 32

_SVG = "http://www.w3.org/2000/svg"
_HREF = "{http://www.w3.org/1999/xlink}href"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ELEMENTS = _words(
    """g defs title desc style path rect circle ellipse line polyline polygon text tspan
    linearGradient radialGradient stop clipPath mask"""
)
"""No `use` among them: a few of them within each other draw a part a million times."""
_ATTRIBUTES = _words(
    """id class style href viewBox preserveAspectRatio x y width height cx cy r rx ry x1 y1 x2 y2
    fx fy fr d points pathLength dx dy rotate textLength lengthAdjust transform offset spreadMethod
    gradientUnits gradientTransform clipPathUnits maskUnits maskContentUnits role aria-label
    fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin
    stroke-miterlimit stroke-dasharray stroke-dashoffset opacity color display visibility
    stop-color stop-opacity clip-path clip-rule mask mask-type paint-order vector-effect
    font-family font-size font-style font-weight font-stretch letter-spacing word-spacing
    text-anchor text-decoration dominant-baseline alignment-baseline baseline-shift
    shape-rendering text-rendering color-interpolation mix-blend-mode isolation"""
)
_TEXT_ALONE = _words("title desc style")
_WITH_TEXT = _TEXT_ALONE | _words("text tspan")
_HARMLESS = _words(
    """rgb rgba hsl hsla hwb lab lch oklab oklch color translate translatex translatey scale scalex
    scaley rotate skewx skewy matrix"""
)
_CALL = re.compile(r"([\w-]*)\s*\(\s*([\"']?)(#?)")
_ESCAPING = re.compile(r"[\\@<]")
"""CSS can spell any word by escapes, and load by rules that begin with `@`."""
_OWN_PART = re.compile(r"#[\w.:-]+")
_NUMBER = re.compile(r"\s*\+?([0-9]*\.?[0-9]+)\s*(?:px)?\s*")


class BadDrawing(Exception):  # noqa: N818 - read as a sentence
    """What was uploaded is no drawing that can be shown; it says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence.text)
        self.sentence = sentence


def is_drawing(data: bytes) -> bool:
    """Say whether a file looks as if it were meant as SVG."""
    return b"<svg" in data[:4_096] or b":svg" in data[:4_096]


def drawing_of(data: bytes) -> bytes:
    """Return an SVG less everything that isn't needed to look at it.

    Raises:
        BadDrawing: It is no SVG, is too large, defines entities, or says no size.
    """
    if len(data) > MOST_BYTES:
        raise BadDrawing(Sentence("Choose an SVG of up to 256 KB."))
    try:
        root = fromstring(data)
    except DefusedXmlException as error:
        raise BadDrawing(Sentence("Save this picture as plain SVG, and try again.")) from error
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise BadDrawing(Sentence("This SVG is damaged. Choose another.")) from error
    if root.tag != f"{{{_SVG}}}svg":
        raise BadDrawing(Sentence("Choose an SVG or PNG picture."))
    _refuse_large(root)
    drawing = _copied(root, Element("svg", {"xmlns": _SVG}))
    _give_size(drawing)
    return tostring(drawing, encoding="unicode").encode()


def _refuse_large(root: Element) -> None:
    elements, level, depth = 0, [root], 0
    while level:
        elements, depth = elements + len(level), depth + 1
        if elements > MOST_ELEMENTS or depth > MOST_DEPTH:
            raise BadDrawing(Sentence("This SVG is too complicated. Choose a simpler one."))
        level = [child for element in level for child in element]


def _copied(element: Element, copy: Element) -> Element:
    """Copy what is allowed of an element, and of all below it, onto another one."""
    name = copy.tag
    if name in _WITH_TEXT and (name != "style" or _is_harmless(element.text or "")):
        copy.text = element.text
    for attribute, value in _allowed(element):
        copy.set(attribute, value)
    for child in () if name in _TEXT_ALONE else element:
        if inner := _local(child):
            below = _copied(child, SubElement(copy, inner))
            below.tail = child.tail if name in _WITH_TEXT else None
    return copy


def _local(element: Element) -> str:
    """Return the name of an element that is allowed; nothing of any other."""
    namespace, _, name = element.tag.removeprefix("{").partition("}")
    return name if namespace == _SVG and name in _ELEMENTS else ""


def _allowed(element: Element) -> Iterator[tuple[str, str]]:
    for attribute, value in element.attrib.items():
        name = "href" if attribute == _HREF else attribute
        if name == "href" and not _OWN_PART.fullmatch(value):
            continue
        if name in _ATTRIBUTES and _is_harmless(value):
            yield name, value


def _is_harmless(style: str) -> bool:
    """Say whether a value, or a sheet, calls nothing that could load: a `url` only of its own."""
    if _ESCAPING.search(style):
        return False
    return all(
        name.lower() in _HARMLESS or not name or (name.lower() == "url" and own)
        for name, _, own in _CALL.findall(style)
    )


def _give_size(drawing: Element) -> None:
    """See to it that a drawing scales: a box, made of its size where it has none."""
    if "viewBox" not in drawing.attrib:
        sides = [_NUMBER.fullmatch(drawing.get(side, "")) for side in ("width", "height")]
        if not all(side and float(side[1]) for side in sides):
            raise BadDrawing(Sentence("This SVG doesn't say its size. Save it with a viewBox."))
        drawing.set("viewBox", " ".join(["0 0", *(side[1] for side in sides if side)]))
