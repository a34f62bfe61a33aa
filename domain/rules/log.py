"""The log of acts: who did what to what, what it was before and after, and what chains it.

People stand in it by key, and what is personal by the word "changed": erasing somebody rewrites
nothing.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

Json = str | int | bool | None | Sequence["Json"] | Mapping[str, "Json"]
"""What can be hashed: no fractions, which not everybody writes alike."""

GENESIS = "0" * 64
"""Stands where the first entry has the hash of the one before."""

CHANGED = "changed"
"""Stands where what is personal was written, changed or removed."""


class ActorKind(StrEnum):
    """Who can act."""

    ADMINISTRATOR = "administrator"
    EXPERT = "expert"
    OPERATOR = "operator"
    """Whoever runs the program, from its command line."""


@dataclass(frozen=True)
class Actor:
    """Who acted: the key of an administrator or an expert; an operator has none."""

    kind: ActorKind
    key: str = ""


OPERATOR = Actor(ActorKind.OPERATOR)


class SubjectKind(StrEnum):
    """What can be acted on."""

    ADMINISTRATOR = "administrator"
    EXPERT = "expert"
    BOOKING = "booking"
    SITE = "site"


@dataclass(frozen=True)
class Subject:
    """What was acted on, by its key."""

    kind: SubjectKind
    key: str


class Action(StrEnum):
    """What can be done. An action never changes its meaning."""

    ADMINISTRATOR_ADDED = "administrator_added"
    ADMINISTRATOR_REMOVED = "administrator_removed"
    SIGNED_OUT_EVERYWHERE = "signed_out_everywhere"
    DESK_OPENED = "desk_opened"
    """An administrator went to the desk of an expert."""
    EXPERT_INVITED = "expert_invited"
    EXPERT_APPROVED = "expert_approved"
    EXPERT_PAUSED = "expert_paused"
    EXPERT_REMOVED = "expert_removed"
    EXPERT_ADDED = "expert_added"
    """By an import, like the next one."""
    EXPERT_CHANGED = "expert_changed"
    PROFILE_SAVED = "profile_saved"
    PROFILE_RENAMED = "profile_renamed"
    """The page got another address."""
    PORTRAIT_CHANGED = "portrait_changed"
    PORTRAIT_REMOVED = "portrait_removed"
    EMAIL_CHANGED = "email_changed"
    HOURS_CHANGED = "hours_changed"
    """Weekly hours, exceptions, holidays, limits, the length of sessions, price or terms."""
    ABSENCE_DECLARED = "absence_declared"
    ABSENCE_REVOKED = "absence_revoked"
    STANDING_IN_CHANGED = "standing_in_changed"
    CALENDAR_RENEWED = "calendar_renewed"
    MORNING_MAIL_SWITCHED = "morning_mail_switched"
    SESSION_CANCELLED = "session_cancelled"
    OUTCOME_NOTED = "outcome_noted"
    NOTE_WRITTEN = "note_written"
    SESSION_BOOKED = "session_booked"
    """By an administrator, for somebody else, as the next one."""
    SESSION_MOVED = "session_moved"
    MAIL_RESENT = "mail_resent"
    SITE_FACE_CHANGED = "site_face_changed"
    SITE_LOGO_CHANGED = "site_logo_changed"
    SITE_FIELDS_CHANGED = "site_fields_changed"
    SITE_TEXTS_CHANGED = "site_texts_changed"
    BOOKINGS_DOWNLOADED = "bookings_downloaded"
    EXPERTS_DOWNLOADED = "experts_downloaded"
    LOG_DOWNLOADED = "log_downloaded"


@dataclass(frozen=True)
class FieldChange:
    """What a field was before an act, and after it."""

    field: str
    before: Json = None
    after: Json = None

    @classmethod
    def of_personal(cls, field: str) -> "FieldChange":
        """Return the change of a field whose values nobody may read in the log."""
        return cls(field, after=CHANGED)


def changes_between(
    before: Mapping[str, Json], after: Mapping[str, Json], *, personal: Collection[str] = ()
) -> list[FieldChange]:
    """Return the fields in which two states of the same thing differ, in the order of the later."""
    return [
        FieldChange.of_personal(field)
        if field in personal
        else FieldChange(field, before.get(field), value)
        for field, value in after.items()
        if before.get(field) != value
    ]


@dataclass(frozen=True)
class NewEntry:
    """An act that is to be logged."""

    by: Actor
    action: Action
    on: Subject
    at: datetime
    changes: Sequence[FieldChange] = ()


def hash_of(entry: Mapping[str, Json]) -> str:
    """Return the SHA-256 of an entry, in hexadecimal digits.

    What is hashed is JSON (RFC 8259) in ASCII: keys in order, no space between tokens, everything
    beyond ASCII escaped.
    """
    text = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return sha256(text.encode("ascii")).hexdigest()
