"""The templates' filters: what is written goes by the language of the page."""

from collections.abc import Callable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context

from domain.rules.instants import to_milliseconds
from web.i18n.formats import (
    clock_time,
    clock_turn,
    countdown,
    dates,
    day_name,
    days_ahead,
    decimal,
    local_day,
    long_date,
    money,
    month_name,
    month_short,
    ratio,
    short_day,
    span,
    timestamp,
    weekday_name,
    weekday_short,
)
from web.i18n.languages import LOCALES
from web.i18n.names import language_name, region_name, zone_choice, zone_name


def _in_the_readers(write: Callable[..., str]) -> Callable[..., str]:
    """Make a filter of a function: it writes by the locale of the template's `language`."""

    @pass_context
    def written(context: Context, value: Any, *details: Any) -> str:  # noqa: ANN401 - as Jinja calls
        return write(LOCALES[context["language"]], value, *details)

    return written


FILTERS: dict[str, Callable[..., Any]] = {
    **{
        write.__name__: _in_the_readers(write)
        for write in (
            money,
            decimal,
            ratio,
            clock_time,
            day_name,
            short_day,
            dates,
            month_name,
            month_short,
            days_ahead,
            weekday_name,
            weekday_short,
            long_date,
            span,
            zone_name,
            zone_choice,
            region_name,
            language_name,
        )
    },
    "local_day": local_day,
    "clock_turn": clock_turn,
    "milliseconds": to_milliseconds,
    "timestamp": timestamp,
    "countdown": countdown,
}
