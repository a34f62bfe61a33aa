"""Standing in: experts agree, each for themselves, to take over sessions of absent colleagues."""

from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.experts import reading as experts


async def agree(database: Database, expert: Expert, *, stands_in: bool) -> None:
    """Keep whether an expert's free times may be offered to attendees of others.

    Times that are on offer already stay so until they are answered or their offer ends.
    """
    await experts.set_stands_in(database, expert.id, stands_in=stands_in)
