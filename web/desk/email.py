"""The address for mail about bookings: another one counts once it is proven."""

from litestar import post
from litestar.di import NamedDependency

from domain.account import sign_in
from domain.rules.errors import Refusal
from domain.store.documents import LinkPurpose
from domain.typed import AddressForm
from web.desk.access import Desk
from web.desk.profile_view import show_profile
from web.http.forms import Form, read_form
from web.http.frames import Reply
from web.http.outcomes import outcome_of


async def _ask(desk: Desk, form: Form) -> None:
    visit, email = desk.visit, AddressForm.read(form).email
    link = await sign_in.request_link(
        visit.database,
        email,
        await visit.asker(),
        now=visit.now,
        purpose=LinkPurpose.ADDRESS,
        expert=desk.expert,
    )
    if link is None:
        return
    mailer = visit.services.mailer
    await mailer.tell_of_address_change(desk.expert, link, visit.language)
    await mailer.send_sign_in_link(link, visit.language, "/desk/profile")


@post("/desk/profile/email", name="change_email")
async def change_email(desk: NamedDependency[Desk]) -> Reply:
    """Mail a link to the new address, and tell the old one."""
    form = await read_form(desk.visit.request)
    outcome = await outcome_of(desk.visit, _ask(desk, form))
    if isinstance(outcome, Refusal):
        return show_profile(desk, form, outcome)
    return desk.visit.go_to("/desk/profile?done=email")
