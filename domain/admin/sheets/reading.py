"""Reading a row: the expert that its cells ask for, checked as the forms of the desk are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.admin.sheets.columns import HOLIDAYS, PROFILE, SESSIONS, differs, texts_of
from domain.admin.sheets.hours import BadHours, with_exceptions, with_rules
from domain.booking.bookings import normal_address
from domain.desk import profiles
from domain.desk.profile_forms import ProfileForm
from domain.desk.readiness import Lack, lacks_of
from domain.desk.working_hours.changes import limit, with_hours
from domain.desk.working_hours.forms import HolidaysForm, LimitsForm
from domain.desk.working_hours.holidays import keep_holidays, open_holiday
from domain.rules.errors import Code, Refusal, Sentence
from domain.store.documents import Expert
from domain.store.documents.profiles import ExpertStatus
from domain.store.experts.diaries import today_of
from domain.typed import AddressForm

Cells = Mapping[str, str]
"""What a row says, by its columns."""

_UNITS = dict.fromkeys(("notice_unit", "cancel_unit", "reschedule_unit"), "minutes")
_LOWEST, _HIGHEST = 1.0, 5.0
_LACKING = {Lack.TIMES: "hours"}
"""The columns of what a page may lack, where they are called otherwise."""


class Wrong(NamedTuple):
    """What is wrong with a cell, or with one line of it."""

    column: str
    line: str
    said: Sentence


class _Part(NamedTuple):
    """Columns that are read together."""

    columns: Sequence[str]
    read: Callable[[Expert, Cells, datetime], Expert]


class RowRefused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A row that can't be used, with all that is wrong with it."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        super().__init__("row refused")
        self.wrong = wrong


def read_row(expert: Expert, cells: Cells, *, now: datetime) -> Expert:
    """Return an expert as a row wants them; columns that it doesn't have stay as they are.

    Only what is new is checked: what an expert has already may be older than a rule.

    Raises:
        RowRefused: Some cells can't be used.
    """
    wrong: list[Wrong] = []
    changed, texts = expert, texts_of(expert)
    for part in _PARTS:
        typed = {**texts, **cells}
        if not any(differs(typed[column], texts[column]) for column in part.columns):
            continue
        try:
            changed = part.read(changed, typed, now)
            texts = texts_of(changed)
        except Refusal as refusal:
            line = refusal.line if isinstance(refusal, BadHours) else ""
            wrong += [Wrong(column, line, said) for column, said in refusal.fields.items()]
    if not wrong and changed.listed and not expert.listed:
        wrong += _lacks(changed, now)
    if wrong:
        raise RowRefused(wrong)
    return changed


def _lacks(expert: Expert, now: datetime) -> list[Wrong]:
    said = Sentence("Needed for a page that is listed.")
    lacks = lacks_of(expert, now=now)
    return [Wrong(_LACKING.get(lack, lack.value), "", said) for lack in lacks]


def _address(expert: Expert, cells: Cells, now: datetime) -> Expert:
    email = AddressForm.read(cells).email
    if normal_address(email) == expert.address:
        return expert
    moved = {"email": email, "address": normal_address(email), "signed_out_at": now}
    return expert.model_copy(update=moved)


def _status(expert: Expert, cells: Cells, _: datetime) -> Expert:
    wanted = cells["status"].strip().lower()
    if wanted not in (ExpertStatus.LISTED, ExpertStatus.PAUSED):
        raise _refusal("status", Sentence("Choose listed or paused."))
    status = ExpertStatus(wanted)
    is_listed = status is ExpertStatus.LISTED
    return expert.model_copy(update={"status": status, "listed": is_listed})


def _profile(expert: Expert, cells: Cells, _: datetime) -> Expert:
    known = [cells["category"]]  # the plan has looked at it
    form = ProfileForm.read({**cells, "rev": str(expert.profile_rev)}, fields=known)
    return profiles.applied(expert, form)


def _sessions(expert: Expert, cells: Cells, _: datetime) -> Expert:
    has_price = expert.has_price or bool(cells["price"].strip())
    price = cells["price"] if has_price else "0"
    form = LimitsForm.read({**cells, **_UNITS, "price": price}, currency=expert.currency)
    return limit(form)(expert).model_copy(update={"has_price": has_price})


def _rating(expert: Expert, cells: Cells, _: datetime) -> Expert:
    text = cells["rating"].strip().replace(",", ".") or "0"
    try:
        rating = round(float(text), 1)
    except ValueError:
        rating = -1
    if rating and not _LOWEST <= rating <= _HIGHEST:
        raise _refusal("rating", Sentence("Enter a number from 1.0 to 5.0, or nothing."))
    return expert.model_copy(update={"rating": rating})


def _rules(expert: Expert, cells: Cells, _: datetime) -> Expert:
    return with_rules(expert, cells["hours"])


def _exceptions(expert: Expert, cells: Cells, _: datetime) -> Expert:
    return with_exceptions(expert, cells["exceptions"])


def _holidays(expert: Expert, cells: Cells, now: datetime) -> Expert:
    today = today_of(expert, now)
    country, _, region = cells["holidays"].strip().upper().partition("-")
    try:
        form = HolidaysForm.read({"country": country, "region": region})
    except Refusal as refusal:
        raise _refusal("holidays", refusal.fields["country"]) from refusal
    changed = keep_holidays(form, today)(expert)
    closed = changed.hours.holidays.model_copy(update={"opened": []})
    changed = with_hours(changed, holidays=closed)
    opened = cells["holidays_opened"].replace(";", "\n").split()
    for on in filter(today.isoformat().__le__, opened):
        try:
            changed = open_holiday(on, today)(changed)
        except Refusal as refusal:
            said = Sentence("“%(on)s” is no public holiday there.", {"on": on})
            raise _refusal("holidays_opened", said) from refusal
    return changed


def _stands_in(expert: Expert, cells: Cells, _: datetime) -> Expert:
    agrees = {"yes": True, "no": False, "": False}.get(cells["stands_in"].strip().lower())
    if agrees is None:
        raise _refusal("stands_in", Sentence("Write yes or no."))
    return expert.model_copy(update={"stands_in": agrees})


def _refusal(column: str, said: Sentence) -> Refusal:
    return Refusal(Code.FORM_INVALID, fields={column: said})


_PARTS = (
    _Part(("email",), _address),
    _Part(PROFILE, _profile),
    _Part(("rating",), _rating),
    _Part(SESSIONS, _sessions),
    _Part(("hours",), _rules),
    _Part(("exceptions",), _exceptions),
    _Part(HOLIDAYS, _holidays),
    _Part(("stands_in",), _stands_in),
    _Part(("status",), _status),
)
"""In this order: a price is read in the currency before it."""
