"""Absences: at the desk, and as those meet them who are booked then."""

from typing import NamedTuple

from playwright.sync_api import Page, expect

from tests.browser.desks import open_desk, sign_in_unseen
from tests.browser.parts import Parts
from tests.browser.people import AHEAD, Person
from tests.browser.scenes.stage import A_DAY, AWAY, Sessions, Stage, scene

NAMES = ("Ann Arbor", "Ben Okoye")
STANDS_IN = "zofia-wisniewska"
TWO_WEEKS = 14
LONG = 90
"""More days than she publishes ahead."""
MESSAGE = "I have caught a cold.\nThese times are the next that I can offer."


class Away(NamedTuple):
    """An expert at their desk, and the sessions on the day that they will take off."""

    ada: Person
    ann: Person
    sessions: Sessions


def _away(stage: Stage, *, sessions: int) -> Away:
    ada, ann = stage.arrive(), stage.arrive()
    booked = stage.sessions(ann, *NAMES[:sessions], phone="+49 30 1234")
    open_desk(ada, booked.slug)
    return Away(ada, ann, booked)


def _declared(stage: Stage, *, sessions: int = 2) -> Away:
    away = _away(stage, sessions=sessions)
    form = {**away.sessions.days(), "offer_hours": "24", "message": MESSAGE}
    declared = away.ada.unseen.post("/desk/absences", **form)
    away.ada.page.goto(declared.url)
    return away


def _booking(away: Away) -> Page:
    """Bring an attendee to a session that the expert can't make."""
    page = away.ann.page
    page.goto(f"/bookings/{away.sessions.booked[0]}")
    expect(page.locator("#replacement")).to_be_visible()
    return page


@scene
def absences(stage: Stage) -> Page:
    away = _declared(stage, sessions=1)
    away.ada.page.goto("/desk/absences")
    return away.ada.page


@scene
def absences_looked_at_first(stage: Stage) -> Page:
    away = _away(stage, sessions=2)
    page, days = away.ada.page, away.sessions.days()
    page.goto("/desk/absences")
    page.get_by_label("First day").fill(days["first"])
    page.get_by_label("Last day").fill(days["last"])
    page.get_by_label("Message to attendees").fill(MESSAGE)
    page.get_by_role("button", name="See what happens").click()
    expect(Parts(page).preview).to_be_visible()
    return page


@scene
def absences_in_german(stage: Stage) -> Page:
    page = absences_looked_at_first(stage)
    page.goto("/desk/absences?lang=de")
    return page


@scene
def absence_that_needs_mending(stage: Stage) -> Page:
    page = absences(stage)
    page.get_by_label("First day").fill("2031-07-09")
    page.get_by_label("Hours to answer").fill("99")
    page.get_by_role("button", name="See what happens").click()
    expect(page.locator("#absence-offer_hours-error")).to_be_visible()
    return page


@scene
def absence(stage: Stage) -> Page:
    away = _declared(stage)
    Parts(_booking(away)).offers.first.click()
    away.ada.see_live()
    expect(away.ada.sees.moved).to_be_visible()
    return away.ada.page


@scene
def absence_revoked(stage: Stage) -> Page:
    page = absence(stage)
    page.get_by_text("Revoke the absence…").click()
    page.get_by_role("button", name="Yes, revoke it").click()
    expect(page.get_by_text("This absence was revoked.")).to_be_visible()
    return page


@scene
def booking_displaced(stage: Stage) -> Page:
    return _booking(_declared(stage, sessions=1))


@scene
def booking_with_stand_ins(stage: Stage) -> Page:
    ann, ben, sofia, zofia = (stage.arrive() for _ in range(4))
    sign_in_unseen(zofia.unseen, STANDS_IN)
    zofia.unseen.post("/desk/absences/stand-in", agree="yes")
    day = ben.unseen.free_day(AWAY, ahead=AHEAD, free=1, fewest=True)
    _, *others = ben.unseen.free_slots(AWAY, day)
    for slot in others:  # one is left for her to offer
        ben.unseen.book(slot)
    later = ann.unseen.free_day(AWAY, ahead=AHEAD + TWO_WEEKS, free=1)
    reference = ann.unseen.book(ann.unseen.free_slots(AWAY, later)[0])
    sign_in_unseen(sofia.unseen, AWAY)
    for first, last in ((-LONG, -1), (1, LONG)):
        away = {"first": f"{day + first * A_DAY}", "last": f"{day + last * A_DAY}"}
        sofia.unseen.post("/desk/absences", **away, offer_hours="24", message=MESSAGE)
    ann.page.goto(f"/bookings/{reference}")
    expect(ann.sees.offers).to_have_count(3)
    return ann.page


@scene
def booking_displaced_in_german(stage: Stage) -> Page:
    page = booking_displaced(stage)
    page.goto(f"{page.url}?lang=de")
    return page
