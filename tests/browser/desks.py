"""Experts in a browser: at their desks, by a link from the outbox."""

from playwright.sync_api import expect

from domain.seeds.factories import ExpertFactory
from domain.seeds.people import people
from domain.seeds.people.person import slug_of
from tests.browser.people import Person
from tests.browser.unseen import Unseen
from web.server.launcher import CATALOGUE


def open_desk(person: Person, slug: str) -> None:
    """Sign in to an expert's desk and be at its agenda."""
    email = address_of(slug)
    person.page.goto(person.unseen.ask_for_link(email, next="/desk"))
    person.page.get_by_role("button", name="Open my desk").click()
    expect(person.page.get_by_role("heading", name="Agenda")).to_be_visible()


def sign_in_unseen(somebody: Unseen, slug: str) -> None:
    """Sign in to a seeded expert's desk without a page."""
    link = somebody.ask_for_link(address_of(slug), next="/desk")
    somebody.post(link.partition("?")[0], next="/desk")


def address_of(slug: str) -> str:
    """Return a seeded expert's address."""
    return ExpertFactory.build(
        person=next(p for p in people(CATALOGUE) if slug_of(p) == slug)
    ).email
