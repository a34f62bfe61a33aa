"""Importing: does what a plan has shown, row by row, and nothing else."""

import secrets
from datetime import datetime

from domain.acts import on_expert
from domain.admin.sheets.columns import NOT_PERSONAL, texts_of
from domain.admin.sheets.plans import ImportPlan, RowAction, RowPlan
from domain.desk.mornings import follow_zone
from domain.rules import profiles as rules
from domain.rules.errors import Code, Refusal
from domain.rules.log import Action, Actor, FieldChange, NewEntry
from domain.store.core.database import Database
from domain.store.core.transactions import MOST_READS
from domain.store.documents import Expert
from domain.store.experts import importing as store
from domain.store.experts import reading as experts


class PlanChanged(Refusal):
    """PLAN_CHANGED, with the plan as it is by now."""

    def __init__(self, plan: ImportPlan) -> None:
        super().__init__(Code.PLAN_CHANGED)
        self.plan = plan


async def carry_out(
    database: Database, plan: ImportPlan, shown: str, *, by: Actor, now: datetime
) -> list[RowPlan]:
    """Do what a plan says, if it is the one that was shown.

    Each row is done as a whole or not at all. Killed half-way, the same file does the rest. Times
    follow in the background.

    Args:
        database: Where experts are kept.
        plan: As made for this request.
        shown: The digest of the plan that was shown.
        by: Who imports.
        now: The present instant.

    Returns:
        The rows that were not done, since their experts have changed in the meantime.

    Raises:
        PlanChanged: The plan is no longer what was shown; nothing was done.
        Refusal: BUSY: some rows may be done.
    """
    if plan.digest != shown:
        raise PlanChanged(plan)
    left = []
    for row in plan.rows:
        is_done = True
        if row.action is RowAction.ADD and row.after is not None:
            is_done = await _add(database, row, row.after, by, now)
        elif row.action is RowAction.CHANGE and row.before is not None:
            is_done = await _change(database, row, row.before, by, now)
        if not is_done:
            left.append(row)
    return left


async def _add(database: Database, row: RowPlan, expert: Expert, by: Actor, now: datetime) -> bool:
    act = _act(Action.EXPERT_ADDED, row, expert, by, now)
    if row.names_slug:
        return await store.add(database, expert, act)
    for number in (None, *(secrets.randbelow(9_000) + 1_000 for _ in range(MOST_READS))):
        slug = rules.slug_of(expert.name, number)
        named = expert.model_copy(update={"slug": slug, "slugs": [slug]})
        if await store.add(database, named, act):
            return True
    return False


async def _change(
    database: Database, row: RowPlan, before: Expert, by: Actor, now: datetime
) -> bool:
    """Change an expert who still is as the plan says; what it doesn't say may be otherwise."""
    act = _act(Action.EXPERT_CHANGED, row, before, by, now)
    for _ in range(MOST_READS):
        expert = await experts.find(database, before.id)
        if expert is None or texts_of(expert) != texts_of(before):
            return False
        if await store.change(database, expert, row.fields, act):
            if "zone" in row.fields:
                await follow_zone(database, expert.model_copy(update=dict(row.fields)), now=now)
            return True
    return False


def _act(action: Action, row: RowPlan, expert: Expert, by: Actor, now: datetime) -> NewEntry:
    changes = [
        FieldChange(one.column, one.before, one.after)
        if one.column in NOT_PERSONAL
        else FieldChange.of_personal(one.column)
        for one in row.changes
    ]
    return on_expert(by, action, expert.id, now, changes)
