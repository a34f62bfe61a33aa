"""A site with a face of its own: how it is changed, and what becomes of it."""

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.administrators import sign_in_as_administrator
from tests.browser.faces import LOGO, ODD
from tests.browser.parts import Parts
from tests.browser.people import Person
from tests.browser.scenes.stage import Stage, scene

FACE = {
    "name": "Handelskammer Oberes Donautal",
    "tagline_en": "People who know, for people who begin.",
    "has_accent": "on",
    "accent": ODD,
    "address": "Am Markt 1\n78532 Tuttlingen",
    "phone": "+49 7461 12345",
    "email": "beratung@example.org",
    "language": "en",
    "offers_en": "on",
    "offers_de": "on",
}
TERMS = (
    "# Be on time\n\nIf you can't come, *cancel* until the day before.\n\n- Be kind.\n- Be brief."
)


def _boss(stage: Stage) -> Person:
    boss = stage.arrive()
    sign_in_as_administrator(boss)
    return boss


def _with_a_face(stage: Stage) -> Person:
    boss = _boss(stage)
    boss.unseen.post("/admin/settings", rev="0", **FACE)
    boss.page.goto("/admin/settings")
    logo: FilePayload = {"name": "a.svg", "mimeType": "image/svg+xml", "buffer": LOGO}
    boss.page.get_by_label("A picture file").set_input_files([logo])
    boss.page.get_by_role("button", name="Use this logo").click()
    expect(boss.page.get_by_text("The logo is changed.")).to_be_visible()
    return boss


def _with_texts(stage: Stage) -> Person:
    boss = _boss(stage)
    for rev, terms in enumerate(("Be early.", TERMS)):
        texts = {"terms_en": terms, "privacy_en": "Little.", "imprint_en": "We."}
        boss.unseen.post("/admin/settings/texts", rev=str(rev), agree_terms="on", **texts)
    return boss


@scene
def face(stage: Stage) -> Page:
    return _with_a_face(stage).page


@scene
def face_in_german(stage: Stage) -> Page:
    page = face(stage)
    page.goto("/admin/settings?lang=de")
    return page


@scene
def face_that_has_changed(stage: Stage) -> Page:
    boss = _boss(stage)
    boss.page.goto("/admin/settings")
    boss.unseen.post("/admin/settings", rev="0", **FACE)
    boss.page.get_by_label("Name", exact=True).fill("Chamber")
    boss.page.get_by_label("E-mail").fill("nobody")
    boss.page.get_by_role("button", name="Save settings").click()
    boss.page.get_by_label("E-mail").fill("us@example.org")
    boss.page.get_by_role("button", name="Save settings").click()
    expect(boss.page.locator("#name-meanwhile")).to_be_visible()
    return boss.page


@scene
def experts_of_a_site_with_a_face(stage: Stage) -> Page:
    page = _with_a_face(stage).page
    page.goto("/experts")
    return page


@scene
def fields_of_expertise(stage: Stage) -> Page:
    page = _boss(stage).page
    page.goto("/admin/settings/fields")
    page.get_by_role("group", name="Add a field").get_by_label("Name, English").fill("Careers")
    page.get_by_role("button", name="Save fields").click()
    expect(page.locator("#added_de-error")).to_be_visible()
    return page


@scene
def legal_pages(stage: Stage) -> Page:
    page = _with_texts(stage).page
    page.goto("/admin/settings/texts")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("Preview: nothing is saved yet.").first).to_be_visible()
    return page


@scene
def former_terms(stage: Stage) -> Page:
    page = _with_texts(stage).page
    page.goto("/terms?version=1")
    page.get_by_role("link", name="Read the present one.").click()
    expect(page.get_by_role("heading", name="Be on time")).to_be_visible()
    page.go_back()
    return page


@scene
def admin_booking_for_somebody_who_agrees(stage: Stage) -> Page:
    boss, _ = _with_texts(stage), stage.at_the_form()
    boss.page.goto("/admin/bookings/new?expert=amara")
    boss.free_slots().first.get_by_role("button").click()
    boss.page.get_by_label("Attendee's name").fill("Ben Baker")
    boss.page.get_by_role("button", name="Confirm booking").click()
    expect(boss.page.get_by_label("They have agreed to this on the phone:")).to_be_visible()
    return boss.page


@scene
def form_that_asks_for_agreement(stage: Stage) -> Page:
    _with_texts(stage)
    ann = stage.at_the_form()
    ann.fill_form()
    ann.sees.confirm.click()
    expect(Parts(ann.page).agree_error).to_be_visible()
    return ann.page
