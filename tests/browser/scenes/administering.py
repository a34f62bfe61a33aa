"""The administration: its overview, its log, and an expert's desk visited by an administrator."""

from playwright.sync_api import Page, expect

from tests.browser.administrators import open_administration
from tests.browser.people import SLUGS, Person
from tests.browser.scenes.stage import Stage, scene


def _an_administrator(stage: Stage) -> Person:
    boss = stage.arrive()
    open_administration(boss)
    return boss


@scene
def admin_sign_in(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/admin")
    expect(page.get_by_role("heading", name="Sign in to the administration")).to_be_visible()
    return page


@scene
def admin_overview(stage: Stage) -> Page:
    stage.sessions(stage.arrive(), "Ann Arbor", "Ben Byrne")
    boss = _an_administrator(stage)
    boss.page.goto("/admin")
    return boss.page


@scene
def admin_overview_in_german(stage: Stage) -> Page:
    page = _an_administrator(stage).page
    page.goto("/admin?lang=de")
    return page


@scene
def desk_visited(stage: Stage) -> Page:
    """It leaves something to read in the log, too."""
    boss, slug = _an_administrator(stage), SLUGS[stage.expert()]
    boss.unseen.post(f"/admin/experts/{slug}/desk")
    rule = {"weekday": "6", "opens": "18:00", "closes": "20:00", "every": "1", "from": ""}
    boss.unseen.post("/desk/hours/rules", **{**rule, "desk": slug})
    boss.unseen.post("/desk/absences/stand-in", desk=slug, agree="yes")
    boss.page.goto("/desk")
    expect(boss.page.get_by_text("You are at the desk of")).to_be_visible()
    return boss.page


@scene
def admin_log(stage: Stage) -> Page:
    page = desk_visited(stage)
    page.goto("/admin/log")
    return page


@scene
def admin_log_in_german(stage: Stage) -> Page:
    page = desk_visited(stage)
    page.goto("/admin/log?lang=de&what=nobody")
    page.goto("/admin/log")
    return page
