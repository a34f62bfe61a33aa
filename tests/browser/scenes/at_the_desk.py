"""The desk of an expert."""

from playwright.sync_api import Page, expect

from tests.browser.desks import open_desk
from tests.browser.people import Person
from tests.browser.scenes.stage import Stage, scene

NOTES = "A lease that ends in May.\nMay we record it?"


def _at_a_desk(stage: Stage, *, sessions: int = 0) -> tuple[Person, list[str]]:
    """Bring an expert to their agenda, with sessions that somebody in Tokyo has booked."""
    ada, ann = stage.arrive(), stage.arrive(timezone_id="Asia/Tokyo")
    names = ["Ann Arbor"] * sessions
    booked = stage.sessions(ann, *names, phone="+81 3 1234", notes=NOTES)
    open_desk(ada, booked.slug)
    return ada, booked.booked


@scene
def desk_sign_in(stage: Stage) -> Page:
    page = stage.arrive().page
    page.goto("/desk")
    expect(page.get_by_role("heading", name="Sign in to your desk")).to_be_visible()
    return page


@scene
def desk_agenda(stage: Stage) -> Page:
    ada, booked = _at_a_desk(stage, sessions=3)
    ada.page.goto(f"/desk/bookings/{booked[-1]}")
    ada.unseen.post(f"/desk/bookings/{booked[-1]}/cancel")
    ada.unseen.post("/desk/calendar/renew")
    ada.page.goto("/desk")
    ada.see_live()
    return ada.page


@scene
def desk_agenda_of_a_week(stage: Stage) -> Page:
    ada, _ = _at_a_desk(stage, sessions=1)
    ada.page.goto("/desk?view=week")
    ada.see_live()
    return ada.page


@scene
def desk_agenda_printed(stage: Stage) -> Page:
    ada, _ = _at_a_desk(stage, sessions=2)
    ada.page.emulate_media(media="print")
    return ada.page


@scene
def desk_without_sessions(stage: Stage) -> Page:
    ada, _ = _at_a_desk(stage)
    ada.see_live()
    return ada.page


@scene
def desk_in_german(stage: Stage) -> Page:
    ada, _ = _at_a_desk(stage, sessions=2)
    ada.unseen.post("/desk/morning-mail/on")
    ada.page.goto("/desk?lang=de")
    ada.see_live()
    return ada.page


@scene
def desk_session(stage: Stage) -> Page:
    ada, (reference,) = _at_a_desk(stage, sessions=1)
    ada.page.goto(f"/desk/bookings/{reference}")
    return ada.page


@scene
def desk_cancelling(stage: Stage) -> Page:
    page = desk_session(stage)
    page.get_by_text("Cancel session…").click()
    expect(page.get_by_role("button", name="Yes, cancel it")).to_be_visible()
    return page


@scene
def desk_cancelled(stage: Stage) -> Page:
    page = desk_cancelling(stage)
    page.get_by_label("Message to the attendee").fill("I am ill.\nPlease book again in June.")
    page.get_by_role("button", name="Yes, cancel it").click()
    expect(page.get_by_text("Cancelled by the expert, was")).to_be_visible()
    return page
