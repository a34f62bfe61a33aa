"""What the log says of a change of hours: each part of them as it was, and as it is."""

from collections.abc import Sequence

from domain.rules.log import FieldChange, Json, changes_between
from domain.store.documents import Expert
from domain.store.documents.hours import KeptException, KeptRule


def changes_of(before: Expert, after: Expert) -> list[FieldChange]:
    """Return what a change of an expert's hours changes, in the order of the page.

    Of weekly hours, exceptions and opened holidays it tells those that went and those that came.
    """
    return [
        *_moved("rules", _contents(before.hours.rules), _contents(after.hours.rules)),
        *_moved(
            "exceptions", _contents(before.hours.exceptions), _contents(after.hours.exceptions)
        ),
        *_moved("holidays_opened", before.hours.holidays.opened, after.hours.holidays.opened),
        *_moved("holidays_closed", before.hours.holidays.dates, after.hours.holidays.dates),
        *changes_between(_single_values(before), _single_values(after)),
    ]


def _single_values(expert: Expert) -> dict[str, Json]:
    holidays = expert.hours.holidays
    return {
        "holidays_country": holidays.country,
        "holidays_region": holidays.region,
        "session_minutes": expert.session_minutes,
        "price": price_of(expert),
        **expert.hours.limits.model_dump(),
        **expert.terms.model_dump(),
    }


def price_of(expert: Expert) -> Json:
    """Return a price as the log has it; None if the expert has named none."""
    return {"minor": expert.price_minor, "currency": expert.currency} if expert.has_price else None


def _contents(kept: Sequence[KeptRule] | Sequence[KeptException]) -> list[Json]:
    return [one.model_dump(exclude={"key"}, mode="json") for one in kept]


def _moved(field: str, before: Sequence[Json], after: Sequence[Json]) -> list[FieldChange]:
    gone = [one for one in before if one not in after]
    come = [one for one in after if one not in before]
    return [FieldChange(field, gone, come)] if gone or come else []
