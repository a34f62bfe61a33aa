"""Administrators: how they come to be, sign in and out, and act at the desks of experts."""

import asyncio
from datetime import datetime, timedelta

import httpx
import pytest

from domain.admin import administrators
from domain.rules.log import OPERATOR, Action
from domain.store import administrators as store
from domain.store.core.database import Database
from domain.store.documents import Expert
from domain.store.documents.log import LogEntry
from domain.store.documents.profiles import ExpertStatus
from tests.servers import SECRET_KEY, launched
from tests.web.admin.signing_in import administering
from tests.web.conftest import Site
from tests.web.desk.signing_in import sign_in
from tests.web.mailed import address, mailed_link
from tests.web.visitors import Visitor
from web.console import Trouble
from web.server.admin_acts import AdminAct
from web.server.administration import administer
from web.settings import read_settings
from web.variables import BadSetting

SHARES_SITE = True


async def logged(site: Site, action: Action, key: object) -> list[LogEntry]:
    """Return the entries of what was done to somebody."""
    query = {"action": action.value, "subject_key": str(key)}
    return await site.database.engine.find(LogEntry, query, sort=LogEntry.seq)


async def test_an_added_administrator_signs_in_by_a_mailed_link(site: Site, ann: Visitor):
    mail = address()
    settings = {"MONGODB_URI": site.uri, "SECRET_KEY": SECRET_KEY}
    with launched("admin", "add", mail.upper(), **settings) as adding:
        assert adding.process.wait(60) == 0
        assert adding.output == f"{mail} is an administrator, and signs in at /admin.\n"

    asked = await ann.post("/bookings/link", {"email": mail, "next": "/admin"})
    link = await ann.get(await mailed_link(site, mail))

    assert "Back to the administration" in asked.text
    assert "Open the administration" in link.text
    assert await sign_in(site, ann, mail, "/admin") == "/admin"
    assert mail in (await ann.get("/admin")).text


async def test_the_command_line_says_who_administers_and_what_it_did(site: Site):
    mail = address()

    async def said(act: str, *named: str, of: str = mail) -> list[str]:
        asked = AdminAct(act, address=of, named=named)
        return [*await asyncio.to_thread(administer, site.uri, asked)]

    assert await said("remove") == [f"{mail} is no administrator."]
    await said("add")
    assert await said("add") == [f"{mail} is an administrator already."]
    assert f"administrator  {mail}" in await said("list")
    assert f"administrator  {mail} (named by ADMINS)" in await said("list", mail)
    assert await said("remove") == [f"{mail} is an administrator no longer."]
    with pytest.raises(Trouble, match="ADMINS names ann"):
        await said("remove", mail)
    with pytest.raises(Trouble, match="'nobody' is no e-mail address"):
        await said("add", of="nobody")


async def test_whoever_is_removed_sees_nothing_from_the_next_request_on(site, boss, mail):
    assert (await boss.get("/admin")).status_code == 200

    await administrators.remove(site.database, mail, by=OPERATOR, now=site.now)

    assert (await boss.get("/admin")).status_code == 404
    await administrators.add(site.database, mail, by=OPERATOR, now=site.now)
    assert (await boss.get("/admin")).status_code == 200


async def test_signing_out_on_all_devices_ends_every_sign_in(site: Site, boss: Visitor, mail):
    async with administering(site, mail) as other:
        await boss.post("/admin/sign-out")

        for browser in (boss, other):
            shut = await browser.get("/admin")
            assert shut.status_code == 403
            assert 'id="admin-sign-in"' in shut.text
        assert await sign_in(site, other, mail, "/admin") == "/admin"
        assert (await other.get("/admin")).status_code == 200
        assert (await boss.get("/admin")).status_code == 403


async def test_whoever_is_signed_in_by_another_address_can_still_sign_in(boss, ann):
    form = 'id="admin-sign-in"'
    assert form in (await ann.get("/admin/sign-in")).text
    assert form in (await boss.get("/admin/sign-in")).text
    wrong = await ann.post("/bookings/link", {"email": "nobody", "next": "/admin"})
    assert (wrong.status_code, form in wrong.text) == (422, True)


def banner(page: httpx.Response) -> bool:
    """Say whether a page tells that an administrator is at somebody's desk."""
    return 'id="desk-visit"' in page.text


async def test_an_administrator_works_at_the_desk_of_an_expert(site: Site, boss: Visitor):
    expert = await site.expert(email=address())

    opened = await boss.post(f"/admin/experts/{expert.slug}/desk")
    agenda = await boss.get("/desk")
    form = {"desk": expert.slug, "agree": "yes"}
    changed = await boss.post("/desk/absences/stand-in", form)

    assert (opened.status_code, opened.headers["location"]) == (303, "/desk")
    assert banner(agenda)
    assert expert.name in agenda.text
    assert changed.status_code == 303
    now = await site.database.engine.find_one(Expert, {"_id": expert.id})
    assert now is not None
    assert now.stands_in
    (entry,) = await logged(site, Action.DESK_OPENED, expert.id)
    assert entry.actor_kind == "administrator"
    left = await boss.post("/admin/leave-desk")
    assert left.headers["location"] == "/admin"
    assert (await boss.get("/desk")).status_code == 403


@pytest.mark.parametrize(
    ("file", "action"),
    [
        ("bookings.csv", Action.BOOKINGS_DOWNLOADED),
        ("experts.csv", Action.EXPERTS_DOWNLOADED),
        ("experts.json", Action.EXPERTS_DOWNLOADED),
        ("log.csv", Action.LOG_DOWNLOADED),
    ],
)
async def test_a_download_stands_in_the_log(site: Site, boss: Visitor, file: str, action: Action):
    before = await logged(site, action, "site")

    answer = await boss.get(f"/admin/{file}")

    assert answer.status_code == 200
    *earlier, entry = await logged(site, action, "site")
    assert earlier == before
    assert entry.actor_kind == "administrator"


async def test_a_removed_administrator_leaves_the_desk_with_the_right(site: Site, boss, mail):
    expert = await site.expert(email=address())
    await boss.post(f"/admin/experts/{expert.slug}/desk")

    await administrators.remove(site.database, mail, by=OPERATOR, now=site.now)

    assert (await boss.get("/desk")).status_code == 403
    assert (await boss.post("/desk/sign-out", {"desk": expert.slug})).status_code == 403


async def test_nobody_visits_who_has_not_proven_an_address(site: Site, boss: Visitor):
    draft = await site.expert(email=address(), status=ExpertStatus.DRAFT, listed=False)

    assert (await boss.post(f"/admin/experts/{draft.slug}/desk")).status_code == 404


async def test_who_is_both_goes_from_the_desk_to_the_administration_and_back(site, boss, mail):
    own = await site.expert(email=mail)

    desk, admin = await boss.get("/desk"), await boss.get("/admin")

    assert own.name in desk.text
    assert not banner(desk)
    assert 'href="/admin"' in desk.text
    assert 'href="/desk">Your desk' in admin.text


async def test_of_former_administrators_nothing_stays_that_the_log_does_not_need(
    database: Database, now: datetime
):
    for mail in ("former@example.org", "present@example.org"):
        await administrators.add(database, mail, by=OPERATOR, now=now)
    await administrators.make_known(database, ["named@example.org"], now=now)
    await administrators.remove(database, "former@example.org", by=OPERATOR, now=now)

    async def known() -> list[str]:
        await administrators.forget_former(database, named=["named@example.org"])
        return [one.address for one in await store.everyone(database)]

    everyone = ["former@example.org", "named@example.org", "present@example.org"]
    assert await known() == everyone
    await database.collection(LogEntry).delete_many({})
    assert await known() == everyone[1:]


@pytest.mark.parametrize(
    ("admins", "found"),
    [("", set()), ("Ann@Example.org, b@c.de,", {"ann@example.org", "b@c.de"})],
)
def test_admins_are_addresses_with_commas_between_them(admins: str, found: set[str]):
    assert read_settings({"ADMINS": admins}).named_admins == found


@pytest.mark.parametrize(("days", "kept"), [("", None), ("0", None), ("30", timedelta(days=30))])
def test_the_log_keeps_acts_for_so_many_days_or_for_ever(days: str, kept: timedelta | None):
    assert read_settings({"LOG_DAYS": days}).log_kept == kept


def test_what_is_no_address_is_named():
    with pytest.raises(BadSetting, match=r"ADMINS must be addresses .* 'nobody' is none"):
        read_settings({"ADMINS": "ann@example.org, nobody"})


@pytest.mark.parametrize(
    "env",
    [
        {"MONGODB_URI": "mongodb://a/", "SECRET_KEY": SECRET_KEY},
        {"HOST": "0.0.0.0"},  # noqa: S104 - the outbox can't be read then
        {"SMTP_URL": "smtp://a"},
        {"ADMINS": "ann@example.org"},
    ],
)
def test_nobody_administers_unasked_but_on_ones_own_machine(env: dict[str, str]):
    assert "admin@example.com" in read_settings({}).admins
    assert "admin@example.com" not in read_settings(env).admins
