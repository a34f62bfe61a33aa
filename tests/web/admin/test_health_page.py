"""The page that says how the installation is."""

from domain.rules.checks import CheckState
from domain.rules.errors import Sentence
from tests.web.visitors import Visitor
from web.admin.health import health_of
from web.checks.everything import DATABASE, look_at_mail
from web.mail.server_watch import ServerWatch
from web.settings import read_settings

SHARES_SITE = True


async def test_an_administrator_reads_how_everything_is(boss: Visitor):
    page = await boss.get("/admin/health")
    in_german = await boss.get("/admin/health?lang=de")

    assert page.status_code == 200
    for said in ("Indexes", "All are there.", "The database refuses documents of another shape."):
        assert said in page.text
    assert "Die Datenbank lehnt Dokumente anderer Form ab." in in_german.text


def test_what_is_wrong_comes_first():
    fine, words = DATABASE.ok(Sentence("fine")), (Sentence("what"), Sentence("do"))
    slow, broken = DATABASE.warning(*words), DATABASE.wrong(*words)

    health = health_of([fine, slow, broken])

    assert (health.checks, health.troubles) == ([broken, slow, fine], 2)


def test_a_mail_server_that_can_not_be_used_is_told_with_its_reason(now):
    settings, watch = read_settings({"SMTP_URL": "smtp://mail.example.org"}), ServerWatch()
    (before,) = look_at_mail(settings, watch)
    watch.note_failure("535", now)
    (after,) = look_at_mail(settings, watch)

    assert (before.state, after.state) == (CheckState.OK, CheckState.WRONG)
    assert str(after.finding) == "Mail has waited since 2031-07-08 09:30 UTC (535)."
