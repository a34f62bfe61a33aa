"""Sheets: what is written is read again, whatever it says, and runs nothing where it is opened."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.rules.errors import Refusal
from domain.rules.sheets import MOST_BYTES, MOST_ROWS, defused, header, line_of, read, undone

KNOWN = ("name", "bio")
CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)


def said(data: bytes) -> str:
    with pytest.raises(Refusal) as caught:
        read(data, KNOWN)
    return str(caught.value.fields["file"])


@given(st.lists(st.tuples(CELLS, CELLS), max_size=4), st.sampled_from(",;"))
@example([("=1+1", "'=1"), ("a,b;c", 'say "no"\r\nor\nso')], ";")
def test_what_is_written_is_read_again(rows, separator):
    lines = [header(KNOWN, separator), *(line_of(cells, separator) for cells in rows)]
    found = read("".join(lines).encode(), KNOWN)

    written = [cells for cells in rows if any(cell.strip() for cell in map(defused, cells))]
    assert [(row.cells["name"], row.cells["bio"]) for row in found] == written


@pytest.mark.parametrize("text", ["=1+1", "+49 30 1", "-1", "@SUM(A1)", "\t=1", "\uff1d1"])
def test_a_formula_is_text_to_every_program(text: str):
    assert defused(text) == f"'{text}"
    assert undone(defused(text)) == text


@given(CELLS)
def test_to_defuse_a_text_changes_nothing_for_those_who_read_it(text: str):
    assert undone(defused(text)) == text


@pytest.mark.parametrize("text", ["'tis Ann", "''", "Ann = Bea", "", "0"])
def test_other_texts_stay_as_they_are(text: str):
    assert defused(text) == undone(text) == text


def test_a_row_knows_the_line_on_which_it_begins():
    found = read(b'Name ;bio\n"Ann";"one\ntwo"\n\n ; \nBea;""\nCid;1;2', KNOWN)

    assert [(row.line, row.cells) for row in found] == [
        (2, {"name": "Ann", "bio": "one\ntwo"}),
        (6, {"name": "Bea", "bio": ""}),
        (7, {}),
    ]
    assert str(found[2].wrong) == "It has 3 cells, and there are 2 columns."


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf\r\n", "The file is empty."),
        ("name\nZoë".encode("latin-1"), "Save the file as CSV in UTF-8."),
        (b"name,shoe\n", "There is no column “shoe”. Check the first line."),
        (b"name,NAME\n", "The first line names “name” twice."),
        (b'name\n"Ann', "Line 2 can't be read. Is every quotation mark closed?"),
        (b"x" * (MOST_BYTES + 1), "Split the file: it can have 1 MB at most."),
        (b"name" + b"\nAnn" * (MOST_ROWS + 1), "Split the file: 1000 rows fit in one."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(data: bytes, why: str):
    assert said(data) == why
