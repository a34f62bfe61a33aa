"""The face: what the site is called, its colour, its logo, its languages and its contact."""

import asyncio
from datetime import datetime
from hashlib import sha256

from domain.acts import on_site
from domain.rules.errors import Code, Refusal
from domain.rules.log import Action, Actor, FieldChange, changes_between
from domain.rules.logos import logo_of
from domain.site.changes import current, save, site_of_form
from domain.site.forms import FaceForm
from domain.store.core.database import Database, Document, Key
from domain.store.documents.site import Contact, SiteLogo
from domain.store.site import reading, saving
from domain.store.site.saving import Section

_DIGEST_LENGTH = 20
_PERSONAL = ("contact",)
"""An address or a number can be somebody's own."""

_decoding = asyncio.Semaphore(1)
"""One picture at a time in each process: a large one takes 100 MB."""


async def save_face(database: Database, form: FaceForm, by: Actor, *, now: datetime) -> None:
    """Save what the site is called, looks like and speaks.

    Raises:
        SiteChanged: Somebody else has changed that since the form was shown.
        Refusal: BUSY.
    """
    site = await site_of_form(database, Section.FACE, form.rev)
    fields = _fields(form)
    before, after = _told(site.model_dump_doc()), _told(fields)
    changes = changes_between(before, after, personal=_PERSONAL)
    act = on_site(by, Action.SITE_FACE_CHANGED, now, changes)
    await save(database, site, Section.FACE, fields, act=act)


def _fields(form: FaceForm) -> Document:
    return {
        "name": form.name,
        "tagline": {code: text for code, text in form.tagline.items() if text},
        "accent": form.accent,
        "contact": Contact(
            address=form.address, phone=form.phone, email=form.email
        ).model_dump_doc(),
        "languages": form.languages,
    }


def _told(fields: Document) -> Document:
    """Return the face as the log tells it."""
    told = {name: fields[name] for name in ("name", "accent", "contact", "languages")}
    return {**told, "tagline": list(fields["tagline"].values())}


async def change_logo(database: Database, data: bytes, by: Actor, *, now: datetime) -> None:
    """Make what was uploaded the logo.

    Raises:
        Refusal: FORM_INVALID, with a sentence for `logo`; BUSY.
    """
    async with _decoding:
        made = await asyncio.to_thread(logo_of, data)
    digest = sha256(made.image).hexdigest()[:_DIGEST_LENGTH]
    logo = SiteLogo(
        id=Key(), image=made.image, media_type=made.media_type, digest=digest, changed_at=now
    )
    await _put(database, logo, by, now)


async def remove_logo(database: Database, by: Actor, *, now: datetime) -> None:
    """Show the program's logo again.

    Raises:
        Refusal: BUSY.
    """
    await _put(database, None, by, now)


async def _put(database: Database, logo: SiteLogo | None, by: Actor, now: datetime) -> None:
    site = await current(database)
    change = FieldChange("logo", site.logo, logo.digest if logo else "")
    if change.before != change.after:
        act = on_site(by, Action.SITE_LOGO_CHANGED, now, [change])
        await saving.put_logo(database, logo, act)


async def find_logo(database: Database) -> SiteLogo:
    """Return the logo.

    Raises:
        Refusal: LOGO_UNKNOWN.
    """
    logo = await reading.logo(database)
    if logo is None:
        raise Refusal(Code.LOGO_UNKNOWN)
    return logo
