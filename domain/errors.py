"""Refusals: what the domain says no to, each by a stable code that the web turns into an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Code(StrEnum):
    """Why something was refused. A code never changes its meaning."""

    EXPERT_UNKNOWN = "expert_unknown"
    SLOT_UNKNOWN = "slot_unknown"
    SLOT_TAKEN = "slot_taken"
    HOLD_GONE = "hold_gone"
    HOLD_SPENT = "hold_spent"
    BOOKING_UNKNOWN = "booking_unknown"
    BOOKING_PAST = "booking_past"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_OVERLAPS = "booking_overlaps"
    TOO_LATE_TO_CANCEL = "too_late_to_cancel"
    TOO_LATE_TO_RESCHEDULE = "too_late_to_reschedule"
    NO_RESCHEDULES_LEFT = "no_reschedules_left"
    ADDRESS_UNPROVEN = "address_unproven"
    FORM_INVALID = "form_invalid"
    LINK_SPENT = "link_spent"
    TOO_MANY_LINKS = "too_many_links"
    TOO_MANY_HOLDS = "too_many_holds"
    MAIL_UNKNOWN = "mail_unknown"
    MAIL_OUTDATED = "mail_outdated"
    TOO_MANY_RESENDS = "too_many_resends"
    DAY_NOT_FULL = "day_not_full"
    DAY_OVER = "day_over"
    DAY_TOO_FAR = "day_too_far"
    TOO_MANY_WAITS = "too_many_waits"
    WAIT_GONE = "wait_gone"
    OFFER_GONE = "offer_gone"
    BUSY = "busy"


@dataclass(frozen=True)
class Sentence:
    """A sentence for people: catalogues know it by its text, into which the values go."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """The domain's no: a code, and for forms a message for each field that needs mending."""

    def __init__(self, code: Code, *, fields: Mapping[str, Sentence] | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.fields = dict(fields or {})
