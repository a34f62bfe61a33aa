"""The drill: a served database is backed up, restored elsewhere, and served from there."""

import re
from pathlib import Path

from tests.backups import audited
from tests.servers import SECRET_KEY, Setting, launched, server_beside
from tests.web.conftest import running_site
from tests.web.visitors import visitor
from web.server.data_folder import running_database


def done(settings: dict[str, Setting], *arguments: Setting) -> str:
    """Run a command and return what it says."""
    with launched(*map(str, arguments), **settings) as running:
        assert running.process.wait(90) == 0, running.output
        return running.output


async def test_a_restore_drill(database_uri: str, tmp_path: Path):
    """From a database of one's own into an embedded one, where nobody invents experts."""
    file, erasures = tmp_path / "backup.zip", tmp_path / "erasures"
    old: dict[str, Setting] = {"MONGODB_URI": database_uri, "SECRET_KEY": SECRET_KEY}
    new: dict[str, Setting] = {"DATA_DIR": tmp_path / "data", "SECRET_KEY": SECRET_KEY}
    async with running_site(database_uri) as site, visitor(site.url) as ann:
        taken, free = [await site.slot() for _ in range(2)]
        reference = await ann.booked(taken.id)
        cookies = ann.client.cookies

        said = done(old, "backup", file)
        listed = done(old, "erasures", erasures)
    restored = done(new, "restore", file, "--erasures", erasures)

    seal = re.search("SHA-256 ([0-9a-f]{64})", said)
    assert seal is not None
    assert seal[1].encode() in file.read_bytes()
    assert listed == f"{erasures}: 0 more erasures.\n"
    assert "but for 0 erasures" in restored
    async with server_beside(None, **new) as server, visitor(server.url, cookies=cookies) as ann:
        assert (await ann.get(f"/bookings/{reference}")).status_code == 200
        assert (await ann.post(f"/bookings/{reference}/cancel")).status_code == 303
        await ann.booked(free.id)
        assert "2 experts" in (await ann.get("/experts")).text
        assert await audited(running_database(tmp_path / "data") or "") == []
