"""To the provider and back: both are links that a browser follows, and neither changes data."""

import secrets
from typing import TYPE_CHECKING, Any

from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Redirect, Template
from prometheus_client import Counter

from domain import waitlist
from domain.account import sign_in
from domain.booking.attendees import read_address
from domain.booking.bookings import normal_address
from domain.rules.errors import Code, Refusal
from web.http.answers import saying_when
from web.http.outcomes import outcome_of
from web.http.paths import safe_path
from web.http.problems import REFUSALS
from web.http.visits import Visit
from web.openid.flows import SignInFlow, new_flow

if TYPE_CHECKING:
    from web.openid.provider import Provider

BACK = "/sign-in/openid/back"
"""Where the provider sends browsers back to."""

_DESK = "/desk"
_DONE = "done"

_SIGN_INS = Counter(
    "expertconnect_provider_sign_ins",
    "People who came back from the provider, by outcome: done, or why not.",
    ["outcome"],
)
_SIGN_INS.labels(_DONE)  # 0 is told from the first look on


@get("/sign-in/openid", name="openid")
async def to_provider(visit: NamedDependency[Visit]) -> Response[Any] | Template:
    """Send the browser to the provider, with a cookie that it is recognised by afterwards."""
    provider = _provider_of(visit)
    flow = new_flow(safe_path(visit.query("next")) or _DESK)
    outcome = await outcome_of(visit, provider.address_to_ask(flow))
    if isinstance(outcome, Refusal):
        return _refused(visit, outcome, flow.leads_to)
    answer = Redirect(outcome, status_code=303)
    answer.set_cookie(visit.services.flow_cookie.write(flow))
    return answer


@get(BACK, name="openid_back")
async def from_provider(visit: NamedDependency[Visit]) -> Response[Any] | Template:
    """Sign in whom the provider vouches for, as a mailed link would."""
    provider = _provider_of(visit)
    cookie = visit.services.flow_cookie
    flow = cookie.flow_in(visit.request.cookies)
    outcome = await outcome_of(visit, _address(visit, provider, flow))
    answer: Response[Any] | Template
    if isinstance(outcome, Refusal):
        _SIGN_INS.labels(outcome.code.value).inc()
        answer = _refused(visit, outcome, flow.leads_to if flow else _DESK)
    else:
        _SIGN_INS.labels(_DONE).inc()
        visitor_id = visit.session.visitor_id
        await waitlist.prove_address(visit.database, outcome, visitor_id)
        proven = visit.session.proving(outcome, visit.now + sign_in.PROOF_LIFETIME, visit.now)
        visit.change_session(proven.signing_in(outcome, visit.now))
        answer = visit.go_to(flow.leads_to if flow else _DESK)
    answer.set_cookie(cookie.gone())
    return answer


async def _address(visit: Visit, provider: "Provider", flow: SignInFlow | None) -> str:
    """Return the address of who signed in, in lower case."""
    if flow is None or not secrets.compare_digest(
        flow.state.encode(), visit.query("state").encode()
    ):
        raise Refusal(Code.SIGN_IN_STALE)
    if not (code := visit.query("code")):  # it was broken off there
        raise Refusal(Code.SIGN_IN_REFUSED)
    told = await provider.address_vouched_for(code, flow)
    try:
        return normal_address(read_address({"email": told}))
    except Refusal as refusal:  # nobody here could have typed it
        raise Refusal(Code.ADDRESS_UNVERIFIED) from refusal


def _provider_of(visit: Visit) -> "Provider":
    if visit.services.provider is None:
        raise NotFoundException
    return visit.services.provider


def _refused(visit: Visit, refusal: Refusal, leads_to: str) -> Template:
    answer = REFUSALS[refusal.code]
    page = visit.show("openid/refused", status=answer.status, answer=answer, next_path=leads_to)
    return saying_when(page, refusal)


router = Router("/", route_handlers=[to_provider, from_provider])
