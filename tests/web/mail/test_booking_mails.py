"""What a booking's page says of its mails, and the button that sends one again."""

import re

import httpx

from domain.rules.request_limits import RESENDS_OF_BOOKING
from domain.store.core.database import Database
from domain.store.documents.mails import Mail
from tests.domain.support import DAY
from tests.factories import make_expert, make_slot
from tests.mail.support import Postman, smtp_server
from tests.servers import free_port, start_server
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.visitors import Visitor, visitor
from web.http import clock

SHARES_SITE = True

RESEND = re.compile(r'action="(/bookings/\w+/mails/\w+/resend)"')


async def mails_with(ann: Visitor, reference: str, words: str) -> httpx.Response:
    """Look at the mails of a booking until they say something."""

    async def page_with_words() -> httpx.Response | None:
        page = await ann.get(f"/bookings/{reference}/mails")
        return page if words in page.text else None

    return await until(page_with_words)


async def metrics_with(ann: Visitor, line: str) -> str:
    """Ask for the metrics until they say something: what was done is counted a moment later."""

    async def found() -> str | None:
        told = (await ann.get("/metrics")).text
        return told if line in told else None

    return await until(found)


def mail_classes(page: httpx.Response) -> list[str]:
    return re.findall(r"mails__mail--(\w+)", page.text)


async def test_a_page_shows_what_was_sent_and_what_will_be(site: Site, ann: Visitor):
    slot = await site.slot(starts_at=site.now + 3 * DAY)
    reference = await ann.booked(slot.id, email="ann@example.org")

    await mails_with(ann, reference, "outbox")
    page = await ann.get(f"/bookings/{reference}")

    assert "Mail to ann@example.org" in page.text
    assert mail_classes(page) == ["kept", "waiting", "waiting"]
    assert page.text.count("Will be sent") == 2
    assert len(RESEND.findall(page.text)) == 1


async def test_the_part_asks_for_news_only_while_there_will_be_some(site: Site, ann: Visitor):
    reference = await ann.booked((await site.slot(starts_at=site.now + 3 * DAY)).id)

    settled = await mails_with(ann, reference, "outbox")
    (again,) = RESEND.findall(settled.text)
    assert "data-hx-trigger" not in settled.text

    await ann.post(again)
    under_way = await ann.get(f"/bookings/{reference}/mails")
    assert "data-hx-trigger" in under_way.text or mail_classes(under_way).count("kept") == 2


async def test_an_attendee_is_shown_no_mail_of_the_experts(site: Site, ann: Visitor):
    expert = await site.expert(email="private@example.net")
    reference = await ann.booked((await site.slot(expert)).id)

    page = await mails_with(ann, reference, "outbox")

    assert "private@example.net" not in page.text
    mails = await site.database.engine.find(Mail, Mail.to == "private@example.net")
    assert not any(str(mail.id) in page.text for mail in mails)


async def test_sending_again_is_limited(site: Site, ann: Visitor):
    reference = await ann.booked((await site.slot(starts_at=site.now + 3 * DAY)).id)
    (again,) = RESEND.findall((await mails_with(ann, reference, "outbox")).text)

    sent = 0

    async def are_kept() -> bool:
        page = await ann.get(f"/bookings/{reference}/mails")
        return mail_classes(page).count("kept") == 1 + sent

    for sent in range(1, RESENDS_OF_BOOKING.most + 1):  # noqa: B007 - what is waited for reads it
        answer = await ann.post(again)
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/bookings/{reference}#mails"
        await until(are_kept)

    assert (await ann.post(again)).status_code == 429


async def test_strangers_learn_nothing_and_send_nothing(site: Site, ann: Visitor, eve: Visitor):
    reference = await ann.booked((await site.slot(starts_at=site.now + 3 * DAY)).id)
    (again,) = RESEND.findall((await mails_with(ann, reference, "outbox")).text)

    assert (await eve.get(f"/bookings/{reference}/mails")).status_code == 404
    assert (await eve.post(again)).status_code == 404
    assert (await ann.get(again)).status_code == 405
    assert (await ann.post(f"/bookings/{reference}/mails/nonsense/resend")).status_code == 404
    assert await site.database.engine.count(Mail, Mail.again > 0, Mail.to == "eve") == 0


async def test_a_page_says_what_the_mail_server_answered_and_gets_it_sent_after_all(
    database: Database, database_uri: str
):
    postman = Postman(at_rcpt=["550 no such person"] * 2)
    expert = await make_expert(database)
    slot = await make_slot(database, expert, starts_at=clock.now() + 3 * DAY)
    async with smtp_server(postman) as host:
        with start_server(database_uri, SMTP_URL=f"smtp://{host}") as server:
            async with visitor(server.url) as ann:
                reference = await ann.booked(slot.id)
                refused = await mails_with(ann, reference, "the mail server refused it")
                (again,) = RESEND.findall(refused.text)
                await until(lambda: not postman.at_rcpt)  # the expert's was refused, too

                await ann.post(again)

                await mails_with(ann, reference, "Accepted by the mail server")
                metrics = await metrics_with(ann, 'expertconnect_mails_total{outcome="sent"} 1.0')
            log = server.output

    assert [message["To"] for message in postman.taken] == ["ann@example.org"]
    assert 'expertconnect_mails_total{outcome="failed"} 2.0' in metrics
    assert log.count("mail_given_up") == 2
    assert not any(personal in log for personal in ("ann@", expert.email, reference))


async def test_a_server_says_that_mail_waits_and_goes_on_being_ready(
    database: Database, database_uri: str
):
    slot = await make_slot(database, starts_at=clock.now() + 3 * DAY)
    with start_server(database_uri, SMTP_URL=f"smtp://127.0.0.1:{free_port()}") as server:
        async with visitor(server.url) as ann:

            async def in_trouble() -> httpx.Response | None:
                ready = await ann.get("/health/ready")
                return ready if "mail has waited since" in ready.text else None

            await ann.booked(slot.id)
            ready = await until(in_trouble)
            metrics = (await ann.get("/metrics")).text

    assert (ready.status_code, ready.text.endswith("SMTPConnectError")) == (200, True)
    assert "expertconnect_mail_server_away_seconds" in metrics
