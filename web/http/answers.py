"""Answers to what goes wrong: as a page, a fragment or a problem document."""

from collections.abc import Mapping
from math import ceil
from typing import Any, TypeVar

import structlog
from litestar import HttpMethod, MediaType, Request, Response
from litestar.exceptions import HTTPException, PermissionDeniedException
from litestar.response import Template
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR, HTTP_503_SERVICE_UNAVAILABLE

from domain.rules.errors import Code, ExpertMoved, Refusal, Sentence
from domain.store.core.outages import DatabaseError, is_outage
from web.http import clock
from web.http.faults import STATUSES, UNCHANGED, UNCONFIRMED, UNCONFIRMED_FAULT
from web.http.heads import with_head
from web.http.paths import is_of_desk, safe_path
from web.http.patience import may_have_changed
from web.http.problems import REFUSALS, Problem
from web.http.request_ids import request_id_of
from web.http.requests import language_of, shared_by_pages, wants_fragment, wants_json
from web.i18n.languages import translate

log = structlog.get_logger()


_PAGES: Mapping[str, str] = {
    Code.NOT_AT_DESK: "desk/sign_in",
    Code.NOT_ADMINISTRATOR: "admin/sign_in",
}
"""Refusals with a page of their own, which says how to go on."""

RETRY_AFTER_S = 3
"""When to ask again: an election takes a few seconds."""

_Request = Request[Any, Any, Any]
_Response = Response[Any] | Template
Answered = TypeVar("Answered", bound=Response[Any] | Template)


def _document(
    request: _Request, code: str, answer: Problem, fields: Mapping[str, Sentence]
) -> _Response:
    """Describe a problem as RFC 9457 does, section 3."""
    language, quotable = language_of(request), _id_to_quote(request, answer)
    wrong = {name: translate(language, m.text) % m.values for name, m in fields.items()}
    problem = {
        "type": f"urn:expertconnect:problem:{code}",
        "title": translate(language, answer.title),
        "status": answer.status,
        "detail": translate(language, answer.text),
        **({"instance": f"urn:expertconnect:request:{quotable}"} if quotable else {}),
        **({"fields": wrong} if wrong else {}),
    }
    return Response(problem, status_code=answer.status, media_type="application/problem+json")


def answer_with(
    request: _Request, code: str, answer: Problem, fields: Mapping[str, Sentence] | None = None
) -> _Response:
    """Answer with a problem document, a fragment or a page, by what was asked for."""
    if wants_json(request):
        return _document(request, code, answer, fields or {})
    page = _PAGES.get(code, "layout/problem")
    name = "layout/_problem" if wants_fragment(request) else page
    return Template(
        template_name=f"{name}.html",
        context={
            "answer": answer,
            "fields": fields or {},
            "now": clock.now(),
            "asks_for_address": code == Code.BOOKING_UNKNOWN and not is_of_desk(request.url.path),
            "values": {},
            "errors": {},
            "next_path": safe_path(_address_of(request)),
            "request_id": _id_to_quote(request, answer),
            **shared_by_pages(request),
        },
        status_code=answer.status,
        media_type=MediaType.HTML,
    )


def _id_to_quote(request: _Request, answer: Problem) -> str:
    """Return the id by which the log tells more of a fault of ours; nothing for all else."""
    return request_id_of(request.scope) if answer.status >= HTTP_500_INTERNAL_SERVER_ERROR else ""


def _address_of(request: _Request) -> str:
    """Return where to go on after signing in: to the page that was asked for, never to a form."""
    return request.url.path if request.method == HttpMethod.GET else ""


def _unavailable(request: _Request, code: str, answer: Problem) -> _Response:
    """Answer 503, and when to come back (RFC 9110, section 10.2.3)."""
    answered = answer_with(request, code, answer)
    answered.headers["Retry-After"] = str(RETRY_AFTER_S)
    return answered


def saying_when(answered: Answered, refusal: Refusal | None) -> Answered:
    """Add to an answer when to ask again, if its refusal says so (RFC 6585, section 4)."""
    if refusal is not None and refusal.retry_after is not None:
        answered.headers["Retry-After"] = str(ceil(refusal.retry_after.total_seconds()))
    return answered


def answer_refusal(request: _Request, refusal: Refusal) -> _Response:
    """Answer a refusal of the domain."""
    answer = REFUSALS[refusal.code]
    if answer.status == HTTP_503_SERVICE_UNAVAILABLE:
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
    answer = STATUSES.get(status) or STATUSES[400 if status < 500 else 500]  # noqa: PLR2004
    answered = answer_with(request, f"http_{answer.status}", answer)
    headers = error.headers or {}
    if allowed := headers.get("allow"):  # RFC 9110, section 15.5.6
        answered.headers["Allow"] = with_head(allowed)
    if retry_after := headers.get("Retry-After"):  # RFC 6585, section 4
        answered.headers["Retry-After"] = retry_after
    return answered


def answer_silence(request: _Request, error: Exception) -> _Response:
    """Answer while the database is silent, or did not say whether it made a change."""
    unconfirmed = may_have_changed(request)
    log.error("database_silent", error=type(error).__name__, unconfirmed=unconfirmed)
    if unconfirmed:
        return _unavailable(request, "unconfirmed", UNCONFIRMED)
    is_form = request.method == HttpMethod.POST
    return _unavailable(request, "http_503", UNCHANGED if is_form else STATUSES[503])


def answer_database_error(request: _Request, error: DatabaseError) -> _Response:
    """Answer what the driver raises: the database is out of reach, or we asked it wrongly."""
    return answer_silence(request, error) if is_outage(error) else answer_fault(request, error)


def answer_fault(request: _Request, error: Exception) -> _Response:
    """Answer a fault of ours: a word to the person, the trace to the log."""
    log.error("fault", path=request.scope.get("path_template", ""), exc_info=error)
    answer = UNCONFIRMED_FAULT if may_have_changed(request) else STATUSES[500]
    return answer_with(request, "http_500", answer)
