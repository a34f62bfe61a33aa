import asyncio

import pytest

from domain.store.core import background


async def test_a_task_that_loses_a_cancellation_is_cancelled_again(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(background, "_AGAIN_S", 0.01)
    lost: list[asyncio.CancelledError] = []

    async def goes_on() -> None:
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError as cancelled:
                if lost:
                    raise
                lost.append(cancelled)

    task = asyncio.create_task(goes_on())
    await asyncio.sleep(0)

    await background.end(task)

    assert task.cancelled()
    assert lost


async def test_how_a_task_ends_is_its_own_affair():
    async def fails() -> None:
        raise ValueError

    task = asyncio.create_task(fails())

    await background.end(task)

    assert task.done()


async def test_nothing_to_end_ends_at_once():
    await background.end()
