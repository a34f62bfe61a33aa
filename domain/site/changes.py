"""What all changes of the site have in common: who saved first, and what the log says."""

from collections.abc import Sequence

from domain.rules.errors import Code, Refusal
from domain.rules.log import NewEntry
from domain.store.core.database import Database, Document
from domain.store.documents.site import PublishedText, Site, untouched_site
from domain.store.site import reading, saving
from domain.store.site.saving import Section


class SiteChanged(Refusal):
    """SITE_CHANGED, with the site as it is by now."""

    def __init__(self, site: Site) -> None:
        super().__init__(Code.SITE_CHANGED)
        self.site = site


async def current(database: Database) -> Site:
    """Return the site as the database has it: what administrators see, change and compare."""
    return await reading.find(database) or untouched_site()


async def site_of_form(database: Database, section: Section, rev: int) -> Site:
    """Return the site that a form changes.

    Raises:
        SiteChanged: That part of it is no longer what the form was shown with.
    """
    site = await current(database)
    if getattr(site, section.value) != rev:
        raise SiteChanged(site)
    return site


async def save(
    database: Database,
    site: Site,
    section: Section,
    fields: Document,
    *,
    act: NewEntry,
    texts: Sequence[PublishedText] = (),
) -> None:
    """Save a part of the site, if the act changes anything.

    Raises:
        SiteChanged: Somebody else saved it first.
        Refusal: BUSY.
    """
    if act.changes and not await saving.save(database, site, section, fields, act=act, texts=texts):
        raise SiteChanged(await current(database))
