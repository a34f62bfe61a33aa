"""Answers to what goes wrong: one table from refusals to statuses and words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.response import Template

from domain.errors import Code, Refusal, Sentence
from web import clock
from web.heads import with_head
from web.languages import translate
from web.visits import language_of, shared_by_pages, wants_fragment, wants_json

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
        409, "The hold has ended", "The time was not kept for you any longer. Choose it again."
    ),
    Code.HOLD_SPENT: Answer(
        409,
        "It can't be held any longer",
        "You have extended it as far as it goes. Finish the form, or choose another time.",
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
    Code.TOO_LATE_TO_CANCEL: Answer(
        409, "It is too late to cancel", "The expert's terms allow it no longer."
    ),
    Code.TOO_LATE_TO_RESCHEDULE: Answer(
        409, "It is too late to reschedule", "The expert's terms allow it no longer."
    ),
    Code.NO_RESCHEDULES_LEFT: Answer(
        409,
        "It can't be rescheduled any more",
        "The expert's terms allow no further change. It stays at its time.",
    ),
    Code.ADDRESS_UNPROVEN: Answer(
        403,
        "Prove your address first",
        "Ask for a link in My bookings: whoever follows it may see and erase what is kept.",
    ),
    Code.FORM_INVALID: Answer(
        422, "Some fields need mending", "What is wrong stands beside each of them."
    ),
    Code.LINK_SPENT: Answer(
        404,
        "This link no longer works",
        "A link works once, for half an hour. Ask for a new one in My bookings.",
    ),
    Code.TOO_MANY_LINKS: Answer(
        429, "Too many links", "Enough links were asked for. Try again in an hour."
    ),
    Code.TOO_MANY_HOLDS: Answer(
        429,
        "Too many holds from your network",
        "Others there hold as many times as can be held. Book without a hold, or wait a while.",
    ),
    Code.MAIL_UNKNOWN: Answer(
        404, "No such mail", "This booking's page shows the mails that there are."
    ),
    Code.MAIL_OUTDATED: Answer(
        409, "This mail is not sent again", "It is on its way, or what it says is no longer so."
    ),
    Code.TOO_MANY_RESENDS: Answer(
        429, "Sent often enough", "Look into the folder for spam, or try again in an hour."
    ),
    Code.DAY_NOT_FULL: Answer(
        409,
        "There is a free time",
        "Not all times of that day are taken: choose one, no need to wait.",
    ),
    Code.DAY_OVER: Answer(409, "That day is over", "Choose a day that is still to come."),
    Code.DAY_TOO_FAR: Answer(
        409, "That day is too far ahead", "Choose a day that the calendar still shows."
    ),
    Code.TOO_MANY_WAITS: Answer(
        429, "Too many places in line", "Enough were asked for. Try again in an hour."
    ),
    Code.WAIT_GONE: Answer(
        404,
        "This place in line is over",
        "It was left or booked, or the time went to the next in line.",
    ),
    Code.OFFER_GONE: Answer(
        409, "No time is kept for you now", "The offer has ended, or it is not your turn yet."
    ),
    Code.BUSY: Answer(503, "Very busy right now", "Nothing was changed. Try again in a moment."),
}

_STATUSES: Mapping[int, Answer] = {
    400: Answer(400, "That request made no sense", "Go back, reload the page and try again."),
    403: Answer(
        403,
        "This page was open too long",
        "For your safety: go back, load the page again, and send the form once more.",
    ),
    404: Answer(404, "There is nothing here", "The address may be mistyped or old."),
    405: Answer(405, "That can't be done here", "Go back and use the page's own buttons."),
    413: Answer(413, "That was too much", "The form was larger than any form here can be."),
    429: Answer(429, "Too many requests", "Wait a moment, then try again."),
    500: Answer(
        500, "Something broke on our side", "Nothing was booked or changed. Try again in a moment."
    ),
    503: Answer(503, "We'll be right back", "The database doesn't answer. Try again in a moment."),
}

_Request = Request[Any, Any, Any]
_Response = Response[Any] | Template


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
    name = "fragments/problem" if wants_fragment(request) else "pages/problem"
    return Template(
        template_name=f"{name}.html",
        context={
            "answer": answer,
            "fields": fields or {},
            "viewer": None,
            "now": clock.now(),
            "asks_for_address": code == Code.BOOKING_UNKNOWN,
            **shared_by_pages(request),
        },
        status_code=answer.status,
        media_type=MediaType.HTML,
    )


def answer_refusal(request: _Request, refusal: Refusal) -> _Response:
    """Answer a refusal of the domain."""
    return answer_with(request, refusal.code, REFUSALS[refusal.code], refusal.fields)


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


def answer_unreachable(request: _Request, error: Exception) -> _Response:
    """Answer while the database cannot be reached."""
    log.error("database_unreachable", error=type(error).__name__)
    return answer_with(request, "http_503", _STATUSES[503])


def answer_fault(request: _Request, error: Exception) -> _Response:
    """Answer a fault of ours: a word to the person, the trace to the log."""
    log.error("fault", path=request.scope.get("path_template", ""), exc_info=error)
    return answer_with(request, "http_500", _STATUSES[500])
