"""Bookings of others, as administrators see to them."""

from playwright.sync_api import Page, expect

from tests.browser.administrators import sign_in_as_administrator
from tests.browser.people import Person
from tests.browser.scenes.stage import Sessions, Stage, scene


def _at_the_bookings(stage: Stage, *names: str) -> tuple[Person, Sessions]:
    """Bring an administrator to all bookings, some of which somebody has just made."""
    ann, boss = stage.arrive(), stage.arrive()
    booked = stage.sessions(ann, *names, phone="+49 30 1234", notes="A lease that ends in May.")
    sign_in_as_administrator(boss)
    boss.page.goto(f"/admin/bookings?expert={booked.slug}")
    return boss, booked


def _at_a_booking(stage: Stage) -> tuple[Person, Sessions]:
    boss, booked = _at_the_bookings(stage, "Ann Arbor")
    boss.page.goto(f"/admin/bookings/{booked.booked[0]}")
    return boss, booked


@scene
def admin_bookings(stage: Stage) -> Page:
    boss, booked = _at_the_bookings(stage, "Ann Arbor", "Zoë Müller")
    boss.unseen.post(f"/admin/bookings/{booked.booked[0]}/cancel")
    boss.page.reload()
    return boss.page


@scene
def admin_bookings_in_german(stage: Stage) -> Page:
    boss, booked = _at_the_bookings(stage, "Ann Arbor")
    boss.page.goto(f"/admin/bookings?expert={booked.slug}&lang=de")
    return boss.page


@scene
def admin_no_booking(stage: Stage) -> Page:
    boss = stage.arrive()
    sign_in_as_administrator(boss)
    boss.page.goto("/admin/bookings?q=nobody&state=missed")
    expect(boss.page.get_by_text("No booking matches")).to_be_visible()
    return boss.page


@scene
def admin_booking(stage: Stage) -> Page:
    boss, _ = _at_a_booking(stage)
    boss.page.get_by_text("Cancel booking…").click()
    expect(boss.page.get_by_role("button", name="Yes, cancel it")).to_be_visible()
    return boss.page


@scene
def admin_booking_moved(stage: Stage) -> Page:
    boss, booked = _at_a_booking(stage)
    slot = boss.unseen.free_slots(booked.slug, booked.day)[0].removeprefix("slot-")
    boss.unseen.post(
        f"/admin/bookings/{booked.booked[0]}/move",
        slot_id=slot,
        message="The tram is late.\nSorry!",
    )
    boss.page.goto(f"/admin/bookings/{booked.booked[0]}?saved=moved")
    expect(boss.page.get_by_text("Moved by the administration to")).to_be_visible()
    return boss.page


@scene
def admin_moving(stage: Stage) -> Page:
    boss, booked = _at_a_booking(stage)
    boss.page.goto(f"/admin/bookings/{booked.booked[0]}/move?day={booked.day}")
    boss.see_live()
    return boss.page


@scene
def admin_confirming_a_move(stage: Stage) -> Page:
    page = admin_moving(stage)
    Person(page).free_slots().first.get_by_role("button").click()
    expect(page.get_by_role("button", name="Confirm the new time")).to_be_visible()
    return page


@scene
def admin_choosing_an_expert(stage: Stage) -> Page:
    boss, _ = _at_the_bookings(stage, "Ann Arbor")
    boss.page.goto("/admin/bookings/new?expert=a")
    expect(boss.page.get_by_role("heading", name="Book for somebody")).to_be_visible()
    return boss.page


@scene
def admin_booking_for_somebody(stage: Stage) -> Page:
    boss, booked = _at_the_bookings(stage, "Ann Arbor")
    boss.page.goto(f"/admin/bookings/new/{booked.slug}?day={booked.day}")
    boss.see_live()
    boss.free_slots().first.get_by_role("button").click()
    boss.page.get_by_label("Attendee's name").fill("Ben Baker")
    boss.page.get_by_role("button", name="Confirm booking").click()
    expect(boss.page.get_by_text("Enter the attendee's e-mail address.").first).to_be_visible()
    return boss.page
