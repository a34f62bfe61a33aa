"""Request ids: whose word is believed, and who gets to see them."""

import re
from typing import Any

import pytest
from structlog.contextvars import get_contextvars

from web.http.request_ids import identifying, request_id_of

PROXY, VISITOR = "10.0.0.1", "203.0.113.9"
GIVEN = "0f8e-given_by-a-proxy"


async def asked(client: str, *headers: tuple[str, str]) -> tuple[str, dict[str, str], str]:
    """Ask from an address; return the answer's id, and which headers and client are seen within."""
    seen: list[Any] = []

    async def app(scope: Any, _: Any, send: Any) -> None:
        names = {name.decode(): value.decode() for name, value in scope["headers"]}
        assert request_id_of(scope) == get_contextvars()["request_id"]
        seen.append((names, request_id_of(scope)))
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        seen.append(dict(message["headers"])[b"x-request-id"].decode())

    scope: Any = {
        "type": "http",
        "client": (client, 50_000),
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in headers],
    }
    await identifying(app, "10.0.0.0/8")(scope, None, send)  # type: ignore[arg-type]
    (names, within), answered = seen
    assert within == answered
    return answered, names, scope["client"][0]


async def test_every_request_gets_an_id_of_its_own():
    first, second = [(await asked(VISITOR))[0] for _ in range(2)]

    assert first != second
    assert re.fullmatch("[0-9a-f]{16}", first)
    assert "request_id" not in get_contextvars()


async def test_a_proxy_may_give_an_id_and_say_where_a_request_comes_from():
    headers = [("x-request-id", GIVEN), ("x-forwarded-for", VISITOR), ("traceparent", "00-…")]

    answered, names, client = await asked(PROXY, *headers)

    assert (answered, client) == (GIVEN, VISITOR)
    assert "traceparent" in names


async def test_nobody_else_may():
    headers = [("x-request-id", GIVEN), ("x-forwarded-for", PROXY), ("traceparent", "00-…")]

    answered, names, client = await asked(VISITOR, *headers)

    assert answered != GIVEN
    assert client == VISITOR
    assert names.keys() == {"x-forwarded-for"}


@pytest.mark.parametrize(
    "given", ["short", "x" * 65, "with space", "<script>", 'quo"te-12', "ümlaut-12", "line\nbreak"]
)
async def test_an_id_that_is_not_well_formed_is_replaced(given: str):
    answered, _, _ = await asked(PROXY, ("x-request-id", given))

    assert re.fullmatch("[0-9a-f]{16}", answered)


async def test_of_two_ids_neither_counts():
    answered, _, _ = await asked(PROXY, ("x-request-id", GIVEN), ("x-request-id", "another-1"))

    assert re.fullmatch("[0-9a-f]{16}", answered)
