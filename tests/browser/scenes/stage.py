"""Where scenes are played: people arrive, experts wait, and every scene has a name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Any, NamedTuple

from playwright.sync_api import Page, expect

from tests.browser.people import AHEAD, SLUGS, Person
from web.server.launcher import CATALOGUE

A_DAY = timedelta(days=1)

Scene = Callable[["Stage"], Page]

SCENES: dict[str, Scene] = {}
"""All of them, by their names, in the order in which people meet them."""

AWAY = "sofia-marchetti"
"""Who is away for good in the scene of stand-ins: no other scene meets her."""

_numbers = (number % CATALOGUE for number in count() if SLUGS[number % CATALOGUE] != AWAY)


def scene(play: Scene) -> Scene:
    """Give a scene its name: the function's."""
    SCENES[play.__name__.replace("_", "-")] = play
    return play


def follow_letter(person: Person, address: str, link: str) -> None:
    """Follow the link of a letter, once it has come."""
    person.page.goto(person.unseen.mailed_link(address, link))


class Sessions(NamedTuple):
    """What somebody has booked with one expert on one day, as the visitor's zone has it."""

    slug: str
    day: date
    booked: list[str]
    """The references of the bookings."""

    def days(self) -> dict[str, str]:
        """Return form fields that cover the day in every zone: it, the one before and after."""
        return {"first": f"{self.day - A_DAY}", "last": f"{self.day + A_DAY}"}


@dataclass
class Stage:
    """Everything that a scene begins with; what it does not show is done without a page."""

    arrive: Callable[..., Person]
    asking_site: Callable[[], str]
    """Starts the same site once more, which has each address confirmed by mail."""

    def expert(self) -> int:
        """Return the number of an expert, in the order of names, for this scene alone."""
        return next(_numbers)

    def at_the_times(self, **options: Any) -> Person:
        """Bring somebody to an expert's times."""
        ann = self.arrive(**options)
        ann.open_expert(self.expert())
        return ann

    def at_a_full_day(self) -> tuple[Person, Person, dict[str, str]]:
        """Bring somebody to a day of which somebody else has booked every time."""
        ann, ben = self.arrive(), self.arrive()
        slug = SLUGS[self.expert()]
        day = ben.unseen.free_day(slug, ahead=AHEAD, free=1, fewest=True)
        booked = ben.unseen.fill_day(slug, day)
        ann.page.goto(f"/experts/{slug}?day={day}")
        return ann, ben, booked

    def at_the_form(self, **options: Any) -> Person:
        """Bring somebody to the form of a time that can still be changed once it is booked."""
        ann = self.arrive(**options)
        ann.come_to_the_form(self.free_slot(ann))
        return ann

    def waiting_for_a_link(self, email: str) -> tuple[Person, str]:
        """Bring somebody to the page that says where the link of their booking is; and its time."""
        ann = self.arrive(base_url=self.asking_site())
        slot = self.free_slot(ann)
        ann.come_to_the_form(slot)
        ann.fill_form(email=email)
        ann.sees.confirm.click()
        expect(ann.page.get_by_role("heading", level=1)).to_have_text("Check your inbox")
        return ann, slot

    def with_a_booking(self) -> Person:
        """Bring somebody to the page of a new booking."""
        ann = self.arrive()
        ann.page.goto(f"/bookings/{self.book(ann)}?new=1")
        return ann

    def book(self, ann: Person) -> str:
        """Have somebody book a time; return the booking's reference."""
        return ann.unseen.book(self.free_slot(ann), name="Ann Arbor", email="ann@example.org")

    def sessions(self, ann: Person, *names: str, **fields: str) -> Sessions:
        """Have somebody book an expert's next times, all on one day, each in one of the names.

        That day has another time, to which one of them can be moved.
        """
        slug = SLUGS[self.expert()]
        day = ann.unseen.free_day(slug, ahead=AHEAD, free=len(names) + 1)
        slots = ann.unseen.free_slots(slug, day)[: len(names)]
        booked = [
            ann.unseen.book(slot, name=name, **fields)
            for slot, name in zip(slots, names, strict=True)
        ]
        return Sessions(slug, day, booked)

    def free_slot(self, ann: Person) -> str:
        """Return a free time of an expert's."""
        slug = SLUGS[self.expert()]
        day = ann.unseen.free_day(slug, ahead=AHEAD, free=2)
        return ann.unseen.free_slots(slug, day)[0]
