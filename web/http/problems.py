"""What the domain refuses, in words: one table."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.rules.errors import Code


@dataclass(frozen=True)
class Problem:
    """What a person reads, and the status it comes with."""

    status: int
    title: str
    text: str


REFUSALS: Mapping[Code, Problem] = {
    Code.EXPERT_UNKNOWN: Problem(
        404, "No such expert", "The address may be old, or the expert no longer takes bookings."
    ),
    Code.EXPERT_REMOVED: Problem(
        410,
        "This expert is no longer here",
        "If you have booked, My bookings shows what becomes of your session.",
    ),
    Code.SLOT_UNKNOWN: Problem(
        404, "No such time", "It was never offered, or the expert has withdrawn it."
    ),
    Code.SLOT_TAKEN: Problem(409, "That time is gone", "It is no longer free. Nothing was booked."),
    Code.HOLD_GONE: Problem(
        409, "The hold has ended", "Your hold on this time has ended. Choose it again."
    ),
    Code.HOLD_SPENT: Problem(
        409,
        "It can't be held any longer",
        "You can't extend it any further. Finish the form, or choose another time.",
    ),
    Code.BOOKING_UNKNOWN: Problem(
        404,
        "No such booking here",
        "This browser may not see it. If it is yours, ask for a link by e-mail.",
    ),
    Code.BOOKING_PAST: Problem(
        409, "This booking has begun", "It can no longer be cancelled or changed."
    ),
    Code.BOOKING_CANCELLED: Problem(
        409, "This booking was cancelled", "Book the time that you want instead."
    ),
    Code.BOOKING_OVERLAPS: Problem(
        409, "You are booked at that time", "Nothing was booked yet: choose another time, or both."
    ),
    Code.TERMS_CHANGED: Problem(
        409,
        "The price or the terms have changed",
        "Nothing was booked yet. Read what has changed, and confirm if you still want it.",
    ),
    Code.TOO_LATE_TO_CANCEL: Problem(
        409, "It is too late to cancel", "The expert's terms no longer allow it."
    ),
    Code.TOO_LATE_TO_RESCHEDULE: Problem(
        409, "It is too late to reschedule", "The expert's terms no longer allow it."
    ),
    Code.NO_RESCHEDULES_LEFT: Problem(
        409,
        "It can't be rescheduled any more",
        "The expert's terms allow no further changes. Your booking keeps its time.",
    ),
    Code.ADDRESS_UNPROVEN: Problem(
        403,
        "Confirm your address first",
        "Ask for a link in My bookings. It lets you see and erase what we keep.",
    ),
    Code.NOT_AT_DESK: Problem(
        403,
        "Sign in to your desk",
        "Your desk opens with a link to the e-mail address on your profile.",
    ),
    Code.NOT_ADMINISTRATOR: Problem(
        403,
        "Sign in to the administration",
        "It opens with a link to the e-mail address of an administrator.",
    ),
    Code.PROFILE_CHANGED: Problem(
        409,
        "Your profile has changed meanwhile",
        "Nothing was saved. Beside each field you see what is saved now; saving again replaces it.",
    ),
    Code.NOT_BEGUN: Problem(
        409, "This session has not begun", "Once it has, you can say whether the attendee came."
    ),
    Code.ATTENDEE_ERASED: Problem(
        409,
        "The attendee was erased",
        "Nothing about the attendee is kept any more, so you can't add a note.",
    ),
    Code.HOURS_UNKNOWN: Problem(
        404, "No such hours", "They were already removed. Your hours show what applies now."
    ),
    Code.FORM_INVALID: Problem(
        422, "Check the highlighted fields", "Each of them says what it needs."
    ),
    Code.LINK_SPENT: Problem(
        404,
        "This link no longer works",
        "A link works once, for half an hour. Ask for a new one in My bookings.",
    ),
    Code.SIGN_IN_STALE: Problem(
        400,
        "This sign-in is over",
        "It took too long, or began in another browser. Nobody was signed in: begin again.",
    ),
    Code.SIGN_IN_REFUSED: Problem(
        403,
        "You are not signed in",
        "It was broken off, or the answer that came back can't be trusted. Begin again.",
    ),
    Code.ADDRESS_UNVERIFIED: Problem(
        403,
        "Your e-mail address is not confirmed there",
        "We sign in by confirmed addresses only. Confirm yours there, or use a link by e-mail.",
    ),
    Code.PROVIDER_AWAY: Problem(
        503,
        "The sign-in service doesn't answer",
        "Nobody was signed in. Try again in a moment, or use a link by e-mail.",
    ),
    Code.TOO_MANY_LINKS: Problem(
        429, "Too many links", "You have asked for too many links. Try again in a few minutes."
    ),
    Code.TOO_MANY_HOLDS: Problem(
        429,
        "Too many holds from your network",
        "Book without a hold, or try again later.",
    ),
    Code.TOO_MANY_BOOKINGS: Problem(
        429,
        "Too many bookings in a short time",
        "Everyone on your network shares this limit. Nothing was booked yet: "
        "send the form again in a few minutes.",
    ),
    Code.TOO_MANY_CHANGES: Problem(
        429,
        "Too many changes in a short time",
        "Everyone on your network shares this limit. Your booking stays as it is: "
        "try again in a few minutes.",
    ),
    Code.MAIL_UNKNOWN: Problem(404, "No such mail", "The booking's page lists its mails."),
    Code.MAIL_OUTDATED: Problem(
        409, "This mail is not sent again", "It is already on its way, or out of date."
    ),
    Code.TOO_MANY_RESENDS: Problem(
        429, "Sent too many times", "Check your spam folder, or try again a little later."
    ),
    Code.DAY_NOT_FULL: Problem(
        409,
        "There is a free time",
        "That day still has free times: choose one instead of waiting.",
    ),
    Code.DAY_OVER: Problem(409, "That day is over", "Choose a day that is still to come."),
    Code.DAY_TOO_FAR: Problem(
        409, "That day is too far ahead", "Choose a day that the calendar still shows."
    ),
    Code.TOO_MANY_WAITS: Problem(
        429, "Too many places in line", "You have asked for too many. Try again in a few minutes."
    ),
    Code.WAIT_GONE: Problem(
        404,
        "You are no longer in line",
        "You left, you booked, or the offer went to the next in line.",
    ),
    Code.OFFER_GONE: Problem(
        409, "No time is on hold for you", "The offer has ended, or it is not your turn yet."
    ),
    Code.HOURS_UNSET: Problem(
        409, "Set your hours first", "An absence closes days of your hours, and you have none yet."
    ),
    Code.ABSENCE_UNKNOWN: Problem(
        404, "No such absence", "It may be long over. Your absences are on the desk."
    ),
    Code.PAGE_INCOMPLETE: Problem(
        409, "The page is not complete", "It lacks something that visitors need."
    ),
    Code.PLAN_CHANGED: Problem(
        409,
        "Something has changed meanwhile",
        "Nothing was imported. This is what the file would do now.",
    ),
    Code.SITE_CHANGED: Problem(
        409,
        "These settings have changed meanwhile",
        "Nothing was saved. Beside each field you see what is saved now; saving again replaces it.",
    ),
    Code.TEXTS_CHANGED: Problem(
        409,
        "What you agree to has changed",
        "Nothing was booked yet. Read the new text, and tick the box if you still agree.",
    ),
    Code.TEXT_UNKNOWN: Problem(
        404, "No such text", "There is no text at this address, or not in this version."
    ),
    Code.LOGO_UNKNOWN: Problem(404, "No logo", "There is no logo at this address."),
    Code.BUSY: Problem(503, "Very busy right now", "Nothing was changed. Try again in a moment."),
}
