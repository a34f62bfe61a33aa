"""What is kept of an installation's own face: its name, colour and texts, and what texts were."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from odmantic import EmbeddedModel, Field, Model, ObjectId
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, IndexModel

from domain.rules.instants import EPOCH
from domain.rules.legal import LegalPage, TextVersion

PROGRAM = "ExpertConnect"
CATEGORIES = ("Technology", "Health", "Finance", "Legal", "Education", "Lifestyle")
"""The fields of expertise of an installation that has none of its own yet, by their keys."""

ByLanguage = Mapping[str, str]
"""Texts by the codes of their languages; an empty one is none."""


class Contact(EmbeddedModel):
    """How to reach those who run it, as pages and mails show it. Public."""

    address: str = ""
    phone: str = ""
    email: str = ""

    @property
    def is_there(self) -> bool:
        """Say whether it says anything."""
        return bool(self.lines)

    @property
    def lines(self) -> list[str]:
        """Return what it says."""
        return [line for line in (self.address, self.phone, self.email) if line]


class Expertise(EmbeddedModel):
    """A field of expertise: experts keep its key, which never changes."""

    key: str
    names: dict[str, str] = Field(default_factory=dict)
    """Its name in each language; without one the program translates its key."""


class LegalText(EmbeddedModel):
    """A legal page, in Markdown, by language."""

    version: int = 0
    """Counts its changes; 0: there has never been one."""
    texts: dict[str, str] = Field(default_factory=dict)

    @property
    def is_there(self) -> bool:
        """Say whether it says anything."""
        return any(self.texts.values())


def _categories() -> list[Expertise]:
    return [Expertise(key=key) for key in CATEGORIES]


def _site_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("only", ASCENDING)], unique=True, name="only")


class Site(Model):
    """An installation's own face. There is one at most; without it, everything is the program's."""

    model_config = ODMConfigDict(collection="site", indexes=_site_indexes)

    only: bool = True
    """The same in all: the index lets in one."""
    rev: int = 0
    """Counts all changes: what is kept of it elsewhere goes by this."""
    face_rev: int = 0
    """Counts the changes of what one form shows; a form that goes by an older one is shown again.

    So do the next two.
    """
    fields_rev: int = 0
    texts_rev: int = 0
    name: str = PROGRAM
    tagline: dict[str, str] = Field(default_factory=dict)
    accent: str = ""
    """The chosen colour, `#rrggbb`; empty for the program's own two."""
    logo: str = ""
    """The digest of the logo; empty for the program's."""
    contact: Contact = Contact()
    languages: list[str] = Field(default_factory=list)
    """Those that pages are offered in, the default first; empty for all that there are."""
    expertise: list[Expertise] = Field(default_factory=_categories)
    imprint: LegalText = Field(default_factory=LegalText)
    privacy: LegalText = Field(default_factory=LegalText)
    terms: LegalText = Field(default_factory=LegalText)
    agreeing: list[str] = Field(default_factory=list)
    """Which pages visitors agree to before they book."""

    @property
    def has_own_name(self) -> bool:
        """Say whether it was given a name."""
        return self.name != PROGRAM

    @property
    def look(self) -> str:
        """Tell one look from another; empty for the program's."""
        is_own = self.has_own_name or self.accent or self.logo
        return f"{self.face_rev}-{self.logo}" if is_own else ""

    @property
    def field_keys(self) -> list[str]:
        """Return the keys of its fields of expertise."""
        return [field.key for field in self.expertise]

    def legal_text(self, page: LegalPage) -> LegalText:
        """Return a legal page."""
        text: LegalText = getattr(self, page.value)
        return text

    @property
    def asked(self) -> list[TextVersion]:
        """Return what visitors agree to before they book, as it is now."""
        pages = [LegalPage(name) for name in self.agreeing]
        texts = [(page, self.legal_text(page)) for page in pages]
        return [TextVersion(page, text.version) for page, text in texts if text.is_there]


def untouched_site() -> Site:
    """Return the site that nobody has changed yet: the program's own face."""
    return Site(id=ObjectId())


def _logo_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("only", ASCENDING)], unique=True, name="only")


class SiteLogo(Model):
    """The logo, as it is sent."""

    model_config = ODMConfigDict(collection="logos", indexes=_logo_indexes)

    only: bool = True
    image: bytes
    media_type: str
    digest: str
    """Names the picture in addresses: a new picture has a new address."""
    changed_at: datetime = EPOCH


def _text_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("page", ASCENDING), ("version", ASCENDING)], unique=True, name="version")


class PublishedText(Model):
    """A version of a page that can be agreed to, kept for good: bookings name the one that was."""

    model_config = ODMConfigDict(collection="texts", indexes=_text_indexes)

    page: LegalPage
    version: int
    texts: dict[str, str]
    published_at: datetime
