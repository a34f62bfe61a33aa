"""Finding an expert."""

import re

from playwright.sync_api import Page, expect

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
    expect(page.locator("#results.htmx-request")).to_be_visible()
    return page


@scene
def search_failed(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/experts")
    page.route(SEARCH, lambda route: route.abort())
    page.get_by_label("Name, topic or skill").fill("tax")
    expect(page.get_by_role("alert")).to_be_visible()
    return page
