"""Publishing: makes an expert's slots what their hours ask for, as often as it is run."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.discovery import catalogue
from domain.rules import plan as plan_rules
from domain.rules.errors import Code, Refusal
from domain.rules.plan import Plan
from domain.store.core.database import Database, Key
from domain.store.documents import Expert
from domain.store.documents.hours import WorkingHours
from domain.store.experts import publishing as store
from domain.store.experts.diaries import first_day_unplanned, pause_of, targets_of, today_of
from domain.store.experts.holidays import kept_through
from domain.store.experts.planned import PlannedSlot, planned_slots
from domain.store.slots import fullness

_STEPS_AT_ONCE = 150
_MOST_PLANS = 20
"""How many times to plan again when something changes meanwhile."""
_UNSETTLED_AT_ONCE = 100


@dataclass
class Published:
    """How many slots a publication has changed."""

    added: int = 0
    reopened: int = 0
    changed: int = 0
    withdrawn: int = 0

    @property
    def new(self) -> int:
        """How many times visitors find that they did not find before."""
        return self.added + self.reopened

    def count(self, part: Plan[PlannedSlot]) -> None:
        """Count what was carried out."""
        self.added += len(part.add)
        self.reopened += len(part.reopen)
        self.changed += len(part.change)
        self.withdrawn += len(part.withdraw)


async def plan_of(
    database: Database, expert: Expert, hours: WorkingHours, *, now: datetime
) -> Plan[PlannedSlot]:
    """Return what these hours would make of an expert's slots. Changes nothing."""
    slots = await planned_slots(database, expert.id, now)
    return plan_for(slots, expert, hours, now=now)


def plan_for(
    slots: Sequence[PlannedSlot], expert: Expert, hours: WorkingHours, *, now: datetime
) -> Plan[PlannedSlot]:
    """Return what these hours would make of the slots that an expert has."""
    wanted = targets_of(expert, hours, now)
    return plan_rules.plan(wanted, slots, pause=pause_of(hours.limits), now=now)


async def publish(database: Database, expert_id: Key, *, now: datetime) -> Published:
    """Make an expert's slots what the hours ask for. Experts without hours are left alone.

    Safe to run at any time, from any number of processes, and to kill at any step: each part of
    the plan is one transaction, and the next call does the rest.

    Raises:
        Refusal: EXPERT_UNKNOWN; BUSY, when too much comes in between: what was published stays.
    """
    done = Published()
    for _ in range(_MOST_PLANS):
        expert = await catalogue.expert_of(database, expert_id)
        if not expert.has_hours:
            return done
        if await _keep_holidays(database, expert, now):
            continue
        plan = await plan_of(database, expert, expert.hours, now=now)
        if await _carry_out(database, expert, plan, done, now=now):
            await _correct_fullness(database, expert, now=now)
            await store.note_planned(database, expert, now)
            await catalogue.refresh_next_free(database, expert_id, now)
            return done
    raise Refusal(Code.BUSY)


async def _keep_holidays(database: Database, expert: Expert, now: datetime) -> bool:
    """Keep the holidays of years that the plan reaches now; say whether there are any.

    Once times of a year are published, no news of its holidays withdraws any.
    """
    today = today_of(expert, now)
    before = expert.hours.holidays
    kept = kept_through(before, first_day_unplanned(expert, today).year, today)
    if kept == before:
        return False
    hours = expert.hours.model_copy(update={"holidays": kept})
    await store.save_hours(database, expert, expert.model_copy(update={"hours": hours}))
    return True


async def _carry_out(
    database: Database, expert: Expert, plan: Plan[PlannedSlot], done: Published, *, now: datetime
) -> bool:
    """Carry out a plan part by part; return False if something changed meanwhile."""
    for part in plan_rules.parts(plan, most=_STEPS_AT_ONCE):
        if not await store.carry_out(database, expert, part, now=now):
            return False
        expert.plan_rev += 1
        done.count(part)
    return True


async def _correct_fullness(database: Database, expert: Expert, *, now: datetime) -> None:
    """Correct which slots count as full: limits or zone may have changed."""
    starts = await fullness.miscounted(database, expert, now)
    for first in range(0, len(starts), _STEPS_AT_ONCE):
        few = starts[first : first + _STEPS_AT_ONCE]
        await fullness.correct(database, expert.id, few, now=now)


async def forget_passed(database: Database, *, now: datetime) -> None:
    """Delete slots that are no longer needed."""
    await store.forget_passed(database, now)


async def publish_unsettled(database: Database, *, now: datetime) -> None:
    """Plan experts again whose retiring slots have come free."""
    for expert_id in await store.unsettled(database, now, limit=_UNSETTLED_AT_ONCE):
        await publish(database, expert_id, now=now)


async def publish_next(database: Database, *, now: datetime) -> bool:
    """Plan one expert who is due; return whether there was one."""
    expert_id = await store.claim_due(database, now)
    if expert_id is None:
        return False
    await publish(database, expert_id, now=now)
    return True
