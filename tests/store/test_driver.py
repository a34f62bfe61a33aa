"""A cancelled wait leaves the driver's lock with its owner."""

import asyncio

import pytest
from pymongo import lock as locks

from domain.store.core.driver import mend_waits
from tests.waiting import until

A_MOMENT_S = 0.01


@pytest.fixture(autouse=True)
def mended() -> None:
    mend_waits()


async def test_who_is_cancelled_while_the_lock_is_anothers_does_not_give_it_away():
    lock = locks._async_create_lock()
    changed = locks._async_create_condition(lock)
    waits = asyncio.Event()

    async def wait_for_a_change() -> None:
        async with lock:
            waits.set()
            await locks._async_cond_wait(changed, A_MOMENT_S)

    waiting = asyncio.create_task(wait_for_a_change())
    await waits.wait()
    async with lock:  # free, since it waits
        await until(lambda: bool(lock._waiters))  # it has waited long enough, and wants it back
        waiting.cancel()
        await asyncio.sleep(A_MOMENT_S)
        assert not waiting.done()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not lock.locked()


async def test_a_wait_that_takes_too_long_ends_with_the_lock():
    lock = locks._async_create_lock()
    changed = locks._async_create_condition(lock)

    async with lock:
        assert not await locks._async_cond_wait(changed, A_MOMENT_S)
        assert lock.locked()
