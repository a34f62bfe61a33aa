"""Whatever is sent: a clear answer, never a fault, never a claimed time."""

from datetime import timedelta

import httpx
import pytest

from domain.rules.request_limits import LINKS_OF_NETWORK
from domain.rules.slots import SlotState
from tests.web.conftest import Site
from tests.web.visitors import GOOD_FORM, Visitor

ODD_ADDRESSES = [
    "/experts?q=(",
    "/experts?q=%00",
    "/experts?q=.*",
    "/experts?q=%5B%24ne%5D",
    "/experts?q[$ne]=",
    "/experts?q=" + "x" * 3000,
    "/experts?q=a&q=b",
    "/experts?page=-1",
    "/experts?page=1000000",
    "/experts?page=1e9",
    "/experts?page=%D9%A3",
    "/experts?page=" + "9" * 500,
    "/experts?sort=nothing&category=%3Cscript%3E&language=%7B%7D",
    "/experts/no-such-expert",
    "/experts/%00",
    "/experts/../../etc/passwd",
    "/experts/no-such-expert/live",
    "/experts/no-such-expert/slots?day=never&zone=Nowhere/Land",
    "/slots/not-an-id/book",
    "/slots/000000000000000000000000/book",
    "/bookings?show=everything",
    "/bookings/NOSUCHREF234",
    "/bookings/%F0%9F%8E%89",
    "/bookings/link/not.a.token",
    "/bookings/NOSUCHREF234/calendar.ics",
    "/bookings/NOSUCHREF234/mails",
    "/static/../pyproject.toml",
    "/static/nothing.css",
    "/static/%00",
    "/static/" + "x" * 3000,
    "/static/styles.css/within",
    "/nothing/at/all",
    "/wp-admin.php",
]
ODD_DAYS = ["never", "0000-00-00", "9999-12-31", "2020-01-01", "2027-02-30", "%00", "1" * 100]
ODD_ZONES = ["Nowhere/Land", "../../etc/passwd", "%00", "UTC' --", "Europe/Berlin" * 50]


def is_calm(answer: httpx.Response) -> bool:
    """No fault, and nothing of our insides."""
    return answer.status_code < 500 and "Traceback" not in answer.text


@pytest.mark.parametrize("address", ODD_ADDRESSES)
async def test_an_odd_address_gets_a_sensible_page(ann: Visitor, address):
    answer = await ann.get(address)

    assert is_calm(answer)
    assert answer.status_code in {200, 404}
    assert "</html>" in answer.text


@pytest.mark.parametrize("day", ODD_DAYS)
async def test_an_odd_day_shows_one_that_exists(site: Site, ann: Visitor, day):
    expert = await site.expert()

    answer = await ann.get(f"/experts/{expert.slug}?day={day}")

    assert answer.status_code == 200
    assert answer.text.count('class="day"') == 1


@pytest.mark.parametrize("zone", ODD_ZONES)
async def test_an_odd_zone_falls_back_to_the_experts(site: Site, ann: Visitor, zone):
    expert = await site.expert(zone="Asia/Tokyo")

    answer = await ann.get(f"/experts/{expert.slug}?zone={zone}")

    assert answer.status_code == 200
    assert "Japan" in answer.text or "Tokyo" in answer.text


async def claimed(site: Site, slot) -> bool:
    return (await site.current(slot)).state is not SlotState.OPEN


ODD_FIELDS = [
    {"name": ""},
    {"name": " \t "},
    {"name": "x" * 101},
    {"name": "null\0byte"},
    {"email": ""},
    {"email": "not an address"},
    {"email": '{"$ne": ""}'},
    {"email": ["a@example.org", "b@example.org"]},
    {"phone": "<script>"},
    {"notes": "x" * 1001},
    {"request_key": ""},
    {"request_key": '{"$gt": ""}'},
    {"request_key": ["a" * 20, "b" * 20]},
    {"name": ["Ann", "Ben"]},
]


@pytest.mark.parametrize("fields", ODD_FIELDS)
async def test_a_form_that_needs_mending_leaves_the_time_free(site: Site, ann: Visitor, fields):
    slot = await site.slot()
    form = {**GOOD_FORM, "request_key": "k" * 20, **fields}

    answer = await ann.post(f"/slots/{slot.id}/book", form)

    assert answer.status_code == 422
    assert is_calm(answer)
    assert not await claimed(site, slot)


@pytest.mark.parametrize("missing", ["name", "email", "request_key"])
async def test_a_missing_field_leaves_the_time_free(site: Site, ann: Visitor, missing):
    slot = await site.slot()
    form = {**GOOD_FORM, "request_key": "k" * 20}
    del form[missing]

    answer = await ann.post(f"/slots/{slot.id}/book", form)

    assert answer.status_code == 422
    assert not await claimed(site, slot)


async def test_what_was_typed_is_kept_beside_the_message(site: Site, ann: Visitor):
    slot = await site.slot()

    answer = await ann.book(slot.id, name="Zoë <b>", email="nope", notes="two\nlines")

    assert 'value="Zoë &lt;b&gt;"' in answer.text
    assert 'value="nope"' in answer.text
    assert "two\nlines" in answer.text
    assert 'id="email-error"' in answer.text


def _part(value: bytes, content_type: bytes = b"text/plain") -> bytes:
    """A form of one part, of which every handler reads the field."""
    head = b'Content-Disposition: form-data; name="name"\r\nContent-Type: ' + content_type
    return b"--x\r\n" + head + b"\r\n\r\n" + value + b"\r\n--x--\r\n"


ODD_BODIES = {
    "json": (b'{"slot_id": {"$ne": ""}}', "application/json"),
    "broken json": (b"{{{{", "application/json"),
    "not utf-8": (b"slot_id=\xff\xfe&name=%ff", "application/x-www-form-urlencoded"),
    "empty": (b"", "application/x-www-form-urlencoded"),
    "no boundary": (b"--x", "multipart/form-data"),
    "broken multipart": (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
    "a file": (
        (
            b'--x\r\nContent-Disposition: form-data; name="slot_id"; filename="f"\r\n\r\n'
            b"hi\r\n--x--\r\n"
        ),
        "multipart/form-data; boundary=x",
    ),
    "parts that are not utf-8": (_part(b"\xff\xfe"), "multipart/form-data; boundary=x"),
    "a charset that nobody knows": (
        _part(b"hi", b"text/plain; charset=klingon"),
        "multipart/form-data; boundary=x",
    ),
    "a charset that nobody can know": (
        _part(b"hi", b'text/plain; charset="a\0b"'),
        "multipart/form-data; boundary=x",
    ),
    "half a character": (
        _part(b"+2AA-", b"text/plain; charset=utf-7"),
        "multipart/form-data; boundary=x",
    ),
    "a megabyte": (b"name=" + b"x" * 1_000_000, "application/x-www-form-urlencoded"),
    "many fields": (
        b"&".join(b"f%d=1" % n for n in range(9_000)),
        "application/x-www-form-urlencoded",
    ),
    "xml": (b"<?xml version='1.0'?>", "text/xml"),
}


@pytest.mark.parametrize(
    "path", ["/holds", "/holds/extend", "/holds/release", "/bookings/link", "book"]
)
@pytest.mark.parametrize("name", ODD_BODIES)
async def test_an_odd_body_is_refused_and_claims_nothing(site: Site, ann: Visitor, path, name):
    slot = await site.slot()
    body, content_type = ODD_BODIES[name]
    headers = {"Content-Type": content_type}
    where = f"/slots/{slot.id}/book" if path == "book" else path

    answer = await ann.client.post(where, content=body, headers=headers)

    assert 400 <= answer.status_code < 500
    assert is_calm(answer)
    assert not await claimed(site, slot)


@pytest.mark.parametrize("name", ODD_BODIES)
async def test_a_page_asked_for_with_an_odd_body_is_shown_or_refused(ann: Visitor, name):
    body, content_type = ODD_BODIES[name]
    headers = {"Content-Type": content_type}

    answer = await ann.client.request("GET", "/bookings", content=body, headers=headers)

    assert answer.status_code in {200, 400, 413}
    assert is_calm(answer)


@pytest.mark.parametrize("value", ["", "nonsense", "gAAAAA", '"', "ÿ", "a" * 4000, "null", "{}"])
@pytest.mark.parametrize("name", ["visitor", "desk", "zone"])
async def test_a_damaged_cookie_is_a_new_visitor(site: Site, name, value):
    slot = await site.slot()
    async with httpx.AsyncClient(base_url=site.url) as client:
        damaged = [(b"Cookie", f"{name}={value}".encode("latin-1"))]

        page = await client.get("/bookings", headers=damaged)
        client.cookies.update(page.cookies)
        answer = await client.post("/holds", data={"slot_id": str(slot.id)})

    assert page.status_code == 200
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "client", [b"unknown", b"\xff", b"_hidden", b"fe80::1%eth0", b"[::1", b"1.2.3.4:x", b"a" * 3000]
)
async def test_a_forwarded_client_that_is_no_address_is_ignored(ann: Visitor, client: bytes):
    forwarded = {b"X-Forwarded-For": client}

    page = await ann.get("/bookings", headers=forwarded)
    form = await ann.post("/bookings/link", {"email": "not one"}, headers=forwarded)

    assert (page.status_code, form.status_code) == (200, 422)


@pytest.mark.parametrize(
    "host", ["[::1", "[zz]", "a:b", "a:99999", "Thu 9:9", "a/b", "a?b", "\u2100"]
)
@pytest.mark.parametrize("path", ["/experts", "/nothing", "/health/live"])
async def test_a_host_that_is_none_is_refused(ann: Visitor, host: str, path: str):
    answer = await ann.get(path, headers={b"Host": host.encode()})

    assert answer.status_code == 400
    assert is_calm(answer)


async def test_made_up_clients_share_one_limit(ann: Visitor):
    statuses = [
        (
            await ann.post(
                "/bookings/link",
                {"email": f"{n}@example.org"},
                headers={"X-Forwarded-For": f"made-up-{n}"},
            )
        ).status_code
        for n in range(LINKS_OF_NETWORK.most + 1)
    ]

    assert statuses == [200] * LINKS_OF_NETWORK.most + [429]


async def test_a_time_is_booked_only_by_its_own_address(site: Site, ann: Visitor):
    """A made-up form cannot book what was never published, is past, or was withdrawn."""
    past = await site.slot(starts_at=site.now - timedelta(days=1))
    withdrawn = await site.slot(state=SlotState.WITHDRAWN)
    never = "0123456789abcdef01234567"

    answers = [await ann.book(key) for key in (past.id, withdrawn.id, never, "nonsense")]

    assert [a.status_code for a in answers] == [409, 404, 404, 404]
    assert not await claimed(site, past)


async def test_errors_speak_the_language_of_whoever_asks(ann: Visitor):
    page = await ann.get("/experts/nobody", headers={"Accept": "text/html"})
    fragment = await ann.get("/experts/nobody", headers={"HX-Request-Type": "partial"})
    problem = await ann.get("/experts/nobody", headers={"Accept": "application/json"})

    assert {r.status_code for r in (page, fragment, problem)} == {404}
    assert "<html" in page.text
    assert "<html" not in fragment.text
    assert problem.headers["content-type"].startswith("application/problem+json")
    assert problem.json()["type"].endswith("expert_unknown")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
async def test_an_unknown_method_is_refused(ann: Visitor, method):
    answer = await ann.client.request(method, "/experts")

    assert answer.status_code in {403, 405}
    assert is_calm(answer)


async def test_a_wrong_method_is_told_which_are_allowed(ann: Visitor):
    wrong = await ann.get("/holds")
    unheard_of = await ann.client.request("OPTIONS", "/bookings/link")

    assert (wrong.status_code, wrong.headers["allow"]) == (405, "OPTIONS, POST")
    assert "POST" in unheard_of.headers["allow"]
