"""The checks that faults are judged by find what they look for, where it is put in on purpose."""

import time
from datetime import timedelta

import httpx
from odmantic import ObjectId

from domain.rules.notices import REMINDERS
from domain.rules.slots import SlotState
from domain.store.core.database import Database
from domain.store.documents import Slot
from domain.store.documents.mails import Mail, MailState
from tests.domain.support import book
from tests.factories import make_booking, make_expert, make_slot
from tests.faults.journal import Asked
from tests.faults.load import Acknowledged, Claims, Refused
from tests.faults.verdict import Verdict, check_answers, check_claims, check_mails, check_pages
from tests.live.pages import Page
from tests.live.support import change
from tests.mail.support import Postman
from web.http import clock

PAGE = "<h1>We'll be right back</h1>"


def answer(
    what: str = "page", status: int = 503, text: str = PAGE, again: str | None = None
) -> Asked:
    headers = httpx.Headers({"Retry-After": again} if again else {})
    return Asked(what, 0.0, 1.0, status, headers, text)


async def a_slot(database: Database) -> Slot:
    return await make_slot(database, starts_at=clock.now() + timedelta(days=2))


async def acknowledged(database: Database, slot: Slot) -> Acknowledged:
    """Book a time; return what its visitor was told."""
    made = await book(database, slot, now=clock.now())
    return Acknowledged(slot, made.request_key, made.reference, time.monotonic())


async def judged(database: Database, claims: Claims) -> dict[str, list[str]]:
    verdict = Verdict()
    await check_claims(database, claims, verdict)
    return verdict.wrong


async def test_a_booking_that_was_made_and_kept_is_nothing_wrong(database: Database):
    claims = Claims([await acknowledged(database, await a_slot(database))])

    assert await judged(database, claims) == {}


async def test_a_booking_that_was_told_and_is_not_there_is_lost(database: Database):
    claims = Claims([Acknowledged(await a_slot(database), "a key", "ABCDEFGHJKMN", 0.0)])

    assert await judged(database, claims) == {"lost": ["ABCDEFGHJKMN"]}


async def test_a_time_that_two_were_told_is_theirs_is_there_twice(database: Database):
    slot = await a_slot(database)
    told = await acknowledged(database, slot)

    assert list(await judged(database, Claims([told, told]))) == ["twice"]


async def test_a_second_booking_put_in_beside_the_first_is_a_contradiction(database: Database):
    slot = await a_slot(database)
    claims = Claims([await acknowledged(database, slot)])
    await make_booking(database, slot, starts_at=slot.starts_at + timedelta(minutes=1))

    assert list(await judged(database, claims)) == ["contradictions"]


async def test_an_answer_that_denies_a_hold_which_is_there_is_untrue(database: Database):
    slot, untouched = await a_slot(database), await a_slot(database)
    denied = answer("hold", text="<h1>Busy</h1> Nothing was changed.")
    unsure = answer("hold", text="<h1>We could not confirm that</h1>")
    await change(database, slot, SlotState.HELD, held_by="ann")

    assert list(await judged(database, Claims(refused=[Refused(slot, "k", denied)]))) == ["untrue"]
    assert await judged(database, Claims(refused=[Refused(slot, "k", unsure)])) == {}
    assert await judged(database, Claims(refused=[Refused(untouched, "k", denied)])) == {}


async def test_an_answer_that_denies_a_booking_which_is_there_is_untrue(database: Database):
    told = await acknowledged(database, await a_slot(database))
    denied = answer("book", text="<h1>Busy</h1> Nothing was booked.")
    claims = Claims(refused=[Refused(told.slot, told.request_key, denied)])

    assert list(await judged(database, claims)) == ["untrue"]


def test_faults_silence_and_refusals_without_words_or_time_are_no_answers():
    verdict = Verdict()
    good = [answer(status=200), answer(again="3"), answer("ready", text="silent")]
    bad = [answer(status=500), answer(status=0), answer(), answer(text="", again="3")]
    check_answers([*good, *bad], verdict)

    assert verdict.no_answers == [str(one) for one in bad]


async def test_a_page_that_missed_a_change_is_behind(database: Database):
    slot = await a_slot(database)
    await change(database, slot, SlotState.BOOKED)
    page, verdict = Page("/experts/ann/live"), Verdict()

    await check_pages(database, [(page, [slot])], verdict, within=0.1)
    assert list(verdict.wrong) == ["behind"]

    page.shown[str(slot.id)] = (2, "booked")
    assert await judged_pages(database, page, slot) == {}


async def judged_pages(database: Database, page: Page, slot: Slot) -> dict[str, list[str]]:
    verdict = Verdict()
    await check_pages(database, [(page, [slot])], verdict, within=0.1)
    return verdict.wrong


async def test_mails_twice_mails_unsure_and_mails_forgotten_are_wrong(database: Database):
    slot = await make_slot(
        database, await make_expert(database), starts_at=clock.now() + timedelta(hours=3)
    )
    claims = Claims([await acknowledged(database, slot)])
    first, second = await database.engine.find(Mail, {"kind": {"$nin": [*REMINDERS]}})

    assert list(await judged_mails(database, claims, [])) == ["mails_wrong"]  # due, and not sent

    await settle(database, first.id, MailState.SENT)
    await settle(database, second.id, MailState.SENT)
    assert await judged_mails(database, claims, [first.id, second.id]) == {}
    assert "mails_twice" in await judged_mails(database, claims, [first.id, second.id, first.id])
    assert list(await judged_mails(database, claims, [first.id])) == ["mails_wrong"]

    await settle(database, first.id, MailState.UNSURE)
    assert list(await judged_mails(database, claims, [first.id, second.id])) == ["mails_wrong"]


async def settle(database: Database, mail_id: ObjectId, state: MailState) -> None:
    await database.collection(Mail).update_one({"_id": mail_id}, {"$set": {"state": state.value}})


async def judged_mails(
    database: Database, claims: Claims, arrived: list[ObjectId]
) -> dict[str, list[str]]:
    verdict, postman = Verdict(), Postman()
    for mail_id in arrived:
        postman.taken.append({"Message-ID": f"<{mail_id}@example.org>"})  # type: ignore[arg-type]
    await check_mails(database, claims, postman, verdict, patience_s=0.1)
    return verdict.wrong
