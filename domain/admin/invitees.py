"""Invitees: whom administrators type to invite, one by one or as a pasted list."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.booking.bookings import normal_address
from domain.desk.profile_forms import Category
from domain.rules.errors import Code, Refusal, Sentence
from domain.typed import Email, Name, TypedForm

MOST_AT_ONCE = 100
LIST_LIMIT = 20_000

_WITH_NAME = re.compile(r"(?P<name>.*?)\s*<(?P<email>[^<>]*)>")


class InvitationForm(TypedForm):
    """Who is invited, as typed."""

    name: Name
    email: Email


class CategoryForm(TypedForm):
    """The field of expertise in which people are invited."""

    category: Category


class Invitee(NamedTuple):
    """Somebody to invite."""

    name: str
    email: str
    line: int = 1
    """Where they stand in a list, from 1 on."""

    @property
    def address(self) -> str:
        """The e-mail in lower case."""
        return normal_address(self.email)


class BadLine(NamedTuple):
    """A line of a list that can't be used."""

    number: int
    text: str
    said: Sentence


class LinesRefused(Refusal):
    """FORM_INVALID for `people`, with each line that can't be used."""

    def __init__(self, lines: Sequence[BadLine]) -> None:
        said = Sentence("Nobody was invited yet. Correct these lines, or remove them.")
        super().__init__(Code.FORM_INVALID, fields={"people": said})
        self.lines = lines


def read_person(values: Mapping[str, str]) -> Invitee:
    """Return whom a form names.

    Raises:
        Refusal: FORM_INVALID, with a message for each field that needs mending.
    """
    form = InvitationForm.read(values)
    return Invitee(form.name, form.email)


def read_category(values: Mapping[str, str], *, fields: Collection[str]) -> str:
    """Return the field of expertise that a form names: one of the site's.

    Raises:
        Refusal: FORM_INVALID.
    """
    return CategoryForm.read(values, fields=fields).category


def read_people(text: str) -> list[Invitee]:
    """Return whom a list names, by a line for each: an address, or `Name <address>`.

    Raises:
        LinesRefused: Some lines can't be used.
        Refusal: FORM_INVALID, for `people`: nobody is named, or too many are.
    """
    people: dict[str, Invitee] = {}
    bad = []
    for number, line in _lines(text):
        try:
            invitee = read_person(_typed_in(line))._replace(line=number)
        except Refusal as refusal:
            bad.append(BadLine(number, line, next(iter(refusal.fields.values()))))
            continue
        if invitee.address in people:
            bad.append(BadLine(number, line, Sentence("This address is on the list twice.")))
        people.setdefault(invitee.address, invitee)
    if bad:
        raise LinesRefused(bad)
    if not 0 < len(people) <= MOST_AT_ONCE:
        said = Sentence("Enter from 1 to %(most)d addresses.", {"most": MOST_AT_ONCE})
        raise Refusal(Code.FORM_INVALID, fields={"people": said})
    return [*people.values()]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        if typed := line.strip().rstrip(",;").rstrip():
            yield number, typed


def _typed_in(line: str) -> dict[str, str]:
    found = _WITH_NAME.fullmatch(line)
    email = found["email"] if found else line
    name = found["name"].strip("\"' ") if found else ""
    return {"name": name or _name_in(email), "email": email}


def _name_in(email: str) -> str:
    """Return the name that an address may be made of, for somebody to correct."""
    local, _, _ = email.partition("@")
    return " ".join(part.capitalize() for part in re.split(r"[._-]+", local) if part) or email
