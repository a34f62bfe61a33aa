"""A time that comes free, and those who wait for it."""

import re

from playwright.sync_api import expect

from tests.browser.people import Person, unused_expert


def all_at_a_full_day(guest: Person, *others: Person, live: bool = True) -> dict[str, str]:
    """Bring everybody to a day on which the guest has every time; return what the guest has."""
    number = unused_expert()
    guest.open_expert(number, live=live)
    day = guest.look_ahead()
    booked = guest.fill_day()
    for other in others:
        other.open_expert(number, live=False)
        other.look_at(day)
    return booked


def test_a_time_that_comes_free_is_handed_over_under_the_eyes_of_who_waits(
    person, ann: Person, ben: Person, page_errors: list[str]
):
    eve: Person = person()
    slot, reference = next(iter(all_at_a_full_day(ben, ann, eve).items()))
    ann.get_in_line("ann+waits@example.org")
    ann.see_live()
    eve.see_live()

    ben.cancel(reference)
    turn = ann.page.locator("#waitlist")
    expect(turn).to_contain_text("It is your turn")  # without a reload
    expect(ann.slot(slot)).to_contain_text("Held for you")
    expect(eve.slot(slot)).to_contain_text("On hold")
    turn.get_by_role("link", name="Book it").click()
    expect(ann.page.locator("#hold-timer")).to_contain_text("kept for you until")
    expect(ann.page.get_by_role("button", name="Keep it longer")).to_have_count(0)
    ann.fill_form(email="ann+waits@example.org")
    ann.confirm()

    expect(eve.slot(slot)).to_contain_text("Booked")
    assert page_errors == []


def test_an_offer_that_is_let_go_reaches_the_next_in_line(person, ann: Person, ben: Person):
    eve: Person = person()
    slot, reference = next(iter(all_at_a_full_day(ben, ann, eve).items()))
    ann.get_in_line("ann+first@example.org")
    eve.get_in_line("eve+second@example.org")
    eve.see_live()
    ben.cancel(reference)

    ann.page.reload()
    expect(eve.slot(slot)).to_contain_text("On hold")
    ann.page.locator("#hold-panel").get_by_role("button", name="Give it up").click()

    expect(eve.page.locator("#waitlist")).to_contain_text("It is your turn")
    expect(eve.slot(slot)).to_contain_text("Held for you")


def test_without_javascript_the_mail_leads_to_the_time_in_any_browser(person):
    guest, ann, elsewhere = (person(java_script_enabled=False) for _ in range(3))
    booked = all_at_a_full_day(guest, ann, live=False)
    ann.get_in_line("ann+mailed@example.org")
    guest.cancel(next(iter(booked.values())))

    elsewhere.page.goto("/dev/outbox")
    letters = elsewhere.page.locator(".outbox__mail", has_text="To ann+mailed@example.org")
    offer = letters.filter(has_text="first in line")
    while not offer.count():
        elsewhere.page.reload()
    offer.locator('a[href*="/waitlist/"]').first.click()
    expect(elsewhere.page.get_by_role("heading", level=1)).to_have_text("It is your turn")
    elsewhere.page.get_by_role("button", name="Book it").click()
    elsewhere.fill_form(email="ann+mailed@example.org")
    reference = elsewhere.confirm()

    assert re.fullmatch(r"[0-9A-Z]{12}", reference)
