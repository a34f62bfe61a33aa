"""Standing in: experts agree, each for themselves, to take over sessions of absent colleagues."""

from datetime import datetime

from domain.acts import on_expert
from domain.rules.log import Action, Actor
from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.experts import choices


async def agree(
    database: Database, expert: Expert, *, stands_in: bool, by: Actor, now: datetime
) -> None:
    """Keep whether an expert's free times may be offered to attendees of others.

    Times that are on offer already stay so until they are answered or their offer ends.

    Raises:
        Refusal: BUSY.
    """
    act = on_expert(by, Action.STANDING_IN_CHANGED, expert.id, now)
    await choices.set_stands_in(database, expert.id, act, stands_in=stands_in)
