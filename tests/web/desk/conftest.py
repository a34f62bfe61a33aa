"""An expert, and their browser at the desk."""

from collections.abc import AsyncIterator

import pytest

from domain.store.documents import Expert
from tests.web.conftest import Site
from tests.web.desk.signing_in import at_desk
from tests.web.mailed import address
from tests.web.visitors import Visitor


@pytest.fixture
async def expert(site: Site) -> Expert:
    """An expert whose desk it is; modules that need another one override this."""
    return await site.expert(email=address())


@pytest.fixture
async def ada(site: Site, expert: Expert) -> AsyncIterator[Visitor]:
    """The expert's browser, signed in."""
    async with at_desk(site, expert) as browser:
        yield browser
