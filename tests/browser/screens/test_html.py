"""Every page in every state, read by the Nu Html Checker."""

import pytest
from playwright.sync_api import Page, Response

from tests.checkers.nu import Nu

pytestmark = pytest.mark.soak


def test_a_page_is_html_as_it_is_served_and_as_scripts_leave_it(
    nu: Nu, shown: Page, served: dict[Page, Response]
):
    found = [
        *(f"served: {fault}" for fault in nu.faults(served[shown].text())),
        *(f"shown: {fault}" for fault in nu.faults(shown.content())),
    ]

    assert not found, "\n".join(found)


def test_what_is_no_html_is_found(nu: Nu):
    page = "<!doctype html><title>Broken</title><p hx-get='/'>A <img src='a.png'> <b>picture</p>"

    found = " ".join(nu.faults(page))

    for fault in ("“hx-get” not allowed", "must have an “alt” attribute", "element “b”"):
        assert fault in found
