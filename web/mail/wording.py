"""What mails say: a subject for each kind, and a first sentence for each kind and reader."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.rules.notices import Kind, Recipient
from domain.store.documents import LinkPurpose
from web.http.paths import is_of_admin, is_of_desk
from web.i18n.languages import marked as _

SUBJECTS: Mapping[Kind, str] = {
    Kind.CONFIRMATION: _("Booked: %(other)s, %(when)s"),
    Kind.CANCELLATION: _("Cancelled: %(other)s, %(when)s"),
    Kind.RESCHEDULE: _("Moved: %(other)s, now %(when)s"),
    Kind.ABSENCE: _("%(other)s can't make it: %(when)s"),
    Kind.RESTORATION: _("It takes place: %(other)s, %(when)s"),
    Kind.HANDOVER: _("Off: %(other)s, %(when)s"),
    Kind.TAKEOVER: _("You stand in: %(other)s, %(when)s"),
    Kind.REMINDER_DAY: _("Reminder: %(other)s, %(when)s"),
    Kind.REMINDER_HOUR: _("Soon: %(other)s, %(when)s"),
    Kind.BOOKING_LINK: _("Confirm your booking: %(other)s, %(when)s"),
    Kind.WAITLIST_ENTRY: _("In line: %(other)s, %(when)s"),
    Kind.OFFER: _("It is your turn: %(other)s, %(when)s"),
}


class LinkWords(NamedTuple):
    """What a mail with a link says."""

    subject: str
    opening: str
    way: str
    """What the link itself is called."""


_TO_BOOKINGS = LinkWords(
    _("Your link to your bookings"),
    _("Here is your link to your bookings at %(site)s:"),
    _("Show my bookings at %(site)s"),
)
_TO_DESK = LinkWords(
    _("Your link to your desk"),
    _("Here is your link to your desk at %(site)s:"),
    _("Open my desk at %(site)s"),
)
_TO_ADMINISTRATION = LinkWords(
    _("Your link to the administration"),
    _("Here is your link to the administration of %(site)s:"),
    _("Open the administration of %(site)s"),
)
PROOFS: Mapping[LinkPurpose, LinkWords] = {
    LinkPurpose.APPLICATION: LinkWords(
        _("Confirm your application"),
        _("You have applied to be an expert at %(site)s. Confirm that this address is yours:"),
        _("Confirm my application"),
    ),
    LinkPurpose.ADDRESS: LinkWords(
        _("Confirm your new address"),
        _("Mail about your bookings is to come to this address. Confirm that it is yours:"),
        _("Use this address"),
    ),
}

ADDRESS_CHANGE = _("Your e-mail address is about to change")
ADDRESS_CHANGED = _("Your e-mail address was changed")
AGENDA = _("Your sessions on %(day)s")
APPROVAL = _("Your page is live")
INVITATION = _("You are invited to %(site)s")

WAITLIST_ENTRY = _(
    "You are on the waitlist for a time with %(other)s on %(on)s. When one becomes free and "
    "it is your turn, we e-mail you and hold it for ten minutes."
)
OFFER = _(
    "A time with %(other)s became free, and you are first in line. It is on hold for you "
    "until %(until)s; after that the next in line gets it."
)

BOOKING_LINK = _(
    "You asked for a session with %(other)s. It is not booked yet: the time below is on hold until "
    "%(until)s. Confirm your booking by then:"
)

CANCELLED_BY_OTHER: Mapping[Recipient, str] = {
    Recipient.ATTENDEE: _("%(other)s had to cancel your session."),
    Recipient.EXPERT: _("%(other)s has cancelled the session with you."),
}
"""How a cancellation begins that came from the one whom the reader was to meet."""

BY_ADMINISTRATOR: Mapping[tuple[Kind, Recipient], str] = {
    (Kind.CONFIRMATION, Recipient.EXPERT): _("We have booked a session with you for %(other)s."),
    (Kind.CANCELLATION, Recipient.ATTENDEE): _("We had to cancel your session with %(other)s."),
    (Kind.CANCELLATION, Recipient.EXPERT): _("We have cancelled the session with %(other)s."),
    (Kind.RESCHEDULE, Recipient.ATTENDEE): _(
        "We have moved your session with %(other)s to another time."
    ),
    (Kind.RESCHEDULE, Recipient.EXPERT): _(
        "We have moved the session with %(other)s to another time."
    ),
}
"""How a mail begins about what an administrator did."""

HANDED_OVER = _("Your session has moved to another time: you meet %(other)s instead of %(former)s.")
"""How a move begins that takes the attendee to a stand-in."""

OPENINGS: Mapping[tuple[Kind, Recipient], str] = {
    (Kind.CONFIRMATION, Recipient.ATTENDEE): _("Your session with %(other)s is booked."),
    (Kind.CONFIRMATION, Recipient.EXPERT): _("%(other)s has booked a session with you."),
    (Kind.CANCELLATION, Recipient.ATTENDEE): _("Your session with %(other)s is cancelled."),
    (Kind.CANCELLATION, Recipient.EXPERT): _("The session with %(other)s is cancelled."),
    (Kind.RESCHEDULE, Recipient.ATTENDEE): _(
        "Your session with %(other)s has moved to another time."
    ),
    (Kind.RESCHEDULE, Recipient.EXPERT): _(
        "%(other)s has moved the session with you to another time."
    ),
    (Kind.ABSENCE, Recipient.ATTENDEE): _(
        "%(other)s can't make your session. It won't take place at the time below."
    ),
    (Kind.RESTORATION, Recipient.ATTENDEE): _(
        "%(other)s can make it after all: your session takes place as booked."
    ),
    (Kind.HANDOVER, Recipient.EXPERT): _(
        "%(other)s now meets %(stand_in)s instead of you. Your session at the time below is off."
    ),
    (Kind.TAKEOVER, Recipient.EXPERT): _(
        "You stand in for %(former)s: %(other)s now has a session with you."
    ),
    (Kind.REMINDER_DAY, Recipient.ATTENDEE): _(
        "This is a reminder of your session with %(other)s."
    ),
    (Kind.REMINDER_DAY, Recipient.EXPERT): _("This is a reminder of the session with %(other)s."),
    (Kind.REMINDER_HOUR, Recipient.ATTENDEE): _(
        "Your session with %(other)s begins within the hour."
    ),
    (Kind.REMINDER_HOUR, Recipient.EXPERT): _("The session with %(other)s begins within the hour."),
}


def link_words_to(path: str) -> LinkWords:
    """Return what a mail says whose link leads on to a path of this site."""
    if is_of_admin(path):
        return _TO_ADMINISTRATION
    return _TO_DESK if is_of_desk(path) else _TO_BOOKINGS
