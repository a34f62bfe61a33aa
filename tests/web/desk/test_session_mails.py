"""What a session's page says of the expert's own mails, and the button that sends one again."""

import re

import httpx
import pytest

from domain.rules.request_limits import RESENDS_OF_BOOKING
from domain.store.documents import Booking, Expert
from domain.store.documents.mails import Mail, MailState
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.visitors import Visitor

SHARES_SITE = True

RESEND = re.compile(r'action="(/desk/bookings/\w+/mails/\w+/resend)"')


@pytest.fixture
async def reference(site: Site, expert: Expert, ann: Visitor) -> str:
    """Ann's booking of tomorrow."""
    return await ann.booked((await site.slot(expert)).id)


async def mails_once_kept(ada: Visitor, reference: str, kept: int = 1) -> httpx.Response:
    """Look at the expert's mails until so many of them have come to the outbox."""

    async def found() -> httpx.Response | None:
        part = await ada.get(f"/desk/bookings/{reference}/mails")
        return part if part.text.count("mails__mail--kept") == kept else None

    return await until(found)


async def test_a_session_shows_what_its_expert_was_sent(ada, expert, reference):
    await mails_once_kept(ada, reference)

    page = await ada.get(f"/desk/bookings/{reference}")

    assert f"Mail to {expert.email}" in re.sub("[\u2068\u2069]", "", page.text)
    assert "Mails to the attendee" in page.text
    assert len(RESEND.findall(page.text)) == 1


async def test_an_expert_has_their_mail_sent_again_with_its_calendar_file(
    site: Site, ada: Visitor, expert: Expert, reference: str
):
    (again,) = RESEND.findall((await mails_once_kept(ada, reference)).text)

    answer = await ada.post(again, {"desk": expert.slug})

    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"/desk/bookings/{reference}#mails",
    )
    await mails_once_kept(ada, reference, 2)
    booking = await site.database.engine.find_one(Booking, {"reference": reference})
    assert booking
    kept = {"booking_id": booking.id, "state": MailState.KEPT.value, "again": {"$gt": 0}}
    (mail,) = await site.database.engine.find(Mail, kept)
    assert mail.to == expert.email
    assert "METHOD:REQUEST" in mail.calendar


async def test_sending_again_is_limited(ada: Visitor, expert: Expert, reference: str):
    (again,) = RESEND.findall((await mails_once_kept(ada, reference)).text)
    for sent in range(1, RESENDS_OF_BOOKING.most + 1):
        assert (await ada.post(again, {"desk": expert.slug})).status_code == 303
        await mails_once_kept(ada, reference, 1 + sent)

    assert (await ada.post(again, {"desk": expert.slug})).status_code == 429
