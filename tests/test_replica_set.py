"""The harness of the fault tests leaves nothing behind, however its process ends."""

import subprocess
import sys

from tests.processes import all_ended

STARTS_ONE_AND_DIES = """
import os, subprocess
from tests.nodes import Guard

node = subprocess.Popen(["sleep", "600"], stdout=subprocess.DEVNULL, start_new_session=True)
Guard().watch(node.pid)
print(node.pid, flush=True)
os.kill(node.pid, 19)
os.kill(os.getpid(), 9)
"""


def test_a_silenced_node_ends_with_the_process_that_started_it_killed_as_that_was():
    starting = [sys.executable, "-c", STARTS_ONE_AND_DIES]
    died = subprocess.run(starting, capture_output=True, text=True, check=False, timeout=60)

    assert died.returncode == -9, died.stderr
    assert all_ended([int(died.stdout)], within=30)
