"""A real Chromium, found or installed."""

from typing import Any

import pytest

from tests.browser.chromium import chromium


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Playwright's own browser is not installed; the system's does."""
    return browser_type_launch_args | {"executable_path": str(chromium())}
