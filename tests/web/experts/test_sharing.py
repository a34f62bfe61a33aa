"""What a page tells the programs that show links to it."""

import re
from html import unescape
from urllib.parse import urlsplit

from tests.web.conftest import Site
from tests.web.visitors import Visitor

SHARES_SITE = True


def told(text: str) -> dict[str, str]:
    """The Open Graph of a page: its properties and what they say."""
    found = re.findall(r'<meta property="og:([\w:]+)"\s+content="([^"]*)"', text)
    return {name: unescape(value) for name, value in found}


async def test_a_link_to_an_expert_shows_who_it_is_and_a_card(site: Site, ann: Visitor):
    expert = await site.expert(name='Zoë "Z" O\'Hara', headline="Sleep & dreams")

    about = told((await ann.get(f"/experts/{expert.slug}")).text)

    assert about["title"] == 'Zoë "Z" O\'Hara · ExpertConnect'
    assert about["description"].startswith("Sleep & dreams: ")
    assert about["url"].endswith(f"/experts/{expert.slug}")
    assert {"type", "locale", "image:width", "image:height", "image:alt"} <= about.keys()


async def test_the_card_is_a_picture_at_an_absolute_address(ann: Visitor):
    card = urlsplit(told((await ann.get("/")).text)["image"])

    answer = await ann.get(f"{card.path}?{card.query}")

    assert card.scheme == "http"
    assert answer.headers["content-type"] == "image/jpeg"
    assert "immutable" in answer.headers["cache-control"]
    assert 10_000 < len(answer.content) < 150_000


async def test_what_is_not_for_others_has_no_card(ann: Visitor):
    for path in ["/bookings", "/bookings/ZZZZZZZZZZZZ", "/bookings/link/not-a-token"]:
        page = (await ann.get(path)).text

        assert "<title>" in page
        assert told(page) == {}


async def test_every_icon_that_is_named_is_there(ann: Visitor):
    text = (await ann.get("/")).text
    manifest_at = re.search(r'rel="manifest" href="([^"]+)"', text)
    assert manifest_at
    icons = re.findall(r'rel="(?:icon|apple-touch-icon)" href="([^"]+)"', text)

    manifest = (await ann.get(manifest_at[1])).json()
    icons += [icon["src"] for icon in manifest["icons"]]

    assert len(icons) == 5
    for icon in icons:
        answer = await ann.get(icon)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("image/")
