"""Booking the time that one chose."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.people import Person
from tests.browser.scenes.stage import Stage, scene

A_WEEK = timedelta(days=7)

GIVE_UP = """
async () => {
  const form = new FormData(document.getElementById("booking-form"));
  form.set("slot_id", document.getElementById("hold-timer").dataset.slotId);
  await fetch("/holds/release", { method: "POST", body: new URLSearchParams(form) });
}
"""


@scene
def form(stage: Stage) -> Page:
    return stage.at_the_form().page


@scene
def form_in_german(stage: Stage) -> Page:
    ann = stage.arrive(locale="de-DE")
    ann.open_expert(stage.expert())
    ann.choose(ann.some_free_slot())
    return ann.page


@scene
def form_that_needs_mending(stage: Stage) -> Page:
    page = stage.at_the_form().page
    page.locator("#name").fill("Ann Arbor")
    page.locator("#email").fill("ann@example")
    page.locator(".form__submit").click()
    expect(page.locator("#refusal")).to_be_visible()
    return page


@scene
def hold_about_to_lapse(stage: Stage) -> Page:
    ann = stage.arrive()
    ann.page.clock.install()
    ann.open_expert(stage.expert())
    ann.choose(ann.some_free_slot())
    ann.page.clock.fast_forward("04:15")
    expect(ann.page.locator(".hold-timer--ending")).to_be_visible()
    return ann.page


@scene
def hold_lapsed(stage: Stage) -> Page:
    ann = stage.arrive()
    ann.page.clock.install()
    ann.open_expert(stage.expert())
    ann.choose(ann.some_free_slot())
    # The page's clock alone moves: asked how the time stands, the server would say that it is kept.
    ann.page.route("**/book", lambda route: route.fulfill(status=503))
    ann.page.clock.fast_forward("05:05")
    expect(ann.page.get_by_text("no longer kept for you")).to_be_visible()
    return ann.page


@scene
def time_is_gone(stage: Stage) -> Page:
    ann, ben = stage.two_at_one_expert()
    slot = ann.some_free_slot()
    ann.choose(slot)
    ann.fill_form()
    ann.page.evaluate(GIVE_UP)
    ben.book(slot)
    expect(ann.page.get_by_role("heading", name="That time is gone")).to_be_visible()
    return ann.page


@scene
def two_bookings_at_one_time(stage: Stage) -> Page:
    ann = stage.arrive()
    first, second = two_openings_at_once(ann)
    ann.page.goto(first.address)
    ann.book(first.slot)
    ann.page.goto(second.address)
    ann.choose(second.slot)
    ann.fill_form()
    ann.page.locator(".form__submit").click()
    expect(ann.page.locator("#overlaps")).to_be_visible()
    return ann.page


@dataclass(frozen=True)
class Opening:
    """A free time on somebody's card: the page that it leads to, and its id there."""

    address: str
    slot: str


def two_openings_at_once(ann: Person) -> list[Opening]:
    """Return free times of two experts that start at the same instant."""
    ann.page.goto(f"/experts?on={datetime.now(UTC).date() + A_WEEK}&from=12:00&zone=UTC")
    starting = defaultdict[str | None, list[Opening]](list)
    for link in ann.page.locator(".card__times a").all():
        starts_at = link.locator("time").get_attribute("datetime")
        slot = (link.get_attribute("id") or "").replace("opening", "slot")
        starting[starts_at].append(Opening(link.get_attribute("href") or "", slot))
    return next(openings[:2] for openings in starting.values() if len(openings) > 1)


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
    ann.open_expert(stage.expert())
    ann.look_ahead()
    ann.choose(ann.some_free_slot())
    ann.page.locator("#name").fill("Änne Großmann-Müller")
    ann.page.locator("#email").fill("aenne@example.org")
    ann.confirm()
    return ann.page
