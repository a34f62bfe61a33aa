"""Forms: what was sent, as text, with nothing hidden."""

import secrets
from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.exceptions import ClientException

from domain.rules.errors import Code, Refusal, Sentence
from domain.store.core.database import Key, read_key

_TWICE = Sentence("This was sent more than once. Send it once.")

_MOST_DIGITS = 15
_SLOT_PRESSED = "slot_id."

Form = Mapping[str, str]


async def await_form(request: Request[Any, Any, Any]) -> None:
    """Wait for a request's body and read the form in it, for everybody who asks for either later.

    The framework reads a form of several parts as it arrives and keeps no body: whoever asked for
    the other of both would wait for what has come already.

    Raises:
        ClientException: It is no form, or holds what is no text.
    """
    await request.body()
    try:
        form = await request.form()
        for _, value in form.multi_items():
            if isinstance(value, str):
                value.encode()  # some charsets spell what no text may hold
    except (ValueError, LookupError) as error:  # not in its charset, or one that there can't be
        raise ClientException from error


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


async def read_field(request: Request[Any, Any, Any], name: str) -> str | None:
    """Return one field of a posted form, which may have files in others.

    None unless it is there once, as text.
    """
    match (await request.form()).getall(name, []):
        case [str() as text]:
            return text
    return None


def typed_into(form: Form, saved: Mapping[str, str]) -> dict[str, str]:
    """Return what a form says in each field that `saved` has; an unticked box says nothing."""
    return {name: form.get(name, "") for name in saved}


def unlike(saved: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """Return what is saved now in each field that was typed differently."""
    return {name: text for name, text in saved.items() if text.split() != values[name].split()}


def slot_key_in(form: Form) -> Key:
    """Return the key of the slot that a form names, in a field or by the button that sent it.

    A button has the key in its name: some text browsers show a button's value.

    Raises:
        Refusal: SLOT_UNKNOWN, when it names none.
    """
    pressed = next((name for name in form if name.startswith(_SLOT_PRESSED)), "")
    key = read_key(form.get("slot_id", pressed.removeprefix(_SLOT_PRESSED)))
    if key is None:
        raise Refusal(Code.SLOT_UNKNOWN)
    return key


def rev_in(form: Form) -> int:
    """Return the revision of a slot or a profile that a form goes by; 0 if it says no number."""
    return number_in(form.get("rev", ""))


def number_in(text: str) -> int:
    """Return a whole number that an address or a form of ours carries; 0 if there is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0


def new_request_key() -> str:
    """Make the key by which a form is recognised when it arrives again."""
    return secrets.token_urlsafe(18)
