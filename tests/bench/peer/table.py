"""The table of a peer: its figures beside ours, or what it did instead."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.bench.report import spread


@dataclass(frozen=True)
class PeerRow:
    """One line of the table. Each round has a value of ours and one of the peer's."""

    figure: str
    unit: str
    ours: Sequence[float]
    peer: Sequence[float]
    compared: str
    """What ours does, and what the peer does."""
    said: str = ""
    """Why the peer has no figure."""

    def cells(self) -> list[str]:
        """Return the row as the table shows it."""
        ratios = [o / p for o, p in zip(self.ours, self.peer, strict=True)] if self.peer else []
        ratio = spread(ratios, "{:.2f}".format)
        peer = spread(self.peer) or self.said
        return [f"{self.figure}, {self.unit}", spread(self.ours), peer, ratio, self.compared]


def peer_table(rows: Sequence[PeerRow]) -> str:
    """Write rows as a Markdown table."""
    head = ["figure", "program", "peer", "ratio", "what is compared"]
    lines = [head, ["---"] * len(head), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
