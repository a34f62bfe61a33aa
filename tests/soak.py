"""Long forms: a test that draws its cases draws many more of them under `just soak`."""

import os

import pytest

LONG = bool(os.environ.get("SOAK"))

sampled = [pytest.mark.soak] if LONG else []
"""The mark of a module whose tests run as samples at other times."""


def drawn(sample: int, long: int) -> int:
    """Return how many cases to draw."""
    return long if LONG else sample
