"""An installation's own face: on every page, in mails and calendars, and what visitors agree to."""

import asyncio
import re
from collections.abc import Mapping
from html import unescape

import pytest

from domain.rules.log import OPERATOR
from domain.rules.notices import Kind
from domain.site import face, texts
from domain.site.changes import current
from domain.site.forms import FaceForm
from domain.site.texts import TextsForm
from domain.store.documents import Booking
from domain.store.documents.site import PublishedText
from domain.store.documents.site import Site as Kept
from tests.servers import ROOT, server_beside
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.mailed import address, mailed_text
from tests.web.visitors import Visitor, reference_in, visitor

LANGUAGES = ("en", "de")
HOSTILE = ["<b>\"'&{{ 7 * 7 }}", "W" * 60, "מרכז הייעוץ <i>", "\u202eeciv\u202c", "a/b//c\\n;,:"]
FACE = {"accent": "#ff0000", "language": "en", "offers_en": "on", "offers_de": "on"}


@pytest.fixture(autouse=True)
async def untouched(site: Site) -> None:
    """Each test begins with the program's own face."""
    for kept in (Kept, PublishedText):
        await site.database.collection(kept).delete_many({})
    await until(lambda: _is_known(site))


async def shows(site: Site, word: str, url: str = "") -> None:
    """Wait until a server shows this: it hears of what a test writes."""
    async with visitor(url or site.url) as somebody:

        async def is_there() -> bool:
            return word in (await somebody.get("/experts")).text

        await until(is_there)


async def change_face(site: Site, **typed: str) -> None:
    """Change the face as an administrator would, and wait until the server shows it."""
    rev = {"rev": str((await current(site.database)).face_rev)}
    form = FaceForm.read_in(
        {**FACE, "name": "Chamber", **rev, **typed}, LANGUAGES, "tagline", "offers"
    )
    await face.save_face(site.database, form, OPERATOR, now=site.now)
    await until(lambda: _is_known(site))


async def change_texts(site: Site, **typed: str) -> None:
    """Change the legal pages, and wait until the server shows it."""
    rev = {"rev": str((await current(site.database)).texts_rev)}
    form = TextsForm.read_texts({**rev, **typed}, LANGUAGES)
    await texts.save_texts(site.database, form, OPERATOR, now=site.now)
    await until(lambda: _is_known(site))


async def _is_known(site: Site) -> bool:
    """Say whether the server knows the site as the database has it."""
    kept = await current(site.database)
    async with visitor(site.url) as somebody:
        manifest = (await somebody.get("/site.webmanifest")).json()
        legal = [(await somebody.get(f"/{page}")).text for page in ("imprint", "privacy", "terms")]
    numbers = [
        int(found[1]) if (found := re.search(r"Version (\d+)", text)) else 0 for text in legal
    ]
    there = [kept.imprint, kept.privacy, kept.terms]
    known = [text.version if text.is_there else 0 for text in there]
    return manifest["name"] == kept.name and numbers == known


async def every_page(site: Site, ann: Visitor) -> dict[str, str]:
    """Return one page of each kind, by address."""
    expert = await site.expert()
    booking = f"/bookings/{await ann.booked((await site.slot(expert)).id, email=address())}"
    found = ["/", "/experts?q=nobody", f"/experts/{expert.slug}", "/apply", "/desk", "/admin"]
    mine = [
        "/bookings",
        booking,
        f"{booking}/reschedule",
        "/bookings/ZZZZZZZZZZZZ",
        "/no-such-page",
    ]
    return {path: (await ann.get(path)).text for path in (*found, *mine)}


@pytest.mark.parametrize("name", HOSTILE)
async def test_any_name_stays_text_wherever_it_stands(site: Site, ann: Visitor, name: str):
    await change_face(site, name=name, address="<i>Here</i>\n1", has_accent="on")
    shown = (await current(site.database)).name

    for path, page in (await every_page(site, ann)).items():
        title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
        assert title, path
        assert shown in unescape(title[1]), path
        assert "ExpertConnect" not in page, path
        assert "<b>" not in page, path
        assert "<i>" not in page, path
        assert "49" not in title[1], path
        assert 'href="/site.css?v=' in page, path


def test_no_template_names_the_program_where_a_site_has_its_name():
    naming = [
        path.name
        for path in sorted((ROOT / "templates").rglob("*"))
        if path.is_file() and "ExpertConnect" in path.read_text()
    ]

    assert naming == []


async def test_without_a_site_nothing_of_its_own_is_there(ann: Visitor):
    page = (await ann.get("/")).text

    assert "ExpertConnect</title>" in page
    assert "/site.css" not in page
    assert "site-footer__contact" not in page
    for path in ("/site.css", "/site/logo", "/imprint", "/privacy", "/terms", "/terms?version=1"):
        assert (await ann.get(path)).status_code == 404
        assert f'href="{path}"' not in page


async def test_another_process_shows_it_on_its_next_page(site: Site):
    async with server_beside(site.uri) as other:
        await change_face(site, name="Both", has_accent="on")

        await shows(site, "Both</title>", other.url)


async def test_what_programs_show_of_a_link_follows(site: Site, ann: Visitor):
    plain = (await ann.get("/")).text
    await change_face(site, name="Chamber", tagline_en="Ask us", has_accent="on")

    page = (await ann.get("/")).text
    said = dict(re.findall(r'<meta (?:property|name)="([\w:-]+)"\s+content="([^"]*)"', page))
    card = await ann.get(said["og:image"].partition(site.url)[2])
    manifest = (await ann.get("/site.webmanifest")).json()

    assert said["og:site_name"] == "Chamber"
    assert said["og:title"] == "Experts · Chamber"
    assert said["og:description"] == said["description"] == "Ask us"
    assert said["og:image:alt"] == "Chamber: Ask us"
    assert ">Ask us</h1>" in page
    assert said["theme-color"] == "#c8110a"
    assert card.headers["content-type"] == "image/png"
    assert "immutable" in card.headers["cache-control"]
    assert (manifest["name"], manifest["description"]) == ("Chamber", "Ask us")
    assert "Ask us" not in plain


async def test_the_styles_of_a_colour_are_kept_for_good_and_change_their_address(site, ann):
    addresses = []
    for accent in ("#ff0000", "#00ff00"):
        await change_face(site, name=f"Chamber {accent}", has_accent="on", accent=accent)
        found = re.search(r'href="(/site\.css\?v=\w+)"', (await ann.get("/")).text)
        assert found
        addresses.append(found[1])

    new, old = (await ann.get(addresses[1])), (await ann.get(addresses[0]))

    assert addresses[0] != addresses[1]
    assert "--violet: light-dark(#057704, #00ff00)" in new.text
    assert "immutable" in new.headers["cache-control"]
    assert "no-cache" in old.headers["cache-control"]


async def test_calendars_and_mails_say_who_sends_them(site: Site, ann: Visitor):
    expert = await site.expert()
    await site.lists("q=" + expert.name.replace(" ", "+"), expert.name)
    feed = f"/experts/{expert.slug}/availability.ics"
    before = await ann.get(feed)
    await change_face(site, name='Chamber "of/it"', email="us@example.org")
    mail = address()
    reference = await ann.booked((await site.slot(expert)).id, email=mail)

    text = await mailed_text(site, mail, Kind.CONFIRMATION)
    event = (await ann.get(f"/bookings/{reference}/calendar.ics")).text
    after = await ann.get(feed, headers={"If-None-Match": before.headers["etag"]})

    assert text.endswith('-- \nChamber "of/it"\nus@example.org\n')
    assert 'PRODID:-//Chamber "of it"//EN' in event
    assert "ORGANIZER;CN=" in event
    assert after.status_code == 200
    assert "Chamber" in after.text


async def test_pages_are_in_the_languages_that_are_offered_and_no_other(site: Site, ann: Visitor):
    german = {"Accept-Language": "de"}
    await change_face(site, name="Nur Deutsch", language="de", offers_en="", offers_de="on")

    page = await ann.get("/experts?lang=en", headers={"Accept-Language": "en"})
    assert '<html lang="de-DE"' in page.text
    assert 'hreflang="en"' not in page.text

    await change_face(site, name="English only", language="en", offers_en="on", offers_de="")
    assert '<html lang="en-GB"' in (await ann.get("/experts", headers=german)).text


async def test_a_legal_page_is_in_the_readers_language_or_says_in_which(site: Site, ann: Visitor):
    await change_texts(site, terms_en="# Be kind", privacy_en="Little", privacy_de="Wenig")

    for language, terms, privacy in (("en", "en", "Little"), ("de", "en", "Wenig")):
        page = (await ann.get(f"/terms?lang={language}")).text
        assert f'lang="{terms}" dir="auto"' in page
        assert "<h2>Be kind</h2>" in page
        assert privacy in (await ann.get(f"/privacy?lang={language}")).text
        assert 'href="/terms"' in page
        assert 'href="/imprint"' not in page


async def consent_in(page: str) -> Mapping[str, str]:
    """What the box of a booking form stands for."""
    found = re.search(r'name="agree"\s+value="([^"]+)"', page)
    assert found
    return {"agree": found[1]}


async def test_a_booking_needs_the_agreement_and_keeps_what_it_was(site: Site, ann: Visitor):
    await change_texts(site, terms_en="One", privacy_en="P", agree_terms="on", agree_privacy="on")
    slot = await site.slot()
    form = await ann.get(f"/slots/{slot.id}/book")
    agreed = await consent_in(form.text)

    unticked = await ann.book(slot.id, notes="Keep this")
    reference = await ann.booked(slot.id, **agreed)

    assert agreed == {"agree": "terms.1 privacy.1"}
    assert unticked.status_code == 422
    assert 'href="#agree"' in unticked.text
    assert 'id="agree-error"' in unticked.text
    assert "Keep this" in unticked.text
    booking = await site.database.engine.find_one(Booking, {"reference": reference})
    assert booking
    kept = [(one.page, one.version, one.language, one.at) for one in booking.consents]
    assert [one[:3] for one in kept] == [("terms", 1, "en"), ("privacy", 1, "en")]
    await change_texts(site, terms_en="Two", privacy_en="P", agree_terms="on")
    page = (await ann.get(f"/bookings/{reference}")).text
    address_then = re.search(r'href="(/terms\?version=1&amp;lang=en)"', page)
    assert address_then
    then = (await ann.get(unescape(address_then[1]))).text
    assert "<p>One</p>" in then
    assert "This is version 1 of this page" in then
    assert "<p>Two</p>" in (await ann.get("/terms")).text


async def test_a_form_whose_text_has_changed_asks_again_and_loses_nothing(site: Site, ann: Visitor):
    await change_texts(site, terms_en="One", agree_terms="on")
    slot = await site.slot()
    agreed = await consent_in((await ann.get(f"/slots/{slot.id}/book")).text)
    await change_texts(site, terms_en="Two", agree_terms="on")

    asked = await ann.book(slot.id, notes="Keep this", **agreed)
    again = await consent_in(asked.text)

    assert asked.status_code == 409
    assert "What you agree to has changed" in asked.text
    assert "Keep this" in asked.text
    assert not re.search(r'id="agree"[^>]*checked', asked.text)
    assert again == {"agree": "terms.2"}
    assert reference_in(await ann.book(slot.id, **again))


async def test_a_form_from_before_anything_was_asked_asks_now(site: Site, ann: Visitor):
    slot = await site.slot()
    await change_texts(site, terms_en="One", agree_terms="on")

    assert (await ann.book(slot.id)).status_code == 422
    for nonsense in ("terms.2", "terms.01x", "on", "imprint.1", "terms.1" * 40):
        assert (await ann.book(slot.id, agree=nonsense)).status_code == 409
    await asyncio.gather(*[ann.book(slot.id, agree="terms.1") for _ in range(2)])
