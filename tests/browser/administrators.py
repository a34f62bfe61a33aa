"""Administrators in a browser: at /admin, by a link from the outbox."""

from playwright.sync_api import expect

from tests.browser.people import Person

ADMINISTRATOR = "boss@example.org"
"""Administers every site of these tests."""


def open_administration(person: Person) -> None:
    """Sign in to /admin."""
    person.page.goto(person.unseen.ask_for_link(ADMINISTRATOR, next="/admin"))
    person.page.get_by_role("button", name="Open the administration").click()
    expect(person.page.get_by_role("navigation", name="Administration")).to_be_visible()


def sign_in_as_administrator(person: Person) -> None:
    """Do the same without a page."""
    link = person.unseen.ask_for_link(ADMINISTRATOR, next="/admin")
    person.unseen.post(link.partition("?")[0], next="/admin")
