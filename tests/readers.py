"""Reads pages as text, in the order of the document: without styles, without scripts."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

_UNREAD = frozenset({"head", "script", "style", "template"})
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}
)
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "button", "code", "em", "i", "small", "span", "strong", "time"}
)
A_WORD = 12
"""Fields and counts may share their words with others; what is longer is said once."""
_LETTERS = re.compile(r"\w\|\w")
_TWICE = re.compile(r"\b(\w[\w :.,]{2,}?) ?\1(?!\w)")
_RAW = re.compile(r"\b(?:[0-9a-f]{24}|[0-9a-f]{32,}|(?:slot|day|date|booking)-\w+)\b")


@dataclass
class Element:
    """An element that is open."""

    tag: str
    is_hidden: bool
    sets_apart: bool
    """Whether it is seen only, or read only: what is beside it may be the other."""


@dataclass
class Text:
    """A page as text."""

    lines: list[str] = field(default_factory=list)
    """What is read, a block a line; a bar is where what is only seen meets what is only read."""
    hidden: list[str] = field(default_factory=list)
    """What an attribute hides."""

    def faults(self) -> list[str]:
        """Say what is read that should not be."""
        return [
            *(f"hidden: {text}" for text in self.hidden),
            *(f"run together: {line}" for line in self.lines if _LETTERS.search(line)),
            *(f"twice: {line}" for line in self.lines if _TWICE.search(line.replace("|", ""))),
            *(f"twice: {a}" for a, b in pairwise(self.lines) if a == b and len(a) > A_WORD),
            *(f"an id: {line}" for line in self.lines if _RAW.search(line)),
        ]

    def __str__(self) -> str:
        return "\n".join(line.replace("|", "") for line in self.lines)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text = Text()
        self._open: list[Element] = []
        self._line = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        if tag not in _INLINE:
            self.end_line()
        if tag in _VOID:
            return
        is_read_only = "visually-hidden" in (attributes.get("class") or "").split()
        element = Element(tag, "hidden" in attributes, is_read_only or "aria-hidden" in attributes)
        if element.sets_apart:
            self._line += "|"
        self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _INLINE:
            self.end_line()
        while self._open:
            element = self._open.pop()
            if element.sets_apart:
                self._line += "|"
            if element.tag == tag:
                return

    def handle_data(self, data: str) -> None:
        if any(element.tag in _UNREAD for element in self._open):
            return
        if any(element.is_hidden for element in self._open):
            self.text.hidden += [words for words in [data.strip()] if words]
            return
        self._line += data.replace("|", "/")

    def end_line(self) -> None:
        """Keep what has been read of a line."""
        line = re.sub(r"\s*\|[\s|]*\s|\s[\s|]*\|\s*", " ", re.sub(r"\s+", " ", self._line))
        line = re.sub(r"\|+", "|", line).strip(" |")
        if line:
            self.text.lines.append(line)
        self._line = ""


def read(page: str) -> Text:
    """Return a page as text."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    reader.end_line()
    return reader.text
