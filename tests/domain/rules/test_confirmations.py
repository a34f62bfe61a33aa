"""When a booking needs a mailed link, and how long its time is held for that: the rules alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.rules.confirmations import (
    ConfirmByMail,
    Confirming,
    LinkNeeded,
    link_deadline,
    link_needed,
)
from domain.rules.slots import SlotState
from domain.seeds.factories import SlotFactory

NEVER, FIRST, ALWAYS = (Confirming(by_mail, sends_mail=True) for by_mail in ConfirmByMail)
NOW = datetime(2031, 7, 8, 9, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOLD, WITHIN = 5 * MINUTE, 15 * MINUTE


@pytest.mark.parametrize("rule", [NEVER, FIRST, ALWAYS])
def test_a_proven_address_needs_no_link(rule: Confirming):
    needed = link_needed(rule, is_proven=True, has_confirmed=False)

    assert needed is LinkNeeded.NEVER


@pytest.mark.parametrize(
    ("rule", "first", "later"),
    [
        (NEVER, LinkNeeded.WHEN_STRAINED, LinkNeeded.WHEN_STRAINED),
        (FIRST, LinkNeeded.ALWAYS, LinkNeeded.WHEN_STRAINED),
        (ALWAYS, LinkNeeded.ALWAYS, LinkNeeded.ALWAYS),
    ],
)
def test_an_unproven_one_needs_it_by_what_the_browser_had_confirmed(rule, first, later):
    assert link_needed(rule, is_proven=False, has_confirmed=False) is first
    assert link_needed(rule, is_proven=False, has_confirmed=True) is later


def test_where_no_mail_is_sent_a_strained_limit_asks_for_none():
    needed = link_needed(replace(NEVER, sends_mail=False), is_proven=False, has_confirmed=False)

    assert needed is LinkNeeded.NEVER


@pytest.mark.parametrize(
    ("since", "until", "closes", "kept_until"),
    [
        (0, 5, 600, 15),  # from now on
        (0, 5, 10, 10),  # not beyond its closing
        (0, 5, 3, 5),  # nor any shorter
        (-60, 5, 600, 10),  # nor ever longer, by asking again and again
        (-60, 14, 600, 14),
    ],
)
def test_a_hold_is_kept_for_the_link_within_bounds(since, until, closes, kept_until):
    slot = SlotFactory.build(
        state=SlotState.HELD,
        starts_at=NOW + 700 * MINUTE,
        held_since=NOW + since * MINUTE,
        held_until=NOW + until * MINUTE,
        closes_at=NOW + closes * MINUTE,
    )

    found = link_deadline(slot, NOW, within=WITHIN, hold_for=HOLD)

    assert found == NOW + kept_until * MINUTE


def test_an_offer_keeps_its_end_whatever_link_is_waited_for():
    slot = SlotFactory.build(state=SlotState.OFFERED, starts_at=NOW + 700 * MINUTE, changed_at=NOW)

    assert link_deadline(slot, NOW, within=WITHIN, hold_for=HOLD) is None
