"""Attempts: since when a request waits, and whether it has asked the database to change anything.

An operation without an answer may have been carried out. The answer to its request may say "nothing
was changed" only if the request asked for no change.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from domain.store.core.deadlines import ANSWER_MS, LEAST_S


class Attempt:
    """What is known of one request."""

    def __init__(self) -> None:
        self.begun = time.monotonic()
        self.may_have_changed = False


_current: ContextVar[Attempt | None] = ContextVar("attempt", default=None)


@contextmanager
def attempt() -> Iterator[Attempt]:
    """Note what happens in the block, in this task and those that it starts."""
    made = Attempt()
    token = _current.set(made)
    try:
        yield made
    finally:
        _current.reset(token)


def note_change() -> None:
    """Note that a change is asked for from now on: whatever becomes of it, it may have happened."""
    if (made := _current.get()) is not None:
        made.may_have_changed = True


def time_for_a_write(most: float | None = None) -> float | None:
    """Return for how many seconds a write may be waited for, by how long its request waits already.

    Args:
        most: How long at most; None for as long as any operation.
    """
    made = _current.get()
    if made is None:
        return most
    left = max(made.begun + ANSWER_MS / 1000 - time.monotonic(), LEAST_S)
    return left if most is None else min(most, left)
