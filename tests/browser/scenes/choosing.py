"""Choosing one of an expert's times."""

import re

from playwright.sync_api import Page, expect

from tests.browser.people import AHEAD, SLUGS
from tests.browser.scenes.stage import Stage, follow_letter, scene

AMARA = 0
"""In the order of names: one of many times a day."""


@scene
def expert(stage: Stage) -> Page:
    return stage.at_the_times().page


@scene
def expert_in_german(stage: Stage) -> Page:
    return stage.at_the_times(locale="de-DE").page


@scene
def expert_far_away(stage: Stage) -> Page:
    return stage.at_the_times(timezone_id="Asia/Kolkata").page


@scene
def expert_long_after_the_last_time(stage: Stage) -> Page:
    ann = stage.arrive()
    ann.page.goto(f"/experts/{SLUGS[stage.expert()]}?day=2099-01-01")
    ann.see_live()
    return ann.page


@scene
def held_by_me(stage: Stage) -> Page:
    ann = stage.at_the_times()
    slot = ann.some_free_slot()
    ann.unseen.hold(slot)
    ann.page.reload()
    ann.see_live()
    expect(ann.slot(slot)).to_contain_text("Held for you")
    return ann.page


@scene
def times_of_every_kind(stage: Stage) -> Page:
    ann, ben = stage.arrive(), stage.arrive()
    day = ben.unseen.free_day(SLUGS[AMARA], ahead=AHEAD, free=4)
    booked, _, mine, held = ben.unseen.free_slots(SLUGS[AMARA], day)[:4]
    ben.unseen.book(booked)
    ben.unseen.hold(held)
    ann.unseen.hold(mine)
    ann.page.goto(f"/experts/{SLUGS[AMARA]}?day={day}")
    ann.see_live()
    expect(ann.slot(mine)).to_contain_text("Held for you")
    return ann.page


@scene
def held_by_another(stage: Stage) -> Page:
    ann, ben = stage.at_the_times(), stage.arrive()
    slot = ann.some_free_slot()
    ben.unseen.hold(slot)
    expect(ann.slot(slot)).to_contain_text("On hold")
    return ann.page


@scene
def taken_under_my_eyes(stage: Stage) -> Page:
    ann, ben = stage.at_the_times(), stage.arrive()
    slot = ann.some_free_slot()
    ann.slot(slot).get_by_role("button").focus()
    ben.unseen.book(slot)
    expect(ann.slot(slot)).to_contain_text("Booked")
    return ann.page


@scene
def cut_off_from_the_server(stage: Stage) -> Page:
    ann = stage.at_the_times()
    ann.page.context.set_offline(True)
    expect(ann.sees.live_status).to_have_attribute("data-state", "reconnecting")
    return ann.page


@scene
def another_day_is_asked_for(stage: Stage) -> Page:
    ann = stage.at_the_times()
    ann.page.route(re.compile(r"/slots\?"), lambda _: None)
    ann.sees.other_dates.last.click()
    expect(ann.sees.loading_times).to_be_visible()
    return ann.page


@scene
def another_day_failed(stage: Stage) -> Page:
    ann = stage.at_the_times()
    ann.page.route(re.compile(r"/slots\?"), lambda route: route.abort())
    ann.sees.other_dates.last.click()
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
    line = ann.sees.waitlist
    line.get_by_label("Your e-mail").fill("ann at example")
    line.get_by_role("button", name="Join the waitlist").click()
    expect(line.locator("[aria-invalid]")).to_be_visible()
    return ann.page


@scene
def ones_turn(stage: Stage) -> Page:
    ann, ben, booked = stage.at_a_full_day()
    ann.get_in_line("ann@example.org")
    ann.see_live()
    ben.unseen.cancel(next(iter(booked.values())))
    expect(ann.sees.waitlist).to_contain_text("It is your turn")
    return ann.page


@scene
def place_in_line(stage: Stage) -> Page:
    ann, _, _ = stage.at_a_full_day()
    ann.get_in_line("ann+place@example.org")
    follow_letter(ann, "ann+place@example.org", "/waitlist/")
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("You are on the waitlist")
    return ann.page


@scene
def place_confirmed(stage: Stage) -> Page:
    ann, _, _ = stage.at_a_full_day()
    ann.get_in_line("ann+confirmed@example.org")
    follow_letter(ann, "ann+confirmed@example.org", "/waitlist/")
    ann.page.get_by_role("button", name="Yes, that is me").click()
    expect(ann.page.get_by_text("Your address is confirmed")).to_be_visible()
    return ann.page


@scene
def turn_that_came_by_mail(stage: Stage) -> Page:
    ann, ben, booked = stage.at_a_full_day()
    ann.get_in_line("ann+turn@example.org")
    ben.unseen.cancel(next(iter(booked.values())))
    follow_letter(ann, "ann+turn@example.org", "/waitlist/")
    expect(ann.page.get_by_role("heading", level=1)).to_have_text("It is your turn")
    return ann.page
