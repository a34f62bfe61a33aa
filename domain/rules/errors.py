"""Refusals: what the domain says no to, each by a stable code that the web turns into an answer.

Beside them, what it can neither say yes nor no to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Code(StrEnum):
    """Why something was refused. A code never changes its meaning."""

    EXPERT_UNKNOWN = "expert_unknown"
    EXPERT_REMOVED = "expert_removed"
    SLOT_UNKNOWN = "slot_unknown"
    SLOT_TAKEN = "slot_taken"
    HOLD_GONE = "hold_gone"
    HOLD_SPENT = "hold_spent"
    BOOKING_UNKNOWN = "booking_unknown"
    BOOKING_PAST = "booking_past"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_OVERLAPS = "booking_overlaps"
    TERMS_CHANGED = "terms_changed"
    TOO_LATE_TO_CANCEL = "too_late_to_cancel"
    TOO_LATE_TO_RESCHEDULE = "too_late_to_reschedule"
    NO_RESCHEDULES_LEFT = "no_reschedules_left"
    ADDRESS_UNPROVEN = "address_unproven"
    NOT_AT_DESK = "not_at_desk"
    PROFILE_CHANGED = "profile_changed"
    NOT_BEGUN = "not_begun"
    ATTENDEE_ERASED = "attendee_erased"
    HOURS_UNKNOWN = "hours_unknown"
    FORM_INVALID = "form_invalid"
    LINK_SPENT = "link_spent"
    SIGN_IN_STALE = "sign_in_stale"
    SIGN_IN_REFUSED = "sign_in_refused"
    ADDRESS_UNVERIFIED = "address_unverified"
    PROVIDER_AWAY = "provider_away"
    TOO_MANY_LINKS = "too_many_links"
    TOO_MANY_HOLDS = "too_many_holds"
    TOO_MANY_BOOKINGS = "too_many_bookings"
    TOO_MANY_CHANGES = "too_many_changes"
    MAIL_UNKNOWN = "mail_unknown"
    MAIL_OUTDATED = "mail_outdated"
    TOO_MANY_RESENDS = "too_many_resends"
    DAY_NOT_FULL = "day_not_full"
    DAY_OVER = "day_over"
    DAY_TOO_FAR = "day_too_far"
    TOO_MANY_WAITS = "too_many_waits"
    WAIT_GONE = "wait_gone"
    OFFER_GONE = "offer_gone"
    HOURS_UNSET = "hours_unset"
    ABSENCE_UNKNOWN = "absence_unknown"
    PAGE_INCOMPLETE = "page_incomplete"
    PLAN_CHANGED = "plan_changed"
    NOT_ADMINISTRATOR = "not_administrator"
    SITE_CHANGED = "site_changed"
    TEXTS_CHANGED = "texts_changed"
    TEXT_UNKNOWN = "text_unknown"
    LOGO_UNKNOWN = "logo_unknown"
    BUSY = "busy"


@dataclass(frozen=True)
class Sentence:
    """A sentence for people: catalogues know it by its text, into which the values go."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text % self.values


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """The domain's no: a code, and for forms a message for each field that needs mending.

    Where asking again later may help, it says how much later.
    """

    def __init__(
        self,
        code: Code,
        *,
        fields: Mapping[str, Sentence] | None = None,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(code.value)
        self.code = code
        self.fields = dict(fields or {})
        self.retry_after = retry_after


class Unconfirmed(Exception):  # noqa: N818 - an answer, as a refusal is
    """The database did not say whether it made a change: it may have, or may still do so."""


class LinkMissing(Exception):  # noqa: N818 - an answer, as a refusal is
    """A booking needs a link that is mailed to its address; until then the time is held."""


class ExpertMoved(Exception):  # noqa: N818 - an answer, as a refusal is
    """The expert that an address names has another address by now."""

    def __init__(self, former: str, slug: str) -> None:
        super().__init__("an expert has moved")
        self.former = former
        self.slug = slug
