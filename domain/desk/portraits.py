"""Portraits: an expert's own picture, taken in, shown and removed."""

import asyncio
from datetime import datetime
from hashlib import sha256

from domain.acts import on_expert
from domain.rules.errors import Code, Refusal
from domain.rules.log import Action, Actor
from domain.rules.pictures import portrait_of
from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.documents.profiles import NEVER_LISTED, Portrait
from domain.store.experts import portraits as store

_DIGEST_LENGTH = 20

_decoding = asyncio.Semaphore(1)
"""One picture at a time in each process: a large one takes 200 MB."""


async def change(
    database: Database, expert: Expert, data: bytes, *, by: Actor, now: datetime
) -> None:
    """Make what was uploaded the expert's portrait.

    Raises:
        Refusal: FORM_INVALID, with a sentence for `portrait`; BUSY.
    """
    async with _decoding:
        image = await asyncio.to_thread(portrait_of, data)
    digest = sha256(image).hexdigest()[:_DIGEST_LENGTH]
    act = on_expert(by, Action.PORTRAIT_CHANGED, expert.id, now)
    await store.put(database, expert.id, image, act, digest=digest)


async def remove(database: Database, expert: Expert, *, by: Actor, now: datetime) -> None:
    """Show the drawn portrait again.

    Raises:
        Refusal: BUSY.
    """
    act = on_expert(by, Action.PORTRAIT_REMOVED, expert.id, now)
    await store.remove(database, expert.id, act)


async def find(database: Database, expert: Expert, digest: str) -> Portrait:
    """Return an expert's own picture.

    Before an expert is listed for the first time, only those see it who know its digest: the desk.

    Raises:
        Refusal: EXPERT_UNKNOWN, when there is none to be seen.
    """
    portrait = await store.find(database, expert.id)
    if portrait is None or (expert.status in NEVER_LISTED and portrait.digest != digest):
        raise Refusal(Code.EXPERT_UNKNOWN)
    return portrait
