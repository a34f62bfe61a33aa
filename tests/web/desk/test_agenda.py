"""The agenda and its sessions, as an expert sees and changes them without JavaScript."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar

from domain.rules.instants import NEVER
from domain.rules.slots import SlotState
from domain.store.documents import Booking, Expert
from domain.store.documents.mails import Mail, MailState
from tests.factories import make_booking
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.mailed import address
from tests.web.visitors import Visitor
from web.desk.agenda import View
from web.i18n.clock_changes import clock_changes

SHARES_SITE = True

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.fixture
async def expert(site: Site) -> Expert:
    return await site.expert(email=address(), zone="Europe/Berlin")


@pytest.fixture
async def reference(site: Site, expert: Expert, ann: Visitor) -> str:
    """Ann's booking of tomorrow, made in Tokyo."""
    slot = await site.slot(expert)
    ann.client.cookies.set("zone", "Asia/Tokyo")
    form = {"notes": "About taxes", "phone": "+49 30 5"}
    return await ann.booked(slot.id, name="Ann Arbor", **form)


async def booking(site: Site, reference: str) -> Booking:
    found = await site.database.engine.find_one(Booking, {"reference": reference})
    assert found is not None
    return found


async def past_session(site: Site, expert: Expert) -> str:
    slot = await site.slot(expert, starts_at=site.now - HOUR, state=SlotState.BOOKED)
    return (await make_booking(site.database, slot)).reference


async def test_the_agenda_names_who_comes_and_their_own_time(ada, reference):
    page = await ada.get("/desk")

    assert "Ann Arbor" in page.text
    assert "for them, Tokyo" in page.text
    assert f'href="/desk/bookings/{reference}"' in page.text


async def test_a_day_of_the_agenda_is_the_experts_own(site, ada, expert):
    evening = (site.now + 9 * DAY).replace(hour=23, minute=30, second=0, microsecond=0)
    slot = await site.slot(expert, starts_at=evening, state=SlotState.BOOKED)
    made = await make_booking(site.database, slot)
    days = {"Europe/Berlin": evening.date() + DAY, "UTC": evening.date()}

    for zone, day in days.items():
        for other in days.values():
            page = await ada.get(f"/desk?view=day&day={other}&zone={zone}")
            assert (made.reference in page.text) == (other == day)


async def test_a_session_that_runs_into_a_day_says_when_it_began(site, ada, expert):
    evening = (site.now + 12 * DAY).replace(hour=23, minute=30, second=0, microsecond=0)
    slot = await site.slot(
        expert, starts_at=evening, ends_at=evening + HOUR, state=SlotState.BOOKED
    )
    made = await make_booking(site.database, slot)

    for day, began in ((evening.date(), ""), (evening.date() + DAY, f"{evening:%A %-d %b}, ")):
        page = await ada.get(f"/desk?view=day&day={day}&zone=UTC&lang=en")
        assert f">{began}23:30<" in row_of(page.text, made.reference)


async def test_two_sessions_at_one_wall_time_are_told_apart(site, ada, expert):
    coming = clock_changes(expert.zone, site.now, site.now + 400 * DAY)
    back = next(change.at for change in coming if change.after < change.before)
    told = {
        "en": ("before the clock change", "after the clock change"),
        "de": ("vor der Zeitumstellung", "nach der Zeitumstellung"),
    }
    made = []
    for start in (back - HOUR / 2, back + HOUR / 2, back + 3 * HOUR / 2):
        slot = await site.slot(expert, starts_at=start, state=SlotState.BOOKED)
        made.append((await make_booking(site.database, slot)).reference)

    for view in View:
        for language, (before, after) in told.items():
            page = await ada.get(f"/desk?view={view}&day={back.date()}&lang={language}")
            first, second, third = (row_of(page.text, reference) for reference in made)
            assert "02:30 (UTC+02:00)" in first
            assert "02:30 (UTC+01:00)" in second
            assert [before in row for row in (first, second, third)] == [True, False, False]
            assert [after in row for row in (first, second, third)] == [False, True, False]


def row_of(page: str, reference: str) -> str:
    """What the agenda shows of a session."""
    return page.partition(f'id="session-{reference}"')[2].partition("</li>")[0]


async def test_an_empty_agenda_says_so_in_words(ada: Visitor):
    assert "Nothing booked on these days" in (await ada.get("/desk")).text
    assert (await ada.get("/desk?view=week")).text.count("Nothing booked") == 7


async def test_a_zone_of_the_agenda_is_not_remembered(ada: Visitor):
    await ada.get("/desk?zone=Asia/Tokyo")

    assert "zone" not in ada.client.cookies


@pytest.mark.parametrize(
    "query", ["view=all", "day=never", "day=9999-12-31", "day=0001-01-01", "zone=%00"]
)
async def test_an_odd_question_gets_an_agenda(ada: Visitor, query: str):
    assert (await ada.get(f"/desk?{query}")).status_code == 200


async def test_the_part_of_the_page_is_what_the_page_has(ada: Visitor, reference: str):
    part = await ada.get("/desk", headers=PART)

    assert f'id="session-{reference}"' in part.text
    assert "<html" not in part.text


async def test_the_stream_that_the_agenda_listens_to_names_nobody(ada, expert, reference):
    page = await ada.get("/desk")
    assert f'data-hx-sse:connect="/experts/{expert.slug}/live?' in page.text

    async with ada.client.stream("GET", f"/experts/{expert.slug}/live?after=0") as stream:
        async for chunk in stream.aiter_text():
            if "event:" in chunk:
                break
    assert "Ann" not in chunk
    assert reference not in chunk


async def test_a_session_shows_what_the_expert_needs(ada: Visitor, reference: str):
    page = await ada.get(f"/desk/bookings/{reference}")

    for shown in ("Ann Arbor", "ann@example.org", "+49 30 5", "About taxes", "Tokyo"):
        assert shown in page.text
    assert "Confirmation" in page.text


async def test_a_session_is_cancelled_with_a_message(site, ada, ann, reference):
    answer = await ada.post(f"/desk/bookings/{reference}/cancel", {"message": "I am <ill>."})

    assert answer.status_code == 303
    assert "Cancelled by the expert, was" in (await ada.get(f"/desk/bookings/{reference}")).text
    theirs = await ann.get(f"/bookings/{reference}")
    assert "This booking was cancelled." in theirs.text
    assert "I am &lt;ill&gt;." in theirs.text
    mails = site.database.collection(Mail)
    query = {"subject": {"$regex": "^Cancelled"}, "to": "ann@example.org"}
    found = await site.database.engine.find_one(Booking, {"reference": reference})
    mail = await until(lambda: mails.find_one({**query, "booking_id": found.id}))
    assert mail["state"] == MailState.KEPT.value
    assert "had to cancel your session" in mail["text"]
    assert "I am <ill>." in mail["text"]
    assert "I am &lt;ill&gt;." in mail["html"]


async def test_a_message_that_is_too_long_comes_back_as_it_was_typed(site, ada, reference):
    answer = await ada.post(f"/desk/bookings/{reference}/cancel", {"message": "x" * 1_001})

    assert answer.status_code == 422
    assert 'id="message-error"' in answer.text
    assert "x" * 1_001 in answer.text
    assert (await booking(site, reference)).cancelled_by is None


async def test_what_has_begun_is_not_cancelled_but_has_an_outcome(site, ada, expert):
    reference = await past_session(site, expert)

    cancelled = await ada.post(f"/desk/bookings/{reference}/cancel")
    missed = await ada.post(f"/desk/bookings/{reference}/outcome", {"outcome": "missed"})
    assert (await booking(site, reference)).attendance == "missed"
    came = await ada.post(f"/desk/bookings/{reference}/outcome", {"outcome": "attended"})

    assert [a.status_code for a in (cancelled, missed, came)] == [409, 303, 303]
    assert (await booking(site, reference)).attendance == "attended"


@pytest.mark.parametrize("outcome", ["", "slept", "ATTENDED"])
async def test_an_unknown_outcome_is_refused(site, ada, expert, outcome: str):
    reference = await past_session(site, expert)

    answer = await ada.post(f"/desk/bookings/{reference}/outcome", {"outcome": outcome})

    assert answer.status_code == 422
    assert (await booking(site, reference)).attendance is None


async def test_a_note_is_the_experts_alone(site, ada, ann, reference):
    await ada.post(f"/desk/bookings/{reference}/note", {"note": "Prefers\r\nmornings"})

    assert "Prefers\nmornings" in (await ada.get(f"/desk/bookings/{reference}")).text
    assert "Prefers" not in (await ann.get(f"/bookings/{reference}")).text
    assert "Prefers" not in (await ann.get(f"/bookings/{reference}/calendar.ics")).text
    await ada.post(f"/desk/bookings/{reference}/note", {"note": " "})
    assert (await booking(site, reference)).note == ""


async def test_the_calendar_has_every_session_and_says_who_comes(site, ada, reference):
    await ada.post("/desk/calendar/renew")
    calendar = await ada.get(await calendar_path(ada))

    (event,) = Calendar.from_ical(calendar.text).walk("VEVENT")
    made = await booking(site, reference)
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert str(event["uid"]) == f"{reference}@expertconnect"
    assert event.decoded("dtstart") == made.starts_at
    assert "Ann Arbor" in str(event["summary"])
    assert "About taxes" in str(event["description"])
    assert str(event["url"]).endswith(f"/desk/bookings/{reference}")


async def test_the_calendar_needs_no_sign_in_and_a_replaced_address_shows_nothing(site, ada, eve):
    await ada.post("/desk/calendar/renew")
    old = await calendar_path(ada)
    assert (await eve.get(old)).status_code == 200

    await ada.post("/desk/calendar/renew")

    assert (await eve.get(old)).status_code == 404
    assert (await eve.get(await calendar_path(ada))).status_code == 200
    assert old.rsplit("/", 1)[-1] not in site.output()


@pytest.mark.parametrize("file", ["none.ics", "None.ics", ".ics", "null.ics", "%00.ics"])
async def test_a_wrong_key_opens_no_calendar(eve, file: str):
    assert (await eve.get(f"/desk/calendar/{file}")).status_code in {400, 404}


async def calendar_path(browser: Visitor) -> str:
    """The address of the agenda's calendar, as its page shows it."""
    text = (await browser.get("/desk")).text
    found = re.search(r"http[^\s\"]+/desk/calendar/[\w-]+\.ics", text)
    assert found
    return urlsplit(found[0]).path


async def switch(site: Site, expert: Expert) -> datetime:
    found = await site.database.engine.find_one(Expert, {"_id": expert.id})
    assert found is not None
    return found.morning_mail_at


async def test_the_morning_mail_is_switched_on_and_off_below_the_agenda(site, ada, expert):
    assert "Switch it on" in (await ada.get("/desk")).text

    answer = await ada.post("/desk/morning-mail/on")

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk#morning-mail")
    on = (await ada.get("/desk")).text
    assert "Switched on." in on
    assert expert.email in on
    assert f"{(await switch(site, expert)).astimezone(ZoneInfo(expert.zone)):%H:%M}" == "07:00"

    await ada.post("/desk/morning-mail/off")

    assert "Switch it on" in (await ada.get("/desk")).text
    assert await switch(site, expert) == NEVER
