"""Portraits: an expert's own picture, taken in, shown and removed."""

import asyncio
from datetime import datetime
from hashlib import sha256

from domain.rules.errors import Code, Refusal
from domain.rules.pictures import portrait_of
from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.documents.profiles import ExpertStatus, Portrait
from domain.store.experts import portraits as store

_DIGEST_LENGTH = 20
_NEVER_LISTED = {ExpertStatus.DRAFT, ExpertStatus.PENDING}

_decoding = asyncio.Semaphore(1)
"""One picture at a time in each process: a large one takes 200 MB."""


async def change(database: Database, expert: Expert, data: bytes, *, now: datetime) -> None:
    """Make what was uploaded the expert's portrait.

    Raises:
        Refusal: FORM_INVALID, with a sentence for `portrait`.
    """
    async with _decoding:
        image = await asyncio.to_thread(portrait_of, data)
    digest = sha256(image).hexdigest()[:_DIGEST_LENGTH]
    await store.put(database, expert.id, image, digest=digest, now=now)


async def remove(database: Database, expert: Expert) -> None:
    """Show the drawn portrait again."""
    await store.remove(database, expert.id)


async def find(database: Database, expert: Expert, digest: str) -> Portrait:
    """Return an expert's own picture.

    Before an expert is listed for the first time, only those see it who know its digest: the desk.

    Raises:
        Refusal: EXPERT_UNKNOWN, when there is none to be seen.
    """
    portrait = await store.find(database, expert.id)
    if portrait is None or (expert.status in _NEVER_LISTED and portrait.digest != digest):
        raise Refusal(Code.EXPERT_UNKNOWN)
    return portrait
