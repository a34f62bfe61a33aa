"""Exporting: everyone who has a page, one after the other, however many there are."""

from collections.abc import AsyncIterator

from domain.admin.sheets.columns import COLUMNS, texts_of
from domain.rules import sheets
from domain.store.core.database import Database, Document
from domain.store.documents import Expert
from domain.store.experts.everyone import with_pages

_AS_THEY_ARE = (
    *("slug", "name", "email", "headline", "category", "bio", "text_language", "skills"),
    *("languages", "experience_years", "zone", "currency", "session_minutes", "stands_in"),
)


async def rows_of_everyone(database: Database, separator: str = ",") -> AsyncIterator[str]:
    """Yield a file that `importing` takes, row by row."""
    yield sheets.header(COLUMNS, separator)
    async for expert in with_pages(database):
        yield sheets.line_of([*texts_of(expert).values()], separator)


async def everyone(database: Database) -> AsyncIterator[Document]:
    """Yield what `exported` returns of each expert, by status and name."""
    async for expert in with_pages(database):
        yield exported(expert)


def exported(expert: Expert) -> Document:
    """Return all that an expert's page is made of, as JSON has it. Only the picture is left out.

    Hours and exceptions are as the expert sees them: those of absences are not among them.
    """
    texts = texts_of(expert)
    return {
        **{name: getattr(expert, name) for name in _AS_THEY_ARE},
        "former_slugs": [slug for slug in expert.slugs if slug != expert.slug],
        "status": expert.status.value,
        "rating": expert.rating or None,
        "price_minor": expert.price_minor if expert.has_price else None,
        "meeting": expert.meeting.model_dump(mode="json"),
        "terms": expert.terms.model_dump(mode="json"),
        "limits": expert.hours.limits.model_dump(mode="json"),
        "hours": texts["hours"].splitlines(),
        "exceptions": texts["exceptions"].splitlines(),
        "holidays": texts["holidays"] or None,
        "holidays_opened": expert.hours.holidays.opened,
    }
