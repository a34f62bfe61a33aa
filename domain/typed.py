"""What people type into forms: the kinds of text there are, and what is said of what is wrong."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from email_validator import EmailNotValidError, validate_email
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import PydanticCustomError

from domain.rules.errors import Code, Refusal, Sentence
from domain.rules.texts import is_printable, shows_something, without_directing

NAME_LIMIT = 100
PHONE_LIMIT = 40
EMAIL_LIMIT = 254
"""RFC 5321, section 4.5.3.1.3, less the angle brackets."""

_PHONE_SIGNS = set("0123456789+-()./ #x")
_MOST_DIGITS = 15
_LINE_ENDS = re.compile("\r\n|[\u2028\u2029]")

T = TypeVar("T", bound="TypedForm")


def _printable(text: str, allowed: str = "") -> str:
    if not is_printable(text, allowed):
        raise PydanticCustomError("unprintable", "Remove the characters that can't be displayed.")
    return text


def one_line(text: str) -> str:
    """Return a text of one line as it is kept; empty if it shows nothing."""
    line = _printable(without_directing(text).strip())
    return line if shows_something(line) else ""


def many_lines(text: str) -> str:
    """Return a text of many lines as it is kept."""
    lines = _LINE_ENDS.sub("\n", without_directing(text)).strip()
    return _printable(lines, allowed="\n\t")


def _name(text: str) -> str:
    name = one_line(text)
    if not name:
        raise PydanticCustomError("nothing_shown", "Enter your name.")
    return name


def email_address(text: str) -> str:
    """Return an e-mail address as it is kept."""
    no_address = PydanticCustomError("email", "Enter an e-mail address like ann@example.org.")
    if "=?" in text:  # RFC 5322 allows it, but mail programs take it for an encoded word
        raise no_address
    try:
        return validate_email(text, check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise no_address from error


def _phone_number(text: str) -> str:
    if set(text) - _PHONE_SIGNS or (text and not any(c.isdigit() for c in text)):
        raise PydanticCustomError(
            "phone", "Enter a phone number like +49 30 123456, or leave this empty."
        )
    return text


def _revision(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        raise PydanticCustomError(
            "rev", "This form is incomplete. Compare it with what is saved, and send it again."
        )
    return int(text)


Name = Annotated[str, Field(min_length=1, max_length=NAME_LIMIT), AfterValidator(_name)]
Email = Annotated[str, Field(min_length=1, max_length=EMAIL_LIMIT), AfterValidator(email_address)]
Phone = Annotated[str, Field(max_length=PHONE_LIMIT), AfterValidator(_phone_number)]
"""It may be empty."""
Revision = Annotated[int, BeforeValidator(_revision)]
"""Which revision of what it changes a form was shown with."""

_MISSING: Mapping[str, Sentence] = {
    "name": Sentence("Enter your name."),
    "email": Sentence("Enter your e-mail address."),
}
_LACKING = {"string_too_short", "string_pattern_mismatch", "unticked"}
"""The kinds of errors of a field that was left empty."""


class TypedForm(BaseModel):
    """A form that people fill in. Space around a value does not count."""

    @classmethod
    def missing(cls) -> Mapping[str, Sentence]:
        """Return what is said of a field that was left empty or is not there."""
        return _MISSING

    @classmethod
    def read(cls: type[T], values: Mapping[str, str], **context: object) -> T:
        """Check what was typed. A field that was not sent counts as empty.

        Args:
            values: What was typed.
            context: What else the fields are read by, such as the currency of a price.

        Raises:
            Refusal: FORM_INVALID, with a message for each field that needs mending.
        """
        return cls.checked(cls.typed(values), **context)

    @classmethod
    def typed(cls, values: Mapping[str, str]) -> dict[str, object]:
        """Return what was typed into each field."""
        names = [field.alias or name for name, field in cls.model_fields.items()]
        return {name: values.get(name, "").strip() for name in names}

    @classmethod
    def checked(cls: type[T], typed: Mapping[str, object], **context: object) -> T:
        """Check the fields of a form, of which some may have parts.

        Raises:
            Refusal: FORM_INVALID, with a message for each field, or part, that needs mending.
        """
        try:
            return cls.model_validate(typed, context=context)
        except ValidationError as error:
            raise cls._refusal(error) from error

    @classmethod
    def _refusal(cls, error: ValidationError) -> Refusal:
        fields: dict[str, Sentence] = {}
        for found in error.errors():
            field = "_".join(map(str, found["loc"]))
            fields.setdefault(field, cls._message(field, found))
        return Refusal(Code.FORM_INVALID, fields=fields)

    @classmethod
    def _message(cls, field: str, error: Mapping[str, object]) -> Sentence:
        context: Any = error.get("ctx") or {}
        missing = cls.missing().get(field)
        if error["type"] in _LACKING and missing:
            return missing
        if error["type"] == "string_too_long":
            limit = {"limit": context["max_length"]}
            return Sentence("Shorten this to %(limit)d characters.", limit)
        return Sentence(str(error["msg"]), context)


class AddressForm(TypedForm):
    """A form that asks for an address alone."""

    email: Email
