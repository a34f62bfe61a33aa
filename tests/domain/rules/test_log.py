"""The log's rules: what differs, what is personal, and what an entry's hash is made of."""

from datetime import UTC, datetime
from typing import Any

import pytest
from odmantic import ObjectId

from domain.rules.log import CHANGED, GENESIS, FieldChange, Json, changes_between, hash_of
from domain.store.documents.log import LogEntry, LoggedChange

AT = datetime(2031, 7, 8, 9, 30, tzinfo=UTC)


def entry(**fields: Any) -> LogEntry:
    """An entry of which nothing is hashed yet."""
    given: dict[str, Any] = {
        "seq": 1,
        "at": AT,
        "actor_kind": "expert",
        "actor_key": "a1",
        "action": "hours_changed",
        "subject_kind": "expert",
        "subject_key": "a1",
        "changes": [LoggedChange(field="grid_minutes", before=1, after=15)],
        "previous": GENESIS,
    }
    return LogEntry(id=ObjectId(), **{**given, **fields})


def test_what_is_the_same_does_not_count_as_changed():
    before = {"zone": "UTC", "status": "listed"}

    assert changes_between(before, {"zone": "UTC", "status": "paused"}) == [
        FieldChange("status", "listed", "paused")
    ]


def test_of_what_is_personal_only_that_it_changed_is_said():
    (change,) = changes_between({"name": "Ann"}, {"name": "Eve"}, personal={"name"})

    assert (change.before, change.after) == (None, CHANGED)


def test_a_hash_is_the_sha_256_of_plain_json():
    """Computed by other means: printf '…' | sha256sum."""
    said: dict[str, Json] = {"b": [None, True, "ü"], "a": 1}

    assert hash_of(said) == "daba86b54a78887d9637199d9bbf27fecd37b7365bd0c26a1a613be3e9dc0232"


@pytest.mark.parametrize(
    "other",
    [
        {"seq": 2},
        {"at": AT.replace(microsecond=1000)},
        {"actor_kind": "administrator"},
        {"actor_key": "b2"},
        {"action": "profile_saved"},
        {"subject_kind": "booking"},
        {"subject_key": "b2"},
        {"changes": []},
        {"changes": [LoggedChange(field="grid_minutes", before=1, after=30)]},
        {"previous": "1" * 64},
    ],
    ids="_".join,
)
def test_every_field_of_an_entry_is_in_its_hash(other: dict[str, Any]):
    assert entry(**other).digest() != entry().digest()


def test_the_fields_can_not_be_confused_with_each_other():
    one, other = entry(actor_key="ab", action="c"), entry(actor_key="a", action="bc")

    assert one.digest() != other.digest()
