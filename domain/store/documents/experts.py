"""What is kept of an expert: the profile, what their slots come from, and how they are found."""

from collections.abc import Iterable
from datetime import datetime

from odmantic import Model
from odmantic.config import ODMConfigDict
from pymongo import ASCENDING, DESCENDING, IndexModel

from domain.rules.instants import EPOCH, NEVER
from domain.store.documents.agreements import Agreed, Meeting, Terms
from domain.store.documents.hours import WorkingHours
from domain.store.documents.profiles import GONE, ExpertStatus


def _expert_indexes() -> Iterable[IndexModel]:
    yield IndexModel([("slug", ASCENDING)], unique=True, name="slug")
    yield IndexModel([("slugs", ASCENDING)], unique=True, name="slugs")
    yield IndexModel([("address", ASCENDING)], name="address")
    yield IndexModel([("status", ASCENDING), ("applied_at", ASCENDING)], name="status_applied")
    by_name = [("sort_name", ASCENDING), ("slug", ASCENDING)]
    yield IndexModel([("status", ASCENDING), *by_name], name="status_name")
    yield IndexModel([("calendar_key", ASCENDING)], name="calendar_key")
    yield IndexModel([("morning_mail_at", ASCENDING)], name="morning_mail")
    for field in ("search_terms", "category", "languages", "next_free_until"):
        yield IndexModel([("listed", ASCENDING), (field, ASCENDING)], name=f"listed_{field}")
    for order, first in (
        ("name", []),
        ("rating", [("rating", DESCENDING)]),
        ("price", [("price_rank", ASCENDING)]),
        ("soonest", [("next_free_at", ASCENDING)]),
    ):
        yield IndexModel([("listed", ASCENDING), *first, *by_name], name=f"order_{order}")
    yield IndexModel(
        [("plan_due_at", ASCENDING)],
        name="plan_due",
        partialFilterExpression={"has_hours": True},
    )
    yield IndexModel(
        [("category", ASCENDING), ("session_minutes", ASCENDING), ("price_minor", ASCENDING)],
        name="stand_ins",
        partialFilterExpression={"stands_in": True},
    )


class Expert(Model):
    """Somebody who can be booked."""

    model_config = ODMConfigDict(collection="experts", indexes=_expert_indexes)

    slug: str
    slugs: list[str]
    """The first name in the expert's address and all later ones, the present one among them.

    Nobody else gets any of them.
    """
    name: str
    sort_name: str
    """The name folded for sorting: lower case, no accents."""
    headline: str
    category: str
    bio: str
    text_language: str = "en"
    """The language of headline, biography and skills (ISO 639-1)."""
    skills: list[str]
    languages: list[str]
    """ISO 639-1 codes."""
    experience_years: int
    rating: float
    """From 1.0 to 5.0, one decimal; 0 as long as nobody has rated the expert."""
    session_minutes: int
    price_minor: int
    """The price of one session in the currency's minor units."""
    currency: str
    price_rank: int
    """The price in US cents by a fixed table, so that prices in several currencies sort."""
    has_price: bool = False
    """Whether the expert has ever saved a price; 0 is one: free of charge."""
    zone: str
    email: str
    """Private: where mail about bookings goes. Never shown."""
    address: str
    """The e-mail in lower case: what a sign-in link proves to open the expert's desk."""
    signed_out_at: datetime = EPOCH
    """Sign-ins to the desk from before count no longer."""
    calendar_key: str | None = None
    """Names the calendar of the agenda to those who know it; None until the expert asks for one."""
    morning_mail_at: datetime = NEVER
    """When the next mail with the sessions of the day is due; NEVER unless the expert wants it."""
    search_terms: list[str]
    """Folded words of name, headline and skills; a search matches their beginnings."""
    next_free_at: datetime
    """The start of the first free time, as far as known; NEVER when there is none."""
    next_free_until: datetime = NEVER
    """When the clock alone makes `next_free_at` untrue: that time closes, or another one opens."""
    terms: Terms = Terms()
    meeting: Meeting = Meeting()
    portrait: str = ""
    """The digest of the expert's own picture; empty if the drawn one is shown."""
    status: ExpertStatus = ExpertStatus.LISTED
    listed: bool = True
    """Whether the status is `listed`: queries and indexes go by it."""
    profile_rev: int = 0
    """Raised by every change of the profile: a form that goes by an older one is shown again."""
    applied_at: datetime | None = None
    """When the expert applied, or was last invited; None for one who never had to."""
    application: str = ""
    """What the expert wrote on applying, for administrators alone."""
    stands_in: bool = False
    """Whether the expert agrees to be offered to attendees of others who are absent."""
    hours: WorkingHours = WorkingHours()
    has_hours: bool = False
    """Whether hours were ever saved: the expert's slots come from them, else nobody plans them."""
    plan_rev: int = 0
    """Raised by every change of what the slots come from, and by every part of a plan."""
    tally: int = 0
    """Raised by every count of what is taken under a limit: two counts at once conflict in it."""
    planned_at: datetime = EPOCH
    """When the slots were last all as the hours want them; EPOCH right after those changed."""
    plan_due_at: datetime = EPOCH
    """From when on a publisher is to plan them."""

    @property
    def gets_morning_mail(self) -> bool:
        """Say whether the expert is mailed the day's sessions each morning."""
        return self.morning_mail_at < NEVER

    @property
    def is_gone(self) -> bool:
        """Say whether the expert was removed."""
        return self.status in GONE

    def agreed(self) -> Agreed:
        """Return what a booking that is made now agrees to."""
        return Agreed(**{name: getattr(self, name) for name in Agreed.model_fields})
