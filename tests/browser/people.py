"""People at a browser: what they do, in the words of what they see."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect

from domain.rules.words import fold
from domain.seeds.people import people
from domain.seeds.people.person import slug_of
from tests.browser.parts import Parts
from tests.browser.unseen import Unseen
from web.server.launcher import CATALOGUE

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY = 6
AHEAD = 5
"""From so many days on a time can be held, and once it is booked cancelled and moved."""

EXPERTS = sorted(people(CATALOGUE), key=lambda person: fold(person.name))
"""The experts of a fresh database, in the order of names."""
SLUGS = [slug_of(person) for person in EXPERTS]

MOST_TABS = 100

POINTER = pytest.mark.only_browser("chromium")
"""The mark of a test that points: by BiDi, Firefox's own styles don't notice the pointer."""

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
    return next(_numbers) % CATALOGUE


def working_day(ahead: int) -> date:
    """Return the first day from so many ahead on on which people work: few have time on others."""
    day = datetime.now(BERLIN).date() + timedelta(days=ahead)
    return day if day.isoweekday() < SATURDAY else day + timedelta(days=8 - day.isoweekday())


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

    @property
    def sees(self) -> Parts:
        """The parts of the page."""
        return Parts(self.page)

    @property
    def unseen(self) -> Unseen:
        """What the same person does without the page: for what a test needs and isn't about."""
        return Unseen(self.page.context.request)

    def second_window(self) -> "Person":
        """Open another window of the same browser."""
        return Person(self.page.context.new_page())

    def open_expert(
        self, number: int, *, live: bool = True, ahead: int = AHEAD, free: int = 3
    ) -> date:
        """Open the page of the expert with this number in the order of names; return the day shown.

        That is the first so many days ahead on which so many times are free: those of today close
        while a test looks at them.
        """
        day = self.unseen.free_day(SLUGS[number], ahead=ahead, free=free)
        self.page.goto(f"/experts/{SLUGS[number]}?day={day}")
        if live:
            self.see_live()
        return day

    def stand_beside(self, other: "Person") -> None:
        """Open the page that another person looks at."""
        self.page.goto(other.page.url)
        self.see_live()

    def follow_mailed_link(self, address: str) -> None:
        """Follow the sign-in link to an address as soon as it lies in the outbox."""
        self.page.goto(self.unseen.mailed_link(address, "/bookings/link/"))

    def stop_the_clock(self) -> None:
        """Have the page's clock, once it is installed, go on only as far as the test lets it."""
        self.page.clock.pause_at(self.page.evaluate("Date.now()") / 1_000 + 1)  # in seconds

    def tab_to(self, thing: Locator) -> None:
        """Press Tab until something has the focus."""
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if thing.evaluate("it => it === document.activeElement"):
                return
        raise AssertionError(f"the Tab key never reaches {thing}")

    def see_live(self) -> None:
        """Wait until the page says that it is live."""
        expect(self.sees.live_status).to_have_attribute("data-state", "live")

    def free_slots(self) -> Locator:
        """The times that can be chosen."""
        return self.sees.free_slots

    def slot(self, slot_id: str) -> Locator:
        """One time of the list."""
        return self.page.locator(f"#{slot_id}")

    def some_free_slot(self) -> str:
        """Return the id of the first free time of the list."""
        found = self.free_slots().first.get_attribute("id")
        assert found
        return found

    def some_free_slots(self, number: int) -> list[str]:
        """Return the ids of the first free times of the list."""
        found = [str(slot.get_attribute("id")) for slot in self.free_slots().all()[:number]]
        assert len(found) == number
        return found

    def look_at(self, day: date) -> None:
        """Go to a day of the expert's page that is open."""
        self.page.goto(f"{self.page.url.partition('?')[0]}?day={day}")

    def look_ahead(self, days: int = 1, *, until: Callable[[], bool]) -> date:
        """Go to the first day, from so many days on, of which something is true; return it."""
        day = self.day_shown()
        for ahead in range(days, days + 14):
            self.look_at(day + timedelta(days=ahead))
            if until():
                return day + timedelta(days=ahead)
        raise AssertionError("it is true of no day in the weeks ahead")

    def day_shown(self) -> date:
        """Return the day whose times are shown."""
        return date.fromisoformat(self.sees.times.get_attribute("data-first") or "")

    def turn_to_another_day(self) -> date:
        """Pick a day with free times in the month that is open, or turn to the next month."""
        sees, shown = self.sees, self.day_shown()
        (sees.free_dates.last if sees.free_dates.count() else sees.later_month).click()
        expect(sees.times).not_to_have_attribute("data-first", f"{shown}")
        return self.day_shown()

    def choose(self, slot_id: str) -> None:
        """Choose a time and arrive at its form."""
        self.slot(slot_id).get_by_role("button").click()
        expect(self.page).to_have_url(re.compile(rf"/slots/{slot_id.removeprefix('slot-')}/book$"))

    def come_to_the_form(self, slot_id: str) -> None:
        """Be at the form of a time that one holds."""
        self.unseen.hold(slot_id)
        self.page.goto(f"/slots/{slot_id.removeprefix('slot-')}/book")
        expect(self.sees.hold_timer).to_contain_text("left")

    def fill_form(self, *, email: str = "ann@example.org") -> None:
        """Fill the booking form in."""
        self.page.get_by_label("Your name").fill("Ann Arbor")
        self.page.get_by_label("Your e-mail").fill(email)

    def confirm(self) -> str:
        """Send the booking form and return the booking's reference."""
        self.sees.confirm.click()
        expect(self.page).to_have_url(re.compile(r"/bookings/[0-9A-Z]{12}"))
        return self.sees.reference.inner_text()

    def book(self, slot_id: str, *, email: str = "ann@example.org") -> str:
        """Choose a time, fill its form, confirm."""
        self.choose(slot_id)
        self.fill_form(email=email)
        return self.confirm()

    def get_in_line(self, email: str) -> None:
        """Leave an address for the day that is open."""
        line = self.sees.waitlist
        line.get_by_label("Your e-mail").fill(email)
        line.get_by_role("button", name="Join the waitlist").click()
        expect(line).to_contain_text("You are on the waitlist for this day")

    def cancel(self, reference: str) -> None:
        """Cancel a booking from the list of bookings."""
        self.page.goto("/bookings")
        self.page.locator(f"#booking-{reference} a").click()
        self.page.get_by_text("Cancel booking…").click()
        self.page.get_by_role("button", name="Yes, cancel it").click()
        expect(self.page.get_by_text("This booking was cancelled.")).to_be_visible()
