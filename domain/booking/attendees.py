"""Who comes: the one model that a booking form has to satisfy before anything is claimed."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from domain.rules.errors import Sentence
from domain.store.documents import Attendee
from domain.typed import AddressForm, Email, Name, Phone, TypedForm, many_lines

NOTES_LIMIT = 1_000
KEY_LENGTHS = (16, 64)


def _agreed(versions: str, info: ValidationInfo) -> str:
    if info.context and info.context.get("asks") and not versions:
        raise PydanticCustomError("unticked", "You can only book if you agree.")
    return versions


class AttendeeForm(TypedForm):
    """What a visitor types."""

    name: Name
    email: Email
    phone: Phone = ""
    notes: Annotated[str, Field(max_length=NOTES_LIMIT), AfterValidator(many_lines)] = ""
    agree: Annotated[str, AfterValidator(_agreed)] = ""
    """Which versions of the site's texts the box stands for that was ticked."""
    request_key: Annotated[
        str,
        Field(min_length=KEY_LENGTHS[0], max_length=KEY_LENGTHS[1], pattern=r"^[A-Za-z0-9_-]+$"),
    ]

    @classmethod
    def missing(cls) -> Mapping[str, Sentence]:
        """Return what is said of a field that was left empty or is not there."""
        incomplete = Sentence("This form is incomplete. Send it again.")
        return {**super().missing(), "request_key": incomplete}

    def attendee(self, *, zone: str, language: str) -> Attendee:
        """Return what a booking keeps, with the zone and language the form was read in."""
        return Attendee(
            name=self.name,
            email=self.email,
            phone=self.phone,
            notes=self.notes,
            zone=zone,
            language=language,
        )


class SomebodyForm(AttendeeForm):
    """What an administrator types for somebody else."""

    @classmethod
    def missing(cls) -> Mapping[str, Sentence]:
        """Return what is said of a field that was left empty or is not there."""
        named = {
            "name": Sentence("Enter the attendee's name."),
            "email": Sentence("Enter the attendee's e-mail address."),
            "agree": Sentence("You can only book for somebody who agrees."),
        }
        return {**super().missing(), **named}


def read_attendee(values: Mapping[str, str], *, asks: bool = False) -> AttendeeForm:
    """Check a booking form.

    Args:
        values: What was typed.
        asks: Whether visitors have to agree to texts of the site.

    Raises:
        Refusal: FORM_INVALID, with a message for each field that needs mending.
    """
    return AttendeeForm.read(values, asks=asks)


def read_somebody(values: Mapping[str, str], *, asks: bool = False) -> SomebodyForm:
    """Check the form by which an administrator books for somebody.

    Args:
        values: What was typed.
        asks: Whether attendees have to agree to texts of the site.

    Raises:
        Refusal: FORM_INVALID, with a message for each field that needs mending.
    """
    return SomebodyForm.read(values, asks=asks)


def read_address(values: Mapping[str, str]) -> str:
    """Check a form that asks for an address alone, and return it.

    Raises:
        Refusal: FORM_INVALID.
    """
    return AddressForm.read(values).email
