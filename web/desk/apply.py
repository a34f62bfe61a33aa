"""Applying: the form by which somebody becomes an expert."""

from litestar import get, post
from litestar.di import NamedDependency
from litestar.response import Template

from domain.desk import applications
from domain.desk.applications import WORDS_LIMIT, ApplicationForm
from domain.rules.errors import Refusal, Sentence
from domain.typed import EMAIL_LIMIT, NAME_LIMIT
from web.http.answers import saying_when
from web.http.forms import Form, read_form
from web.http.outcomes import outcome_of
from web.http.problems import REFUSALS
from web.http.this_machine import shows_outbox
from web.http.visits import Visit

_LIMITS = {"name": NAME_LIMIT, "email": EMAIL_LIMIT, "words": WORDS_LIMIT}
_EMPTY = {"name": "", "email": "", "category": "", "words": ""}


def _form_page(visit: Visit, form: Form, refusal: Refusal | None = None) -> Template:
    answer = REFUSALS[refusal.code] if refusal else None
    errors = refusal.fields if refusal else {}
    if answer and not errors:
        errors = {"email": Sentence(answer.text)}
    page = visit.show(
        "desk/apply",
        status=answer.status if answer else 200,
        values={**_EMPTY, **{name: form[name] for name in _EMPTY if name in form}},
        errors=errors,
        limits=_LIMITS,
        categories=visit.field_names,
    )
    return saying_when(page, refusal)


@get("/apply", name="apply")
async def apply_page(visit: NamedDependency[Visit]) -> Template:
    """Show the form."""
    return _form_page(visit, {})


async def _send(visit: Visit, form: Form) -> None:
    link = await applications.apply(
        visit.database,
        ApplicationForm.read(form, fields=visit.site.field_keys),
        await visit.asker(),
        zone=visit.zone(),
        language=visit.language,
        now=visit.now,
    )
    if link is None:
        return
    await visit.services.mailer.send_sign_in_link(link, visit.language, "/desk")


@post("/apply", name="send_application")
async def send_application(visit: NamedDependency[Visit]) -> Template:
    """Keep an application and mail its link; the answer is the same for every address."""
    form = await read_form(visit.request)
    outcome = await outcome_of(visit, _send(visit, form))
    if isinstance(outcome, Refusal):
        return _form_page(visit, form, outcome)
    return visit.show("desk/applied", outbox=shows_outbox(visit.request))
