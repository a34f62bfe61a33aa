"""What somebody does without a page: requests with the cookies of the same browser.

It serves what a test needs but does not test: a page costs a second of a core, a request some
milliseconds.
"""

import re
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from html import unescape
from urllib.parse import urlsplit

from playwright.sync_api import APIRequestContext, APIResponse

from tests.networks import from_network, own_network
from tests.waiting import PATIENCE_S

PAUSE_S = 0.1
FEW = 6

_FREE_DAY = re.compile(r'id="month-([\d-]{10})-free"\s+data-free="(\d+)"')
_FREE_SLOT = re.compile(r'<li class="slot"\s+id="(slot-\w+)"[^>]*data-status="free"')
_HELD = 'data-status="held"'
_LETTER = '<li class="outbox__mail'


class Unseen:
    """Somebody's browser, without a page."""

    def __init__(self, requests: APIRequestContext) -> None:
        self._requests = requests

    def get(self, path: str) -> str:
        """Return a page."""
        answer = self._requests.get(path)
        assert answer.ok, answer.text()
        return answer.text()

    def see(self, path: str, words: str) -> None:
        """Wait until a page says something."""
        deadline = time.monotonic() + PATIENCE_S
        while words not in self.get(path):
            assert time.monotonic() < deadline, f"{path} never says {words}"
            time.sleep(PAUSE_S)

    def post(self, path: str, *, network: str = "", **fields: str) -> APIResponse:
        """Send a form, from here or from another network."""
        form: dict[str, str | float | bool] = {**fields}
        headers = from_network(network) if network else None
        answer = self._requests.post(path, form=form, headers=headers)
        assert answer.ok, answer.text()
        return answer

    def ask_for_link(self, email: str, **fields: str) -> str:
        """Have a link mailed, and return it as soon as it lies in the outbox.

        It is asked for from a network of its own: links are limited by network. Earlier links of
        the same address may be spent.
        """
        before = set(self._links(email.lower(), "/bookings/link/"))
        self.post("/bookings/link", network=own_network(), email=email, **fields)
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if new := set(self._links(email.lower(), "/bookings/link/")) - before:
                return new.pop()
            time.sleep(PAUSE_S)
        raise AssertionError(f"there is no link for {email}")

    # Times

    def free_day(self, slug: str, *, ahead: int, free: int, fewest: bool = False) -> date:
        """Return the first day so many days ahead on which so many times are free.

        None of its times is on hold: one that another test has held would come free by itself.

        Args:
            slug: Whose.
            ahead: How many days ahead at least.
            free: How many times at least.
            fewest: Return the day with the fewest instead, of the next few.
        """
        start = datetime.now(UTC).date() + timedelta(days=ahead)
        counts = self._free_by_day(slug, start)
        days = [day for day in sorted(counts) if day >= start and counts[day] >= free]
        if fewest:
            days = sorted(days[:FEW], key=lambda day: counts[day])
        for day in days:
            if _HELD not in self._times(slug, day):
                return day
        raise AssertionError(f"{slug} has no such day")

    def _free_by_day(self, slug: str, start: date) -> dict[date, int]:
        """Return how many times are free on the days of this month and the next."""
        counts: dict[date, int] = {}
        for day in (start, (start.replace(day=1) + timedelta(days=31)).replace(day=1)):
            found = _FREE_DAY.findall(self._times(slug, day))
            counts |= {date.fromisoformat(on): int(free) for on, free in found}
        return counts

    def _times(self, slug: str, day: date) -> str:
        return self.get(f"/experts/{slug}/slots?day={day}")

    def free_slots(self, slug: str, day: date) -> list[str]:
        """Return the free times of a day."""
        return _FREE_SLOT.findall(self._times(slug, day))

    def hold(self, slot_id: str) -> None:
        """Choose a time."""
        self.post("/holds", slot_id=slot_id.removeprefix("slot-"))

    def release(self, slot_id: str) -> None:
        """Give a time up, as another window would."""
        self.post("/holds/release", slot_id=slot_id.removeprefix("slot-"))

    # Bookings

    def book(self, slot_id: str, **fields: str) -> str:
        """Book a time and return the booking's reference."""
        form = {
            "request_key": secrets.token_urlsafe(18),
            "name": "Ann Arbor",
            "email": f"guest+{secrets.token_hex(4)}@example.org",
        }
        answer = self.post(f"/slots/{slot_id.removeprefix('slot-')}/book", **(form | fields))
        path = urlsplit(answer.url).path
        assert re.fullmatch(r"/bookings/[0-9A-Z]{12}", path), path
        return path.rpartition("/")[2]

    def cancel(self, reference: str) -> None:
        """Cancel a booking."""
        self.post(f"/bookings/{reference}/cancel")

    def fill_day(self, slug: str, day: date) -> dict[str, str]:
        """Book all that is free on a day; return the references by slot."""
        return {slot: self.book(slot) for slot in self.free_slots(slug, day)}

    def get_in_line(self, slug: str, day: date, email: str) -> None:
        """Leave an address for a day."""
        self.post(f"/experts/{slug}/waitlist?day={day}", email=email)

    # Mail

    def mailed_link(self, address: str, path: str, *, saying: str = "") -> str:
        """Return the link of a letter to an address, as soon as there is one in the outbox.

        Args:
            address: To whom the letter is.
            path: What the link leads to.
            saying: What else the letter says.
        """
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if link := next(self._links(address, path, saying), None):
                return link
            time.sleep(PAUSE_S)
        raise AssertionError(f"there is no letter to {address}")

    def _links(self, address: str, path: str, saying: str = "") -> Iterator[str]:
        """Yield the links of the letters to an address, the newest letter's first."""
        for letter in self.get("/dev/outbox").split(_LETTER)[1:]:
            link = re.search(rf'href="([^"]*{re.escape(path)}[^"]*)"', letter)
            if address in letter and saying in " ".join(letter.split()) and link:
                yield unescape(link[1])
