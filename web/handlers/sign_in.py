"""Proving an address: ask for a link, look at it, use it, sign out."""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain import sign_in
from domain.attendees import read_address
from domain.errors import Code, Refusal, Sentence
from web.answers import REFUSALS
from web.forms import Form, read_form
from web.handlers.bookings import list_page
from web.mail.mailer import Mailer
from web.outcomes import outcome_of
from web.sessions import new_session
from web.tokens import LinkTokens
from web.visits import Visit


async def _request_link(visit: Visit, form: Form) -> None:
    email = read_address(form)
    link = await sign_in.request_link(visit.database, email, source=visit.source, now=visit.now)
    mailer: Mailer = visit.request.app.state.mailer
    await mailer.send_sign_in_link(link, visit.language)


async def _form_again(visit: Visit, form: Form, refusal: Refusal) -> Template:
    answer = REFUSALS[refusal.code]
    errors = refusal.fields or {"email": Sentence(answer.text)}
    return await list_page(visit, values=form, errors=errors, status=answer.status)


@post("/bookings/link", name="request_link")
async def request_link(visit: NamedDependency[Visit]) -> Template:
    """Mail a sign-in link. Known and unknown addresses take the same work and the same answer."""
    form = await read_form(visit.request)
    outcome = await outcome_of(visit, _request_link(visit, form))
    if isinstance(outcome, Refusal):
        return await _form_again(visit, form, outcome)
    return visit.show("pages/link_sent", outbox=visit.request.app.state.outbox_is_shown)


def _key_of(visit: Visit, token: str) -> str:
    tokens: LinkTokens = visit.request.app.state.link_tokens
    key = tokens.sign_in.read(token)
    if key is None:
        raise Refusal(Code.LINK_SPENT)
    return key


@get("/bookings/link/{token:str}", name="link")
async def link_page(visit: NamedDependency[Visit], token: FromPath[str]) -> Template:
    """Show the button that signs in; to look changes nothing."""
    link = await sign_in.look_at_link(visit.database, _key_of(visit, token), now=visit.now)
    return visit.show("pages/link", token=token, address=link.address)


@post("/bookings/link/{token:str}", name="use_link")
async def use_link(visit: NamedDependency[Visit], token: FromPath[str]) -> Response[Any]:
    """Sign in: this browser may now see the bookings of the link's address."""
    key, visitor_id = _key_of(visit, token), visit.session.visitor_id
    address = await sign_in.spend_link(visit.database, key, visitor_id, now=visit.now)
    visit.change_session(
        visit.session.proving(address, visit.now + sign_in.PROOF_LIFETIME, visit.now)
    )
    return visit.go_to("/bookings")


@post("/bookings/sign-out", name="sign_out")
async def sign_out(visit: NamedDependency[Visit]) -> Response[Any]:
    """Make the browser a new one: it shows no booking any more, its own neither."""
    visit.change_session(new_session())
    return visit.go_to("/bookings")
