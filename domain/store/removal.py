"""Removal: experts who go for good, and what is erased of them."""

from datetime import datetime

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.rules.instants import NEVER
from domain.rules.log import NewEntry
from domain.rules.notices import Recipient
from domain.store.core.database import Database, Document, Key
from domain.store.core.transactions import GuardLost, all_or_nothing, expect_one
from domain.store.documents import Booking, BookingStatus, Expert, SignInLink, Slot
from domain.store.documents.absences import Absence
from domain.store.documents.agreements import Meeting
from domain.store.documents.hours import WorkingHours
from domain.store.documents.mails import Mail
from domain.store.documents.profiles import GONE, NEVER_LISTED, ExpertStatus, Portrait
from domain.store.documents.waitlist import EntryState, WaitlistEntry
from domain.store.experts.publishing import UNPLANNED
from domain.store.log.writing import note
from domain.store.personal_data import NOBODY

_GONE = [status.value for status in sorted(GONE)]
_NEVER_LISTED = [status.value for status in sorted(NEVER_LISTED)]


async def remove(database: Database, expert: Expert, absence: Absence, act: NewEntry) -> bool:
    """Take an expert off all lists for good, declare their absence, and log it: all, or nothing.

    Without hours none of their times stays.

    Returns:
        False when nothing was changed: they were removed already.

    Raises:
        Refusal: BUSY.
    """
    days = {"first_on": absence.first_on, "last_on": absence.last_on, "is_live": True}
    leaving = {
        "status": ExpertStatus.LEAVING.value,
        "listed": False,
        "hours": WorkingHours().model_dump(),
        "has_hours": True,
        "stands_in": False,
        "calendar_key": None,
        "morning_mail_at": NEVER,
        "signed_out_at": act.at,
        **UNPLANNED,
    }
    raised = {"profile_rev": 1, "plan_rev": 1}

    async def work(session: AsyncIOMotorClientSession) -> None:
        experts, absences = database.collection(Expert), database.collection(Absence)
        still_there = {"_id": expert.id, "status": {"$nin": _GONE}}
        update = {"$set": leaving, "$inc": raised}
        expect_one(await experts.update_one(still_there, update, session=session))
        if not await absences.find_one({"expert_id": expert.id, **days}, session=session):
            await absences.insert_one(absence.model_dump_doc(), session=session)
        await note(database, session, act)

    return await all_or_nothing(database, work, now=act.at, turn=expert.id)


async def leaving(database: Database, *, limit: int) -> list[Expert]:
    """Return experts who were removed and whose sessions are not all settled yet."""
    query = {"status": ExpertStatus.LEAVING.value}
    return await database.engine.find(Expert, query, limit=limit)


async def erase(database: Database, expert: Expert, *, now: datetime) -> None:
    """Erase what is kept about an expert, but for a session that takes place right now.

    Bookings keep the name that was agreed, for their attendees. Done twice, it is done once.
    """
    await _erase_beside(database, expert)
    await _erase_in_bookings(database, expert.id, now)
    absences = {"expert_id": expert.id, "created_at": {"$lt": expert.signed_out_at}}
    await database.writing(Absence).update_many(absences, {"$set": {"message": ""}})
    waiting = {"expert_id": expert.id, "state": EntryState.WAITING.value}
    await database.writing(WaitlistEntry).delete_many(waiting)
    gone = {"_id": expert.id, "status": ExpertStatus.LEAVING.value}
    await database.writing(Expert).update_one(gone, {"$set": _nobody()})


async def settle(database: Database, expert_id: Key) -> None:
    """Note that nothing is left to do for an expert who was removed."""
    settled = {
        "status": ExpertStatus.REMOVED.value,
        "has_hours": False,
        "languages": [],  # stand-ins were found by them until now
        "zone": "UTC",
    }
    gone = {"_id": expert_id, "status": ExpertStatus.LEAVING.value}
    await database.writing(Expert).update_one(gone, {"$set": settled})


async def forget(database: Database, applicant: Expert, act: NewEntry) -> bool:
    """Delete an expert who was never listed, with all that is kept beside, and log it.

    Returns:
        False when nothing was changed: they were listed meanwhile, or are gone already.

    Raises:
        Refusal: BUSY.
    """

    async def work(session: AsyncIOMotorClientSession) -> None:
        experts, slots = database.collection(Expert), database.collection(Slot)
        never_listed = {"_id": applicant.id, "status": {"$in": _NEVER_LISTED}}
        if not (await experts.delete_one(never_listed, session=session)).deleted_count:
            raise GuardLost
        await slots.delete_many({"expert_id": applicant.id}, session=session)
        await note(database, session, act)

    await _erase_beside(database, applicant)
    return await all_or_nothing(database, work, now=act.at, turn=applicant.id)


async def _erase_beside(database: Database, expert: Expert) -> None:
    """Delete an expert's picture, and the mails and links that went to their address."""
    await database.writing(Portrait).delete_one({"expert_id": expert.id})
    mails = database.writing(Mail)
    await mails.delete_many({"expert_id": expert.id})
    to_expert = {"$or": [{"booking_id": None}, {"audience": Recipient.EXPERT.value}]}
    await mails.delete_many({"to": {"$in": [expert.email, expert.address]}, **to_expert})
    of_expert = {"address": expert.address, "expert_id": expert.id}
    await database.writing(SignInLink).delete_many(of_expert)


async def _erase_in_bookings(database: Database, expert_id: Key, now: datetime) -> None:
    is_over = {"ends_at": {"$lte": now}}
    is_off = {"status": BookingStatus.CANCELLED.value}
    is_to_come = {"starts_at": {"$gt": now}}
    elsewhere = {"expert_id": expert_id, "$or": [is_over, is_off, is_to_come]}
    erased = {"note": "", "agreed.meeting": Meeting().model_dump()}
    await database.writing(Booking).update_many(elsewhere, {"$set": erased})


def _nobody() -> Document:
    return {
        "name": NOBODY,
        "sort_name": NOBODY,
        "email": NOBODY,
        "address": NOBODY,
        "headline": "",
        "bio": "",
        "skills": [],
        "experience_years": 0,
        "rating": 0.0,
        "search_terms": [],
        "portrait": "",
        "meeting": Meeting().model_dump(),
        "applied_at": None,
        "application": "",
        "next_free_at": NEVER,
        "next_free_until": NEVER,
    }
