"""One set and two servers for all of these tests."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.site import Site, site
from tests.replica_set import replica_set


@pytest.fixture(scope="package")
async def place(needs_mongod: None) -> AsyncIterator[Site]:  # noqa: ARG001 - or there is no set
    """Two servers on a set of three nodes."""
    with replica_set() as nodes:
        async with site(nodes) as found:
            yield found
