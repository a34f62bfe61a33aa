"""Absences: days that an expert can't make, their preview, and a board of the answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.booking.replacements import AbsenceBoard, board_of
from domain.desk.absences import declaring, standing_in
from domain.desk.absences.declaring import AbsentDays
from domain.desk.absences.forms import read_days
from domain.desk.remarks import MESSAGE_LIMIT
from domain.rules.absences import DEFAULT_OFFER_HOURS, SOON
from domain.rules.errors import Code, Refusal, Sentence
from domain.store.documents import Booking
from domain.store.documents.absences import Absence, ReplacementState
from web.desk.access import Desk
from web.desk.agenda import next_turn
from web.http.forms import Form, read_form
from web.http.frames import Reply
from web.http.outcomes import outcome_of
from web.http.visits import key_in_address
from web.i18n.languages import marked as _

ADDRESS = "/desk/absences"
_EMPTY = {"first": "", "last": "", "message": "", "offer_hours": str(DEFAULT_OFFER_HOURS)}

_TITLES: Mapping[ReplacementState, str] = {
    ReplacementState.ASKED: _("Not answered yet"),
    ReplacementState.MOVED: _("Moved"),
    ReplacementState.CANCELLED: _("Cancelled"),
    ReplacementState.UNANSWERED: _("Cancelled without an answer"),
    ReplacementState.REVOKED: _("Takes place after all"),
}


@dataclass(frozen=True)
class AbsencePreview:
    """What an absence would do, before it is declared."""

    days: AbsentDays
    sessions: list[Booking]
    """Their attendees would be asked."""


@dataclass(frozen=True)
class AbsencesPage:
    """What the list of absences and the form for a new one show."""

    absences: Sequence[Absence]
    preview: AbsencePreview | None
    soon: datetime
    """Mail about sessions that begin before this may come too late."""
    zone: str
    values: Mapping[str, Form]
    errors: Mapping[str, Mapping[str, Sentence]]
    limits: ClassVar = {"message": MESSAGE_LIMIT}


@dataclass(frozen=True)
class AbsencePage:
    """What the board of one absence shows."""

    absence: Absence
    board: AbsenceBoard
    soon: datetime
    next_turn: datetime | None
    """When the clock alone will change what is shown."""
    zone: str
    titles: ClassVar = _TITLES


async def _show(
    desk: Desk,
    *,
    typed: Form | None = None,
    preview: AbsencePreview | None = None,
    refusal: Refusal | None = None,
) -> Template:
    page = AbsencesPage(
        absences=await declaring.of_expert(desk.visit.database, desk.expert),
        preview=preview,
        soon=desk.visit.now + SOON,
        zone=desk.expert.zone,
        values={"absence": typed or _EMPTY},
        errors={"absence": refusal.fields if refusal else {}},
    )
    return desk.show("absences", view=page, refusal=refusal)


@get(ADDRESS, name="absences")
async def absences_page(desk: NamedDependency[Desk]) -> Template:
    """List an expert's absences, with the form for a new one."""
    return await _show(desk)


async def _outcome(desk: Desk, form: Form) -> AbsencePreview | Absence:
    database, expert, now = desk.visit.database, desk.expert, desk.visit.now
    days = read_days(form)
    if "preview" in form:
        found = await declaring.displaced_by(database, expert, days, now=now)
        return AbsencePreview(days, found)
    return await declaring.declare(database, expert, days, by=desk.by, now=now)


@post(ADDRESS, name="declare_absence")
async def declare(desk: NamedDependency[Desk]) -> Reply:
    """Preview what an absence would do, or declare it; show what needs correcting."""
    form = await read_form(desk.visit.request)
    typed = {name: form.get(name, "") for name in _EMPTY}
    outcome = await outcome_of(desk.visit, _outcome(desk, form))
    if isinstance(outcome, AbsencePreview):
        return await _show(desk, typed=typed, preview=outcome)
    if isinstance(outcome, Refusal):
        if outcome.code not in {Code.FORM_INVALID, Code.HOURS_UNSET}:
            raise outcome
        return await _show(desk, typed=typed, refusal=outcome)
    desk.visit.services.mailer.wake()
    return desk.visit.go_to(f"{ADDRESS}/{outcome.id}")


@post(ADDRESS + "/stand-in", name="stand_in")
async def stand_in(desk: NamedDependency[Desk]) -> Response[Any]:
    """Start or stop offering the expert's times to attendees of absent experts."""
    form = await read_form(desk.visit.request)
    agrees, now = form.get("agree") == "yes", desk.visit.now
    await standing_in.agree(desk.visit.database, desk.expert, stands_in=agrees, by=desk.by, now=now)
    return desk.visit.go_to(f"{ADDRESS}#standing-in")


@get(ADDRESS + "/{absence_id:str}", name="absence")
async def absence_page(desk: NamedDependency[Desk], absence_id: FromPath[str]) -> Template:
    """Show who was asked because of an absence, and what they have answered."""
    visit, key = desk.visit, key_in_address(absence_id)
    absence = await declaring.find(visit.database, desk.expert, key)
    board = await board_of(visit.database, absence, now=visit.now)
    page = AbsencePage(
        absence=absence,
        board=board,
        soon=visit.now + SOON,
        next_turn=next_turn((asked.booking.starts_at for asked in board.sessions), visit.now),
        zone=desk.expert.zone,
    )
    return desk.show("absence", "_absence_board", page)


@post(ADDRESS + "/{absence_id:str}/revoke", name="revoke_absence")
async def revoke(desk: NamedDependency[Desk], absence_id: FromPath[str]) -> Response[Any]:
    """Revoke an absence: what was not moved takes place after all."""
    visit, key = desk.visit, key_in_address(absence_id)
    await declaring.revoke(visit.database, desk.expert, key, by=desk.by, now=visit.now)
    visit.services.mailer.wake()
    return visit.go_to(f"{ADDRESS}/{absence_id}")


ABSENCES = (absences_page, declare, stand_in, absence_page, revoke)
