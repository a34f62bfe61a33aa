from datetime import timedelta

import pytest

from domain.rules.booking_events import BookingChange, BookingEvent
from domain.rules.notices import (
    LANES,
    REMINDERS,
    TURNS,
    Kind,
    Recipient,
    by_turns,
    comes_too_late,
    notices_of,
)

MS = timedelta(milliseconds=1)
DAY, HOUR = REMINDERS[Kind.REMINDER_DAY], REMINDERS[Kind.REMINDER_HOUR]


def made(event, *, starts_at, now, rev=1):
    """The notices of a change of one booking."""
    return notices_of(BookingChange(event, "b", rev, starts_at, starts_at + HOUR, now))


def told(notices):
    """What each reader is told, and when; both are told the same."""
    by_reader = {
        audience: [(n.kind, n.due_at) for n in notices if n.audience is audience]
        for audience in Recipient
    }
    assert by_reader[Recipient.ATTENDEE] == by_reader[Recipient.EXPERT]
    return by_reader[Recipient.ATTENDEE]


def test_a_booking_is_confirmed_at_once_and_reminded_of_a_day_and_an_hour_ahead(now):
    start = now + 3 * DAY

    assert told(made(BookingEvent.BOOKED, starts_at=start, now=now)) == [
        (Kind.CONFIRMATION, now),
        (Kind.REMINDER_DAY, start - timedelta(hours=24)),
        (Kind.REMINDER_HOUR, start - timedelta(hours=1)),
    ]


@pytest.mark.parametrize(
    ("ahead", "reminders"),
    [
        (DAY + MS, [Kind.REMINDER_DAY, Kind.REMINDER_HOUR]),
        (DAY, [Kind.REMINDER_HOUR]),
        (HOUR + MS, [Kind.REMINDER_HOUR]),
        (HOUR, []),
        (timedelta(0), []),
    ],
)
@pytest.mark.parametrize("event", [BookingEvent.BOOKED, BookingEvent.RESCHEDULED])
def test_only_reminders_that_are_still_ahead_are_made(now, event, ahead, reminders):
    kinds = [kind for kind, _ in told(made(event, starts_at=now + ahead, now=now))]

    assert kinds[1:] == reminders


def test_a_cancellation_tells_both_and_reminds_nobody(now):
    assert told(made(BookingEvent.CANCELLED, starts_at=now + 2 * DAY, now=now, rev=2)) == [
        (Kind.CANCELLATION, now)
    ]


def test_a_rescheduled_booking_is_told_of_and_reminded_of_anew(now):
    start = now + 2 * DAY
    booked = made(BookingEvent.BOOKED, starts_at=start, now=now)
    moved = made(BookingEvent.RESCHEDULED, starts_at=start, now=now, rev=2)

    assert [kind for kind, _ in told(moved)] == [
        Kind.RESCHEDULE,
        Kind.REMINDER_DAY,
        Kind.REMINDER_HOUR,
    ]
    assert {n.key for n in booked}.isdisjoint(n.key for n in moved)


def test_each_notice_of_a_change_has_a_key_of_its_own_and_the_same_each_time(now):
    first, again = (made(BookingEvent.BOOKED, starts_at=now + 2 * DAY, now=now) for _ in "12")

    assert len({n.key for n in first}) == len(first)
    assert [n.key for n in first] == [n.key for n in again]


@pytest.mark.parametrize(
    ("kind", "ahead", "too_late"),
    [
        (Kind.REMINDER_DAY, HOUR + MS, False),
        (Kind.REMINDER_DAY, HOUR, True),
        (Kind.REMINDER_HOUR, MS, False),
        (Kind.REMINDER_HOUR, timedelta(0), True),
        (Kind.CONFIRMATION, MS - HOUR, False),
        (Kind.CONFIRMATION, -HOUR, True),
        (Kind.RESCHEDULE, -HOUR, True),
        (Kind.CANCELLATION, -DAY, False),
    ],
)
def test_a_mail_that_was_held_up_is_not_sent_once_it_makes_no_sense(now, kind, ahead, too_late):
    start = now + ahead

    assert comes_too_late(kind, starts_at=start, ends_at=start + HOUR, now=now) is too_late


def test_every_kind_of_mail_has_one_lane_and_every_lane_its_turn():
    assert sorted(kind for lane in LANES for kind in lane) == sorted(Kind)
    assert {*TURNS} == {*range(len(LANES))}


def test_who_signs_in_comes_before_confirmations_and_those_before_reminders():
    kinds = [kind for lane in by_turns(0) for kind in lane]
    order = [Kind.OFFER, Kind.SIGN_IN, Kind.CONFIRMATION, Kind.REMINDER_HOUR]

    assert sorted(order, key=kinds.index) == order
    assert by_turns(3)[0] == LANES[3]


def test_only_the_attendee_gets_mail_about_an_absence(now):
    (notice,) = made(BookingEvent.DISPLACED, starts_at=now + 2 * DAY, now=now, rev=2)

    assert (notice.kind, notice.audience, notice.due_at) == (Kind.ABSENCE, Recipient.ATTENDEE, now)


def test_who_comes_after_all_is_told_and_both_are_reminded_again(now):
    told_again, *reminders = made(BookingEvent.RESTORED, starts_at=now + 3 * DAY, now=now, rev=3)

    assert (told_again.kind, told_again.audience) == (Kind.RESTORATION, Recipient.ATTENDEE)
    assert {kind for kind, _ in told(reminders)} == {Kind.REMINDER_DAY, Kind.REMINDER_HOUR}
