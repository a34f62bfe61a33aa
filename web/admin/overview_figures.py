"""The figures of the overview: what adds up, as charts and as tables."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from babel import Locale
from babel.numbers import format_decimal, format_percent

from domain.admin.figures import FREE_KEPT_FOR, Figures
from domain.rules.figures import Tally, by, total
from domain.store.documents.site import Site
from domain.store.figures import Counted
from web.admin.charts import Chart, Series, highest_of
from web.i18n.formats import short_date
from web.i18n.languages import LOCALES, translate
from web.i18n.languages import marked as _
from web.i18n.names import field_name

MOST_EXPERTS = 20
NOTHING = "\N{EN DASH}"
"""Stands where nothing is known."""


@dataclass(frozen=True)
class FigureRow:
    """A line of a table: what it is about, and where to find more of it."""

    name: str
    cells: Sequence[str]
    path: str = ""


@dataclass(frozen=True)
class FigureTables:
    """What the page shows of the figures."""

    charts: Sequence[Chart]
    weeks: Sequence[FigureRow]
    fields: Sequence[FigureRow]
    experts: Sequence[FigureRow]
    """The busiest."""
    total: FigureRow


COLUMNS = (
    _("Sessions"),
    _("Hours booked"),
    _("Hours offered"),
    _("Booked"),
    _("Days ahead"),
    _("Cancelled"),
    _("Missed"),
    _("Waiting"),
)


class FigureWriter:
    """Writes figures in a language."""

    def __init__(self, figures: Figures, site: Site, language: str, today: date) -> None:
        self._figures = figures
        self._site = site
        self._language = language
        self._locale: Locale = LOCALES[language]
        self._kept_from = today - FREE_KEPT_FOR

    def tables(self, path_of: Callable[..., str]) -> FigureTables:
        """Return everything that the page shows; `path_of` says where a choice leads."""
        weeks, experts = self._figures.weeks, self._figures.experts
        fields = by(weeks, lambda key: experts[key].category if key in experts else "")
        people = by(weeks, experts.get)
        busiest = sorted(people.items(), key=lambda one: -one[1].sessions)[:MOST_EXPERTS]
        return FigureTables(
            charts=self._charts(),
            weeks=[
                FigureRow(self._week(week.monday), self._cells(week.total(), week.monday))
                for week in weeks
            ],
            fields=[self._field(name, fields[name], path_of) for name in sorted(fields)],
            experts=[self._expert(one, tally, path_of) for one, tally in busiest],
            total=FigureRow(self._say(_("All together")), self._cells(self._total())),
        )

    def _total(self) -> Tally:
        return total(week.total() for week in self._figures.weeks)

    def _field(self, name: str, tally: Tally, path_of: Callable[..., str]) -> FigureRow:
        gone = self._say(_("Experts who are gone"))
        words = field_name(self._site, name, self._language) if name else gone
        return FigureRow(words, self._cells(tally), path_of(field=name) if name else "")

    def _expert(
        self, expert: Counted | None, tally: Tally, path_of: Callable[..., str]
    ) -> FigureRow:
        if expert is None:
            return FigureRow(self._say(_("Experts who are gone")), self._cells(tally))
        return FigureRow(expert.name, self._cells(tally), path_of(expert=expert.slug))

    def _charts(self) -> Sequence[Chart]:
        sums = [week.total() for week in self._figures.weeks]
        hours = [
            Series(self._say(_("Offered")), "violet", self._offered()),
            Series(self._say(_("Booked")), "teal", [one.booked_minutes / 60 for one in sums]),
        ]
        sessions = [
            Series(self._say(_("Sessions")), "teal", [one.sessions for one in sums]),
            Series(self._say(_("Cancelled")), "amber", [one.cancelled for one in sums]),
            Series(self._say(_("Missed")), "danger", [one.missed for one in sums]),
        ]
        lead = [Series(self._say(_("Days ahead")), "violet", [one.lead_days for one in sums])]
        return [
            self._chart(_("Hours offered and booked"), hours),
            self._chart(_("Sessions, cancelled and missed"), sessions),
            self._chart(_("How many days ahead people book"), lead),
        ]

    def _offered(self) -> list[float | None]:
        return [
            week.total().offered_minutes / 60 if self._is_kept(week.monday) else None
            for week in self._figures.weeks
        ]

    def _chart(self, title: str, series: Sequence[Series]) -> Chart:
        groups = [short_date(self._locale, week.monday) for week in self._figures.weeks]
        return Chart(self._say(title), groups, series, self._number(highest_of(series)))

    def _week(self, monday: date) -> str:
        sunday = monday + timedelta(days=6)
        return f"{short_date(self._locale, monday)} {NOTHING} {short_date(self._locale, sunday)}"

    def _cells(self, tally: Tally, monday: date | None = None) -> Sequence[str]:
        is_kept = monday is None or self._is_kept(monday)
        share = tally.booked_minutes / tally.offered_minutes if tally.offered_minutes else None
        return [
            self._number(tally.sessions),
            self._number(tally.booked_minutes / 60),
            self._number(tally.offered_minutes / 60) if is_kept else NOTHING,
            self._percent(share if is_kept else None),
            self._number(tally.lead_days),
            *(self._number(n) for n in (tally.cancelled, tally.missed, tally.waiting)),
        ]

    def _is_kept(self, monday: date) -> bool:
        """Say whether the times of a week that nobody booked are still there."""
        return monday >= self._kept_from

    def _number(self, number: float | None) -> str:
        if number is None:
            return NOTHING
        return str(format_decimal(number, "#,##0.#", locale=self._locale))

    def _percent(self, share: float | None) -> str:
        return NOTHING if share is None else str(format_percent(share, locale=self._locale))

    def _say(self, text: str) -> str:
        return translate(self._language, text)
