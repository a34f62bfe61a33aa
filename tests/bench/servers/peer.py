"""A small program of the four addresses, to try `just bench --peer` on.

Run as `python -m tests.bench.servers.peer PORT URI [FAULT…]`. The fault `twice` has it give a time
to everybody who asks for it; `silent` has it tell nobody.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import socketio
import uvicorn
from litestar import Litestar, Response, get, post
from pymongo import AsyncMongoClient

from domain.store.core.database import Document, database_name
from web.http import clock

DAYS, HOURS = 14, 24
EXPERTS = ("ada", "grace")


def times() -> list[Document]:
    """Return what is free at first."""
    days = [(clock.now() + timedelta(days=n)).date().isoformat() for n in range(1, DAYS)]
    return [
        {"expertId": expert, "date": day, "time": f"{hour:02}:00", "isBooked": False}
        for expert in EXPERTS
        for day in days
        for hour in range(HOURS)
    ]


def application(uri: str, faults: Sequence[str]) -> Any:
    """Return the program, on a database that has its times."""
    slots = AsyncMongoClient[Document](uri, w="majority")[database_name(uri)].times
    sockets = socketio.AsyncServer(async_mode="asgi")

    @get("/api/experts")
    async def experts() -> Document:
        return {"success": True, "data": [{"_id": expert} for expert in EXPERTS]}

    @get("/api/experts/{expert:str}")
    async def expert(expert: str) -> Document:
        found = await slots.find({"expertId": expert}, {"_id": 0}).to_list()
        return {"success": True, "data": {"_id": expert, "slots": found}}

    @post("/api/bookings")
    async def book(data: Document) -> Response[Document]:
        named = {"expertId": data["expertId"], "date": data["date"], "time": data["timeSlot"]}
        free = {} if "twice" in faults else {"isBooked": False}
        booked = await slots.update_one({**named, **free}, {"$set": {"isBooked": True}})
        if not booked.matched_count:
            return Response({"message": "This time is taken."}, status_code=409)
        if "silent" not in faults:
            await sockets.emit("slotBooked", named)
        return Response(named, status_code=201)

    return socketio.ASGIApp(sockets, Litestar([experts, expert, book]))


async def main(port: int, uri: str, faults: Sequence[str]) -> None:
    """Serve until killed."""
    async with AsyncMongoClient[Document](uri) as client:
        await client[database_name(uri)].times.insert_many(times())
    app = application(uri, faults)
    config = uvicorn.Config(app, port=port, lifespan="off", log_level="warning", ws="wsproto")
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2], sys.argv[3:]))
