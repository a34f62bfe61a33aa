"""Nobody sees, lists or changes another's booking."""

import asyncio
import re
from typing import Any

import pytest

from domain.rules.notices import Kind
from domain.rules.request_limits import LINKS_OF_ADDRESS_THERE
from domain.rules.slots import SlotState
from domain.store.documents import SignInLink
from domain.store.documents.mails import Mail, MailState
from domain.store.documents.waitlist import WaitlistEntry
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.mailed import address, mailed_link
from tests.web.visitors import Visitor, but_for_time, visitor


async def test_a_browser_sees_what_it_booked_at_once(site: Site, ann: Visitor):
    reference = await ann.booked((await site.slot()).id)

    page = await ann.get(f"/bookings/{reference}")
    mine = await ann.get("/bookings")

    assert page.status_code == 200
    assert f"/bookings/{reference}" in mine.text


async def test_a_stranger_learns_nothing_of_a_booking(site: Site, ann: Visitor, eve: Visitor):
    slot = await site.slot()
    reference = await ann.booked(slot.id, name="Ann Secret", email=address())

    own = f"/bookings/{reference}"
    paths = [own, f"{own}/calendar.ics", f"{own}/mails", "/bookings"]
    pages = [await eve.get(path) for path in paths]
    cancel = await eve.post(f"/bookings/{reference}/cancel")
    unknown = await eve.get("/bookings/ZZZZZZZZZZZZ")

    assert [p.status_code for p in pages] == [404, 404, 404, 200]
    assert cancel.status_code == 404
    assert (await site.current(slot)).state is SlotState.BOOKED
    for page in pages:
        assert "Ann Secret" not in page.text
        assert reference not in page.text
    assert but_for_time(pages[0].text) == but_for_time(unknown.text)


async def test_a_time_page_says_nothing_of_who_booked_it(site: Site, ann: Visitor, eve: Visitor):
    expert = await site.expert()
    slot = await site.slot(expert)
    mail = address()
    reference = await ann.booked(slot.id, name="Ann Secret", email=mail)

    times = await eve.get(f"/experts/{expert.slug}?day={slot.starts_at.date()}&zone=UTC")
    form = await eve.get(f"/slots/{slot.id}/book")

    assert "Booked" in times.text
    assert form.status_code == 409
    for text in (times.text, form.text):
        assert not any(secret in text for secret in ("Ann Secret", mail, reference, expert.email))


async def test_a_mailed_link_shows_all_bookings_of_its_address(site: Site, ann, eve: Visitor):
    mail = address()
    reference = await ann.booked((await site.slot()).id, email=mail)
    assert reference not in (await eve.get("/bookings")).text

    asked = await eve.post("/bookings/link", {"email": mail.upper()})
    link = await mailed_link(site, mail)
    looked = await eve.get(link)
    used = await eve.post(link)

    assert (asked.status_code, looked.status_code, used.status_code) == (200, 200, 303)
    assert reference in (await eve.get("/bookings")).text
    assert (await eve.get(f"/bookings/{reference}")).status_code == 200
    await eve.post("/bookings/sign-out")
    assert reference not in (await eve.get("/bookings")).text


async def test_whoever_signs_out_leaves_nothing_to_see_in_that_browser(site: Site, ann: Visitor):
    reference = await ann.booked((await site.slot()).id)
    assert reference in (await ann.get("/bookings")).text

    await ann.post("/bookings/sign-out")

    assert reference not in (await ann.get("/bookings")).text
    assert (await ann.get(f"/bookings/{reference}")).status_code == 404


async def test_looking_at_every_mailed_address_ten_times_changes_nothing(site, ann, eve: Visitor):
    mail = address()
    await ann.booked((await site.slot()).id, email=mail)
    await eve.post("/bookings/link", {"email": mail})
    link = await mailed_link(site, mail)

    looks = [(await eve.get(link)).status_code for _ in range(10)]
    heads = (await eve.client.head(link)).status_code

    assert looks == [200] * 10
    assert heads == 200
    assert (await eve.post(link)).status_code == 303


async def test_a_link_works_once(site: Site, ann: Visitor, eve: Visitor):
    mail = address()
    await ann.booked((await site.slot()).id, email=mail)
    await eve.post("/bookings/link", {"email": mail})
    link = await mailed_link(site, mail)

    async with visitor(site.url) as other:
        outcomes = await asyncio.gather(*(v.post(link) for v in (eve, other, ann)))
    again = await eve.get(link)

    assert sorted(o.status_code for o in outcomes) == [303, 404, 404]
    assert again.status_code == 404


async def test_a_link_sent_again_by_the_same_browser_signs_it_in_all_the_same(site, ann, eve):
    mail = address()
    reference = await ann.booked((await site.slot()).id, email=mail)
    await eve.post("/bookings/link", {"email": mail})
    link = await mailed_link(site, mail)
    await eve.get(link)

    twice = await asyncio.gather(eve.post(link), eve.post(link))
    again = await eve.post(link)
    others = [await other.post(link) for other in (ann,)]
    async with visitor(site.url) as nobody:
        others.append(await nobody.post(link))

    assert [answer.status_code for answer in (*twice, again)] == [303] * 3
    assert [answer.status_code for answer in others] == [404, 404]
    assert reference in (await eve.get("/bookings")).text


async def test_a_link_that_was_tampered_with_does_not_work(site: Site, ann: Visitor, eve: Visitor):
    mail = address()
    await ann.booked((await site.slot()).id, email=mail)
    await eve.post("/bookings/link", {"email": mail})
    link = await mailed_link(site, mail)

    changed = link[:-3] + ("aaa" if link[-3:] != "aaa" else "bbb")

    assert (await eve.get(changed)).status_code == 404
    assert (await eve.post(changed)).status_code == 404


async def test_the_answer_is_the_same_for_known_and_unknown_addresses(site, ann, eve: Visitor):
    mail = address()
    await ann.booked((await site.slot()).id, email=mail)

    known = await eve.post("/bookings/link", {"email": mail})
    unknown = await eve.post("/bookings/link", {"email": address()})

    assert known.status_code == unknown.status_code == 200
    assert but_for_time(known.text) == but_for_time(unknown.text)


async def test_unknown_addresses_get_no_mail(site: Site, ann: Visitor, eve: Visitor):
    stranger, known = address(), address()
    await ann.booked((await site.slot()).id, email=known)

    became = {}
    for mail in (stranger, known):
        await eve.post("/bookings/link", {"email": mail})
        became[mail] = await settled_link_mail(site, mail)

    assert (became[known].state, became[known].to) == (MailState.KEPT, known)
    assert became[stranger].state is MailState.OVERTAKEN
    assert stranger not in became[stranger].model_dump_json()


async def link_mail(site: Site, mail: str) -> Mail | None:
    """The mail of the only link that was asked for an address."""
    link = await site.database.engine.find_one(SignInLink, SignInLink.address == mail)
    assert link is not None
    return await site.database.engine.find_one(Mail, Mail.key == f"sign-in:{link.key}")


async def settled_link_mail(site: Site, mail: str) -> Mail:
    async def settled() -> Mail | None:
        found = await link_mail(site, mail)
        return found if found and found.settled_at else None

    return await until(settled)


async def test_a_link_is_in_the_outbox_before_the_answer_says_so(site: Site, ann, eve: Visitor):
    stranger, known = address(), address()
    await ann.booked((await site.slot()).id, email=known)

    for mail in (stranger, known):
        await eve.post("/bookings/link", {"email": mail})
        assert await link_mail(site, mail) is not None


async def test_links_are_limited_alike_for_known_and_unknown_addresses(site: Site, ann: Visitor):
    known, unknown = address(), address()
    await ann.booked((await site.slot()).id, email=known)

    for mail in (known, unknown):
        async with visitor(site.url, headers={"X-Forwarded-For": f"10.1.2.{len(mail)}"}) as asker:
            answers = [
                (await asker.post("/bookings/link", {"email": mail})).status_code
                for _ in range(LINKS_OF_ADDRESS_THERE.most + 1)
            ]
        assert answers == [200] * LINKS_OF_ADDRESS_THERE.most + [429]


async def test_an_address_that_is_none_leaves_the_list_as_it_was(site: Site, ann: Visitor):
    slot = await site.slot()
    reference = await ann.booked(slot.id)

    answer = await ann.post("/bookings/link", {"email": "ann at example"})

    assert answer.status_code == 422
    assert f'href="/bookings/{reference}"' in answer.text
    assert "No upcoming bookings" not in answer.text


@pytest.mark.parametrize("mail", ["", "nope", "a b@example.org", "ann@example.org\0"])
async def test_an_address_that_is_none_is_told_so(ann: Visitor, mail):
    answer = await ann.post("/bookings/link", {"email": mail})

    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text


FOREIGN = [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "https://other.example.org"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": "http://[", "HX-Request": "true"},
]


@pytest.mark.parametrize("headers", FOREIGN)
async def test_no_form_of_another_website_changes_anything(site: Site, ann: Visitor, headers):
    slot = await site.slot()
    reference = await ann.booked((await site.slot()).id)
    forms = [
        "/holds",
        "/holds/extend",
        "/holds/release",
        f"/slots/{slot.id}/book",
        "/bookings/link",
        f"/bookings/{reference}/cancel",
        f"/bookings/{reference}/mails/{slot.id}/resend",
        "/bookings/sign-out",
        "/bookings/sign-out/everywhere",
    ]

    for path in forms:
        answer = await ann.post(path, {"slot_id": str(slot.id)}, headers=headers)
        assert answer.status_code == 403, path
    assert (await site.current(slot)).state is SlotState.OPEN
    assert (await ann.get(f"/bookings/{reference}")).text.count("Confirmed")


async def test_a_form_of_ours_counts_in_browsers_old_and_new(site: Site, ann: Visitor):
    slots = [await site.slot() for _ in range(4)]
    ours = [
        {"Sec-Fetch-Site": "same-origin", "Origin": site.url},
        {"Sec-Fetch-Site": "none"},
        {"Origin": site.url},
        {},
    ]

    for slot, headers in zip(slots, ours, strict=True):
        answer = await ann.post("/holds", {"slot_id": str(slot.id)}, headers=headers)
        assert answer.headers["location"] == f"/slots/{slot.id}/book", headers


async def test_text_comes_out_as_text(site: Site, ann: Visitor):
    hostile = '<script>alert("1")</script>'
    expert = await site.expert(name=hostile, headline=hostile, bio=hostile, skills=[hostile])
    await site.lists("q=script", hostile)
    reference = await ann.booked(
        (await site.slot(expert)).id,
        name=f"\u202eשרה {hostile}",
        notes=f"\u2067{hostile}'\">",
        phone="1",
    )

    for path in (
        "/experts?q=script",
        f"/experts/{expert.slug}",
        "/bookings",
        f"/bookings/{reference}",
    ):
        page = await ann.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text
        assert not re.search("[\u202a-\u202e\u2066-\u2069]", page.text)
    assert "<bdi>שרה &lt;script&gt;" in page.text
    assert 'dir="auto">&lt;script&gt;' in page.text


async def test_every_answer_carries_its_security_headers(ann: Visitor):
    for path in ("/", "/nothing", "/static/js/theme.js", "/bookings/ZZZZZZZZZZZZ", "/health/live"):
        answer = await ann.get(path)
        policy = answer.headers["content-security-policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_pages_have_no_inline_script_or_style(site: Site, ann: Visitor):
    expert = await site.expert()
    slot = await site.slot(expert)
    reference = await ann.booked(
        (await site.slot(expert, starts_at=site.now.replace(year=2035, day=1))).id
    )

    for path in (
        "/",
        f"/experts/{expert.slug}",
        f"/slots/{slot.id}/book",
        f"/bookings/{reference}",
    ):
        text = (await ann.get(path)).text
        assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text)


async def test_the_log_holds_nothing_personal(site: Site, ann: Visitor, eve: Visitor):
    mail = address()
    reference = await ann.booked(
        (await site.slot()).id, name="Ann Secret", email=mail, phone="+49 30 5"
    )
    await eve.post("/bookings/link", {"email": mail})
    token = (await mailed_link(site, mail)).rsplit("/", 1)[-1]
    await eve.post(f"/bookings/link/{token}")

    await until(lambda: "route=/bookings/link/{token}" in site.output())
    output = site.output()
    assert not any(secret in output for secret in (reference, mail, "Ann Secret", token, "+49 30"))


async def test_a_fault_is_told_without_what_the_driver_says_of_a_document(site: Site, ann: Visitor):
    mail, links = address(), site.database.collection(SignInLink)
    only_one: dict[str, Any] = {"unique": True, "partialFilterExpression": {"address": mail}}
    index = await links.create_index("address", name="only_one", **only_one)
    try:
        answers = [await ann.post("/bookings/link", {"email": mail}) for _ in range(2)]
    finally:
        await links.drop_index(index)

    assert [answer.status_code for answer in answers] == [200, 500]
    await until(lambda: "fault" in site.output())
    output = site.output()
    assert "error=DuplicateKeyError" in output
    assert re.search(r"domain/store/mail/sign_in_links\.py:\d+ insert", output)
    assert mail not in output + answers[1].text
    assert mail.split("@")[0] not in output


async def test_the_log_holds_nothing_personal_of_waiting_being_offered_and_erased(
    site: Site, ann: Visitor, eve: Visitor
):
    mail, expert = address(), await site.expert()
    slot = await site.slot(expert)
    reference = await eve.booked(slot.id)
    line = f"/experts/{expert.slug}/waitlist?day={slot.starts_at.date()}&zone=UTC"

    await ann.post(line, {"email": mail})
    place = await mailed_link(site, mail, Kind.WAITLIST_ENTRY)
    await ann.get(place)
    await eve.post(f"/bookings/{reference}/cancel")
    offer = await mailed_link(site, mail, Kind.OFFER)
    await ann.post(f"{offer}/take")
    (wait,) = await site.database.engine.find(WaitlistEntry, {"address": mail})
    await ann.post("/bookings/link", {"email": mail})
    await ann.post(await mailed_link(site, mail))
    erased = await ann.post("/bookings/data/erase")

    assert erased.status_code == 200
    await until(lambda: "route=/bookings/data/erase" in site.output())
    output, token = site.output(), place.rsplit("/", 1)[-1]
    assert "route=/waitlist/{token}/take" in output
    assert not [s for s in (mail, token, wait.key, wait.visitor_id) if s in output]
