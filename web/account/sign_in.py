"""Proving an address: ask for a link, look at it, use it, sign out.

Each form may say by `next` where it leads: to a page of the desk or the administration, or to My
bookings.
"""

from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain import signing_out
from domain.account import sign_in
from domain.booking.attendees import read_address
from domain.desk import applications
from domain.rules.errors import Code, Refusal, Sentence
from web.account.bookings import list_page
from web.account.links import words_of
from web.http.answers import saying_when
from web.http.forms import Form, read_form
from web.http.outcomes import outcome_of
from web.http.paths import is_of_admin, is_of_desk, safe_path
from web.http.problems import REFUSALS
from web.http.sessions import new_session
from web.http.this_machine import shows_outbox
from web.http.visits import Visit


async def _request_link(visit: Visit, form: Form) -> None:
    email = read_address(form)
    link = await sign_in.request_link(visit.database, email, await visit.asker(), now=visit.now)
    if link is None:
        return
    await visit.services.mailer.send_sign_in_link(
        link, visit.language, safe_path(form.get("next", ""))
    )


async def _form_again(visit: Visit, form: Form, refusal: Refusal) -> Template:
    answer = REFUSALS[refusal.code]
    errors = refusal.fields or {"email": Sentence(answer.text)}
    leads_to = safe_path(form.get("next", ""))
    name = _page_with_form(leads_to)
    if name is None:
        page = await list_page(visit, values=form, errors=errors, status=answer.status)
    else:
        page = visit.show(
            name, status=answer.status, values=form, errors=errors, next_path=leads_to
        )
    return saying_when(page, refusal)


def _page_with_form(leads_to: str) -> str | None:
    """Return the template whose form was sent; None for the list of bookings."""
    if is_of_admin(leads_to):
        return "admin/sign_in"
    return "desk/sign_in" if is_of_desk(leads_to) else None


@post("/bookings/link", name="request_link")
async def request_link(visit: NamedDependency[Visit]) -> Template:
    """Mail a sign-in link. Known and unknown addresses take the same work and the same answer."""
    form = await read_form(visit.request)
    outcome = await outcome_of(visit, _request_link(visit, form))
    if isinstance(outcome, Refusal):
        return await _form_again(visit, form, outcome)
    return visit.show(
        "account/link_sent",
        outbox=shows_outbox(visit.request),
        next_path=safe_path(form.get("next", "")),
    )


def _key_of(visit: Visit, token: str) -> str:
    key = visit.services.link_tokens.sign_in.read(token)
    if key is None:
        raise Refusal(Code.LINK_SPENT)
    return key


@get("/bookings/link/{token:str}", name="link")
async def link_page(visit: NamedDependency[Visit], token: FromPath[str]) -> Template:
    """Show the button that signs in; to look changes nothing."""
    link = await sign_in.look_at_link(visit.database, _key_of(visit, token), now=visit.now)
    leads_to = safe_path(visit.query("next"))
    return visit.show(
        "account/link",
        token=token,
        address=link.address,
        next_path=leads_to,
        words=words_of(link.purpose, leads_to),
    )


@post("/bookings/link/{token:str}", name="use_link")
async def use_link(visit: NamedDependency[Visit], token: FromPath[str]) -> Response[Any]:
    """Sign in: this browser may now see and open what the link's address opens."""
    key, visitor_id = _key_of(visit, token), visit.session.visitor_id
    form = await read_form(visit.request)
    link = await sign_in.spend_link(visit.database, key, visitor_id, now=visit.now)
    await applications.follow(visit.database, link, now=visit.now)
    proven = visit.session.proving(link.address, visit.now + sign_in.PROOF_LIFETIME, visit.now)
    visit.change_session(proven.signing_in(link.address, visit.now))
    return visit.go_to(safe_path(form.get("next", "")) or "/bookings")


@post("/bookings/sign-out", name="sign_out")
async def sign_out(visit: NamedDependency[Visit]) -> Response[Any]:
    """Make the browser a new one: it shows no booking any more, its own neither."""
    form = await read_form(visit.request)
    visit.change_session(new_session())
    return visit.go_to(safe_path(form.get("next", "")) or "/bookings")


@post("/bookings/sign-out/everywhere", name="sign_out_on_all_devices")
async def sign_out_on_all_devices(visit: NamedDependency[Visit]) -> Response[Any]:
    """Sign out here, and end what this browser's addresses opened in others."""
    viewer = await visit.viewer()
    await signing_out.sign_out_everywhere(
        visit.database, viewer.addresses, admins=visit.settings.admins, now=visit.now
    )
    visit.change_session(new_session())
    return visit.go_to("/bookings")
