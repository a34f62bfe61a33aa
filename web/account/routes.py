"""Where a visitor's bookings, signing in and personal data are asked for."""

from litestar import Router

from web.account.bookings import booking_page, calendar, cancel, my_bookings
from web.account.personal_data import erase, export, personal_data_page
from web.account.sign_in import (
    link_page,
    request_link,
    sign_out,
    sign_out_on_all_devices,
    use_link,
)

router = Router(
    "/",
    route_handlers=[
        *(my_bookings, booking_page, cancel, calendar),
        *(personal_data_page, export, erase),
        *(request_link, link_page, use_link, sign_out, sign_out_on_all_devices),
    ],
)
