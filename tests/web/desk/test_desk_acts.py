"""Everything that an expert does at the desk is logged once, and names nobody."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from domain.account import personal_data
from domain.admin import removal
from domain.rules.log import OPERATOR, Action
from domain.rules.notices import Kind, Recipient
from domain.rules.slots import SlotState
from domain.store.audit import audit
from domain.store.core.database import Key
from domain.store.documents import Booking, Expert
from domain.store.documents.agreements import Terms
from domain.store.documents.log import LogEntry
from domain.store.documents.mails import Mail, MailState
from tests.domain.diaries import every_day
from tests.factories import make_booking
from tests.pictures import picture
from tests.web.admin.signing_in import add_administrator, administering
from tests.web.conftest import Site
from tests.web.desk.test_hours import LIMITS
from tests.web.desk.test_profile import TYPED
from tests.web.mailed import address, mailed_link
from tests.web.visitors import Visitor

SECRETS = ("Ann Secret", "ann-secret", "Ada Secret", "ada-secret", "I have a cold", "prefers tea")
DAY = timedelta(days=1)


class Deed(NamedTuple):
    """A form of the desk, and what the log says of it."""

    path: str
    action: Action
    form: Mapping[str, str]
    again: bool = False
    """Whether doing the same again is another act."""


DEEDS = (
    Deed(
        "/desk/hours/rules",
        Action.HOURS_CHANGED,
        {"weekday": "0", "opens": "18:00", "closes": "20:00", "every": "1", "from": ""},
    ),
    Deed(
        "/desk/hours/exceptions",
        Action.HOURS_CHANGED,
        {"first": "2031-07-07", "last": "2031-07-08", "kind": "closed"},
    ),
    Deed("/desk/hours/holidays", Action.HOURS_CHANGED, {"country": "DE", "region": "BE"}),
    Deed("/desk/hours/limits", Action.HOURS_CHANGED, {**LIMITS, "grid": "15"}),
    Deed(
        "/desk/absences",
        Action.ABSENCE_DECLARED,
        {
            "first": "2031-08-07",
            "last": "2031-08-08",
            "message": "I have a cold",
            "offer_hours": "24",
        },
    ),
    Deed("/desk/absences/stand-in", Action.STANDING_IN_CHANGED, {"agree": "yes"}),
    Deed("/desk/profile", Action.PROFILE_SAVED, {**TYPED, "name": "Ada Secret"}),
    Deed("/desk/profile/address", Action.PROFILE_RENAMED, {"slug": "ada-secret"}),
    Deed("/desk/calendar/renew", Action.CALENDAR_RENEWED, {}, again=True),
    Deed("/desk/morning-mail/on", Action.MORNING_MAIL_SWITCHED, {}),
    Deed("/desk/bookings/{past}/outcome", Action.OUTCOME_NOTED, {"outcome": "missed"}),
    Deed("/desk/bookings/{past}/note", Action.NOTE_WRITTEN, {"note": "prefers tea"}),
    Deed("/desk/bookings/{next}/mails/{mail}/resend", Action.MAIL_RESENT, {}),
    Deed("/desk/bookings/{next}/cancel", Action.SESSION_CANCELLED, {"message": "I have a cold"}),
)


@pytest.fixture
async def expert(site: Site) -> Expert:
    return await site.expert(
        email=address(),
        zone="UTC",
        currency="EUR",
        session_minutes=60,
        terms=Terms(horizon_days=6),
        hours=every_day("12:00-13:00"),
        has_hours=True,
    )


async def booked(site: Site, expert: Expert, **times: Any) -> Booking:
    """A session of Ann's, whose name nobody is to find in the log."""
    key = Key()
    slot = await site.slot(expert, state=SlotState.BOOKED, booking_id=key, **times)
    booking = await make_booking(site.database, slot, id=key, address="ann-secret@example.org")
    booking.attendee.name, booking.attendee.email = "Ann Secret", "ann-secret@example.org"
    return await site.database.engine.save(booking)


@pytest.fixture
async def places(site: Site, expert: Expert) -> dict[str, str]:
    """What the paths of the forms name: a session that has begun, one to come, and a mail of it."""
    past, coming = await booked(site, expert, starts_at=site.now), await booked(site, expert)
    mail = Mail(
        id=Key(),
        key=f"mail of {coming.id}",
        kind=Kind.CONFIRMATION,
        audience=Recipient.EXPERT,
        booking_id=coming.id,
        booking_rev=coming.rev,
        state=MailState.SENT,
        created_at=site.now,
        due_at=site.now,
        kept_until=site.now + DAY,
    )
    await site.database.engine.save(mail)
    return {"past": past.reference, "next": coming.reference, "mail": str(mail.id)}


async def entries(site: Site) -> list[LogEntry]:
    """All entries, in order."""
    return await site.database.engine.find(LogEntry, sort=LogEntry.seq)


async def do(browser: Visitor, deed: Deed, places: dict[str, str], expert: Expert) -> None:
    """Send a form."""
    form = {"desk": expert.slug, **deed.form}
    answer = await browser.post(deed.path.format(**places), form)
    assert answer.status_code == 303, (deed, answer.text)


async def erased_and_removed(site: Site, expert: Expert) -> None:
    """Have everybody of these tests forgotten."""
    database = site.database
    await personal_data.erase(database, ["ann-secret@example.org"], now=site.now)
    present = await database.engine.find_one(Expert, {"_id": expert.id})
    assert present is not None
    await removal.remove(database, present, message="I have a cold", by=OPERATOR, now=site.now)


async def test_each_act_is_logged_once_and_what_changes_nothing_is_not(
    site: Site, ada: Visitor, expert: Expert, places
):
    for deed in DEEDS:
        before = len(await entries(site))
        await do(ada, deed, places, expert)
        new = (await entries(site))[before:]
        assert [one.action for one in new] == [deed.action], deed
        assert (new[0].actor_kind, new[0].actor_key) == ("expert", str(expert.id))
        if deed.action not in {Action.PROFILE_SAVED, Action.MAIL_RESENT}:
            await do(ada, deed, places, expert)
        assert len(await entries(site)) == before + 1 + deed.again, f"{deed}, done again"

    written = await entries(site)
    await erased_and_removed(site, expert)
    assert (await entries(site))[: len(written)] == written
    found = json.dumps([one.model_dump(mode="json", exclude={"id"}) for one in await entries(site)])
    assert not [secret for secret in SECRETS if secret in found]
    assert await audit(site.database) == []


async def test_portraits_addresses_and_revocations_are_logged_too(site: Site, ada, expert):
    before = len(await entries(site))
    desk = {"desk": expert.slug}
    files = {"portrait": ("ada.png", picture("PNG"), "image/png")}
    for _ in range(2):
        await ada.post("/desk/profile/portrait", desk, files=files)
    for _ in range(2):
        await ada.post("/desk/profile/portrait/remove", desk)
    absence = {"first": "2031-09-07", "last": "", "message": "", "offer_hours": "24"}
    where = (await ada.post("/desk/absences", {**desk, **absence})).headers["location"]
    for _ in range(2):
        await ada.post(f"{where}/revoke", desk)
    mail = address()
    await ada.post("/desk/profile/email", {**desk, "email": mail})
    await ada.post((await mailed_link(site, mail, Kind.PROOF)).partition("?")[0])
    await ada.post("/desk/sign-out", desk)

    found = (await entries(site))[before:]

    assert [one.action for one in found] == [
        Action.PORTRAIT_CHANGED,
        Action.PORTRAIT_REMOVED,
        Action.ABSENCE_DECLARED,
        Action.ABSENCE_REVOKED,
        Action.EMAIL_CHANGED,
        Action.SIGNED_OUT_EVERYWHERE,
    ]
    assert not [one for one in found if mail in one.model_dump_json()]


async def test_what_an_administrator_does_at_a_desk_stands_under_their_own_key(site, expert):
    mail = await add_administrator(site)
    async with administering(site, mail) as boss:
        await boss.post(f"/admin/experts/{expert.slug}/desk")
        await boss.post("/desk/absences/stand-in", {"desk": expert.slug, "agree": "yes"})

    opened, agreed = (await entries(site))[-2:]

    assert [one.action for one in (opened, agreed)] == [
        Action.DESK_OPENED,
        Action.STANDING_IN_CHANGED,
    ]
    assert {one.actor_kind for one in (opened, agreed)} == {"administrator"}
    assert {one.subject_key for one in (opened, agreed)} == {str(expert.id)}
