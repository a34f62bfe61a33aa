"""Reading the site, its logo and former versions of its texts."""

from domain.rules.legal import TextVersion
from domain.store.core.database import Database
from domain.store.documents.site import PublishedText, Site, SiteLogo


async def find(database: Database) -> Site | None:
    """Return the site; None if nobody has changed anything of it."""
    return await database.engine.find_one(Site, {"only": True})


async def logo(database: Database) -> SiteLogo | None:
    """Return the logo, or None."""
    return await database.engine.find_one(SiteLogo, {"only": True})


async def text(database: Database, text_version: TextVersion) -> PublishedText | None:
    """Return a legal page as it was in one of its versions, or None."""
    query = {"page": text_version.page.value, "version": text_version.version}
    return await database.engine.find_one(PublishedText, query)
