"""The terms of the catalogue's people: who is rated best asks for nothing, the others vary."""

from zlib import crc32

from domain.seeds.people.person import Person, slug_of
from domain.store.documents.agreements import Terms

_BEST = 5.0

EASY = Terms(horizon_days=42)
_VARIED = (
    Terms(
        notice_minutes=30,
        horizon_days=28,
        cancel_before_minutes=120,
        reschedule_before_minutes=120,
        max_reschedules=5,
    ),
    Terms(
        notice_minutes=120,
        horizon_days=28,
        cancel_before_minutes=1_440,
        reschedule_before_minutes=720,
        max_reschedules=3,
    ),
    Terms(
        notice_minutes=720,
        horizon_days=35,
        cancel_before_minutes=2_880,
        reschedule_before_minutes=1_440,
        max_reschedules=2,
    ),
    Terms(
        notice_minutes=1_440,
        horizon_days=42,
        cancel_before_minutes=4_320,
        reschedule_before_minutes=2_880,
        max_reschedules=1,
    ),
)


def terms_of(person: Person) -> Terms:
    """Return a person's terms, the same ones on every call."""
    if person.rating >= _BEST:
        return EASY
    return _VARIED[crc32(slug_of(person).encode()) % len(_VARIED)]
