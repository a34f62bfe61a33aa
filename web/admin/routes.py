"""Where administrators work."""

from litestar import Router
from litestar.di import Provide

from web.admin.access import provide_administration
from web.admin.booking import booking_mails, booking_page, cancel_booking, resend_booking_mail
from web.admin.booking_for import book_for_somebody, book_page
from web.admin.bookings import bookings_page
from web.admin.bookings_file import bookings_file
from web.admin.desks import DESKS
from web.admin.expert import EXPERT
from web.admin.experts import EXPERTS
from web.admin.fields import FIELDS
from web.admin.health import health_page
from web.admin.log import LOG
from web.admin.moving import move_booking, move_page
from web.admin.overview import overview_page
from web.admin.settings import FACE
from web.admin.sheets import SHEETS
from web.admin.sign_in import sign_in_page, sign_out_everywhere
from web.admin.texts import TEXTS
from web.admin.times_to_book import TIMES_TO_BOOK
from web.admin.times_to_move import TIMES_TO_MOVE

router = Router(
    "/",
    route_handlers=[
        overview_page,
        *EXPERTS,
        *SHEETS,
        *EXPERT,
        *DESKS,
        *(bookings_page, bookings_file),
        *(booking_page, cancel_booking, booking_mails, resend_booking_mail),
        *(move_page, move_booking, *TIMES_TO_MOVE),
        *(book_page, book_for_somebody, *TIMES_TO_BOOK),
        *FACE,
        *FIELDS,
        *TEXTS,
        *LOG,
        health_page,
        sign_out_everywhere,
    ],
    dependencies={"admin": Provide(provide_administration)},
)

entrance = Router("/", route_handlers=[sign_in_page])
"""Where those sign in who aren't yet."""
