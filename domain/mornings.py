"""Morning mails: the day's sessions, mailed at seven to those experts who ask for it."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from domain.rules.mornings import is_dawn, next_morning
from domain.rules.notices import Kind
from domain.rules.schedule import day_of, start_of
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database
from domain.store.documents import Booking, Expert
from domain.store.documents.mails import Mail
from domain.store.experts import mornings as store
from domain.store.mail import outbox

_DAY = timedelta(days=1)


async def set_mail(database: Database, expert: Expert, *, wanted: bool, now: datetime) -> None:
    """Switch an expert's morning mail on or off. Repeating it changes nothing."""
    if wanted:
        await store.switch_on(database, expert.id, next_morning(now, ZoneInfo(expert.zone)))
    else:
        await store.switch_off(database, expert.id)


async def follow_zone(database: Database, expert: Expert, *, now: datetime) -> None:
    """Move an expert's next morning mail to seven o'clock in their new zone."""
    await store.wait_anew(database, expert.id, next_morning(now, ZoneInfo(expert.zone)))


async def tell_due(database: Database, *, now: datetime) -> None:
    """Put the morning mails that are due into the outbox.

    Safe to run in any number of processes at once, and to kill at any step: a mail's key names its
    expert and day, and the expert's next morning is set only once the mail is there. If no server
    ran at seven, the mail comes later that day; days that have passed get none.
    """
    for expert in await store.due(database, now):
        await _tell(database, expert, now)
        await store.wait_until(database, expert, next_morning(now, ZoneInfo(expert.zone)))


async def _tell(database: Database, expert: Expert, now: datetime) -> None:
    zone = ZoneInfo(expert.zone)
    if is_dawn(now, zone) and await _sessions_left(database, expert, day_of(now, zone), now=now):
        await outbox.put(database, _mail(expert, now))


def _mail(expert: Expert, now: datetime) -> Mail:
    day = day_of(now, ZoneInfo(expert.zone))
    return outbox.mail_to_expert(expert.id, Kind.AGENDA, f"{Kind.AGENDA}:{expert.id}:{day}", now)


async def sessions_in(
    database: Database, mail: Mail, expert: Expert, *, now: datetime
) -> list[Booking]:
    """Return the sessions that a morning mail names if it is sent at `now`, by their start.

    None, once the expert has switched the mail off.
    """
    if not expert.gets_morning_mail:
        return []
    day = day_of(mail.created_at, ZoneInfo(expert.zone))
    return await _sessions_left(database, expert, day, now=now)


async def _sessions_left(
    database: Database, expert: Expert, day: date, *, now: datetime
) -> list[Booking]:
    """Return the sessions of a day that take place and are not over."""
    end = start_of(day + _DAY, ZoneInfo(expert.zone))
    found = await bookings.confirmed_within(database, expert.id, now, end)
    return [booking for booking in found if not booking.is_displaced]
