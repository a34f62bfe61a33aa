"""Bars, drawn by the server: no script, and a table beside each for those who see none."""

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 100
"""Of the drawing, in units of its own: it is as wide and as high as the page has room for."""
_STEP = 100
_GAP = 24
"""How far apart two groups of bars begin, and how much of that is empty."""


@dataclass(frozen=True)
class Series:
    """One colour of bars, with a value for each group; None where nothing is known."""

    name: str
    style: str
    """`violet`, `teal`, `amber` or `danger`."""
    values: Sequence[float | None]


@dataclass(frozen=True)
class DrawnBar:
    """A rectangle."""

    x: float
    y: float
    width: float
    height: float
    style: str


@dataclass(frozen=True)
class Chart:
    """Bars side by side, in groups from left to right."""

    title: str
    groups: Sequence[str]
    """What each group is called, in a few signs."""
    series: Sequence[Series]
    most: str
    """What the highest bar stands for."""

    @property
    def width(self) -> int:
        """Return how wide the drawing is."""
        return _STEP * len(self.groups)

    @property
    def bars(self) -> Sequence[DrawnBar]:
        """Return the rectangles; what is 0 has none."""
        highest = highest_of(self.series)
        if not highest:
            return []
        width = (_STEP - _GAP) / len(self.series)
        return [
            DrawnBar(
                x=round(group * _STEP + _GAP / 2 + index * width, 2),
                y=round(HEIGHT * (1 - value / highest), 2),
                width=round(width, 2),
                height=round(HEIGHT * value / highest, 2),
                style=series.style,
            )
            for index, series in enumerate(self.series)
            for group, value in enumerate(series.values)
            if value
        ]


def highest_of(series: Sequence[Series]) -> float:
    """Return the highest value of all."""
    return max((value or 0 for one in series for value in one.values), default=0)
