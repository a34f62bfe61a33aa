"""The waitlist over HTTP, with the server that offers what comes free."""

import asyncio
import re
import secrets
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest
from httpx import Response

from domain.rules.notices import Kind
from domain.rules.request_limits import LETTERS_OF_ADDRESS
from domain.rules.slots import SlotState
from domain.store.core.database import Key
from domain.store.documents import Expert, Slot
from domain.store.documents.waitlist import WaitlistEntry
from tests.servers import SECRET_KEY
from tests.web.conftest import Site
from tests.web.mailed import mailed_link
from tests.web.visitors import Visitor, visitor
from web.http.tokens import LinkTokens

IN_LINE = "You are on the waitlist for this day"
TURN = "It is your turn"


class Day:
    """An expert's full day: one time, booked by a guest."""

    def __init__(self, expert: Expert, slot: Slot, reference: str, guest: Visitor) -> None:
        self.expert, self.slot, self.guest, self.reference = expert, slot, guest, reference
        self.on = slot.starts_at.date().isoformat()

    def path(self, end: str = "") -> str:
        return f"/experts/{self.expert.slug}{end}?day={self.on}&zone=UTC"

    async def join(self, browser: Visitor, email: str):
        return await browser.post(self.path("/waitlist"), {"email": email})

    async def cancel(self) -> None:
        answer = await self.guest.post(f"/bookings/{self.reference}/cancel")
        assert answer.status_code == 303


@pytest.fixture
async def day(site: Site):
    """A full day, and whoever booked its time."""
    slot = await site.slot()
    expert = await site.database.engine.find_one(Expert, {"_id": slot.expert_id})
    assert expert is not None
    async with visitor(site.url) as guest:
        reference = await guest.booked(slot.id)
        yield Day(expert, slot, reference, guest)


def address(name: str) -> str:
    return f"{name}+{secrets.token_hex(4)}@example.org"


async def test_a_full_day_offers_a_place_in_line_and_keeps_it(day: Day, ann: Visitor):
    asked = await ann.get(day.path())
    joined = await day.join(ann, address("ann"))
    page = await ann.get(day.path())

    assert "Wait for a time on this day" in asked.text
    assert (joined.status_code, joined.headers["location"]) == (303, day.path() + "#waitlist")
    assert IN_LINE in page.text


async def test_a_time_that_comes_free_is_offered_and_booked_in_that_browser(
    site: Site, day: Day, ann: Visitor, eve: Visitor
):
    await day.join(ann, address("ann"))
    await day.cancel()

    page = await ann.get(day.path())
    stolen = await eve.book(day.slot.id)
    answer = await ann.book(day.slot.id)

    assert TURN in page.text
    assert stolen.status_code == 409
    assert answer.status_code == 303
    assert (await site.current(day.slot)).state is SlotState.BOOKED
    assert await site.database.engine.count(WaitlistEntry, {"expert_id": day.expert.id}) == 0


async def test_the_mailed_link_leads_to_the_form_on_another_device(
    site: Site, day: Day, ann: Visitor, eve: Visitor
):
    mail = address("ann")
    await day.join(ann, mail)
    await day.cancel()
    link = await mailed_link(site, mail, Kind.OFFER)

    looks = [await eve.get(link) for _ in range(10)]
    untouched = await site.current(day.slot)
    taken = await eve.post(f"{link}/take")
    form = await eve.get(taken.headers["location"])

    assert {look.status_code for look in looks} == {200}
    assert TURN in looks[-1].text
    assert untouched.state is SlotState.OFFERED
    assert form.status_code == 200
    assert "on hold for you until" in form.text
    assert "Extend the hold" not in form.text
    assert (await eve.book(day.slot.id)).status_code == 303


async def test_leaving_is_one_click_in_the_page_and_in_the_mail(
    site: Site, day: Day, ann: Visitor, eve: Visitor
):
    mail = address("ann")
    await day.join(ann, mail)
    await ann.post(day.path("/waitlist/leave"))
    left_here = await site.database.engine.count(WaitlistEntry, {"expert_id": day.expert.id})
    other = address("eve")
    await day.join(eve, other)
    link = await mailed_link(site, other, Kind.WAITLIST_ENTRY)
    page = await eve.get(link)
    left = await eve.post(f"{link}/leave")
    again = await eve.get(link)

    assert left_here == 0
    assert "Leave the waitlist" in page.text
    assert left.status_code == 303
    assert again.status_code == 404
    assert "You are no longer in line" in again.text


async def test_a_place_says_what_confirming_the_address_changes_until_it_is_confirmed(
    site: Site, day: Day, ann: Visitor, eve: Visitor
):
    """By the button in its mail, on any device; who has proven the address is not asked."""
    mail, hint = address("ann"), "Confirm your address by the link that we e-mailed you."
    await day.join(ann, mail)
    waiting = await ann.get(day.path())
    link = await mailed_link(site, mail, Kind.WAITLIST_ENTRY)
    asked = await eve.get(link)
    confirmed = await eve.post(f"{link}/confirm")
    thanked = await eve.get(link)
    ahead = await ann.get(day.path())
    await ann.post("/bookings/link", {"email": mail})
    await ann.post(await mailed_link(site, mail))
    await ann.post(day.path("/waitlist/leave"))
    await day.join(ann, mail)
    proven = await ann.get(day.path())

    assert hint in waiting.text
    assert "Yes, that is me" in asked.text
    assert (confirmed.status_code, confirmed.headers["location"]) == (303, link)
    assert "Your address is confirmed" in thanked.text
    assert "Yes, that is me" not in thanked.text
    assert IN_LINE in ahead.text
    assert hint not in ahead.text
    assert IN_LINE in proven.text
    assert hint not in proven.text
    assert (await eve.get("/bookings/data")).status_code == 403  # nothing else is proven by it


async def test_nobody_learns_who_is_in_line(site: Site, day: Day, ann: Visitor, eve: Visitor):
    """An address that waits already is answered, shown and served like one that does not."""
    mail = address("ann")
    await day.join(ann, mail)

    known = await day.join(eve, mail)
    known_page = await eve.get(day.path())
    async with visitor(site.url) as other:
        unknown = await day.join(other, address("nobody"))
        unknown_page = await other.get(day.path())

    assert known.status_code == unknown.status_code == 303
    assert known.headers["location"] == unknown.headers["location"]
    assert IN_LINE in known_page.text
    assert IN_LINE in unknown_page.text
    assert mail not in known_page.text


async def test_nobody_learns_who_is_in_line_whatever_becomes_of_either_place(site: Site):
    """Somebody acts under Ann's address, who waits in another browser, or under nobody's.

    Whole answers are compared, but for tokens, names and instants: once joined, while a time is
    offered, when it was given up, in line again, and where the address was typed too often.
    """
    known, unknown = await _both_seen_by_a_stranger(site)
    if known != unknown:  # the day, and with it the month, may have ended between the two
        known, unknown = await _both_seen_by_a_stranger(site)

    assert len(known) == len(unknown) == 9
    for n, (one, other) in enumerate(zip(known, unknown, strict=True)):
        assert one == other, n


async def _both_seen_by_a_stranger(site: Site) -> tuple[list[str], list[str]]:
    expert = await site.expert()
    name = f"{expert.slug}-twin"
    twin = expert.model_copy(update={"id": Key(), "slug": name, "slugs": [name]})
    await site.database.engine.save(twin)
    known = await _seen_by_a_stranger(site, expert, is_known=True)
    return known, await _seen_by_a_stranger(site, twin, is_known=False)


async def _seen_by_a_stranger(site: Site, expert: Expert, *, is_known: bool) -> list[str]:
    """Return all that Eve is answered who acts under an address, in order."""
    mail, other = address("ann"), address("other")
    mail_of_ann = mail if is_known else other
    async with AsyncExitStack() as stack:
        guest, ann, often, eve = [
            await stack.enter_async_context(visitor(site.url, headers={"X-Forwarded-For": ip}))
            for ip in ("10.9.0.1", "10.9.0.2", f"10.9.1.{is_known:d}", "10.9.0.3")
        ]
        nine = site.now.replace(hour=9, minute=0, second=0, microsecond=0)
        slot = await site.slot(expert, starts_at=nine + timedelta(days=2))
        day = Day(expert, slot, await guest.booked(slot.id), guest)

        async def look() -> Response:
            return await eve.get(day.path())

        seen = [await day.join(eve, mail)]
        await day.join(ann, mail_of_ann)
        seen.append(await look())
        await day.cancel()
        seen.append(await look())
        assert TURN in seen[-1].text
        seen.append(await eve.post("/holds/release", {"slot_id": str(slot.id)}))
        assert TURN in (await ann.get(day.path())).text
        seen.append(await look())
        await ann.book(slot.id, email=mail_of_ann)
        seen += [await day.join(eve, mail), await look()]
        await eve.post(day.path("/waitlist/leave"))
        for _ in range(LETTERS_OF_ADDRESS.most):
            await day.join(often, mail_of_ann)
            await often.post(day.path("/waitlist/leave"))
        seen += [await day.join(eve, mail), await look()]
        assert IN_LINE in seen[-1].text
    return [_without_what_differs(answer, day) for answer in seen]


def _without_what_differs(answer: Response, day: Day) -> str:
    """Return an answer without what differs from one expert and instant to another."""
    text = f"{answer.status_code} {answer.headers.get('location', '')} {answer.text}"
    text = text.replace(day.expert.slug, "SLUG").replace(str(day.slot.id), "ID")
    instant = r"\d{13}|until \d+:\d+( [AP]M)?"
    return re.sub(instant, "", text)


async def test_an_address_that_is_none_is_refused_and_kept_as_typed(day: Day, ann: Visitor):
    answer = await day.join(ann, "ann at example")

    assert answer.status_code == 422
    assert 'value="ann at example"' in answer.text
    assert "Enter an e-mail address like ann@example.org." in answer.text


async def test_there_is_no_line_for_a_day_with_a_free_time(site: Site, day: Day, ann: Visitor):
    later = day.slot.starts_at + timedelta(minutes=30)
    await site.slot(day.expert, starts_at=later, ends_at=later + timedelta(minutes=30))

    answer = await day.join(ann, address("ann"))

    assert answer.status_code == 409
    assert "There is a free time" in answer.text


@pytest.mark.parametrize(
    "query", ["", "day=", "day=x", "day=9999-12-31", "day=9000-05-05", "day=2020-01-01"]
)
async def test_a_day_that_cannot_come_is_refused(day: Day, ann: Visitor, query: str):
    answer = await ann.post(
        f"/experts/{day.expert.slug}/waitlist?{query}", {"email": "ann@example.org"}
    )

    assert answer.status_code == 409
    assert 'class="notice notice--warning" role="alert"' in answer.text
    assert 'value="ann@example.org"' in answer.text


async def test_a_day_whose_last_time_has_just_closed_still_says_what_is_wrong(
    site: Site, day: Day, ann: Visitor
):
    closed = {"$set": {"closes_at": site.now}}
    await site.database.collection(Slot).update_one({"_id": day.slot.id}, closed)

    answer = await day.join(ann, "ann at example")

    assert answer.status_code == 422
    assert 'value="ann at example"' in answer.text
    assert 'id="waitlist-email-error"' in answer.text


async def test_the_links_of_a_place_and_of_a_sign_in_do_not_stand_in_for_each_other(
    site: Site, day: Day, ann: Visitor
):
    mail = address("ann")
    await day.join(ann, mail)
    place = await mailed_link(site, mail, Kind.WAITLIST_ENTRY)
    await ann.post("/bookings/link", {"email": mail})
    sign_in = await mailed_link(site, mail)

    tokens = LinkTokens([SECRET_KEY])
    of_place, of_sign_in = place.split("/")[-1], sign_in.split("/")[-1]
    assert tokens.waitlist.read(of_place)
    assert tokens.sign_in.read(of_sign_in)
    assert tokens.waitlist.read(of_sign_in) is None
    assert tokens.sign_in.read(of_place) is None
    assert (await ann.get(f"/bookings/link/{of_place}")).status_code == 404
    assert (await ann.get(f"/waitlist/{of_sign_in}")).status_code == 404


async def test_the_address_of_a_refused_join_leads_to_a_whole_page(day: Day, ann: Visitor):
    refused = await day.join(ann, "ann at example")

    turned = await ann.get(f"{refused.url.path}?day={day.on}&lang=de")
    page = await ann.get(turned.headers["location"])
    part = await ann.get(day.path("/waitlist"), headers={"HX-Request-Type": "partial"})

    assert turned.status_code == 303
    assert page.text.startswith("<!DOCTYPE html>")
    assert '<html lang="de-DE"' in page.text
    assert day.on in turned.headers["location"]
    assert "<html" not in part.text
    assert 'id="waitlist"' in part.text


@pytest.mark.parametrize("token", ["x", "not-a-token", "e30.e30", "%00", "a" * 500])
async def test_a_token_that_is_not_ours_leads_nowhere(ann: Visitor, token: str):
    answers = [
        await ann.get(f"/waitlist/{token}"),
        await ann.post(f"/waitlist/{token}/confirm"),
        await ann.post(f"/waitlist/{token}/take"),
        await ann.post(f"/waitlist/{token}/leave"),
    ]

    assert {answer.status_code for answer in answers} == {404}


async def test_ten_cancels_at_once_are_offered_to_ten_in_their_order(site: Site):
    expert = await site.expert()
    first = site.now.replace(minute=0, second=0, microsecond=0) + timedelta(days=2)
    start = first.replace(hour=6)
    slots = [await site.slot(expert, starts_at=start + n * timedelta(hours=1)) for n in range(10)]
    async with visitor(site.url) as guest:
        references = [await guest.booked(slot.id, overlap="yes") for slot in slots]
        query = f"day={start.date().isoformat()}&zone=UTC"
        await _join_many(site, expert, query, 12)
        cancels = [guest.post(f"/bookings/{reference}/cancel") for reference in references]
        answers = await asyncio.gather(*cancels)

    waits = await site.database.engine.find(
        WaitlistEntry, {"expert_id": expert.id}, sort=WaitlistEntry.joined_at
    )
    assert {answer.status_code for answer in answers} == {303}
    assert [wait.state.value for wait in waits] == ["offered"] * 10 + ["waiting"] * 2
    assert len({wait.slot_id for wait in waits[:10]}) == 10


async def _join_many(site: Site, expert: Expert, query: str, count: int) -> None:
    for n in range(count):
        async with visitor(site.url) as person:
            answer = await person.post(
                f"/experts/{expert.slug}/waitlist?{query}", {"email": address(f"person{n}")}
            )
            assert answer.status_code == 303, answer.text
