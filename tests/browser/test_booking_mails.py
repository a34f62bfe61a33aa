"""The mails of a booking in a real browser: told as they are sent, and read at the outbox."""

import re

from playwright.sync_api import expect

from tests.browser.parts import Parts
from tests.browser.people import AHEAD, SLUGS, Person, unused_expert
from tests.browser.unseen import Unseen


def test_the_page_tells_of_a_mail_once_it_went_out(ann: Person, page_errors: list[str]):
    ann.open_expert(unused_expert(), live=False)
    ann.book(ann.some_free_slot(), email="ann+mails@example.org")
    mails = ann.sees.mails

    expect(Parts(mails).kept_mails).to_have_count(1)  # without a reload
    expect(Parts(mails).waiting_mails).to_have_count(2)
    mails.get_by_role("button", name="Send again (Confirmation)").click()

    expect(Parts(mails).kept_mails).to_have_count(2)
    assert page_errors == []


def test_a_mailed_address_leads_to_the_booking_and_its_calendar_file(ann: Person):
    ann.open_expert(unused_expert(), live=False)
    reference = ann.unseen.book(ann.some_free_slot(), email="ann+letter@example.org")
    ann.page.goto(f"/bookings/{reference}")
    expect(ann.sees.kept_mails).to_have_count(1)

    ann.page.goto("/dev/outbox")
    letter = ann.sees.letters.filter(has_text=reference).filter(
        has_text="To ann+letter@example.org"
    )
    expect(Parts(letter).subject).to_have_text(re.compile("^Booked: "))
    letter.get_by_role("link", name=reference).click()
    expect(ann.sees.reference).to_have_text(reference)
    ann.page.get_by_text("Add to calendar").click()
    with ann.page.expect_download() as download:
        ann.page.get_by_role("link", name="Calendar file (.ics)").click()

    assert download.value.suggested_filename == f"{reference}.ics"


def test_a_mailed_address_opened_elsewhere_asks_who_it_is(ben: Person, eve: Unseen):
    slug = SLUGS[unused_expert()]
    slot = eve.free_slots(slug, eve.free_day(slug, ahead=AHEAD, free=1))[0]
    reference = eve.book(slot, email="ann+elsewhere@example.org")

    ben.page.goto(f"/bookings/{reference}")
    expect(ben.page.get_by_role("heading", level=1)).to_have_text("No such booking here")
    ben.page.get_by_label("Your e-mail").fill("ann+elsewhere@example.org")
    ben.page.get_by_role("button", name="E-mail me a link").click()
    expect(ben.page.get_by_role("heading", level=1)).to_have_text("Check your inbox")
    ben.follow_mailed_link("ann+elsewhere@example.org")
    ben.page.get_by_role("button", name="Show my bookings").click()
    ben.page.locator(f"#booking-{reference} a").click()

    expect(ben.page.locator("#mails-title")).to_have_text("Mail to ann+elsewhere@example.org")
