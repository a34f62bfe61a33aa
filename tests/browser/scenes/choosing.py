"""Choosing one of an expert's times."""

from playwright.sync_api import Page, expect

from tests.browser.people import Person
from tests.browser.scenes.stage import Stage, scene


@scene
def expert(stage: Stage) -> Page:
    ann = stage.arrive()
    ann.open_expert(stage.expert())
    return ann.page


@scene
def expert_in_german(stage: Stage) -> Page:
    ann = stage.arrive(locale="de-DE")
    ann.open_expert(stage.expert())
    return ann.page


@scene
def expert_far_away(stage: Stage) -> Page:
    ann = stage.arrive(timezone_id="Asia/Kolkata")
    ann.open_expert(stage.expert())
    return ann.page


@scene
def expert_long_after_the_last_time(stage: Stage) -> Page:
    ann = stage.arrive()
    ann.open_expert(stage.expert())
    ann.page.goto(ann.page.url.partition("?")[0] + "?day=2099-01-01")
    ann.see_live()
    return ann.page


@scene
def held_by_me(stage: Stage) -> Page:
    ann = stage.arrive()
    number = stage.expert()
    ann.open_expert(number)
    slot = ann.some_free_slot()
    ann.choose(slot)
    other_tab = Person(ann.page.context.new_page())
    other_tab.open_expert(number)
    expect(other_tab.slot(slot)).to_contain_text("Held for you")
    return other_tab.page


@scene
def held_by_another(stage: Stage) -> Page:
    ann, ben = stage.two_at_one_expert()
    slot = ann.some_free_slot()
    ben.choose(slot)
    expect(ann.slot(slot)).to_contain_text("On hold")
    return ann.page


@scene
def taken_under_my_eyes(stage: Stage) -> Page:
    ann, ben = stage.two_at_one_expert()
    slot = ann.some_free_slot()
    ann.slot(slot).get_by_role("button").focus()
    ben.book(slot)
    expect(ann.slot(slot)).to_contain_text("Booked")
    return ann.page


@scene
def cut_off_from_the_server(stage: Stage) -> Page:
    ann = stage.arrive()
    ann.open_expert(stage.expert())
    ann.page.context.set_offline(True)
    expect(ann.page.locator("#live-status")).to_have_attribute("data-state", "reconnecting")
    return ann.page
