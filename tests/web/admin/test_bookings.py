"""All bookings as administrators see them: found, sent as a file, changed, and made for others."""

import csv
import io
import re
import secrets
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from domain.account import personal_data
from domain.admin import booking_search
from domain.rules.notices import Kind
from domain.rules.slots import SlotState
from domain.seeds.factories import AttendeeFactory
from domain.store.documents import Booking, BookingStatus, Expert, Slot
from domain.store.documents.agreements import Terms
from domain.store.documents.log import LogEntry
from tests.factories import make_booking
from tests.web.conftest import Site
from tests.web.mailed import address, mailed_text
from tests.web.visitors import Visitor
from web.admin.bookings_file import COLUMNS

SHARES_SITE = True
DAY = timedelta(days=1)
STRICT = Terms(cancel_before_minutes=100_000, reschedule_before_minutes=100_000)


@pytest.fixture
def name() -> str:
    """A name that nobody else has."""
    return f"Zoë {secrets.token_hex(4)}"


@pytest.fixture
async def expert(site: Site) -> Expert:
    return await site.expert(email=address(), terms=STRICT, category="Health")


@pytest.fixture
async def slot(site: Site, expert: Expert) -> Slot:
    return await site.slot(expert)


async def booked(site: Site, expert: Expert, name: str, ahead: timedelta, **fields: Any) -> Booking:
    start = site.now.replace(minute=0, second=0, microsecond=0) + ahead
    slot = await site.slot(expert, starts_at=start)
    return await make_booking(
        site.database, slot, attendee=AttendeeFactory.build(name=name, **fields)
    )


def references_in(page: httpx.Response) -> list[str]:
    return re.findall(r'id="booking-(\w+)"', page.text)


async def act_on(site: Site, booking: Booking) -> LogEntry:
    (entry,) = await site.database.engine.find(LogEntry, {"subject_key": str(booking.id)})
    return entry


async def found_by(site: Site, reference: str) -> Booking:
    booking = await site.database.engine.find_one(Booking, {"reference": reference})
    assert booking is not None
    return booking


async def test_the_address_holds_the_whole_search(site: Site, boss: Visitor, expert, name):
    sought = await booked(site, expert, name, DAY)
    await booked(site, expert, f"{name} too", 5 * DAY)
    day = sought.starts_at.date()
    query = f"q={name[4:]}&category=Health&state=upcoming&from={day}&until={day}&zone=UTC"

    page = await boss.get(f"/admin/bookings?{query}&expert={expert.slug}")

    assert references_in(page) == [sought.reference]
    assert f'value="{expert.slug}"' in page.text
    assert f'<input class="input" type="date" id="from" name="from" value="{day}">' in page.text
    assert '<option value="upcoming" selected>' in page.text


async def test_a_part_of_the_page_comes_with_its_address(boss: Visitor):
    part = await boss.get(
        "/admin/bookings?q=zoe&behind=nonsense&state=odd&from=31",
        headers={"HX-Request-Type": "partial"},
    )

    assert "<html" not in part.text
    assert part.headers["HX-Replace-Url"] == "/admin/bookings?q=zoe&zone=UTC"


async def test_pages_follow_each_other_by_links(site, boss, expert, name):
    made = [
        await booked(site, expert, name, n * DAY) for n in range(1, booking_search.PAGE_SIZE + 2)
    ]
    first = await boss.get(f"/admin/bookings?q={name[4:]}")
    (link,) = re.findall(r'rel="next" href="([^"]+)"', first.text)

    second = await boss.get(unescape(link))

    newest_first = [booking.reference for booking in reversed(made)]
    assert references_in(first) + references_in(second) == newest_first
    assert "First page" in second.text


async def test_the_file_has_what_is_found_and_runs_nothing(site: Site, boss, expert, name):
    evil = await booked(site, expert, f"=1+1 {name}", DAY, phone="+49 30 1234")
    other = await booked(site, expert, name, 2 * DAY)

    answer = await boss.get(f"/admin/bookings.csv?q={name[4:]}&zone=Europe/Berlin")

    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "private, no-store"
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["reference"] for row in rows] == [other.reference, evil.reference]
    assert tuple(rows[0]) == COLUMNS
    assert (rows[1]["name"], rows[1]["phone"]) == (f"'=1+1 {name}", "'+49 30 1234")
    assert (rows[0]["expert_page"], rows[0]["field"]) == (expert.slug, "Health")
    assert rows[0]["starts"].endswith(("+01:00", "+02:00"))


async def test_who_was_erased_stays_erased_in_page_and_file(site: Site, boss, expert, name):
    mail = address()
    booking = await booked(site, expert, name, -DAY, email=mail, phone="030 1234")
    await personal_data.erase(site.database, {mail}, now=site.now)
    of_expert = f"expert={expert.slug}"

    page = await boss.get(f"/admin/bookings?{of_expert}")
    detail = await boss.get(f"/admin/bookings/{booking.reference}")
    file = await boss.get(f"/admin/bookings.csv?{of_expert}")

    for answer in (page, detail, file):
        assert booking.reference in answer.text
        for personal in (name, mail, "030 1234"):
            assert personal not in answer.text
    assert "Erased attendee" in page.text
    (row,) = csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff")))
    assert (row["erased"], row["name"], row["email"], row["phone"]) == ("yes", "", "", "")


async def test_a_booking_shows_what_was_agreed_its_history_and_the_mails_to_both(
    boss: Visitor, ann: Visitor, slot, expert
):
    mail = address()
    reference = await ann.booked(slot.id, email=mail, notes="About tea")

    page = await boss.get(f"/admin/bookings/{reference}")

    assert page.status_code == 200
    for told in (mail, "About tea", expert.name, "Booked for", f"Mail to {expert.email}"):
        assert told in page.text


async def test_an_administrator_cancels_past_the_deadline_with_a_message_to_both(
    site: Site, boss: Visitor, ann: Visitor, slot, expert
):
    mail = address()
    reference = await ann.booked(slot.id, email=mail)

    answer = await boss.post(
        f"/admin/bookings/{reference}/cancel", {"message": "The building is closed."}
    )

    assert answer.headers["location"] == f"/admin/bookings/{reference}?saved=cancelled"
    for to in (mail, expert.email):
        letter = await mailed_text(site, to, Kind.CANCELLATION)
        assert "The building is closed." in letter
        assert "We had to cancel" in letter or "We have cancelled" in letter
    theirs = await ann.get(f"/bookings/{reference}")
    assert "Cancelled by the administration, was" in theirs.text
    assert (await act_on(site, await found_by(site, reference))).action == "session_cancelled"


async def test_too_long_a_message_is_shown_again_and_cancels_nothing(
    site: Site, boss: Visitor, ann: Visitor, slot
):
    reference = await ann.booked(slot.id)

    answer = await boss.post(f"/admin/bookings/{reference}/cancel", {"message": "x" * 1_001})

    assert answer.status_code == 422
    assert "x" * 1_001 in answer.text
    assert (await found_by(site, reference)).status is BookingStatus.CONFIRMED


async def test_an_administrator_moves_a_booking_by_a_hold_and_a_message(
    site: Site, boss: Visitor, ann: Visitor, slot, expert
):
    mail, base = address(), "/admin/bookings"
    reference = await ann.booked(slot.id, email=mail)
    other = await site.slot(expert, starts_at=slot.starts_at + DAY)
    choice = {"slot_id": str(other.id)}
    assert (
        str(other.id)
        in (await boss.get(f"{base}/{reference}/move?day={other.starts_at.date()}&zone=UTC")).text
    )

    held = await boss.post(f"{base}/{reference}/holds", choice)
    both = await boss.get(held.headers["location"])
    lost = await ann.post("/holds", choice)
    moved = await boss.post(f"{base}/{reference}/move", {**choice, "message": "Tram strike"})

    assert held.headers["location"] == f"{base}/{reference}/move?slot_id={other.id}"
    assert "This time is on hold for you until" in both.text
    assert lost.status_code == 409
    assert moved.headers["location"] == f"{base}/{reference}?saved=moved"
    letter = await mailed_text(site, mail, Kind.RESCHEDULE)
    assert "We have moved your session" in letter
    assert "Tram strike" in letter
    booking = await found_by(site, reference)
    assert booking.starts_at == other.starts_at
    assert (await act_on(site, booking)).action == "session_moved"


async def test_a_time_that_is_gone_is_said_and_nothing_typed_is_lost(
    site: Site, boss: Visitor, ann: Visitor, slot, expert
):
    reference = await ann.booked(slot.id)
    other = await site.slot(expert, starts_at=slot.starts_at + DAY, state=SlotState.BOOKED)
    choice = {"slot_id": str(other.id)}

    held = await boss.post(f"/admin/bookings/{reference}/holds", choice)
    shown = await boss.get(held.headers["location"])
    refused = await boss.post(
        f"/admin/bookings/{reference}/move", {**choice, "message": "Tram strike"}
    )

    assert (shown.status_code, refused.status_code) == (409, 409)
    assert "Tram strike" in refused.text
    assert (await found_by(site, reference)).slot_id == slot.id


async def test_an_administrator_books_for_somebody_who_gets_the_mail(
    site: Site, boss: Visitor, slot, expert, name
):
    mail, base = address(), f"/admin/bookings/new/{expert.slug}"
    chosen = await boss.get(f"/admin/bookings/new?expert={expert.slug}")
    held = await boss.post(f"{base}/holds", {"slot_id": str(slot.id)})
    form = await boss.get(held.headers["location"])
    (key,) = re.findall(r'name="request_key" value="([^"]+)"', form.text)
    typed = {
        "slot_id": str(slot.id),
        "request_key": key,
        "name": name,
        "email": mail,
        "their_language": "de",
        "their_zone": "Asia/Tokyo",
    }

    answers = [await boss.post(base, typed) for _ in range(2)]

    assert chosen.headers["location"] == base
    (location,) = {answer.headers["location"] for answer in answers}
    reference = urlsplit(location).path.rpartition("/")[2]
    assert parse_qs(urlsplit(location).query) == {"saved": ["made"]}
    booking = await found_by(site, reference)
    assert (booking.attendee.language, booking.attendee.zone) == ("de", "Asia/Tokyo")
    assert (await act_on(site, booking)).action == "session_booked"
    assert name in await mailed_text(site, mail, Kind.CONFIRMATION)
    assert reference not in (await boss.get("/bookings")).text, "it is not the administrator's"


async def test_a_booking_for_somebody_without_an_address_is_refused_and_says_why(
    boss: Visitor, slot, expert, name
):
    base = f"/admin/bookings/new/{expert.slug}"
    typed = {"slot_id": str(slot.id), "request_key": "k" * 20, "name": name}

    answer = await boss.post(base, typed)

    assert answer.status_code == 422
    assert "Enter the attendee&#39;s e-mail address." in answer.text
    assert "the confirmation goes there" in answer.text
    assert name in answer.text


async def test_mails_to_either_are_sent_again(site: Site, boss: Visitor, ann: Visitor, slot):
    mail = address()
    reference = await ann.booked(slot.id, email=mail)
    await mailed_text(site, mail, Kind.CONFIRMATION)
    page = await boss.get(f"/admin/bookings/{reference}")
    (path, *_) = re.findall(r'action="(/admin/bookings/\w+/mails/attendee/\w+/resend)"', page.text)

    answer = await boss.post(path)

    assert answer.headers["location"] == f"/admin/bookings/{reference}#mails-to-attendee"
    part = await boss.get(f"/admin/bookings/{reference}/mails/expert")
    assert 'id="mails-to-expert"' in part.text
    assert (await boss.get(f"/admin/bookings/{reference}/mails/nobody")).status_code == 404
