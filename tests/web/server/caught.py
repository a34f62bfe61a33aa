"""A program that catches a signal which comes while Python runs a text of code, and ends well."""

import os
import signal
import sys

from web.__main__ import stop_on_signals


def main() -> int:
    """Return 0 once the signal was caught."""
    stop_on_signals()
    try:
        exec("os.kill(os.getpid(), signal.SIGTERM)", {"os": os, "signal": signal})  # noqa: S102
    except KeyboardInterrupt:
        return 0
    return 1


if __name__ == "__main__":
    sys.exit(main())
