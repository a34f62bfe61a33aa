"""A sign-in link: used once, and once more only by the browser whose form arrives again."""

import asyncio

import pytest

from domain.account import sign_in
from domain.rules.errors import Code, Refusal
from domain.rules.request_limits import Asker
from domain.store.core.database import Database
from domain.store.documents import SignInLink
from tests.domain.support import MS, refused


@pytest.fixture
async def key(database: Database, now) -> str:
    link = await sign_in.request_link(database, "Ann@Example.org", Asker("here"), now=now)
    assert link is not None
    return link.key


async def test_the_browser_that_used_a_link_may_use_it_again_for_a_minute(database, key, now):
    for at in (now, now, now + sign_in.AGAIN - MS):
        assert (await sign_in.spend_link(database, key, "ann", now=at)).address == "ann@example.org"

    late = sign_in.spend_link(database, key, "ann", now=now + sign_in.AGAIN)
    assert await refused(late) is Code.LINK_SPENT


async def test_nobody_else_may(database, key, now):
    await sign_in.spend_link(database, key, "ann", now=now)

    for other in ("eve", ""):
        assert await refused(sign_in.spend_link(database, key, other, now=now)) is Code.LINK_SPENT
    assert await refused(sign_in.look_at_link(database, key, now=now)) is Code.LINK_SPENT


async def test_of_many_browsers_at_once_one_is_signed_in_however_often_each_asks(
    database, key, now
):
    browsers = [f"browser {n}" for n in range(4)] * 3

    answers = await asyncio.gather(
        *(sign_in.spend_link(database, key, browser, now=now) for browser in browsers),
        return_exceptions=True,
    )

    signed_in = [b for b, a in zip(browsers, answers, strict=True) if isinstance(a, SignInLink)]
    assert len(signed_in) == 3
    assert len(set(signed_in)) == 1
    assert sum(isinstance(answer, Refusal) for answer in answers) == 9


@pytest.mark.parametrize("after", [sign_in.LINK_LIFETIME, 2 * sign_in.LINK_LIFETIME])
async def test_a_link_that_has_expired_signs_nobody_in(database, key, now, after):
    assert (
        await refused(sign_in.spend_link(database, key, "ann", now=now + after)) is Code.LINK_SPENT
    )
