"""The files that deployments begin with: read, and where the machine allows, run."""

import asyncio
import os
import re
import shutil
import socket
import ssl
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
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from domain.store.database import Database
from tests.factories import make_expert, make_slot
from tests.servers import ROOT, end, environment, free_port, start_server
from tests.web.visitors import visitor
from web import clock
from web.settings import read_settings

TEST_COMMAND = "pip install uv rust-just && just test"
RENDERS_OWN = {"PYTHON_VERSION", "FORWARDED_ALLOW_IPS"}
"""What Render and uvicorn read; everything else is ours."""


def needs(*programs: str) -> pytest.MarkDecorator:
    """Skip a test, and say so, where the machine lacks a program that no package here brings."""
    missing = [program for program in programs if shutil.which(program) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not here: {', '.join(missing)}")


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


@contextmanager
def started_as_on_render(render: dict[str, Any], database_uri: str) -> Iterator[str]:
    """Run the blueprint's command with its variables and Render's; yields the address."""
    port = free_port()
    given = {v["key"]: v["value"] for v in render["envVars"] if "value" in v}
    asked_for = {"MONGODB_URI": database_uri, "SECRET_KEY": "made by Render, long enough to be one"}
    renders = {"PORT": str(port), "RENDER_EXTERNAL_URL": "https://expertconnect.onrender.com"}
    process = subprocess.Popen(
        ["sh", "-c", render["startCommand"]],
        cwd=ROOT,
        env=environment(**given, **asked_for, **renders),
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        end(process)


async def test_the_blueprints_start_command_serves(
    database: Database, database_uri: str, render: dict[str, Any]
):
    await make_expert(database)
    with started_as_on_render(render, database_uri) as address:
        async with visitor(address) as ann:
            assert (await ann.get(render["healthCheckPath"])).text == "ready"
            page = await ann.get("/experts")

    assert "1 expert" in page.text


@needs("openssl")
def test_the_readmes_lines_for_a_shell_make_good_settings():
    lines = re.findall(r"`(export MONGODB_URI=.*)`", (ROOT / "README.md").read_text())
    assert len(lines) == 2  # Atlas, and one host behind a proxy
    for line in lines:
        filled = (
            line.replace("'mongodb+srv://…'", "'mongodb+srv://a:b@c.example.net/expertconnect'")
            .replace("MONGODB_URI=…", "MONGODB_URI=mongodb://127.0.0.1/expertconnect")
            .replace("SECRET_KEY=…", 'SECRET_KEY="$(openssl rand -hex 32)"')
            .replace("SMTP_URL=…", "SMTP_URL=smtp://mail.example.org:587")
        )
        assert "…" not in filled
        told = subprocess.run(
            ["sh", "-c", f"{filled}; env"], env=environment(), capture_output=True, check=True
        )
        variables = dict(entry.split("=", 1) for entry in told.stdout.decode().splitlines())

        settings = read_settings(variables)

        assert settings.mongodb_uri == variables["MONGODB_URI"]
        assert len(settings.secret_key or "") == 64


def test_ci_runs_the_readmes_test_command():
    assert TEST_COMMAND in (ROOT / "README.md").read_text().splitlines()
    assert (ROOT / ".ci/run").read_text().splitlines()[-1] == TEST_COMMAND


@pytest.mark.parametrize(
    "sent",
    [
        "99.61.165.29, 104.22.17.40",
        "6.6.6.6, 99.61.165.29, 104.22.17.40",
        "10.0.0.1, 104.22.17.40, 99.61.165.29, 104.22.17.40",
    ],
)
async def test_behind_render_a_visitor_cannot_choose_where_it_comes_from(
    render: dict[str, Any], sent: str
):
    (trusted,) = [v["value"] for v in render["envVars"] if v["key"] == "FORWARDED_ALLOW_IPS"]
    seen = []

    async def app(scope: Any, *_: Any) -> None:
        seen.append(scope["client"][0])

    scope = {
        "type": "http",
        "client": ("10.21.157.68", 50_000),
        "scheme": "http",
        "headers": [(b"x-forwarded-for", sent.encode())],
    }

    await ProxyHeadersMiddleware(app, trusted)(scope, None, None)  # type: ignore[arg-type]

    assert seen == ["99.61.165.29"]


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


@contextmanager
def caddy(folder: Path, *, server_port: int) -> Iterator[str]:
    """Run Caddy with our file, its port and authority exchanged; yields its address."""
    port = free_port()
    site = (ROOT / ".ci/Caddyfile").read_text()
    for ours, here in {
        "127.0.0.1:8000": f"127.0.0.1:{server_port}",
        "book.example.org {": f"https://book.example.org:{port} {{\n\ttls internal",
    }.items():
        assert ours in site
        site = site.replace(ours, here)
    alone = (
        "{\n\tadmin off\n\tauto_https disable_redirects\n\tskip_install_trust\n"
        "\tdefault_sni book.example.org\n}\n"
    )
    (folder / "Caddyfile").write_text(alone + site)
    with (folder / "error.log").open("wb") as log:
        process = subprocess.Popen(
            ["caddy", "run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")],
            env={"HOME": str(folder), "PATH": os.environ["PATH"]},
            stderr=log,
        )
    try:
        wait_for_port(port)
        wait_for_certificate(port)
        yield f"https://127.0.0.1:{port}"
    finally:
        end(process)


def wait_for_certificate(port: int) -> None:
    """Wait until Caddy, which listens before it has made its certificate, shows one."""
    believing = ssl.create_default_context()
    believing.check_hostname = False
    believing.verify_mode = ssl.CERT_NONE
    for _ in range(200):
        try:
            with (
                socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
                believing.wrap_socket(plain, server_hostname="book.example.org"),
            ):
                return
        except ssl.SSLError:
            time.sleep(0.05)
    raise AssertionError(f"no certificate at {port}")


@pytest.mark.parametrize(
    "proxy",
    [
        pytest.param(nginx, marks=needs("nginx", "openssl"), id="nginx"),
        pytest.param(caddy, marks=needs("caddy"), id="caddy"),
    ],
)
async def test_behind_a_proxy_an_event_arrives_at_once(
    database: Database, database_uri: str, tmp_path: Path, proxy: Any
):
    expert = await make_expert(database)
    slot = await make_slot(database, expert, starts_at=clock.now() + timedelta(days=1))
    settings = {"BASE_URL": "https://book.example.org"}
    with (
        start_server(database_uri, **settings) as server,
        proxy(tmp_path, server_port=int(server.url.rpartition(":")[2])) as address,
    ):
        options: dict[str, Any] = {
            "verify": False,  # the certificate is the test's own
            "headers": {"Host": "book.example.org"},
        }
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
            assert (await ann.get("/metrics")).status_code == 404


@needs("nginx", "openssl")
def test_nginx_sends_plain_http_to_https(tmp_path: Path):
    with nginx(tmp_path, server_port=free_port()):
        plain = re.findall(r"listen (127\.0\.0\.1:\d+);", (tmp_path / "site.conf").read_text())[0]
        answer = httpx.get(f"http://{plain}/experts?q=tax", headers={"Host": "book.example.org"})

    assert answer.status_code == 301
    assert answer.headers["location"] == "https://book.example.org/experts?q=tax"
