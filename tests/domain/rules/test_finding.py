"""By which parts of its words a booking is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.finding import MOST_LETTERS, kept_of, wanted_of
from domain.rules.words import terms

KEPT = kept_of("Zoë Llewellyn", "zoe.ll@example.org", "Q7KX2ZABCDEF")


@pytest.mark.parametrize("typed", ["z", "ZO", "zoë", "llewellyn", "llewel", "zoe ll", "org lle"])
def test_beginnings_of_words_are_kept(typed: str):
    assert {*wanted_of(terms(typed))} <= {*KEPT}


@pytest.mark.parametrize("typed", ["oe", "zo miller", "llx", "q7k", "q7kx2x"])
def test_what_begins_no_word_is_not(typed: str):
    assert not {*wanted_of(terms(typed))} <= {*KEPT}


def test_a_reference_is_found_from_its_first_six_letters_on():
    assert {"q7kx2z", "q7kx2zabcdef"} < {*KEPT}
    assert "q7kx2" not in KEPT


def test_two_words_are_looked_up_together():
    assert wanted_of(["zoe", "ll"]) == ["zoe", "ll", "ll zo"]
    assert wanted_of(["z", "ll"]) == ["z", "ll"]


@given(st.text(max_size=100), st.text(max_size=254))
def test_however_long_a_name_is_what_is_kept_is_bounded_and_distinct(name: str, address: str):
    kept = kept_of(name, address, "Q7KX2ZABCDEF")

    assert len(kept) == len({*kept}) <= 12 * (MOST_LETTERS + 1) + 2 + 13 * 12 // 2
