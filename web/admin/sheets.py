"""Experts as files: all of them taken out, and others put in, first as a plan."""

from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from json import dumps
from typing import ClassVar

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.response import Stream, Template

from domain.admin.sheets import exporting, importing, planning
from domain.admin.sheets.columns import COLUMNS
from domain.admin.sheets.plans import ImportPlan, RowAction, RowPlan
from domain.desk.newcomers import Beginnings
from domain.rules.errors import Code, Refusal, Sentence
from domain.rules.log import Action
from domain.rules.sheets import MOST_BYTES
from web.admin.access import Administration
from web.admin.downloads import download
from web.http.forms import read_field
from web.http.frames import Reply
from web.http.outcomes import outcome_of
from web.i18n.languages import marked as _

ADDRESS = "/admin/import"

_BODY_BYTES = 2 * MOST_BYTES
"""A plan's form carries its file in Base64, which makes it longer by a third."""

_ACTIONS: Mapping[RowAction, str] = {
    RowAction.ADD: _("New"),
    RowAction.CHANGE: _("Changes"),
    RowAction.KEEP: _("Stays"),
    RowAction.REFUSE: _("Refused"),
}


@dataclass(frozen=True)
class ImportPage:
    """What the page shows."""

    plan: ImportPlan | None
    file: str
    """The file that the plan is of, in Base64."""
    left: tuple[RowPlan, ...]
    """Rows that were not done, since their experts changed at that moment."""
    done: bool
    errors: Mapping[str, Sentence]
    actions: ClassVar = _ACTIONS
    columns: ClassVar = COLUMNS
    limit_mb: ClassVar = MOST_BYTES // 1024**2


def _show(
    admin: Administration,
    data: bytes = b"",
    plan: ImportPlan | None = None,
    refusal: Refusal | None = None,
    left: tuple[RowPlan, ...] = (),
) -> Template:
    page = ImportPage(
        plan=plan,
        file=b64encode(data).decode() if plan else "",
        left=left,
        done=admin.visit.query("done") == "imported",
        errors=refusal.fields if refusal else {},
    )
    return admin.show("import", view=page, refusal=refusal)


@get(ADDRESS, name="admin_import")
async def import_page(admin: NamedDependency[Administration]) -> Template:
    """Show the form, and which columns a file can have."""
    return _show(admin)


async def _file(admin: Administration) -> bytes:
    """Return the file that was chosen, or that the form of a plan brings back."""
    form = await admin.visit.request.form()
    files = [one for one in form.getall("file", []) if isinstance(one, UploadFile)]
    kept = await read_field(admin.visit.request, "rows")
    if kept is not None:
        try:
            return b64decode(kept, validate=True)
        except Error as error:
            raise _missing() from error
    if len(files) != 1 or not files[0].filename:
        raise _missing()
    return await files[0].read()


def _missing() -> Refusal:
    return Refusal(Code.FORM_INVALID, fields={"file": Sentence("Choose a file first.")})


async def _plan(admin: Administration) -> tuple[bytes, ImportPlan]:
    visit, data = admin.visit, await _file(admin)
    begins = Beginnings(visit.zone(), visit.language)
    return data, await planning.plan_import(visit.database, data, begins, now=visit.now)


@post(ADDRESS, name="import_experts", request_max_body_size=_BODY_BYTES)
async def import_experts(admin: NamedDependency[Administration]) -> Reply:
    """Show what a file would do; sent again with what was shown, do exactly that."""
    planned = await outcome_of(admin.visit, _plan(admin))
    if isinstance(planned, Refusal):
        return _show(admin, refusal=planned)
    data, plan = planned
    shown = await read_field(admin.visit.request, "shown")
    if shown is None:
        return _show(admin, data, plan)
    act = importing.carry_out(admin.visit.database, plan, shown, by=admin.by, now=admin.visit.now)
    left = await outcome_of(admin.visit, act)
    admin.visit.services.mailer.wake()
    if isinstance(left, Refusal):
        return _show(admin, data, plan, refusal=left)
    if left:
        return _show(admin, left=tuple(left))
    return admin.visit.go_to(f"{ADDRESS}?done=imported")


@get("/admin/experts.csv", name="experts_csv")
async def experts_csv(admin: NamedDependency[Administration]) -> Stream:
    """Send everyone who has a page, as a file that can be imported."""
    separator = ";" if admin.visit.language == "de" else ","
    rows = exporting.rows_of_everyone(admin.visit.database, separator)
    return await download(admin, Action.EXPERTS_DOWNLOADED, "experts.csv", rows)


async def _json(admin: Administration) -> AsyncIterator[str]:
    """Yield a JSON array, one expert after the other."""
    begins = "["
    async for expert in exporting.everyone(admin.visit.database):
        yield f"{begins}\n{dumps(expert, ensure_ascii=False)}"
        begins = ","
    yield "[]\n" if begins == "[" else "\n]\n"


@get("/admin/experts.json", name="experts_json")
async def experts_json(admin: NamedDependency[Administration]) -> Stream:
    """Send everyone who has a page, as JSON."""
    action, kind = Action.EXPERTS_DOWNLOADED, "application/json"
    return await download(admin, action, "experts.json", _json(admin), media_type=kind)


SHEETS = (import_page, import_experts, experts_csv, experts_json)
