"""Legal texts: the pages that an installation may have to have, and their versions."""

import re
from collections.abc import Collection
from enum import StrEnum
from typing import NamedTuple

_VERSION = re.compile(r"([a-z]{1,20})\.([0-9]{1,9})")


class LegalPage(StrEnum):
    """A page of an installation; its address is its name."""

    IMPRINT = "imprint"
    PRIVACY = "privacy"
    TERMS = "terms"


CAN_BE_AGREED_TO = (LegalPage.TERMS, LegalPage.PRIVACY)


class TextVersion(NamedTuple):
    """A text as it was at some time: the first is 1, and every change counts one up."""

    page: LegalPage
    version: int

    def __str__(self) -> str:
        """Write it as a form carries it."""
        return f"{self.page.value}.{self.version}"


def written(versions: Collection[TextVersion]) -> str:
    """Write versions as one value of a form."""
    return " ".join(map(str, versions))


def read_versions(text: str) -> frozenset[TextVersion]:
    """Read what a form says was agreed to; what makes no sense is nothing."""
    found = [_VERSION.fullmatch(word) for word in text.split(" ")[: len(LegalPage)]]
    known = set(LegalPage)
    return frozenset(
        TextVersion(LegalPage(match[1]), int(match[2]))
        for match in found
        if match and match[1] in known
    )
