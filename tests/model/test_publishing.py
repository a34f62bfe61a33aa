"""Publishing among any other deeds, one by one and at once, against the model of a diary."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.store import audit as audit_module
from domain.store.core.database import Database, Document, Key, connect
from domain.store.documents import Expert
from domain.store.experts import publishing as store
from domain.store.experts.planned import PlannedSlot
from domain.store.slots import guards
from domain.store.waitlist import offers
from tests.model.deeds import BEFORE_A_RACE, BEGINS, RACING, STEPS, Steps
from tests.model.diary import DONE, NOTHING, Deed, Diary, Outcome
from tests.model.publishing import Program, as_raced, expected, unlike
from tests.model.races import (
    BOOK,
    CANCEL,
    LATER,
    NONE,
    ONE,
    RACES,
    SEAMS_OF,
    Race,
    all_ways,
    within,
)
from tests.soak import LONG, drawn, sampled

pytestmark = sampled

SERIAL = settings(
    max_examples=drawn(8, 600), database=None, suppress_health_check=list(HealthCheck)
)
PARALLEL = settings(SERIAL, max_examples=drawn(5, 600))
PUBLISH, LAPSE = Deed("publish"), Deed("lapse")
LEAVES_CLAIMS_ALONE = {"change", "save", "kill", "declare", "revoke", "publish"}


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    """A loop of this test's own: Hypothesis calls, and does not wait."""
    with asyncio.Runner() as own:
        yield own


@pytest.fixture
def its_database(runner: asyncio.Runner, database_uri: str) -> Iterator[Database]:
    """The test's database, connected on that loop."""

    async def connected() -> Database:
        return connect(database_uri)

    found = runner.run(connected())
    yield found
    runner.run(found.close())


async def begun(database: Database, now: datetime) -> tuple[Diary, Program]:
    """Return a diary, and the program with its expert."""
    diary = Diary.published(now, BEGINS)
    return diary, await Program.of(database, diary)


async def follow(diary: Diary, program: Program, steps: Steps, *, compares: bool = True) -> None:
    """Do one after the other."""
    for step in steps:
        deed = diary.meant(step) if isinstance(step, Deed) else None
        if isinstance(step, timedelta):
            diary.now += step
            if any(time.who and time.starts_at <= diary.now for time in diary.times.values()):
                deed = LAPSE  # by itself that takes a second
        if deed is not None:
            await (compare if compares else act)(diary, program, deed)


async def act(diary: Diary, program: Program, deed: Deed) -> tuple[Outcome, Outcome]:
    """Do something in both; return what came of it in each."""
    wanted = diary.run(deed)
    outcome = NOTHING if wanted == NOTHING else await program.run(deed, diary.now)
    if deed.verb == "kill":
        seen = await program.seen(diary.now)
        diary.become(min(diary.killed(), key=lambda left: len(unlike(seen, expected(left)))))
    return outcome, wanted


async def compare(diary: Diary, program: Program, deed: Deed) -> None:
    """Do something in both, and compare what there is then."""
    before = await program.claims()
    outcome, wanted = await act(diary, program, deed)
    differences = unlike(await program.seen(diary.now), expected(diary))
    assert (deed, outcome, differences) == (deed, wanted, [])
    if deed.verb in LEAVES_CLAIMS_ALONE:
        after = await program.claims()
        both = before.keys() & after.keys()
        assert {key: after[key] for key in both} == {key: before[key] for key in both}


def test_an_experts_times_are_what_the_model_says(runner, its_database, now):
    async def play(steps: Steps) -> None:
        diary, program = await begun(its_database, now)
        await follow(diary, program, steps)

    @SERIAL
    @given(STEPS)
    def check(steps: Steps) -> None:
        runner.run(play(steps))

    check()


async def unexplained(
    diary: Diary, program: Program, deeds: list[Deed], outcomes: list[Outcome]
) -> list[list[str]]:
    """Return what is different in each way that leads somewhere else; nothing if one does not."""
    await program.run(PUBLISH, diary.now)
    seen, found = as_raced(await program.seen(diary.now)), []
    for end, wanted in all_ways(diary, deeds):
        end.run(PUBLISH)
        answers = [
            f"{deed}: {outcome}, not {other}"
            for deed, outcome, other in zip(deeds, outcomes, wanted, strict=True)
            if (outcome == DONE) is not (other == DONE)
        ]
        found.append(answers + unlike(seen, as_raced(expected(end))))
    return found if all(found) else []


async def one_within_the_other(
    database: Database, now: datetime, race: Race, at: int
) -> tuple[str, list[list[str]]]:
    """Do the second of two things at a seam of the first; return the seam, and what is wrong."""
    diary, program = await begun(database, now)
    await follow(diary, program, race.steps, compares=False)
    deeds = [diary.meant(race.first), diary.meant(race.second)]
    first, second = (partial(program.run, deed, diary.now) for deed in deeds)
    seam, *outcomes = await within(first, second, at=at)
    return seam, await unexplained(diary, program, deeds, outcomes)


@pytest.mark.parametrize("race", RACES if LONG else RACES[::3], ids=str)
def test_wherever_one_comes_within_another_they_end_as_in_sequence(
    runner, its_database, now, race: Race
):
    seams = []
    for at in count():
        seam, wrong = runner.run(one_within_the_other(its_database, now, race, at))
        assert (seam, wrong) == (seam, [])
        if not seam:
            break
        seams.append(seam)
    assert seams == SEAMS_OF[race.first]


def test_one_deed_within_another_ends_as_in_sequence(runner, its_database, now):
    @PARALLEL
    @given(BEFORE_A_RACE, RACING, RACING, st.integers(0, 4))
    def check(steps: Steps, first: Deed, second: Deed, at: int) -> None:
        race = Race(steps, first, second)
        _, wrong = runner.run(one_within_the_other(its_database, now, race, at))
        assert wrong == []

    check()


def test_deeds_at_once_end_as_some_sequence_of_them_does(runner, its_database, now):
    async def play(steps: Steps, deeds: list[Deed]) -> None:
        diary, program = await begun(its_database, now)
        await follow(diary, program, steps, compares=False)
        meant = [diary.meant(deed) for deed in deeds]
        outcomes = await asyncio.gather(*(program.run(deed, diary.now) for deed in meant))
        assert await unexplained(diary, program, meant, outcomes) == []

    @PARALLEL
    @given(BEFORE_A_RACE, st.lists(RACING, min_size=2, max_size=3))
    def check(steps: Steps, deeds: list[Deed]) -> None:
        runner.run(play(steps, deeds))

    check()


def without_the_revision(patch: pytest.MonkeyPatch) -> list[Key]:
    """Carry out a plan whatever hours it was made by; return whose, as it is done."""
    carry_out, reached = store.carry_out, []

    async def carried_out(database: Database, expert: Expert, *given: Any, **options: Any) -> bool:
        current = await database.engine.find_one(Expert, {"_id": expert.id})
        assert current is not None
        expert.plan_rev = current.plan_rev
        reached.append(expert.id)
        return await carry_out(database, expert, *given, **options)

    patch.setattr(store, "carry_out", carried_out)
    return reached


def without_the_guard(patch: pytest.MonkeyPatch) -> list[Key]:
    """Change a slot whoever has it by now; return which, as it is done."""
    reached: list[Key] = []

    def as_read(slot: PlannedSlot) -> Document:
        reached.append(slot.id)
        return {"_id": slot.id}

    patch.setattr(store, "_as_read", as_read)
    return reached


def without_the_mark(patch: pytest.MonkeyPatch) -> list[datetime]:
    """Open a slot that retires when it comes free; return when, as it is done."""
    reached: list[datetime] = []

    def freed(now: datetime, *, retiring: bool) -> Document:
        if retiring:
            reached.append(now)
        return guards.freed(now, retiring=False)

    patch.setattr(offers, "freed", freed)
    return reached


@pytest.mark.parametrize(
    ("without", "race", "seam"),
    [
        (without_the_revision, Race([NONE], ONE, LATER), "carry_out"),
        (without_the_guard, Race([], NONE, BOOK), "carry_out"),
        (without_the_mark, Race([BOOK], NONE, CANCEL), "note_planned"),
    ],
)
def test_the_model_sees_what_happens_without_a_guard(
    runner, its_database, now, monkeypatch, *, without, race, seam
):
    """The negative control."""
    monkeypatch.setattr(audit_module, "SECOND_LOOK_AFTER_S", 0)
    reached = without(monkeypatch)

    at = SEAMS_OF[race.first].index(seam)
    found, wrong = runner.run(one_within_the_other(its_database, now, race, at))

    assert found == seam
    assert reached != []
    assert wrong != []
