"""An absence in a real browser: what its form refuses. The rest is told by test_desk_journey.py."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.browser.desks import open_desk
from tests.browser.people import SLUGS, Person, unused_expert


def test_days_that_are_over_are_refused_beside_their_field(ann: Person):
    open_desk(ann, SLUGS[unused_expert()])
    page = ann.page
    page.get_by_role("link", name="Absences").click()
    page.get_by_label("First day").fill(f"{datetime.now(UTC).date() - timedelta(days=9)}")
    page.get_by_role("button", name="See what happens").click()

    expect(page.locator("#absence-last-error")).to_have_text("These days are over.")
