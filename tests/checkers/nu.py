"""The Nu Html Checker, which says where HTML breaks its standard: one server for many pages."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.checkers import installed
from tests.programs import Missing, program
from tests.servers import READY_S, end, free_port

JAVA = "default-jre-headless"
MAIN = "nu.validator.servlet.Main"
MEMORY = "-Xmx512m"
"""It would take a quarter of the machine's."""
LOCAL = "-Dnu.validator.servlet.bind-address=127.0.0.1"
PATIENCE_S = 60
PAUSE_S = 0.2

EXCEPTED = {
    "Attribute “pathLength” not allowed on element “circle”": (
        "SVG 2 allows it on every shape; the checker knows SVG 1.1, which has it on paths alone"
    ),
}
"""What it calls an error and we leave, by how its sentence begins, and why."""


@dataclass(frozen=True)
class Nu:
    """The checker, as it runs."""

    url: str

    def faults(self, page: str) -> list[str]:
        """Say what is wrong with a page, in a line each."""
        request = urllib.request.Request(
            f"{self.url}/?out=json",
            data=page.encode(),
            headers={"Content-Type": "text/html; charset=utf-8"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            found = json.load(answer)["messages"]
        return [_line(fault) for fault in found if _counts(fault)]


def _counts(fault: dict[str, Any]) -> bool:
    return fault["type"] != "info" and not fault["message"].startswith(tuple(EXCEPTED))


def _line(fault: dict[str, Any]) -> str:
    return f"{fault['message']} At: {fault.get('extract', 'no place')!r}"


@contextmanager
def running_nu() -> Iterator[Nu]:
    """Run the checker; a test is skipped where it or Java is missing."""
    jar = installed("vnu-jar/build/dist/vnu.jar")
    port = free_port()
    command = [str(_java()), MEMORY, LOCAL, "-cp", str(jar), MAIN, str(port)]
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=nowhere, stderr=nowhere)
    try:
        yield Nu(_ready(f"http://127.0.0.1:{port}"))
    finally:
        end(process)


def _java() -> Path:
    try:
        return program(JAVA)
    except Missing as missing:
        pytest.skip(str(missing))


def _ready(url: str) -> str:
    """Return the address once something answers there."""
    deadline = time.monotonic() + READY_S
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE_S):
                return url
        except OSError:
            assert time.monotonic() < deadline, "the checker never answers"
            time.sleep(PAUSE_S)
