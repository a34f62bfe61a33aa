"""Planning an import: what each row of a sheet would do, before anything is done."""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from domain.admin.sheets.columns import COLUMNS, differs, texts_of
from domain.admin.sheets.plans import CellChange, ImportPlan, RowAction, RowPlan
from domain.admin.sheets.reading import Cells, RowRefused, Wrong, read_row
from domain.booking.bookings import normal_address
from domain.desk.newcomers import Beginnings, Newcomer, expert_of
from domain.rules import profiles as rules
from domain.rules import sheets
from domain.rules.errors import Sentence
from domain.rules.sheets import SheetRow
from domain.site.changes import current
from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.documents.profiles import ExpertStatus
from domain.store.experts import importing as store

_KEY = "slug"
_NEEDED_OF_NEW = ("name", "email", "category")
_NEEDED = Sentence("A new expert needs this.")
_NO_SLUG = Sentence("Use 3 to 60 letters from a to z, digits, and hyphens between them.")


async def plan_import(
    database: Database, data: bytes, begins: Beginnings, *, now: datetime
) -> ImportPlan:
    """Return what a file of experts would do. Changes nothing.

    A row names an expert by slug, or else by e-mail address; one who is not there is added.

    Args:
        database: Where experts are kept.
        data: The file, as `domain.rules.sheets` reads it.
        begins: What experts begin with who are added.
        now: The present instant.

    Raises:
        Refusal: FORM_INVALID, with a sentence for `file`: it is no such file.
    """
    rows = sheets.read(data, COLUMNS)
    found = await store.named(
        database,
        slugs=[_cell(row, _KEY) for row in rows],
        addresses=[normal_address(_cell(row, "email")) for row in rows if not _cell(row, _KEY)],
    )
    fields = (await current(database)).field_keys
    planner, planned = Planner(found, begins, fields, now), []
    for row in rows:
        planned.append(planner.plan(row))
        await asyncio.sleep(0)  # a thousand of them hold up nobody else
    return ImportPlan(planned)


def _cell(row: SheetRow, column: str) -> str:
    return row.cells.get(column, "").strip()


class Planner:
    """Plans one row after the other; it knows whom the rows before have named."""

    def __init__(
        self, found: Iterable[Expert], begins: Beginnings, fields: Collection[str], now: datetime
    ) -> None:
        self._by_slug: dict[str, Expert] = {}
        self._by_address: defaultdict[str, list[Expert]] = defaultdict(list)
        for expert in found:
            self._by_slug |= dict.fromkeys(expert.slugs, expert)
            if not expert.is_gone:
                self._by_address[expert.address].append(expert)
        self._fields = fields
        self._begins = begins
        self._now = now
        self._named: set[str] = set()

    def plan(self, row: SheetRow) -> RowPlan:
        """Return what a row would do."""
        name = _cell(row, "name") or _cell(row, _KEY) or _cell(row, "email")
        try:
            if row.wrong is not None:
                raise _refused("", row.wrong)
            expert = self._expert_of(row)
            self._refuse_twice(row, expert)
            self._refuse_unknown_field(row, expert)
            return self._change(row, expert) if expert else self._add(row)
        except RowRefused as refused:
            return RowPlan(row.line, name, RowAction.REFUSE, wrong=refused.wrong)

    def _expert_of(self, row: SheetRow) -> Expert | None:
        """Return whom a row names, if they are there."""
        if slug := _cell(row, _KEY):
            expert = self._by_slug.get(slug)
            if expert is not None and expert.is_gone:
                raise _refused(_KEY, Sentence("This expert was removed."))
            return expert
        found = self._by_address[normal_address(_cell(row, "email"))]
        if len(found) > 1:
            raise _refused("email", Sentence("Several experts have this address: name the slug."))
        return next(iter(found), None)

    def _refuse_twice(self, row: SheetRow, expert: Expert | None) -> None:
        typed = _cell(row, _KEY) or normal_address(_cell(row, "email"))
        named = str(expert.id) if expert else typed
        if named and named in self._named:
            raise _refused("", Sentence("A row above is about the same expert."))
        self._named.add(named)

    def _refuse_unknown_field(self, row: SheetRow, expert: Expert | None) -> None:
        """Let a field be one of the site's, or stay as it is."""
        field = _cell(row, "category")
        if field and field not in {*self._fields, expert.category if expert else ""}:
            raise _refused("category", Sentence("Choose one of the list."))

    def _change(self, row: SheetRow, expert: Expert) -> RowPlan:
        after = read_row(expert, row.cells, now=self._now)
        changes = _changes(texts_of(expert), texts_of(after))
        action = RowAction.CHANGE if changes else RowAction.KEEP
        return RowPlan(row.line, after.name, action, expert, after, changes)

    def _add(self, row: SheetRow) -> RowPlan:
        slug, typed = _cell(row, _KEY), {name for name, text in row.cells.items() if text.strip()}
        wrong = [Wrong(name, "", _NEEDED) for name in _NEEDED_OF_NEW if name not in typed]
        if slug and not rules.is_slug(slug):
            wrong.append(Wrong(_KEY, "", _NO_SLUG))
        if wrong:
            raise RowRefused(wrong)
        begun = expert_of(Newcomer("", "", ""), self._begins, ExpertStatus.PENDING, now=self._now)
        if slug:
            begun = begun.model_copy(update={"slug": slug, "slugs": [slug]})
        cells = {name: row.cells[name] for name in typed - {_KEY}}
        after = read_row(begun.model_copy(update={"applied_at": None}), cells, now=self._now)
        texts = texts_of(after)
        changes = [CellChange(name, "", texts[name]) for name in COLUMNS if name in typed]
        return RowPlan(row.line, after.name, RowAction.ADD, after=after, changes=changes)


def _changes(before: Cells, after: Cells) -> list[CellChange]:
    return [
        CellChange(column, before[column], after[column])
        for column in COLUMNS
        if differs(before[column], after[column])
    ]


def _refused(column: str, said: Sentence) -> RowRefused:
    return RowRefused([Wrong(column, "", said)])
