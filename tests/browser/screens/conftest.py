"""A site for each module that goes through all scenes, and the stage on which they are played."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Response
from pymongo import MongoClient

from domain.store.core.database import database_name
from tests.browser.administrators import ADMINISTRATOR
from tests.browser.faces import ACCENTS, wear
from tests.browser.people import Person
from tests.browser.scenes import NAMES, SCENES, Stage
from tests.databases import Databases
from tests.openid_provider import UNASKED
from tests.servers import Setting, start_server


@pytest.fixture(scope="module")
def site_uri(databases: Databases) -> Iterator[str]:
    """A database of its own: what other tests book would show in the pictures."""
    with databases.one() as uri:
        yield uri


@pytest.fixture(scope="module")
def site(site_uri: str) -> Iterator[str]:
    settings: dict[str, Setting] = {"HOLDS_PER_IP": 100_000, "ADMINS": ADMINISTRATOR, **UNASKED}
    with start_server(site_uri, **settings) as server:
        yield server.url


@pytest.fixture(scope="module")
def asking_site(site: str, site_uri: str) -> Iterator[str]:
    assert site  # has seeded the catalogue
    with start_server(site_uri, HOLDS_PER_IP=100_000, CONFIRM_BY_MAIL="always") as server:
        yield server.url


@pytest.fixture(autouse=True)
def others_forgotten(site: str, site_uri: str) -> None:
    """One administrator signs in for all scenes, oftener in an hour than an address may."""
    assert site  # has migrated the database
    with MongoClient[dict[str, Any]](site_uri) as client:
        client[database_name(site_uri)]["counts"].delete_many({})


@pytest.fixture
def stage(person: Callable[..., Person], request: pytest.FixtureRequest) -> Stage:
    return Stage(person, lambda: request.getfixturevalue("asking_site"))


@pytest.fixture
def served(person: Callable[..., Person], stage: Stage) -> dict[Page, Response]:
    """What the server answered last in each window, as a document."""
    documents: dict[Page, Response] = {}

    def note(answer: Response) -> None:
        if answer.request.is_navigation_request() and not answer.frame.parent_frame:
            documents[answer.frame.page] = answer

    def arrive(**options: Any) -> Person:
        who = person(**options)
        who.page.context.on("response", note)
        return who

    stage.arrive = arrive
    return documents


@pytest.fixture(params=NAMES)
def shown(
    request: pytest.FixtureRequest,
    stage: Stage,
    served: dict[Page, Response],
    site_uri: str,
    site: str,
) -> Page:
    """A scene's page. Each is played once a module: some change the site for good."""
    assert not served  # it notes what comes from now on
    wear(site_uri, site, accent=ACCENTS[NAMES.index(request.param) // 2 % 2])
    return SCENES[request.param](stage)
