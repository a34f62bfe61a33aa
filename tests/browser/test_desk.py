"""An expert at the desk in a real browser: signs in, sees what changes, and cancels."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import ViewportSize, expect
from pymongo import MongoClient

from domain.seeds.factories import BookingFactory
from domain.store.core.database import database_name
from tests.browser.conftest import ZONE, watch
from tests.browser.desks import address_of, open_desk
from tests.browser.parts import Parts
from tests.browser.people import AHEAD, SLUGS, Person, unused_expert
from tests.browser.unseen import Unseen
from web.http import clock
from web.i18n.clock_changes import clock_changes

PHONE: ViewportSize = {"width": 360, "height": 740}
HALF_AN_HOUR = timedelta(minutes=30)


def free_slot(somebody: Unseen, slug: str) -> str:
    return somebody.free_slots(slug, somebody.free_day(slug, ahead=AHEAD, free=1))[0]


def test_an_expert_signs_in_and_cancels_a_session_with_a_message(
    person: Callable[..., Person], eve: Unseen
):
    slug = SLUGS[unused_expert()]
    reference = eve.book(free_slot(eve, slug), name="Eve Example", email="eve+desk@example.org")
    ada = person(viewport=PHONE)
    page, errors = ada.page, list[str]()
    watch(page, errors)
    page.goto("/desk")
    page.get_by_label("Your e-mail").fill(address_of(slug))
    page.get_by_role("button", name="E-mail me a link").click()
    page.goto(ada.unseen.mailed_link(address_of(slug), "/bookings/link/", saying="your desk"))
    page.get_by_role("button", name="Open my desk").click()

    page.locator(f"#session-{reference}").get_by_role("link").click()
    page.get_by_text("Cancel session…").click()
    page.get_by_label("Message to the attendee").fill("I am ill, sorry.")
    page.get_by_role("button", name="Yes, cancel it").click()

    expect(page.get_by_text("Cancelled by the expert, was")).to_be_visible()
    assert eve.mailed_link(
        "eve+desk@example.org", f"/bookings/{reference}", saying="I am ill, sorry."
    )
    assert errors == []


def test_a_cancellation_is_said_and_shown_without_a_reload(ann: Person, eve: Unseen):
    slug = SLUGS[unused_expert()]
    reference = eve.book(free_slot(eve, slug), name="Eve Example")
    open_desk(ann, slug)
    ann.see_live()

    eve.cancel(reference)

    expect(Parts(ann.page.locator(f"#session-{reference}")).state).to_have_text("Cancelled")
    expect(ann.sees.announcement).to_contain_text("Cancelled: Eve Example")


def test_the_agenda_keeps_the_focus_while_it_changes(ann: Person, eve: Unseen):
    slug = SLUGS[unused_expert()]
    first = eve.book(free_slot(eve, slug))
    open_desk(ann, slug)
    ann.see_live()
    link = ann.page.locator(f"#session-{first} a")
    link.focus()

    second = eve.book(free_slot(eve, slug))

    expect(ann.page.locator(f"#session-{second}")).to_be_visible()
    expect(link).to_be_focused()


def test_a_session_is_cancelled_by_keyboard_alone(ann: Person, eve: Unseen):
    slug = SLUGS[unused_expert()]
    reference = eve.book(free_slot(eve, slug))
    open_desk(ann, slug)
    page = ann.page
    page.locator(f"#session-{reference} a").focus()
    page.keyboard.press("Enter")
    ann.tab_to(Parts(page).cancel)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Sorry")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Cancelled by the expert, was")).to_be_visible()
    expect(Parts(page).message).to_have_text("Sorry")


def test_two_sessions_at_one_wall_time_are_told_apart_on_paper(ann: Person, site_uri: str):
    slug = SLUGS[unused_expert()]
    now = clock.now()
    coming = clock_changes(ZONE, now, now + timedelta(days=400))
    back = next(change.at for change in coming if change.after < change.before)
    first, second = (
        add_session(site_uri, slug, back + away) for away in (-HALF_AN_HOUR, HALF_AN_HOUR)
    )
    open_desk(ann, slug)
    page = ann.page

    page.goto(f"/desk?view=day&day={back.date()}&zone={ZONE}")
    page.emulate_media(media="print")

    for reference, *told in (
        (first, "02:30 (UTC+02:00)", "before the clock change"),
        (second, "02:30 (UTC+01:00)", "after the clock change"),
    ):
        for words in told:
            expect(page.locator(f"#session-{reference}").get_by_text(words)).to_be_visible()


def add_session(uri: str, slug: str, starts_at: datetime) -> str:
    """Add a booking of a time that the expert need not have published; return its reference."""
    given: dict[str, Any] = {"starts_at": starts_at, "ends_at": starts_at + HALF_AN_HOUR}
    with MongoClient[dict[str, Any]](uri) as client:
        db = client[database_name(uri)]
        expert = db["experts"].find_one({"slug": slug})
        assert expert
        booking = BookingFactory.build(expert_id=expert["_id"], **given)
        db["bookings"].insert_one(dict(booking.model_dump_doc()))
    return booking.reference


def test_the_agenda_works_without_scripts(person: Callable[..., Person], eve: Unseen):
    slug = SLUGS[unused_expert()]
    reference = eve.book(free_slot(eve, slug), name="Eve Example")
    ada = person(java_script_enabled=False)
    open_desk(ada, slug)
    page = ada.page

    page.get_by_role("link", name="Week").click()
    page.get_by_role("link", name="Next days").click()
    page.locator(f"#session-{reference} a").click()
    page.get_by_role("textbox", name="Note").fill("Prefers mornings")
    page.get_by_role("button", name="Save the note").click()

    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    expect(page.get_by_role("textbox", name="Note")).to_have_value("Prefers mornings")
