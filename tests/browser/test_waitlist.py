"""A time that comes free, and those who wait for it."""

import re

import pytest
from playwright.sync_api import Request, expect

from tests.browser.people import Person, place_of, unused_expert

LONGER_THAN_ONE_ASKS = 2_000
"""Milliseconds within which a page has asked that a change concerns."""


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


def offer_mailed_to(somebody: Person, email: str) -> str:
    """Return the link in the mail that offers a time, once it is there."""
    somebody.page.goto("/dev/outbox")
    letters = somebody.page.locator(".outbox__mail", has_text=f"To {email}")
    offer = letters.filter(has_text="first in line")
    while not offer.count():
        somebody.page.reload()
    link = offer.locator('a[href*="/waitlist/"]').first.get_attribute("href")
    assert link
    return link


def test_an_offer_that_is_taken_over_elsewhere_leaves_the_page_at_once(
    person, ann: Person, ben: Person
):
    phone: Person = person()
    _, reference = next(iter(all_at_a_full_day(ben, ann).items()))
    ann.get_in_line("ann+over@example.org")
    ann.see_live()
    ben.cancel(reference)
    turn = ann.page.locator("#waitlist")
    expect(turn).to_contain_text("It is your turn")

    phone.page.goto(offer_mailed_to(phone, "ann+over@example.org"))
    phone.page.get_by_role("button", name="Book it").click()
    expect(phone.page.locator("#hold-timer")).to_contain_text("kept for you until")

    expect(turn).to_contain_text("Wait for a time on this day")


def asks(request: Request) -> bool:
    """Say whether a page asks how one stands in line."""
    return request.method == "GET" and "/waitlist?" in request.url


def test_who_waits_asks_how_they_stand_when_their_own_day_changes_and_not_for_others(
    person, ann: Person, ben: Person
):
    eve: Person = person()
    ann.page.clock.install()
    booked = all_at_a_full_day(ben, ann)
    eve.page.goto(ann.page.url)
    eve.look_ahead(7)
    other = eve.some_free_slot()
    asked: list[str] = []
    ann.page.on("request", lambda r: asked.append(r.url) if asks(r) else None)
    ann.get_in_line("ann+asks@example.org")
    ann.see_live()
    while not asked:
        ann.page.wait_for_timeout(50)  # for what it caught up with as it came
    heard = "e => document.title = e.detail.data.match(/slot-\\w+/)[0]"
    ann.page.evaluate(f"document.addEventListener('slotHeld', {heard})")
    ann.page.clock.run_for(LONGER_THAN_ONE_ASKS)
    asked.clear()

    eve.choose(other)
    expect(ann.page).to_have_title(other)
    ann.page.clock.run_for(LONGER_THAN_ONE_ASKS)
    before = len(asked)
    ben.cancel(next(iter(booked.values())))
    expect(ann.page.locator("#waitlist")).to_contain_text("It is your turn")

    assert before == 0
    assert len(asked) > 0


def test_without_javascript_the_mail_leads_to_the_time_in_any_browser(person):
    guest, ann, elsewhere = (person(java_script_enabled=False) for _ in range(3))
    booked = all_at_a_full_day(guest, ann, live=False)
    ann.get_in_line("ann+mailed@example.org")
    guest.cancel(next(iter(booked.values())))

    elsewhere.page.goto(offer_mailed_to(elsewhere, "ann+mailed@example.org"))
    expect(elsewhere.page.get_by_role("heading", level=1)).to_have_text("It is your turn")
    elsewhere.page.get_by_role("button", name="Book it").click()
    elsewhere.fill_form(email="ann+mailed@example.org")
    reference = elsewhere.confirm()

    assert re.fullmatch(r"[0-9A-Z]{12}", reference)


def test_an_offer_takes_no_focus_and_moves_nothing_that_one_points_at(ann: Person, ben: Person):
    _, reference = next(iter(all_at_a_full_day(ben, ann).items()))
    line = ann.page.locator("#waitlist")
    ann.get_in_line("ann+points@example.org")
    expect(line).to_be_focused()
    ann.see_live()
    leave = line.get_by_role("button", name="Leave the line")
    leave.focus()
    leave.hover()
    before = place_of(line)

    ben.cancel(reference)
    expect(line).to_contain_text("It is your turn")
    expect(ann.page.locator("#hold-panel")).not_to_have_attribute("data-slot-id", "")

    expect(line).to_be_focused()
    assert place_of(line)["y"] == pytest.approx(before["y"], abs=1)


def test_the_form_of_the_line_stays_while_one_types_into_it(ann: Person, ben: Person):
    _, reference = next(iter(all_at_a_full_day(ben, ann).items()))
    ann.see_live()
    field = ann.page.locator("#waitlist").get_by_label("Your e-mail")
    field.fill("ann@")

    ben.cancel(reference)
    expect(ann.free_slots()).to_have_count(1)

    expect(field).to_be_focused()
    expect(field).to_be_visible()
    ann.page.locator("#zone").focus()
    expect(field).to_be_hidden()


def test_what_goes_on_to_somebody_in_line_is_ones_own_no_longer(person, ann: Person, ben: Person):
    eve: Person = person()
    slot, reference = next(iter(all_at_a_full_day(ben, ann, eve).items()))
    times = ann.page.url
    ben.cancel(reference)
    ann.choose(slot)
    ann.page.goto(times)
    ann.see_live()
    panel = ann.page.locator("#hold-panel")
    expect(panel).to_be_visible()
    eve.page.reload()
    eve.get_in_line("eve+passed@example.org")
    ann.page.locator("#days").hover()
    place = place_of(ann.page.locator("#days"))

    ann.release_unseen(slot)

    expect(ann.slot(slot)).to_contain_text("On hold")
    expect(panel).to_be_hidden()
    expect(ann.page.locator("#hold-panel[data-slot-id='']")).to_be_attached()
    expect(ann.slot(slot)).to_contain_text("On hold")
    assert place_of(ann.page.locator("#days")) == place
