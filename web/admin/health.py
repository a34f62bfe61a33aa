"""Health: what this process can find out about the installation, without writing or sending."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from domain.rules.checks import Check, CheckState
from web.admin.access import Administration
from web.checks.everything import look_at_database, look_at_host, look_at_mail
from web.i18n.languages import marked as _

_WORST_FIRST = (CheckState.WRONG, CheckState.WARNING, CheckState.OK)


STATES: Mapping[CheckState, str] = {
    CheckState.OK: _("all right"),
    CheckState.WARNING: _("could be better"),
    CheckState.WRONG: _("wrong"),
}


@dataclass(frozen=True)
class Health:
    """All checks, the worst first."""

    checks: Sequence[Check]

    @property
    def troubles(self) -> int:
        """Return how many of them need somebody."""
        return sum(check.state is not CheckState.OK for check in self.checks)


def health_of(checks: Sequence[Check]) -> Health:
    """Put checks into the order in which they are read."""
    return Health(sorted(checks, key=lambda check: _WORST_FIRST.index(check.state)))


@get("/admin/health", name="admin_health")
async def health_page(admin: NamedDependency[Administration]) -> Template:
    """Show how everything is."""
    visit = admin.visit
    of_host = asyncio.to_thread(lambda: [*look_at_host(visit.settings, visit.now)])
    of_mail = look_at_mail(visit.settings, visit.services.mailer.watch)
    of_database = [check async for check in look_at_database(visit.database, writing=False)]
    health = health_of([*of_database, *of_mail, *await of_host])
    return admin.show("health", view=health, states=STATES)
