"""Mail to experts about their own day, and their own page."""

from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from domain.account import personal_data
from domain.admin import invitations, listing, removal
from domain.admin.invitees import Invitee
from domain.desk import mornings
from domain.desk.newcomers import Beginnings
from domain.rules.log import OPERATOR
from domain.rules.meetings import MeetingKind
from domain.store.core.database import Database
from domain.store.documents.agreements import Meeting
from domain.store.documents.mails import Mail, MailState
from domain.store.documents.profiles import ExpertStatus
from tests.domain.diaries import every_day, expert_with
from tests.domain.practices import Practice, practice_with
from tests.domain.support import DAY
from tests.mail.support import Postman, send_all, sender, smtp_server

WEDNESDAY = "Wednesday 9 Jul"
BERLIN: dict[str, Any] = {
    "name": "Ada Ames",
    "email": "ada@example.org",
    "zone": "Europe/Berlin",
    "meeting": Meeting(kind=MeetingKind.VIDEO, text="https://meet.example.org/ada"),
}


def part_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return " ".join(part.get_content().split())


async def sent(database: Database, *, now: datetime) -> list[EmailMessage]:
    """Send what is due; return what Ada is sent of it."""
    postman = Postman()
    async with smtp_server(postman) as host:
        await send_all(sender(database, f"smtp://{host}", lambda: now))
    return [message for message in postman.taken if message["To"] == "ada@example.org"]


async def morning(database: Database, now: datetime, **fields: Any) -> tuple[Practice, datetime]:
    """A practice whose expert has asked for the mail, booked for tomorrow at nine and at ten."""
    practice = await practice_with(database, now, **{**BERLIN, **fields})
    for at in ("07:00", "08:00"):  # in UTC
        await practice.booked(1, at)
    await database.collection(Mail).delete_many({})  # what tells of the bookings themselves
    await mornings.set_mail(database, await practice.expert(), wanted=True, by=OPERATOR, now=now)
    return practice, (now + DAY).replace(hour=5, minute=0)


async def test_the_mail_names_the_days_sessions_in_the_experts_zone(database: Database, now):
    _, seven = await morning(database, now)
    await mornings.tell_due(database, now=seven)

    (mail,) = await sent(database, now=seven)

    text = part_of(mail)
    assert mail["Subject"] == f"Your sessions on {WEDNESDAY}"
    assert "You have 2 sessions until the next morning." in text
    assert "Times are in Berlin" in text
    first, second = (
        f"{WEDNESDAY}, 09:00\N{EN DASH}10:00 Ann",
        f"{WEDNESDAY}, 10:00\N{EN DASH}11:00 Ann",
    )
    assert text.index(first) < text.index(second)
    assert "Video call: https://meet.example.org/ada" in text
    assert "https://book.example.org/desk/bookings/" in text


async def test_one_link_leads_to_its_switch(database: Database, now):
    _, seven = await morning(database, now)
    await mornings.tell_due(database, now=seven)

    (mail,) = await sent(database, now=seven)

    assert "https://book.example.org/desk#morning-mail" in part_of(mail)
    assert 'href="https://book.example.org/desk#morning-mail"' in part_of(mail, "html")


async def test_the_mail_is_written_in_the_experts_language(database: Database, now):
    _, seven = await morning(database, now, languages=["de"])
    await mornings.tell_due(database, now=seven)

    (mail,) = await sent(database, now=seven)

    assert mail["Subject"] == "Ihre Termine am Mi., 9. Juli"
    assert "Bis zum nächsten Morgen haben Sie 2 Termine." in part_of(mail)


@pytest.mark.parametrize(
    ("language", "subject", "when"),
    [
        ("en", "Your sessions on Thursday 10 Jul", "Thursday 10 Jul, 06:00"),
        ("de", "Ihre Termine am Do., 10. Juli", "Do., 10. Juli, 06:00"),
    ],
)
async def test_a_session_early_the_next_morning_is_named_with_its_day(
    database: Database, now, language: str, subject: str, when: str
):
    hours = every_day("06:00-07:00")
    practice = await practice_with(database, now, hours, **BERLIN, languages=[language])
    await practice.booked(2, "04:00")  # in UTC
    await database.collection(Mail).delete_many({})
    await mornings.set_mail(database, await practice.expert(), wanted=True, by=OPERATOR, now=now)
    seven = (now + DAY).replace(hour=5, minute=0)
    await mornings.tell_due(database, now=seven)

    (mail,) = await sent(database, now=seven)

    assert mail["Subject"] == subject
    for kind in ("plain", "html"):
        assert when in part_of(mail, kind)


async def test_a_mail_that_is_sent_late_names_only_what_is_not_over(database: Database, now):
    _, seven = await morning(database, now)
    await mornings.tell_due(database, now=seven)

    (mail,) = await sent(database, now=seven + timedelta(hours=3))

    assert "You have 1 session until the next morning." in part_of(mail)


async def test_a_mail_with_nothing_left_to_name_is_not_sent(database: Database, now):
    _, seven = await morning(database, now)
    await mornings.tell_due(database, now=seven)

    assert await sent(database, now=seven + timedelta(hours=4)) == []


async def test_a_kept_letter_goes_when_somebody_it_names_is_erased(database: Database, now):
    practice, seven = await morning(database, now)
    await mornings.tell_due(database, now=seven)
    await send_all(sender(database, None, lambda: seven))
    kept = {"expert_id": practice.expert_id, "state": MailState.KEPT.value}
    assert await database.engine.count(Mail, kept) == 1

    await personal_data.erase(database, ["ann@example.org"], now=seven + DAY)

    assert await database.engine.count(Mail, kept) == 0


@pytest.mark.parametrize("paused_again", [False, True])
async def test_an_approved_expert_is_told_where_page_and_desk_are(
    database: Database, now, paused_again: bool
):
    waiting = {"status": ExpertStatus.PENDING, "listed": False, "slug": "ada-ames"}
    await expert_with(database, every_day("12:00-13:00"), **{**BERLIN, **waiting})
    await listing.approve(database, "ada-ames", by=OPERATOR, now=now)
    if paused_again:
        await listing.pause(database, "ada-ames", by=OPERATOR, now=now)

    mails = await sent(database, now=now)

    assert [mail["Subject"] for mail in mails] == ([] if paused_again else ["Your page is live"])
    for text in map(part_of, mails):
        assert "https://book.example.org/experts/ada-ames" in text
        assert "https://book.example.org/desk" in text


async def test_an_expert_who_was_removed_is_written_to_no_more(database: Database, now):
    practice = await practice_with(database, now, every_day("12:00-13:00"), **BERLIN)
    booking = await practice.booked(2, "10:00")
    expert = await practice.expert()

    await removal.remove(database, expert, message="", by=OPERATOR, now=now)
    await practice.cancel(await practice.current(booking))

    assert await sent(database, now=now) == []


async def test_an_invitation_leads_to_the_desk_in_the_language_of_whoever_invites(database, now):
    people, begins = [Invitee("Ada Ames", "ada@example.org")], Beginnings("Europe/Berlin", "de")
    await invitations.invite(database, people, "Legal", begins, by=OPERATOR, now=now)

    (mail,) = await sent(database, now=now)

    assert mail["Subject"] == "Einladung zu ExpertConnect"
    assert "Guten Tag Ada Ames," in part_of(mail)
    assert "https://book.example.org/bookings/link/" in part_of(mail)
    assert "?next=%2Fdesk" in part_of(mail)
