"""An expert's whole way, with scripts and without: from applying to a visitor who is moved."""

import re
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import watch
from tests.browser.desks import unlist
from tests.browser.people import AHEAD, Person, working_day
from tests.pictures import picture
from tests.servers import SECRET_KEY, launched

PHONE = {"viewport": {"width": 360, "height": 740}}
PLAIN = {"java_script_enabled": False}
A_DAY = timedelta(days=1)
MESSAGE = "I am ill, sorry."


@dataclass(frozen=True)
class Newcomer:
    """Somebody who is about to become an expert."""

    code: str
    """Nobody else has it in their name."""

    @property
    def name(self) -> str:
        return f"Ada {self.code}"

    @property
    def slug(self) -> str:
        return f"ada-{self.code}"

    @property
    def address(self) -> str:
        return f"ada+{self.code}@example.org"


@pytest.fixture
def newcomer(site_uri: str) -> Iterator[Newcomer]:
    ada = Newcomer(secrets.token_hex(3))
    yield ada
    unlist(site_uri, ada.slug)


def apply(page: Page, newcomer: Newcomer) -> None:
    page.goto("/experts")
    page.get_by_role("link", name="Become an expert").click()
    page.get_by_label("Your name").fill(newcomer.name)
    page.get_by_label("Your e-mail").fill(newcomer.address)
    page.get_by_label("Field").select_option("Lifestyle")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("heading", name="Check your inbox")).to_be_visible()


def prove_address(ada: Person, newcomer: Newcomer) -> None:
    ada.follow_mailed_link(newcomer.address)
    ada.page.get_by_role("button", name="Confirm and open my desk").click()
    expect(ada.sees.first_steps).to_contain_text("Waiting for approval.")


def write_profile(ada: Person) -> None:
    page = ada.page
    page.get_by_role("link", name="Say who you are").click()
    page.get_by_label("Headline").fill("Sourdough in your own oven")
    page.get_by_label("About you").fill("I ran a bakery in Lyon.")
    page.get_by_label("Skills").fill("Sourdough, Pastry")
    page.get_by_role("button", name="Preview").click()
    expect(ada.sees.preview).to_contain_text("I ran a bakery in Lyon.")
    page.get_by_role("button", name="Save profile").click()
    expect(page.get_by_text("Your profile is saved.")).to_be_visible()
    portrait: Any = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    page.get_by_label("A picture of you").set_input_files([portrait])
    page.get_by_role("button", name="Use this picture").click()
    expect(page.get_by_text("Your portrait is changed.")).to_be_visible()


def set_price_and_hours(ada: Person) -> None:
    page = ada.page
    page.get_by_role("link", name="Say when you have time, and for what price").click()
    page.get_by_label("Price in EUR").fill("60")
    page.get_by_label("Bookable days ahead").fill("28")
    page.get_by_role("button", name="Save sessions and terms").click()
    expect(ada.sees.saved).to_contain_text("Next: Say when you have time")
    page.locator("#rule-form").get_by_role("button", name="Preview").click()
    expect(ada.sees.preview).to_contain_text(re.compile(r"Adds \d+ times\."))
    ada.sees.preview.get_by_role("button", name="Save").click()
    expect(ada.sees.saved).to_contain_text(re.compile(r"Added \d+ times\."))
    expect(ada.sees.saved).to_contain_text("Next: Look at your page")


def approve(uri: str, slug: str) -> None:
    with launched("admin", "approve", slug, MONGODB_URI=uri, SECRET_KEY=SECRET_KEY) as approval:
        assert approval.process.wait(60) == 0, approval.output


def find_and_book(ann: Person, newcomer: Newcomer, day: date) -> str:
    """Find the expert by search and book a time of a day; return the booking's reference."""
    ann.unseen.see(f"/experts?q={newcomer.code}", newcomer.name)
    ann.page.goto("/experts")
    ann.sees.query.fill(f"sourdough {newcomer.code}")
    ann.sees.query.press("Enter")
    expect(ann.sees.cards).to_have_count(1)
    expect(ann.sees.cards.locator("img")).to_have_js_property("naturalWidth", 512)
    ann.sees.card_links.click()
    expect(ann.sees.expert_name).to_have_text(newcomer.name)
    ann.look_at(day)
    return ann.book(ann.some_free_slot(), email=f"ann+{newcomer.code}@example.org")


def declare_absence(ada: Person, day: date) -> None:
    """Look first, then close a day, and those beside it: it is the visitor's, in another zone."""
    page = ada.page
    page.get_by_role("link", name="Absences").click()
    page.get_by_label("First day").fill(f"{day - A_DAY}")
    page.get_by_label("Last day").fill(f"{day + A_DAY}")
    page.get_by_label("Message to attendees").fill(MESSAGE)
    page.get_by_role("button", name="See what happens").click()
    page.get_by_role("button", name="Close these days").click()


def take_an_offer(ann: Person, newcomer: Newcomer, reference: str) -> str:
    """Follow the link of the mail that asks, and press a time; return when that is."""
    email, page = f"ann+{newcomer.code}@example.org", f"/bookings/{reference}"
    ann.page.goto(ann.unseen.mailed_link(email, page, saying=MESSAGE))
    offer = ann.sees.offers.first
    starts_at = offer.get_by_role("time").get_attribute("datetime")
    offer.click()
    expect(ann.page.get_by_text("It's moved. See you then!")).to_be_visible()
    return str(starts_at)


@pytest.mark.parametrize(
    ("hers", "is_live"),
    [
        pytest.param(PHONE, True, id="live"),
        pytest.param(PLAIN, False, id="no scripts", marks=pytest.mark.soak),
    ],
)
def test_from_an_application_to_a_visitor_who_is_moved(
    person: Callable[..., Person],
    site_uri: str,
    newcomer: Newcomer,
    hers: dict[str, Any],
    is_live: bool,
):
    ada, ann = person(**hers), person(java_script_enabled=is_live)
    errors: list[str] = []
    watch(ada.page, errors)
    watch(ann.page, errors)

    def comes(window: Person, thing: Locator, *, said: str = "") -> None:
        """See something come by itself and hear of it; without scripts, load the page anew."""
        if not is_live:
            window.page.reload()
        expect(thing).to_be_visible()
        if is_live:
            expect(window.sees.announcement).to_contain_text(said)

    apply(ada.page, newcomer)
    prove_address(ada, newcomer)
    write_profile(ada)
    set_price_and_hours(ada)
    approve(site_uri, newcomer.slug)
    ada.page.goto("/desk")
    expect(ada.sees.first_steps).to_have_count(0)
    if is_live:
        ada.see_live()

    day = working_day(AHEAD)
    reference = find_and_book(ann, newcomer, day)
    session = ada.page.locator(f"#session-{reference}")
    comes(ada, session.get_by_text("Ann Arbor"), said="Booked: Ann Arbor")

    board = ada.second_window()
    board.page.goto("/desk")
    declare_absence(board, day)
    if is_live:
        board.see_live()
    asked = board.page.locator(f"#asked-{reference}")
    expect(asked).to_contain_text("On hold for them")
    new_time = take_an_offer(ann, newcomer, reference)
    comes(board, asked.get_by_text("now"), said="Moved: Ann Arbor")
    comes(ada, session.locator(f"time[datetime='{new_time}']"))
    assert errors == []
