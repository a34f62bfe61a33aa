"""A booking and its cancellation in browsers that know neither styles nor scripts."""

import asyncio
from pathlib import Path

import pytest

from domain.store.documents import Booking, Slot
from tests.programs import program
from tests.terminals import Terminal, terminal
from tests.waiting import until
from tests.web.conftest import Site

pytestmark = pytest.mark.soak

OPTIONS = {
    "lynx": ("-accept_all_cookies", "-nopause"),
    "w3m": ("-cookie", "-o", "confirm_qq=0"),
}
NAME, EMAIL = "Ann Arbor", "ann@example.org"


def find(screen: Terminal, text: str) -> None:
    """Go to a text, as both browsers do."""
    screen.press(f"/{text}\r")


def fill(screen: Terminal, browser: str) -> None:
    """Fill the form in, from the name on: one browser types into fields, the other asks below."""
    if browser == "lynx":
        find(screen, "Your name")
        screen.press(f"{NAME}\t{EMAIL}\t\t\t")
        return
    for label, text in (("Your name", NAME), ("Your e-mail", EMAIL)):
        find(screen, label)
        screen.press(f"\t\r{text}\r")
        screen.sees(text)


def book_and_cancel(screen: Terminal, browser: str, slot: Slot) -> None:
    """Take a time, book it, and think better of it."""
    screen.sees("Choose a time")
    find(screen, f"{slot.starts_at:%H:%M} Free")
    screen.press("\r")
    screen.sees("Book ")
    fill(screen, browser)
    find(screen, "Confirm booking")
    screen.press("\r")
    screen.sees("Booking with ")
    find(screen, "Yes, cancel")
    screen.press("\r")
    screen.sees("This booking was cancelled")


@pytest.mark.parametrize("browser", OPTIONS)
async def test_a_booking_and_its_cancellation_take_neither_styles_nor_scripts(
    site: Site, tmp_path: Path, browser: str
):
    expert = await site.expert(zone="UTC")
    slot = await site.slot(expert)
    url = f"{site.url}/experts/{expert.slug}?day={slot.starts_at.date()}"

    command = (str(program(browser)), *OPTIONS[browser], url)
    with terminal(*command, HOME=str(tmp_path), LANG="C.UTF-8") as screen:
        await asyncio.to_thread(book_and_cancel, screen, browser, slot)

    async def cancelled() -> Booking | None:
        return await site.database.engine.find_one(Booking, Booking.slot_id == slot.id)

    booking = await until(cancelled)
    assert (booking.attendee.name, booking.attendee.email) == (NAME, EMAIL)
    assert booking.status == "cancelled"
