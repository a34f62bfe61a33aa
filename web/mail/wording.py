"""What mails say: a subject for each kind, and a first sentence for each kind and reader."""

from collections.abc import Mapping

from domain.notices import Audience, Kind
from web.languages import marked as _

SUBJECTS: Mapping[Kind, str] = {
    Kind.SIGN_IN: _("Your link to your bookings"),
    Kind.CONFIRMATION: _("Booked: %(other)s, %(when)s"),
    Kind.CANCELLATION: _("Cancelled: %(other)s, %(when)s"),
    Kind.RESCHEDULE: _("Moved: %(other)s, now %(when)s"),
    Kind.REMINDER_DAY: _("Reminder: %(other)s, %(when)s"),
    Kind.REMINDER_HOUR: _("Soon: %(other)s, %(when)s"),
    Kind.PLACE_IN_LINE: _("In line: %(other)s, %(when)s"),
    Kind.OFFER: _("It is your turn: %(other)s, %(when)s"),
}

PLACE_IN_LINE = _(
    "You are in line for a time with %(other)s on %(on)s. When one comes free and it is your "
    "turn, we write to you and keep it for you for ten minutes."
)
OFFER = _(
    "A time with %(other)s came free and you are first in line. It is kept for you until "
    "%(until)s; after that the next in line gets it."
)

OPENINGS: Mapping[tuple[Kind, Audience], str] = {
    (Kind.CONFIRMATION, Audience.ATTENDEE): _("Your session with %(other)s is booked."),
    (Kind.CONFIRMATION, Audience.EXPERT): _("%(other)s has booked a session with you."),
    (Kind.CANCELLATION, Audience.ATTENDEE): _("Your session with %(other)s is cancelled."),
    (Kind.CANCELLATION, Audience.EXPERT): _("The session with %(other)s is cancelled."),
    (Kind.RESCHEDULE, Audience.ATTENDEE): _(
        "Your session with %(other)s has moved to another time."
    ),
    (Kind.RESCHEDULE, Audience.EXPERT): _(
        "%(other)s has moved the session with you to another time."
    ),
    (Kind.REMINDER_DAY, Audience.ATTENDEE): _("This is a reminder of your session with %(other)s."),
    (Kind.REMINDER_DAY, Audience.EXPERT): _("This is a reminder of the session with %(other)s."),
    (Kind.REMINDER_HOUR, Audience.ATTENDEE): _(
        "Your session with %(other)s begins within the hour."
    ),
    (Kind.REMINDER_HOUR, Audience.EXPERT): _("The session with %(other)s begins within the hour."),
}
