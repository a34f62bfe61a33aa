"""Pages in the reader's language: chosen, complete, and right in its details."""

import re
from datetime import date, datetime
from functools import cache
from pathlib import Path

import pytest

from tests.servers import ROOT
from tests.web.conftest import Site
from tests.web.visitors import Visitor
from web.i18n.formats import clock_time, day_name, money
from web.i18n.languages import DEFAULT, LOCALES, preferred_language, translate_count, translations
from web.i18n.names import zone_name
from web.wordlist import said

SHARES_SITE = True

TRANSLATED = sorted(LOCALES.keys() - {DEFAULT})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("fr,de;q=0.3,en;q=0.2", "de"),
        ("de,en", "de"),
        ("en , de", "en"),
        ("en;q=0.5, de ; q = 0.9", "de"),
        ("fr", "en"),
        ("de;q=0, en", "en"),
        ("de;q=high", "en"),
        ("*", "en"),
        (";;;,,,q=", "en"),
        ("de," * 10_000, "de"),
    ],
)
def test_a_browser_is_answered_in_the_language_it_prefers(header, language):
    assert preferred_language(header) == language


@cache
def texts() -> frozenset[str | tuple[str, ...]]:
    return frozenset(entry.text for entry in said())


@pytest.mark.parametrize("language", TRANSLATED)
def test_everything_that_is_said_is_translated(language):
    known = translations(language)
    missing = []
    for text in texts():
        found = known.get(text)
        forms = found.string if found else ""
        if not (all(forms) if isinstance(forms, tuple) else forms):
            missing.append(text)

    assert missing == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_is_translated_that_nobody_says(language):
    known = {message.id for message in translations(language) if message.id}

    assert known - texts() == set()


MARKED = re.compile(r"{%-? *trans.*?endtrans *-?%}|{#.*?#}|{%.*?%}|{{.*?}}", re.DOTALL)
FOR_MACHINES = re.compile(
    r"<style.*?</style>"
    r"|<meta name=.(?:viewport|color-scheme|theme-color|htmx-config|twitter:card).*?>"
    r"|<meta property=.og:type.*?>"
    r"|{% macro (?:way|following).*?endmacro %}|ExpertConnect|Expert(?=<)|(?<=>)Connect|SMTP_URL",
    re.DOTALL,
)
READ_ALOUD = re.compile(r'(?:aria-label|placeholder|title|alt|content)="([^"]*)"')


def unmarked(source: str) -> list[str]:
    """The words of a template that its catalogues don't know of."""
    bare = MARKED.sub("", FOR_MACHINES.sub("", source))
    spoken = [*READ_ALOUD.findall(bare), re.sub(r"<[^>]*>", "\n", bare)]
    return re.findall(r"[^\W\d_]{2,}", " ".join(spoken))


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.html")), ids=lambda p: p.name)
def test_a_template_says_nothing_that_is_not_marked(path: Path):
    assert unmarked(path.read_text()) == []


def test_what_is_not_marked_would_be_found():
    said_so = '{{ _("Hold") }} <p title="Mine">Free</p> {% trans %}Held{% endtrans %}'

    assert unmarked(said_so) == ["Mine", "Free"]


def _placeholders(text: object) -> list[str]:
    assert isinstance(text, str)
    assert '"' not in re.sub(r"<[^>]*>", "", text), f"breaks attributes: {text}"
    return sorted(re.findall(r"%\(\w+\)[sd]|<[^>]*>", text))


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_keep_values_and_marks(language):
    for message in translations(language):
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            wanted = _placeholders(message.id[1])
            assert [_placeholders(form) for form in message.string][1] == wanted
        else:
            assert _placeholders(message.string) == _placeholders(message.id)


def test_counts_take_their_form():
    assert translate_count("en", "%(num)s thing", "%(num)s things", 1) == "%(num)s thing"
    assert translate_count("en", "%(num)s thing", "%(num)s things", 0) == "%(num)s things"


@pytest.mark.parametrize(
    ("language", "day", "zone"),
    [
        ("en", "Tuesday 8 July", "London (United Kingdom Time)"),
        ("de", "Dienstag, 8. Juli", "London, Vereinigtes Königreich (Ortszeit)"),
    ],
)
def test_days_and_zones_are_written_in_full(language, day, zone):
    locale = LOCALES[language]

    assert day_name(locale, date(2031, 7, 8)) == day
    assert zone_name(locale, "Europe/London") == zone


def test_money_and_times_are_written_as_their_readers_do(now):
    assert money(LOCALES["en"], 5000, "EUR") == "€50"
    assert money(LOCALES["de"], 5000, "EUR") == "50\xa0€"
    assert money(LOCALES["de"], 123_456, "CHF") == "1.234,56\xa0CHF"
    assert money(LOCALES["en"], 5000, "JPY") == "JP¥5,000"
    assert money(LOCALES["en"], 0, "EUR") == "free of charge"
    assert money(LOCALES["de"], 0, "JPY") == "kostenlos"
    assert clock_time(LOCALES["de"], now, "UTC") == f"{now:%H:%M}"


@pytest.mark.parametrize(
    ("zone", "at", "written"),
    [
        ("Europe/Berlin", "2026-10-24T23:30", "01:30"),
        ("Europe/Berlin", "2026-10-25T00:30", "02:30 (UTC+02:00)"),
        ("Europe/Berlin", "2026-10-25T01:30", "02:30 (UTC+01:00)"),
        ("Europe/Berlin", "2026-10-25T02:00", "03:00"),
        ("Europe/London", "2026-10-25T01:00", "01:00 (UTC+00:00)"),
        ("America/St_Johns", "2026-11-01T03:30", "01:00 (UTC-02:30)"),
        ("Australia/Lord_Howe", "2026-04-04T14:45", "01:45 (UTC+11:00)"),
        ("Europe/Berlin", "2026-03-29T01:00", "03:00"),
    ],
)
@pytest.mark.parametrize("language", LOCALES)
def test_a_wall_time_that_comes_twice_says_which_it_is(language, zone, at, written):
    instant = datetime.fromisoformat(f"{at}+00:00")

    assert clock_time(LOCALES[language], instant, zone) == written


async def test_a_page_says_which_language_it_is_in(ann: Visitor):
    german = await ann.get("/bookings", headers={"Accept-Language": "de"})
    english = await ann.get("/bookings", headers={"Accept-Language": "fr"})

    assert '<html lang="de-DE" dir="ltr">' in german.text
    assert "Meine Buchungen" in german.text
    assert '<html lang="en-GB" dir="ltr">' in english.text


async def test_a_language_once_chosen_is_remembered(ann: Visitor):
    chosen = await ann.get("/bookings?show=past&lang=de")
    later = await ann.get("/nothing")

    assert 'href="?show=past&amp;lang=en"' in chosen.text
    assert 'lang="de-DE"' in later.text
    assert "Seite nicht gefunden" in later.text


async def test_a_language_that_is_not_offered_changes_nothing(ann: Visitor):
    page = await ann.get("/bookings?lang=%3Cscript%3E")

    assert 'lang="en-GB"' in page.text
    assert "language" not in ann.client.cookies


async def test_what_is_wrong_with_a_form_is_said_in_german(ann: Visitor):
    page = await ann.post("/bookings/link?lang=de", {"email": "nobody"})
    problem = await ann.get(
        "/experts/nobody", headers={"Accept": "application/json", "Accept-Language": "de"}
    )

    assert page.status_code == 422
    assert "Geben Sie eine E-Mail-Adresse wie ann@example.org ein." in page.text
    assert problem.json()["title"] == "Diese Person gibt es nicht"


async def test_what_experts_say_of_themselves_is_marked_as_english(site: Site, ann: Visitor):
    expert = await site.expert(headline="Says it in English", bio="And here, too.")

    page = await ann.get(f"/experts/{expert.slug}?lang=de")

    assert '<html lang="de-DE"' in page.text
    assert 'lang="en">Says it in English</p>' in page.text
    assert '<p class="about__bio" lang="en">And here, too.</p>' in page.text


async def test_the_answer_to_a_form_offers_no_other_language_for_it_has_no_address(ann: Visitor):
    asked = await ann.get("/bookings")
    answered = await ann.post("/bookings/link", {"email": "nobody"})

    assert "hreflang" in asked.text
    assert "hreflang" not in answered.text
