"""What one booked, and changing it."""

from playwright.sync_api import Page, expect

from tests.browser.people import Person
from tests.browser.scenes.stage import Stage, scene


@scene
def cancelling(stage: Stage) -> Page:
    page = stage.with_a_booking().page
    page.get_by_text("Cancel booking…").click()
    expect(page.get_by_role("button", name="Yes, cancel it")).to_be_visible()
    return page


@scene
def cancelled(stage: Stage) -> Page:
    ann = stage.arrive()
    reference = stage.book(ann)
    ann.unseen.cancel(reference)
    ann.page.goto(f"/bookings/{reference}")
    expect(ann.page.get_by_text("This booking was cancelled.")).to_be_visible()
    return ann.page


def _at_another_time(stage: Stage) -> Page:
    ann = stage.arrive()
    ann.page.goto(f"/bookings/{stage.book(ann)}/reschedule")
    ann.see_live()
    return ann.page


@scene
def another_time(stage: Stage) -> Page:
    return _at_another_time(stage)


@scene
def both_times(stage: Stage) -> Page:
    page = _at_another_time(stage)
    Person(page).free_slots().first.get_by_role("button").click()
    expect(page.get_by_role("button", name="Confirm the new time")).to_be_visible()
    return page


@scene
def moved(stage: Stage) -> Page:
    page = both_times(stage)
    page.get_by_role("button", name="Confirm the new time").click()
    expect(page.get_by_text("It's moved. See you then!")).to_be_visible()
    return page


@scene
def printed(stage: Stage) -> Page:
    page = stage.with_a_booking().page
    page.emulate_media(media="print")
    return page


@scene
def no_bookings(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/bookings")
    return page


@scene
def my_bookings(stage: Stage) -> Page:
    ann = stage.arrive()
    for _ in range(3):
        stage.book(ann)
    ann.page.goto("/bookings")
    return ann.page


@scene
def my_bookings_in_german(stage: Stage) -> Page:
    ann = stage.arrive()
    stage.book(ann)
    ann.page.goto("/bookings?lang=de")
    return ann.page


@scene
def cancelled_bookings(stage: Stage) -> Page:
    ann = stage.arrive()
    ann.unseen.cancel(stage.book(ann))
    ann.page.goto("/bookings?show=cancelled")
    return ann.page
