"""A real browser, found or installed, and real servers with the seeded catalogue."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.browser.administrators import ADMINISTRATOR
from tests.browser.people import Person
from tests.browser.unseen import Unseen
from tests.databases import Databases
from tests.programs import program
from tests.servers import start_server

pytest_plugins = ["tests.browser.again"]

WIDE: ViewportSize = {"width": 1440, "height": 900}
ZONE = "Europe/Berlin"
PATIENCE_MS = 30_000
"""Nothing takes as long; a machine that does much else may."""

OF_NETWORK = {
    "chromium": ("Failed to load resource",),
    "firefox": ("Failed to load resource", "htmx:sse:error", "NetworkError"),
}
"""What the console says of it. Firefox says so, too, of what is under way when its page is left."""

expect.set_options(timeout=PATIENCE_MS)


# One process for all pages of the one site: to start one takes half a second. Rendering in
# software what a GPU would do takes a third of the time of a page.
CHROMIUM = ("--no-sandbox", "--disable-gpu", "--renderer-process-limit=1")
PROGRAMS = {"chromium": "chromium", "firefox": "firefox-esr"}
FIREFOX = {
    "focusmanager.testmode": True,  # every window has the focus
    "ui.primaryPointerCapabilities": 6,  # a mouse: fine, and can hover
    "ui.allPointerCapabilities": 6,
    "ui.prefersReducedMotion": 1,
}
"""What tests rely on, and BiDi can't set."""
LAUNCHED: dict[str, dict[str, Any]] = {
    "chromium": {"args": [*CHROMIUM, "--disable-site-isolation-trials"]},
    "firefox": {"channel": "moz-firefox", "firefox_user_prefs": FIREFOX},
}


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, Any], browser_name: str
) -> dict[str, Any]:
    """Playwright's own browsers are not installed; the system's do."""
    path = {"executable_path": str(program(PROGRAMS[browser_name]))}
    return browser_type_launch_args | path | LAUNCHED[browser_name]


@pytest.fixture(scope="session")
def site_uri(databases: Databases) -> Iterator[str]:
    """The database of the sites that tests share."""
    with databases.one() as uri:
        yield uri


@pytest.fixture(scope="session")
def site(site_uri: str) -> Iterator[str]:
    """The address of a site for the whole run. A time outlives its page for long."""
    with start_server(
        site_uri, LEAVING_SECONDS=60, HOLDS_PER_IP=100_000, ADMINS=ADMINISTRATOR
    ) as server:
        yield server.url


@pytest.fixture(scope="session")
def hasty_site(site: str, site_uri: str) -> Iterator[str]:
    """The same site, where a time whose page was left is free a second later."""
    assert site  # has seeded the catalogue
    with start_server(
        site_uri, LEAVING_SECONDS=1, HOLDS_PER_IP=100_000, ADMINS=ADMINISTRATOR
    ) as server:
        yield server.url


@pytest.fixture(scope="session")
def asking_site(site: str, site_uri: str) -> Iterator[str]:
    """The same site, where each address is confirmed by mail first."""
    assert site  # has seeded the catalogue
    with start_server(site_uri, LEAVING_SECONDS=60, CONFIRM_BY_MAIL="always") as server:
        yield server.url


@pytest.fixture
def person(browser: Browser, site: str) -> Iterator[Callable[..., Person]]:
    """Makes people, each with a browser profile of their own; all leave after the test.

    Nothing moves in their browsers, and those know their zone, unless a test says otherwise.
    """
    contexts: list[BrowserContext] = []

    def arrive(*, knows_zone: bool = True, **options: Any) -> Person:
        settings = {
            "viewport": WIDE,
            "timezone_id": ZONE,
            "base_url": site,
            "reduced_motion": "reduce",
        } | options
        context = browser.new_context(**settings)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        if knows_zone and options.get("java_script_enabled", True):
            # The first page of a browser learns its zone, and fetches its times anew for it.
            remember_zone(context, settings["timezone_id"], settings["base_url"])
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
def eve(browser: Browser, site: str) -> Iterator[Unseen]:
    """Somebody else again, who opens no page. Her days are the others': one zone for all."""
    with browser.new_context(base_url=site) as context:
        context.set_default_timeout(PATIENCE_MS)
        remember_zone(context, ZONE, site)
        yield Unseen(context.request)


@pytest.fixture
def page_errors(ann: Person) -> list[str]:
    """What Ann's browser complains about: scripts that fail, policies that are broken."""
    errors: list[str] = []
    watch(ann.page, errors)
    return errors


def remember_zone(context: BrowserContext, zone: str, url: str) -> None:
    """Have a browser know its zone before its first page."""
    context.add_cookies([{"name": "zone", "value": zone, "url": url}])


def watch(page: Page, errors: list[str]) -> None:
    """Collect a page's errors, those of the network aside."""
    browser = page.context.browser
    assert browser
    aside = OF_NETWORK[browser.browser_type.name]
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: (
            errors.append(message.text)
            if message.type == "error" and not any(said in message.text for said in aside)
            else None
        ),
    )
