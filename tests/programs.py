"""Programs that tests need and no Python package brings: found, or installed where there are none.

`python -m tests.programs` sees to those of each run, `python -m tests.programs chromium` to one,
and says in one line what is missing after all.
"""

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from web.console import Trouble, complain

SHELL = "chromium-headless-shell"
CHROMIUMS = (
    SHELL,  # draws no window: the same tests take two thirds of the time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
)
SYSTEMS = ("/usr/local/sbin", "/usr/sbin", "/sbin")
"""Where Debian keeps servers, off the path of whoever isn't root."""


class Missing(Trouble):
    """A program is not there. The message says what to install."""


def on_path(*names: str) -> Path | None:
    """Return the first of these that the system has."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *SYSTEMS])
    return next((Path(found) for name in names if (found := shutil.which(name, path=path))), None)


def named() -> Path | None:
    """Return the Chromium that $CHROMIUM names."""
    if not (given := os.environ.get("CHROMIUM")):
        return None
    if found := shutil.which(given):
        return Path(found)
    raise Missing(f"CHROMIUM names {given}, which can't be run.")


def playwrights() -> Path | None:
    """Return the Chromium that `playwright install` has put into its cache.

    One that was fetched onto a bare system can lack the libraries it needs: it has to start.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - slow, and seldom needed

    with sync_playwright() as playwright:
        path = Path(playwright.chromium.executable_path)
    return path if path.exists() and succeeds(str(path), "--version") else None


def any_chromium() -> Path | None:
    """Return a Chromium that is there already."""
    return named() or on_path(*CHROMIUMS) or playwrights()


NEEDED: dict[str, Callable[[], Path | None]] = {
    "caddy": partial(on_path, "caddy"),
    "chromium": any_chromium,
    "nginx": partial(on_path, "nginx"),
    "openssl": partial(on_path, "openssl"),
    "faketime": partial(on_path, "faketime"),
    "default-jre-headless": partial(on_path, "java"),
    "firefox-esr": partial(on_path, "firefox-esr"),
    "lynx": partial(on_path, "lynx"),
    "w3m": partial(on_path, "w3m"),
    "webkit2gtk-driver": partial(on_path, "WebKitWebDriver"),
    "xvfb": partial(on_path, "Xvfb"),
}
"""What finds each; the names are those of Debian's packages too."""

PREFERRED = {"chromium": (SHELL,)}
"""Packages to try before the one with the program's own name."""

OTHER_BROWSERS = ("firefox-esr", "webkit2gtk-driver", "xvfb")
"""What a run can do without: a line says so."""

SOAK = ("faketime", "default-jre-headless", "lynx", "w3m")
"""What runs at today's date don't need."""

EACH_RUN = [name for name in NEEDED if name not in (*OTHER_BROWSERS, *SOAK)]


def succeeds(*command: str, seconds: float = 600) -> bool:
    """Run a command in silence and say whether it did what it was to do."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(
            command,
            check=True,
            timeout=seconds,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True


def lacking(names: Collection[str]) -> list[str]:
    """Return those of them that are not there."""
    return [name for name in names if NEEDED[name]() is None]


def install(names: Collection[str]) -> None:
    """Try to get them: Playwright's own Chromium, and as root the system's packages.

    A package counts as installed once its program is there: nginx and Caddy bring services, and
    whether those can start is nothing to us.
    """
    complain(f"Not here: {', '.join(names)}. Installing for the tests.")
    if "chromium" in names:
        succeeds(sys.executable, "-m", "playwright", "install", "chromium")
    if os.geteuid() == 0 and (packages := lacking(names)):
        succeeds("apt-get", "update")
        for name in packages:
            for package in (*PREFERRED.get(name, ()), name):
                succeeds("apt-get", "install", "-y", "--no-install-recommends", package)
                if not lacking([name]):
                    break


def still_lacking(names: Collection[str]) -> list[str]:
    """Try to install those of them that are not there; return those that are not there yet."""
    if missing := lacking(names):
        install(missing)
    return lacking(missing)


def see_to(names: Collection[str]) -> None:
    """Have these programs there.

    Raises:
        Missing: One is not, and could not be installed.
    """
    if missing := still_lacking(names):
        packages = " ".join(missing)
        hint = ", or set CHROMIUM to a browser" if "chromium" in missing else ""
        raise Missing(
            f"The tests need {', '.join(missing)}, which could not be installed: "
            f"install them (Debian: apt-get install {packages}){hint}."
        )


def wish_for(names: Collection[str]) -> list[str]:
    """Try to have these programs there; say in one line which could not be had, and return them."""
    if missing := still_lacking(names):
        complain(f"Not all browsers are tested: {', '.join(missing)} could not be installed.")
    return missing


@functools.cache
def program(name: str) -> Path:
    """Return where a program is, installing it where there is none.

    Raises:
        Missing: There is none, and none could be installed.
    """
    see_to([name])
    found = NEEDED[name]()
    assert found is not None
    return found


def main(names: Collection[str]) -> int:
    """See to the programs that are named, by default to those of each run."""
    try:
        see_to(names or EACH_RUN)
    except Missing as missing:
        complain(missing)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
