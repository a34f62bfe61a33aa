"""Portraits over HTTP: uploaded, shown to everybody, removed, and refused in words."""

import io
import re
import secrets

import httpx
import pytest
from PIL import Image

from domain.rules.pictures import MOST_BYTES
from domain.store.documents import Expert
from domain.store.documents.profiles import ExpertStatus, Portrait
from tests.pictures import animation, picture, png_of, with_a_place
from tests.web.conftest import Site
from tests.web.desk.signing_in import at_desk
from tests.web.mailed import address
from tests.web.visitors import Visitor

SHARES_SITE = True


@pytest.fixture
async def expert(site: Site) -> Expert:
    return await site.expert(email=address(), name=f"Ada {secrets.token_hex(4)}")


async def upload(
    browser: Visitor, expert: Expert, data: bytes, name: str = "ada.jpg", kind: str = "image/jpeg"
) -> httpx.Response:
    files = {"portrait": (name, data, kind)}
    return await browser.post("/desk/profile/portrait", {"desk": expert.slug}, files=files)


async def shown(browser: Visitor, expert: Expert) -> str:
    """The address of the portrait on the expert's page."""
    page = await browser.get(f"/experts/{expert.slug}")
    found = re.search(r'class="profile__portrait" src="([^"]+)"', re.sub(r"\s+", " ", page.text))
    assert found
    return found[1]


async def uploaded(site: Site, browser: Visitor, expert: Expert) -> Expert:
    answer = await upload(browser, expert, with_a_place())
    assert answer.status_code == 303, answer.text
    found = await site.database.engine.find_one(Expert, {"_id": expert.id})
    assert found is not None
    return found


async def test_an_uploaded_portrait_is_shown_in_place_of_the_drawn_one(site, ada, ann, expert):
    drawn = f"/experts/{expert.slug}/portrait.svg"
    assert await shown(ann, expert) == drawn

    after = await uploaded(site, ada, expert)

    where = f"/experts/{expert.slug}/portrait.webp?v={after.portrait}"
    await site.lists(f"q={expert.name}", expert.name)
    page = await ada.get("/desk/profile?done=portrait")
    assert page.text.count(where) == 2
    answer = await ann.get(where)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "public" in answer.headers["cache-control"]
    assert "set-cookie" not in answer.headers
    image = Image.open(io.BytesIO(answer.content))
    assert (image.size, dict(image.getexif())) == ((512, 512), {})
    assert (await ann.get(drawn)).status_code == 200


async def test_a_removed_portrait_is_gone(site: Site, ada: Visitor, ann: Visitor, expert: Expert):
    after = await uploaded(site, ada, expert)

    await ada.post("/desk/profile/portrait/remove", {"desk": expert.slug})

    assert (
        await ann.get(f"/experts/{expert.slug}/portrait.webp?v={after.portrait}")
    ).status_code == 404
    assert await site.database.engine.find_one(Portrait, {"expert_id": expert.id}) is None
    assert "portrait.svg" in (await ada.get("/desk/profile")).text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "Choose a picture first."),
        (b"<svg onload='alert(1)'/>", "Choose a JPEG, PNG, WebP or AVIF picture."),
        (picture("GIF"), "Choose a JPEG, PNG, WebP or AVIF picture."),
        (picture()[:900], "This picture is damaged. Choose another."),
        (png_of(60_000, 60_000), "Choose a picture of up to 50 megapixels."),
        (animation("WEBP"), "Choose a picture that doesn&#39;t move."),
        (bytes(MOST_BYTES + 1), "Choose a picture of up to 8 MB."),
    ],
    ids=["nothing", "svg", "gif", "cut off", "bomb", "animation", "too large"],
)
async def test_what_cannot_be_a_portrait_is_refused_in_a_sentence(
    site, ada, expert, data, sentence
):
    answer = await upload(ada, expert, data)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert await site.database.engine.find_one(Portrait, {"expert_id": expert.id}) is None


async def test_a_file_is_known_by_what_it_is_not_by_what_it_says(ada: Visitor, expert: Expert):
    png = await upload(ada, expert, picture("PNG"), name="../../etc/x.svg", kind="image/svg+xml")
    script = await upload(ada, expert, b"<script>1</script>", name="ada.png", kind="image/png")

    assert (png.status_code, script.status_code) == (303, 422)


async def test_two_files_or_a_text_are_no_portrait(ada: Visitor, expert: Expert):
    two = [("portrait", (f"{n}.png", picture("PNG"), "image/png")) for n in range(2)]

    twice = await ada.post("/desk/profile/portrait", {"desk": expert.slug}, files=two)
    text = await ada.post("/desk/profile/portrait", {"desk": expert.slug, "portrait": "x"})

    assert (twice.status_code, text.status_code) == (422, 422)


async def test_only_this_form_may_be_large(ada: Visitor, expert: Expert):
    large = "x" * 100_000

    profile = await ada.post("/desk/profile", {"desk": expert.slug, "bio": large})
    beyond = await upload(ada, expert, bytes(10 * 1024 * 1024))

    assert (profile.status_code, beyond.status_code) == (413, 413)


async def test_nobody_else_changes_a_portrait(
    site: Site, ann: Visitor, ada: Visitor, expert: Expert
):
    other = await site.expert()

    stranger = await upload(ann, expert, picture())
    await upload(ada, other, picture())

    assert stranger.status_code == 403
    assert await site.database.engine.find_one(Portrait, {"expert_id": other.id}) is None


async def test_before_an_expert_is_listed_their_portrait_is_seen_by_its_own_address(
    site: Site, ann: Visitor
):
    expert = await site.expert(email=address(), status=ExpertStatus.PENDING)
    async with at_desk(site, expert) as browser:
        after = await uploaded(site, browser, expert)
    where = f"/experts/{expert.slug}/portrait.webp"

    assert (await ann.get(f"{where}?v={after.portrait}")).status_code == 200
    assert (await ann.get(where)).status_code == 404
    assert (await ann.get(f"{where}?v={'0' * 20}")).status_code == 404
