"""Where scenes are played: people arrive, experts wait, and every scene has a name."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from playwright.sync_api import Page

from tests.browser.people import Person
from web.launcher import CATALOGUE

Scene = Callable[["Stage"], Page]

SCENES: dict[str, Scene] = {}
"""All of them, by their names, in the order in which people meet them."""

_numbers = count()


def scene(play: Scene) -> Scene:
    """Give a scene its name: the function's."""
    SCENES[play.__name__.replace("_", "-")] = play
    return play


def follow_letter(page: Page, address: str, link: str) -> None:
    """Open the outbox and, once the letter has come, follow its link."""
    page.goto("/dev/outbox")
    letter = page.locator(".outbox__mail", has_text=f"To {address}").locator(f'a[href*="{link}"]')
    while not letter.count():  # until the test's own time is up
        page.wait_for_timeout(500)
        page.reload()
    letter.first.click()


@dataclass
class Stage:
    """A site of one's own, so that a picture shows nothing but its scene."""

    arrive: Callable[..., Person]

    def expert(self) -> int:
        """Return the number of an expert, in the order of names, for this scene alone."""
        return next(_numbers) % CATALOGUE

    def two_at_one_expert(self) -> tuple[Person, Person]:
        """Bring two people to the times of the same expert."""
        number = self.expert()
        ann, ben = self.arrive(), self.arrive()
        ann.open_expert(number)
        ben.open_expert(number)
        return ann, ben

    def at_a_full_day(self) -> tuple[Person, Person, dict[str, str]]:
        """Bring two people to a day of which the second has booked every time."""
        ann, ben = self.two_at_one_expert()
        day = ben.look_ahead()
        booked = ben.fill_day()
        ann.look_at(day)
        return ann, ben, booked

    def at_the_form(self) -> Person:
        """Bring somebody to the form of a time that can still be changed once it is booked."""
        ann = self.arrive()
        ann.open_expert(self.expert())
        ann.look_ahead()
        ann.choose(ann.some_free_slot())
        return ann

    def with_a_booking(self) -> Person:
        """Bring somebody to the page of a new booking."""
        ann = self.at_the_form()
        ann.fill_form()
        ann.confirm()
        return ann
