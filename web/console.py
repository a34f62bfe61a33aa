"""What the commands say: progress on standard output, trouble in one line on standard error."""

import sys


class Trouble(Exception):  # noqa: N818 - shown as it is: a sentence that names the thing and the way out
    """Why a command can't go on."""


def say(text: str) -> None:
    """Tell what is going on."""
    print(text, flush=True)


def complain(text: object) -> None:
    """Tell why it does not go on."""
    print(text, file=sys.stderr, flush=True)
