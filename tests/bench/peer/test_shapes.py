"""What other programs answer is read, and what they are sent is filled in."""

import json

import pytest

from tests.bench.peer.bookings import PLACEHOLDERS, USUAL, fill, read_template
from tests.bench.peer.shapes import PeerTime, experts_in, free_times_in
from web.console import Trouble

TEN = PeerTime("7", "2031-07-08", "10:00")
DAY = "2031-07-08T00:00:00.000Z"


@pytest.mark.parametrize(
    "answer",
    [
        [{"_id": "a"}, {"_id": "b"}],
        {"experts": [{"id": "a"}, {"id": "b"}], "total": 2},
        {"items": [{"id": "a"}, {"id": "b"}]},
        {"success": True, "data": [{"_id": "a"}, {"_id": "b"}]},
        {"data": {"experts": [{"_id": "a"}, {"_id": "b"}], "pages": 1}},
    ],
)
def test_experts_are_found_bare_or_under_a_usual_name(answer):
    assert experts_in(answer) == ["a", "b"]


@pytest.mark.parametrize("answer", [{"people": []}, [], [{"name": "Ada"}], "Hello", None])
def test_a_page_without_experts_is_refused_in_one_line(answer):
    with pytest.raises(Trouble, match=r"^The peer's GET /api/experts has no .+$"):
        experts_in(answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"_id": "7", "slots": [{"date": DAY, "slots": ["10:00"]}]},
        {"_id": "7", "availability": [{"date": "2031-07-08", "times": [{"time": "10:00"}]}]},
        {"data": {"expert": {"id": "7"}, "timeSlots": [{"date": DAY, "timeSlot": "10:00"}]}},
        {"expert": {"availableSlots": [{"date": DAY, "startTime": "10:00", "isBooked": False}]}},
        {"slots": [{"date": DAY, "time": "10:00"}, {"date": DAY, "time": "11:00", "booked": True}]},
        {"slots": [{"date": DAY, "slots": [{"slot": "9:00", "available": False}, "10:00"]}]},
    ],
)
def test_free_times_are_found_by_day_or_one_by_one(answer):
    assert free_times_in(answer, "7") == [TEN]


def test_a_time_keeps_its_own_id():
    (found,) = free_times_in({"slots": [{"_id": 12, "date": DAY, "time": "10:00"}]}, "7")

    assert found.slot == "12"


def test_an_expert_may_have_no_free_time():
    assert free_times_in({"slots": []}, "7") == []


@pytest.mark.parametrize(
    "answer",
    [
        {"_id": "7"},
        {"slots": [3]},
        {"slots": ["10:00"]},
        {"slots": [{"date": "soon", "time": "1"}]},
    ],
)
def test_times_that_say_no_date_or_hour_are_refused_in_one_line(answer):
    with pytest.raises(Trouble, match=r"^The peer's GET /api/experts/:id has no .+$"):
        free_times_in(answer, "7")


def test_a_booking_is_filled_in_at_any_depth():
    template = {"for": {"who": "{name} <{email}>"}, "at": ["{date} {time}", "{slot}"], "seats": 1}

    assert fill(template, PeerTime("7", "2031-07-08", "10:00", "12"), 3) == {
        "for": {"who": "Ann Arbor <ann3@example.org>"},
        "at": ["2031-07-08 10:00", "12"],
        "seats": 1,
    }


def test_the_usual_booking_names_expert_date_and_time():
    sent = fill(USUAL, TEN, 1)

    assert (sent["expertId"], sent["date"], sent["timeSlot"]) == ("7", "2031-07-08", "10:00")
    assert "{" not in json.dumps([*sent.values()])


def test_a_template_is_read_from_a_file(tmp_path):
    file = tmp_path / "booking.json"
    file.write_text(json.dumps(template := {name: f"{{{name}}}" for name in PLACEHOLDERS}))

    assert read_template(file) == template


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "can't be read as JSON"),
        ("[]", "has no JSON object"),
        ('{"at": "{hour}"}', "{hour} means nothing"),
    ],
)
def test_a_template_that_makes_no_sense_is_refused_in_one_line(tmp_path, text, reason):
    file = tmp_path / "booking.json"
    file.write_text(text)

    with pytest.raises(Trouble, match=f"^--peer-booking: .*{reason}.*$"):
        read_template(file)
