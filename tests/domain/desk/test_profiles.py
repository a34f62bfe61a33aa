"""Profiles: what may be typed, what follows from it, and who wins when two tabs save."""

import asyncio
from typing import Any

import pytest

from domain.account import sign_in
from domain.desk import desks, profiles
from domain.desk.profile_forms import BIO_LIMIT, HEADLINE_LIMIT, MEETING_LIMIT, ProfileForm
from domain.desk.profiles import ProfileChanged
from domain.rules.errors import Code, Refusal
from domain.rules.instants import EPOCH
from domain.rules.log import OPERATOR
from domain.rules.meetings import MeetingKind
from domain.rules.request_limits import Asker
from domain.store.core.database import Database
from domain.store.documents import Expert, LinkPurpose, SignInLink
from domain.store.documents.agreements import Meeting
from domain.store.experts import profiles as store
from domain.store.experts import reading as experts
from tests.domain.diaries import every_day, expert_with, published, starts
from tests.domain.support import MS, refused
from tests.factories import make_expert

TYPED = {
    "name": "Zoë Zuse",
    "rev": "0",
    "headline": "Looms & looks",
    "category": "Education",
    "bio": "First line\r\nSecond line",
    "text_language": "de",
    "skills": "Weaving\nSpinning, Felting,,\nWeaving",
    "languages": "English, Deutsch, fr",
    "experience_years": "12",
    "zone": "UTC",
    "currency": "EUR",
    "meeting_kind": "video",
    "meeting_text": "https://meet.example.org/zoe",
}


def typed(**changes: str) -> ProfileForm:
    return ProfileForm.read({**TYPED, **changes})


def wrong_fields(**changes: str) -> list[str]:
    with pytest.raises(Refusal) as caught:
        typed(**changes)
    assert caught.value.code is Code.FORM_INVALID
    return list(caught.value.fields)


async def saved(database: Database, expert: Expert, now: Any, **changes: str) -> Expert:
    """Save a form with these changes; return the expert."""
    as_read = {"zone": expert.zone, "currency": expert.currency, "rev": str(expert.profile_rev)}
    await profiles.save(database, expert, typed(**{**as_read, **changes}), by=OPERATOR, now=now)
    return await read(database, expert)


async def read(database: Database, expert: Expert) -> Expert:
    found = await experts.find(database, expert.id)
    assert found is not None
    return found


def test_lists_are_read_by_line_or_comma_and_each_entry_counts_once():
    assert typed().skills == ["Weaving", "Spinning", "Felting"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [("English, Deutsch, fr", ["en", "de", "fr"]), ("ENGLISCH\nfrançais", ["en", "fr"])],
)
def test_languages_are_known_by_name_in_several_languages_and_by_code(text, codes):
    assert typed(languages=text).languages == codes


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *(("name", ""), ("name", "\u200b"), ("name", "x" * 101), ("name", "a\0")),
        *(("headline", "x" * (HEADLINE_LIMIT + 1)), ("headline", "two\nlines")),
        *(("category", ""), ("category", "Magic"), ("bio", "x" * (BIO_LIMIT + 1))),
        *(("skills", ",".join(map(str, range(13)))), ("skills", "x" * 41)),
        *(("languages", ""), ("languages", "Klingon"), ("languages", "English, Klingon")),
        *(("experience_years", text) for text in ("", "-1", "71", "1.5", "many", "²", "9" * 5_000)),
        *(("zone", ""), ("zone", "Mars/Phobos"), ("zone", "../etc/passwd")),
        *(("currency", ""), ("currency", "XXX"), ("text_language", ""), ("text_language", "xx")),
        *(("meeting_kind", "pigeon"), ("meeting_text", "x" * (MEETING_LIMIT + 1))),
        *(("meeting_text", text) for text in ("", "meet me", "javascript:alert(1)")),
    ],
)
def test_what_cannot_be_used_is_refused_beside_its_field(field, text):
    assert wrong_fields(**{field: text}) == [field]


def test_all_wrong_fields_are_reported_at_once():
    with pytest.raises(Refusal) as caught:
        ProfileForm.read({})

    assert caught.value.fields.keys() >= {"name", "category", "languages", "zone", "currency"}


@pytest.mark.parametrize(
    ("kind", "text"),
    [("phone", "+49 30 123456"), ("address", "12 Station Road"), ("none", "")],
)
def test_a_meeting_is_checked_by_its_kind(kind, text):
    form = typed(meeting_kind=kind, meeting_text=text)

    assert form.meeting_text == text


def test_nothing_is_kept_beside_a_meeting_that_is_arranged_later():
    assert typed(meeting_kind="none", meeting_text="https://old.example").meeting_text == ""


async def test_what_follows_from_a_profile_is_saved_with_it(database: Database, now):
    expert = await make_expert(database, slug="zoe")

    after = await saved(database, expert, now)

    assert (after.name, after.sort_name, after.slug) == ("Zoë Zuse", "zoe zuse", "zoe")
    words = ["zoe", "zuse", "looms", "looks", "weaving", "spinning", "felting"]
    assert after.search_terms == words
    assert (after.bio, after.text_language) == ("First line\nSecond line", "de")
    assert after.meeting == Meeting(kind=MeetingKind.VIDEO, text=TYPED["meeting_text"])
    assert (after.profile_rev, after.plan_rev) == (expert.profile_rev + 1, expert.plan_rev)


async def test_a_preview_is_what_saving_would_make_and_saves_nothing(database: Database, now):
    expert = await make_expert(database)
    form = typed(zone="Asia/Tokyo", currency="JPY")

    shown = profiles.applied(expert, form)

    assert await read(database, expert) == expert
    await profiles.save(database, expert, form, by=OPERATOR, now=now)
    after = await read(database, expert)
    left_out = {"profile_rev", "plan_rev", "planned_at"}
    assert shown.model_dump(exclude=left_out) == after.model_dump(exclude=left_out)


async def test_another_zone_moves_the_free_times_at_once(database: Database, now):
    key = await published(database, every_day("12:00-13:00"), now)
    expert = await experts.find(database, key)
    assert expert is not None

    after = await saved(database, expert, now, zone="Asia/Tokyo")

    assert {start[-5:] for start in await starts(database, key)} == {"03:00"}
    assert after.planned_at == now


async def test_another_zone_is_planned_later_where_the_process_ends_at_once(database, now):
    expert = await expert_with(database, every_day("12:00-13:00"), planned_at=now)

    await store.save(database, expert, {"zone": "Asia/Tokyo"}, None, plans_anew=True)

    after = await read(database, expert)
    assert (after.planned_at, after.plan_rev) == (EPOCH, expert.plan_rev + 1)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((5_000, "EUR"), (5_000, "USD")),
        ((5_000, "EUR"), (50, "JPY")),
        ((50, "JPY"), (5_000, "EUR")),
    ],
)
async def test_another_currency_keeps_the_number_of_the_price(database, now, before, after):
    minor, currency = before
    expert = await make_expert(database, price_minor=minor, currency=currency, zone="UTC")

    changed = await saved(database, expert, now, currency=after[1])

    assert (changed.price_minor, changed.currency) == after
    assert changed.price_rank != expert.price_rank
    assert changed.plan_rev > expert.plan_rev


async def test_a_price_that_was_saved_meanwhile_is_not_undone_by_another_currency(database, now):
    expert = await make_expert(database, price_minor=5_000, currency="EUR", zone="UTC")
    await database.collection(Expert).update_one(
        {"_id": expert.id}, {"$set": {"price_minor": 9_000}, "$inc": {"plan_rev": 1}}
    )

    changed = await saved(database, expert, now, currency="USD")

    assert changed.price_minor == 9_000


async def test_a_form_that_shows_an_older_profile_is_refused_with_the_present_one(database, now):
    expert = await make_expert(database)
    present = await saved(database, expert, now)

    for as_read in (expert, present):
        with pytest.raises(ProfileChanged) as caught:
            await profiles.save(database, as_read, typed(name="Late"), by=OPERATOR, now=now)
        assert caught.value.expert == present


@pytest.mark.parametrize("rev", ["", "-1", "one", "9" * 30])
def test_a_form_that_does_not_say_which_profile_it_shows_is_refused(rev: str):
    assert wrong_fields(rev=rev) == ["rev"]


async def test_of_two_tabs_at_once_one_saves_and_the_other_is_refused(database: Database, now):
    expert = await make_expert(database, zone="UTC", currency="EUR")

    outcomes = await asyncio.gather(
        *(
            profiles.save(database, expert, typed(name=f"Tab {n}"), by=OPERATOR, now=now)
            for n in range(6)
        ),
        return_exceptions=True,
    )

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, ProfileChanged) for outcome in outcomes) == 5
    winner = outcomes.index(None)
    assert (await read(database, expert)).name == f"Tab {winner}"


async def test_former_names_in_the_address_stay_the_experts_own(database: Database, now):
    expert, other = await make_expert(database), await make_expert(database)
    first = expert.slug

    assert await profiles.rename(database, expert, " Zuse ", by=OPERATOR, now=now) == "zuse"

    for slug in (first, "zuse"):
        assert (await experts.find_by_slug(database, slug) or other).id == expert.id
        assert (
            await refused(profiles.rename(database, other, slug, by=OPERATOR, now=now))
            is Code.FORM_INVALID
        )
    assert await profiles.rename(database, expert, first, by=OPERATOR, now=now) == first
    assert (await read(database, expert)).slugs == [first, "zuse"]


@pytest.mark.parametrize(
    "slug", ["", "ab", "a b c", "zoë", "-zoe", "zoe-", "zoe--zuse", "x" * 61, "a/b", "../x", "zoe."]
)
async def test_an_address_takes_letters_digits_and_hyphens(database: Database, slug, now):
    expert = await make_expert(database)

    assert (
        await refused(profiles.rename(database, expert, slug, by=OPERATOR, now=now))
        is Code.FORM_INVALID
    )


async def test_nobody_collects_addresses_without_end(database: Database, now):
    expert = await make_expert(database)
    for n in range(store.MOST_SLUGS - 1):
        await profiles.rename(database, expert, f"name-{n}", by=OPERATOR, now=now)

    assert (
        await refused(profiles.rename(database, expert, "one-more", by=OPERATOR, now=now))
        is Code.FORM_INVALID
    )
    assert await profiles.rename(database, expert, "name-0", by=OPERATOR, now=now) == "name-0"


async def test_of_two_who_want_an_address_at_once_one_gets_it(database: Database, now):
    some = [await make_expert(database) for _ in range(5)]

    outcomes = await asyncio.gather(
        *(profiles.rename(database, expert, "wanted", by=OPERATOR, now=now) for expert in some),
        return_exceptions=True,
    )

    assert outcomes.count("wanted") == 1


async def test_without_the_index_two_would_get_the_same_address(database: Database, now):
    """The control of the test before: what decides is the index."""
    await database.collection(Expert).drop_index("slugs")
    await database.collection(Expert).drop_index("slug")
    some = [await make_expert(database) for _ in range(5)]

    outcomes = await asyncio.gather(
        *(profiles.rename(database, expert, "wanted", by=OPERATOR, now=now) for expert in some),
        return_exceptions=True,
    )

    assert outcomes.count("wanted") == 5


async def asked(database: Database, expert: Expert, address: str, now: Any) -> SignInLink:
    """A link that proves an expert's address."""
    link = await sign_in.request_link(
        database, address, Asker("x"), now=now, purpose=LinkPurpose.ADDRESS, expert=expert
    )
    assert link is not None
    return link


async def test_a_proven_address_takes_the_place_of_the_former_one(database: Database, now):
    expert = await make_expert(database)
    link = await asked(database, expert, "New@Example.org", now)
    assert (await read(database, expert)).email == expert.email

    assert [await profiles.take_address(database, link, now=now) for _ in range(2)] == [True, True]

    after = await read(database, expert)
    assert (after.email, after.address) == ("new@example.org", "new@example.org")


async def test_signing_out_on_all_devices_ends_what_was_asked_for_before(database, now):
    expert = await make_expert(database)
    link = await asked(database, expert, "eve@example.org", now)
    await desks.sign_out(database, expert, by=OPERATOR, now=now + MS)

    assert not await profiles.take_address(database, link, now=now)
    assert (await read(database, expert)).email == expert.email


async def test_of_two_addresses_that_were_asked_for_the_later_one_stays(database, now):
    expert = await make_expert(database)
    earlier = await asked(database, expert, "one@example.org", now)
    later = await asked(database, expert, "two@example.org", now + MS)

    assert await profiles.take_address(database, later, now=now)
    assert not await profiles.take_address(database, earlier, now=now)

    assert (await read(database, expert)).email == "two@example.org"
