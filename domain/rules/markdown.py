"""Markdown: what administrators write, as HTML that can do nothing but be read."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

_ELEMENTS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code"),
    *("ul", "ol", "li", "strong", "em", "a"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_REMEMBERED = 64


def _below_the_title(state: StateCore) -> None:
    """Lower every heading by one: a page has its own first heading."""
    for token in state.tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(int(token.tag[1]) + 1, 6)}"


_parser = MarkdownIt("commonmark", {"html": False}).disable("image")
_parser.core.ruler.push("below_the_title", _below_the_title)


@lru_cache(_REMEMBERED)
def html_of(text: str) -> str:
    """Return a text in CommonMark as HTML, without pictures and without HTML of its own.

    The parser escapes HTML already; the sanitiser goes by what browsers would make of the rest.
    """
    return nh3.clean(
        _parser.render(text),
        tags=_ELEMENTS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )
