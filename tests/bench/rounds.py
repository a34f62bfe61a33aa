"""Rounds: the program and its floor in turn, so that what else goes on meets both of them."""

from collections.abc import Callable
from time import monotonic
from typing import TypeVar

from web.console import say

T = TypeVar("T")


def in_rounds(name: str, rounds: int, *sides: Callable[[], T]) -> list[list[T]]:
    """Have the sides take turns; return what each of them found, round by round."""
    found: list[list[T]] = [[] for _ in sides]
    for n in range(1, rounds + 1):
        begun = monotonic()
        for side, results in zip(sides, found, strict=True):
            results.append(side())
        say(f"  {name}: round {n} of {rounds}, {monotonic() - begun:.0f} s")
    return found
