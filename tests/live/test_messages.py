from datetime import UTC, datetime

from tests.live.support import Heard, read_messages
from web.live.messages import Message, encode, join


def test_html_of_several_lines_arrives_as_it_was():
    html = '<li id="slot-1">\n  <b>ü</b>\r\n  free\n\n</li>'
    at = datetime(2031, 7, 8, tzinfo=UTC)

    data = encode("slotFreed", html, at).decode()

    expected = Heard("slotFreed", html.replace("\r\n", "\n"), "1941235200000")
    assert read_messages(data) == [expected]
    assert "\r" not in data


def test_a_message_without_an_instant_leaves_the_position_alone():
    assert b"id:" not in encode("openingsChanged", "x")


def test_a_message_is_news_when_one_of_its_states_is_newer():
    message = Message(b"", {"a": 2, "b": 5})

    assert message.is_news_after({})
    assert message.is_news_after({"a": 1, "b": 5})
    assert not message.is_news_after({"a": 2, "b": 5})


def test_a_message_without_states_is_always_news():
    assert Message(b"up").is_news_after({"a": 1})


def test_joined_messages_carry_the_newest_states():
    joined = join([Message(b"1", {"a": 2}), Message(b"2", {"b": 1}), Message(b"3", {"a": 1})])

    assert joined == Message(b"123", {"a": 2, "b": 1})
