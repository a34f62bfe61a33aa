"""Experts, as administrators see to them."""

import secrets
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.administrators import sign_in_as_administrator
from tests.browser.desks import seeded
from tests.browser.people import Person
from tests.browser.scenes.stage import AWAY, Stage, scene

WORDS = "I have run a bakery for twenty years,\nand teach people at home."
ROWS = (
    "slug;name;email;category;headline;hours\n"
    ";Ada {code};ada+{code}@example.org;Lifestyle;'=Sourdough;mon 09:00-12:00\n"
    "{old.slug};{old.name};{old.email};{old.category};A headline that is new;tue 09:00-12:00\n"
    ";Bea {code};nobody;Magic;;someday\n"
)


def _at_the_experts(stage: Stage) -> Person:
    boss = stage.arrive()
    sign_in_as_administrator(boss)
    return boss


def _apply(stage: Stage) -> str:
    """Have somebody apply and prove their address; return it."""
    ada, code = stage.arrive(), secrets.token_hex(3)
    form = {"name": f"Ada {code}", "email": f"ada+{code}@example.org", "category": "Lifestyle"}
    ada.unseen.post("/apply", **form, words=WORDS)
    link = ada.unseen.mailed_link(form["email"], "/bookings/link/")
    ada.unseen.post(link.partition("?")[0], next="/desk")
    return form["email"]


@scene
def admin_experts(stage: Stage) -> Page:
    email, boss = _apply(stage), _at_the_experts(stage)
    boss.page.goto("/admin/experts")
    expect(boss.page.get_by_text(email)).to_be_visible()
    return boss.page


@scene
def admin_experts_in_german(stage: Stage) -> Page:
    page = admin_experts(stage)
    page.goto("/admin/experts?lang=de")
    return page


@scene
def admin_list_refused(stage: Stage) -> Page:
    page = _at_the_experts(stage).page
    page.goto("/admin/experts")
    page.get_by_text("Invite experts…").click()
    page.get_by_label("One person a line").fill(
        "Ada Ames <ada@example.org>\nnobody\nada@example.org"
    )
    page.get_by_role("button", name="Invite all").click()
    expect(page.get_by_text("Line 3")).to_be_visible()
    return page


@scene
def admin_expert(stage: Stage) -> Page:
    email, boss = _apply(stage), _at_the_experts(stage)
    boss.page.goto(f"/admin/experts?q={email.replace('+', '%2B')}")
    boss.page.get_by_role("link", name="Ada").click()
    expect(boss.page.get_by_role("button", name="List it anyway")).to_be_visible()
    return boss.page


@scene
def admin_sessions_to_hand_over(stage: Stage) -> Page:
    ann, boss = stage.arrive(), _at_the_experts(stage)
    booked = stage.sessions(ann, "Ann Arbor", "Ben Baker")
    boss.page.goto(f"/admin/experts/{booked.slug}")
    boss.page.get_by_text("The expert can't make them…").click()
    expect(boss.page.get_by_label("Last day")).to_have_value(str(booked.day))
    return boss.page


@scene
def admin_removal(stage: Stage) -> Page:
    ann, boss = stage.arrive(), _at_the_experts(stage)
    booked = stage.sessions(ann, "Ann Arbor", "Ben Baker")
    boss.page.goto(f"/admin/experts/{booked.slug}/remove")
    expect(boss.page.get_by_role("button", name="Yes, remove for good")).to_be_visible()
    return boss.page


def choose_file(page: Page, rows: str) -> None:
    """Choose a file of experts, and see what it would do."""
    page.goto("/admin/import")
    file: Any = {"name": "experts.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.get_by_label("File").set_input_files([file])
    page.get_by_role("button", name="See what happens").click()


@scene
def admin_import(stage: Stage) -> Page:
    page = _at_the_experts(stage).page
    page.goto("/admin/import")
    page.get_by_text("Which columns can it have?").click()
    expect(page.get_by_text("max_reschedules")).to_be_visible()
    return page


@scene
def admin_import_plan(stage: Stage) -> Page:
    code, boss = secrets.token_hex(3), _at_the_experts(stage)
    choose_file(boss.page, ROWS.format(code=code, old=seeded(AWAY)))
    expect(boss.page.get_by_role("heading", name="What the file would do")).to_be_visible()
    return boss.page


@scene
def expert_is_gone(stage: Stage) -> Page:
    code, boss = secrets.token_hex(3), _at_the_experts(stage)
    rows = f"slug,name,email,category,status\ngone-{code},Gone {code},{code}@example.org,Legal,"
    choose_file(boss.page, f"{rows}pending")
    boss.page.get_by_role("button", name="Import as shown").click()
    boss.unseen.post(f"/admin/experts/gone-{code}/approve", anyway="yes")
    boss.unseen.post(f"/admin/experts/gone-{code}/remove")
    boss.page.goto(f"/experts/gone-{code}")
    expect(boss.page.get_by_text("This expert is no longer here")).to_be_visible()
    return boss.page
