import re
from datetime import timedelta

import pytest

from domain.account import personal_data, sign_in
from domain.booking import cancelling, holds
from domain.rules.errors import Code
from domain.rules.notices import Kind
from domain.rules.request_limits import Asker
from domain.store import personal_data as store
from domain.store.audit import audit
from domain.store.bookings import requests
from domain.store.core.database import Database, Key
from domain.store.documents import Booking, SignInLink, Slot
from domain.store.documents.mails import Mail, MailState
from domain.store.documents.sign_outs import SignOut
from domain.store.documents.waitlist import WaitlistEntry
from domain.store.mail import outbox
from tests.domain.lines import full_day
from tests.domain.support import ANN, DAY, HOLD, MS, book, refused
from tests.factories import make_slot, request_of

ADDRESS = "ann@example.org"


async def settle_mail(database: Database) -> None:
    await database.collection(Mail).update_many({}, {"$set": {"state": MailState.SENT.value}})


async def everything(database: Database) -> str:
    """All documents that could name somebody, as text."""
    documents = [
        document
        for model in (Booking, Mail, SignInLink, SignOut, Slot, WaitlistEntry)
        async for document in database.collection(model).find()
    ]
    return str(documents).lower()


async def words(database: Database) -> set[str]:
    """Each word of it: an invented expert may well be a planner, which has Ann's letters in it."""
    return set(re.findall(r"\w+", await everything(database)))


async def test_erasing_leaves_a_past_booking_without_the_person(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    booking = await book(database, slot, key="a form of hers", now=now)
    await settle_mail(database)
    over = booking.ends_at

    erasure = await personal_data.erase(database, {ADDRESS}, now=over)

    assert (erasure.erased, erasure.stays) == (1, 0)
    assert not {"ann", "example"} & await words(database)
    left = await database.engine.find_one(Booking, {"_id": booking.id})
    assert left is not None
    assert (left.reference, left.starts_at, left.erased_at) == (
        booking.reference,
        booking.starts_at,
        over,
    )
    assert await audit(database) == []


async def test_a_booking_to_come_stays_and_is_not_cancelled(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    booking = await book(database, slot, now=now)
    await settle_mail(database)

    erasure = await personal_data.erase(database, {ADDRESS}, now=booking.ends_at - MS)

    assert (erasure.erased, erasure.stays) == (0, 1)
    assert await database.engine.find_one(Booking, {"_id": booking.id}) == booking


async def test_a_cancelled_booking_is_erased_once_its_mails_are_out(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    booking = await book(database, slot, key="a form of hers", now=now)
    await cancelling.cancel(database, booking.reference, ANN, now=now)

    waiting = await personal_data.erase(database, {ADDRESS}, now=now)
    await settle_mail(database)
    sent = await personal_data.erase(database, {ADDRESS}, now=now)

    assert [(e.erased, e.stays) for e in (waiting, sent)] == [(0, 1), (1, 0)]
    assert "ann" not in await words(database)


async def test_a_form_that_waits_for_its_link_goes_with_its_mail(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    request = request_of(slot, ADDRESS, now)
    await requests.keep(database, request)
    kept = await personal_data.kept_of(database, {ADDRESS})

    await personal_data.erase(database, {ADDRESS}, now=now)

    assert [mail.kind for mail in kept.mails] == [Kind.BOOKING_LINK]
    assert list(kept.requests) == [request]
    left = await personal_data.kept_of(database, {ADDRESS})
    assert (list(left.requests), list(left.mails)) == ([], [])


async def test_nobody_elses_bookings_are_touched(database: Database, now):
    one = await make_slot(database, starts_at=now + DAY)
    two = await make_slot(database, starts_at=now + DAY)
    await book(database, one, now=now)
    other = await book(database, two, "ben", email="ben@example.org", now=now)
    await settle_mail(database)

    await personal_data.erase(database, {ADDRESS}, now=now + 2 * DAY)

    assert await database.engine.find_one(Booking, {"_id": other.id}) == other
    assert len(await store.mails_of(database, (), booking_ids=[other.id])) > 0


async def test_erasing_twice_is_erasing_once(database: Database, now):
    slot = await make_slot(database, starts_at=now + DAY)
    await book(database, slot, now=now)
    await settle_mail(database)

    erasures = [await personal_data.erase(database, {ADDRESS}, now=now + 2 * DAY) for _ in range(2)]

    assert [erasure.erased for erasure in erasures] == [1, 0]


async def test_many_bookings_are_erased_in_batches(database: Database, now, monkeypatch):
    monkeypatch.setattr(store, "_BATCH", 2)
    for n in range(5):
        await book(database, await make_slot(database, starts_at=now + n * DAY + DAY), now=now)
    await settle_mail(database)

    assert (await personal_data.erase(database, {ADDRESS}, now=now + 9 * DAY)).erased == 5


async def test_bookings_with_mail_under_way_keep_none_behind_them_from_being_forgotten(
    database: Database, now, monkeypatch
):
    monkeypatch.setattr(store, "_BATCH", 2)
    days = [now + n * DAY for n in range(1, 7)]
    made = [await book(database, await make_slot(database, starts_at=d), now=now) for d in days]
    await settle_mail(database)
    under_way = {"booking_id": {"$in": [booking.id for booking in made[:4]]}}
    waiting = {"$set": {"state": MailState.WAITING.value}}
    await database.collection(Mail).update_many(under_way, waiting)

    assert await personal_data.erase_ended(database, DAY, now=now + 30 * DAY) == 2
    assert await personal_data.erase_ended(database, DAY, now=now + 30 * DAY) == 0
    await settle_mail(database)
    assert await personal_data.erase_ended(database, DAY, now=now + 30 * DAY) == 4


@pytest.mark.parametrize(("after", "erased"), [(-MS, 0), (timedelta(0), 0), (MS, 1)])
async def test_retention_forgets_from_the_millisecond_on(database: Database, now, after, erased):
    booking = await book(database, await make_slot(database, starts_at=now + DAY), now=now)
    await settle_mail(database)
    then = booking.ends_at + 30 * DAY + after

    assert await personal_data.erase_ended(database, 30 * DAY, now=then) == erased


async def test_without_a_proven_address_there_is_nothing_to_see_or_erase(database: Database, now):
    assert await refused(personal_data.kept_of(database, ())) is Code.ADDRESS_UNPROVEN
    assert await refused(personal_data.erase(database, (), now=now)) is Code.ADDRESS_UNPROVEN


async def test_erasing_gives_up_places_in_line_and_passes_on_what_they_were_offered(
    database: Database, now
):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    await day.join("ben", now=now + MS)
    await day.cancel(now=now)

    await personal_data.erase(database, {ADDRESS}, now=now)

    assert await day.holder() == "ben"
    assert [place.visitor_id for place in await day.entries()] == ["ben"]
    assert ADDRESS not in await everything(database)


@pytest.mark.parametrize("state", MailState)
async def test_erasing_deletes_what_was_mailed_of_places_and_links_whatever_became_of_it(
    database: Database, now, state: MailState
):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    await day.join("ben", now=now + MS)
    times = dict.fromkeys(("created_at", "due_at", "kept_until"), now)
    link = Mail(id=Key(), key="a link", kind=Kind.SIGN_IN, to=ADDRESS, text="a link", **times)
    await outbox.put(database, link)
    became = {"$set": {"state": state.value}}
    await database.collection(Mail).update_many({"booking_id": None}, became)
    ben = (await day.entries())[1]

    await personal_data.erase(database, {ADDRESS}, now=now)

    left = await database.engine.find(Mail, {"booking_id": None})
    assert [mail.wait_id for mail in left] == [ben.id]
    assert ADDRESS not in await everything(database)


async def test_an_address_that_only_waits_is_known_too(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)

    assert await sign_in.address_is_known(database, ADDRESS)
    assert not await sign_in.address_is_known(database, "nobody@example.org")


async def test_all_that_is_kept_is_found_by_the_address(database: Database, now):
    day = await full_day(database, now=now)
    await day.join("ann", now=now)
    await day.join("ben", now=now + MS)
    await book(database, await make_slot(database, starts_at=now + DAY), "laptop", now=now)
    held = await make_slot(database, starts_at=now + 2 * DAY)
    await holds.hold(database, held.id, "laptop", now=now, hold_for=HOLD)
    await sign_in.request_link(database, ADDRESS, Asker("somewhere"), now=now)

    kept = await personal_data.kept_of(database, {ADDRESS})

    assert [booking.visitor_id for booking in kept.bookings] == ["laptop"]
    assert [wait.visitor_id for wait in kept.entries] == ["ann"]
    assert {mail.kind for mail in kept.mails} >= {Kind.CONFIRMATION, Kind.WAITLIST_ENTRY}
    assert len([mail for mail in kept.mails if mail.kind is Kind.WAITLIST_ENTRY]) == 1
    assert [link.address for link in kept.links] == [ADDRESS]
    assert [slot.id for slot in kept.holds] == [held.id]
