"""How an expert and an attendee meet, and the address that leads there."""

import re
from enum import StrEnum

_WEB = re.compile(r"https?://[^\s<>\"]+")
_NUMBER = re.compile(r"\+?[0-9][0-9 ()/.-]*")


class MeetingKind(StrEnum):
    """The ways to meet."""

    NONE = "none"
    """They arrange it between themselves."""
    VIDEO = "video"
    PHONE = "phone"
    ADDRESS = "address"


def leads_to(kind: MeetingKind, text: str) -> str:
    """Return the address behind a meeting: of the web for a call by video, `tel:` for a number.

    It is safe to link to. Anything else, and whatever is no such address, is text and leads
    nowhere: the answer is empty then.
    """
    if kind is MeetingKind.VIDEO and _WEB.fullmatch(text):
        return text
    if kind is MeetingKind.PHONE and _NUMBER.fullmatch(text):
        return f"tel:{re.sub(r'[^+0-9]', '', text)}"
    return ""
