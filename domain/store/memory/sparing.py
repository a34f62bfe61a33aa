"""Models that are kept to be read: without the notes by which a changed one is saved."""

from functools import cache
from typing import TypeVar

from odmantic.model import EmbeddedModel, Model

M = TypeVar("M", bound=Model)

_NOTHING: frozenset[str] = frozenset()
"""What is to be saved. A field that is set would be added to it, which a frozen set refuses."""


def spare(model: M) -> M:
    """Have a model share its notes with all others of its kind, and return it.

    ODMantic and Pydantic note of each model, and of each one in it, which fields were given and
    which are to be saved: two sets of all of their names, as large as the rest. From here on it
    can't be changed: to set a field raises AttributeError.
    """
    _share(model)
    return model


def _share(value: object) -> None:
    if isinstance(value, Model | EmbeddedModel):
        object.__setattr__(value, "__pydantic_fields_set__", _names_of(type(value)))
        object.__setattr__(value, "__fields_modified__", _NOTHING)
        for one in vars(value).values():
            _share(one)
    elif isinstance(value, list | tuple):
        for one in value:
            _share(one)


@cache
def _names_of(kind: type[Model | EmbeddedModel]) -> set[str]:
    """Return one set for all of a kind; a copy that is to be changed gets one of its own."""
    return set(kind.model_fields)
