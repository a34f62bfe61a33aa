"""What the commands say: progress on standard output, trouble in one line on standard error."""

import json
import sys
from datetime import UTC, datetime
from typing import TextIO


class Trouble(Exception):  # noqa: N818 - shown as it is: a sentence that names the thing and the way out
    """Why a command can't go on."""


class _Voice:
    """How things are said: as sentences for people, or as lines of JSON like those of the logs."""

    is_json = False


def speak(log_format: str) -> None:
    """Choose how things are said from now on: "json" or "console"."""
    _Voice.is_json = log_format == "json"


def say(text: str) -> None:
    """Tell what is going on."""
    _print(text, "info", sys.stdout)


def complain(text: object) -> None:
    """Tell why it does not go on."""
    _print(str(text), "error", sys.stderr)


def _print(text: str, level: str, where: TextIO) -> None:
    if _Voice.is_json:
        timestamp = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        text = json.dumps({"event": text, "level": level, "timestamp": timestamp})
    print(text, file=where, flush=True)
