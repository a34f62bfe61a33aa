"""Legal pages: changed version by version, each of which is kept, and shown again."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.acts import on_site
from domain.rules.errors import Code, Refusal, Sentence
from domain.rules.legal import CAN_BE_AGREED_TO, LegalPage, TextVersion
from domain.rules.log import Action, Actor, changes_between
from domain.site.changes import save, site_of_form
from domain.site.forms import SpokenForm
from domain.store.core.database import Database, Document, Key
from domain.store.documents.site import LegalText, PublishedText, Site
from domain.store.site import reading
from domain.store.site.saving import Section
from domain.typed import Revision, many_lines

TEXT_LIMIT = 40_000

_Text = Annotated[str, Field(max_length=TEXT_LIMIT), AfterValidator(many_lines)]


class TextsForm(SpokenForm):
    """The legal pages in each language, in Markdown, and which of them visitors agree to."""

    rev: Revision
    imprint: dict[str, _Text]
    privacy: dict[str, _Text]
    terms: dict[str, _Text]
    agree_terms: str
    agree_privacy: str

    @classmethod
    def read_texts(cls, values: Mapping[str, str], languages: Collection[str]) -> "TextsForm":
        """Check what was typed: a page without any text can't be agreed to.

        Raises:
            Refusal: FORM_INVALID, with a message for each field that needs mending.
        """
        form = cls.read_in(values, languages, *LegalPage)
        empty = [page for page in form.agreeing if not any(form.text_of(page).values())]
        if empty:
            why = Sentence("Write this page first, or don't ask visitors to agree to it.")
            raise Refusal(
                Code.FORM_INVALID, fields=dict.fromkeys([f"agree_{page}" for page in empty], why)
            )
        return form

    def text_of(self, page: LegalPage) -> dict[str, str]:
        """Return what was typed for a page, by language."""
        texts: dict[str, str] = getattr(self, page.value)
        return texts

    @property
    def agreeing(self) -> list[LegalPage]:
        """Return the pages that visitors agree to before they book."""
        return [page for page in CAN_BE_AGREED_TO if getattr(self, f"agree_{page.value}")]


async def save_texts(database: Database, form: TextsForm, by: Actor, *, now: datetime) -> None:
    """Save the legal pages. Each one whose text differs gets a new version.

    Those of pages that can be agreed to are kept for good; an imprint names somebody, and is not.

    Raises:
        SiteChanged: Somebody else has changed them since the form was shown.
        Refusal: BUSY.
    """
    site = await site_of_form(database, Section.TEXTS, form.rev)
    new = {page: text for page in LegalPage if (text := _next(site, page, form)) is not None}
    agreeing = [page.value for page in form.agreeing]
    versions = {page.value: text.version for page, text in new.items()}
    before = {page: site.legal_text(LegalPage(page)).version for page in versions}
    changes = changes_between(
        {"agreeing": site.agreeing, **before}, {"agreeing": agreeing, **versions}
    )
    fields: Document = {page.value: text.model_dump_doc() for page, text in new.items()}
    kept = [
        PublishedText(id=Key(), page=page, version=text.version, texts=text.texts, published_at=now)
        for page, text in new.items()
        if page in CAN_BE_AGREED_TO
    ]
    act = on_site(by, Action.SITE_TEXTS_CHANGED, now, changes)
    await save(database, site, Section.TEXTS, {**fields, "agreeing": agreeing}, act=act, texts=kept)


def _next(site: Site, page: LegalPage, form: TextsForm) -> LegalText | None:
    """Return the next version of a page; None if the form changes nothing of it."""
    now = site.legal_text(page)
    texts = {**now.texts, **form.text_of(page)}
    texts = {code: text for code, text in texts.items() if text}
    return LegalText(version=now.version + 1, texts=texts) if texts != now.texts else None


async def text_as_of(database: Database, wanted: TextVersion) -> PublishedText:
    """Return a legal page as it was in one of its versions.

    Raises:
        Refusal: TEXT_UNKNOWN.
    """
    found = await reading.text(database, wanted)
    if found is None:
        raise Refusal(Code.TEXT_UNKNOWN)
    return found
