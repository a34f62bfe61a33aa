"""Sheets: tables as CSV files (RFC 4180), which spreadsheet programs open without running anything.

A cell that begins like a formula gets an apostrophe in front; reading takes it away again.
"""

import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.rules.errors import Code, Refusal, Sentence

if TYPE_CHECKING:
    import _csv

MOST_BYTES = 1024 * 1024
MOST_ROWS = 1_000

_BOM = "\ufeff"
_QUOTED = 40
_FORMULA = re.compile("'*[=+\\-@\t\r\uff0b\uff0d\uff1d\uff20]")
"""How a formula begins, after any number of our own apostrophes; with the wide forms of the signs.

See https://owasp.org/www-community/attacks/CSV_Injection.
"""


@dataclass(frozen=True)
class SheetRow:
    """A row of a file: the line on which it begins, and its cells by the names of their columns."""

    line: int
    cells: Mapping[str, str]
    wrong: Sentence | None = None
    """Why its cells can't be told apart; there are none then."""


def defused(text: str) -> str:
    """Return a cell that no program takes for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def undone(cell: str) -> str:
    """Return the text that `defused` was given; whatever else was typed stays as it is."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def header(columns: Sequence[str], separator: str = ",") -> str:
    """Return how a file begins. The mark in front tells spreadsheet programs that it is UTF-8."""
    return _BOM + line_of(columns, separator)


def line_of(cells: Sequence[str], separator: str = ",") -> str:
    """Return one row of a file."""
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerow([defused(cell) for cell in cells])
    return written.getvalue()


def read(data: bytes, known: Collection[str]) -> list[SheetRow]:
    """Return the rows of a file whose first line names its columns, in any order.

    Empty rows are left out.

    Args:
        data: The file.
        known: The columns that it may have.

    Raises:
        Refusal: FORM_INVALID, with a sentence for `file`.
    """
    text = _text(data)
    separator = ";" if ";" in text.partition("\n")[0] else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        columns = _columns(next(lines, []), known)
        rows = [*_rows(lines, columns)]
    except csv.Error as error:
        said = Sentence(
            "Line %(line)d can't be read. Is every quotation mark closed?",
            {"line": lines.line_num},
        )
        raise _refusal(said) from error
    if len(rows) > MOST_ROWS:
        raise _refusal(Sentence("Split the file: %(most)d rows fit in one.", {"most": MOST_ROWS}))
    return rows


def _text(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise _refusal(Sentence("Split the file: it can have 1 MB at most."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal(Sentence("Save the file as CSV in UTF-8.")) from error
    if not text.strip():
        raise _refusal(Sentence("The file is empty."))
    return text


def _columns(names: Sequence[str], known: Collection[str]) -> list[str]:
    columns = [name.strip().lower() for name in names]
    for column in columns:
        if column not in known:
            raise _refusal(
                Sentence(
                    "There is no column “%(column)s”. Check the first line.",
                    {"column": column[:_QUOTED]},
                )
            )
        if columns.count(column) > 1:
            raise _refusal(Sentence("The first line names “%(column)s” twice.", {"column": column}))
    return columns


def _rows(lines: "_csv.Reader", columns: Sequence[str]) -> Iterator[SheetRow]:
    begins = lines.line_num + 1
    for cells in lines:
        if any(cell.strip() for cell in cells):
            yield _row(begins, columns, cells)
        begins = lines.line_num + 1


def _row(line: int, columns: Sequence[str], cells: Sequence[str]) -> SheetRow:
    if len(cells) != len(columns):
        counts = {"cells": len(cells), "columns": len(columns)}
        said = Sentence("It has %(cells)d cells, and there are %(columns)d columns.", counts)
        return SheetRow(line, {}, said)
    return SheetRow(line, {name: undone(cell) for name, cell in zip(columns, cells, strict=True)})


def _refusal(said: Sentence) -> Refusal:
    return Refusal(Code.FORM_INVALID, fields={"file": said})
