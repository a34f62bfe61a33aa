"""Removal: an expert goes, attendees are asked, and nothing is left of the person."""

import json
from datetime import timedelta
from typing import Any

import pytest
from bson import json_util

from domain.account import sign_in
from domain.admin import listing, removal
from domain.admin.sheets.columns import texts_of
from domain.booking import holds, replacements
from domain.desk import desks, portraits, profiles
from domain.desk.profile_forms import ProfileForm
from domain.desk.working_hours import saving
from domain.discovery import catalogue
from domain.rules.errors import Code
from domain.rules.log import OPERATOR, Action
from domain.rules.meetings import MeetingKind
from domain.rules.notices import Kind
from domain.rules.request_limits import Asker
from domain.rules.slots import SlotState
from domain.store.audit import audit
from domain.store.core.database import Database
from domain.store.documents import BookingStatus, Expert, SignInLink
from domain.store.documents.agreements import Meeting
from domain.store.documents.log import LogEntry
from domain.store.documents.profiles import ExpertStatus, Portrait
from domain.store.documents.waitlist import WaitlistEntry
from domain.store.experts import next_free
from domain.store.experts import reading as experts
from domain.store.memory.directory import Directory
from domain.store.personal_data import NOBODY
from tests.domain.diaries import slots_of
from tests.domain.practices import HOUR, Practice, practice_with
from tests.domain.support import DAY, HOLD, refused
from tests.factories import make_expert, make_wait
from tests.pictures import picture

SECRETS = ("rosa@example.org", "meet.example.org", "herbs", "zither", "i know a lot", "my note")
ROSA: dict[str, Any] = {
    "name": "Rosa Stern",
    "email": "Rosa@Example.org",
    "slug": "rosa-stern",
    "headline": "Herbs and their uses",
    "bio": "Plays the zither.",
    "skills": ["Herbs"],
    "category": "Health",
    "currency": "EUR",
    "price_minor": 9_000,
    "languages": ["en"],
    "meeting": Meeting(kind=MeetingKind.VIDEO, text="https://meet.example.org/rosa"),
    "application": "I know a lot.",
}


@pytest.fixture
async def practice(database: Database, now) -> Practice:
    """The practice of an expert with something in every field."""
    return await practice_with(database, now, **ROSA)


async def remove(practice: Practice, message: str = "", **at: Any) -> Expert:
    """Remove a practice's expert, and return what is left."""
    now = at.get("now", practice.now)
    expert = await practice.expert()
    await removal.remove(practice.database, expert, message=message, by=OPERATOR, now=now)
    return await practice.expert()


async def everything(database: Database) -> str:
    """Return all that is in the database, as text in lower case."""
    names = await database.motor[database.name].list_collection_names()
    found = {name: await database.motor[database.name][name].find().to_list(None) for name in names}
    return json.dumps(found, default=json_util.default).lower()


async def page_of(database: Database, now, slug: str) -> Code:
    directory = Directory(database, clock=lambda: now)
    return await refused(catalogue.expert_by_slug(directory, slug, unlisted=True))


async def test_a_removed_expert_is_gone_by_every_address_the_page_had(practice: Practice, now):
    database, expert = practice.database, await practice.expert()
    await profiles.rename(database, expert, "rosa", by=OPERATOR, now=now)

    removed = await remove(practice)

    assert [await page_of(database, now, slug) for slug in ("rosa", "rosa-stern")] == [
        Code.EXPERT_REMOVED,
        Code.EXPERT_REMOVED,
    ]
    assert removed.status is ExpertStatus.REMOVED
    assert expert.id not in await next_free.listed_ids(database)
    other = await make_expert(database)
    assert (
        await refused(profiles.rename(database, other, "rosa-stern", by=OPERATOR, now=now))
        is Code.FORM_INVALID
    )


async def test_a_removed_expert_has_no_desk_and_takes_no_bookings(practice: Practice, now):
    database, link = practice.database, {"rosa@example.org": now + HOUR}
    assert await desks.experts_at(database, link) != []
    slot = await practice.slot(2)

    expert = await remove(practice)

    assert await desks.experts_at(database, link) == []
    assert await refused(practice.booked(2)) is Code.SLOT_UNKNOWN
    states = {slot.state for slot in await slots_of(database, expert.id)}
    assert (slot.state, states) == (SlotState.OPEN, {SlotState.WITHDRAWN})
    for act in (listing.approve, listing.pause):
        assert await refused(act(database, expert.slug, by=OPERATOR, now=now)) is (
            Code.EXPERT_UNKNOWN
        )


async def test_attendees_are_asked_with_a_message_and_may_move_to_a_stand_in(
    practice: Practice, now
):
    database = practice.database
    booking = await practice.booked(2)
    ben = await practice_with(database, now, **ROSA | {"slug": "ben", "stands_in": True})

    removed = await remove(practice, "Rosa has left us.")

    asked = await practice.current(booking)
    assert asked.is_displaced
    (first, *_) = offers = await practice.offers(booking)
    assert {slot.expert_id for slot in offers} == {ben.expert_id}
    assert Kind.ABSENCE in {mail.kind for mail in await practice.mails(booking)}
    proposal = await replacements.proposal_of(database, asked, now=now)
    assert proposal is not None
    assert proposal.message == "Rosa has left us."
    assert removed.status is ExpertStatus.LEAVING

    moved = await practice.move(asked, first)
    await removal.carry_on_all(database, now=now)

    assert (moved.expert_id, moved.agreed.name) == (ben.expert_id, "Rosa Stern")
    assert (await practice.expert()).status is ExpertStatus.REMOVED
    assert await audit(database) == []


async def test_a_session_that_nobody_answers_for_is_cancelled_when_it_would_begin(
    practice: Practice,
):
    booking = await practice.booked(2)
    await remove(practice)

    await practice.tick(booking.starts_at)
    await removal.carry_on_all(practice.database, now=booking.starts_at)

    assert (await practice.current(booking)).status is BookingStatus.CANCELLED
    assert (await practice.expert()).status is ExpertStatus.REMOVED
    assert await audit(practice.database) == []


async def test_nothing_of_the_person_stays_but_names_in_bookings_and_page_addresses(
    practice: Practice, now
):
    database, expert = practice.database, await practice.expert()
    over, to_come = await practice.booked(1), await practice.booked(3)
    await database.collection(type(over)).update_one(
        {"_id": over.id}, {"$set": {"note": "My note"}}
    )
    await portraits.change(database, expert, picture(), by=OPERATOR, now=now)
    await sign_in.request_link(database, "rosa@example.org", Asker("here"), now=now, expert=expert)
    await make_wait(database, expert, starts_at=now + DAY)
    before = await everything(database)
    assert [secret for secret in SECRETS if secret not in before] == []

    removed = await remove(practice, now=over.ends_at)

    after = await everything(database)
    assert [secret for secret in SECRETS if secret in after] == ["herbs"]  # what was agreed
    assert (removed.name, removed.slugs) == (NOBODY, ["rosa-stern"])
    assert (await practice.current(to_come)).agreed.name == "Rosa Stern"
    for model in (Portrait, SignInLink, WaitlistEntry):
        assert await database.engine.count(model) == 0


async def test_a_session_under_way_keeps_how_they_meet_until_it_is_over(practice: Practice):
    database, booking = practice.database, await practice.booked(1)
    during = booking.starts_at + timedelta(minutes=10)

    removed = await remove(practice, now=during)

    current = await practice.current(booking)
    assert (current.agreed, current.status) == (booking.agreed, BookingStatus.CONFIRMED)
    assert removed.status is ExpertStatus.LEAVING
    await removal.carry_on_all(database, now=booking.ends_at)
    assert (await practice.current(booking)).agreed.meeting == Meeting()
    assert (await practice.expert()).status is ExpertStatus.REMOVED


async def test_a_time_that_somebody_holds_meanwhile_is_withdrawn_with_the_hold(
    practice: Practice, now
):
    slot = await practice.slot(3)
    await holds.hold(practice.database, slot.id, "eve", now=now, hold_for=HOLD)

    removed = await remove(practice)

    assert removed.status is ExpertStatus.LEAVING
    assert await refused(practice.booked(3, visitor="eve")) is Code.EXPERT_UNKNOWN
    await holds.release(practice.database, slot.id, "eve", now=now)
    await practice.tick(now)
    await removal.carry_on_all(practice.database, now=now)
    assert (await practice.slot(3)).state is SlotState.WITHDRAWN
    assert (await practice.expert()).status is ExpertStatus.REMOVED


async def test_removing_twice_is_removing_once(practice: Practice):
    await practice.booked(2)
    first = await remove(practice, "Farewell.")
    everything_then = await everything(practice.database)

    again = await remove(practice, "Again.")

    assert again == first
    assert await everything(practice.database) == everything_then
    removed = {"action": Action.EXPERT_REMOVED.value}
    assert await practice.database.engine.count(LogEntry, removed) == 1


@pytest.mark.parametrize("status", [ExpertStatus.DRAFT, ExpertStatus.INVITED, ExpertStatus.PENDING])
async def test_of_an_expert_who_was_never_listed_nothing_stays_at_all(
    database: Database, now, status: ExpertStatus
):
    practice = await practice_with(database, now, **ROSA, status=status)
    expert = await practice.expert()
    await portraits.change(database, expert, picture(), by=OPERATOR, now=now)

    await removal.remove(database, expert, message="", by=OPERATOR, now=now)
    await removal.remove(database, expert, message="", by=OPERATOR, now=now)

    assert await experts.find(database, expert.id) is None
    assert await slots_of(database, expert.id) == []
    assert "rosa" not in await everything(database)
    assert await page_of(database, now, "rosa-stern") is Code.EXPERT_UNKNOWN


async def test_what_is_on_its_way_to_the_desk_comes_too_late(practice: Practice, now):
    """An open desk may send a form while its expert is being removed."""
    expert = await practice.expert()
    await remove(practice)

    hours = saving.save(practice.database, expert.id, lambda as_read: as_read, by=OPERATOR, now=now)
    assert await refused(hours) is Code.EXPERT_UNKNOWN
    form = ProfileForm.read({**texts_of(expert), "rev": str(expert.profile_rev)})
    assert await refused(profiles.save(practice.database, expert, form, by=OPERATOR, now=now)) is (
        Code.PROFILE_CHANGED
    )
