"""Morning mails: the sessions until the next morning, mailed to those experts who ask for it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from domain.acts import on_expert
from domain.rules.log import Action, Actor, FieldChange
from domain.rules.mornings import last_morning, next_morning
from domain.rules.notices import Kind
from domain.rules.schedule import day_of
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert
from domain.store.documents.mails import Mail
from domain.store.experts import mornings as store
from domain.store.mail import outbox


async def set_mail(
    database: Database, expert: Expert, *, wanted: bool, by: Actor, now: datetime
) -> None:
    """Switch an expert's morning mail on or off. Repeating it changes nothing.

    Raises:
        Refusal: BUSY.
    """
    switched = [FieldChange("morning_mail", not wanted, wanted)]
    act = on_expert(by, Action.MORNING_MAIL_SWITCHED, expert.id, now, switched)
    if wanted:
        await store.switch_on(database, expert.id, next_morning(now, ZoneInfo(expert.zone)), act)
    else:
        await store.switch_off(database, expert.id, act)


async def follow_zone(database: Database, expert: Expert, *, now: datetime) -> None:
    """Move an expert's next morning mail to seven o'clock in their new zone."""
    await store.wait_anew(database, expert.id, next_morning(now, ZoneInfo(expert.zone)))


async def tell_due(database: Database, *, now: datetime) -> None:
    """Put the morning mails that are due into the outbox.

    Safe to run in any number of processes at once, and to kill at any step: a mail's key names its
    expert and day, and the expert's next morning is set only once the mail is there. If no server
    ran at seven, the mail comes later, but none comes for a morning before the last.
    """
    for expert in await store.due(database, now):
        await _tell(database, expert, now)
        await store.wait_until(database, expert, next_morning(now, ZoneInfo(expert.zone)))


async def _tell(database: Database, expert: Expert, now: datetime) -> None:
    if await _sessions_left(database, expert, now, now=now):
        await outbox.put(database, _mail(expert, now))


def _mail(expert: Expert, now: datetime) -> Mail:
    zone = ZoneInfo(expert.zone)
    day = day_of(last_morning(now, zone), zone)
    return outbox.mail_to_expert(expert.id, Kind.AGENDA, f"{Kind.AGENDA}:{expert.id}:{day}", now)


async def sessions_in(
    database: Database, mail: Mail, expert: Expert, *, now: datetime
) -> list[Booking]:
    """Return the sessions that a morning mail names if it is sent at `now`, by their start.

    None, once the expert has switched the mail off.
    """
    if not expert.gets_morning_mail:
        return []
    return await _sessions_left(database, expert, mail.created_at, now=now)


async def _sessions_left(
    database: Database, expert: Expert, at: datetime, *, now: datetime
) -> list[Booking]:
    """Return the sessions of the mail that is the last at `at`, if they take place, and not over.

    They begin before the next mail: whatever its hour, every session has its one mail.
    """
    zone = ZoneInfo(expert.zone)
    first, end = last_morning(at, zone), next_morning(at, zone)
    found = await bookings.confirmed_within(database, expert.id, now, end)
    return [one for one in found if first <= one.starts_at and not one.is_displaced]
