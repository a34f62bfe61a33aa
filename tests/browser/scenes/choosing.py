"""Choosing one of an expert's times."""

import re

from playwright.sync_api import Page, expect

from tests.browser.people import Person
from tests.browser.scenes.stage import Stage, follow_letter, scene

AMARA = 0
"""In the order of names: one of many times a day."""


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
def times_of_every_kind(stage: Stage) -> Page:
    ann, ben = stage.arrive(), stage.arrive()
    ben.open_expert(AMARA)
    day = ben.look_ahead(free=4)
    booked, _, mine, held = (str(slot.get_attribute("id")) for slot in ben.free_slots().all()[:4])
    times = ben.page.url
    ben.book(booked)
    ben.page.goto(times)
    ben.choose(held)
    ann.open_expert(AMARA)
    ann.look_at(day)
    ann.choose(mine)
    other_tab = Person(ann.page.context.new_page())
    other_tab.page.goto(times)
    other_tab.see_live()
    expect(other_tab.slot(mine)).to_contain_text("Held for you")
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


@scene
def another_day_is_asked_for(stage: Stage) -> Page:
    ann = stage.arrive()
    ann.open_expert(stage.expert())
    ann.page.route(re.compile(r"/slots\?"), lambda _: None)
    ann.page.locator("a.date:not([aria-current])").last.click()
    expect(ann.page.locator("#times.htmx-request")).to_be_visible()
    return ann.page


@scene
def another_day_failed(stage: Stage) -> Page:
    ann = stage.arrive()
    ann.open_expert(stage.expert())
    ann.page.route(re.compile(r"/slots\?"), lambda route: route.abort())
    ann.page.locator("a.date:not([aria-current])").last.click()
    expect(ann.page.get_by_text("The times could not be loaded.")).to_be_visible()
    return ann.page


@scene
def full_day(stage: Stage) -> Page:
    return stage.at_a_full_day()[0].page


@scene
def in_line(stage: Stage) -> Page:
    ann, _, _ = stage.at_a_full_day()
    ann.get_in_line("ann@example.org")
    ann.see_live()
    return ann.page


@scene
def line_not_joined(stage: Stage) -> Page:
    ann, _, _ = stage.at_a_full_day()
    line = ann.page.locator("#waitlist")
    line.get_by_label("Your e-mail").fill("ann at example")
    line.get_by_role("button", name="Get in line").click()
    expect(line.locator("[aria-invalid]")).to_be_visible()
    return ann.page


@scene
def ones_turn(stage: Stage) -> Page:
    ann, ben, booked = stage.at_a_full_day()
    ann.get_in_line("ann@example.org")
    ann.see_live()
    ben.cancel(next(iter(booked.values())))
    expect(ann.page.locator("#waitlist")).to_contain_text("It is your turn")
    return ann.page


@scene
def place_in_line(stage: Stage) -> Page:
    ann, _, _ = stage.at_a_full_day()
    ann.get_in_line("ann+place@example.org")
    follow_letter(ann.page, "ann+place@example.org", "/waitlist/")
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("You are in line")
    return ann.page


@scene
def turn_that_came_by_mail(stage: Stage) -> Page:
    ann, ben, booked = stage.at_a_full_day()
    ann.get_in_line("ann+turn@example.org")
    ben.cancel(next(iter(booked.values())))
    follow_letter(ann.page, "ann+turn@example.org", "/waitlist/")
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("It is your turn")
    return ann.page
