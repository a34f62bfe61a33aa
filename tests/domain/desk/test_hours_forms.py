"""What experts type of their hours: read as it stands, or refused beside the field."""

from datetime import date, time
from typing import Any

import pytest

from domain.desk.working_hours.forms import (
    ExceptionForm,
    HolidaysForm,
    LimitsForm,
    RuleForm,
)
from domain.rules.errors import Code, Refusal
from domain.rules.hours import ExceptionKind, Weekday

RULE = {"weekday": "0", "opens": "09:00", "closes": "17:30", "every": "1", "from": ""}
EXCEPTION = {
    "first": "2031-07-07",
    "last": "2031-07-11",
    "kind": "extra",
    "opens": "18:00",
    "closes": "20:00",
}
LIMITS = {
    "session_minutes": "50",
    "price": "49.50",
    "pause_before": "0",
    "pause_after": "10",
    "grid": "15",
    "most_a_day": "4",
    "most_a_week": "",
    "horizon_days": "60",
    "notice": "2",
    "notice_unit": "hours",
    "cancel": "1",
    "cancel_unit": "days",
    "reschedule": "90",
    "reschedule_unit": "minutes",
    "max_reschedules": "",
}


def refused(form: type[Any], values: dict[str, str], **changes: str) -> dict[str, str]:
    with pytest.raises(Refusal) as caught:
        form.read({**values, **changes}, currency="EUR")
    assert caught.value.code is Code.FORM_INVALID
    return {name: str(message) for name, message in caught.value.fields.items()}


def test_weekly_hours_are_read_as_they_stand():
    form = RuleForm.read(RULE)

    assert form.weekday == (Weekday.MONDAY,)
    assert (form.opens, form.closes) == (time(9), time(17, 30))
    assert (form.every, form.since) == (1, None)


@pytest.mark.parametrize(("typed", "count"), [("workdays", 5), ("days", 7), ("6", 1)])
def test_hours_may_be_those_of_several_weekdays(typed: str, count: int):
    assert len(RuleForm.read({**RULE, "weekday": typed}).weekday) == count


def test_every_second_week_is_counted_from_a_date():
    form = RuleForm.read({**RULE, "every": "2", "from": " 2031-07-07 "})

    assert (form.every, form.since) == (2, date(2031, 7, 7))
    assert list(refused(RuleForm, RULE, every="2")) == ["from"]


@pytest.mark.parametrize("closes", ["00:00", "24:00"])
def test_hours_may_last_until_midnight(closes: str):
    assert RuleForm.read({**RULE, "closes": closes}).closes == time.min


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("weekday", text) for text in ("", "7", "-1", "monday", "00")),
        *(
            ("opens", text)
            for text in ("", "9", "9:00", "25:00", "09:60", "09:00Z", "\u0660\u0661:00")
        ),
        *(("closes", text) for text in ("", "09:00", "08:59", "24:01")),
        *(("every", text) for text in ("", "0", "3", "01")),
        *(
            ("from", text)
            for text in ("soon", "2031-02-30", "20310707", "1999-01-01", "9999-12-31")
        ),
    ],
)
def test_what_is_wrong_with_weekly_hours_is_said_beside_the_field(field: str, typed: str):
    assert list(refused(RuleForm, RULE, **{field: typed})) == [field]


def test_a_form_without_fields_is_refused_in_each():
    assert refused(RuleForm, {}).keys() == {"weekday", "opens", "closes", "every"}


def test_an_exception_is_read_as_it_stands():
    form = ExceptionForm.read(EXCEPTION)

    assert (form.first, form.last) == (date(2031, 7, 7), date(2031, 7, 11))
    assert (form.kind, form.opens, form.closes) == (ExceptionKind.EXTRA, time(18), time(20))


def test_an_exception_without_a_last_day_is_of_one_day():
    assert ExceptionForm.read({**EXCEPTION, "last": ""}).last == date(2031, 7, 7)


def test_of_two_days_that_are_missing_the_first_is_asked_for():
    assert list(refused(ExceptionForm, EXCEPTION, first="", last="")) == ["first"]


def test_closed_days_have_no_hours_whatever_was_typed():
    form = ExceptionForm.read({**EXCEPTION, "kind": "closed", "closes": "noon"})

    assert (form.opens, form.closes) == (None, None)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("first", ""),
        ("last", "2031-07-06"),
        ("last", "2031-7-8"),
        ("kind", "away"),
        ("opens", ""),
        ("closes", "17:00"),
    ],
)
def test_what_is_wrong_with_an_exception_is_said_beside_the_field(field: str, typed: str):
    assert list(refused(ExceptionForm, EXCEPTION, **{field: typed})) == [field]


def test_holidays_are_those_of_a_known_country_or_of_none():
    assert HolidaysForm.read({"country": "DE", "region": "BY"}).region == "BY"
    assert HolidaysForm.read({"country": ""}).country == ""
    assert list(refused(HolidaysForm, {"country": "XX"})) == ["country"]


def test_limits_are_read_in_minutes_and_minor_units():
    form = LimitsForm.read(LIMITS, currency="EUR")

    assert (form.price, form.session_minutes) == (4_950, 50)
    assert (form.notice, form.cancel, form.reschedule) == (120, 1_440, 90)
    assert (form.most_a_day, form.most_a_week, form.max_reschedules) == (4, None, None)


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("49,5", "EUR", 4_950), ("0", "USD", 0), ("5000", "JPY", 5_000), ("12.345", "KWD", 12_345)],
)
def test_a_price_has_the_decimals_of_its_currency(typed: str, currency: str, minor: int):
    assert LimitsForm.read({**LIMITS, "price": typed}, currency=currency).price == minor


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        *(("price", text) for text in ("", "free", "-1", "1e3", "49.999", "1.2.3", "9999999")),
        *(("session_minutes", text) for text in ("4", "481", "50.0", "")),
        ("pause_before", "-5"),
        ("grid", "7"),
        ("most_a_day", "0"),
        *(("horizon_days", text) for text in ("0", "366")),
        ("notice", "99999999"),
        ("notice_unit", "weeks"),
        ("cancel", "366"),
        ("max_reschedules", "many"),
    ],
)
def test_what_is_wrong_with_limits_is_said_beside_the_field(field: str, typed: str):
    assert list(refused(LimitsForm, LIMITS, **{field: typed})) == [field]


def test_a_price_that_is_too_fine_is_shown_one_in_the_same_currency():
    with pytest.raises(Refusal) as caught:
        LimitsForm.read({**LIMITS, "price": "12.50"}, currency="JPY")

    assert str(caught.value.fields["price"]) == "Enter a price like 4950."


def test_a_notice_that_leaves_nothing_to_book_is_refused():
    assert list(refused(LimitsForm, LIMITS, horizon_days="3", notice="3", notice_unit="days")) == [
        "notice"
    ]
