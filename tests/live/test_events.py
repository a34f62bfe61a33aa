from datetime import UTC, datetime

import pytest

from domain.rules.events import SlotEvent, of_changed_fields
from domain.rules.slots import SlotState


@pytest.mark.parametrize(
    ("state", "event"),
    [
        ("open", SlotEvent.FREED),
        ("held", SlotEvent.HELD),
        ("booked", SlotEvent.BOOKED),
        ("withdrawn", SlotEvent.WITHDRAWN),
    ],
)
def test_a_new_state_names_the_event(state: str, event: SlotEvent):
    assert of_changed_fields({"state": state, "rev": 2}, SlotState(state)) is event


def test_a_lapsed_hold_that_someone_takes_is_a_hold():
    taken = datetime(2031, 7, 8, tzinfo=UTC)

    assert (
        of_changed_fields({"held_by": "ben", "held_since": taken}, SlotState.HELD) is SlotEvent.HELD
    )


def test_an_offer_that_is_taken_over_in_another_browser_is_a_hold():
    assert of_changed_fields({"held_by": "phone", "rev": 3}, SlotState.OFFERED) is SlotEvent.HELD


def test_an_extension_is_no_event():
    later = datetime(2031, 7, 8, tzinfo=UTC)

    extended = {"held_until": later, "rev": 3, "changed_at": later}

    assert of_changed_fields(extended, SlotState.HELD) is None


def test_a_slot_that_is_published_anew_is_no_freed_one():
    now = datetime(2031, 7, 8, tzinfo=UTC)

    reopened = {"state": "open", "published_at": now}

    assert of_changed_fields(reopened, SlotState.OPEN) is SlotEvent.PUBLISHED


@pytest.mark.parametrize(("full", "event"), [(True, SlotEvent.FULL), (False, SlotEvent.FREED)])
def test_a_day_that_fills_up_or_empties_names_the_event(full: bool, event: SlotEvent):
    assert of_changed_fields({"full": full, "rev": 3}, SlotState.OPEN) is event


def test_a_hold_that_outlasts_a_full_day_stays_a_hold():
    assert of_changed_fields({"full": False, "rev": 3}, SlotState.HELD) is SlotEvent.HELD


def test_names_on_the_stream_are_the_past_tense_in_camel_case():
    assert [event.value for event in SlotEvent] == [
        "slotHeld",
        "slotBooked",
        "slotFreed",
        "slotPublished",
        "slotWithdrawn",
        "slotFull",
    ]
