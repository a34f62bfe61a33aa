"""What fields were and are, as an administrator reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from babel import Locale

from domain.rules.log import Json
from domain.store.documents.log import LoggedChange
from web.admin.log_words import FIELDS, WORDS
from web.i18n.formats import clock_time, dates, money, span, weekday_name
from web.i18n.languages import LOCALES, translate
from web.i18n.languages import marked as _
from web.i18n.names import language_name

_SOME_MONDAY = date(2024, 1, 1)
_OF_DATES = {"first_on", "last_on", "holidays_opened", "holidays_closed"}
_OF_INSTANTS = {"starts_at", "ends_at"}
_OF_LANGUAGES = {"languages", "text_language"}


@dataclass(frozen=True)
class ChangeInWords:
    """One field: what is no longer so, and what is so instead."""

    field: str
    before: Sequence[str]
    after: Sequence[str]


def in_words(change: LoggedChange, language: str) -> ChangeInWords:
    """Put a change into a language. What has no words, of a newer version, stays as it is."""
    field = translate(language, FIELDS.get(change.field, change.field))
    return ChangeInWords(
        field,
        _values(change.field, change.before, language),
        _values(change.field, change.after, language),
    )


def _values(field: str, value: Any, language: str) -> list[str]:  # noqa: ANN401 - any JSON
    if value is None or value == "":
        return []
    values = value if isinstance(value, list) else [value]
    return [_value(field, one, language) for one in values]


def _value(field: str, value: Json, language: str) -> str:
    match value:
        case bool():
            return translate(language, _("yes") if value else _("no"))
        case int():
            return span(LOCALES[language], value) if field.endswith("_minutes") else str(value)
        case str():
            return _text(field, value, language)
        case Mapping():
            return _several(value, language)
    return str(value)


def _several(value: Mapping[str, Any], language: str) -> str:
    """Put what consists of several values into words, by which they are."""
    match value:
        case {"weekday": _}:
            return _rule(value, language)
        case {"kind": _}:
            return _exception(value, language)
        case {"page": str(page), "version": int(number)}:
            version = translate(language, _("version %(number)s")) % {"number": number}
            return f"{translate(language, WORDS[page])}, {version}"
        case {"minor": int(minor), "currency": str(currency)}:
            return money(LOCALES[language], minor, currency)
    return str(value)


def _text(field: str, text: str, language: str) -> str:
    if field in _OF_DATES:
        return _day(text, LOCALES[language])
    if field in _OF_INSTANTS:
        return _instant(text, LOCALES[language])
    if field in _OF_LANGUAGES:
        return language_name(LOCALES[language], text)
    return translate(language, WORDS.get(text, text))


def _day(text: str, locale: Locale) -> str:
    day = date.fromisoformat(text)
    return dates(locale, day, day)


def _instant(text: str, locale: Locale) -> str:
    at = datetime.fromisoformat(text)
    return f"{_day(at.date().isoformat(), locale)}, {clock_time(locale, at, 'UTC')} UTC"


def _rule(rule: Mapping[str, Any], language: str) -> str:
    locale = LOCALES[language]
    weekday = weekday_name(locale, _SOME_MONDAY + timedelta(days=rule["weekday"]))
    said = f"{weekday} {rule['opens']}\N{EN DASH}{rule['closes']}"
    if rule["every"] > 1:
        said += f", {translate(language, _('every second week'))}"
    if rule["since"]:
        said += f", {translate(language, _('from %(day)s')) % {'day': _day(rule['since'], locale)}}"
    return said


def _exception(kept: Mapping[str, Any], language: str) -> str:
    first, last = (date.fromisoformat(kept[name]) for name in ("first_on", "last_on"))
    said = f"{dates(LOCALES[language], first, last)}: {translate(language, WORDS[kept['kind']])}"
    return f"{said} {kept['opens']}\N{EN DASH}{kept['closes']}" if kept["opens"] else said
