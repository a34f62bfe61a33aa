"""What a figure says: rounds of the program beside rounds of its floor, and what is aimed at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Aim:
    """What the ratio, or the program's own value, should keep to."""

    most: float | None = None
    least: float | None = None
    of_ratio: bool = True

    def met_by(self, ratio: float, value: float) -> bool:
        """Say whether a result is as it should be."""
        judged = ratio if self.of_ratio else value
        return (self.most is None or judged <= self.most) and (
            self.least is None or judged >= self.least
        )

    def __str__(self) -> str:
        judged = "ratio " if self.of_ratio else ""
        return judged + (f"≥ {self.least:g}" if self.most is None else f"≤ {self.most:g}")


@dataclass(frozen=True)
class Row:
    """One line of the table. Each round has a value of the program's and one of the floor's."""

    figure: str
    unit: str
    ours: Sequence[float]
    floor: Sequence[float] = ()
    aim: Aim | None = None
    """None: told for comparison."""
    beside: str = ""
    """What the floor is."""

    @property
    def value(self) -> float:
        """The program's median."""
        return median(self.ours)

    @property
    def ratios(self) -> Sequence[float]:
        """Each round's ratio; none where the floor is nothing."""
        if not self.floor or not all(self.floor):
            return []
        return [o / f for o, f in zip(self.ours, self.floor, strict=True)]

    @property
    def ratio(self) -> float | None:
        """The median of them."""
        return median(self.ratios) if self.ratios else None

    @property
    def met(self) -> bool | None:
        """Whether the aim is met; None where there is none."""
        return None if self.aim is None else self.aim.met_by(self.ratio or 0.0, self.value)

    def cells(self) -> list[str]:
        """Return the row as the table shows it."""
        figure = f"{self.figure}, {self.unit}" if self.unit else self.figure
        verdict = {None: "", True: "", False: " **missed**"}[self.met]
        aim = f"{self.aim or ''}{verdict}"
        ratio = spread(self.ratios, "{:.2f}".format)
        return [figure, spread(self.ours), spread(self.floor), self.beside, ratio, aim]


def spread(values: Sequence[float], write: Callable[[float], str] | None = None) -> str:
    """Write the median of some values, with the least and the most."""
    if not values:
        return ""
    write = write or _number
    middle, least, most = write(median(values)), write(min(values)), write(max(values))
    return middle if least == most else f"{middle} ({least} to {most})"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def table(rows: Sequence[Row]) -> str:
    """Write rows as a Markdown table."""
    head = ["figure", "program", "floor", "the floor is", "ratio", "aim"]
    lines = [head, ["---"] * len(head), *(row.cells() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
