"""Who comes: the one model that a booking form has to satisfy before anything is claimed."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from domain.rules.errors import Sentence
from domain.store.documents import Attendee
from domain.typed import AddressForm, Email, Name, TypedForm, many_lines

PHONE_LIMIT = 40
NOTES_LIMIT = 1_000
KEY_LENGTHS = (16, 64)

_PHONE_SIGNS = set("0123456789+-()./ #x")


def _phone(text: str) -> str:
    if set(text) - _PHONE_SIGNS or (text and not any(c.isdigit() for c in text)):
        raise PydanticCustomError(
            "phone", "Enter a phone number like +49 30 123456, or leave this empty."
        )
    return text


class AttendeeForm(TypedForm):
    """What a visitor types."""

    name: Name
    email: Email
    phone: Annotated[str, Field(max_length=PHONE_LIMIT), AfterValidator(_phone)] = ""
    notes: Annotated[str, Field(max_length=NOTES_LIMIT), AfterValidator(many_lines)] = ""
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


def read_attendee(values: Mapping[str, str]) -> AttendeeForm:
    """Check a booking form.

    Raises:
        Refusal: FORM_INVALID, with a message for each field that needs mending.
    """
    return AttendeeForm.read(values)


def read_address(values: Mapping[str, str]) -> str:
    """Check a form that asks for an address alone, and return it.

    Raises:
        Refusal: FORM_INVALID.
    """
    return AddressForm.read(values).email
