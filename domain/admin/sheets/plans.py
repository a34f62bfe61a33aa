"""Plans of an import: what becomes of each row of a sheet, and what tells one plan from another."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from domain.admin.sheets.reading import Wrong
from domain.store.documents import Expert


class RowAction(StrEnum):
    """What becomes of a row."""

    ADD = "add"
    CHANGE = "change"
    KEEP = "keep"
    """All of it is so already."""
    REFUSE = "refuse"


class CellChange(NamedTuple):
    """What a row changes in one column."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class RowPlan:
    """What one row would do."""

    line: int
    name: str
    action: RowAction
    before: Expert | None = None
    after: Expert | None = None
    changes: Sequence[CellChange] = ()
    wrong: Sequence[Wrong] = ()

    @property
    def fields(self) -> dict[str, object]:
        """The fields of the expert that it changes, and what each is to be."""
        if self.before is None or self.after is None:
            return {}
        before = dict(self.before)
        return {name: value for name, value in dict(self.after).items() if value != before[name]}

    @property
    def moves_address(self) -> bool:
        """Whether it changes the expert's address; both addresses get a mail then."""
        if self.before is None or self.after is None:
            return False
        return self.before.address != self.after.address

    @property
    def names_slug(self) -> bool:
        """Whether it says by what name the page is to be found."""
        return any(change.column == "slug" for change in self.changes)

    @property
    def shown(self) -> Sequence[object]:
        """All that a page says of it."""
        said = [[one.column, one.line, str(one.said)] for one in self.wrong]
        return [self.line, self.name, self.action.value, self.changes, said]


@dataclass(frozen=True)
class ImportPlan:
    """What a sheet would do, row by row."""

    rows: Sequence[RowPlan]

    @property
    def digest(self) -> str:
        """What tells this plan from any other: a page that shows it sends it back."""
        shown = json.dumps([row.shown for row in self.rows])
        return sha256(shown.encode()).hexdigest()

    @property
    def changes_something(self) -> bool:
        """Whether there is anything to be done."""
        return bool(self.of(RowAction.ADD) or self.of(RowAction.CHANGE))

    @property
    def refuses_some(self) -> bool:
        """Whether some rows can't be used."""
        return bool(self.of(RowAction.REFUSE))

    def of(self, action: RowAction) -> list[RowPlan]:
        """Return the rows of which this becomes."""
        return [row for row in self.rows if row.action is action]
