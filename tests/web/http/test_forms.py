"""Forms however they are sent: in one part or in several, at once or slowly."""

import asyncio
import secrets
from datetime import timedelta

from domain.rules.slots import SlotState
from tests.web.conftest import Site
from tests.web.visitors import GOOD_FORM, Visitor, reference_in

SHARES_SITE = True

LATE = timedelta(seconds=1)


def in_parts(form: dict[str, str]) -> dict[str, tuple[None, str]]:
    """The fields of a form as httpx sends them in several parts."""
    return {name: (None, value) for name, value in form.items()}


async def test_a_form_in_several_parts_books_like_any_other(site: Site, ann: Visitor):
    slot = await site.slot()
    form = {**GOOD_FORM, "name": "Zoë Åkesson", "request_key": secrets.token_urlsafe(18)}

    held = await ann.client.post("/holds", files=in_parts({"slot_id": str(slot.id)}))
    booked = await ann.client.post(f"/slots/{slot.id}/book", files=in_parts(form))

    assert (held.status_code, booked.status_code) == (303, 303)
    page = await ann.get(f"/bookings/{reference_in(booked)}")
    assert "Zoë Åkesson" in page.text


async def test_a_file_where_a_field_should_be_is_told_to_whoever_sent_it(site: Site, ann: Visitor):
    slot = await site.slot()
    form = {**GOOD_FORM, "request_key": "k" * 20}

    answer = await ann.client.post(
        f"/slots/{slot.id}/book", files={**in_parts(form), "notes": ("notes.txt", b"hello")}
    )

    assert answer.status_code == 422
    assert (await site.current(slot)).state is SlotState.OPEN


async def test_a_form_that_takes_its_time_goes_by_the_clock_of_its_end(site: Site, ann: Visitor):
    closes_at = site.now + LATE
    slot = await site.slot(closes_at=closes_at)

    async def slowly():
        yield b"slot_"
        while site.now <= closes_at:  # noqa: ASYNC110 - a clock says nothing by itself
            await asyncio.sleep(0.01)
        yield f"id={slot.id}".encode()

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = await ann.client.post("/holds", content=slowly(), headers=headers)

    assert answer.status_code == 409
    assert (await site.current(slot)).state is SlotState.OPEN
