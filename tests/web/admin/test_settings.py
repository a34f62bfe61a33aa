"""The settings over HTTP: the face, its logo, the fields of expertise and the legal pages."""

import re

import httpx
import pytest

from domain.site.changes import current
from domain.site.fields import count_experts
from domain.store.documents.site import Site as Kept
from tests.pictures import picture
from tests.web.admin.signing_in import add_administrator, administering
from tests.web.conftest import Site
from tests.web.visitors import Visitor

FACE = {
    "rev": "0",
    "name": "Chamber",
    "has_accent": "on",
    "accent": "#ff0000",
    "language": "en",
    "offers_en": "on",
    "offers_de": "on",
}
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>'


@pytest.fixture(autouse=True)
async def untouched(site: Site) -> None:
    """Each test begins with the program's own face."""
    await site.database.collection(Kept).delete_many({})


async def face_of(site: Site, **typed: str) -> dict[str, str]:
    """A form that goes by the face as it is."""
    return {**FACE, "rev": str((await current(site.database)).face_rev), **typed}


async def send_logo(boss: Visitor, data: bytes) -> httpx.Response:
    files = {"logo": ("logo", data, "image/png")}
    return await boss.post("/admin/settings/logo", files=files)


async def test_a_colour_is_shown_with_what_becomes_of_it_before_and_after_it_is_saved(
    site: Site, boss: Visitor
):
    before = await boss.post("/admin/settings/accent", FACE)
    part = {"HX-Request": "true", "HX-Request-Type": "partial"}
    fragment = await boss.post("/admin/settings/accent", FACE, headers=part)
    assert (await current(site.database)).rev == 0
    await boss.post("/admin/settings", FACE)
    after = await boss.get("/admin/settings")

    for page in (before, fragment, after):
        assert "You chose #ff0000." in page.text
        assert "#c8110a, so that it can be read." in page.text
        assert re.search(r"Contrast: 4\.5 : 1 as text, 5\.9 : 1 under text\.", page.text)
    assert "<html" not in fragment.text


async def test_nothing_typed_is_lost_when_it_is_refused(site: Site, boss: Visitor):
    form = await face_of(site, name="", tagline_de="Fragt <uns>", email="nobody", offers_de="")

    answer = await boss.post("/admin/settings", form)

    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert 'id="email-error"' in answer.text
    assert 'value="Fragt &lt;uns&gt;"' in answer.text
    assert 'value="nobody"' in answer.text
    assert not re.search(r'id="offers_de"[^>]*checked', answer.text)
    assert (await current(site.database)).rev == 0


async def test_two_administrators_at_once_lose_nothing(site: Site, boss: Visitor):
    async with administering(site, await add_administrator(site)) as other:
        form = await face_of(site, name="First", tagline_en="Hers")
        assert (await other.post("/admin/settings", form)).status_code == 303

    late = await boss.post("/admin/settings", {**form, "name": "Second", "has_accent": ""})
    again = await boss.post("/admin/settings", await face_of(site, name="Second"))

    assert late.status_code == 409
    assert "These settings have changed meanwhile" in late.text
    assert 'value="Second"' in late.text
    assert 'id="name-meanwhile"' in late.text
    assert 'id="has_accent-meanwhile"' in late.text
    assert 'id="tagline_en-meanwhile"' not in late.text
    assert '<input type="hidden" name="rev" value="1">' in late.text
    assert again.status_code == 303


async def test_a_logo_is_shown_on_every_page_and_can_do_nothing(boss: Visitor, ann: Visitor):
    hostile = DRAWING.replace(b"<path", b"<script>alert(1)</script><path onclick='alert(1)'")
    assert (await send_logo(boss, hostile)).headers["location"] == "/admin/settings?done=logo"

    page = await ann.get("/experts")
    address = re.search(r'class="wordmark__logo"\s+src="(/site/logo\?v=\w+)"', page.text)
    assert address
    logo = await ann.get(address[1])

    assert logo.headers["content-type"] == "image/svg+xml"
    assert b"alert" not in logo.content
    policy = logo.headers["content-security-policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert logo.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in logo.headers["cache-control"]
    assert "no-cache" in (await ann.get("/site/logo?v=old")).headers["cache-control"]

    await boss.post("/admin/settings/logo/remove")
    assert (await ann.get(address[1])).status_code == 404
    assert "/site/logo" not in (await ann.get("/experts")).text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (picture("PNG") + bytes(2 * 1024 * 1024), "Choose a picture of up to 2 MB."),
        (b"GIF89a", "Choose an SVG or PNG picture."),
        (b"", "Choose a picture first."),
    ],
)
async def test_a_picture_that_is_none_is_refused_in_words(boss: Visitor, data, words):
    answer = await send_logo(boss, data)

    assert answer.status_code == 422
    assert words in answer.text


async def test_an_upload_beyond_all_bounds_is_cut_off(boss: Visitor):
    assert (await send_logo(boss, bytes(4 * 1024 * 1024))).status_code == 413


async def test_fields_of_expertise_are_those_that_visitors_and_experts_choose_from(
    site: Site, boss: Visitor, ann: Visitor
):
    await site.expert(category="Health")
    counts = await count_experts(site.database, await current(site.database))
    unused = next(key for key, count in counts.items() if not count)
    page = await boss.get("/admin/settings/fields")
    names = dict(re.findall(r'name="(names_\w+)"\s+value="([^"]*)"', page.text))
    assert names["names_Health_de"] == "Gesundheit"
    form = {**names, "rev": "0", "names_Health_en": "Wellbeing", f"removed_{unused}": "on"}

    added = {"added_en": "Career advice", "added_de": "Laufbahn"}
    refused = await boss.post("/admin/settings/fields", {**form, "added_en": "Career"})
    saved = await boss.post("/admin/settings/fields", {**form, **added})

    assert refused.status_code == 422
    assert 'value="Career"' in refused.text
    assert 'id="added_de-error"' in refused.text
    assert saved.status_code == 303
    shown = (await ann.get("/experts")).text
    assert '<option value="Health" >Wellbeing</option>' in shown
    assert '<option value="career-advice" >Career advice</option>' in shown
    assert f'value="{unused}"' not in shown
    assert "Laufbahn" in (await ann.get("/apply?lang=de")).text
    assert (await ann.get(f"/experts?category={unused}")).status_code == 200
    named = {"names_career-advice_en": "Careers", "names_career-advice_de": "Laufbahn"}
    in_use = await boss.post(
        "/admin/settings/fields", {**form, "rev": "1", "removed_Health": "on", **named}
    )
    assert "Experts have this field." in in_use.text


async def test_a_page_is_looked_at_before_it_is_saved(boss: Visitor, ann: Visitor):
    form = {"rev": "0", "imprint_en": "# We\n\n<b>bold</b> [mail](mailto:us@example.org)"}

    looked = await boss.post("/admin/settings/texts/preview", form)
    refused = await boss.post("/admin/settings/texts", {**form, "agree_terms": "on"})

    assert "<h2>We</h2>" in looked.text
    assert "&lt;b&gt;bold" in looked.text
    assert refused.status_code == 422
    assert "Write this page first" in refused.text
    assert "# We" in refused.text
    assert (await ann.get("/imprint")).status_code == 404
    assert (await boss.post("/admin/settings/texts", form)).status_code == 303
    assert "<h2>We</h2>" in (await ann.get("/imprint")).text
    long = {"rev": "1", "imprint_en": "x" * 40_001}
    assert (await boss.post("/admin/settings/texts", long)).status_code == 422
