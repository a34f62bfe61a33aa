"""Booking the time that one chose."""

import re
from collections import defaultdict

from playwright.sync_api import Page, expect

from tests.browser.parts import Parts
from tests.browser.people import Person, working_day
from tests.browser.scenes.stage import Stage, follow_letter, scene

_OPENING = re.compile(r'id="opening-(\w+)".*?datetime="([^"]+)"', re.DOTALL)


@scene
def form(stage: Stage) -> Page:
    return stage.at_the_form().page


@scene
def form_in_german(stage: Stage) -> Page:
    ann = stage.arrive(locale="de-DE")
    slot = stage.free_slot(ann)
    ann.unseen.hold(slot)
    ann.page.goto(f"/slots/{slot.removeprefix('slot-')}/book")
    return ann.page


@scene
def form_that_needs_mending(stage: Stage) -> Page:
    page = stage.at_the_form().page
    Parts(page).name.fill("Ann Arbor")
    Parts(page).email.fill("ann@example")
    Parts(page).confirm.click()
    expect(Parts(page).refusal).to_be_visible()
    return page


@scene
def hold_about_to_lapse(stage: Stage) -> Page:
    ann = stage.arrive()
    ann.page.clock.install()
    ann.come_to_the_form(stage.free_slot(ann))
    ann.page.clock.fast_forward("04:15")
    expect(ann.sees.ending_hold).to_be_visible()
    return ann.page


@scene
def hold_lapsed(stage: Stage) -> Page:
    ann = stage.arrive()
    ann.page.clock.install()
    ann.come_to_the_form(stage.free_slot(ann))
    # The page's clock alone moves: asked how the time stands, the server would say that it is kept.
    ann.page.route("**/book", lambda route: route.fulfill(status=503))
    ann.page.clock.fast_forward("05:05")
    expect(ann.page.get_by_text("Your hold has ended")).to_be_visible()
    return ann.page


@scene
def time_is_gone(stage: Stage) -> Page:
    ann, ben = stage.arrive(), stage.arrive()
    slot = stage.free_slot(ann)
    ann.come_to_the_form(slot)
    ann.fill_form()
    ann.unseen.release(slot)
    ben.unseen.book(slot)
    expect(ann.page.get_by_role("heading", name="That time is gone")).to_be_visible()
    return ann.page


@scene
def two_bookings_at_one_time(stage: Stage) -> Page:
    ann = stage.arrive()
    first, second = two_openings_at_once(ann)
    ann.unseen.book(first, email="ann@example.org")
    ann.come_to_the_form(second)
    ann.fill_form()
    ann.sees.confirm.click()
    expect(ann.sees.overlaps).to_be_visible()
    return ann.page


def two_openings_at_once(ann: Person) -> list[str]:
    """Return free times of two experts that start at the same instant, next week."""
    for days in range(7, 14):
        starting = defaultdict[str, list[str]](list)
        page = ann.unseen.get(f"/experts?on={working_day(days)}&from=12:00&zone=UTC")
        for slot, starts_at in _OPENING.findall(page):
            starting[starts_at].append(f"slot-{slot}")
        for slots in starting.values():
            if len(slots) > 1:
                return slots[:2]
    raise AssertionError("no two experts have a time at once")


@scene
def link_is_mailed(stage: Stage) -> Page:
    ann, _ = stage.waiting_for_a_link("ann+asked@example.org")
    return ann.page


@scene
def link_is_followed(stage: Stage) -> Page:
    ann, _ = stage.waiting_for_a_link("ann+follows@example.org")
    follow_letter(ann, "ann+follows@example.org", "/bookings/confirm/")
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("Confirm your booking")
    return ann.page


@scene
def link_was_not_followed(stage: Stage) -> Page:
    ann, slot = stage.waiting_for_a_link("ann+late@example.org")
    ann.unseen.release(slot)
    expect(ann.page.get_by_role("heading", name="The hold has ended")).to_be_visible()
    return ann.page


@scene
def confirmed(stage: Stage) -> Page:
    ann = stage.at_the_form()
    ann.fill_form()
    ann.page.locator("#phone").fill("+49 30 123456")
    ann.page.locator("#notes").fill("What I would like to know:\n- one thing\n- another")
    ann.confirm()
    return ann.page


@scene
def confirmed_in_german(stage: Stage) -> Page:
    ann: Person = stage.arrive(locale="de-DE")
    slot = stage.free_slot(ann)
    ann.unseen.hold(slot)
    ann.page.goto(f"/slots/{slot.removeprefix('slot-')}/book")
    ann.sees.name.fill("Änne Großmann-Müller")
    ann.sees.email.fill("aenne@example.org")
    ann.confirm()
    return ann.page
