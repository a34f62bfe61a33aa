"""What experts write about a session: the message of a cancellation, and a note of their own."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from domain.rules.errors import Code, Refusal, Sentence
from domain.store.documents import Attendance
from domain.typed import TypedForm, many_lines

MESSAGE_LIMIT = 1_000
NOTE_LIMIT = 2_000


class CancelForm(TypedForm):
    """The form that cancels a session."""

    message: Annotated[str, Field(max_length=MESSAGE_LIMIT), AfterValidator(many_lines)] = ""


class NoteForm(TypedForm):
    """The form with the expert's own note."""

    note: Annotated[str, Field(max_length=NOTE_LIMIT), AfterValidator(many_lines)] = ""


def read_message(values: Mapping[str, str]) -> str:
    """Return the message to the attendee, or nothing.

    Raises:
        Refusal: FORM_INVALID.
    """
    return CancelForm.read(values).message


def read_note(values: Mapping[str, str]) -> str:
    """Return the expert's note, or nothing.

    Raises:
        Refusal: FORM_INVALID.
    """
    return NoteForm.read(values).note


def read_attendance(values: Mapping[str, str]) -> Attendance:
    """Return what became of a session, by the form's `outcome`.

    Raises:
        Refusal: FORM_INVALID.
    """
    outcome = values.get("outcome", "")
    if outcome not in set(Attendance):
        raise Refusal(
            Code.FORM_INVALID, fields={"outcome": Sentence("Say whether they came or not.")}
        )
    return Attendance(outcome)
