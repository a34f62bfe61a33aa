"""Experts in a browser: at their desks, by a link from the outbox."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import expect
from pymongo import MongoClient

from domain.seeds.factories import ExpertFactory
from domain.seeds.people import people
from domain.seeds.people.person import slug_of
from domain.store.core.database import database_name
from domain.store.documents import Expert
from domain.store.documents.agreements import Terms
from tests.browser.people import BERLIN, Person
from tests.browser.unseen import Unseen
from web.server.launcher import CATALOGUE


@contextmanager
def newcomer(uri: str, **fields: Any) -> Iterator[Expert]:
    """Add an expert who is approved and has no hours yet; they are listed only meanwhile."""
    given = {"zone": BERLIN.key, "session_minutes": 60, "languages": ["en"], **fields}
    expert = ExpertFactory.build(terms=Terms(horizon_days=28), **given)
    with MongoClient[dict[str, object]](uri) as client:
        experts = client[database_name(uri)]["experts"]
        experts.insert_one(dict(expert.model_dump_doc()))
        yield expert
    unlist(uri, expert.slug)


def unlist(uri: str, slug: str) -> None:
    """Hide an expert from the tests that follow."""
    with MongoClient[dict[str, object]](uri) as client:
        experts = client[database_name(uri)]["experts"]
        experts.update_one({"slug": slug}, {"$set": {"listed": False}})


def open_desk(person: Person, slug: str) -> None:
    """Sign in to a seeded expert's desk and be at its agenda."""
    open_desk_of(person, address_of(slug))


def open_desk_of(person: Person, email: str) -> None:
    """Do the same by an expert's address."""
    person.page.goto(person.unseen.ask_for_link(email, next="/desk"))
    person.page.get_by_role("button", name="Open my desk").click()
    expect(person.page.get_by_role("heading", name="Agenda")).to_be_visible()


def sign_in_unseen(somebody: Unseen, slug: str) -> None:
    """Sign in to a seeded expert's desk without a page."""
    link = somebody.ask_for_link(address_of(slug), next="/desk")
    somebody.post(link.partition("?")[0], next="/desk")


def address_of(slug: str) -> str:
    """Return a seeded expert's address."""
    return seeded(slug).email


def seeded(slug: str) -> Expert:
    """Return an expert as seeded, but for what follows from the present day."""
    return ExpertFactory.build(person=next(p for p in people(CATALOGUE) if slug_of(p) == slug))
