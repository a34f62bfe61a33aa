"""Messages: letters in the form in which they travel (RFC 5322, MIME)."""

from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from web.mail.letters import Letter

_SEVEN_BIT = policy.SMTP.clone(cte_type="7bit")
"""Every mail server takes it; not every one takes eight bits."""


def ascii_domain(address: str) -> str:
    """Return an address with its domain as the name system has it (RFC 5890)."""
    name, _, domain = address.rpartition("@")
    return f"{name}@{domain.encode('idna').decode()}"


def message_of(letter: Letter, *, sender: str, key: str, now: datetime) -> EmailMessage:
    """Return a letter as text, and the same as HTML.

    Args:
        letter: What it says.
        sender: Who it comes from, an address with or without a name.
        key: Tells the message from all others; the same mail sent again has the same.
        now: When it is sent.

    Raises:
        ValueError: A header would have a line break in it.
    """
    message = EmailMessage(_SEVEN_BIT)
    message["From"] = sender
    message["To"] = ascii_domain(letter.to)
    if letter.reply_to:
        message["Reply-To"] = ascii_domain(letter.reply_to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{key}@{_domain(message)}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's out-of-office answers it
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message


def _domain(message: EmailMessage) -> str:
    (sender,) = message["From"].addresses
    assert isinstance(sender, Address)  # noqa: S101 - the setting was checked
    return str(sender.domain)
