"""Absences at the desk: previewed, declared, followed on the board, and revoked."""

import re
from datetime import timedelta
from html import unescape

import pytest

from domain.desk.absences import declaring
from domain.rules.slots import SlotState
from domain.store.core.database import Key
from domain.store.documents import Booking, BookingStatus, Expert
from domain.store.documents.absences import Absence, AbsenceState
from tests.domain.diaries import every_day
from tests.domain.practices import Practice, practice_with
from tests.factories import make_booking
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.desk.signing_in import at_desk
from tests.web.mailed import address
from tests.web.visitors import Visitor

SHARES_SITE = True
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
async def practice(site: Site) -> Practice:
    mail = address()
    return await practice_with(site.database, site.now, email=mail, address=mail)


@pytest.fixture
async def expert(practice: Practice) -> Expert:
    return await practice.expert()


def form(practice: Practice, first: int, last: int | None = None, **more: str) -> dict[str, str]:
    days = practice.days(first, last)
    given = {"first": days.first_on.isoformat(), "last": days.last_on.isoformat()}
    return {**given, "offer_hours": "24", "message": "", **more}


def words(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


async def the_absence(practice: Practice) -> Absence:
    (found,) = await declaring.of_expert(practice.database, await practice.expert())
    return found


async def test_looking_first_lists_whom_it_concerns_and_changes_nothing(
    practice: Practice, ada: Visitor
):
    booking = await practice.booked(2)
    await practice.booked(5, visitor="ben")

    page = await ada.post("/desk/absences", form(practice, 2, 3, preview="yes", message="Sorry"))

    told = words(page.text)
    assert page.status_code == 200
    assert "1 session is booked on these days" in told
    assert f"/desk/bookings/{booking.reference}" in page.text
    assert 'name="message" value="Sorry"' in page.text
    assert not (await practice.current(booking)).is_displaced
    assert await declaring.of_expert(practice.database, await practice.expert()) == []


async def test_declaring_leads_to_the_board(practice: Practice, ada: Visitor):
    booking = await practice.booked(2)

    answer = await ada.post("/desk/absences", form(practice, 2, message="I am ill."))

    absence = await the_absence(practice)
    assert answer.headers["location"] == f"/desk/absences/{absence.id}"
    board = words((await ada.get(answer.headers["location"])).text)
    assert "Not answered yet 1" in board
    assert "On hold for them:" in board
    assert "I am ill." in board
    assert (await practice.current(booking)).is_displaced


async def test_the_board_shows_who_moved_and_where(practice: Practice, ada: Visitor):
    booking = await practice.booked(2)
    absence = await practice.away(2)
    await practice.move(booking, (await practice.offers(booking))[0])

    page = await ada.get(f"/desk/absences/{absence.id}")
    part = await ada.get(f"/desk/absences/{absence.id}", headers=PART)

    assert "Moved 1" in words(page.text)
    assert "now " in words(page.text)
    assert part.text.lstrip().startswith("<section")


async def test_the_board_says_that_the_absence_was_revoked(practice: Practice, ada: Visitor):
    booking = await practice.booked(2)
    absence = await practice.away(2)

    answer = await ada.post(f"/desk/absences/{absence.id}/revoke")

    board = words((await ada.get(answer.headers["location"])).text)
    assert "This absence was revoked." in board
    assert "Takes place after all 1" in board
    assert not (await practice.current(booking)).is_displaced


async def test_a_session_within_two_hours_says_how_to_reach_its_attendee(
    site: Site, practice: Practice, ada: Visitor
):
    soon = site.now.replace(microsecond=0) + timedelta(minutes=90)
    slot = await site.slot(await practice.expert(), starts_at=soon, state=SlotState.BOOKED)
    booking = await make_booking(site.database, slot)
    await site.database.collection(type(slot)).update_one(
        {"_id": slot.id}, {"$set": {"booking_id": booking.id}}
    )
    days = form(practice, (soon.date() - practice.now.date()).days)

    preview = await ada.post("/desk/absences", {**days, "preview": "yes"})
    declared = await ada.post("/desk/absences", days)
    board = await ada.get(declared.headers["location"])

    for page in (preview, board):
        assert "Begins soon. Reach them first:" in words(page.text)
        assert booking.attendee.email in words(page.text)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"first": "soon"}, "first"),
        ({"last": "2020-01-01"}, "last"),
        ({"first": "2020-01-01", "last": "2020-01-02"}, "last"),
        ({"offer_hours": "0"}, "offer_hours"),
        ({"offer_hours": "73"}, "offer_hours"),
        ({"message": "x" * 1001}, "message"),
    ],
)
async def test_what_needs_mending_is_said_beside_its_field(
    practice: Practice, ada: Visitor, wrong: dict[str, str], field: str
):
    page = await ada.post("/desk/absences", {**form(practice, 2), **wrong})

    assert page.status_code == 422
    assert re.search(rf'id="(absence-)?{field}-error"', page.text)
    assert await declaring.of_expert(practice.database, await practice.expert()) == []


async def test_an_expert_without_hours_hears_why_it_cant_be(site: Site):
    mail = address()
    expert = await site.expert(email=mail, address=mail)
    practice = Practice(site.database, expert.id, site.now)
    async with at_desk(site, expert) as browser:
        page = await browser.post("/desk/absences", form(practice, 2))

    assert page.status_code == 409
    assert "Set your hours first" in page.text


async def test_the_hours_lead_to_the_absence_and_dont_open_its_days(
    practice: Practice, ada: Visitor
):
    absence = await practice.away(2)

    page = await ada.get("/desk/hours")
    answer = await ada.post(f"/desk/hours/exceptions/{absence.exception_key}/remove")

    assert f"/desk/absences/{absence.id}" in page.text
    assert answer.status_code == 404
    assert len((await practice.expert()).hours.exceptions) == 1


async def test_the_agenda_shows_that_an_attendee_is_asked(practice: Practice, ada: Visitor):
    await practice.booked(2)
    await practice.away(2)

    assert ">Asked<" in (await ada.get("/desk")).text


async def test_the_server_finishes_what_a_killed_one_has_left(practice: Practice, site: Site):
    booking = await practice.booked(2)
    on = practice.days(2).first_on.isoformat()
    left = Absence(
        id=Key(),
        expert_id=booking.expert_id,
        first_on=on,
        last_on=on,
        created_at=practice.now,
        kept_until=practice.now + timedelta(days=9),
    )
    await site.database.engine.save(left)

    async def is_asked() -> bool:
        return (await practice.current(booking)).is_displaced

    assert await until(is_asked)
    assert await until(lambda: standing(practice))


async def standing(practice: Practice) -> bool:
    return (await the_absence(practice)).state is AbsenceState.STANDING


async def test_the_server_cancels_what_is_unanswered_when_it_would_begin(
    site: Site, practice: Practice
):
    booking = await practice.booked(2)
    await practice.away(2)
    begun = {"$set": {"starts_at": site.now}}
    replacements = site.database.motor[site.database.name]["replacements"]
    await replacements.update_one({"booking_id": booking.id}, begun)

    async def is_cancelled() -> Booking | None:
        current = await practice.current(booking)
        return current if current.status is BookingStatus.CANCELLED else None

    assert (await until(is_cancelled)).cancel_message == ""


async def test_an_absence_is_declared_in_german_too(site: Site):
    mail = address()
    practice = await practice_with(
        site.database, site.now, every_day("09:00-12:00"), email=mail, address=mail
    )
    async with at_desk(site, await practice.expert()) as browser:
        page = await browser.get("/desk/absences", headers={"Accept-Language": "de"})

    assert "An diesen Tagen kann ich nicht" in words(page.text)


async def test_nobody_stands_in_until_they_say_so(practice: Practice, ada: Visitor):
    before = words((await ada.get("/desk/absences")).text)
    agreed = await ada.post("/desk/absences/stand-in", {"agree": "yes"})
    after = words((await ada.get("/desk/absences")).text)

    assert "You don't stand in for others." in before
    assert agreed.headers["location"] == "/desk/absences#standing-in"
    assert "You stand in for others." in after
    assert (await practice.expert()).stands_in


async def test_standing_in_ends_when_the_expert_says_so(practice: Practice, ada: Visitor):
    await ada.post("/desk/absences/stand-in", {"agree": "yes"})
    await ada.post("/desk/absences/stand-in", {"agree": "no"})

    assert not (await practice.expert()).stands_in


async def test_the_board_says_who_takes_over_and_leads_to_no_session_of_theirs(
    site: Site, practice: Practice, ada: Visitor
):
    expert = await practice.expert()
    await practice_with(
        site.database,
        site.now,
        name="Ben Carter",
        category=expert.category,
        currency=expert.currency,
        price_minor=expert.price_minor,
        stands_in=True,
    )
    booking = await practice.booked(2)
    absence = await practice.away(0, 8)

    asked = words((await ada.get(f"/desk/absences/{absence.id}")).text)
    await practice.move(booking, (await practice.offers(booking))[0])
    moved = await ada.get(f"/desk/absences/{absence.id}")

    assert "(Ben Carter)" in asked
    assert "now with Ben Carter" in words(moved.text)
    assert f"/desk/bookings/{booking.reference}" not in moved.text
    assert (await ada.get(f"/desk/bookings/{booking.reference}")).status_code == 404
