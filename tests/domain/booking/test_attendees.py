import pytest

from domain.booking.attendees import NOTES_LIMIT, read_address, read_attendee
from domain.rules.errors import Code, Refusal

GOOD = {
    "name": "Ann Arbor",
    "email": "ann+tag@example.technology",
    "phone": "+49 (30) 123-456",
    "notes": "One line\r\nand another",
    "request_key": "a" * 24,
}


def refused_fields(**changes: str) -> dict[str, str]:
    with pytest.raises(Refusal) as caught:
        read_attendee({**GOOD, **changes})
    assert caught.value.code is Code.FORM_INVALID
    return {name: str(message) for name, message in caught.value.fields.items()}


def test_a_complete_form_is_read_as_it_stands():
    form = read_attendee(GOOD)

    assert form.email == "ann+tag@example.technology"
    assert form.notes == "One line\nand another"


def test_phone_and_notes_may_be_left_out():
    form = read_attendee({k: GOOD[k] for k in ("name", "email", "request_key")})

    assert (form.phone, form.notes) == ("", "")


def test_space_around_a_value_does_not_count():
    assert read_attendee({**GOOD, "name": "  Ann  "}).name == "Ann"


@pytest.mark.parametrize(
    "name",
    [
        *("", "   ", "x" * 101, "Ann\0", "Ann\nBcc: everyone@example.org"),
        *("Ann\u2028Bcc: everyone@example.org", "Ann\u2029Ben", "Ann\x85Ben", "Ann\x9bBen"),
        *("\u200b", "\u3164", "\u200f\u200e", "\u202e", "\u2067 \u2069", "\u2800\ufeff"),
    ],
)
def test_a_name_that_cannot_be_used_is_refused_beside_its_field(name):
    assert list(refused_fields(name=name)) == ["name"]


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ann",
        "ann@",
        "@example.org",
        "a b@example.org",
        "a@b",
        "ann@example.org\0",
        "=?utf-8?q?a=0A=0Ab?=@example.org",
        "a@" + "b" * 300,
    ],
)
def test_an_address_that_is_none_is_refused(email):
    assert list(refused_fields(email=email)) == ["email"]


@pytest.mark.parametrize("phone", ["call me", "+", "1" * 41, "<b>1</b>"])
def test_a_phone_number_is_digits_and_signs(phone):
    assert list(refused_fields(phone=phone)) == ["phone"]


def test_notes_have_a_limit():
    assert list(refused_fields(notes="x" * (NOTES_LIMIT + 1))) == ["notes"]
    assert read_attendee({**GOOD, "notes": "x" * NOTES_LIMIT}).notes


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "a b" * 8, "{'$ne': ''}" * 2])
def test_a_form_without_a_proper_key_is_refused(key):
    assert list(refused_fields(request_key=key)) == ["request_key"]


def test_every_wrong_field_is_named_at_once():
    assert set(refused_fields(name="", email="", phone="?")) == {"name", "email", "phone"}


@pytest.mark.parametrize(
    "text",
    [
        *("<script>alert(1)</script>", 'Robert"); DROP', "שלום abc", "Zoë 🎉"),
        *("=?utf-8?q?A=0AB?=", "سارة\u200f", "क्\u200dष"),
    ],
)
def test_any_text_a_person_can_write_is_a_name(text):
    assert read_attendee({**GOOD, "name": text}).name == text


@pytest.mark.parametrize("name", ["\u202eAnn", "\u2068Ann", "Ann\u2069", "\u202b Ann \u202c"])
def test_a_name_keeps_nothing_that_turns_the_words_behind_it(name):
    assert read_attendee({**GOOD, "name": name}).name == "Ann"


def test_notes_keep_their_lines_however_they_end():
    form = read_attendee({**GOOD, "notes": "one\r\ntwo\u2028three\u2029four\u202e\tfive"})

    assert form.notes == "one\ntwo\nthree\nfour\tfive"


@pytest.mark.parametrize("notes", ["a\0", "a\x0cb", "a\x85b", "a\x9bb"])
def test_notes_with_other_characters_that_cannot_be_shown_are_refused(notes):
    assert list(refused_fields(notes=notes)) == ["notes"]


@pytest.mark.parametrize(
    "email", ["a" * 40 + "!", "a." * 20 + "@", ("a" * 20 + "@") * 2, "a@" + "a." * 60 + "!"]
)
def test_no_address_is_looked_at_in_all_ways_before_it_is_refused(email):
    """Were it, these would take longer than any test may."""
    with pytest.raises(Refusal):
        read_address({"email": email})
