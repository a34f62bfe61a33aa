"""What the server sees of a request that the doctor sends by way of the public address.

It is asked where streams are, since proxies treat them in their own way, and answers in two parts:
the second comes later, unless somebody on the way keeps the first.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from datetime import datetime, timedelta

from litestar import Router, get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.response import Stream

from domain.rules.instants import from_milliseconds, to_milliseconds
from web.http.tokens import Tokens
from web.http.visits import Visit

PATH = "/experts/-/live"
"""No expert's: an address begins with a letter or a digit."""
BETWEEN_S = 1.5
_VALID = timedelta(minutes=5)
_FORWARDED = ("x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded")


def token_of(secret_keys: Sequence[str], now: datetime) -> str:
    """Return what opens the answer, for some minutes, to whoever knows the secret key."""
    return _tokens(secret_keys).write(str(to_milliseconds(now)))


def _tokens(secret_keys: Sequence[str]) -> Tokens:
    return Tokens(secret_keys, "doctor")


@get(PATH, name="seen")
async def seen(visit: NamedDependency[Visit]) -> Stream:
    """Tell the doctor, and nobody else, what arrived of its request."""
    made = _tokens([visit.services.secret_key]).read(visit.query("token"))
    if made is None or abs(visit.now - from_milliseconds(int(made))) > _VALID:
        raise NotFoundException
    request = visit.request
    told = {
        "client": request.client.host if request.client else "",
        "scheme": request.url.scheme,
        "host": request.headers.get("host", ""),
        "headers": {name: request.headers[name] for name in _FORWARDED if name in request.headers},
    }
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return Stream(_in_two_parts(told), media_type="text/event-stream", headers=headers)


async def _in_two_parts(told: object) -> AsyncIterator[bytes]:
    yield f"data: {json.dumps(told)}\n\n".encode()
    await asyncio.sleep(BETWEEN_S)
    yield b"data: done\n\n"


router = Router("/", route_handlers=[seen])
