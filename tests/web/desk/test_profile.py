"""The profile over HTTP: its form, its preview, its conflicts, its address and its e-mail."""

import asyncio
import re
from collections.abc import Mapping
from html import unescape

import httpx
import pytest

from domain.rules.notices import Kind
from domain.store.documents import Expert
from tests.networks import from_network, own_network
from tests.web.conftest import Site
from tests.web.mailed import address, mailed_link, mailed_text
from tests.web.visitors import Visitor, visitor

SHARES_SITE = True

TYPED = {
    "name": "Zoë Zuse",
    "headline": "Looms & looks",
    "category": "Education",
    "bio": "First line\nSecond line",
    "text_language": "de",
    "skills": "Weaving\nSpinning",
    "languages": "English, German",
    "experience_years": "12",
    "zone": "Europe/Berlin",
    "currency": "EUR",
    "meeting_kind": "video",
    "meeting_text": "https://meet.example.org/zoe",
    "rev": "0",
}


def form_of(expert: Expert, **changes: str) -> Mapping[str, str]:
    return {"desk": expert.slug, **TYPED, **changes}


async def present(site: Site, expert: Expert) -> Expert:
    found = await site.database.engine.find_one(Expert, {"_id": expert.id})
    assert found is not None
    return found


def value_of(page: httpx.Response, name: str) -> str:
    """What a field of a page holds."""
    found = re.search(rf'id="{name}"[^>]*?\bvalue="([^"]*)"', page.text, re.DOTALL)
    found = found or re.search(rf'<textarea[^>]*id="{name}"[^>]*>\n?([^<]*)<', page.text, re.DOTALL)
    assert found, name
    return unescape(found[1])


async def test_the_form_has_the_profile_as_it_is(ada: Visitor, expert: Expert):
    page = await ada.get("/desk/profile")

    assert page.status_code == 200
    assert value_of(page, "name") == expert.name
    assert value_of(page, "languages") == "English"
    assert value_of(page, "skills") == "\n".join(expert.skills)


async def test_a_saved_profile_is_what_visitors_see(site: Site, ada: Visitor, ann, expert):
    answer = await ada.post("/desk/profile", form_of(expert))

    assert (answer.status_code, answer.headers["location"]) == (303, "/desk/profile?done=profile")
    assert "Your profile is saved." in (await ada.get("/desk/profile?done=profile")).text
    await site.lists("q=zoe+weaving", "Zoë Zuse")
    page = (await ann.get(f"/experts/{expert.slug}")).text
    assert '<p class="profile__headline" lang="de">Looms &amp; looks</p>' in page
    assert "First line\nSecond line" in page
    assert TYPED["meeting_text"] not in page


async def test_nothing_typed_is_lost_when_it_is_refused(ada: Visitor, expert: Expert):
    answer = await ada.post("/desk/profile", form_of(expert, languages="Klingon", name=" "))

    assert answer.status_code == 422
    assert 'id="name-error"' in answer.text
    assert 'id="languages-error"' in answer.text
    assert value_of(answer, "languages") == "Klingon"
    assert value_of(answer, "bio") == "First line\nSecond line"
    assert '<option value="de" selected>German</option>' in re.sub(r"\s+>", ">", answer.text)


async def test_a_profile_that_changed_in_another_tab_is_shown_beside_what_was_typed(
    site: Site, ada: Visitor, expert: Expert
):
    await ada.post("/desk/profile", form_of(expert, headline="From the other tab"))

    late = await ada.post("/desk/profile", form_of(expert, headline="From this tab"))
    again = await ada.post("/desk/profile", form_of(expert, headline="From this tab", rev="1"))

    assert late.status_code == 409
    assert "Your profile has changed meanwhile" in late.text
    assert value_of(late, "headline") == "From this tab"
    assert "From the other tab" in late.text
    assert 'id="headline-meanwhile"' in late.text
    assert 'id="name-meanwhile"' not in late.text
    assert '<input type="hidden" name="rev" value="1">' in late.text
    assert again.status_code == 303
    assert (await present(site, expert)).headline == "From this tab"


async def test_a_form_without_its_state_saves_nothing_and_shows_what_is_saved(site, ada, expert):
    """A program of somebody's own, or a page that was cut short: it may show anything."""
    form = form_of(expert, headline="From nowhere")

    answer = await ada.post("/desk/profile", {n: v for n, v in form.items() if n != "rev"})

    assert answer.status_code == 422
    assert "This form is incomplete." in answer.text
    assert 'id="headline-meanwhile"' in answer.text
    assert value_of(answer, "headline") == "From nowhere"
    assert (await present(site, expert)).headline == expert.headline


async def test_a_preview_shows_what_was_typed_and_saves_nothing(site, ada: Visitor, expert):
    answer = await ada.post("/desk/profile/preview", form_of(expert))

    assert answer.status_code == 200
    assert 'data-testid="expert-name">Zoë Zuse</h1>' in answer.text
    assert "This is a preview" in answer.text
    assert value_of(answer, "headline") == "Looms & looks"
    assert await present(site, expert) == expert


async def test_a_preview_of_what_cannot_be_used_says_so(ada: Visitor, expert: Expert):
    answer = await ada.post("/desk/profile/preview", form_of(expert, currency="XXX"))

    assert answer.status_code == 422
    assert 'id="currency-error"' in answer.text


@pytest.mark.parametrize("text", ['"><script>alert(1)</script>', "</textarea><b>", "\u202eeno"])
async def test_text_stays_text_in_form_and_preview(ada: Visitor, expert: Expert, text: str):
    answer = await ada.post(
        "/desk/profile/preview", form_of(expert, name=text, bio=text, skills=text)
    )

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "</textarea><b>" not in answer.text


async def test_an_expert_cannot_name_another_ones_desk(site: Site, ada: Visitor):
    other = await site.expert()

    await ada.post("/desk/profile", {**form_of(other), "expert_id": str(other.id)})

    assert await present(site, other) == other


async def test_a_former_address_leads_on_in_one_hop(ada: Visitor, ann: Visitor, expert):
    former = expert.slug
    for slug in (f"{former}-b", f"{former}-c"):
        answer = await ada.post("/desk/profile/address", {"desk": former, "slug": slug})
        assert answer.headers["location"] == "/desk/profile?done=address"

    for path in (
        "",
        "/slots?day=2031-01-01",
        "/portrait.svg",
        "/availability.ics",
        "/live?zone=UTC",
    ):
        for slug in (former, f"{former}-b"):
            moved = await ann.get(f"/experts/{slug}{path}")
            assert moved.status_code == 308, path
            assert moved.headers["location"] == f"/experts/{former}-c{path}"
            assert "no-cache" in moved.headers["cache-control"]
    assert (await ann.get(f"/experts/{former}-c")).status_code == 200


async def test_a_form_for_the_waitlist_is_sent_on_too(ada: Visitor, ann: Visitor, expert):
    await ada.post("/desk/profile/address", {"desk": expert.slug, "slug": f"{expert.slug}-b"})

    moved = await ann.post(f"/experts/{expert.slug}/waitlist?day=2031-01-01", {"email": address()})

    assert moved.status_code == 308


async def test_a_page_that_was_open_before_keeps_its_desk(site: Site, ada: Visitor, expert):
    await ada.post("/desk/profile/address", {"desk": expert.slug, "slug": f"{expert.slug}-b"})

    answer = await ada.post("/desk/profile", form_of(expert, name="Still Here"))

    assert answer.status_code == 303
    assert (await present(site, expert)).name == "Still Here"


async def test_an_address_that_is_taken_is_refused_beside_its_field(site, ada, expert):
    other = await site.expert()

    answer = await ada.post("/desk/profile/address", {"desk": expert.slug, "slug": other.slug})

    assert answer.status_code == 422
    assert 'id="slug-error"' in answer.text
    assert value_of(answer, "slug") == other.slug


async def test_another_email_counts_once_its_link_is_followed(site, ada: Visitor, expert):
    former, new = expert.email, address()
    answer = await ada.post("/desk/profile/email", {"desk": expert.slug, "email": new})
    assert answer.headers["location"] == "/desk/profile?done=email"
    assert (await present(site, expert)).email == former

    async with visitor(site.url, headers=from_network(own_network())) as elsewhere:
        link = await mailed_link(site, new, Kind.PROOF)
        assert new in (await elsewhere.get(link)).text
        assert (await present(site, expert)).email == former
        used = await elsewhere.post(link.partition("?")[0], {"next": "/desk/profile"})

        assert used.headers["location"] == "/desk/profile"
        assert (await elsewhere.get("/desk/profile")).status_code == 200
    assert (await present(site, expert)).email == new
    assert (await ada.get("/desk/profile")).status_code == 403


async def test_the_former_email_is_told_and_can_stop_it(site: Site, ada: Visitor, expert):
    new = address()
    await ada.post("/desk/profile/email", {"desk": expert.slug, "email": new})

    told = await mailed_text(site, expert.email, Kind.ADDRESS_CHANGE)
    await ada.post("/desk/sign-out", {"desk": expert.slug})
    link = await mailed_link(site, new, Kind.PROOF)
    async with visitor(site.url, headers=from_network(own_network())) as eve:
        used = await eve.post(link.partition("?")[0])

        assert new in told
        assert used.status_code == 404
        assert (await eve.get("/desk")).status_code == 403
    assert (await present(site, expert)).email == expert.email


async def test_links_to_new_addresses_are_limited(ada: Visitor, expert: Expert):
    new = address()
    *taken, refused = [
        await ada.post("/desk/profile/email", {"desk": expert.slug, "email": new}) for _ in range(6)
    ]

    assert [answer.status_code for answer in taken] == [303] * 5
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0


async def test_two_forms_at_once_leave_one_profile(ada: Visitor, expert: Expert):
    answers = await asyncio.gather(
        *(ada.post("/desk/profile", form_of(expert, name=f"Tab {n}")) for n in range(4))
    )

    assert sorted(answer.status_code for answer in answers) == [303, 409, 409, 409]


async def test_the_form_is_read_in_german(ada: Visitor, expert: Expert):
    assert expert.languages == ["en"]

    page = await ada.get("/desk/profile?lang=de")

    assert value_of(page, "languages") == "Englisch"
