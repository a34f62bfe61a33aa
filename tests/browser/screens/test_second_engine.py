"""Every page in every state, looked at by an engine of accessibility beside axe."""

import pytest
from playwright.sync_api import Page

from tests.browser.looks import FEW_LOOKS, see_whole
from tests.browser.people import Person
from tests.checkers.sniffer import Sniffer, sniffer

pytestmark = pytest.mark.soak


@pytest.fixture(scope="module")
def second_engine() -> Sniffer:
    return sniffer()


def test_another_engine_than_axe_finds_nothing_that_keeps_people_out(
    second_engine: Sniffer, shown: Page
):
    found = []
    for look in FEW_LOOKS:
        see_whole(shown, look)
        found += [f"{look}: {fault}" for fault in second_engine.faults(shown)]

    assert not found, "\n".join(found)


def test_what_keeps_people_out_is_found(second_engine: Sniffer, ann: Person):
    faint = "<p style='color: #999; background: #aaa'>Faint</p>"
    ann.page.set_content(f"<!doctype html><title>Broken</title>{faint}<img src='a.png'>")

    found = " ".join(second_engine.faults(ann.page))

    for fault in ("H57", "H37", "G18.Fail"):  # no language, no alternative, too faint
        assert fault in found
