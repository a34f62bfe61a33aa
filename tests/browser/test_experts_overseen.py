"""An expert from an invitation to a page that is gone, as an administrator brings it about."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.administrators import open_administration
from tests.browser.conftest import watch
from tests.browser.people import Person

PHONE = {"viewport": {"width": 360, "height": 740}}
PLAIN = {"java_script_enabled": False}


def invite(page: Page, name: str, email: str) -> None:
    page.get_by_role("link", name="Experts", exact=True).last.click()
    page.get_by_text("Invite experts…").click()
    one = page.locator("#invite-one")
    one.get_by_label("Name").fill(name)
    one.get_by_label("E-mail").fill(email)
    one.get_by_label("Field").select_option("Lifestyle")
    one.get_by_role("button", name="Invite").click()
    expect(page.get_by_text("The invitations are on their way.")).to_be_visible()


def remove(page: Page) -> None:
    page.get_by_role("link", name="Remove…").click()
    page.get_by_role("button", name="Yes, remove for good").click()
    expect(page.get_by_text("The expert is removed.")).to_be_visible()


@pytest.mark.parametrize(
    "theirs",
    [pytest.param(PHONE, id="scripts"), pytest.param(PLAIN, id="none", marks=pytest.mark.soak)],
)
def test_from_an_invitation_to_a_page_that_is_gone(
    person: Callable[..., Person], theirs: dict[str, Any]
):
    boss, ada, ann = person(**theirs), person(**theirs), person(**theirs)
    errors: list[str] = []
    watch(boss.page, errors)
    code = secrets.token_hex(3)
    name, slug, email = f"Ida {code}", f"ida-{code}", f"ida+{code}@example.org"

    open_administration(boss)
    invite(boss.page, name, email)
    ada.follow_mailed_link(email)
    ada.page.get_by_role("button", name="Open my desk").click()
    expect(ada.sees.first_steps).to_contain_text("Waiting for approval.")

    boss.page.goto("/admin/experts?status=pending")
    boss.page.get_by_role("link", name=name).click()
    boss.page.get_by_role("button", name="List it anyway").click()
    expect(boss.page.get_by_text("The expert is listed")).to_be_visible()
    ann.page.goto(f"/experts/{slug}")
    expect(ann.sees.expert_name).to_have_text(name)

    boss.page.get_by_role("button", name="Pause").click()
    expect(boss.page.get_by_text("Nobody can find or book this expert")).to_be_visible()
    remove(boss.page)
    ann.page.reload()
    expect(ann.page.get_by_text("This expert is no longer here")).to_be_visible()
    ada.page.reload()
    expect(ada.page.get_by_role("heading", name="Sign in to your desk")).to_be_visible()
    assert errors == []
