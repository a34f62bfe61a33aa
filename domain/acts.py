"""Log entries: who did what, to an expert, an administrator, a booking or the site."""

from collections.abc import Sequence
from datetime import datetime

from domain.rules.log import Action, Actor, FieldChange, NewEntry, Subject, SubjectKind
from domain.store.core.database import Key


def on_administrator(by: Actor, action: Action, key: Key, now: datetime) -> NewEntry:
    """Return an act that is about an administrator."""
    return NewEntry(by, action, Subject(SubjectKind.ADMINISTRATOR, str(key)), now)


def on_expert(
    by: Actor, action: Action, key: Key, now: datetime, changes: Sequence[FieldChange] = ()
) -> NewEntry:
    """Return an act that is about an expert: their hours, their profile, their desk."""
    return NewEntry(by, action, Subject(SubjectKind.EXPERT, str(key)), now, changes)


def on_booking(
    by: Actor, action: Action, key: Key, now: datetime, changes: Sequence[FieldChange] = ()
) -> NewEntry:
    """Return an act that is about a booking."""
    return NewEntry(by, action, Subject(SubjectKind.BOOKING, str(key)), now, changes)


def on_site(
    by: Actor, action: Action, now: datetime, changes: Sequence[FieldChange] = ()
) -> NewEntry:
    """Return an act that is about the site: there is but one."""
    return NewEntry(by, action, Subject(SubjectKind.SITE, "site"), now, changes)
