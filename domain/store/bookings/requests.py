"""Booking requests: kept with the mail that asks to confirm them, looked up, and confirmed."""

from motor.motor_asyncio import AsyncIOMotorClientSession

from domain.store.core.database import Database, Key
from domain.store.core.transactions import all_or_nothing
from domain.store.documents.booking_requests import BookingRequest
from domain.store.mail import outbox


async def keep(database: Database, request: BookingRequest) -> bool:
    """Keep a request and the mail with its link; False if its form has been kept already.

    Raises:
        Refusal: BUSY.
    """
    now = request.created_at

    async def work(session: AsyncIOMotorClientSession) -> None:
        requests = database.collection(BookingRequest)
        await requests.insert_one(request.model_dump_doc(), session=session)
        await outbox.tell_of_request(database, request, now=now, session=session)

    return await all_or_nothing(database, work, now=now, once_by={("request_key",)})


async def find(database: Database, key: str) -> BookingRequest | None:
    """Return a request by the key that its link carries."""
    return await database.engine.find_one(BookingRequest, {"key": key})


async def find_by_id(database: Database, request_id: Key) -> BookingRequest | None:
    """Return a request by the key of its document."""
    return await database.engine.find_one(BookingRequest, {"_id": request_id})


async def find_by_request_key(database: Database, request_key: str) -> BookingRequest | None:
    """Return the request that a form with this key became."""
    return await database.engine.find_one(BookingRequest, {"request_key": request_key})


async def drop(database: Database, request: BookingRequest) -> None:
    """Forget a request, and with it its link."""
    await database.writing(BookingRequest).delete_one({"_id": request.id})


async def use(database: Database, request: BookingRequest, visitor_id: str) -> bool:
    """Use a request's link up in a browser; say whether it is that browser's now.

    Of several browsers at once one succeeds, and does so again.
    """
    unused = {"_id": request.id, "used_by": {"$in": ["", visitor_id]}}
    result = await database.writing(BookingRequest).update_one(
        unused, {"$set": {"used_by": visitor_id}}
    )
    return result.matched_count == 1
