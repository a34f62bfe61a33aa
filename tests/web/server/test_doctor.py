"""The command: a line for each check, and an exit code that says whether all is well."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.proxies import wait_for_port
from tests.servers import SECRET_KEY, Setting, end, free_port, launched, mongod

LINE = r"^(ok|warning|wrong) +([^:]+):"
OF_TIME = {"Clocks", "Writes"}
"""What a busy machine, or one whose clock is moved, may find fault with."""


def told(*options: str, **settings: Setting) -> tuple[int, list[str]]:
    """Return the doctor's exit code, and what it says."""
    with launched("doctor", *options, SECRET_KEY=SECRET_KEY, **settings) as doctor:
        code = doctor.process.wait(90)
        return code, doctor.output.splitlines()


@contextmanager
def standalone(folder: Path) -> Iterator[str]:
    """Run a mongod that is no replica set; yields its address."""
    found, port = mongod(), free_port()
    assert found is not None
    process = subprocess.Popen(
        [found.program, "--dbpath", folder, "--port", str(port), "--bind_ip", "127.0.0.1"],
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for_port(port)
        yield f"mongodb://127.0.0.1:{port}/"
    finally:
        end(process)


def test_where_all_is_well_each_line_says_so(database_uri: str, tmp_path: Path):
    code, lines = told(MONGODB_URI=database_uri, DATA_DIR=tmp_path, PYTHONTZPATH="")

    states = {name: state for state, name in re.findall(LINE, "\n".join(lines), re.MULTILINE)}
    assert code == ("wrong" in states.values())
    assert {states[name] for name in states.keys() - OF_TIME} == {"ok"}
    assert states.keys() > {"Settings", "Data folder", "Time zones", "Indexes", *OF_TIME}


@pytest.mark.usefixtures("needs_mongod")
def test_what_is_wrong_is_told_with_what_to_do_and_the_rest_is_looked_at(tmp_path: Path):
    port = free_port()
    with standalone(tmp_path) as uri:
        code, lines = told(
            "--mail", "ann@example.org", MONGODB_URI=uri, SMTP_URL=f"smtp://localhost:{port}"
        )

    assert code == 1
    wrong = [line for line in lines if line.startswith("wrong ")]
    assert wrong[0].startswith("wrong    Database: MONGODB_URI: the server is no replica set")
    assert wrong[1] == f"wrong    Mail: localhost takes no connections at port {port}."
    after = lines[lines.index(wrong[1]) + 1]
    assert after == f"{'':<8} Check the port in SMTP_URL: 587 for smtp://, 465 for smtps://."
