"""What a crowd is told when somebody else has the time: one page for all of them."""

from datetime import timedelta
from typing import Any

from litestar import Response

from domain.rules.errors import Refusal
from domain.store.documents import Slot
from web.booking.form import expert_to_book, form_view
from web.http.alike import answer, kept, rendered
from web.http.forms import new_request_key
from web.http.kept_pages import Page
from web.http.visits import Visit

_TRUE_FOR = timedelta(seconds=1)
"""It offers times of others, too, whose changes it doesn't follow."""
_KEY = 'name="request_key" value="'


async def lost_page(visit: Visit, slot: Slot, refusal: Refusal) -> Response[Any]:
    """Show the form of a slot that somebody else has, with others to take.

    It is for one who typed nothing yet: only the form's key is of one's own.

    Raises:
        Refusal: EXPERT_UNKNOWN, if the slot's expert is not listed.
    """
    expert = await expert_to_book(visit, slot)
    name = "booking/_form" if visit.fragment else "booking/book"

    async def render() -> Page:
        view = await form_view(visit, slot, expert, {}, refusal)
        body = rendered(visit, name, visit.names(view), {_KEY: view.request_key})
        return Page(body, visit.now + _TRUE_FOR, status=view.status)

    looks = (name, slot.id, slot.rev, visit.language, visit.zone(expert.zone))
    page = await kept(visit, looks, (expert, visit.services.editions.of(expert.id)), render)
    cookies = visit.choices(chosen_zone=True)
    return answer(visit, page, {_KEY: new_request_key()}, cookies=cookies)
