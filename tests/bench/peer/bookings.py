"""What a peer is sent for a booking: a JSON object with placeholders."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.peer.shapes import PeerTime
from web.console import Trouble

Template = Mapping[str, Any]

USUAL: Template = {
    "expertId": "{expert}",
    "date": "{date}",
    "timeSlot": "{time}",
    "slot": "{time}",
    "name": "{name}",
    "customerName": "{name}",
    "email": "{email}",
    "phone": "5550100100",
    "notes": "Booking {n}",
}
"""Unless a file says otherwise. Most programs read some of these names and ignore the rest."""

PLACEHOLDERS = ("expert", "date", "time", "slot", "name", "email", "n")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def read_template(path: Path) -> Template:
    """Read a template from a file."""
    try:
        template = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise Trouble(f"--peer-booking: {path} can't be read as JSON: {error}") from None
    if not isinstance(template, dict):
        raise Trouble(f"--peer-booking: {path} has no JSON object.")
    if unknown := {*_PLACEHOLDER.findall(json.dumps(template))} - {*PLACEHOLDERS}:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise Trouble(f"--peer-booking: {{{min(unknown)}}} means nothing; use {known}.")
    return template


def fill(template: Any, time: PeerTime, n: int) -> Any:
    """Return what the nth attendee sends to book a time."""
    known = {"name": "Ann Arbor", "email": f"ann{n}@example.org", "n": str(n), **vars(time)}

    def filled(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: filled(value) for name, value in part.items()}
        if isinstance(part, list):
            return [filled(value) for value in part]
        return _PLACEHOLDER.sub(lambda m: known[m[1]], part) if isinstance(part, str) else part

    return filled(template)
