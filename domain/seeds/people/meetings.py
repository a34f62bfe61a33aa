"""How the catalogue's people meet: most by video, some on the phone, some at their office."""

from zlib import crc32

from domain.rules.meetings import MeetingKind
from domain.seeds.people.person import Person, slug_of
from domain.store.documents.agreements import Meeting

_PHONES = {"GBP": "+44 20 7946 0{:03}", "USD": "+1 202 555 01{:02}"}
"""Numbers that are kept for fiction: Ofcom's for London, and 555-0100 to 555-0199."""
_STREETS = ("12 Station Road", "3 Market Square", "27 Park Lane", "8 Mill Street")


def meeting_of(person: Person) -> Meeting:
    """Return how a person meets, the same on every call."""
    slug = slug_of(person)
    draw = crc32(slug.encode())
    if draw % 5 == 0 and person.currency in _PHONES:
        number = _PHONES[person.currency].format(draw % 100)
        return Meeting(kind=MeetingKind.PHONE, text=number)
    if draw % 5 == 1:
        return Meeting(kind=MeetingKind.ADDRESS, text=f"{_street(draw)}, {_city(person)}")
    return Meeting(kind=MeetingKind.VIDEO, text=f"https://meet.example.org/{slug}")


def _street(draw: int) -> str:
    return _STREETS[draw % len(_STREETS)]


def _city(person: Person) -> str:
    """Return the city that a person's zone is named after."""
    return person.zone.rpartition("/")[2].replace("_", " ")
