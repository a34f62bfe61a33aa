"""Where holding, booking and rescheduling are asked for."""

from litestar import Router

from web.booking.form import alternatives_fragment, book, booking_form
from web.booking.holds import extend, hold, leave, release, resume
from web.booking.reschedule import reschedule, reschedule_page

router = Router(
    "/",
    route_handlers=[
        *(hold, extend, leave, resume, release),
        *(booking_form, book, alternatives_fragment),
        *(reschedule_page, reschedule),
    ],
)
