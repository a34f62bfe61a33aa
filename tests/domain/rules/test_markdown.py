"""What administrators write becomes HTML that can do nothing but be read."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.markdown import html_of

HARMLESS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "blockquote", "pre", "code"),
    *("ul", "ol", "li", "strong", "em", "a"),
}


class Found(HTMLParser):
    """The elements of a page, and their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.attributes: dict[str, list[str]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value or "")


def test_headings_lists_and_links_are_written_as_people_expect():
    html = html_of("# Who\n\n- one\n- **two**\n\n[Mail](mailto:a@example.org)")

    assert "<h2>Who</h2>" in html
    assert "<li><strong>two</strong></li>" in html
    assert '<a href="mailto:a@example.org" rel="noopener noreferrer">Mail</a>' in html


def test_a_page_has_one_first_heading_its_own():
    assert html_of("###### Deep") == "<h6>Deep</h6>\n"
    assert "<h1" not in html_of("# One\n\nTwo\n===")


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt&colon;alert(1))",
        "<javascript:alert(1)>",
        "[x](data:text/html,<script>alert(1)</script>)",
        "![x](https://evil.example/pixel.png)",
        '[x](https://example.org "\\" onmouseover=alert(1)")',
        "[x][y]\n\n[y]: javascript:alert(1)",
        "<style>*{display:none}</style>",
        "<iframe src=//evil.example></iframe>",
    ],
)
def test_nothing_in_it_runs_or_loads(text):
    found = Found(html_of(text))

    assert found.elements <= HARMLESS
    assert {*found.attributes} <= {"href", "title", "rel", "start"}
    assert all(link.startswith("https://") for link in found.attributes.get("href", []))


@given(st.text())
def test_whatever_is_written_only_harmless_elements_come_out(text):
    assert Found(html_of(text)).elements <= HARMLESS
