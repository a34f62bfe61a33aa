"""A booking's page, lists and calendar file stay as they were, whatever the profile says now."""

import re
import secrets
from datetime import timedelta

import httpx

from domain.rules.meetings import MeetingKind
from domain.store.documents import Expert
from domain.store.documents.agreements import Meeting
from tests.live.support import Ear
from tests.profiles import AFTER, BEFORE, LINK, change_profile
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.visitors import Visitor, visitor

SHARES_SITE = True

DAY = timedelta(days=1)


def unique(**fields: object) -> dict[str, object]:
    """A profile of its own: the test watches the site for its name."""
    return {**fields, "name": f"{fields['name']} {secrets.token_hex(4)}"}


async def booked(site: Site, browser: Visitor) -> tuple[Expert, str]:
    """An expert with the profile of before, and the reference of a booking for in three days."""
    expert = await site.expert(**unique(**BEFORE))
    slot = await site.slot(expert, starts_at=site.now + 3 * DAY)
    return expert, await browser.booked(slot.id, email=f"ann+{secrets.token_hex(4)}@example.org")


async def changed(site: Site, expert: Expert) -> Expert:
    """Change all of a profile that bookings keep, and wait until the site shows it."""
    after = await change_profile(site.database, expert, **unique(**AFTER))
    await until(lambda: _names(site, expert, after.name))
    return after


async def _names(site: Site, expert: Expert, name: str) -> bool:
    async with visitor(site.url) as somebody:
        return name in (await somebody.get(f"/experts/{expert.slug}")).text


async def seen(browser: Visitor, reference: str) -> list[str]:
    """What a booking's attendee sees of it: page, list, calendar file, and its mails."""
    own = f"/bookings/{reference}"
    pages = [await browser.get(path) for path in (own, "/bookings", f"{own}/calendar.ics")]
    assert [page.status_code for page in pages] == [200] * 3
    return [_but_for_time(page.text) for page in pages]


def _but_for_time(text: str) -> str:
    """Leave out when a page was made and a file was written, and what mail is under way."""
    mails = re.compile(r'<section class="mails".*?</section>', re.DOTALL)
    return mails.sub("", re.sub(r'data-now="\d+"|DTSTAMP:\w+', "", text))


async def test_no_change_of_the_profile_changes_a_booking(site: Site, ann: Visitor):
    expert, reference = await booked(site, ann)
    before = await seen(ann, reference)

    await changed(site, expert)

    assert await seen(ann, reference) == before


async def test_a_new_booking_shows_the_new_profile(site: Site, ann: Visitor, eve: Visitor):
    """The control: what a booking shows is what the profile said when it was made."""
    expert, reference = await booked(site, ann)
    after = await changed(site, expert)
    slot = await site.slot(after, starts_at=site.now + 4 * DAY)
    new = await eve.booked(slot.id)

    old_page, old_list, old_file = await seen(ann, reference)
    new_page, new_list, new_file = await seen(eve, new)

    told = [(expert.name, after.name), ("Harp", "Organ"), ("Tokyo", "Lima"), ("€42", "$99")]
    for was, is_now in (*told, (LINK, "12 Station Road, Lima")):
        assert (was in old_page, is_now in old_page) == (True, False)
        assert (was in new_page, is_now in new_page) == (False, True)
    assert "You can cancel it until" in old_page
    assert "It is too late to cancel" in new_page
    assert (expert.name in old_list, after.name in new_list) == (True, True)
    assert f"LOCATION:{LINK}" in old_file
    assert "LOCATION:12 Station Road\\, Lima" in new_file


async def test_a_booking_moves_by_what_was_agreed(site: Site, ann: Visitor):
    expert, reference = await booked(site, ann)
    after = await changed(site, expert)
    new = await site.slot(after, starts_at=site.now + 4 * DAY)
    path = f"/bookings/{reference}/reschedule"

    choosing = await ann.get(path)
    times = await ann.get(f"/bookings/{reference}/slots")
    confirming = await ann.get(f"{path}?slot_id={new.id}")
    moved = await ann.post(path, {"slot_id": str(new.id)})

    assert "You can cancel until 2 hours before it starts." in choosing.text
    assert "You can move it to another time until 1 hour before it starts, 3 times at most." in (
        re.sub(r"\s+", " ", choosing.text).replace(" , ", ", ")
    )
    for page in (choosing, times):
        assert ("€42" in page.text, "$99" in page.text) == (True, False)
    for page in (choosing, times, confirming):
        assert (expert.name in page.text, after.name in page.text) == (True, False)
    assert "You can move this booking 3 more times." in confirming.text
    assert moved.headers["location"] == f"/bookings/{reference}?moved=1"
    shown, _, file = await seen(ann, reference)
    assert expert.name in shown
    assert "You can move it until" in shown
    assert f"LOCATION:{LINK}" in file


async def test_nobody_else_learns_how_they_meet(site: Site, ann: Visitor, eve: Visitor):
    expert, reference = await booked(site, ann)
    open_slot = await site.slot(expert, starts_at=site.now + 4 * DAY)
    profile = f"/experts/{expert.slug}"

    others = [
        await eve.get(path)
        for path in (
            f"/experts?q={expert.name}",
            profile,
            f"{profile}/slots",
            f"{profile}/availability.ics",
            f"{profile}/availability.json",
            f"{profile}/portrait.svg",
            f"/slots/{open_slot.id}/book",
        )
    ]
    hidden = await eve.get(f"/bookings/{reference}")

    assert [answer.status_code for answer in others] == [200] * len(others)
    assert hidden.status_code == 404
    assert LINK in (await ann.get(f"/bookings/{reference}")).text
    assert not [answer.url for answer in (*others, hidden) if LINK in answer.text]
    assert LINK not in site.output()


async def test_the_stream_of_a_booking_says_nothing_of_how_they_meet(site: Site, ann: Visitor):
    expert = await site.expert(**unique(**BEFORE))
    slot = await site.slot(expert)
    url = f"{site.url}/experts/{expert.slug}/live"
    async with httpx.AsyncClient() as client, client.stream("GET", url) as response:
        ear = Ear(response)
        await ann.booked(slot.id)
        (booked_message,) = await ear.hear("slotBooked")
        await ear.close()

    assert booked_message.slot_id == str(slot.id)
    assert LINK not in str(ear.heard)


async def test_a_meeting_is_linked_only_where_it_leads_somewhere(site: Site, ann: Visitor):
    hostile = Meeting(kind=MeetingKind.VIDEO, text='javascript:alert("1")')
    expert = await site.expert(meeting=hostile)
    reference = await ann.booked((await site.slot(expert)).id)

    page = await ann.get(f"/bookings/{reference}")

    assert "<bdi>javascript:alert(&#34;1&#34;)</bdi>" in page.text
    assert 'href="javascript' not in page.text
