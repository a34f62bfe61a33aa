"""Experts as files: taken out, looked at row by row, and put in again."""

import json
import re
from html import unescape

import httpx
import pytest

from domain.admin.sheets.columns import COLUMNS
from domain.rules.notices import Kind
from domain.rules.sheets import MOST_BYTES
from domain.rules.texts import isolated
from domain.store.documents import Expert
from domain.store.documents.profiles import ExpertStatus
from tests.web.conftest import Site
from tests.web.mailed import address, mailed_text
from tests.web.visitors import Visitor

SHARES_SITE = True
IMPORT = "/admin/import"


async def look(boss: Visitor, data: bytes) -> httpx.Response:
    """Choose a file, and see what it would do."""
    await boss.arrive()
    return await boss.client.post(IMPORT, files={"file": ("experts.csv", data, "text/csv")})


def form_in(page: httpx.Response) -> dict[str, str]:
    """Return the form by which a plan is carried out."""
    found = {
        name: unescape(value)
        for name, value in re.findall(r'name="(rows|shown)" value="([^"]*)"', page.text)
    }
    assert found.keys() == {"rows", "shown"}
    return found


async def headline_of(site: Site, expert: Expert) -> str:
    found = await site.database.engine.find_one(Expert, {"_id": expert.id})
    assert found is not None
    return found.headline


async def test_a_file_is_shown_row_by_row_and_then_done(site: Site, boss: Visitor):
    mail, expert = address(), await site.expert(email=address(), headline="Old")
    rows = (
        f"slug;name;email;category;headline\r\n{expert.slug};;;;New & <b>\r\n"
        f";Ada Ames;{mail};Legal;\r\n;Bea;nobody;Legal;\r\n"
    )
    rows = rows.replace(";;;;New", f";{expert.name};{expert.email};{expert.category};New")

    page = await look(boss, rows.encode())

    assert page.status_code == 200
    for said in ("Line 2", "Old", "New &amp; &lt;b&gt;", "Line 3", "Ada Ames", "Line 4"):
        assert said in page.text
    assert "Enter an e-mail address like ann@example.org." in page.text
    assert await headline_of(site, expert) == "Old"
    done = await boss.post(IMPORT, form_in(page))
    assert done.headers["location"] == "/admin/import?done=imported"
    assert await headline_of(site, expert) == "New & <b>"
    assert len(await site.database.engine.find(Expert, {"address": mail})) == 1


async def test_an_imported_address_is_told_and_so_is_the_one_before(site: Site, boss: Visitor):
    old, new = address(), address()
    expert = await site.expert(email=old, languages=["de"])

    page = await look(boss, f"slug,email\n{expert.slug},{new}\n".encode())
    await boss.post(IMPORT, form_in(page))

    assert "Both addresses get an e-mail about it." in page.text
    told, greeted = [await mailed_text(site, to, Kind.ADDRESS_CHANGE) for to in (old, new)]
    assert f"gehen ab jetzt an {isolated(new)}" in told
    assert f"{site.url}/desk" not in told
    assert "Ihren Arbeitsplatz öffnen Sie mit dieser Adresse" in greeted
    assert f"{site.url}/desk" in greeted


async def test_what_has_changed_since_it_was_shown_is_shown_again(site: Site, boss: Visitor):
    expert = await site.expert(email=address(), headline="Old")
    page = await look(boss, f"slug,headline\n{expert.slug},New".encode())
    other = await look(boss, f"slug,headline\n{expert.slug},Meanwhile".encode())
    await boss.post(IMPORT, form_in(other))

    answer = await boss.post(IMPORT, form_in(page))

    assert answer.status_code == 409
    assert "Meanwhile" in answer.text
    assert await headline_of(site, expert) == "Meanwhile"
    assert (await boss.post(IMPORT, form_in(answer))).status_code == 303
    assert await headline_of(site, expert) == "New"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"shoe\n1", "There is no column"),
        (b"x" * (MOST_BYTES + 1), "it can have 1 MB at most"),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_in_words(boss: Visitor, data, said: str):
    answer = await look(boss, data)

    assert (answer.status_code, said in answer.text) == (422, True)


@pytest.mark.parametrize("form", [{}, {"rows": "?!", "shown": "x"}, {"shown": "x"}])
async def test_a_form_without_a_file_asks_for_one(boss: Visitor, form: dict[str, str]):
    answer = await boss.post(IMPORT, form)

    assert (answer.status_code, "Choose a file first." in answer.text) == (422, True)


async def test_an_upload_that_is_far_too_large_is_not_read(boss: Visitor):
    answer = await look(boss, b"x" * (3 * MOST_BYTES))

    assert answer.status_code == 413


async def test_exports_can_be_imported_and_leave_out_who_was_removed(site: Site, boss: Visitor):
    mail = address()
    expert = await site.expert(email=mail, headline="=HYPERLINK(1)")
    for status in (ExpertStatus.REMOVED, ExpertStatus.INVITED, ExpertStatus.DRAFT):
        await site.expert(email=mail, name="Long Gone", status=status, slug=f"{mail[4:12]}{status}")

    sheet = await boss.get("/admin/experts.csv")
    document = await boss.get("/admin/experts.json")

    assert sheet.headers["content-disposition"] == 'attachment; filename="experts.csv"'
    assert sheet.content.startswith(b"\xef\xbb\xbfslug,status,email")
    assert "'=HYPERLINK(1)" in sheet.text
    assert "Long Gone" not in sheet.text + document.text
    (found,) = [one for one in json.loads(document.text) if one["slug"] == expert.slug]
    assert (found["headline"], found["email"]) == ("=HYPERLINK(1)", mail)
    page = await look(boss, sheet.content)
    assert "Import as shown" not in page.text
    assert (await boss.get("/admin/experts.csv?lang=de")).text.startswith("\ufeffslug;status")


async def test_the_page_names_every_column(boss: Visitor):
    page = await boss.get(IMPORT)

    assert [column for column in COLUMNS if f"<code>{column}</code>" not in page.text] == []
