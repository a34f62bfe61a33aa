"""Styles and scripts, sent as one file of each."""

import re
from pathlib import Path

import pytest

from tests.web.visitors import Visitor
from web.assets.bundles import SCRIPTS, STATIC, STYLES

SHARES_SITE = True


def written(folder: str, kind: str) -> list[Path]:
    return sorted((STATIC / folder).rglob(f"*.{kind}"))


def test_every_style_that_is_written_is_sent():
    sent = re.sub(rb"\?v=\w+", b"", STYLES.content)
    for path in written("css", "css"):
        assert path.read_bytes() in sent, path


def test_every_script_that_is_written_is_sent_but_the_theme_which_comes_first():
    for path in written("js", "js"):
        assert (path.read_bytes() in SCRIPTS.content) == (path.name != "theme.js"), path


async def test_a_page_fetches_one_of_each_and_keeps_it_for_good(ann: Visitor):
    text = (await ann.get("/")).text
    styles = re.findall(r'rel="stylesheet" href="([^"]+)"', text)
    scripts = re.findall(r'<script src="([^"]+)"', text)

    assert styles == [STYLES.address]
    assert scripts[1:] == [SCRIPTS.address]
    for address, media_type in ((STYLES.address, "text/css"), (SCRIPTS.address, "text/javascript")):
        answer = await ann.get(address)
        assert answer.headers["content-type"].startswith(media_type)
        assert "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    "path",
    [
        "/static/scripts.js",
        "/static/icons/icon.svg",
        "/static/icons/nothing.svg",
        "/static/icons/./icon.svg",
    ],
)
async def test_another_version_than_was_asked_for_is_not_kept(ann: Visitor, path: str):
    answer = await ann.get(f"{path}?v=0123456789ab")

    assert "immutable" not in answer.headers.get("cache-control", "")


async def test_what_styles_ask_for_is_there(ann: Visitor):
    asked = set(re.findall(rb'url\("([^"]+)"\)', STYLES.content))

    assert asked
    for address in asked:
        assert (await ann.get(address.decode())).status_code == 200
