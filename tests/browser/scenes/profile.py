"""Becoming an expert, and what the profile's page says on the way."""

import secrets

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.parts import Parts
from tests.browser.people import Person
from tests.browser.scenes.stage import Stage, follow_letter, scene
from tests.networks import own_network
from tests.pictures import picture


def _address() -> str:
    return f"ada+{secrets.token_hex(3)}@example.org"


def _applied(stage: Stage) -> tuple[Person, str]:
    ada, address = stage.arrive(), _address()
    words = "I have baked bread for twenty years, and taught it for ten."
    form = {"name": "Ada Ames", "email": address, "category": "Lifestyle", "words": words}
    ada.unseen.post("/apply", network=own_network(), **form)
    return ada, address


def _at_the_desk(stage: Stage) -> Person:
    ada, address = _applied(stage)
    follow_letter(ada, address, "/bookings/link/")
    ada.page.get_by_role("button", name="Confirm and open my desk").click()
    expect(ada.sees.first_steps).to_be_visible()
    return ada


def _at_the_profile(stage: Stage) -> Page:
    page = _at_the_desk(stage).page
    page.goto("/desk/profile")
    return page


def _fill(page: Page) -> None:
    page.get_by_label("Headline").fill("Sourdough that works in your own oven")
    page.get_by_label("About you").fill(
        "I ran a bakery in Lyon, and now teach people at home.\n\nSend me a picture of your last "
        "loaf before we talk."
    )
    page.get_by_label("Skills").fill("Sourdough\nPastry\nTeaching")
    page.get_by_label("Languages you speak").fill("English, French")
    page.get_by_label("Years of experience").fill("20")
    page.get_by_label("The link, number or address").fill("https://meet.example.org/ada")
    page.get_by_label("Sessions take place").select_option(label="By video: a link")


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save profile").click()


def _upload(page: Page, data: bytes) -> None:
    file: FilePayload = {"name": "ada.jpg", "mimeType": "image/jpeg", "buffer": data}
    page.get_by_label("A picture of you").set_input_files([file])
    page.get_by_role("button", name="Use this picture").click()


@scene
def applying(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/apply")
    return page


@scene
def applying_with_mistakes(stage: Stage) -> Page:
    page = applying(stage)
    page.get_by_label("Your e-mail").fill("ada@")
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#email-error")).to_be_visible()
    return page


@scene
def applied(stage: Stage) -> Page:
    page = applying(stage)
    page.get_by_label("Your name").fill("Ada Ames")
    page.get_by_label("Your e-mail").fill(_address())
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Check your inbox")).to_be_visible()
    return page


@scene
def link_of_an_application(stage: Stage) -> Page:
    ada, address = _applied(stage)
    follow_letter(ada, address, "/bookings/link/")
    return ada.page


@scene
def desk_that_waits(stage: Stage) -> Page:
    return _at_the_desk(stage).page


@scene
def profile_to_fill_in(stage: Stage) -> Page:
    return _at_the_profile(stage)


@scene
def profile_with_mistakes(stage: Stage) -> Page:
    page = _at_the_profile(stage)
    _fill(page)
    page.get_by_label("Languages you speak").fill("English, Klingon")
    page.get_by_label("The link, number or address").fill("meet me")
    _save(page)
    expect(page.locator("#languages-error")).to_be_visible()
    return page


@scene
def profile_that_has_changed(stage: Stage) -> Page:
    ada = _at_the_desk(stage)
    page, other = ada.page, ada.second_window().page
    for tab in (page, other):
        tab.goto("/desk/profile")
        _fill(tab)
    other.get_by_label("Headline").fill("Bread, from the other tab")
    _save(other)
    expect(other.get_by_text("Your profile is saved.")).to_be_visible()
    _save(page)
    expect(page.locator("#headline-meanwhile")).to_be_visible()
    return page


@scene
def profile_preview(stage: Stage) -> Page:
    page = _at_the_profile(stage)
    _fill(page)
    page.get_by_role("button", name="Preview").click()
    expect(Parts(page).preview).to_be_visible()
    return page


@scene
def profile_preview_in_german(stage: Stage) -> Page:
    page = profile_preview(stage)
    page.goto("/desk/profile/preview?lang=de")
    return page


@scene
def profile_with_a_portrait(stage: Stage) -> Page:
    page = _at_the_profile(stage)
    _upload(page, picture())
    expect(page.get_by_text("Your portrait is changed.")).to_be_visible()
    return page


@scene
def portrait_that_is_none(stage: Stage) -> Page:
    page = _at_the_profile(stage)
    _upload(page, b"<svg/>")
    expect(page.locator("#portrait-error")).to_be_visible()
    return page
