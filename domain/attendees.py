"""Who comes: the one model that a booking form has to satisfy before anything is claimed."""

import re
from collections.abc import Mapping
from typing import Annotated

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from domain.errors import Code, Refusal, Sentence
from domain.store.documents import Attendee
from domain.texts import is_printable, shows_something, without_directing

NAME_LIMIT = 100
EMAIL_LIMIT = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets."""
PHONE_LIMIT = 40
NOTES_LIMIT = 1_000
KEY_LENGTHS = (16, 64)

_PHONE_SIGNS = set("0123456789+-()./ #x")
_LINE_ENDS = re.compile("\r\n|[\u2028\u2029]")


def _printable(text: str, allowed: str = "") -> str:
    if not is_printable(text, allowed):
        raise PydanticCustomError("unprintable", "Remove the characters that cannot be shown.")
    return text


def _name(text: str) -> str:
    name = _printable(without_directing(text).strip())
    if not shows_something(name):
        raise PydanticCustomError("nothing_shown", "Enter your name.")
    return name


def _many_lines(text: str) -> str:
    lines = _LINE_ENDS.sub("\n", without_directing(text)).strip()
    return _printable(lines, allowed="\n\t")


def _email(text: str) -> str:
    no_address = PydanticCustomError("email", "Enter an e-mail address like ann@example.org.")
    if "=?" in text:  # RFC 5322 allows it, but mail programs take it for an encoded word
        raise no_address
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise no_address from error


def _phone(text: str) -> str:
    if set(text) - _PHONE_SIGNS or (text and not any(c.isdigit() for c in text)):
        raise PydanticCustomError("phone", "Enter a phone number like +49 30 123456, or nothing.")
    return text


Email = Annotated[str, Field(min_length=1, max_length=EMAIL_LIMIT), AfterValidator(_email)]


class AttendeeForm(BaseModel):
    """What a visitor types. Space around a value does not count."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore")

    name: Annotated[str, Field(min_length=1, max_length=NAME_LIMIT), AfterValidator(_name)]
    email: Email
    phone: Annotated[str, Field(max_length=PHONE_LIMIT), AfterValidator(_phone)] = ""
    notes: Annotated[str, Field(max_length=NOTES_LIMIT), AfterValidator(_many_lines)] = ""
    request_key: Annotated[
        str,
        Field(min_length=KEY_LENGTHS[0], max_length=KEY_LENGTHS[1], pattern=r"^[A-Za-z0-9_-]+$"),
    ]

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


class AddressForm(BaseModel):
    """A form that asks for an address alone."""

    model_config = ConfigDict(str_strip_whitespace=True, extra="ignore")

    email: Email


_MISSING = {
    "name": Sentence("Enter your name."),
    "email": Sentence("Enter your e-mail address."),
    "request_key": Sentence("This form is incomplete. Send it again."),
}


def _message(field: str, error: Mapping[str, object]) -> Sentence:
    context = error.get("ctx")
    if error["type"] in {"missing", "string_too_short"} and field in _MISSING:
        return _MISSING[field]
    if error["type"] == "string_too_long" and isinstance(context, dict):
        return Sentence("Shorten this to %(limit)d characters.", {"limit": context["max_length"]})
    if field == "request_key":
        return _MISSING[field]
    return Sentence(str(error["msg"]))


def _refusal(error: ValidationError) -> Refusal:
    fields: dict[str, Sentence] = {}
    for found in error.errors():
        field = str(found["loc"][0])
        fields.setdefault(field, _message(field, found))
    return Refusal(Code.FORM_INVALID, fields=fields)


def read_attendee(values: Mapping[str, str]) -> AttendeeForm:
    """Check a booking form.

    Raises:
        Refusal: FORM_INVALID, with a message for each field that needs mending.
    """
    try:
        return AttendeeForm.model_validate(values)
    except ValidationError as error:
        raise _refusal(error) from error


def read_address(values: Mapping[str, str]) -> str:
    """Check a form that asks for an address alone, and return it.

    Raises:
        Refusal: FORM_INVALID.
    """
    try:
        return AddressForm.model_validate(values).email
    except ValidationError as error:
        raise _refusal(error) from error
