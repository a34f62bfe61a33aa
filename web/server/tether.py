"""Tethers: a process that ends when its launcher does, however the launcher ends.

Run as `python -m web.server.tether LAUNCHER_PID COMMAND...` to do the same for another program.
Linux sends the signal itself; elsewhere a pipe from the launcher on standard input closes.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading

_PR_SET_PDEATHSIG = 1


def end_with_launcher(launcher: int) -> None:
    """Have this process sent SIGTERM once its launcher is gone.

    Args:
        launcher: The launcher's process id. If it is gone already, SIGTERM comes at once.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != launcher:
            os.kill(os.getpid(), signal.SIGTERM)
    else:
        threading.Thread(target=end_with_pipe, daemon=True).start()


def end_with_pipe() -> None:
    """Wait until standard input closes, then send this process SIGTERM."""
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def run_beside(command: list[str]) -> int:
    """Run a command, pass SIGTERM on to it, and return its exit code."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, close_fds=False)  # noqa: S603
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    return process.wait()


def main() -> int:
    """Tie the command to the launcher; on Linux it takes this process over."""
    launcher, command = int(sys.argv[1]), sys.argv[2:]
    end_with_launcher(launcher)
    if sys.platform == "linux":
        os.execv(command[0], command)  # noqa: S606 - the launcher names the program
    return run_beside(command)


if __name__ == "__main__":
    sys.exit(main())
