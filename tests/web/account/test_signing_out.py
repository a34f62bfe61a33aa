"""Signing out on all devices: whatever an address opened, it opens nowhere any more."""

from collections.abc import AsyncIterator, Iterator

import pytest

from domain.account import personal_data
from domain.account.sign_in import PROOF_LIFETIME
from domain.admin import administrators
from domain.rules.log import OPERATOR, Action
from domain.store import sign_outs
from domain.store.documents.log import LogEntry
from domain.store.documents.sign_outs import SignOut
from tests.networks import from_network, own_network
from tests.servers import Server, start_server
from tests.web.conftest import Site
from tests.web.desk.signing_in import sign_in
from tests.web.mailed import address
from tests.web.visitors import Visitor, visitor

EVERYWHERE = "/bookings/sign-out/everywhere"


@pytest.fixture
def mail() -> str:
    """An address of this test."""
    return address()


@pytest.fixture
async def elsewhere(site: Site, ann: Visitor, mail: str) -> str:
    """A booking under the address, made in another browser yet."""
    return await ann.booked((await site.slot()).id, email=mail)


@pytest.fixture
async def here(
    site: Site,
    mail: str,
    elsewhere: str,  # noqa: ARG001 - links are mailed to addresses that have something to see
) -> AsyncIterator[Visitor]:
    """A browser that has proven the address."""
    async with visitor(site.url, headers=from_network(own_network())) as browser:
        await sign_in(site, browser, mail, "/bookings")
        yield browser


@pytest.fixture(scope="module")
def other_process(site: Site) -> Iterator[Server]:
    """Another server on the site's database."""
    with start_server(site.uri) as server:
        yield server


@pytest.fixture
async def lost(site: Site, other_process: Server, mail: str) -> AsyncIterator[Visitor]:
    """Another browser, at another process, that was left behind."""
    async with visitor(other_process.url, headers=from_network(own_network())) as browser:
        await sign_in(site, browser, mail, "/bookings")
        yield browser


async def test_the_lost_browser_is_asked_to_sign_in_and_keeps_what_it_booked_itself(
    site: Site, elsewhere: str, here: Visitor, lost: Visitor, mail: str
):
    in_it = await lost.booked((await site.slot()).id, email=address())
    before = (await lost.get("/bookings")).text
    assert (elsewhere in before, in_it in before) == (True, True)

    answer = await here.post(EVERYWHERE)

    assert (answer.status_code, answer.headers["location"]) == (303, "/bookings")
    for browser in (here, lost):
        page = await browser.get("/bookings")
        assert elsewhere not in page.text
        assert mail not in page.text
        assert 'action="/bookings/link"' in page.text
    one = await lost.get(f"/bookings/{elsewhere}")
    assert (one.status_code, 'action="/bookings/link"' in one.text) == (404, True)
    assert (await lost.post(f"/bookings/{elsewhere}/cancel")).status_code == 404
    assert (await lost.get("/bookings/data")).status_code == 403
    assert in_it in (await lost.get("/bookings")).text


async def test_the_button_stands_beside_sign_out_in_both_languages(here: Visitor):
    pages = [await here.get(f"/bookings?lang={language}") for language in ("en", "de")]

    for page, words in zip(
        pages, ("Sign out on all devices", "Auf allen Geräten abmelden"), strict=True
    ):
        _, _, form = page.text.partition(f'<form action="{EVERYWHERE}" method="post">')
        assert words in form.partition("</form>")[0]


async def test_signing_in_again_counts_again(site: Site, elsewhere: str, here: Visitor, mail: str):
    await here.post(EVERYWHERE)

    await sign_in(site, here, mail, "/bookings")

    assert elsewhere in (await here.get("/bookings")).text


async def test_other_addresses_stay_signed_in(
    site: Site, ann: Visitor, here: Visitor, lost: Visitor, mail: str
):
    other = address()
    await ann.booked((await site.slot()).id, email=other)
    await sign_in(site, lost, other, "/bookings")

    await here.post(EVERYWHERE)

    page = await lost.get("/bookings")
    assert (mail in page.text, other in page.text) == (False, True)


async def test_whoever_has_proven_nothing_signs_nobody_out(site: Site, ann: Visitor):
    answer = await ann.post(EVERYWHERE, {"email": "somebody@example.org"})

    assert answer.status_code == 403
    assert await site.database.engine.find_one(SignOut, {"address": "somebody@example.org"}) is None


@pytest.mark.parametrize("at", ["/bookings", "/desk", "/admin"])
async def test_one_press_ends_bookings_desk_and_administration(
    site: Site, here: Visitor, lost: Visitor, mail: str, at: str
):
    expert = await site.expert(email=mail)
    await administrators.add(site.database, mail, by=OPERATOR, now=site.now)
    opened = ("/bookings/data", "/desk", "/admin")
    assert [(await lost.get(path)).status_code for path in opened] == [200] * 3

    path = EVERYWHERE if at == "/bookings" else f"{at}/sign-out"
    assert (await here.post(path, {"desk": expert.slug})).status_code == 303

    for browser in (here, lost):
        assert [(await browser.get(path)).status_code for path in opened] == [403] * 3
    query = {"action": Action.SIGNED_OUT_EVERYWHERE.value}
    logged = await site.database.engine.find(LogEntry, query, sort=LogEntry.seq)
    assert str(expert.id) in {entry.subject_key for entry in logged[-2:]}


async def test_pages_that_need_no_address_ask_nothing_of_it(
    site: Site,
    here: Visitor,
    needs_mongod: None,  # noqa: ARG001 - the other engine counts nothing
):
    expert = await site.expert()
    slot = await site.slot(expert)
    database = site.database.motor[site.database.name]

    async def asked_for(path: str) -> int:
        await database.drop_collection("system.profile")
        await database.command("profile", 2)
        try:
            assert (await here.get(path)).status_code == 200
        finally:
            await database.command("profile", 0)
        return await database["system.profile"].count_documents(
            {"ns": f"{site.database.name}.sign_outs"}
        )

    paths = (f"/experts/{expert.slug}", "/experts", f"/slots/{slot.id}/book", "/bookings")
    assert [await asked_for(path) for path in paths] == [0, 0, 0, 1]


async def test_it_is_kept_until_every_older_proof_has_ended(site: Site, here: Visitor, mail: str):
    await here.post(EVERYWHERE)

    (kept,) = await sign_outs.of_addresses(site.database, [mail])

    assert kept.kept_until - kept.at == PROOF_LIFETIME


async def test_it_is_erased_with_the_last_booking_of_the_address(site: Site, elsewhere, mail: str):
    unbooked, later = address(), site.now + PROOF_LIFETIME
    for one in (mail, unbooked):
        await sign_outs.note(site.database, one, now=site.now, until=later)

    await personal_data.erase(site.database, {mail, unbooked}, now=site.now)

    left = await sign_outs.of_addresses(site.database, [mail, unbooked])
    assert [one.address for one in left] == [mail], f"{elsewhere} is still to come"


async def test_an_earlier_sign_out_undoes_no_later_one(site: Site, here: Visitor, mail: str):
    await here.post(EVERYWHERE)
    before = await sign_outs.of_addresses(site.database, [mail])

    earlier = before[0].at.replace(year=2020)
    await sign_outs.note(site.database, mail, now=earlier, until=earlier)

    assert await sign_outs.of_addresses(site.database, [mail]) == before
