"""Where holding, booking and rescheduling are asked for."""

from litestar import Router

from web.booking import alternatives, form, holds, requests, reschedule, reschedule_holds

router = Router(
    "/",
    route_handlers=[
        *(holds.hold, holds.extend, holds.leave, holds.resume, holds.release),
        *(form.booking_form, form.book),
        *(alternatives.alternatives_to_book, alternatives.alternatives_to_reschedule),
        *(requests.waiting_page, requests.link_page, requests.confirm),
        *(reschedule.reschedule_page, reschedule.reschedule),
        reschedule.slots_to_reschedule,
        *(reschedule_holds.hold_to_reschedule, reschedule_holds.extend_to_reschedule),
        *(reschedule_holds.resume_to_reschedule, reschedule_holds.release_to_reschedule),
    ],
)
