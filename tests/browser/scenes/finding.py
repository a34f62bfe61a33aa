"""Finding an expert."""

import re

from playwright.sync_api import Page, expect

from tests.browser.parts import Parts
from tests.browser.people import working_day
from tests.browser.scenes.stage import Stage, scene

SEARCH = re.compile(r"/experts\?q=tax")


@scene
def experts(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/experts")
    return page


@scene
def experts_in_german(stage: Stage) -> Page:
    page = stage.arrive(locale="de-DE").page
    page.goto("/experts")
    return page


@scene
def some_experts(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/experts?q=contracts&sort=price")
    return page


def at_a_time(stage: Stage, start: str, end: str, query: str = "") -> Page:
    """Bring somebody to those who are free next week between two times."""
    page = stage.arrive().page
    page.goto(f"/experts?on={working_day(7)}&from={start}&to={end}&zone=Europe/Berlin{query}")
    return page


@scene
def experts_free_at_a_time(stage: Stage) -> Page:
    page = at_a_time(stage, "10:00", "16:00")
    expect(Parts(page).live_status).to_have_attribute("data-state", "live")
    return page


@scene
def nobody_is_free_at_that_time(stage: Stage) -> Page:
    return at_a_time(stage, "03:10", "03:15", "&category=Legal")


@scene
def time_that_ends_before_it_begins(stage: Stage) -> Page:
    page = at_a_time(stage, "16:00", "10:00")
    page.get_by_label(
        "Until"
    ).blur()  # the part of a time that has the focus has a ground of its own
    return page


@scene
def last_page_of_experts(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/experts?sort=name&page=3")
    return page


@scene
def nobody_matches(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/experts?q=xyzzy&language=fr")
    return page


@scene
def search_goes_on(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/experts")
    page.route(SEARCH, lambda _: None)
    page.get_by_label("Name, topic or skill").fill("tax")
    expect(Parts(page).loading_results).to_be_visible()
    return page


@scene
def search_failed(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/experts")
    page.route(SEARCH, lambda route: route.abort())
    page.get_by_label("Name, topic or skill").fill("tax")
    expect(page.get_by_role("alert")).to_be_visible()
    return page
