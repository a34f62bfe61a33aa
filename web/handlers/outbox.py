"""The outbox of a development server: mail that was not sent anywhere."""

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from domain.store import outbox
from web.visits import Visit

_SHOWN = 100


@get("/dev/outbox", name="outbox")
async def show_outbox(visit: NamedDependency[Visit]) -> Template:
    """Show the latest mails whole, the newest first."""
    mails = await outbox.kept(visit.database, limit=_SHOWN)
    return visit.show("pages/outbox", mails=mails)
