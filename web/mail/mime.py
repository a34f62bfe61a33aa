"""Messages: letters in the form in which they travel (RFC 5322, MIME).

The library's header objects decode what looks like an encoded word, and write what comes of it as
it is, line breaks and all. What people typed is never given to them: the head is written here, each
value in a form that cannot end its line, and the library only does the body.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from email_validator import validate_email

from domain.rules.texts import is_printable
from web.mail.stationery import Letter

_SEVEN_BIT = policy.SMTP.clone(cte_type="7bit")
"""Every mail server takes it; not every one takes eight bits."""
_SHORT = 60
"""What fits beside a field's name into a line of 78 characters (RFC 5322, section 2.1.1)."""


@dataclass(frozen=True)
class MimeMessage:
    """A letter, ready to be handed to a mail server."""

    sender: str
    recipient: str
    content: bytes
    """Head and body, each line ended by CRLF."""
    needs_utf8: bool
    """Whether an address in it is not ASCII, which the server has to agree to (RFC 6531)."""


def with_ascii_domain(address: str) -> str:
    """Return an address with its domain as the name system has it (RFC 5891, UTS #46).

    Raises:
        ValueError: It has a control or a line break in it, or there is no such domain.
    """
    if not is_printable(address):
        raise ValueError("address")
    if address.rpartition("@")[2].isascii():
        return address
    valid = validate_email(address, check_deliverability=False)
    return f"{valid.local_part}@{valid.ascii_domain}"


def message_of(letter: Letter, *, sender: Address, key: str, now: datetime) -> MimeMessage:
    """Return a letter as text, the same as HTML, and what goes into a calendar.

    Args:
        letter: What it says.
        sender: Who it comes from.
        key: Tells the message from all others; the same mail sent again has the same.
        now: When it is sent.

    Raises:
        ValueError: What goes into the head has a control or a line break in it, or is no address.
    """
    recipient = with_ascii_domain(letter.to)
    reply_to = with_ascii_domain(letter.reply_to)
    head = {
        "From": _mailbox(sender),
        "To": recipient,
        **({"Reply-To": reply_to} if reply_to else {}),
        "Subject": _words("Subject", letter.subject),
        "Date": format_datetime(now),
        "Message-ID": f"<{key}@{sender.domain}>",
        "Auto-Submitted": "auto-generated",  # RFC 3834: nobody's out-of-office answers it
    }
    return MimeMessage(
        sender=sender.addr_spec,
        recipient=recipient,
        content=_head(head) + _body(letter).as_bytes(),
        needs_utf8=not all(a.isascii() for a in (sender.addr_spec, recipient, reply_to)),
    )


def _words(name: str, text: str) -> str:
    """Return text as it reads back: as it stands, or as encoded words, folded (RFC 2047)."""
    if not is_printable(text):
        raise ValueError(name)
    if text.isascii() and "=?" not in text and len(text) <= _SHORT:
        return text
    return Header(text, "utf-8", header_name=name).encode(linesep="\r\n")


def _mailbox(address: Address) -> str:
    name = _words("From", address.display_name)
    return str(address) if name == address.display_name else f"{name} <{address.addr_spec}>"


def _head(fields: Mapping[str, str]) -> bytes:
    """Write header fields: a line each, and more only where encoded words are folded."""
    for name, value in fields.items():
        if not is_printable(value.replace("?=\r\n =?", "")):
            raise ValueError(name)
    return "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()


def _body(letter: Letter) -> EmailMessage:
    body = EmailMessage(_SEVEN_BIT)
    body.set_content(letter.text)
    body.add_alternative(letter.html, subtype="html")
    if letter.calendar:
        _add_calendar(body, letter)
    return body


def _add_calendar(body: EmailMessage, letter: Letter) -> None:
    """Add a calendar's part twice: programs take it in place, people take the file."""
    body.add_alternative(letter.calendar, subtype="calendar", params={"method": letter.method})
    body.add_attachment(
        letter.calendar.encode(), maintype="application", subtype="ics", filename="booking.ics"
    )
