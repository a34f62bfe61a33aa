"""Another program is measured beside ours; where it fails, words stand in place of a figure."""

import json
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from domain.store.core.database import Key
from tests.addresses import database_at
from tests.bench.engines import given
from tests.bench.ground import floor_server
from tests.bench.peer import asking
from tests.bench.peer.asking import Misfit, Peer
from tests.bench.peer.bookings import USUAL
from tests.bench.peer.options import add_options, peer_of
from tests.bench.peer.sides import in_turn
from tests.bench.peer.table import peer_table
from tests.bench.scale import QUICK
from tests.servers import ROOT, drop, free_port
from web.console import Trouble

pytestmark = pytest.mark.skipif(
    not find_spec("socketio"), reason="python-socketio is missing: `just _peer` installs it"
)
FIGURES = [
    "finding experts, 8 clients, a second",
    "finding experts, the slowest of a hundred, ms",
    "an expert's page, 8 clients, a second",
    "an expert's page, the slowest of a hundred, ms",
    "40 bookings on distinct times, 32 clients, a second",
    "10 people choose one time at once: all answered, one has it, ms",
    "a claim is sent → the last of 10 listeners has it, ms",
]


@pytest.fixture(scope="module")
def faulty(mongodb_uri: str) -> Iterator[Peer]:
    """A peer that gives a time to everybody and tells nobody."""
    uri = database_at(mongodb_uri, f"test_peer_{Key()}")
    with floor_server("peer", uri, "twice", "silent") as served:
        yield Peer(served.url, USUAL)
    drop(uri)


def bench(*options: str | Path) -> str:
    """Run the command on a peer alone; return what it prints."""
    command = [sys.executable, "-m", "tests.bench", "--quick", "--only", "peer", *map(str, options)]
    ran = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def cells(printed: str) -> dict[str, list[str]]:
    """Return what a printed table says of each figure."""
    lines = [line.strip("| ").split(" | ") for line in printed.splitlines() if line[:1] == "|"]
    return {line[0]: line[1:] for line in lines[2:]}


@pytest.mark.soak  # our whole server beside it
def test_another_program_is_measured_beside_ours(mongodb_uri, empty_uri):
    measuring = pytest.importorskip("tests.bench.peer.measuring")

    with floor_server("peer", empty_uri) as served, given(mongodb_uri) as server:
        rows = measuring.measure(server, QUICK, Peer(served.url, USUAL))

    found = cells(peer_table(rows))
    assert [*found] == FIGURES
    assert all(float(ratio) > 0 for _, _, ratio, _ in found.values())
    assert "no hold, no mail" in found[FIGURES[4]][-1]


@pytest.mark.soak  # the same, from the command to what it writes
def test_the_bench_prints_and_writes_what_is_beside_it(mongodb_uri, empty_uri, tmp_path):
    written = tmp_path / "figures.json"

    with floor_server("peer", empty_uri) as peer:
        printed = bench("--peer", peer.url, "--server", mongodb_uri, "--json", written)

    found = cells(printed)
    assert [*found] == FIGURES
    assert [len(row["peer"]) for row in json.loads(written.read_text())["peer"]] == [1] * 7
    assert cells(bench("--show", written)) == found


async def test_a_peer_that_books_one_time_twice_has_no_figure(faulty):
    times = (await asking.look(faulty.url, after="", most=1)).times

    with pytest.raises(Misfit, match=r"^gave one time to 3 of 3: answered 201 to 3$"):
        await asking.contend(faulty, times, 3)


async def test_a_peer_that_tells_nobody_has_no_figure(faulty, monkeypatch):
    hearing = pytest.importorskip("tests.bench.peer.hearing")
    monkeypatch.setattr(hearing, "PATIENCE_S", 0.5)
    times = (await asking.look(faulty.url, after="", most=2)).times

    with pytest.raises(Misfit, match=r"^sent `slotBooked` within 0.5 s to 0 of 2 listeners$"):
        await hearing.tell_peer(faulty, times, 2)


async def test_a_peer_that_refuses_a_booking_says_why(faulty):
    times = (await asking.look(faulty.url, after="", most=1)).times
    strange = Peer(faulty.url, {"wrong": "{time}"})

    with pytest.raises(Misfit, match=r"^answered a booking by 500 .+$"):
        await asking.book(strange, times, 1)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (Misfit("gave one time to 2 of 3"), "gave one time to 2 of 3"),
        (ConnectionResetError("reset by peer"), "broke off: reset by peer"),
        (TimeoutError(), "broke off: TimeoutError"),
    ],
)
def test_words_stand_where_the_peer_has_no_figure(error, words):
    def peer() -> float:
        raise error

    sides = in_turn("crowd", 2, lambda: 20.0, peer)

    table = peer_table([sides.row("crowd", "ms", float, "a hold; a POST")])
    assert cells(table) == {"crowd, ms": ["20", words, "", "a hold; a POST"]}


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("--peer-booking x.json", "No peer is named: add --peer URL."),
        ("--peer localhost:5000", "is not an address such as http://127.0.0.1:5000"),
        ("--peer http://[::1", "is not an address such as http://127.0.0.1:5000"),
        ("--peer http://127.0.0.1/api/experts", "is not an address such as"),
        ("--peer http://127.0.0.1 --peer-booking x.json", "x.json can't be read as JSON"),
    ],
)
def test_options_that_make_no_sense_are_refused_in_one_line(typed, reason):
    parser = ArgumentParser()
    parser.add_argument("--only")
    add_options(parser)

    with pytest.raises(Trouble, match=f"^.*{reason}.*$"):
        peer_of(parser.parse_args(typed.split()))


async def test_a_peer_that_does_not_answer_is_refused_in_one_line():
    with pytest.raises(Trouble, match=r"^--peer: .* can't be reached: .*$"):
        await asking.look(f"http://127.0.0.1:{free_port()}", after="", most=1)


def test_what_is_missing_is_named_with_the_command_that_brings_it(monkeypatch):
    parser = ArgumentParser()
    add_options(parser)
    monkeypatch.setattr("tests.bench.peer.options.find_spec", lambda _: None)

    with pytest.raises(Trouble, match=r"^python-socketio.* missing: `just bench --peer URL`.*$"):
        peer_of(parser.parse_args(["--peer", "http://127.0.0.1"]))
