"""Models that are kept to be read say the same, and who changes one is told."""

import pytest

from domain.seeds.factories import ExpertFactory
from domain.store.documents.agreements import Terms
from domain.store.memory.sparing import spare


def test_a_model_that_is_kept_says_the_same_and_shares_its_notes():
    one, other = ExpertFactory.build(), ExpertFactory.build()
    before = one.model_dump()

    assert spare(one).model_dump() == before
    assert one.model_fields_set is spare(other).model_fields_set
    assert one.terms.model_fields_set is other.terms.model_fields_set


def test_who_changes_a_model_that_is_kept_is_told():
    expert = spare(ExpertFactory.build())

    with pytest.raises(AttributeError):
        expert.rating = 5.0
    with pytest.raises(AttributeError):
        expert.terms.notice_minutes = 60


def test_a_copy_of_it_can_be_changed_and_saved():
    expert = spare(ExpertFactory.build(rating=4.5))
    later = Terms(notice_minutes=60)

    copy = expert.model_copy(update={"terms": later})
    copy.rating = 5.0

    assert (copy.rating, copy.terms) == (5.0, later)
    assert copy.model_dump_doc()["rating"] == 5.0
    assert (expert.rating, expert.terms) == (4.5, Terms())
