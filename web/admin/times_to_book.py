"""Choosing expert and time for somebody else: experts by name, and an expert's times."""

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Template

from domain.admin import booking_search
from domain.booking import holds
from domain.rules import slots
from domain.rules.errors import Code, Refusal
from domain.store.core.database import Key
from domain.store.documents import Expert, Slot
from domain.store.experts import reading as experts
from web.admin.access import Administration
from web.admin.claim_paths import paths_to_book_for
from web.booking.alternatives import GoneSlot, alternatives_of_expert
from web.booking.tally import ClaimKind, tallied
from web.experts.picker import picker_of
from web.experts.views import Picker
from web.http.forms import read_form, slot_key_in
from web.http.frames import Reply
from web.http.outcomes import outcome_of
from web.http.visits import Visit, key_in_address

_MOST_EXPERTS = 50


async def listed_expert(visit: Visit, slug: str) -> Expert:
    """Return a listed expert.

    Raises:
        Refusal: EXPERT_UNKNOWN.
    """
    expert = await visit.directory.find_by_slug(slug)
    if expert is None or not expert.listed:
        raise Refusal(Code.EXPERT_UNKNOWN)
    return expert


async def slot_of(visit: Visit, expert: Expert, key: Key) -> Slot:
    """Return a slot of an expert.

    Raises:
        Refusal: SLOT_UNKNOWN.
    """
    slot = await holds.slot_to_claim(visit.database, key)
    if slot.expert_id != expert.id:
        raise Refusal(Code.SLOT_UNKNOWN)
    return slot


async def picker_for(visit: Visit, expert: Expert) -> Picker:
    """Gather an expert's times; nobody waits for one on somebody's behalf."""
    picker = await picker_of(visit, expert, paths=paths_to_book_for(expert))
    return replace(picker, can_wait=False, place=None, offer=None)


@get("/admin/bookings/new", name="admin_book_for")
async def choose_expert(admin: NamedDependency[Administration]) -> Reply:
    """Ask with whom, and list those whose names begin like that."""
    visit, text = admin.visit, admin.visit.query("expert").strip()
    keys = await booking_search.keys_of_experts(visit.database, text) if text else []
    found = await experts.find_many(visit.database, keys[:_MOST_EXPERTS])
    listed = [expert for expert in found.values() if expert.listed]
    if len(listed) == 1:
        return visit.go_to(paths_to_book_for(listed[0]).page)
    ordered = sorted(listed, key=lambda expert: (expert.sort_name, expert.slug))
    return admin.show("choose_expert", asked=text, found=ordered)


@get("/admin/bookings/new/{slug:str}/slots", name="admin_slots_for")
async def slots_for(admin: NamedDependency[Administration], slug: FromPath[str]) -> Template:
    """Show the times alone."""
    expert = await listed_expert(admin.visit, slug)
    view = await picker_for(admin.visit, expert)
    return admin.visit.show("experts/_times_and_hold", view=view)


@get("/admin/bookings/new/{slug:str}/slots/{slot_id:str}/alternatives", name="admin_others_for")
async def alternatives_for_somebody(
    admin: NamedDependency[Administration], slug: FromPath[str], slot_id: FromPath[str]
) -> Template:
    """Show what to book instead of a slot; nothing if it is free after all."""
    visit = admin.visit
    expert = await listed_expert(visit, slug)
    slot = await slot_of(visit, expert, key_in_address(slot_id))
    is_free = slots.is_free(slot, visit.now)
    gone = GoneSlot(
        expert=expert,
        zone=visit.zone(expert.zone),
        paths=paths_to_book_for(expert),
        slot=None if is_free else slot,
        alternatives=None if is_free else await alternatives_of_expert(visit, slot, expert),
    )
    return visit.show("booking/_gone", view=gone)


@post("/admin/bookings/new/{slug:str}/holds", name="admin_hold_for")
async def hold_for_somebody(
    admin: NamedDependency[Administration], slug: FromPath[str]
) -> Response[Any]:
    """Hold a time and go on to the form, which says so if it is gone."""
    visit, expert = admin.visit, await listed_expert(admin.visit, slug)
    key = slot_key_in(await read_form(visit.request))
    holder, hold_for = visit.session.visitor_id, visit.settings.hold_for
    call = holds.hold(
        visit.database,
        key,
        holder,
        now=visit.now,
        hold_for=hold_for,
        directory=visit.directory,
    )
    outcome = await outcome_of(visit, tallied(ClaimKind.HOLD, call))
    if isinstance(outcome, Refusal) and outcome.code is not Code.SLOT_TAKEN:
        raise outcome
    return visit.go_to(paths_to_book_for(expert).form(key))


@post("/admin/bookings/new/{slug:str}/holds/release", name="admin_release_for")
async def release_for_somebody(
    admin: NamedDependency[Administration], slug: FromPath[str]
) -> Response[Any]:
    """Release a hold, and go back to choosing a time."""
    visit, expert = admin.visit, await listed_expert(admin.visit, slug)
    key = slot_key_in(await read_form(visit.request))
    await holds.release(visit.database, key, visit.session.visitor_id, now=visit.now)
    return visit.go_to(paths_to_book_for(expert).page)


TIMES_TO_BOOK = (
    *(choose_expert, slots_for, alternatives_for_somebody),
    *(hold_for_somebody, release_for_somebody),
)
