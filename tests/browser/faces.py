"""Faces that sites wear in a browser: of their own, or the program's."""

import time
import urllib.error
import urllib.request
from typing import Any

from pymongo import MongoClient

from domain.store.core.database import database_name
from domain.store.documents.site import untouched_site
from tests.waiting import PATIENCE_S
from web.assets.accents import PATH, accent_styles

ODD = "#d6c200"
"""A colour that can be read on hardly any light ground."""
ACCENTS = ("", ODD)
"""The program's own colours, and one that has to be corrected."""
LOGO = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40">'
    b'<rect width="120" height="40" rx="8" fill="#b45309"/>'
    b'<path d="M14 28V12h8l6 9 6-9h8v16" fill="none" stroke="#fff" stroke-width="4"/></svg>'
)

_PAUSE_S = 0.05


def wear(uri: str, url: str, **face: Any) -> None:
    """Give a site a face, the program's but for these fields, and wait until its server has it.

    Whatever was changed before is undone; forms go by revision 0 again.
    """
    site = untouched_site().model_copy(update={"rev": time.time_ns() // 1_000, **face})
    with MongoClient[dict[str, Any]](uri) as client:
        database = client[database_name(uri)]
        database["texts"].delete_many({})
        document = {k: v for k, v in site.model_dump_doc().items() if k != "_id"}
        database["site"].replace_one({"only": True}, document, upsert=True)
    styles = accent_styles(site.accent).content if site.accent else None
    deadline = time.monotonic() + PATIENCE_S
    name = f'"name":"{site.name}"'
    while _styles_of(url) != styles or name not in _read(url, "/site.webmanifest"):
        assert time.monotonic() < deadline, "the site never shows its face"
        time.sleep(_PAUSE_S)


def _styles_of(url: str) -> bytes | None:
    try:
        return _read(url, PATH).encode()
    except urllib.error.HTTPError:
        return None


def _read(url: str, path: str) -> str:
    with urllib.request.urlopen(f"{url}{path}", timeout=PATIENCE_S) as answer:
        return str(answer.read().decode())
