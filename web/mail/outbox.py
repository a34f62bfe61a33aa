"""The outbox of a development server: mail that was not sent anywhere."""

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.response import Template

from domain.store.mail import outbox
from web.http.this_machine import this_machine_only
from web.http.visits import Visit

_SHOWN = 100


@get("/dev/outbox", name="outbox", guards=[this_machine_only])
async def show_outbox(visit: NamedDependency[Visit]) -> Template:
    """Show the latest mails whole, the newest first."""
    mails = await outbox.kept(visit.database, limit=_SHOWN)
    return visit.show("mail/outbox", mails=mails)


router = Router("/", route_handlers=[show_outbox])
