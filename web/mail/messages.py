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


def message_of(letter: Letter, *, sender: Address, key: str, now: datetime) -> EmailMessage:
    """Return a letter as text, the same as HTML, and what goes into a calendar.

    Args:
        letter: What it says.
        sender: Who it comes from.
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
    message["Message-ID"] = f"<{key}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's out-of-office answers it
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    if letter.calendar:
        _add_calendar(message, letter)
    return message


def _add_calendar(message: EmailMessage, letter: Letter) -> None:
    """Add a calendar's part twice: programs take it in place, people take the file."""
    message.add_alternative(letter.calendar, subtype="calendar", params={"method": letter.method})
    message.add_attachment(
        letter.calendar.encode(), maintype="application", subtype="ics", filename="booking.ics"
    )
