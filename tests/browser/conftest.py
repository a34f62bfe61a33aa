"""A real Chromium, found or installed, and a real server with the seeded catalogue."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from tests.browser.people import Person
from tests.programs import program
from tests.servers import start_server

WIDE: ViewportSize = {"width": 1440, "height": 900}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Playwright's own browser is not installed; the system's does."""
    return browser_type_launch_args | {
        "executable_path": str(program("chromium")),
        "args": ["--no-sandbox"],
    }


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """The address of a server with the seeded catalogue, for the whole run."""
    with start_server(None) as server:
        yield server.url


@pytest.fixture
def person(browser: Browser, site: str) -> Iterator[Callable[..., Person]]:
    """Makes people, each with a browser profile of their own; all leave after the test."""
    contexts: list[BrowserContext] = []

    def arrive(**options: Any) -> Person:
        settings = {"viewport": WIDE, "timezone_id": "Europe/Berlin", "base_url": site} | options
        context = browser.new_context(**settings)
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Person(context.new_page())

    yield arrive
    for context in contexts:
        context.close()


@pytest.fixture
def ann(person: Callable[..., Person]) -> Person:
    """Somebody who books."""
    return person()


@pytest.fixture
def ben(person: Callable[..., Person]) -> Person:
    """Somebody else, who looks on."""
    return person()


@pytest.fixture
def page_errors(ann: Person) -> list[str]:
    """What Ann's browser complains about: scripts that fail, policies that are broken."""
    errors: list[str] = []
    watch(ann.page, errors)
    return errors


def watch(page: Page, errors: list[str]) -> None:
    """Collect a page's errors, those of the network aside."""
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
