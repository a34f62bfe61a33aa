"""Finds a Chromium for the browser tests, and installs one where there is none.

Run as `python -m tests.browser.chromium`: prints where it is, or says in one line what to install.
"""

import functools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from web.console import Trouble, complain, say

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
HELP = (
    "The browser tests need a Chromium, and none could be installed: "
    "install the package `chromium` (Debian: apt-get install chromium), or set CHROMIUM to one."
)


class NoChromium(Trouble):
    """There is no Chromium. The message says what to install."""


def named() -> Path | None:
    """Return the one that $CHROMIUM names."""
    if not (given := os.environ.get("CHROMIUM")):
        return None
    if found := shutil.which(given):
        return Path(found)
    raise NoChromium(f"CHROMIUM names {given}, which can't be run.")


def on_path() -> Path | None:
    """Return the system's own."""
    return next((Path(found) for name in NAMES if (found := shutil.which(name))), None)


def playwrights() -> Path | None:
    """Return the one that `playwright install` has put into its cache."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow, and seldom needed

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() and _runs(path) else None


def _runs(browser: Path) -> bool:
    """Say whether it starts: one fetched onto a bare system can lack the libraries it needs."""
    return _succeeds(str(browser), "--version")


def _succeeds(*command: str, seconds: float = 600) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(
            command,
            check=True,
            timeout=seconds,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def find() -> Path | None:
    """Return a Chromium that is there already."""
    return named() or on_path() or playwrights()


def install() -> Path | None:
    """Fetch one: Playwright's own, else as root the system's package."""
    complain("No Chromium found: installing one for the browser tests.")
    if _succeeds(sys.executable, "-m", "playwright", "install", "chromium") and (
        found := playwrights()
    ):
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _succeeds("apt-get", "update")
        _succeeds("apt-get", "install", "-y", "--no-install-recommends", "chromium")
    return on_path()


@functools.cache
def chromium() -> Path:
    """Return a Chromium, installing one where there is none.

    Raises:
        NoChromium: There is none, and none could be installed.
    """
    if found := find() or install():
        return found
    raise NoChromium(HELP)


def main() -> int:
    """Print where the Chromium is."""
    try:
        say(str(chromium()))
    except NoChromium as missing:
        complain(missing)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
