from datetime import timedelta

from web.sessions import SessionCookie, new_session

DAY = timedelta(days=1)
COOKIE = SessionCookie("k" * 32, secure=True)


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
    assert session.viewer(now).addresses == {
        f"somebody.with.a.long.name+{n}@mail.example.org" for n in range(180, 200)
    }


def test_a_cookie_that_was_tampered_with_is_a_new_visitor(now):
    kept = COOKIE.write(new_session().proving("ann@example.org", now + DAY, now)).value
    assert kept

    read = COOKIE.read(kept[:-4] + "AAAA")

    assert (read.proven, read.fresh) == ({}, True)
