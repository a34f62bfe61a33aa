"""The body of a page: as it was rendered, but for what is in its holes, whole or compressed."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.http.bodies import Body

CLOCK, KEY = ' data-now="', 'name="key" value="'
OLD = {CLOCK: "1000", KEY: "old"}
NEW = {CLOCK: "20000", KEY: "another"}
TEXT = st.text().filter(lambda text: CLOCK not in text and KEY not in text)


def page(start: str, middle: str, end: str, texts: dict[str, str]) -> str:
    return f'{start}{CLOCK}{texts[CLOCK]}"{middle}{KEY}{texts[KEY]}"{end}'


@given(TEXT, TEXT, TEXT)
def test_a_page_has_other_texts_in_its_holes_and_is_the_same_around_them(start, middle, end):
    body = Body.of(page(start, middle, end, OLD), OLD)

    assert body.filled(OLD).decode() == page(start, middle, end, OLD)
    assert body.filled(NEW).decode() == page(start, middle, end, NEW)


@given(TEXT, TEXT, TEXT)
def test_compressed_it_is_the_same(start, middle, end):
    body = Body.of(page(start, middle, end, OLD), OLD)

    assert gzip.decompress(body.gzipped(NEW)) == body.filled(NEW)


@given(TEXT)
def test_what_a_page_does_not_say_makes_no_hole(text):
    body = Body.of(text, OLD)

    assert body.filled(NEW).decode() == text
    assert gzip.decompress(body.gzipped(NEW)).decode() == text


def test_a_hole_is_where_its_lead_stands_and_nowhere_else():
    html = f'<p>1000 {CLOCK}1000" {CLOCK}1000">1000'

    body = Body.of(html, OLD)

    assert body.filled(NEW).decode() == f'<p>1000 {CLOCK}20000" {CLOCK}1000">1000'


def test_a_page_with_a_hole_needs_a_text_for_it():
    body = Body.of(page("", "", "", OLD), OLD)

    with pytest.raises(KeyError):
        body.filled({CLOCK: "1"})


def test_compressing_it_is_worth_while():
    html = page("<html>", "<li>a time</li>" * 1_000, "</html>", OLD)

    assert len(Body.of(html, OLD).gzipped(NEW)) < len(html) / 20
