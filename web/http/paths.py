"""Paths of this site that a form may lead on to."""

import re

_SAFE = re.compile(r"/(?:admin|desk|bookings)(?:/[\w-]+)*(?:\?[\w=&-]*)?", re.ASCII)
"""No other site's: no host, no dots, nothing escaped."""


def safe_path(text: str) -> str:
    """Return a path of the desk, the administration or one's bookings; nothing for other text."""
    return text if _SAFE.fullmatch(text) else ""


def is_of_desk(path: str) -> bool:
    """Say whether a path is the desk's, or of a page below it."""
    return _is_below("/desk", path)


def is_of_admin(path: str) -> bool:
    """Say whether a path is the administration's, or of a page below it."""
    return _is_below("/admin", path)


def _is_below(root: str, path: str) -> bool:
    return path == root or path.startswith((f"{root}/", f"{root}?"))
