"""Consent: what visitors agree to before they book, as their form showed it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.rules.errors import Code, Refusal
from domain.rules.legal import TextVersion
from domain.store.documents.agreements import Consent


@dataclass(frozen=True)
class Agreement:
    """What a booking asks its visitor to agree to, and what the form says of that."""

    asked: Collection[TextVersion] = ()
    given: Collection[TextVersion] = ()
    language: str = ""
    """In which the visitor reads."""
    given_before: Sequence[Consent] = ()
    """What was agreed to already, with a form that has waited since; then nothing else is asked."""

    def consents(self, now: datetime) -> list[Consent]:
        """Return what the booking keeps.

        Raises:
            Refusal: TEXTS_CHANGED, when the form showed other versions.
        """
        if not {*self.asked} <= {*self.given}:
            raise Refusal(Code.TEXTS_CHANGED)
        agreed = [
            Consent(page=page, version=version, language=self.language, at=now)
            for page, version in self.asked
        ]
        return [*self.given_before, *agreed]


NOTHING_ASKED = Agreement()
