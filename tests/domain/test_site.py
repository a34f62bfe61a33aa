"""The site: saved part by part, each version of a text kept, every change logged."""

import asyncio
from datetime import datetime, timedelta

import pytest

from domain.booking.booking_forms import BookingForm, book_or_ask
from domain.booking.booking_requests import confirm
from domain.rules.confirmations import ConfirmByMail, Confirming
from domain.rules.errors import Code, Refusal
from domain.rules.legal import LegalPage, TextVersion
from domain.rules.log import OPERATOR, Action
from domain.site import face, fields, texts
from domain.site.changes import SiteChanged, current
from domain.site.consents import Agreement
from domain.site.fields import FieldsForm
from domain.site.forms import FaceForm
from domain.site.texts import TextsForm
from domain.store.core.database import Database
from domain.store.documents import BookingRequest
from domain.store.documents.log import LogEntry
from domain.store.documents.site import Site
from tests.domain.support import ANN, DAY, HOLD, attendee, refused
from tests.factories import make_expert, make_slot

LANGUAGES = ("en", "de")
ALWAYS = Confirming(ConfirmByMail.ALWAYS, timedelta(minutes=15))
FACE = {
    "rev": "0",
    "name": "Chamber",
    "tagline_en": "Ask us",
    "has_accent": "on",
    "accent": "#C2410C",
    "email": "us@example.org",
    "language": "de",
    "offers_de": "on",
    "offers_en": "on",
}
ROWS = {
    f"names_{key}_{code}": f"{key} {code}"
    for key in ("Technology", "Health", "Finance", "Legal", "Education", "Lifestyle")
    for code in LANGUAGES
}


def face_form(**typed: str) -> FaceForm:
    return FaceForm.read_in({**FACE, **typed}, LANGUAGES, "tagline", "offers")


def texts_form(**typed: str) -> TextsForm:
    return TextsForm.read_texts({"rev": "0", **typed}, LANGUAGES)


async def fields_form(database: Database, **typed: str) -> FieldsForm:
    site = await current(database)
    rev = {"rev": str(site.fields_rev)}
    return FieldsForm.read_rows({**ROWS, **rev, **typed}, site.field_keys, LANGUAGES)


def wrong_in(call, *arguments, **typed) -> set[str]:
    with pytest.raises(Refusal) as caught:
        call(*arguments, **typed)
    assert caught.value.code is Code.FORM_INVALID
    return set(caught.value.fields)


async def logged(database: Database) -> list[str]:
    return [entry.action for entry in await database.engine.find(LogEntry, sort=LogEntry.seq)]


async def test_without_a_document_everything_is_the_programs(database: Database):
    site = await current(database)

    assert (site.name, site.accent, site.logo, site.look, site.rev) == (
        *("ExpertConnect", "", "", "", 0),
    )
    assert await database.engine.count(Site) == 0


async def test_a_saved_face_is_kept_and_logged(database: Database, now: datetime):
    await face.save_face(database, face_form(), OPERATOR, now=now)

    site = await current(database)
    assert (site.name, site.accent, site.languages) == ("Chamber", "#c2410c", ["de", "en"])
    assert (site.tagline, site.contact.email) == ({"en": "Ask us"}, "us@example.org")
    assert (site.rev, site.face_rev, site.fields_rev) == (1, 1, 0)
    (entry,) = await database.engine.find(LogEntry)
    assert entry.action == Action.SITE_FACE_CHANGED
    told = {change.field: (change.before, change.after) for change in entry.changes}
    assert told["name"] == ("ExpertConnect", "Chamber")
    assert told["contact"] == (None, "changed")


async def test_what_changes_nothing_is_neither_saved_nor_logged(database, now):
    await face.save_face(database, face_form(), OPERATOR, now=now)

    await face.save_face(database, face_form(rev="1"), OPERATOR, now=now)

    assert (await current(database)).rev == 1
    assert len(await logged(database)) == 1


async def test_of_two_at_once_the_later_is_shown_what_changed_and_the_parts_do_not_mind_each_other(
    database: Database, now: datetime
):
    saving = [
        face.save_face(database, face_form(name=name), OPERATOR, now=now) for name in ("A", "B")
    ]
    others = [texts.save_texts(database, texts_form(terms_en="Be kind."), OPERATOR, now=now)]

    *both, other = await asyncio.gather(*saving, *others, return_exceptions=True)

    assert other is None
    (lost,) = [one for one in both if one is not None]
    assert isinstance(lost, SiteChanged)
    assert lost.site.name == (await current(database)).name
    assert (await current(database)).rev == 2


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": " \u200b"}, "name"),
        ({"name": "x" * 61}, "name"),
        ({"tagline_de": "x" * 121}, "tagline_de"),
        ({"accent": "red"}, "accent"),
        ({"accent": "#123456;}"}, "accent"),
        ({"email": "nobody"}, "email"),
        ({"phone": "call me"}, "phone"),
        ({"offers_en": "", "offers_de": ""}, "offers"),
        ({"offers_de": ""}, "offers"),
        ({"rev": "x"}, "rev"),
    ],
)
def test_a_face_that_cannot_be_shown_is_refused_at_its_field(typed, field):
    assert wrong_in(face_form, **typed) == {field}


def test_a_colour_that_is_not_used_is_not_looked_at():
    assert face_form(has_accent="", accent="red").accent == ""


async def test_a_text_that_changes_gets_a_version_and_all_of_them_are_kept(database, now):
    await texts.save_texts(database, texts_form(terms_en="One"), OPERATOR, now=now)
    second = texts_form(rev="1", terms_en="Two", terms_de="Zwei", agree_terms="on")
    await texts.save_texts(database, second, OPERATOR, now=now)

    site = await current(database)
    assert site.asked == [TextVersion(LegalPage.TERMS, 2)]
    assert site.privacy.version == 0
    assert (await texts.text_as_of(database, TextVersion(LegalPage.TERMS, 1))).texts == {
        "en": "One"
    }
    assert (await texts.text_as_of(database, site.asked[0])).texts == {"en": "Two", "de": "Zwei"}
    unknown = texts.text_as_of(database, TextVersion(LegalPage.TERMS, 3))
    assert await refused(unknown) is Code.TEXT_UNKNOWN


async def test_a_page_that_was_emptied_counts_on_when_it_comes_back(database, now):
    for rev, text in enumerate(("One", "", "Three")):
        form = texts_form(rev=str(rev), imprint_en=text)
        await texts.save_texts(database, form, OPERATOR, now=now)

    assert (await current(database)).imprint.version == 3


def test_nobody_can_be_asked_to_agree_to_nothing():
    assert wrong_in(texts_form, agree_privacy="on") == {"agree_privacy"}


async def test_fields_are_renamed_added_and_removed_by_a_key_that_stays(database, now):
    form = await fields_form(
        database,
        names_Health_de="Gesundheit",
        removed_Legal="on",
        added_en="Career advice",
        added_de="Laufbahn",
    )
    await fields.save_fields(database, form, OPERATOR, now=now)

    site = await current(database)
    names = {field.key: field.names for field in site.expertise}
    assert "Legal" not in names
    assert names["Health"]["de"] == "Gesundheit"
    assert names["career-advice"] == {"en": "Career advice", "de": "Laufbahn"}
    assert await logged(database) == [Action.SITE_FIELDS_CHANGED]


async def test_a_field_that_somebody_has_stays(database: Database, now: datetime):
    await make_expert(database, category="Legal", listed=False)

    form = await fields_form(database, removed_Legal="on")
    with pytest.raises(Refusal) as caught:
        await fields.save_fields(database, form, OPERATOR, now=now)

    assert set(caught.value.fields) == {"removed_Legal"}
    assert "Legal" in (await current(database)).field_keys


async def test_a_field_needs_a_name_of_its_own_in_each_language(database, now):
    with pytest.raises(Refusal) as caught:
        await fields_form(database, added_en="Law", names_Health_de="")
    assert set(caught.value.fields) == {"names_Health_de"}
    with pytest.raises(Refusal) as caught:
        await fields_form(database, added_en="Law")
    assert set(caught.value.fields) == {"added_de"}
    twice = await fields_form(database, added_en="health", added_de="Gesund")
    assert await refused(fields.save_fields(database, twice, OPERATOR, now=now)) is (
        Code.FORM_INVALID
    )


async def test_a_form_that_waits_for_its_link_keeps_what_it_agreed_to(database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    terms = [TextVersion(LegalPage.TERMS, 1)]
    form = BookingForm(slot.id, ANN, attendee(), "k" * 20, agreement=Agreement(terms, terms, "en"))

    waiting = await book_or_ask(database, form, ALWAYS, now=now, hold_for=HOLD)
    assert isinstance(waiting, BookingRequest)
    later = now + timedelta(minutes=2)
    booking = await confirm(database, waiting, now=later, hold_for=HOLD)

    assert [(one.page, one.version, one.at) for one in booking.consents] == [("terms", 1, now)]
