"""The log as administrators use it: searched, with names in place of keys, downloaded, expired."""

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.acts import on_site
from domain.booking.bookings import normal_address
from domain.rules.log import Action, Actor, ActorKind, SubjectKind
from domain.store import administrators
from domain.store.bookings import reading as bookings
from domain.store.core.database import Database, Key, read_key
from domain.store.documents.log import LogEntry
from domain.store.experts import reading as experts
from domain.store.log import acting, expiry
from domain.store.log import reading as store
from domain.store.log.reading import LogFilter, LogPlace

PAGE_SIZE = 50
_BATCH = 500


@dataclass(frozen=True)
class LogSearch:
    """What an administrator looks for; an empty text matches all."""

    who: str = ""
    """An e-mail address, the name in the address of an expert's page, a key, or `operator`."""
    what: str = ""
    """The same, or a booking's reference, or `site`."""
    action: str = ""
    start: datetime | None = None
    end: datetime | None = None
    """The instants `[start, end)` of the act."""


@dataclass(frozen=True)
class NamedEntry:
    """An entry, with what is known by now of those whom it names by key."""

    entry: LogEntry
    actor: str
    """An administrator's address or an expert's name; empty if there is none any more."""
    subject: str
    """The same, or a booking's reference."""
    slug: str
    """The expert's whom it is about, if there is one."""


@dataclass(frozen=True)
class LogPage:
    """A page of the log, the newest entry first."""

    entries: Sequence[NamedEntry]
    older: LogPlace | None
    """Behind which the next page begins; None on the last one."""


async def log_download(database: Database, action: Action, *, by: Actor, now: datetime) -> None:
    """Log that somebody downloads something, before it begins: half of it is personal data, too.

    Raises:
        Refusal: BUSY; then there is no download.
    """
    await acting.log_alone(database, on_site(by, action, now))


async def search(
    database: Database, wanted: LogSearch, *, after: LogPlace | None = None
) -> LogPage:
    """Return the entries that match, from behind a place on."""
    found = await store.page(
        database, await _filter(database, wanted), after=after, limit=PAGE_SIZE + 1
    )
    shown = found[:PAGE_SIZE]
    older = LogPlace(shown[-1].at, shown[-1].seq) if len(found) > PAGE_SIZE else None
    return LogPage(await _named(database, shown), older)


async def everything(database: Database, wanted: LogSearch) -> AsyncIterator[NamedEntry]:
    """Yield all entries that match, the newest first, without keeping them."""
    batch: list[LogEntry] = []
    async for entry in store.everything(database, await _filter(database, wanted)):
        batch.append(entry)
        if len(batch) == _BATCH:
            for named in await _named(database, batch):
                yield named
            batch.clear()
    for named in await _named(database, batch):
        yield named


async def forget(database: Database, kept: timedelta, *, now: datetime) -> None:
    """Delete entries that are older than the log keeps them."""
    await expiry.forget(database, now - kept)


async def _filter(database: Database, wanted: LogSearch) -> LogFilter:
    who, what = wanted.who.strip(), wanted.what.strip()
    return LogFilter(
        actors=await _actors(database, who) if who else None,
        subjects=await _subjects(database, what) if what else None,
        action=wanted.action or None,
        start=wanted.start,
        end=wanted.end,
    )


async def _actors(database: Database, who: str) -> Collection[str]:
    if who.lower() == ActorKind.OPERATOR:
        return [""]
    return await _keys_of(database, who)


async def _subjects(database: Database, what: str) -> Collection[str]:
    if what.lower() == SubjectKind.SITE:
        return [SubjectKind.SITE.value]
    booking = await bookings.find_by_reference(database, what.upper())
    return [str(booking.id)] if booking else await _keys_of(database, what)


async def _keys_of(database: Database, text: str) -> Collection[str]:
    """Return the keys that a text may mean: its own, of an address, or of a name in an address."""
    if read_key(text) is not None:
        return [text]
    address = normal_address(text)
    found = {
        *(str(one.id) for one in await administrators.of_addresses(database, [address])),
        *(str(one.id) for one in await experts.of_addresses(database, [address])),
    }
    expert = await experts.find_by_slug(database, address)
    return found | {str(expert.id)} if expert else found


async def _named(database: Database, entries: Sequence[LogEntry]) -> list[NamedEntry]:
    """Look up whom and what some entries name, all at once."""
    keys = _keys_by_kind(entries)
    people = await experts.find_many(database, keys.get(SubjectKind.EXPERT, ()))
    admins = await administrators.find_many(database, keys.get(SubjectKind.ADMINISTRATOR, ()))
    booked = await bookings.find_many(database, keys.get(SubjectKind.BOOKING, ()))
    names: dict[tuple[str, str], str] = {
        **{(SubjectKind.EXPERT, str(key)): one.name for key, one in people.items()},
        **{(SubjectKind.ADMINISTRATOR, str(key)): one.address for key, one in admins.items()},
        **{(SubjectKind.BOOKING, str(key)): one.reference for key, one in booked.items()},
    }
    slugs = {str(key): one.slug for key, one in people.items()}
    return [
        NamedEntry(
            entry,
            actor=names.get((entry.actor_kind, entry.actor_key), ""),
            subject=names.get((entry.subject_kind, entry.subject_key), ""),
            slug=slugs.get(entry.subject_key, ""),
        )
        for entry in entries
    ]


def _keys_by_kind(entries: Sequence[LogEntry]) -> Mapping[str, Sequence[Key]]:
    """Return the keys that entries name; actors are of kinds that subjects have, too."""
    keys: dict[str, set[Key]] = {}
    for entry in entries:
        for kind, text in (
            (entry.actor_kind, entry.actor_key),
            (entry.subject_kind, entry.subject_key),
        ):
            if key := read_key(text):
                keys.setdefault(kind, set()).add(key)
    return {kind: sorted(found) for kind, found in keys.items()}
