"""Clock changes at the desk: what is said of hours and days that one touches."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.rules.errors import Sentence
from domain.rules.hours import ExceptionKind, Weekday
from domain.store.documents.hours import KeptException, KeptRule, WorkingHours
from web.desk.clock_notes import odd_times
from web.desk.previews import weeks_of
from web.desk.week import exceptions_of, week_of
from web.i18n.languages import LOCALES, translate

ZONE = "Europe/Berlin"
DAY = timedelta(days=1)
FORWARD, BACK = date(2031, 3, 30), date(2031, 10, 26)
SAID = {
    ("en", FORWARD): ("On Sunday 30 March the clocks skip 02:00 to 03:00: no session begins then."),
    ("en", BACK): (
        "On Sunday 26 October the clocks show 02:00 to 03:00 twice: sessions begin at the first."
    ),
    ("de", FORWARD): (
        "Am Sonntag, 30. März überspringen die Uhren 02:00 bis 03:00: Dann beginnt keine Sitzung."
    ),
    ("de", BACK): (
        "Am Sonntag, 26. Oktober zeigen die Uhren 02:00 bis 03:00 zweimal: "
        "Sitzungen beginnen beim ersten Mal."
    ),
}


def weekly(weekday: Weekday, opens: str, closes: str) -> WorkingHours:
    return WorkingHours(rules=[KeptRule(key="r", weekday=weekday, opens=opens, closes=closes)])


def extra(on: date, opens: str, closes: str) -> WorkingHours:
    day = on.isoformat()
    kind = ExceptionKind.EXTRA
    one = KeptException(key="e", first_on=day, last_on=day, kind=kind, opens=opens, closes=closes)
    return WorkingHours(exceptions=[one])


def warnings(hours: WorkingHours, today: date, language: str = "en") -> list[str]:
    """What an expert reads beside their hours, of the days that follow."""
    start = datetime.combine(today, time.min, tzinfo=UTC)
    odd = odd_times(LOCALES[language], ZONE, start, start + 28 * DAY)
    ahead, _past = exceptions_of(hours, today, odd)
    said = [rule.warnings for day in week_of(hours, today, odd) for rule in day.rules]
    said += [one.warnings for one in ahead]
    return [read(sentence, language) for sentences in said for sentence in sentences]


def read(said: Sentence, language: str) -> str:
    return translate(language, said.text) % said.values


@pytest.mark.parametrize(("language", "on"), SAID)
def test_hours_name_the_wall_times_that_a_change_skips_or_has_come_twice(language, on):
    for hours in (weekly(Weekday.SUNDAY, "02:30", "09:00"), extra(on, "01:00", "02:30")):
        assert warnings(hours, on - 9 * DAY, language) == [SAID[language, on]]


@pytest.mark.parametrize("on", [FORWARD, BACK])
def test_hours_that_a_change_does_not_touch_say_nothing(on):
    for hours in (
        weekly(Weekday.SUNDAY, "00:00", "02:00"),
        weekly(Weekday.SUNDAY, "03:00", "00:00"),
        weekly(Weekday.SATURDAY, "00:00", "00:00"),
        extra(on + 7 * DAY, "00:00", "00:00"),
    ):
        assert warnings(hours, on - 9 * DAY) == []


@pytest.mark.parametrize(("language", "on"), SAID)
def test_a_preview_says_it_on_the_day(language, on):
    today = on - 9 * DAY
    start = datetime.combine(today, time.min, tzinfo=UTC)
    odd = odd_times(LOCALES[language], ZONE, start, start + 28 * DAY)

    days = [day for week in weeks_of([], ZONE, today, odd) for day in week.days]

    assert {day.on: read(day.note, language) for day in days if day.note} == {
        on: SAID[language, on]
    }
