"""Where victims come from."""

import multiprocessing
from typing import Any

import pytest


@pytest.fixture(scope="session")
def processes() -> Any:
    """A context whose processes begin with everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["tests.crash.victim", "tests.model.site", "domain.desk.publishing"]
    )
    return context
