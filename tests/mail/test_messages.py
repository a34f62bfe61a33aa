"""What goes to the mail server: a head with our lines alone, and the address that was meant."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.headerregistry import Address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.booking.attendees import read_address
from domain.booking.bookings import normal_address
from domain.rules.meetings import MeetingKind
from domain.rules.notices import Kind, Recipient
from domain.seeds.factories import AttendeeFactory, BookingFactory, ExpertFactory
from domain.store.documents.agreements import Meeting
from tests.mail.support import MAIL_FROM, Postman, letters, smtp_server
from web.mail.mime import message_of, with_ascii_domain
from web.mail.smtp import Answer, Outcome, SmtpServer
from web.mail.stationery import Letter
from web.mail.wording import OPENINGS

NOW = datetime(2031, 7, 8, tzinfo=UTC)
HEAD = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"]
BODY = ["Content-Type", "MIME-Version"]
ENCODED_WORDS = [
    "=?utf-8?q?A=0AReply-To:_eve=40evil.org?=",
    "=?utf-8?q?A=0D=0A=0D=0AOwned?=",
    "=?utf-8?b?QQpCY2M6IGVAZXZpbC5vcmc=?=",
    "Ann =?iso-8859-1?q?=0AX:_1?= =?utf-8?q?=0A_=0AOwned?= Ben",
    "=?utf-8?q?=0AX:_1?= Zoë",
]


def letter_of(kind: Kind, audience: Recipient, text: str) -> Letter:
    """A letter of a booking in which everything that somebody typed is this text."""
    attendee = AttendeeFactory.build(name=text, notes=f"{text}\n{text}")
    meeting = Meeting(kind=MeetingKind.ADDRESS, text=text)
    expert = ExpertFactory.build(
        name=text, headline=text, meeting=meeting, languages=[], email="e@example.net"
    )
    booking = BookingFactory.build(attendee=attendee, agreed=expert.agreed())
    return letters().bookings.about(kind, audience, booking, expert, NOW)


async def answer_to(letter: Letter, host: str, sender: Address = MAIL_FROM) -> Outcome:
    async def begin() -> bool:
        return True

    message = message_of(letter, sender=sender, key="1", now=NOW)
    async with SmtpServer(f"smtp://{host}").connection() as connection:
        return await connection.hand_over(message, begin=begin)


def head_of(content: bytes) -> Mapping[str, str]:
    """The fields of a head as they travel, by name; folded lines put together."""
    head = content.split(b"\r\n\r\n")[0].decode()
    lines = head.replace("\r\n ", " ").split("\r\n")
    fields = dict(line.split(": ", 1) for line in lines)
    assert len(fields) == len(lines)
    return fields


def words_in(value: str) -> str:
    return str(make_header(decode_header(value)))


@pytest.mark.parametrize("text", ENCODED_WORDS)
async def test_an_encoded_word_is_text_and_adds_nothing_to_the_head(text):
    sent = [letter_of(kind, audience, text) for kind, audience in OPENINGS]
    postman = Postman()
    async with smtp_server(postman) as host:
        answers = [(await answer_to(letter, host)).answer for letter in sent]

    assert answers == [Answer.ACCEPTED] * len(sent)
    for letter, content in zip(sent, postman.contents, strict=True):
        fields = head_of(content)
        ours = HEAD + (["Reply-To"] if letter.reply_to else [])
        assert sorted(fields) == sorted(ours + BODY)
        assert text in letter.subject
        assert words_in(fields["Subject"]) == letter.subject
        assert (fields["To"], fields.get("Reply-To", "")) == (letter.to, letter.reply_to)
        assert set(parts_of(content)) <= {*BODY, "Content-Transfer-Encoding", "Content-Disposition"}


def parts_of(content: bytes) -> list[str]:
    """The names of all fields that head a part of a message."""
    _, *parts = message_from_bytes(content).walk()
    return [name for part in parts for name in part]


@pytest.mark.parametrize("text", ENCODED_WORDS)
def test_the_name_of_the_sender_is_text_too(text):
    sender = Address(text, "bookings", "example.org")
    content = message_of(Letter("a@b.org", "s", "t", "h"), sender=sender, key="1", now=NOW).content

    name, _, address = head_of(content)["From"].rpartition(" ")
    assert (words_in(name), address) == (text, "<bookings@example.org>")


def test_a_plain_head_stands_as_it_is():
    letter = Letter("ann@example.org", "Booked: Zoe, Tue 8 Jul", "t", "h", reply_to="b@example.org")
    fields = head_of(message_of(letter, sender=MAIL_FROM, key="1", now=NOW).content)

    assert {name: fields[name] for name in (*HEAD, "Reply-To")} == {
        "From": "ExpertConnect <bookings@example.org>",
        "To": "ann@example.org",
        "Reply-To": "b@example.org",
        "Subject": "Booked: Zoe, Tue 8 Jul",
        "Date": "Tue, 08 Jul 2031 00:00:00 +0000",
        "Message-ID": "<1@example.org>",
        "Auto-Submitted": "auto-generated",
    }


@given(st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300))
def test_any_subject_reads_back_as_it_was(subject):
    letter = Letter("ann@example.org", subject, "t", "h")
    content = message_of(letter, sender=MAIL_FROM, key="1", now=NOW).content
    head = content.split(b"\r\n\r\n")[0]

    assert words_in(head_of(content)["Subject"]).strip() == subject.strip()
    assert head.isascii()
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))


@pytest.mark.parametrize("end", [*"\n\r\0\x0b\x0c\x1c\x85\u2028\u2029", "\r\n ", "?=\r\n =?"])
@pytest.mark.parametrize("field", ["subject", "to", "reply_to"])
def test_a_head_with_other_lines_than_ours_is_not_sent(field, end):
    fields: dict[str, Any] = {"to": "ann@example.org", "subject": "s", "reply_to": "b@example.org"}
    fields[field] = f"Bcc:{end}a@example.org"

    with pytest.raises(ValueError, match=r".+"):
        message_of(Letter(text="t", html="h", **fields), sender=MAIL_FROM, key="1", now=NOW)


@pytest.mark.parametrize(
    ("address", "mailed"),
    [
        ("x@faß.de", "x@xn--fa-hia.de"),
        ("x@FASS.de", "x@fass.de"),
        ("x@FAẞ.de", "x@xn--fa-hia.de"),
        ("x@βόλος.com", "x@xn--nxasmm1c.com"),
        ("X@Bücher.Example.org", "x@xn--bcher-kva.example.org"),
        ("x@bu\u0308cher.example.org", "x@xn--bcher-kva.example.org"),
    ],
)
async def test_mail_goes_to_the_domain_that_was_meant(address, mailed):
    letter = Letter(normal_address(read_address({"email": address})), "s", "t", "h")
    postman = Postman()
    async with smtp_server(postman) as host:
        answer = await answer_to(letter, host)

    assert answer.answer is Answer.ACCEPTED
    assert postman.recipients == [mailed]
    assert head_of(postman.contents[0])["To"] == mailed


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ann@Example.org", "ann@EXAMPLE.ORG", True),
        ("e\u0301va@example.org", "ÉVA@example.org", True),
        ("x@faß.de", "x@xn--fa-hia.de", True),
        ("x@FAẞ.de", "x@faß.de", True),
        ("x@faß.de", "x@fass.de", False),
        ("straße@example.org", "strasse@example.org", False),
        ("x@βόλος.com", "x@βόλοσ.com", False),
        ("\N{LATIN SMALL LETTER DOTLESS I}@example.org", "i@example.org", False),
    ],
)
def test_whoever_gets_the_mail_is_who_the_bookings_are_found_by(one, other, same):
    found = [normal_address(read_address({"email": address})) for address in (one, other)]

    assert (found[0] == found[1]) is same
    assert (with_ascii_domain(found[0]) == with_ascii_domain(found[1])) is same
    assert [normal_address(address) for address in found] == found
