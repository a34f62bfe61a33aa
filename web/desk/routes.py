"""Where experts work: their agenda, its calendar, their sessions, hours and absences."""

from litestar import Router
from litestar.di import Provide

from web.desk.absences import ABSENCES
from web.desk.access import provide_desk
from web.desk.agenda import agenda_page
from web.desk.apply import apply_page, send_application
from web.desk.calendar import agenda_calendar, renew_calendar
from web.desk.email import change_email
from web.desk.hours import HOURS
from web.desk.morning import morning_mail_off, morning_mail_on
from web.desk.portrait import change_portrait, remove_portrait
from web.desk.profile import preview, profile_page, rename, save_profile, saved_preview
from web.desk.sessions import (
    cancel_session,
    note_outcome,
    own_mails,
    resend_own_mail,
    session_page,
    write_note,
)
from web.desk.sign_in import choose, sign_out_everywhere
from web.desk.why import why_page

router = Router(
    "/",
    route_handlers=[
        agenda_page,
        *(session_page, cancel_session, note_outcome, write_note, own_mails, resend_own_mail),
        *(agenda_calendar, renew_calendar, morning_mail_on, morning_mail_off),
        *HOURS,
        *ABSENCES,
        *(profile_page, save_profile, saved_preview, preview, rename),
        *(change_email, change_portrait, remove_portrait),
        why_page,
        *(choose, sign_out_everywhere),
    ],
    dependencies={"desk": Provide(provide_desk)},
)

newcomers = Router("/", route_handlers=[apply_page, send_application])
"""Where people apply who have no desk yet."""
