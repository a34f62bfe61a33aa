"""The page of hours: every form previewed or saved, by its expert alone."""

import re
from datetime import timedelta

import httpx
import pytest

from domain.rules.holidays import public_holidays
from domain.rules.hours import ExceptionKind
from domain.store.documents import Expert, Slot
from domain.store.documents.agreements import Terms
from domain.store.documents.hours import KeptException, PublicHolidays, WorkingHours
from tests.factories import make_booking
from tests.web.conftest import Site
from tests.web.desk.signing_in import at_desk
from tests.web.mailed import address
from tests.web.visitors import Visitor
from web.http import clock
from web.i18n.clock_changes import clock_changes

SHARES_SITE = True

DAY = timedelta(days=1)
PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
BEFORE, OPENS, CLOSES = (
    ("02:00", "03:00", "04:00") if 9 <= clock.now().hour < 21 else ("14:00", "15:00", "16:00")
)
"""Far from now: a session that is about to begin counts for some and not for others."""
RULE = {"weekday": "days", "opens": OPENS, "closes": CLOSES, "every": "1", "from": ""}
LIMITS = {
    "session_minutes": "60",
    "price": "49.50",
    "pause_before": "0",
    "pause_after": "0",
    "grid": "1",
    "most_a_day": "",
    "most_a_week": "",
    "horizon_days": "6",
    "notice": "0",
    "notice_unit": "hours",
    "cancel": "1",
    "cancel_unit": "days",
    "reschedule": "2",
    "reschedule_unit": "hours",
    "max_reschedules": "3",
}


@pytest.fixture
async def expert(site: Site) -> Expert:
    return await site.expert(
        email=address(),
        zone="UTC",
        session_minutes=60,
        currency="EUR",
        terms=Terms(horizon_days=6),
    )


async def hours_of(site: Site, expert: Expert) -> WorkingHours:
    found = await site.database.engine.find_one(Expert, {"_id": expert.id})
    assert found is not None
    return found.hours


async def open_times(site: Site, expert: Expert) -> int:
    query = {"expert_id": expert.id, "state": "open"}
    return await site.database.engine.count(Slot, query)


def counts(answer: httpx.Response) -> tuple[int, int, int]:
    """Return what a saved form says it added, changed and withdrew."""
    assert answer.status_code == 303, answer.text
    found = re.fullmatch(
        r"/desk/hours\?added=(\d+)&changed=(\d+)&withdrawn=(\d+)", answer.headers["location"]
    )
    assert found, answer.headers["location"]
    added, changed, withdrawn = map(int, found.groups())
    return added, changed, withdrawn


def text_of(page: httpx.Response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


async def test_nobody_sees_hours_without_signing_in(ann: Visitor):
    assert (await ann.get("/desk/hours")).status_code == 403


async def test_a_new_desk_suggests_a_working_week(ada: Visitor):
    page = await ada.get("/desk/hours")

    assert "You have no weekly hours yet" in page.text
    assert '<option value="workdays" selected>' in page.text


async def test_hours_are_saved_and_the_page_says_what_was_done(site, ada, expert, ann):
    answer = await ada.post("/desk/hours/rules", RULE)

    added, changed, withdrawn = counts(answer)
    assert (added, changed, withdrawn) == (await open_times(site, expert), 0, 0)
    page = await ada.get(answer.headers["location"])
    assert f"Added {added} times." in text_of(page)
    day = site.now.date() + 2 * DAY
    times = await ann.get(f"/experts/{expert.slug}/slots?day={day}&zone=UTC")
    assert OPENS in times.text


async def test_a_preview_saves_nothing_and_shows_what_visitors_would_find(site, ada, expert):
    page = await ada.post("/desk/hours/rules", {**RULE, "preview": "yes"})

    assert page.status_code == 200
    assert re.search(r"Adds \d+ times\.", text_of(page))
    assert page.text.count('class="preview__week"') == 4
    assert re.search(r": \d+ times free, \d+ of them new", text_of(page))
    assert page.text.count('class="preview__day"') == 28
    assert page.text.count("preview__time--new") > 6
    assert await open_times(site, expert) == 0
    assert f'<input type="hidden" name="opens" value="{OPENS}">' in page.text
    assert not (await hours_of(site, expert)).rules


async def test_a_part_of_the_page_is_answered_with_a_part(ada: Visitor):
    for form in ({**RULE, "preview": "yes"}, {**RULE, "closes": ""}, RULE):
        part = await ada.post("/desk/hours/rules", form, headers=PARTIAL)

        assert part.text.lstrip().startswith('<div class="hours"')
    assert "Saved." in text_of(part)
    assert f"{OPENS}\N{EN DASH}{CLOSES}" in part.text


@pytest.mark.parametrize(
    ("path", "form", "field", "typed"),
    [
        ("rules", RULE, "closes", "01:00"),
        ("rules", RULE, "from", "2031-02-30"),
        ("exceptions", {"first": "2031-07-07", "kind": "closed"}, "last", "2031-07-01"),
        ("holidays", {}, "country", "XX"),
        ("limits", LIMITS, "price", "dear"),
        ("limits", LIMITS, "notice", "<b>"),
        ("limits", LIMITS, "session_minutes", "4"),
    ],
)
async def test_a_form_that_needs_mending_keeps_what_was_typed(
    ada: Visitor, path: str, form: dict[str, str], field: str, typed: str
):
    page = await ada.post(f"/desk/hours/{path}", {**form, field: typed})

    name = {"rules": "rule", "exceptions": "exception"}.get(path, path)
    assert page.status_code == 422
    assert f'id="{name}-{field}-error"' in page.text
    if path != "holidays":
        escaped = typed.replace("<", "&lt;").replace(">", "&gt;")
        assert f'value="{escaped}"' in page.text


async def test_a_program_gets_what_needs_mending_as_a_document(ada: Visitor):
    headers = {"Accept": "application/json"}
    answer = await ada.post("/desk/hours/rules", {**RULE, "opens": ""}, headers=headers)

    assert answer.status_code == 422
    assert answer.json()["fields"].keys() == {"opens"}


async def test_hours_are_removed_after_a_look(site, ada, expert):
    await ada.post("/desk/hours/rules", {**RULE, "weekday": "2"})
    (kept,) = (await hours_of(site, expert)).rules
    path = f"/desk/hours/rules/{kept.key}/remove"

    page = await ada.post(path, {"preview": "yes"})
    assert "Withdraws" in page.text
    assert f'action="{path}"' in page.text

    assert counts(await ada.post(path))[2] > 0
    assert await open_times(site, expert) == 0


async def test_hours_that_overlap_are_both_kept_and_both_say_so(ada: Visitor):
    await ada.post("/desk/hours/rules", {**RULE, "weekday": "3"})
    await ada.post("/desk/hours/rules", {**RULE, "weekday": "3", "opens": BEFORE})

    page = await ada.get("/desk/hours")

    assert f"Overlaps with {BEFORE}\N{EN DASH}{CLOSES}" in page.text
    assert f"Overlaps with {OPENS}\N{EN DASH}{CLOSES}" in page.text


async def test_every_second_week_says_when_it_is_next(site, ada):
    since = site.now.date() - 3 * DAY
    form = {**RULE, "weekday": str(since.weekday()), "every": "2", "from": since.isoformat()}

    await ada.post("/desk/hours/rules", form)

    assert "Every second week, next on" in (await ada.get("/desk/hours")).text


async def test_days_are_closed_and_opened(site, ada, expert):
    await ada.post("/desk/hours/rules", RULE)
    first, last = site.now.date() + 2 * DAY, site.now.date() + 3 * DAY
    closed = {"first": first.isoformat(), "last": last.isoformat(), "kind": "closed"}

    assert counts(await ada.post("/desk/hours/exceptions", closed)) == (0, 0, 2)

    (kept,) = (await hours_of(site, expert)).exceptions
    answer = await ada.post(f"/desk/hours/exceptions/{kept.key}/remove")
    assert counts(answer) == (2, 0, 0)


async def test_exceptions_that_contradict_each_other_say_so(site, ada):
    day = {"first": (site.now.date() + DAY).isoformat()}

    await ada.post("/desk/hours/exceptions", {**day, "kind": "closed"})
    await ada.post(
        "/desk/hours/exceptions", {**day, "kind": "extra", "opens": "10:00", "closes": "11:00"}
    )

    page = text_of(await ada.get("/desk/hours"))
    assert "while you are closed" in page
    assert "you are closed then" in page


async def test_exceptions_that_are_over_are_folded_away(site, ada, expert):
    day = (site.now.date() - 9 * DAY).isoformat()
    over = KeptException(key="over", first_on=day, last_on=day, kind=ExceptionKind.CLOSED)
    expert.hours = WorkingHours(exceptions=[over])
    await site.database.engine.save(expert)

    page = await ada.get("/desk/hours")

    assert "Past (1)" in page.text
    assert "No days off and no extra hours" in page.text


@pytest.mark.parametrize(
    ("is_back", "words"),
    [
        (False, "the clocks skip 02:00 to 03:00: no session begins then"),
        (True, "the clocks show 02:00 to 03:00 twice: sessions begin at the first"),
    ],
    ids=["forward", "back"],
)
async def test_a_clock_change_is_named_beside_the_hours_that_it_touches(
    site, ada, expert, is_back: bool, words: str
):
    expert.zone = "Europe/Berlin"
    await site.database.engine.save(expert)
    coming = clock_changes(expert.zone, site.now + DAY, site.now + 400 * DAY)
    on = next(c.at.date() for c in coming if (c.after < c.before) is is_back)
    form = {"first": on.isoformat(), "kind": "extra", "opens": "01:00", "closes": "04:00"}

    preview = await ada.post("/desk/hours/exceptions", {**form, "preview": "yes"})
    await ada.post("/desk/hours/exceptions", form)

    for page in (preview, await ada.get("/desk/hours")):
        assert words in page.text


async def test_holidays_are_kept_and_listed_by_name(site, ada, expert):
    await ada.post("/desk/hours/holidays", {"country": "DE", "region": "BY"})

    page = await ada.get("/desk/hours")
    kept = (await hours_of(site, expert)).holidays
    assert (kept.country, kept.region, kept.through) == ("DE", "BY", site.now.year + 2)
    names = {
        name
        for year in (site.now.year, site.now.year + 1)
        for on, name in public_holidays("DE", "BY", year, "en").items()
        if site.now.date() <= on <= site.now.date() + 366 * DAY
    }
    assert len(names) > 8
    assert all(name.replace("'", "&#39;") in page.text for name in names)


@pytest.mark.parametrize(("act", "is_closed"), [("close", True), ("open", False)])
async def test_a_holiday_that_has_become_known_is_new_until_the_expert_decides(
    site, ada, expert, act: str, is_closed: bool
):
    await ada.post("/desk/hours/holidays", {"country": "DE", "region": "BY"})
    kept = (await hours_of(site, expert)).holidays
    on = next(one for one in kept.dates if one > (site.now + 2 * DAY).date().isoformat())
    assert "A public holiday has become known" not in (await ada.get("/desk/hours")).text
    unknown = {"$pull": {"hours.holidays.dates": on}, "$inc": {"plan_rev": 1}}
    await site.database.collection(Expert).update_one({"_id": expert.id}, unknown)

    page = await ada.get("/desk/hours")
    await ada.post(f"/desk/hours/holidays/{on}/{act}")
    after = await ada.get("/desk/hours")

    assert "A public holiday has become known" in page.text
    assert page.text.count("other--new") == 1
    assert f'action="/desk/hours/holidays/{on}/close"' in page.text
    assert f'action="/desk/hours/holidays/{on}/open"' in page.text
    assert "other--new" not in after.text
    assert (on in (await hours_of(site, expert)).holidays.dates) is is_closed


async def test_a_holiday_is_opened_again_and_closed_again(site, ada, expert):
    await ada.post("/desk/hours/rules", RULE)
    on = (site.now.date() + 3 * DAY).isoformat()
    expert.hours = await hours_of(site, expert)
    expert.hours.holidays = PublicHolidays(country="DE", dates=[on], through=site.now.year + 2)
    kept = {"$set": {"hours": expert.hours.model_dump_doc()}}
    await site.database.collection(Expert).update_one({"_id": expert.id}, kept)

    closed = await ada.post(f"/desk/hours/holidays/{on}/close")
    opened = await ada.post(f"/desk/hours/holidays/{on}/open")

    assert (counts(closed), counts(opened)) == ((0, 0, 1), (1, 0, 0))
    assert (await hours_of(site, expert)).holidays.opened == [on]


async def test_limits_are_saved_with_price_and_terms(site, ada, expert):
    await ada.post("/desk/hours/rules", RULE)

    answer = await ada.post("/desk/hours/limits", {**LIMITS, "session_minutes": "30"})

    added, changed, _ = counts(answer)
    assert added == changed > 0
    saved = await site.database.engine.find_one(Expert, {"_id": expert.id})
    assert (saved.price_minor, saved.session_minutes) == (4_950, 30)
    assert saved.terms.cancel_before_minutes == 1_440
    page = await ada.get("/desk/hours")
    assert 'value="49.50"' in page.text


async def test_a_price_is_asked_for_until_one_is_saved_and_0_is_one(site: Site):
    newcomer = await site.expert(email=address(), currency="EUR", price_minor=0, has_price=False)
    async with at_desk(site, newcomer) as browser:
        before = await browser.get("/desk/hours")
        left_out = await browser.post("/desk/hours/limits", {**LIMITS, "price": ""})
        await browser.post("/desk/hours/limits", {**LIMITS, "price": "0"})
        after = await browser.get("/desk/hours")

    assert price_in(before) == ""
    assert "Enter a price like 49.50." in left_out.text
    assert price_in(after) == "0.00"
    found = await site.database.engine.find_one(Expert, {"_id": newcomer.id})
    assert found
    assert (found.price_minor, found.has_price) == (0, True)


def price_in(page: httpx.Response) -> str:
    (price,) = re.findall(r'name="price"\s+value="([^"]*)"', page.text)
    return str(price)


async def test_a_session_outside_the_hours_is_listed_with_a_way_to_it(site, ada, expert):
    await ada.post("/desk/hours/rules", RULE)
    start = site.now.replace(hour=9, minute=0, second=0, microsecond=0) + 2 * DAY
    slot = await site.slot(expert, starts_at=start, state="booked")
    booking = await make_booking(site.database, slot)

    page = await ada.get("/desk/hours")
    preview = await ada.post("/desk/hours/rules", {**RULE, "opens": BEFORE, "preview": "yes"})

    for shown in (page, preview):
        assert f'href="/desk/bookings/{booking.reference}"' in shown.text
        assert booking.attendee.name in shown.text
    assert "1 session stays outside your hours" in text_of(preview)


async def test_the_address_of_a_form_leads_back_to_the_page(ada: Visitor):
    for form in ("rules", "exceptions", "holidays", "limits"):
        answer = await ada.get(f"/desk/hours/{form}")
        assert answer.headers["location"] == "/desk/hours"


async def test_the_page_speaks_german(ada: Visitor):
    await ada.post("/desk/hours/rules", RULE)

    page = await ada.get("/desk/hours?lang=de&added=1&changed=0&withdrawn=3")

    assert "Gespeichert. 1 Zeit hinzugefügt. 3 Zeiten zurückgezogen." in text_of(page)


@pytest.mark.parametrize("query", ["added=x", "added=9" * 20, "added=-1&withdrawn=%00"])
async def test_an_odd_count_in_the_address_is_calm(ada: Visitor, query: str):
    page = await ada.get(f"/desk/hours?{query}")

    assert page.status_code == 200
    assert "Your times stay as they are" in page.text
