"""A booking that waits for its mailed link, under the eyes of who booked."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import watch
from tests.browser.people import AHEAD, SLUGS, Person, unused_expert

ADDRESS = "ann+confirms@example.org"


def test_a_page_that_waits_for_its_link_goes_on_by_itself(
    asking_site: str, person: Callable[..., Person]
):
    """When its time is let go, back to the form; when the link is followed elsewhere, onward."""
    ann, phone = person(base_url=asking_site), person(base_url=asking_site)
    errors: list[str] = []
    watch(ann.page, errors)
    slug = SLUGS[unused_expert()]
    day = ann.unseen.free_day(slug, ahead=AHEAD, free=1)
    slot = ann.unseen.free_slots(slug, day)[0]
    inbox = ann.page.get_by_role("heading", name="Check your inbox")
    ann.come_to_the_form(slot)
    ann.fill_form(email=ADDRESS)
    ann.sees.confirm.click()
    expect(inbox).to_be_visible()

    ann.unseen.release(slot)  # as another window would
    expect(ann.page.get_by_role("heading", name="The hold has ended")).to_be_visible()
    expect(ann.sees.email).to_have_value(ADDRESS)
    ann.sees.confirm.click()
    expect(inbox).to_be_visible()
    phone.page.goto(phone.unseen.mailed_link(ADDRESS, "/bookings/confirm/"))
    phone.page.get_by_role("button", name="Confirm booking").click()

    for page in (ann.page, phone.page):
        expect(page).to_have_url(re.compile(r"/bookings/[0-9A-Z]{12}"))
    expect(ann.page.get_by_text("It's yours. See you then!")).to_be_visible()
    assert errors == []
