from dataclasses import replace
from datetime import datetime, timedelta

from domain.account.sign_in import PROOF_LIFETIME
from web.http.sessions import SessionCookie, new_session

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
MS = timedelta(milliseconds=1)
COOKIE = SessionCookie(["k" * 32], secure=True)


def test_a_proof_that_ended_leaves_the_cookie_with_the_next_one(now):
    session = new_session().proving("old@example.org", now + DAY, now)

    later = session.proving("new@example.org", now + 3 * DAY, now + DAY)

    assert list(later.proven) == ["new@example.org"]


def test_a_cookie_never_grows_too_large_for_browsers(now):
    session = new_session()
    for n in range(200):
        until = now + DAY + n * timedelta(minutes=1)
        session = session.proving(f"somebody.with.a.long.name+{n}@mail.example.org", until, now)

    assert len(COOKIE.write(session).to_header(header="")) < 4096
    assert session.viewer(now, {}).addresses == {
        f"somebody.with.a.long.name+{n}@mail.example.org" for n in range(180, 200)
    }


def test_a_proof_counts_unless_its_address_signed_out_since(now):
    session = new_session().proving("ann@example.org", now + PROOF_LIFETIME, now)

    def is_seen(signed_out_at: datetime) -> bool:
        return bool(session.viewer(now + DAY, {"ann@example.org": signed_out_at}).addresses)

    assert [is_seen(now - MS), is_seen(now), is_seen(now + HOUR)] == [True, False, False]


def test_a_cookie_that_was_tampered_with_is_a_new_visitor(now):
    kept = COOKIE.write(new_session().proving("ann@example.org", now + DAY, now)).value
    assert kept

    read = COOKIE.read(kept[:-4] + "AAAA")

    assert (read.proven, read.fresh) == ({}, True)


def test_a_desk_stays_open_for_twelve_hours_after_its_last_use(now):
    session = new_session().signing_in("ada@example.org", now)
    used = session.using_desk("ada@example.org", now + 11 * HOUR)

    assert session.desks_at(now + 12 * HOUR) == {}
    assert used.desks_at(now + 23 * HOUR - MS) == {"ada@example.org": now}
    assert used.desks_at(now + 23 * HOUR) == {}


def test_a_use_within_minutes_of_the_last_one_changes_no_cookie(now):
    session = new_session().signing_in("ada@example.org", now)

    assert session.using_desk("ada@example.org", now + timedelta(minutes=4)) is session


def test_a_cookie_keeps_when_desks_were_signed_in_to_and_used(now):
    session = new_session().signing_in("ada@example.org", now)
    used = session.using_desk("ada@example.org", now + HOUR)

    read = COOKIE.read(COOKIE.write(used).value)

    assert read.desks == used.desks


def test_erasing_an_address_closes_its_desk_in_this_browser(now):
    session = new_session().signing_in("ada@example.org", now)

    assert session.without(["ada@example.org"]).desks == {}


def test_a_cookie_of_an_older_key_is_read_and_the_newest_key_writes():
    old, new = "o" * 32, "n" * 32
    session = new_session()
    written = SessionCookie([old], secure=True).write(session).value
    both = SessionCookie([new, old], secure=True)

    assert both.read(written).visitor_id == session.visitor_id
    assert SessionCookie([new], secure=True).read(both.write(session).value) == replace(
        session, fresh=False
    )
    assert SessionCookie([new], secure=True).read(written).fresh


def test_the_name_from_before_tls_had_one_of_its_own_is_read_for_now():
    session = new_session()
    value = str(COOKIE.write(session).value)

    assert COOKIE.session_in({"visitor": value}).visitor_id == session.visitor_id
    assert COOKIE.session_in({COOKIE.name: value, "visitor": "x"}).visitor_id == session.visitor_id
