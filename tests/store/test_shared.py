import asyncio

import pytest

from domain.store.core.shared import Shared


class Work:
    """Work that runs until it is let go, and counts how often it ran."""

    def __init__(self) -> None:
        self.begun = 0
        self.may_end = asyncio.Event()

    async def __call__(self) -> int:
        self.begun += 1
        run = self.begun
        await self.may_end.wait()
        return run


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_a_thousand_who_ask_at_once_share_one_answer():
    shared, work = Shared[int](), Work()
    work.may_end.set()

    answers = await asyncio.gather(*(shared.ask("key", work) for _ in range(1000)))

    assert set(answers) == {1}


async def test_who_asks_while_work_runs_gets_the_next_answer():
    shared, work = Shared[int](), Work()
    early = asyncio.create_task(shared.ask("key", work))
    await turns()
    late = [asyncio.create_task(shared.ask("key", work)) for _ in range(3)]
    await turns()

    assert work.begun == 1
    work.may_end.set()
    assert await early == 1
    assert await asyncio.gather(*late) == [2, 2, 2]


async def test_different_questions_run_side_by_side():
    shared, work = Shared[int](), Work()
    tasks = [asyncio.create_task(shared.ask(key, work)) for key in "ab"]
    await turns()

    assert work.begun == 2
    work.may_end.set()
    await asyncio.gather(*tasks)


async def test_one_who_leaves_stops_nobody_elses_work():
    shared, work = Shared[int](), Work()
    leaver, stayer = (asyncio.create_task(shared.ask("key", work)) for _ in range(2))
    await turns()
    leaver.cancel()
    await turns()
    work.may_end.set()

    assert await stayer == 1


async def test_a_failure_reaches_all_who_asked_and_the_next_begins_anew():
    shared = Shared[int]()

    async def fail() -> int:
        raise ConnectionError

    async def succeed() -> int:
        return 7

    for answer in await asyncio.gather(
        *(shared.ask("key", fail) for _ in range(3)), return_exceptions=True
    ):
        assert isinstance(answer, ConnectionError)
    assert await shared.ask("key", succeed) == 7


async def test_stopping_ends_work_that_runs_and_work_that_waits():
    shared, work = Shared[int](), Work()
    running = asyncio.create_task(shared.ask("key", work))
    await turns()
    waiting = asyncio.create_task(shared.ask("key", work))
    await turns()

    await shared.stop()

    for task in (running, waiting):
        with pytest.raises(asyncio.CancelledError):
            await task
