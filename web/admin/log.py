"""The log of acts: searched, read page by page, and sent as a table."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Stream, Template

from domain.admin import logbook
from domain.admin.logbook import LogSearch, NamedEntry
from domain.rules.instants import from_milliseconds, to_milliseconds
from domain.rules.log import Action, SubjectKind
from domain.rules.schedule import span
from domain.store.log.reading import LogPlace
from web.admin.access import Administration
from web.admin.csv_files import Cell, csv_of
from web.admin.downloads import download
from web.admin.log_values import ChangeInWords, in_words
from web.admin.log_words import ACTIONS, ACTORS, FORMER_ACTORS, SUBJECTS
from web.http.forms import number_in
from web.http.visits import Visit
from web.i18n.languages import translate
from web.i18n.zones import zone_info

ADDRESS = "/admin/log"
_FIELDS = ("who", "what", "action", "from", "until")
_HEADS = (
    *("number", "at", "actor_kind", "actor", "actor_key", "action"),
    *("subject_kind", "subject", "subject_key", "changes", "hash"),
)


@dataclass(frozen=True)
class EntryInWords:
    """An entry as the page shows it."""

    at: datetime
    seq: int
    actor: str
    actor_kind: str
    actor_key: str
    """What the page is narrowed by to this actor."""
    action: str
    subject: str
    subject_kind: str
    path: str
    """Where there is more of what it is about."""
    changes: Sequence[ChangeInWords]


@dataclass(frozen=True)
class LogView:
    """What the page shows."""

    entries: Sequence[EntryInWords]
    older: str | None
    """Where the page before it in time is, if there is one."""
    as_csv: str
    values: Mapping[str, str]
    actions: Sequence[tuple[str, str]]
    zone: str


def _search_of(visit: Visit, zone: str) -> LogSearch:
    """Read what is asked for; a date that is none asks for nothing."""
    first, last = _day(visit.query("from")), _day(visit.query("until"))
    return LogSearch(
        who=visit.query("who"),
        what=visit.query("what"),
        action=visit.query("action"),
        start=span(first, zone_info(zone), 1)[0] if first else None,
        end=span(last, zone_info(zone), 1)[1] if last else None,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _place_in(text: str) -> LogPlace | None:
    """Read behind which entry a page begins."""
    at, _, seq = text.partition("-")
    if not (number_in(at) and number_in(seq)):
        return None
    return LogPlace(from_milliseconds(number_in(at)), number_in(seq))


def _address(values: Mapping[str, str], path: str, **more: str) -> str:
    asked = {name: value for name, value in {**values, **more}.items() if value}
    return f"{path}?{urlencode(asked)}" if asked else path


@get(ADDRESS, name="admin_log")
async def log_page(admin: NamedDependency[Administration]) -> Template:
    """Show what matches, the newest first."""
    visit = admin.visit
    zone, language = visit.zone(), visit.language
    after = _place_in(visit.query("after"))
    found = await logbook.search(visit.database, _search_of(visit, zone), after=after)
    values = {name: visit.query(name) for name in _FIELDS}
    older = f"{to_milliseconds(found.older.at)}-{found.older.seq}" if found.older else ""
    view = LogView(
        entries=[_in_words(one, language) for one in found.entries],
        older=_address(values, ADDRESS, after=older) if older else None,
        as_csv=_address(values, f"{ADDRESS}.csv"),
        values=values,
        actions=[(name, translate(language, words)) for name, words in ACTIONS.items()],
        zone=zone,
    )
    return admin.show("log", view=view)


def _in_words(named: NamedEntry, language: str) -> EntryInWords:
    entry = named.entry
    former = FORMER_ACTORS.get(entry.actor_kind, entry.actor_kind)
    return EntryInWords(
        at=entry.at,
        seq=entry.seq,
        actor=named.actor or translate(language, former),
        actor_kind=translate(language, ACTORS.get(entry.actor_kind, entry.actor_kind)),
        actor_key=entry.actor_key or entry.actor_kind,
        action=translate(language, ACTIONS.get(entry.action, entry.action)),
        subject=named.subject,
        subject_kind=translate(language, SUBJECTS.get(entry.subject_kind, entry.subject_kind)),
        path=_path_of(named),
        changes=[in_words(change, language) for change in entry.changes],
    )


def _path_of(named: NamedEntry) -> str:
    """Return the page of an expert or a booking; for all else, the other entries about it."""
    if named.slug:
        return f"/admin/experts/{named.slug}"
    if named.subject and named.entry.subject_kind == SubjectKind.BOOKING:
        return f"/admin/bookings/{named.subject}"
    return f"{ADDRESS}?what={named.entry.subject_key}"


@get(f"{ADDRESS}.csv", name="admin_log_file")
async def log_file(admin: NamedDependency[Administration]) -> Stream:
    """Send all that matches as a table."""
    visit = admin.visit
    rows = _rows(visit, _search_of(visit, visit.zone()))
    return await download(admin, Action.LOG_DOWNLOADED, "log.csv", csv_of(_HEADS, rows))


async def _rows(visit: Visit, wanted: LogSearch) -> AsyncIterator[Sequence[Cell]]:
    async for named in logbook.everything(visit.database, wanted):
        entry = named.entry
        changes = [[one.field, one.before, one.after] for one in entry.changes]
        yield (
            entry.seq,
            entry.at.isoformat(timespec="milliseconds"),
            *(entry.actor_kind, named.actor, entry.actor_key, entry.action),
            *(entry.subject_kind, named.subject, entry.subject_key),
            json.dumps(changes, ensure_ascii=False),
            entry.hash,
        )


LOG = (log_page, log_file)
