"""People at a browser: what they do, in the words of what they see."""

import re
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import FloatRect, Locator, Page, expect

EXPERTS = 30
"""How many the catalogue of a fresh database has."""

_numbers = count()

_AT_REST = """
thing => Promise.allSettled(
  document.getAnimations()
    .filter((move) => move.effect.getComputedTiming().endTime < Infinity)
    .filter((move) => move.effect.target.contains(thing))
    .map((move) => move.finished)
)
"""


def unused_expert() -> int:
    """Return the number of an expert, in the order of names, that no test has used lately."""
    return next(_numbers) % EXPERTS


def place_of(thing: Locator) -> FloatRect:
    """Return where a thing is, as soon as whatever moves it has come to rest."""
    thing.evaluate(_AT_REST)
    place = thing.bounding_box()
    assert place
    return place


@dataclass
class Person:
    """Somebody at a browser."""

    page: Page

    def open_expert(self, number: int, *, live: bool = True) -> None:
        """Open the page of the expert with this number in the order of names."""
        self.page.goto(f"/experts?sort=name&page={number // 12 + 1}")
        self.page.locator(".card__link").nth(number % 12).click()
        if live:
            self.see_live()

    def follow_mailed_link(self, address: str) -> None:
        """Follow the sign-in link to an address as soon as it lies in the outbox."""
        self.page.get_by_role("link", name="the outbox").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text("Outbox")
        letter = self.page.locator(".outbox__mail", has_text=f"To {address}")
        link = letter.locator('a[href*="/bookings/link/"]')
        while not link.count():
            self.page.reload()
        link.click()

    def see_live(self) -> None:
        """Wait until the page says that it is live."""
        expect(self.page.locator("#live-status")).to_have_attribute("data-state", "live")

    def free_slots(self) -> Locator:
        """The times that can be chosen."""
        return self.page.locator(".slot--free")

    def slot(self, slot_id: str) -> Locator:
        """One time of the list."""
        return self.page.locator(f"#{slot_id}")

    def release_unseen(self, slot_id: str) -> None:
        """Give a time up as another window would, unseen by the page."""
        form: dict[str, str | float | bool] = {
            "_csrf_token": self.page.locator("[name=_csrf_token]").first.input_value(),
            "slot_id": slot_id.removeprefix("slot-"),
        }
        assert self.page.request.post("/holds/release", form=form).ok

    def some_free_slot(self) -> str:
        """Return the id of the first free time of the list."""
        found = self.free_slots().first.get_attribute("id")
        assert found
        return found

    def look_at(self, day: date) -> None:
        """Go to a day of the expert's page that is open."""
        path = urlsplit(self.page.url).path
        self.page.goto(f"{path}?day={day.isoformat()}")

    def look_ahead(self, days: int = 5, *, free: int = 2) -> date:
        """Go to the first day with so many free times from so many days ahead, and return it.

        What is booked then can still be cancelled and moved, whatever the expert's terms.
        """
        day = date.fromisoformat(self.page.locator("#times").get_attribute("data-first") or "")
        for ahead in range(days, days + 14):
            self.look_at(day + timedelta(days=ahead))
            if self.free_slots().count() >= free:
                return day + timedelta(days=ahead)
        raise AssertionError("nothing is free in the weeks ahead")

    def choose(self, slot_id: str) -> None:
        """Choose a time and arrive at its form."""
        self.slot(slot_id).get_by_role("button").click()
        expect(self.page).to_have_url(re.compile(rf"/slots/{slot_id.removeprefix('slot-')}/book$"))

    def fill_form(self, *, email: str = "ann@example.org") -> None:
        """Fill the booking form in."""
        self.page.get_by_label("Your name").fill("Ann Arbor")
        self.page.get_by_label("Your e-mail").fill(email)

    def confirm(self) -> str:
        """Send the booking form and return the booking's reference."""
        self.page.locator(".form__submit").click()
        expect(self.page).to_have_url(re.compile(r"/bookings/[0-9A-Z]{12}"))
        return self.page.locator("code").inner_text()

    def book(self, slot_id: str, *, email: str = "ann@example.org") -> str:
        """Choose a time, fill its form, confirm."""
        self.choose(slot_id)
        self.fill_form(email=email)
        return self.confirm()

    def fill_day(self) -> dict[str, str]:
        """Book all that is free on the day that is open; return the references by slot."""
        shown = [str(slot.get_attribute("id")) for slot in self.free_slots().all()]
        return {slot: self._book_unseen(slot.removeprefix("slot-")) for slot in shown}

    def _book_unseen(self, slot_id: str) -> str:
        form: dict[str, Any] = {
            "_csrf_token": self.page.locator("[name=_csrf_token]").first.input_value(),
            "request_key": secrets.token_urlsafe(18),
            "name": "A Guest",
            "email": f"guest+{secrets.token_hex(4)}@example.org",
        }
        answer = self.page.request.post(f"/slots/{slot_id}/book", form=form)
        return urlsplit(answer.url).path.rpartition("/")[2]

    def get_in_line(self, email: str) -> None:
        """Leave an address for the day that is open."""
        line = self.page.locator("#waitlist")
        line.get_by_label("Your e-mail").fill(email)
        line.get_by_role("button", name="Get in line").click()
        expect(line).to_contain_text("You are in line for this day")

    def cancel(self, reference: str) -> None:
        """Cancel a booking from the list of bookings."""
        self.page.goto("/bookings")
        self.page.locator(f"#booking-{reference} a").click()
        self.page.get_by_text("Cancel booking…").click()
        self.page.get_by_role("button", name="Yes, cancel it").click()
        expect(self.page.get_by_text("This booking was cancelled.")).to_be_visible()
