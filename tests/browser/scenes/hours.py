"""The hours of an expert: the week, and what a change would make of it."""

import re

from playwright.sync_api import Page, expect

from tests.browser.desks import open_desk
from tests.browser.parts import Parts
from tests.browser.people import SLUGS, Person
from tests.browser.scenes.stage import Stage, scene

_RULE = re.compile(r'action="(/desk/hours/rules/[\w-]+/remove)"')


def _at_hours(stage: Stage, **options: str) -> Person:
    """Bring an expert to their hours: some overlap, a session lies outside, holidays are kept."""
    ada, ann = stage.arrive(**options), stage.arrive()
    session = stage.sessions(ann, "Ann Arbor")
    open_desk(ada, session.slug)
    hours = {"weekday": "5", "opens": "01:00", "closes": "10:00", "every": "1"}
    ada.unseen.post("/desk/hours/rules", **hours)
    ada.unseen.post("/desk/hours/rules", **(hours | {"opens": "09:00", "closes": "12:00"}))
    ada.unseen.post("/desk/hours/exceptions", kind="closed", **session.days())
    ada.unseen.post("/desk/hours/holidays", country="DE", region="BY")
    ada.page.goto("/desk/hours")
    expect(ada.page.locator("#outside")).to_be_visible()
    return ada


def _from_the_top(page: Page) -> Page:
    """Scroll up: else the header covers a part of a picture that is longer than pictures are."""
    page.evaluate("scrollTo(0, 0)")
    return page


@scene
def hours(stage: Stage) -> Page:
    return _at_hours(stage).page


@scene
def hours_in_german(stage: Stage) -> Page:
    page = _at_hours(stage).page
    page.goto("/desk/hours?lang=de&added=12&changed=1&withdrawn=3")
    expect(Parts(page).saved).to_be_visible()
    return page


@scene
def hours_of_a_newcomer(stage: Stage) -> Page:
    ada = stage.arrive()
    open_desk(ada, SLUGS[stage.expert()])
    for path in _RULE.findall(ada.unseen.get("/desk/hours")):
        ada.unseen.post(path)
    ada.page.goto("/desk/hours")
    expect(ada.page.get_by_text("You have no weekly hours yet")).to_be_visible()
    return ada.page


@scene
def hours_looked_at_first(stage: Stage) -> Page:
    page = _at_hours(stage).page
    page.get_by_role("button", name=re.compile("^Remove Saturday, 01:00")).click()
    expect(page.locator("#preview-title")).to_be_focused()
    return _from_the_top(page)


@scene
def hours_that_need_mending(stage: Stage) -> Page:
    page = _at_hours(stage).page
    page.locator("#limits-price").fill("dear")
    page.locator("#limits-notice").fill("soon")
    Parts(page).session_minutes.fill("1")
    page.get_by_role("button", name="Save sessions and terms").click()
    expect(Parts(page).session_minutes).to_be_focused()
    return _from_the_top(page)
