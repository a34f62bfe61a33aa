import os
import signal
import subprocess
import sys

from tests.processes import all_ended, is_running
from tests.servers import ROOT

SLEEP = "import time; time.sleep(60)"


def test_a_program_ends_with_the_process_that_started_it():
    launcher = (
        "import os, subprocess, sys, time\n"
        "tether = [sys.executable, '-m', 'web.server.tether', str(os.getpid())]\n"
        f"child = subprocess.Popen([*tether, sys.executable, '-c', '{SLEEP}'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", launcher], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout
        child = int(process.stdout.readline())
        assert is_running(child)

        process.kill()

        assert all_ended([child], within=60)


def test_a_program_whose_launcher_is_gone_already_does_not_stay():
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    tethered = subprocess.run(
        [sys.executable, "-m", "web.server.tether", str(gone.pid), sys.executable, "-c", SLEEP],
        cwd=ROOT,
        timeout=60,
        check=False,
    )

    assert tethered.returncode == -signal.SIGTERM


def test_where_the_system_sends_no_signal_a_pipe_that_closes_does():
    watching = "import web.server.tether as t; print(1, flush=True); t.end_with_pipe()"
    with subprocess.Popen(
        [sys.executable, "-c", watching], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert process.stdin
        process.stdout.readline()
        assert process.poll() is None

        process.stdin.close()

        assert process.wait(60) == -signal.SIGTERM


def test_a_program_that_runs_beside_its_tether_is_told_to_end():
    beside = (
        "import sys, web.server.tether as t\n"
        f"sys.exit(t.run_beside([sys.executable, '-uc', 'print(1); {SLEEP}']) == -15)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", beside], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout
        process.stdout.readline()

        os.kill(process.pid, signal.SIGTERM)

        assert process.wait(60) == 1
