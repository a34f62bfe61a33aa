"""The overview: what wants an administrator's attention, and figures week by week."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from urllib.parse import urlencode

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template

from domain.admin.attention import COUNTED_UP_TO, Attention, look
from domain.admin.figures import Figures
from domain.rules.figures import WEEKS, mondays, mondays_from
from domain.rules.schedule import day_of
from web.admin.access import Administration
from web.admin.overview_figures import COLUMNS, FigureTables, FigureWriter
from web.http.visits import Visit
from web.i18n.zones import zone_info
from web.version import VERSION

_FAR = timedelta(weeks=520)


@dataclass(frozen=True)
class Chosen:
    """Which figures are asked for: from which week on, and of whom."""

    first: date
    field: str
    expert: str
    """The name in the address of the expert's page."""

    def address(self, first: date | None = None, **others: str) -> str:
        """Return where other figures are, of the same people unless they are named."""
        asked = {"field": self.field, "expert": self.expert, **others}
        week = {"week": (first or self.first).isoformat()}
        return f"/admin?{urlencode({**week, **{k: v for k, v in asked.items() if v}})}#figures"

    def narrow(self, figures: Figures) -> Figures:
        """Return the figures of those who are asked for."""
        if self.expert:
            return figures.of(lambda one: one is not None and one.slug == self.expert)
        if self.field:
            return figures.of(lambda one: one is not None and one.category == self.field)
        return figures


@dataclass(frozen=True)
class OverviewPage:
    """What the page shows."""

    attention: Attention
    mail_trouble: str
    clock_ahead_s: float | None
    """By how many seconds the database's clock is ahead, if that is too much."""
    chosen: Chosen
    fields: Sequence[tuple[str, str]]
    tables: FigureTables
    as_of: datetime
    zone: str
    earlier: str
    later: str
    columns: ClassVar = COLUMNS
    most: ClassVar = COUNTED_UP_TO
    version: ClassVar = VERSION


def _chosen(visit: Visit, zone: str) -> Chosen:
    today = day_of(visit.now, zone_info(zone))
    try:
        asked = date.fromisoformat(visit.query("week"))
        first = mondays_from(min(max(asked, today - _FAR), today + _FAR))[0]
    except ValueError:
        first = mondays(today)[0]
    return Chosen(first, visit.query("field"), visit.query("expert"))


@get("/admin", name="admin")
async def overview_page(admin: NamedDependency[Administration]) -> Template:
    """Show the overview."""
    visit = admin.visit
    zone, language = visit.zone(), visit.language
    chosen = _chosen(visit, zone)
    figures = await visit.services.figures.of(chosen.first, zone, now=visit.now)
    today = day_of(visit.now, zone_info(zone))
    writer = FigureWriter(chosen.narrow(figures), visit.site, language, today)
    database_clock = visit.database.clock
    span = timedelta(weeks=WEEKS)
    page = OverviewPage(
        attention=await look(visit.database, now=visit.now),
        mail_trouble=visit.services.mailer.trouble,
        clock_ahead_s=database_clock.ahead.total_seconds() if database_clock.is_apart else None,
        chosen=chosen,
        fields=visit.field_names,
        tables=writer.tables(chosen.address),
        as_of=figures.as_of,
        zone=zone,
        earlier=chosen.address(chosen.first - span),
        later=chosen.address(chosen.first + span),
    )
    return admin.show("overview", view=page)
