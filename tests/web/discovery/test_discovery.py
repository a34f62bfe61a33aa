"""Finding an expert, over HTTP."""

import re
from datetime import timedelta

import pytest

from domain.discovery.search import PAGE_SIZE
from domain.store.documents import Slot
from domain.store.experts import next_free
from tests.waiting import until
from tests.web.conftest import Site
from tests.web.visitors import Visitor, names_in

RENEE, JUERGEN, ZOE = "Renée Fauré", "Jürgen Löw", "Zoe Abel"


@pytest.fixture(scope="module")
async def catalogue(site: Site):
    """Three experts that differ in everything that is searched, filtered and sorted by."""
    renee = await site.expert(
        name=RENEE,
        headline="Contracts that hold",
        skills=["Contract law", "C++ (really)"],
        category="Legal",
        languages=["fr", "en"],
        rating=4.9,
        price_minor=20_000,
        price_rank=22_000,
    )
    juergen = await site.expert(
        name=JUERGEN,
        headline="Sleep, at last",
        skills=["Insomnia"],
        category="Health",
        languages=["de"],
        rating=4.5,
        price_minor=0,
        price_rank=0,
    )
    zoe = await site.expert(
        name=ZOE,
        headline="Taxes without tears",
        skills=["Contracts", "Tax"],
        category="Finance",
        languages=["en", "de"],
        rating=4.7,
        price_minor=9_000,
        price_rank=9_900,
    )
    await site.slot(juergen, starts_at=site.now + timedelta(hours=2))
    await site.slot(zoe, starts_at=site.now + timedelta(hours=1))
    for expert in (renee, juergen, zoe):
        await next_free.refresh(site.database, expert.id, site.now)
    await site.lists("sort=soonest", ZOE, JUERGEN, RENEE)


async def names(ann: Visitor, query: str) -> list[str]:
    return names_in(await ann.get(f"/experts?{query}"))


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=renee", {RENEE}),
        ("q=RENÉE", {RENEE}),
        ("q=fau+ren", {RENEE}),
        ("q=contr", {RENEE, ZOE}),
        ("q=tract", set()),
        ("q=low", {JUERGEN}),
        ("q=c%2B%2B", {RENEE, ZOE}),
        ("q=.*", {RENEE, JUERGEN, ZOE}),
        ("category=Health", {JUERGEN}),
        ("language=de", {JUERGEN, ZOE}),
        ("q=contr&language=de", {ZOE}),
        ("category=Nonsense", {RENEE, JUERGEN, ZOE}),
    ],
)
async def test_a_search_finds_beginnings_of_words_whatever_case_or_accent(ann, query, found):
    assert set(await names(ann, query)) == found


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("name", [JUERGEN, RENEE, ZOE]),
        ("rating", [RENEE, ZOE, JUERGEN]),
        ("price", [JUERGEN, ZOE, RENEE]),
        ("soonest", [ZOE, JUERGEN, RENEE]),
    ],
)
async def test_experts_are_listed_in_the_order_asked_for(ann: Visitor, sort, order):
    assert await names(ann, f"sort={sort}") == order


@pytest.mark.usefixtures("catalogue")
async def test_an_empty_result_says_which_filter_to_drop(ann: Visitor):
    page = await ann.get("/experts?q=contr&category=Health")

    assert "No expert matches" in page.text
    assert 'href="/experts?category=Health"' in page.text
    assert 'href="/experts?q=contr"' in page.text


@pytest.mark.usefixtures("catalogue")
async def test_htmx_gets_the_results_alone_and_the_address_to_show(ann: Visitor):
    headers = {"HX-Request": "true", "HX-Request-Type": "partial"}

    answer = await ann.get("/experts?q=zoe&category=&language=&sort=rating", headers=headers)

    assert answer.text.lstrip().startswith("<section")
    assert answer.headers["hx-replace-url"] == "/experts?q=zoe"
    assert "HX-Request" in answer.headers["vary"]


async def test_pages_are_stable_and_lose_nobody(site: Site, ann: Visitor):
    made = {f"Page Turner {n:02}" for n in range(PAGE_SIZE * 2 + 1)}
    for name in sorted(made):
        await site.expert(name=name, rating=4.4, category="Lifestyle", skills=["Turning"])
    await site.lists("q=turner&page=3", max(made))

    pages = [await names(ann, f"q=turner&page={n}") for n in (1, 2, 3)]

    assert [len(page) for page in pages] == [PAGE_SIZE, PAGE_SIZE, 1]
    assert {name for page in pages for name in page} == made
    assert await names(ann, "q=turner&page=4") == pages[2]
    assert await names(ann, "q=turner&page=2") == pages[1]


@pytest.mark.usefixtures("catalogue")
async def test_a_card_tells_what_one_needs_to_choose(ann: Visitor):
    text = (await ann.get("/experts?q=zoe")).text

    for words in (ZOE, "Taxes without tears", "Finance", "years", "4.7", "min", "Next free"):
        assert words in text


async def test_the_next_free_time_follows_what_is_booked(site: Site, ann: Visitor):
    expert = await site.expert(name="Follow Me", skills=["Following"])
    first = await site.slot(expert, starts_at=site.now + timedelta(hours=3))
    second = await site.slot(expert, starts_at=site.now + timedelta(hours=5))

    async def shown() -> str:
        text = (await ann.get("/experts?q=follow+me")).text
        found = re.search(r'Next free: <time datetime="([^"]*)"', text)
        return found[1] if found else ""

    async def is_shown(slot: Slot) -> bool:
        return await shown() == slot.starts_at.isoformat(timespec="seconds")

    await until(lambda: is_shown(first))
    reference = await ann.booked(first.id)
    await until(lambda: is_shown(second))
    await ann.post(f"/bookings/{reference}/cancel")
    await until(lambda: is_shown(first))
