"""Answers to what goes wrong: one table from refusals to statuses and words."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any, TypeVar

import structlog
from litestar import HttpMethod, MediaType, Request, Response
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.response import Template

from domain.rules.errors import Code, ExpertMoved, Refusal, Sentence
from domain.store.core.outages import DatabaseError, is_outage
from web.http import clock
from web.http.heads import with_head
from web.http.paths import is_of_desk, safe_path
from web.http.patience import may_have_changed
from web.http.visits import language_of, shared_by_pages, wants_fragment, wants_json
from web.i18n.languages import translate

log = structlog.get_logger()


@dataclass(frozen=True)
class Answer:
    """A status and what to tell a person."""

    status: int
    title: str
    text: str


REFUSALS: Mapping[Code, Answer] = {
    Code.EXPERT_UNKNOWN: Answer(
        404, "No such expert", "The address may be old, or the expert no longer takes bookings."
    ),
    Code.SLOT_UNKNOWN: Answer(
        404, "No such time", "It was never offered, or the expert has withdrawn it."
    ),
    Code.SLOT_TAKEN: Answer(409, "That time is gone", "It is no longer free. Nothing was booked."),
    Code.HOLD_GONE: Answer(
        409, "The hold has ended", "Your hold on this time has ended. Choose it again."
    ),
    Code.HOLD_SPENT: Answer(
        409,
        "It can't be held any longer",
        "You can't extend it any further. Finish the form, or choose another time.",
    ),
    Code.BOOKING_UNKNOWN: Answer(
        404,
        "No such booking here",
        "This browser may not see it. If it is yours, ask for a link by e-mail.",
    ),
    Code.BOOKING_PAST: Answer(
        409, "This booking has begun", "It can no longer be cancelled or changed."
    ),
    Code.BOOKING_CANCELLED: Answer(
        409, "This booking was cancelled", "Book the time that you want instead."
    ),
    Code.BOOKING_OVERLAPS: Answer(
        409, "You are booked at that time", "Nothing was booked yet: choose another time, or both."
    ),
    Code.TERMS_CHANGED: Answer(
        409,
        "The price or the terms have changed",
        "Nothing was booked yet. Read what has changed, and confirm if you still want it.",
    ),
    Code.TOO_LATE_TO_CANCEL: Answer(
        409, "It is too late to cancel", "The expert's terms no longer allow it."
    ),
    Code.TOO_LATE_TO_RESCHEDULE: Answer(
        409, "It is too late to reschedule", "The expert's terms no longer allow it."
    ),
    Code.NO_RESCHEDULES_LEFT: Answer(
        409,
        "It can't be rescheduled any more",
        "The expert's terms allow no further changes. Your booking keeps its time.",
    ),
    Code.ADDRESS_UNPROVEN: Answer(
        403,
        "Confirm your address first",
        "Ask for a link in My bookings. It lets you see and erase what we keep.",
    ),
    Code.NOT_AT_DESK: Answer(
        403,
        "Sign in to your desk",
        "Your desk opens with a link to the e-mail address on your profile.",
    ),
    Code.PROFILE_CHANGED: Answer(
        409,
        "Your profile has changed meanwhile",
        "Nothing was saved. Beside each field you see what is saved now; saving again replaces it.",
    ),
    Code.NOT_BEGUN: Answer(
        409, "This session has not begun", "Once it has, you can say whether the attendee came."
    ),
    Code.ATTENDEE_ERASED: Answer(
        409, "The attendee was erased", "This session names nobody any more, and takes no notes."
    ),
    Code.HOURS_UNKNOWN: Answer(
        404, "No such hours", "They were removed already. Your hours show what there is now."
    ),
    Code.FORM_INVALID: Answer(
        422, "Check the highlighted fields", "Each of them says what it needs."
    ),
    Code.LINK_SPENT: Answer(
        404,
        "This link no longer works",
        "A link works once, for half an hour. Ask for a new one in My bookings.",
    ),
    Code.TOO_MANY_LINKS: Answer(
        429, "Too many links", "You have asked for too many links. Try again in a few minutes."
    ),
    Code.TOO_MANY_HOLDS: Answer(
        429,
        "Too many holds from your network",
        "Book without a hold, or try again later.",
    ),
    Code.TOO_MANY_BOOKINGS: Answer(
        429,
        "Too many bookings in a short time",
        "Others in your network count, too. Nothing was booked yet: "
        "send the form again in a few minutes.",
    ),
    Code.TOO_MANY_CHANGES: Answer(
        429,
        "Too many changes in a short time",
        "Others in your network count, too. Your booking stays as it is: "
        "try again in a few minutes.",
    ),
    Code.MAIL_UNKNOWN: Answer(
        404, "No such mail", "This booking's page shows the mails that there are."
    ),
    Code.MAIL_OUTDATED: Answer(
        409, "This mail is not sent again", "It is already on its way, or out of date."
    ),
    Code.TOO_MANY_RESENDS: Answer(
        429, "Sent too many times", "Check your spam folder, or try again a little later."
    ),
    Code.DAY_NOT_FULL: Answer(
        409,
        "There is a free time",
        "That day still has free times: choose one instead of waiting.",
    ),
    Code.DAY_OVER: Answer(409, "That day is over", "Choose a day that is still to come."),
    Code.DAY_TOO_FAR: Answer(
        409, "That day is too far ahead", "Choose a day that the calendar still shows."
    ),
    Code.TOO_MANY_WAITS: Answer(
        429, "Too many places in line", "You have asked for too many. Try again in a few minutes."
    ),
    Code.WAIT_GONE: Answer(
        404,
        "You are no longer in line",
        "You left, you booked, or the offer went to the next in line.",
    ),
    Code.OFFER_GONE: Answer(
        409, "No time is on hold for you", "The offer has ended, or it is not your turn yet."
    ),
    Code.HOURS_UNSET: Answer(
        409, "Set your hours first", "An absence closes days of your hours, and you have none yet."
    ),
    Code.ABSENCE_UNKNOWN: Answer(
        404, "No such absence", "It may be long over. Your absences are on the desk."
    ),
    Code.PAGE_INCOMPLETE: Answer(
        409, "The page is not complete", "It lacks something that visitors need."
    ),
    Code.BUSY: Answer(503, "Very busy right now", "Nothing was changed. Try again in a moment."),
}

_PAGES: Mapping[str, str] = {Code.NOT_AT_DESK: "desk/sign_in"}
"""Where a refusal has a page of its own, which says how to go on."""

_STATUSES: Mapping[int, Answer] = {
    400: Answer(400, "We could not read that request", "Go back, reload the page and try again."),
    403: Answer(
        403,
        "This page was open too long",
        "For your safety, go back, reload the page and send the form again.",
    ),
    404: Answer(404, "Page not found", "The address may be mistyped or out of date."),
    405: Answer(405, "That can't be done here", "Go back and use the page's own buttons."),
    413: Answer(413, "Too much data", "The form is too large."),
    429: Answer(429, "Too many requests", "Wait a moment, then try again."),
    500: Answer(
        500,
        "Something went wrong on our side",
        "Nothing was booked or changed. Try again in a moment.",
    ),
    503: Answer(503, "We'll be right back", "The database doesn't answer. Try again in a moment."),
}

_UNCHANGED = Answer(
    503,
    "We'll be right back",
    "The database doesn't answer: nothing was changed. Try again in a moment.",
)
_UNCONFIRMED = Answer(
    503,
    "We could not confirm that",
    "The database stopped answering, so your change may be saved or not. Reload the page to see, "
    "or send the form again: it counts once.",
)
_UNCONFIRMED_FAULT = Answer(
    500,
    "Something went wrong on our side",
    "Your change may be saved or not. Reload the page to see, "
    "or send the form again: it counts once.",
)
RETRY_AFTER_S = 3
"""When to ask again: an election takes a few seconds."""

_Request = Request[Any, Any, Any]
_Response = Response[Any] | Template
Answered = TypeVar("Answered", bound=Response[Any] | Template)


def _problem(code: str, answer: Answer, fields: Mapping[str, Sentence], language: str) -> _Response:
    """Describe a problem as RFC 9457 does, section 3."""
    wrong = {name: translate(language, m.text) % m.values for name, m in fields.items()}
    problem = {
        "type": f"urn:expertconnect:problem:{code}",
        "title": translate(language, answer.title),
        "status": answer.status,
        "detail": translate(language, answer.text),
        **({"fields": wrong} if wrong else {}),
    }
    return Response(problem, status_code=answer.status, media_type="application/problem+json")


def answer_with(
    request: _Request, code: str, answer: Answer, fields: Mapping[str, Sentence] | None = None
) -> _Response:
    """Answer with a problem document, a fragment or a page, by what was asked for."""
    if wants_json(request):
        return _problem(code, answer, fields or {}, language_of(request))
    page = _PAGES.get(code, "layout/problem")
    name = "layout/_problem" if wants_fragment(request) else page
    return Template(
        template_name=f"{name}.html",
        context={
            "answer": answer,
            "fields": fields or {},
            "viewer": None,
            "now": clock.now(),
            "asks_for_address": code == Code.BOOKING_UNKNOWN and not is_of_desk(request.url.path),
            "values": {},
            "errors": {},
            "next_path": safe_path(_address_of(request)),
            **shared_by_pages(request),
        },
        status_code=answer.status,
        media_type=MediaType.HTML,
    )


def _address_of(request: _Request) -> str:
    """Return where to go on after signing in: to the page that was asked for, never to a form."""
    return request.url.path if request.method == HttpMethod.GET else ""


def _unavailable(request: _Request, code: str, answer: Answer) -> _Response:
    """Answer 503, and when to come back (RFC 9110, section 10.2.3)."""
    answered = answer_with(request, code, answer)
    answered.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answered


def saying_when(answered: Answered, refusal: Refusal | None) -> Answered:
    """Add to an answer when to ask again, where its refusal says so (RFC 6585, section 4)."""
    if refusal is not None and refusal.retry_after is not None:
        answered.headers["Retry-After"] = str(ceil(refusal.retry_after.total_seconds()))
    return answered


def answer_refusal(request: _Request, refusal: Refusal) -> _Response:
    """Answer a refusal of the domain."""
    answer = REFUSALS[refusal.code]
    if answer.status == 503:  # noqa: PLR2004
        return _unavailable(request, refusal.code, answer)
    return saying_when(answer_with(request, refusal.code, answer, refusal.fields), refusal)


def answer_move(request: _Request, moved: ExpertMoved) -> _Response:
    """Lead on from an expert's former address, whatever is asked for there."""
    former, present = f"/experts/{moved.former}", f"/experts/{moved.slug}"
    query = f"?{request.url.query}" if request.url.query else ""
    # The name itself may be given back: no browser is to remember where it leads.
    headers = {"Location": request.url.path.replace(former, present, 1) + query}
    return Response(b"", status_code=308, headers=headers, media_type=MediaType.TEXT)


def answer_http_error(request: _Request, error: HTTPException) -> _Response:
    """Answer what the framework refuses: unknown addresses, wrong methods, bodies too large."""
    status = error.status_code
    if isinstance(error, PermissionDeniedException):
        status = 403
    answer = _STATUSES.get(status) or _STATUSES[400 if status < 500 else 500]  # noqa: PLR2004
    answered = answer_with(request, f"http_{answer.status}", answer)
    if allowed := (error.headers or {}).get("allow"):  # RFC 9110, section 15.5.6
        answered.headers["Allow"] = with_head(allowed)
    return answered


def answer_silence(request: _Request, error: Exception) -> _Response:
    """Answer while the database is silent, or did not say whether it made a change."""
    unconfirmed = may_have_changed(request)
    log.error("database_silent", error=type(error).__name__, unconfirmed=unconfirmed)
    if unconfirmed:
        return _unavailable(request, "unconfirmed", _UNCONFIRMED)
    is_form = request.method == HttpMethod.POST
    return _unavailable(request, "http_503", _UNCHANGED if is_form else _STATUSES[503])


def answer_database_error(request: _Request, error: DatabaseError) -> _Response:
    """Answer what the driver raises: the database is out of reach, or we asked it wrongly."""
    return answer_silence(request, error) if is_outage(error) else answer_fault(request, error)


def answer_fault(request: _Request, error: Exception) -> _Response:
    """Answer a fault of ours: a word to the person, the trace to the log."""
    log.error("fault", path=request.scope.get("path_template", ""), exc_info=error)
    answer = _UNCONFIRMED_FAULT if may_have_changed(request) else _STATUSES[500]
    return answer_with(request, "http_500", answer)
