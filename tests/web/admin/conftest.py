"""An administrator, and their browser."""

from collections.abc import AsyncIterator

import pytest

from tests.web.admin.signing_in import add_administrator, administering
from tests.web.conftest import Site
from tests.web.visitors import Visitor


@pytest.fixture
async def mail(site: Site) -> str:
    """The administrator's address."""
    return await add_administrator(site)


@pytest.fixture
async def boss(site: Site, mail: str) -> AsyncIterator[Visitor]:
    """The administrator's browser, signed in."""
    async with administering(site, mail) as browser:
        yield browser
