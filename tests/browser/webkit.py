"""WebKitGTK, driven by WebDriver on a screen that nobody sees."""

import os
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import TypeVar

from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
from selenium.webdriver import WebKitGTK
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.browser.people import MOST_TABS
from tests.programs import program
from tests.servers import end
from tests.waiting import PATIENCE_S

SCREEN = "1440x900x24"

_OFTEN_S = 0.1
_SHOW = "arguments[0].scrollIntoView({ block: 'center', behavior: 'instant' })"

_marks = count()

T = TypeVar("T")

_CHANGING = (NoSuchElementException, StaleElementReferenceException)
"""What is asked for while a fragment is put in."""


@dataclass
class Window:
    """A window of the browser, on a site."""

    driver: WebKitGTK
    site: str

    @property
    def path(self) -> str:
        """The address of the page, within the site."""
        return self.driver.current_url.removeprefix(self.site)

    def open(self, path: str) -> None:
        """Go to a page of the site."""
        self.driver.get(f"{self.site}{path}")

    def find(self, selector: str, words: str = "") -> WebElement:
        """Return the first part of the page that says something, as soon as there is one."""
        return self.until(lambda: self._found(selector, words), f"no {selector} says {words!r}")

    def _found(self, selector: str, words: str) -> WebElement | None:
        parts = self.driver.find_elements(By.CSS_SELECTOR, selector)
        return next((part for part in parts if words in part.text), None)

    def lacks(self, selector: str) -> None:
        """Wait until no part of the page is like this."""
        gone = self.driver.find_elements
        self.until(lambda: not gone(By.CSS_SELECTOR, selector), f"{selector} never goes")

    def click(self, selector: str, words: str = "") -> None:
        """Click on a part of the page, as soon as there is one."""
        self.until(lambda: self._clicked(selector, words), f"no {selector} says {words!r}")

    def _clicked(self, selector: str, words: str) -> bool:
        if part := self._found(selector, words):
            self.driver.execute_script(_SHOW, part)  # the driver itself doesn't scroll
            part.click()
        return part is not None

    def fill(self, selector: str, words: str) -> None:
        """Type into an empty field."""
        self.find(selector).send_keys(words)

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        self.driver.switch_to.active_element.send_keys(*keys)

    def tab_to(self, selector: str) -> None:
        """Press Tab until something has the focus."""
        for _ in range(MOST_TABS):
            self.press(Keys.TAB)
            if self.driver.execute_script(
                "return document.activeElement.matches(arguments[0])", selector
            ):
                return
        raise AssertionError(f"the Tab key never reaches {selector}")

    def leave(self, step: Callable[[], None]) -> None:
        """Take a step of the browser's, and wait until another page is there, fresh or kept."""
        mark = next(_marks)
        self.driver.execute_script("window.mark = arguments[0]", mark)
        step()
        left = "return window.mark !== arguments[0]"
        self.until(lambda: self.driver.execute_script(left, mark), "the page never goes")

    def arrives(self, path: str) -> None:
        """Wait until the page's address is like this (a pattern of the whole path)."""
        self.until(lambda: re.fullmatch(path, self.path), f"no page is at {path}")

    def until(self, answer: Callable[[], T | None], otherwise: str) -> T:
        """Ask until the answer is a true one, and return that; fail in these words if none is."""
        wait = WebDriverWait(self.driver, PATIENCE_S, _OFTEN_S, _CHANGING)
        return wait.until(lambda _: answer() or False, otherwise)


@contextmanager
def screen() -> Iterator[str]:
    """Run a screen; yields what programs call it."""
    says, writes = os.pipe()
    process = subprocess.Popen(
        [program("xvfb"), "-displayfd", str(writes), "-screen", "0", SCREEN, "-nolisten", "tcp"],
        pass_fds=(writes,),
        stderr=subprocess.DEVNULL,
    )
    os.close(writes)
    try:
        with os.fdopen(says) as number:
            yield f":{number.readline().strip()}"
    finally:
        end(process)


@contextmanager
def webkit(display: str) -> Iterator[WebKitGTK]:
    """Run the browser, with a profile of its own."""
    service = Service(str(program("webkit2gtk-driver")), env={**os.environ, "DISPLAY": display})
    options = Options()
    options.add_argument("--automation")
    driver = WebKitGTK(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()
