"""The forms of the site: what administrators type, in every language, checked and read."""

from collections.abc import Collection, Mapping
from typing import Annotated, TypeVar

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from domain.rules.colours import is_colour
from domain.typed import (
    EMAIL_LIMIT,
    Phone,
    Revision,
    TypedForm,
    email_address,
    many_lines,
    one_line,
)

NAME_LIMIT = 60
TAGLINE_LIMIT = 120
ADDRESS_LIMIT = 300

T = TypeVar("T", bound="SpokenForm")


def _named(text: str) -> str:
    name = one_line(text)
    if not name:
        raise PydanticCustomError("nothing_shown", "Enter a name.")
    return name


def _colour(text: str) -> str:
    if not is_colour(colour := text.lower()):
        raise PydanticCustomError("colour", "Choose a colour, like #5b3df5.")
    return colour


def _address_or_none(text: str) -> str:
    return email_address(text) if text else ""


class SpokenForm(TypedForm):
    """A form with a field for each language, named after both: `tagline_en`, `tagline_de`."""

    @classmethod
    def read_in(
        cls: type[T], values: Mapping[str, str], languages: Collection[str], *spoken: str
    ) -> T:
        """Check what was typed.

        Args:
            values: What was typed.
            languages: The codes of the languages that there are.
            spoken: Which fields of the model are in each language.

        Raises:
            Refusal: FORM_INVALID, with a message for each field that needs mending.
        """
        each: dict[str, object] = {
            name: {code: values.get(f"{name}_{code}", "").strip() for code in languages}
            for name in spoken
        }
        return cls.checked({**cls.typed(values), **each})


class FaceForm(SpokenForm):
    """What the site is called, looks like and speaks, and how to reach those who run it."""

    rev: Revision
    name: Annotated[str, Field(max_length=NAME_LIMIT), AfterValidator(_named)]
    tagline: dict[str, Annotated[str, Field(max_length=TAGLINE_LIMIT), AfterValidator(one_line)]]
    has_accent: bool
    accent: str
    address: Annotated[str, Field(max_length=ADDRESS_LIMIT), AfterValidator(many_lines)]
    phone: Phone
    email: Annotated[str, Field(max_length=EMAIL_LIMIT), AfterValidator(_address_or_none)]
    language: str
    """The default."""
    offers: dict[str, str]

    @field_validator("has_accent", mode="before")
    @classmethod
    def _ticked(cls, text: str) -> bool:
        return bool(text)

    @field_validator("accent")
    @classmethod
    def _own(cls, text: str, info: ValidationInfo) -> str:
        return _colour(text) if info.data["has_accent"] else ""

    @field_validator("offers")
    @classmethod
    def _some(cls, offers: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        if not any(offers.values()):
            raise PydanticCustomError("none", "Offer at least one language.")
        if not offers.get(info.data["language"]):
            raise PydanticCustomError("default", "Offer the default language, too.")
        return offers

    @property
    def languages(self) -> list[str]:
        """Return the languages offered, the default first."""
        others = (code for code, ticked in self.offers.items() if ticked)
        return list(dict.fromkeys([self.language, *others]))
