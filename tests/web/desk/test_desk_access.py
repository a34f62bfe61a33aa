"""Every address of the desk: only its own expert sees or changes anything through it.

The addresses come from the router, so a new one is tried as well.
"""

import secrets
from collections.abc import AsyncIterator
from typing import NamedTuple

import httpx
import pytest

from domain.rules.hours import ExceptionKind
from domain.rules.instants import NEVER
from domain.rules.notices import Kind, Recipient
from domain.rules.slots import SlotState
from domain.store.core.database import Key
from domain.store.documents import Booking, Expert
from domain.store.documents.absences import Absence, AbsenceState
from domain.store.documents.hours import KeptException, KeptRule, PublicHolidays, WorkingHours
from domain.store.documents.mails import Mail, MailState
from tests.domain.desk.test_hours_forms import LIMITS
from tests.factories import make_booking
from tests.web.conftest import Site
from tests.web.desk.signing_in import at_desk
from tests.web.dumps import dump
from tests.web.mailed import address
from tests.web.visitors import Visitor
from web.desk.routes import router

OPEN_BY_KEY = {"/desk/calendar/{file:str}"}
"""Needs a secret instead of a sign-in."""
OF_PROFILE = {
    "/desk/profile",
    *(f"/desk/profile/{act}" for act in ("preview", "address", "email")),
    *(f"/desk/profile/{act}" for act in ("portrait", "portrait/remove")),
}
OWN = {
    *OF_PROFILE,
    *("/desk", "/desk/why", "/desk/sign-out", "/desk/calendar/renew", "/desk/hours"),
    *(f"/desk/hours/{form}" for form in ("rules", "exceptions", "holidays", "limits")),
    *("/desk/absences", "/desk/absences/stand-in"),
    *("/desk/morning-mail/on", "/desk/morning-mail/off"),
}
"""Name no document: every signed-in expert gets their own."""
WITHOUT_HOURS = ("POST", "/desk/absences")
"""Refused at the expert's own desk, too: the experts of these tests have no hours to close."""
FIELDS = {
    "message": "m",
    "outcome": "missed",
    "note": "n",
    "weekday": "0",
    "opens": "09:00",
    "closes": "10:00",
    "every": "1",
    "first": "2031-07-07",
    "offer_hours": "24",
    "kind": "closed",
    "country": "DE",
    **LIMITS,
    "price": "40",
}
KEY, HOLIDAY = "theirs", "2031-10-03"
HOURS = WorkingHours(
    rules=[KeptRule(key=KEY, weekday=0, opens="09:00", closes="10:00")],
    exceptions=[
        KeptException(
            key=KEY, first_on="2031-07-07", last_on="2031-07-07", kind=ExceptionKind.CLOSED
        )
    ],
    holidays=PublicHolidays(country="DE", dates=[HOLIDAY], through=2031),
)


ROUTES = sorted(
    (method, route.path)
    for route in router.routes
    for method in route.methods
    if method in {"GET", "POST"}
)


class Session(NamedTuple):
    """A session and its expert."""

    expert: Expert
    booking: Booking
    absence: Absence
    mail: Mail

    def at(self, path: str) -> str:
        """Return an address of the router's that names the session, or part of the hours."""
        names = {
            "reference": self.booking.reference,
            "key": KEY,
            "on": HOLIDAY,
            "file": "none.ics",
            "absence_id": str(self.absence.id),
            "mail_id": str(self.mail.id),
        }
        for name, value in names.items():
            path = path.replace(f"{{{name}:str}}", value)
        return path


@pytest.fixture
async def theirs(path: str, site: Site) -> Session:
    """Another expert's session, in a state that allows the change at the tested address."""
    expert = await site.expert(
        email=address(), calendar_key=f"key {secrets.token_hex(4)}", hours=HOURS
    )
    times = {"starts_at": site.now} if path.endswith("/outcome") else {}
    key = Key()
    slot = await site.slot(expert, state=SlotState.BOOKED, booking_id=key, **times)
    absence = Absence(
        id=Key(),
        expert_id=expert.id,
        first_on="2031-07-07",
        last_on="2031-07-07",
        state=AbsenceState.STANDING,
        created_at=site.now,
        kept_until=NEVER,
    )
    await site.database.engine.save(absence)
    booking = await make_booking(site.database, slot, id=key)
    mail = Mail(
        id=Key(),
        key=f"mail of {key}",
        kind=Kind.CONFIRMATION,
        audience=Recipient.EXPERT,
        booking_id=booking.id,
        booking_rev=booking.rev,
        state=MailState.SENT,
        created_at=site.now,
        due_at=site.now,
        kept_until=NEVER,
    )
    await site.database.engine.save(mail)
    return Session(expert, booking, absence, mail)


@pytest.fixture
async def mallory(site: Site) -> AsyncIterator[Visitor]:
    """Another expert, signed in to their own desk."""
    async with at_desk(site, await site.expert(email=address())) as browser:
        yield browser


async def send(browser: Visitor, method: str, path: str, desk: str) -> httpx.Response:
    if method == "GET":
        return await browser.get(path)
    return await browser.post(path, {**FIELDS, "desk": desk, "to": desk})


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_without_a_sign_in_nothing_is_shown_or_changed(site, eve, theirs, method, path):
    await eve.arrive()
    before = await dump(site)

    answer = await send(eve, method, theirs.at(path), theirs.expert.slug)

    assert answer.status_code == (404 if path in OPEN_BY_KEY else 403)
    assert await dump(site) == before
    assert theirs.booking.attendee.email not in answer.text


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_at_another_desk_nothing_of_theirs_is_shown_or_changed(
    site, mallory, theirs, method, path
):
    """A form that names another's desk is refused, whatever it asks for."""
    mallory.client.cookies.set("desk", theirs.expert.slug, path="/desk")
    before = await dump(site)

    answer = await send(mallory, method, theirs.at(path), theirs.expert.slug)

    after = await dump(site)
    assert theirs.booking.attendee.email not in answer.text
    assert theirs.expert.name not in answer.text
    is_own = method == "GET" and path in OWN
    assert answer.status_code in ({200, 303} if is_own else {404})
    if is_own:
        for found in (before, after):
            found["experts"] = [e for e in found["experts"] if e["_id"] == theirs.expert.id]
    assert after == before


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_at_the_right_desk_the_same_is_answered(site, theirs, method, path):
    async with at_desk(site, theirs.expert) as ada:
        answer = await send(ada, method, theirs.at(path), theirs.expert.slug)

    refused = (method, path) == WITHOUT_HOURS
    usual = {200, 303} if path not in OPEN_BY_KEY else {404}
    usual |= {422} if path in OF_PROFILE else set()
    assert answer.status_code in ({409} if refused else usual)


def test_the_addresses_are_found():
    assert ("POST", "/desk/bookings/{reference:str}/cancel") in ROUTES
    assert {path for _, path in ROUTES} > OWN | OPEN_BY_KEY
