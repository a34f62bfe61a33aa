"""The journeys in WebKit, as on every iPhone, by a driver of its own."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Playwright
from selenium.webdriver.common.keys import Keys

from tests.browser.people import AHEAD, SLUGS, unused_expert
from tests.browser.unseen import Unseen
from tests.browser.webkit import Window, screen, webkit

BOOKING = "/bookings/[0-9A-Z]{12}"
CHOICE = rf"{BOOKING}/reschedule\?day=.*"
LIST = "/experts?q=a"
FORM = r"/slots/\w+/book"
EXPERT = r"/experts/[\w-]+\?day=.*"
FREE = "[data-rev][data-status=free]"
LIVE = "#live-status[data-state=live]"
COUNT = "[data-testid=count]"
CONFIRM = "[data-testid=confirm]"


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """A screen for all windows."""
    with screen() as name:
        yield name


@pytest.fixture
def ann(display: str, site: str) -> Iterator[Window]:
    """Somebody who books, in a browser that knows nothing yet."""
    with webkit(display) as driver:
        yield Window(driver, site)


@pytest.fixture
def eve(playwright: Playwright, site: str) -> Iterator[Unseen]:
    """Somebody else, who opens no page."""
    requests = playwright.request.new_context(base_url=site)
    yield Unseen(requests)
    requests.dispose()


@pytest.fixture
def day(eve: Unseen) -> str:
    """The address of a day on which an expert has times."""
    slug = SLUGS[unused_expert()]
    return f"/experts/{slug}?day={eve.free_day(slug, ahead=AHEAD, free=3)}"


def choose(ann: Window) -> None:
    """Choose the first time that is free."""
    ann.find(LIVE)
    ann.click(f"{FREE} button")


def fill_form(ann: Window, email: str = "ann@example.org") -> None:
    """Fill the booking form in."""
    ann.fill("#name", "Ann Arbor")
    ann.fill("#email", email)


def book_at_the_second_try(ann: Window, day: str) -> None:
    """Choose a time, send its form as it is, fill it in, and send it again."""
    ann.open(day)
    choose(ann)
    ann.arrives(FORM)
    ann.click(CONFIRM)
    ann.find("#refusal")
    fill_form(ann)
    ann.click(CONFIRM)
    ann.arrives(BOOKING)


def reschedule(ann: Window, day: str) -> None:
    """Move the booking whose page is open to another time of the day."""
    ann.open(f"{ann.path}/reschedule?{day.partition('?')[2]}")
    choose(ann)
    ann.click(CONFIRM)
    ann.find("main", "It's moved. See you then!")


def cancel(ann: Window) -> None:
    """Cancel the booking whose page is open."""
    ann.click("#cancel summary")
    ann.click("#cancel button", "Yes, cancel it")
    ann.find("main", "This booking was cancelled.")


def go(ann: Window, step: Callable[[], None], *paths: str) -> None:
    """Press a button of the browser again and again, each time until the page has settled."""
    for path in paths:
        ann.leave(step)
        ann.arrives(path)
        ann.lacks("#hold-timer[data-asking]")


def test_an_expert_is_found_booked_and_cancelled(ann: Window, day: str):
    ann.open("/")
    ann.fill("#q", ann.find("[data-testid=card-name]").text)
    ann.arrives(r"/experts\?q=.*")
    ann.until(lambda: ann.find(COUNT).text.startswith("1 expert"), "the search finds others, too")
    book_at_the_second_try(ann, day)

    cancel(ann)


@pytest.mark.soak
def test_back_leaves_a_booking_and_forward_returns_to_it(ann: Window, day: str):
    ann.open(LIST)
    book_at_the_second_try(ann, day)

    go(ann, ann.driver.back, BOOKING, BOOKING, EXPERT, re.escape(LIST))
    go(ann, ann.driver.forward, EXPERT, BOOKING, BOOKING, BOOKING)


@pytest.mark.soak
def test_back_leaves_a_booking_that_was_moved_and_cancelled(ann: Window, day: str):
    ann.open(LIST)
    book_at_the_second_try(ann, day)
    reschedule(ann, day)
    cancel(ann)

    back = (BOOKING, BOOKING, CHOICE, BOOKING, FORM, FORM, EXPERT, re.escape(LIST))
    go(ann, ann.driver.back, *back)
    go(ann, ann.driver.forward, EXPERT, FORM, FORM, BOOKING, CHOICE, BOOKING, BOOKING, BOOKING)


@pytest.mark.soak
def test_what_others_book_and_cancel_shows_at_once(ann: Window, eve: Unseen, day: str):
    ann.open(day)
    ann.find(LIVE)
    slot = str(ann.find(FREE).get_dom_attribute("id"))

    reference = eve.book(slot)
    ann.find(f"#{slot}[data-status=booked]")
    eve.cancel(reference)
    ann.find(f"#{slot}[data-status=free]")


@pytest.mark.soak
def test_a_booking_is_moved(ann: Window, day: str):
    book_at_the_second_try(ann, day)

    reschedule(ann, day)


@pytest.mark.soak
def test_whoever_waits_is_handed_the_time_that_comes_free(ann: Window, eve: Unseen):
    slug = SLUGS[unused_expert()]
    day = eve.free_day(slug, ahead=AHEAD, free=1, fewest=True)
    reference = next(iter(eve.fill_day(slug, day).values()))
    ann.open(f"/experts/{slug}?day={day}")
    ann.find(LIVE)
    ann.fill("#waitlist input[type=email]", "ann+webkit@example.org")
    ann.click("#waitlist button", "Join the waitlist")
    ann.find("#waitlist", "You are on the waitlist for this day")

    eve.cancel(reference)

    ann.find("#waitlist", "It is your turn")
    ann.click("#waitlist a", "Book it")
    ann.find("#hold-timer", "on hold for you until")
    fill_form(ann, "ann+webkit@example.org")
    ann.click(CONFIRM)
    ann.arrives(BOOKING)


@pytest.mark.soak
def test_a_time_is_booked_by_keyboard_alone(ann: Window, day: str):
    ann.open(day)
    ann.find(LIVE)
    ann.tab_to(f"{FREE} button")
    ann.press(Keys.ENTER)
    ann.arrives(FORM)
    ann.tab_to("#name")
    ann.press("Ann Arbor")
    ann.tab_to("#email")
    ann.press("ann@example.org", Keys.ENTER)
    ann.arrives(BOOKING)
