"""The table of faults: what each did to those who were there, in figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tests.faults.load import Acknowledged
from tests.faults.scene import Scene
from tests.faults.verdict import Verdict

COLUMNS = (
    *("fault", "bookings", "no primary", "bookings paused"),
    *("claim", "page", "form", "discovery", "ready"),
    *("503 ready after", "liveDown after", "503", "500", "no answer"),
    *("booked again", "read again", "ready again", "liveUp", "wrong"),
)


@dataclass(frozen=True)
class Line:
    """One fault's figures, in seconds where nothing else is said."""

    fault: str
    scene: Scene
    verdict: Verdict

    def cells(self) -> list[str]:
        """Return the line as the table shows it."""
        found = self.scene
        statuses = [a.status for a in found.journal.asked if a.ended > found.broke_at]
        return [
            self.fault,
            str(len(found.claims.acknowledged)),
            _seconds(self.away),
            _seconds(self.pause),
            *(_seconds(self.slowest(*kinds)) for kinds in _KINDS),
            _seconds(self.unready_after),
            _seconds(self.down_after),
            *(str(statuses.count(status)) for status in (503, 500, 0)),
            *(_seconds(self.again(kind)) for kind in ("book", "page", "ready")),
            _seconds(self.up_after),
            ", ".join(f"{n} {kind}" for kind, n in self.verdict.counts.items()) or "nothing",
        ]

    @property
    def away(self) -> float | None:
        """How long there was no primary, or none with a majority."""
        return self.scene.primary_at - self.scene.broke_at

    @property
    def pause(self) -> float | None:
        """The longest time in which nobody was told of a booking."""
        return _longest_gap(self.scene.claims.acknowledged)

    def slowest(self, *kinds: str) -> float | None:
        """The longest that an answer took which was waited for while the database was away."""
        start, end = self.scene.broke_at, self.scene.works_from
        took = (a.seconds for kind in kinds for a in self.scene.journal.spanning(start, end, kind))
        return max(took, default=None)

    @property
    def unready_after(self) -> float | None:
        """After how long the last server said that it isn't ready."""
        firsts = (
            [a.ended for a in looker.answers if a.status == 503 and a.ended > self.scene.broke_at]
            for looker in self.scene.lookers_at("ready")
        )
        return _last(self.scene.broke_at, (min(found, default=None) for found in firsts))

    @property
    def down_after(self) -> float | None:
        """After how long the last listener heard that it isn't live."""
        start = self.scene.broke_at
        return _last(start, (page.heard(False, start) for page in self.scene.listeners))

    @property
    def up_after(self) -> float | None:
        """How long after the new primary the last listener heard that it is live."""
        start = self.scene.primary_at
        turns = (
            max((at for at, live in page.turns if live), default=None)
            for page in self.scene.listeners
        )
        return _last(start, turns)

    def again(self, kind: str) -> float | None:
        """How long after the new primary everybody had an answer again that does what was asked."""
        start = self.scene.primary_at
        if kind == "book":
            return _last(start, (booker.booked_after(start) for booker in self.scene.bookers))
        firsts = (
            min((a.ended for a in one.answers if a.status == 200 and a.ended > start), default=None)
            for one in self.scene.lookers_at(kind)
        )
        return _last(start, firsts)


_KINDS = (("hold", "book", "rival"), ("page",), ("form",), ("discovery",), ("ready",))


def _longest_gap(told: Sequence[Acknowledged]) -> float:
    instants = sorted(one.at for one in told)
    return max((b - a for a, b in pairwise(instants)), default=0.0)


def _last(start: float, instants: Iterable[float | None]) -> float | None:
    found = list(instants)
    if not found or None in found:
        return None
    return max(instant for instant in found if instant is not None) - start


def _seconds(value: float | None) -> str:
    return "never" if value is None else f"{max(value, 0.0):.1f}"


def table(lines: Iterable[Sequence[str]]) -> str:
    """Write lines of cells as a Markdown table."""
    rows = [COLUMNS, ["---"] * len(COLUMNS), *lines]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
