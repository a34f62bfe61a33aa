"""The files that deployments begin with: read, and where the machine allows, run."""

import asyncio
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from domain.store.database import Database
from tests.factories import make_expert, make_slot
from tests.servers import ROOT, end, free_port, start_server
from tests.web.visitors import visitor
from web import clock
from web.settings import read_settings

TEST_COMMAND = "pip install uv rust-just && just test"
RENDERS_OWN = {"PYTHON_VERSION", "FORWARDED_ALLOW_IPS"}
"""What Render and uvicorn read; everything else is ours."""

needs_nginx = pytest.mark.skipif(
    not (shutil.which("nginx") and shutil.which("openssl")), reason="no nginx here"
)


@pytest.fixture(scope="module")
def render() -> dict[str, Any]:
    """The one service of the blueprint."""
    (service,) = yaml.safe_load((ROOT / ".ci/render.yaml").read_text())["services"]
    assert isinstance(service, dict)
    return service


def test_the_blueprints_variables_make_good_settings(render: dict[str, Any]):
    asked_for = {
        "MONGODB_URI": "mongodb+srv://name:word@cluster.example.net/expertconnect",
        "SECRET_KEY": "x" * 44,
        "BASE_URL": "https://expertconnect.example.net",
        "SMTP_URL": "smtps://mail.example.net",
        "MAIL_FROM": "bookings@example.net",
    }
    variables = {
        variable["key"]: variable.get("value") or asked_for[variable["key"]]
        for variable in render["envVars"]
    }

    settings = read_settings(variables | {"PORT": "10000"})

    assert settings.host == "0.0.0.0"  # noqa: S104 - Render's proxy comes from outside
    assert settings.mongodb_uri == asked_for["MONGODB_URI"]
    assert variables.keys() >= asked_for.keys()


def test_the_blueprint_sets_nothing_that_nobody_reads(render: dict[str, Any]):
    source = (ROOT / "web/settings.py").read_text()

    ours = {variable["key"] for variable in render["envVars"]} - RENDERS_OWN
    assert {name for name in ours if f'"{name}"' not in source} == set()


def test_the_blueprints_commands_exist(render: dict[str, Any]):
    recipes = re.findall(r"^([a-z]+)[^:=\n]*:(?!=)", (ROOT / "justfile").read_text(), re.MULTILINE)

    assert render["buildCommand"] == "pip install uv rust-just && just setup"
    assert "setup" in recipes
    assert render["startCommand"].endswith("exec .venv/bin/python -m web serve")


def test_ci_runs_the_readmes_test_command():
    assert TEST_COMMAND in (ROOT / "README.md").read_text().splitlines()
    assert (ROOT / ".ci/run").read_text().splitlines()[-1] == TEST_COMMAND


def test_caddy_passes_events_on_at_once():
    assert "flush_interval -1" in (ROOT / ".ci/Caddyfile").read_text()


@contextmanager
def nginx(folder: Path, *, server_port: int) -> Iterator[str]:
    """Run nginx with our file, its ports and certificate exchanged; yields its address."""
    plain, secure = free_port(), free_port()
    site = (ROOT / ".ci/nginx.conf").read_text()
    for ours, here in {
        "127.0.0.1:8000": f"127.0.0.1:{server_port}",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{secure} ssl",
        "/etc/letsencrypt/live/book.example.org": str(folder),
    }.items():
        assert ours in site
        site = site.replace(ours, here)
    (folder / "site.conf").write_text(site)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own_folders = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}} http {{ access_log off; {own_folders} include {folder}/site.conf; }}\n"
    )
    make_certificate(folder)
    process = subprocess.Popen(["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        wait_for_port(secure)
        yield f"https://127.0.0.1:{secure}"
    finally:
        end(process)


def wait_for_port(port: int) -> None:
    """Wait until something listens there."""
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens at {port}")


def make_certificate(folder: Path) -> None:
    """Make a certificate that nobody but this test believes."""
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test", *files],
        check=True,
        capture_output=True,
    )


@needs_nginx
async def test_behind_nginx_an_event_arrives_at_once(
    database: Database, database_uri: str, tmp_path: Path
):
    expert = await make_expert(database)
    slot = await make_slot(database, expert, starts_at=clock.now() + timedelta(days=1))
    settings = {"BASE_URL": "https://book.example.org"}
    with (
        start_server(database_uri, **settings) as server,
        nginx(tmp_path, server_port=int(server.url.rpartition(":")[2])) as address,
    ):
        # The certificate is the test's own, and the name stands for the real one.
        options: dict[str, Any] = {"verify": False, "headers": {"Host": "book.example.org"}}
        async with visitor(address, **options) as ann, visitor(address, **options) as eve:
            assert (await ann.get(f"/experts/{expert.slug}")).status_code == 200
            async with (
                asyncio.timeout(20),
                ann.client.stream("GET", f"/experts/{expert.slug}/live") as stream,
            ):
                lines = stream.aiter_lines()
                assert (await eve.hold(slot.id)).status_code == 303
                held = clock.now()
                while await anext(lines) != "event: slotHeld":
                    pass

                assert clock.now() - held < timedelta(seconds=2)


@needs_nginx
def test_nginx_sends_plain_http_to_https(tmp_path: Path):
    with nginx(tmp_path, server_port=free_port()):
        plain = re.findall(r"listen (127\.0\.0\.1:\d+);", (tmp_path / "site.conf").read_text())[0]
        answer = httpx.get(f"http://{plain}/experts?q=tax", headers={"Host": "book.example.org"})

    assert answer.status_code == 301
    assert answer.headers["location"] == "https://book.example.org/experts?q=tax"
