"""Paths of this site that a form may lead on to."""

import re

_SAFE = re.compile(r"/(?:desk|bookings)(?:/[\w-]+)*(?:\?[\w=&-]*)?", re.ASCII)
"""No other site's: no host, no dots, nothing escaped."""


def safe_path(text: str) -> str:
    """Return a path of the desk or of one's bookings as it is; nothing for any other text."""
    return text if _SAFE.fullmatch(text) else ""


def is_of_desk(path: str) -> bool:
    """Say whether a path is the desk's, or of a page below it."""
    return path == "/desk" or path.startswith(("/desk/", "/desk?"))
