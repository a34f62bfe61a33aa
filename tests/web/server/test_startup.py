"""Starting and ending, by real processes."""

import os
import re
import resource
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from domain.store.core.database import connect
from tests import fake_clock
from tests.databases import Databases
from tests.factories import make_expert
from tests.processes import all_ended, children_of
from tests.servers import (
    ROOT,
    SECRET_KEY,
    Server,
    Setting,
    answers,
    free_port,
    launched,
    start_server,
    wait_until_ready,
)


def is_of_a_fake_clock(line: str) -> bool:
    """Say whether a line is there only because the tests run ahead of the database's clock."""
    return bool(fake_clock.AHEAD_S) and "The database's clock is" in line


@dataclass(frozen=True)
class FirstStart:
    """A server's first start and its end."""

    folder: Path
    url: str
    lines: list[str]
    exit_code: int


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> FirstStart:
    """What a newcomer sees, from an empty folder on."""
    folder = tmp_path_factory.mktemp("first") / "data"
    with start_server(None, DATA_DIR=folder) as server:
        wait_for(lambda: "ExpertConnect is at" in server.output)
        code = server.stop()
        told = [line for line in server.output.splitlines() if not is_of_a_fake_clock(line)]
        return FirstStart(folder, server.url, told, code)


@pytest.fixture
def data_dir(first_start: FirstStart) -> Path:
    """The folder of that start, for one test after the other: it starts in no time."""
    return first_start.folder


@pytest.fixture(scope="module")
def running(
    first_start: FirstStart, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Server, Path]]:
    """A server that runs on a copy of it, for tests of what happens beside one."""
    folder = shutil.copytree(
        first_start.folder,
        tmp_path_factory.mktemp("running") / "data",
        ignore=shutil.ignore_patterns("WiredTigerPreplog.*"),  # room kept for later, 200 MB of it
    )
    with start_server(None, DATA_DIR=folder) as server:
        yield server, folder


@dataclass(frozen=True)
class OnNamed:
    """A server with two workers on a database that is named, from a shell with few files."""

    server: Server
    folder: Path
    most_files: int


@pytest.fixture(scope="module")
async def on_named(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[OnNamed]:
    """One for several tests. Its database has an expert, so that no start seeds it."""
    folder = tmp_path_factory.mktemp("named") / "data"
    with databases.one() as uri:
        database = connect(uri)
        await make_expert(database)
        await database.close()
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        with ExitStack() as running:
            resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
            try:
                starting = start_server(uri, DATA_DIR=folder, WORKERS=2)
                server = running.enter_context(starting)
            finally:
                resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            wait_for(lambda: "ExpertConnect is at" in server.output)  # both workers are ready
            yield OnNamed(server, folder, most_files=min(hard, 65_536))


pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks into /proc"),
    pytest.mark.timeout(300),
]


OPENID = {"OIDC_ISSUER": "https://id.example.org", "OIDC_CLIENT_ID": "us", "OIDC_SECRET": "x"}


def refusal(server: Server) -> str:
    """Return the one line with which a start was refused."""
    assert server.process.wait(60) == 1
    lines = [line for line in server.output.splitlines() if not line.startswith("Database: ")]
    assert len(lines) == 1, server.output
    return lines[0]


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"PORT": "http"}, "PORT must be a whole number from 1 to 65535, not 'http'."),
        ({"PORT": "0"}, "PORT must be a whole number from 1 to 65535, not '0'."),
        ({"WORKERS": "many"}, "WORKERS must be a whole number from 1 to 64, not 'many'."),
        ({"HOLD_SECONDS": "-1"}, "HOLD_SECONDS must be a whole number from 1 to 86400, not '-1'."),
        (
            {"LEAVING_SECONDS": "0"},
            "LEAVING_SECONDS must be a whole number from 1 to 3600, not '0'.",
        ),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be console or json, not 'xml'."),
        ({"SMTP_URL": "mail.example.org"}, "SMTP_URL must begin with smtp:// or smtps://."),
        *(
            ({"SMTP_URL": url}, "SMTP_URL must name a host, and a port from 1 to 65535 or none.")
            for url in ("smtp://a:b", "smtp://a:0", "smtp://:25")
        ),
        *(
            (
                {"BASE_URL": url},
                "BASE_URL must end with its host: https://book.example.org, no path.",
            )
            for url in ("https://a.example/b", "https://a.example?b", "https://:443")
        ),
        ({"BASE_URL": "http://["}, "BASE_URL must begin with http:// or https://."),
        ({"SMTP_URL": "smtp://["}, "SMTP_URL must begin with smtp:// or smtps://."),
        (
            {"MONGODB_URI": "mongodb://[::"},
            "MONGODB_URI must begin with mongodb:// or mongodb+srv://.",
        ),
        (
            {"MAIL_FROM": "Bookings"},
            "MAIL_FROM must be an address like Bookings <bookings@example.org>.",
        ),
        *(
            (
                {**OPENID, "OIDC_ISSUER": url},
                "OIDC_ISSUER must begin with https:// and name a host.",
            )
            for url in ("http://id.example.org", "https://:443")
        ),
        (
            {**OPENID, "OIDC_SECRET": ""},
            "OIDC_SECRET must be set when any of OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_SECRET is.",
        ),
        (
            {"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4318"},
            "OTEL_EXPORTER_OTLP_ENDPOINT must begin with http:// or https://.",
        ),
        (
            {"CONFIRM_BY_MAIL": "sometimes"},
            "CONFIRM_BY_MAIL must be never, first or always, not 'sometimes'.",
        ),
        (
            {"CONFIRM_BY_MAIL": "first", "BASE_URL": "https://book.example.org"},
            "SMTP_URL must be set when CONFIRM_BY_MAIL asks for mailed links.",
        ),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must have at least 32 characters."),
        ({"MONGODB_URI": "localhost"}, "MONGODB_URI must begin with mongodb:// or mongodb+srv://."),
    ],
)
def test_a_bad_setting_is_named_in_one_line(settings: dict[str, Setting], line: str):
    with launched(**settings) as server:
        assert refusal(server) == line


def test_another_database_needs_a_key_of_its_own():
    with launched(MONGODB_URI="mongodb://127.0.0.1:1/") as server:
        assert refusal(server).startswith("SECRET_KEY must be set when MONGODB_URI is")


def test_a_port_in_use_is_named_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with launched(PORT=port) as server:
            assert refusal(server) == (
                f"PORT {port} at 127.0.0.1 is in use: "
                "stop what listens there, or set PORT to another."
            )


def test_a_host_that_is_not_this_machine_is_named_in_one_line():
    with launched(HOST="192.0.2.1") as server:
        assert refusal(server).startswith("HOST 192.0.2.1 can't be listened on")


def test_a_database_that_does_not_answer_is_named_in_one_line():
    port = free_port()
    with launched(MONGODB_URI=f"mongodb://127.0.0.1:{port}/", SECRET_KEY=SECRET_KEY) as server:
        line = refusal(server)

    assert line.startswith(f"MONGODB_URI: no database answers: 127.0.0.1:{port}")


def test_a_data_folder_in_use_is_named_in_one_line(running: tuple[Server, Path]):
    _, folder = running
    with launched(DATA_DIR=folder) as second:
        assert refusal(second) == (
            f"DATA_DIR: {folder} is in use by another ExpertConnect. "
            "Stop that one, or set DATA_DIR to another folder."
        )


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ("migrate", "The database has every migration.\n"),
        ("seed", "Nothing to add: all of it is there.\n"),
        ("audit", ""),
    ],
)
def test_commands_use_the_database_of_a_server_that_runs(
    running: tuple[Server, Path], command: str, says: str
):
    with launched(command, DATA_DIR=running[1]) as beside:
        assert beside.process.wait(60) == 0, beside.output
        assert beside.output == says


def test_a_data_folder_that_cannot_be_made_is_named_in_one_line(tmp_path: Path):
    (tmp_path / "file").touch()
    with launched(DATA_DIR=tmp_path / "file" / "data") as server:
        assert refusal(server).startswith(f"DATA_DIR: {tmp_path}/file/data can't be used")


def test_a_first_start_says_what_it_does(first_start: FirstStart):
    database, *steps = first_start.lines

    assert re.fullmatch(
        rf"Database: (MongoDB|SecantusDB) \S+, embedded, in {first_start.folder}.* "
        r"\(set MONGODB_URI to use another\)\.",
        database,
    )
    assert steps == [
        *(f"Migration: {path.stem}." for path in sorted(ROOT.glob("migrations/0*.py"))),
        "Seeding: experts and the times of their next weeks.",
        f"ExpertConnect is at {first_start.url} (Ctrl-C ends it).",
        f"Experts sign in at {first_start.url}/desk: links are at {first_start.url}/dev/outbox.",
        f"Administrators sign in at {first_start.url}/admin/sign-in, as admin@example.com.",
        "Stopped.",
    ]
    assert first_start.exit_code == 0


def test_a_second_start_keeps_data_and_keys(first_start: FirstStart, running: tuple[Server, Path]):
    server, folder = running
    told = [line for line in server.output.splitlines() if not is_of_a_fake_clock(line)]

    assert [line.split(":")[0] for line in told[:2]] == ["Database", "ExpertConnect is at http"]
    assert "30 experts" in page_of_experts(server)
    for kept in ("secret_key", "engine"):
        assert (folder / kept).read_text() == (first_start.folder / kept).read_text()
        assert stat.S_IMODE((folder / kept).stat().st_mode) == 0o600


def page_of_experts(server: Server) -> str:
    with urllib.request.urlopen(f"{server.url}/experts") as page:
        return str(page.read().decode())


def test_a_seeding_that_was_cut_short_is_finished_at_the_next_start(tmp_path: Path):
    with launched("seed", "--experts", "2", DATA_DIR=tmp_path) as seeding:
        assert seeding.process.wait(60) == 0, seeding.output

    with start_server(None, DATA_DIR=tmp_path) as server:
        assert "30 experts" in page_of_experts(server)


def test_a_database_of_ones_own_gets_no_experts_that_one_did_not_ask_for(
    database_uri: str,
):
    with launched("seed", "--experts", "2", MONGODB_URI=database_uri, SECRET_KEY=SECRET_KEY) as it:
        assert it.process.wait(60) == 0, it.output

    with start_server(database_uri) as server:
        assert "2 experts" in page_of_experts(server)


def test_a_signal_ends_everything_that_was_started(data_dir: Path):
    with start_server(None, WORKERS=2, DATA_DIR=data_dir) as server:
        started = children_of(server.process.pid)
        roles = sorted(role(command) for command in started.values())
        assert roles == ["database", "worker", "worker"]

        assert server.stop() == 0

        assert all_ended(list(started), within=0)
        assert not answers(server.url)


def test_more_signals_change_nothing(data_dir: Path):
    with start_server(None, DATA_DIR=data_dir) as server:
        started = children_of(server.process.pid)

        for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGTERM, signal.SIGINT):
            server.process.send_signal(number)
            time.sleep(0.1)

        assert server.process.wait(20) == 0
        assert all_ended(list(started), within=0)


def test_what_was_started_ends_with_a_launcher_that_was_killed(data_dir: Path):
    with start_server(None, DATA_DIR=data_dir) as server:
        started = children_of(server.process.pid)

        server.process.kill()

        assert all_ended(list(started), within=30)
    with launched("audit", DATA_DIR=data_dir) as again:
        assert again.process.wait(60) == 0, again.output


def test_a_signal_while_starting_ends_what_was_started_so_far():
    with launched() as server:
        wait_for(lambda: "Seeding" in server.output)
        started = children_of(server.process.pid)

        assert server.stop() == 0
        assert all_ended(list(started), within=0)


def test_a_signal_that_comes_in_the_middle_of_an_import_ends_with_the_same_code():
    program = [sys.executable, "-m", "tests.web.server.caught"]

    assert subprocess.run(program, cwd=ROOT, check=False).returncode == 0


def test_what_is_in_flight_still_finds_the_database(data_dir: Path):
    form = b"email=ann%40example.org"
    with start_server(None, DATA_DIR=data_dir) as server:
        started = children_of(server.process.pid)
        port = int(server.url.rpartition(":")[2])
        with closing(HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
            connection.putrequest("POST", "/bookings/link")
            connection.putheader("Content-Type", "application/x-www-form-urlencoded")
            connection.putheader("Content-Length", str(len(form)))
            connection.endheaders(form[:5])
            time.sleep(0.3)

            # As Ctrl-C in a terminal does: to the whole foreground group.
            os.killpg(server.process.pid, signal.SIGINT)
            time.sleep(0.5)
            connection.send(form[5:])

            assert connection.getresponse().status == 200
        assert server.process.wait(20) == 0
        assert all_ended(list(started), within=0)


def test_with_a_database_named_nothing_embedded_starts(on_named: OnNamed):
    started = children_of(on_named.server.process.pid)

    assert [role(command) for command in started.values()] == ["worker", "worker"]
    assert not (on_named.folder / "database").exists()


def test_a_worker_may_open_more_files_than_it_is_given_at_first(on_named: OnNamed):
    for worker in children_of(on_named.server.process.pid):
        allowed, _ = resource.prlimit(worker, resource.RLIMIT_NOFILE)
        assert allowed == on_named.most_files


def test_a_worker_that_dies_is_replaced(on_named: OnNamed):
    server = on_named.server
    before = children_of(server.process.pid)
    victim = next(iter(before))

    os.kill(victim, signal.SIGKILL)

    assert answers(f"{server.url}/health/ready")
    wait_for(lambda: len(children_of(server.process.pid).keys() - before.keys()) == 1)
    wait_until_ready(server)
    assert "A worker ended (exit code -9): starting another." in server.output
    assert server.stop() == 0


def test_a_database_that_dies_ends_the_server_with_one_line(data_dir: Path):
    with start_server(None, DATA_DIR=data_dir) as server:
        started = children_of(server.process.pid)
        database = next(pid for pid, command in started.items() if role(command) == "database")

        os.kill(database, signal.SIGKILL)

        assert server.process.wait(20) == 1
        assert server.output.splitlines()[-1] == (
            f"The embedded database ended by itself: see {data_dir}/database.log."
        )
        assert all_ended(list(started), within=0)


def test_an_audit_without_findings_is_silent(database_uri: str):
    with launched("audit", MONGODB_URI=database_uri, SECRET_KEY=SECRET_KEY) as audit:
        assert audit.process.wait(60) == 0
        assert audit.output == ""


def role(command: str) -> str:
    """Name what a child of the launcher is there for."""
    return "worker" if "web.server.worker" in command else "database"


def wait_for(condition: Callable[[], bool], *, within: float = 60) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
