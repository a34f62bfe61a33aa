"""An absence in real browsers: declared at the desk, answered from the mail, seen on the board."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import watch
from tests.browser.desks import open_desk
from tests.browser.people import AHEAD, SLUGS, Person, unused_expert
from tests.browser.unseen import Unseen

PHONE: ViewportSize = {"width": 360, "height": 740}
A_DAY = timedelta(days=1)


def declare(ada: Person, day: date, *, message: str = "") -> None:
    """Declare an absence at an open desk: look first, then close the days.

    The day is the visitor's: in the expert's zone it may be the one before or after.
    """
    page = ada.page
    page.get_by_role("link", name="Absences").click()
    page.get_by_label("First day").fill(f"{day - A_DAY}")
    page.get_by_label("Last day").fill(f"{day + A_DAY}")
    page.get_by_label("Message to attendees").fill(message)
    page.get_by_role("button", name="See what happens").click()
    page.get_by_role("button", name="Close these days").click()


@pytest.mark.parametrize("width", ["phone", pytest.param("wide", marks=pytest.mark.soak)])
def test_an_absence_is_declared_answered_by_one_press_and_seen_live(
    person: Callable[..., Person], eve: Unseen, width: str
):
    slug = SLUGS[unused_expert()]
    day = eve.free_day(slug, ahead=AHEAD, free=1)
    email = f"eve+absence-{width}@example.org"
    reference = eve.book(eve.free_slots(slug, day)[0], name="Eve Example", email=email)
    ada, guest = [person(viewport=PHONE) if width == "phone" else person() for _ in range(2)]
    errors = list[str]()
    watch(ada.page, errors)
    watch(guest.page, errors)

    open_desk(ada, slug)
    declare(ada, day, message="I am ill, sorry.")
    ada.see_live()
    row = ada.page.locator(f"#asked-{reference}")
    expect(row).to_contain_text("Eve Example")
    expect(ada.page.locator("#board-asked")).to_contain_text("Not answered yet")

    guest.page.goto(guest.unseen.ask_for_link(email))
    guest.page.get_by_role("button").filter(has_text="bookings").first.click()
    link = guest.unseen.mailed_link(email, f"/bookings/{reference}", saying="I am ill, sorry.")
    guest.page.goto(link)
    guest.sees.offers.first.click()

    expect(guest.page.get_by_text("It's moved. See you then!")).to_be_visible()
    expect(ada.sees.moved).to_contain_text("Moved")
    expect(row).to_contain_text("now ")
    expect(ada.sees.announcement).to_contain_text("Moved: Eve Example")
    assert errors == []


def test_an_absence_works_without_scripts(person: Callable[..., Person], eve: Unseen):
    slug = SLUGS[unused_expert()]
    day = eve.free_day(slug, ahead=AHEAD, free=1)
    reference = eve.book(eve.free_slots(slug, day)[0], name="Eve Example")
    ada = person(java_script_enabled=False)
    open_desk(ada, slug)

    declare(ada, day)
    ada.page.locator("#revoke summary").click()
    ada.page.get_by_role("button", name="Yes, revoke it").click()

    expect(ada.page.locator("#board-revoked")).to_contain_text("Takes place after all")
    expect(ada.page.locator(f"#asked-{reference}")).to_be_visible()


def test_days_that_are_over_are_refused_beside_their_field(ann: Person):
    open_desk(ann, SLUGS[unused_expert()])
    page = ann.page
    page.get_by_role("link", name="Absences").click()
    page.get_by_label("First day").fill(f"{datetime.now(UTC).date() - timedelta(days=9)}")
    page.get_by_role("button", name="See what happens").click()

    expect(page.locator("#absence-last-error")).to_have_text("These days are over.")
