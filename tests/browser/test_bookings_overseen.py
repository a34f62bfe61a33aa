"""Somebody calls: an administrator finds their booking, moves it, cancels it, and books another."""

import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.administrators import open_administration
from tests.browser.conftest import ZONE, watch
from tests.browser.people import AHEAD, SLUGS, Person, unused_expert

PHONE = {"viewport": {"width": 360, "height": 740}}
PLAIN = {"java_script_enabled": False}


def find(page: Page, name: str, *, typing_is_enough: bool) -> None:
    frame = page.get_by_role("navigation", name="Administration")
    frame.get_by_role("link", name="Bookings").click()
    page.get_by_label("Name, e-mail or reference").fill(name)
    if not typing_is_enough:
        page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("1 booking on this page")).to_be_visible()


def choose(page: Page, slot: str, day: date) -> None:
    """Look at a day of the expert's times, in the zone in which it was found, and press one."""
    page.goto(f"{page.url}?day={day}&zone={ZONE}")
    page.locator(f"#{slot}").get_by_role("button").click()


def move(page: Page, slot: str, day: date) -> None:
    page.get_by_role("link", name="Move to another time").click()
    choose(page, slot, day)
    expect(page.get_by_text("This time is on hold for you until")).to_be_visible()
    page.get_by_label("Message to the attendee").fill("The tram is late.")
    page.get_by_role("button", name="Confirm the new time").click()
    expect(page.get_by_text("Moved by the administration to")).to_be_visible()


def cancel(page: Page) -> None:
    page.get_by_text("Cancel booking…").click()
    page.get_by_label("Message to the attendee").fill("There is no tram.")
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_text("Cancelled. Both get an e-mail about it.")).to_be_visible()


def open_times_of(page: Page, slug: str) -> None:
    page.get_by_role("link", name="All bookings").click()
    page.get_by_role("link", name="Book for somebody").click()
    page.get_by_label("With which expert?").fill(slug)
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", name="Choose a time")).to_be_visible()


def book_for(page: Page, name: str, email: str) -> None:
    page.get_by_label("Attendee's name").fill(name)
    page.get_by_label("Attendee's e-mail").fill(email)
    page.get_by_role("button", name="Confirm booking").click()
    expect(page.get_by_text("Booked. Both get an e-mail about it.")).to_be_visible()


@pytest.mark.parametrize(
    ("theirs", "has_scripts"),
    [
        pytest.param(PHONE, True, id="scripts"),
        pytest.param(PLAIN, False, id="none", marks=pytest.mark.soak),
    ],
)
def test_a_booking_is_found_moved_and_cancelled_and_another_made(
    person: Callable[..., Person], theirs: dict[str, Any], has_scripts: bool
):
    boss, ann = person(**theirs), person()
    errors: list[str] = []
    watch(boss.page, errors)
    code = secrets.token_hex(3)
    name, email = f"Zoë {code}", f"zoe+{code}@example.org"
    slug = SLUGS[unused_expert()]
    day = ann.unseen.free_day(slug, ahead=AHEAD, free=3)
    first, second, third = ann.unseen.free_slots(slug, day)[:3]
    reference = ann.unseen.book(first, name=name, email=email)
    its_page = f"/bookings/{reference}"

    open_administration(boss)
    find(boss.page, f"zoe {code}", typing_is_enough=has_scripts)
    boss.page.get_by_role("link", name=name).click()
    move(boss.page, second, day)
    assert ann.unseen.mailed_link(email, its_page, saying="The tram is late.")
    cancel(boss.page)
    assert ann.unseen.mailed_link(email, its_page, saying="There is no tram.")

    open_times_of(boss.page, slug)
    choose(boss.page, third, day)
    book_for(boss.page, f"Ben {code}", f"ben+{code}@example.org")
    assert ann.unseen.mailed_link(f"ben+{code}@example.org", "/bookings/", saying=f"Ben {code}")
    assert errors == []
