"""Long forms: a test that draws its cases draws many more of them under `just soak`."""

import os

import pytest
from hypothesis import settings

LONG = bool(os.environ.get("SOAK"))

sampled = [pytest.mark.soak] if LONG else []
"""The mark of a module whose tests run as samples at other times."""


def drawn(sample: int, long: int) -> int:
    """Return how many cases to draw."""
    return long if LONG else sample


def seeds(sample: int, long: int) -> pytest.MarkDecorator:
    """Run a test by so many seeds, which stand for what is drawn from them."""
    each = [pytest.param(seed, marks=sampled) for seed in range(drawn(sample, long))]
    return pytest.mark.parametrize("seed", each)


def use_profile() -> None:
    """Have Hypothesis draw the same cases in every run, others each time under `just soak`."""
    settings.register_profile("sample", deadline=None, derandomize=True, print_blob=True)
    settings.register_profile("soak", deadline=None, print_blob=True)
    settings.load_profile("soak" if LONG else "sample")
