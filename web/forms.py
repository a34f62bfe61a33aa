"""Forms: what was sent, as text, with nothing hidden; and the tokens that forms carry."""

import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Request

from domain.errors import Code, Refusal, Sentence
from domain.store.database import Key, read_key

_TWICE = Sentence("This was sent more than once. Send it once.")

_MOST_DIGITS = 15

Form = Mapping[str, str]


async def read_form(request: Request[Any, Any, Any]) -> Form:
    """Return the fields of a posted form.

    Raises:
        Refusal: FORM_INVALID, when a field was sent twice or is not text.
    """
    sent = await request.form()
    fields = {name: sent.getall(name) for name in sent}
    wrong = {
        name: _TWICE
        for name, values in fields.items()
        if len(values) != 1 or not isinstance(values[0], str)
    }
    if wrong:
        raise Refusal(Code.FORM_INVALID, fields=wrong)
    return {name: values[0] for name, values in fields.items()}


def slot_key_in(form: Form) -> Key:
    """Return the key of the slot that a form names.

    Raises:
        Refusal: SLOT_UNKNOWN, when it names none.
    """
    key = read_key(form.get("slot_id", ""))
    if key is None:
        raise Refusal(Code.SLOT_UNKNOWN)
    return key


def rev_in(form: Form) -> int:
    """Return which state of a slot a form goes by; none that ever was where it says no number."""
    text = form.get("rev", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0


def new_request_key() -> str:
    """Make the key by which a form is recognised when it arrives again."""
    return secrets.token_urlsafe(18)
