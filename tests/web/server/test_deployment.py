"""The files that deployments begin with: read, and run."""

import asyncio
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from domain.store.core.database import Database
from tests.factories import make_expert, make_slot
from tests.programs import program
from tests.proxies import caddy, nginx, wait_for_port
from tests.servers import ROOT, end, environment, free_port, start_server
from tests.web.test_documentation import SETTINGS
from tests.web.visitors import visitor
from web.http import clock
from web.live.heart import PING_SECONDS
from web.settings import read_settings

TEST_COMMAND = "pip install uv rust-just && just test"
RENDERS_OWN = {"PYTHON_VERSION", "FORWARDED_ALLOW_IPS"}
"""What Render and uvicorn read; everything else is ours."""


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
    assert {variable["key"] for variable in render["envVars"]} - RENDERS_OWN <= SETTINGS


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
    asked_for = {
        "MONGODB_URI": database_uri,
        "SECRET_KEY": "made by Render and long enough to be one",
    }
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
            outbox = await ann.get("/dev/outbox")  # HOST lets others in

    assert "1 expert" in page.text
    assert outbox.status_code == 404


def test_the_documented_lines_for_a_shell_make_good_settings():
    program("openssl")  # the lines call it
    lines = re.findall(r"`(export MONGODB_URI=.*)`", (ROOT / "docs/operating.md").read_text())
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
        assert [len(key) for key in settings.secret_keys] == [64]


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


@pytest.mark.parametrize(
    "proxy",
    [pytest.param(nginx, id="nginx"), pytest.param(caddy, id="caddy")],
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
            page = await ann.get(f"/experts/{expert.slug}", headers={"X-Request-ID": "anns-own"})
            assert page.status_code == 200
            assert re.fullmatch("[0-9a-f-]{32,36}", page.headers["X-Request-ID"])
            async with (
                asyncio.timeout(PING_SECONDS - 3),  # no ping pushes out what a proxy keeps
                ann.client.stream("GET", f"/experts/{expert.slug}/live") as stream,
            ):
                lines = stream.aiter_lines()
                assert (await eve.hold(slot.id)).status_code == 303
                while await anext(lines) != "event: slotHeld":
                    pass
            assert (await ann.get("/metrics")).status_code == 404


def test_nginx_sends_plain_http_to_https(tmp_path: Path):
    with nginx(tmp_path, server_port=free_port()):
        plain = re.findall(r"listen (127\.0\.0\.1:\d+);", (tmp_path / "site.conf").read_text())[0]
        answer = httpx.get(f"http://{plain}/experts?q=tax", headers={"Host": "book.example.org"})

    assert answer.status_code == 301
    assert answer.headers["location"] == "https://book.example.org/experts?q=tax"
