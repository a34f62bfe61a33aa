import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.rules.texts import isolated, shows_something, without_directing

HEBREW = "שלום"
DIRECTING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
LETTERS = st.text(alphabet=f"ab {HEBREW}1\n{DIRECTING}")


@pytest.mark.parametrize("text", ["", "Zoë O'Neil", "李小龍", "+49 30 1", "🎉", "a\nb"])
def test_what_runs_from_left_to_right_stands_as_it_is(text):
    assert isolated(text) == text


@pytest.mark.parametrize("text", [HEBREW, f"Ann {HEBREW}", "سارة", "Ann \u200f(1)"])
def test_what_runs_from_right_to_left_is_isolated(text):
    assert isolated(text) == f"\u2068{text}\u2069"


def test_each_line_is_isolated_by_itself():
    assert isolated(f"{HEBREW}\nAnn") == f"\u2068{HEBREW}\u2069\n\u2068Ann\u2069"


@given(LETTERS)
def test_no_text_turns_what_stands_behind_it(text):
    for line in isolated(text).split("\n"):
        inner = line.removeprefix("\u2068").removesuffix("\u2069")
        assert line in {inner, f"\u2068{inner}\u2069"}
        assert not set(inner) & set(DIRECTING)


def test_only_what_directs_is_taken_out():
    assert without_directing(f"a{DIRECTING}\u200e\u200f{HEBREW}") == f"a\u200e\u200f{HEBREW}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \t",
        "\u200b",
        "\u3164",
        "\u200e\u200f\u061c",
        "\u2800",
        "\ufeff",
        "\U000e0041",
        "\xa0\xad",
    ],
)
def test_there_are_texts_that_show_nothing(text):
    assert not shows_something(text)


@pytest.mark.parametrize("text", ["a", "\u200bב", "李", "🎉", ".", "नि", "\u3164x"])
def test_others_show_something(text):
    assert shows_something(text)
