"""Tables as CSV (RFC 4180), sent while they are read: as long as they are, they take no memory."""

import csv
from collections.abc import AsyncIterator, Iterable, Sequence
from io import StringIO

from domain.rules.sheets import defused

_AT_ONCE = 32 * 1024

Cell = str | int | None


async def csv_of(heads: Sequence[str], rows: AsyncIterator[Iterable[Cell]]) -> AsyncIterator[bytes]:
    """Yield a table, part by part.

    Args:
        heads: The names of its columns.
        rows: Its lines, each with a cell for each column.
    """
    written = StringIO()
    table = csv.writer(written)
    table.writerow(heads)
    async for row in rows:
        table.writerow([_harmless(cell) for cell in row])
        if written.tell() > _AT_ONCE:
            yield written.getvalue().encode()
            written.seek(0)
            written.truncate()
    yield written.getvalue().encode()


def _harmless(cell: Cell) -> Cell:
    return defused(cell) if isinstance(cell, str) else cell
