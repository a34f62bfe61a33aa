import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.words import fold, terms


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Renée Fauré", "renee faure"),
        ("Jürgen Löw", "jurgen low"),
        ("Straße", "strasse"),
        ("Søren Ødegård", "soren odegard"),
        ("Łukasz Żółć", "lukasz zolc"),
        ("Þórdís Æsa", "thordis aesa"),
        ("İstanbul", "istanbul"),
        ("ﬁnance", "finance"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER T}ax", "tax"),
        ("", ""),
    ],
)
def test_case_accents_and_special_letters_are_folded_away(text, folded):
    assert fold(text) == folded


def test_composed_and_decomposed_accents_are_one_word():
    assert fold("Fauré") == fold("Faure\u0301")


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold(fold(text)) == fold(text)


def test_terms_are_the_distinct_words_in_order():
    assert terms("Tax & estate", "Estate-planning, TAX") == ["tax", "estate", "planning"]


def test_terms_split_at_everything_that_is_no_letter_or_digit():
    assert terms("C++/Rust_2024 (O\N{RIGHT SINGLE QUOTATION MARK}Brien)\x00") == [
        "c",
        "rust",
        "2024",
        "o",
        "brien",
    ]


@given(st.text())
def test_terms_are_never_empty_and_already_folded(text):
    found = terms(text)

    assert "" not in found
    assert len(set(found)) == len(found)
    assert terms(*found) == found
