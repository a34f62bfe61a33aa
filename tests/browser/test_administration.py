"""An administrator works at the desk of an expert, and finds it in the log."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.administrators import ADMINISTRATOR, open_administration
from tests.browser.people import SLUGS, Person, unused_expert


@pytest.mark.parametrize("given", [{}, {"java_script_enabled": False}], ids=["wide", "plain"])
def test_what_an_administrator_does_at_a_desk_stands_in_the_log(person, given: dict[str, Any]):
    boss: Person = person(**given)
    page, slug = boss.page, SLUGS[unused_expert()]
    open_administration(boss)
    expect(page.get_by_role("heading", name="What wants attention")).to_be_visible()
    expect(page.get_by_role("table").first).to_contain_text("All together")

    page.goto(f"/admin/experts/{slug}")
    name = page.get_by_role("heading", level=1).inner_text()
    page.get_by_role("button", name="Open the desk").click()
    expect(page.get_by_text(f"You are at the desk of {name}")).to_be_visible()
    page.get_by_role("navigation", name="Desk").get_by_role("link", name="Absences").click()
    page.get_by_role("button", name="Stand in for others").click()
    page.get_by_role("button", name="Leave this desk").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()

    page.get_by_role("navigation", name="Administration").get_by_role("link", name="Log").click()
    page.get_by_label("Who").fill(ADMINISTRATOR)
    page.get_by_label("About").fill(slug)
    page.get_by_role("button", name="Search").click()
    entries = page.get_by_role("list", name="Entries").get_by_role("listitem")
    expect(entries.first).to_contain_text(f"Standing in changed: {name}")
    expect(entries.first).to_contain_text(f"Administrator: {ADMINISTRATOR}")
    expect(entries.nth(1)).to_contain_text("Desk opened by an administrator")
