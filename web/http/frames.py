"""Frames: the pages of those who are signed in, each kind in a frame of its own."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from litestar import Response
from litestar.response import Template

from domain.rules.errors import Refusal
from web.http.answers import saying_when
from web.http.problems import REFUSALS
from web.http.visits import Visit

Reply = Response[Any] | Template
"""What a form is answered with: the way on, or its page with what needs mending."""


@dataclass(frozen=True)
class Framed(ABC):
    """Somebody who is signed in, as of one request, and the frame of their pages."""

    visit: Visit

    folder: ClassVar[str]
    """Where the templates are."""
    keeps_zone: ClassVar[bool] = True
    """Whether a zone in the address is remembered; else it counts for that page alone."""

    @property
    @abstractmethod
    def around(self) -> Mapping[str, object]:
        """What the frame shows around a page, by its names in the template."""

    def show(
        self,
        page: str,
        fragment: str | None = None,
        view: object = None,
        *,
        status: int = 200,
        refusal: Refusal | None = None,
        **context: object,
    ) -> Template:
        """Render a page in the frame, or its fragment where HTMX asks for one.

        Each public attribute of a view is a name in the template. A refusal sets the status, and
        the page gets its words as `answer`.
        """
        answer = REFUSALS[refusal.code] if refusal else None
        names = {**self.around, "answer": answer, "oob": self.visit.fragment, **context}
        shown = self.visit.show(
            f"{self.folder}/{page}",
            f"{self.folder}/{fragment}" if fragment else None,
            view,
            status=answer.status if answer else status,
            chosen_zone=self.keeps_zone,
            **names,
        )
        return saying_when(shown, refusal)
