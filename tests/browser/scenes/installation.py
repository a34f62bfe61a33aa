"""How an installation is, as its administrators see it."""

from playwright.sync_api import Page, expect

from tests.browser.administrators import sign_in_as_administrator
from tests.browser.scenes.stage import Stage, scene


@scene
def admin_health(stage: Stage) -> Page:
    boss = stage.arrive()
    sign_in_as_administrator(boss)
    boss.page.goto("/admin/health")
    expect(boss.page.get_by_role("list", name="Checks")).to_be_visible()
    return boss.page


@scene
def admin_health_in_german(stage: Stage) -> Page:
    page = admin_health(stage)
    page.goto("/admin/health?lang=de")
    return page
