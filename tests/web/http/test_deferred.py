"""What is deferred is done when the layers that led to it have let go."""

from typing import Any

import pytest

from web.http.deferred import defer, doing_what_is_deferred

# ruff: noqa: ARG001 - an application is given more than these need


async def test_it_is_done_outside_the_layers_and_sends_as_they_would():
    done: list[str] = []

    async def rest(send: Any) -> None:
        await send("rest")

    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert defer(scope, rest)
        done.append("answered")

    async def layer(scope: Any, receive: Any, send: Any) -> None:
        await app(scope, receive, send)
        done.append("let go")

    async def send(message: Any) -> None:
        done.append(message)

    await doing_what_is_deferred(layer)({"state": {}}, None, send)  # type: ignore[arg-type]

    assert done == ["answered", "let go", "rest"]


async def test_nothing_can_be_deferred_where_nobody_would_do_it():
    async def rest(send: Any) -> None:
        raise AssertionError

    assert not defer({"state": {}}, rest)


async def test_an_error_in_it_is_the_answers():
    async def rest(send: Any) -> None:
        raise ZeroDivisionError

    async def app(scope: Any, receive: Any, send: Any) -> None:
        defer(scope, rest)

    with pytest.raises(ZeroDivisionError):
        await doing_what_is_deferred(app)({"state": {}}, None, None)  # type: ignore[arg-type]
