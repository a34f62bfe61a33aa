"""Variables of the environment: how each is read, and what is said of one that can't be used."""

import re
from collections.abc import Mapping
from datetime import timedelta
from email.headerregistry import Address
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from domain.rules.confirmations import ConfirmByMail

MIN_SECRET_LENGTH = 32
LOG_FORMATS = ("console", "json")
ENGINES = ("mongod", "secantusdb")

_HOST = re.compile(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_SPEC = rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_SENDER = re.compile(rf"(?P<name>[^<>\x00-\x1f]*)<(?P<in_brackets>{_SPEC})>|(?P<bare>{_SPEC})")
"""One address, with or without a name before it (RFC 5322, section 3.4, less what nobody uses)."""

Environment = Mapping[str, str]


class BadSetting(Exception):  # noqa: N818 - read as a sentence: "bad setting: PORT ..."
    """One variable that cannot be used. The message names it and says what it takes."""


def whole_number(env: Environment, name: str, default: int, low: int, high: int) -> int:
    """Return a number within bounds."""
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise BadSetting(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def days(env: Environment, name: str) -> timedelta | None:
    """Return a number of days; None for ever."""
    number = whole_number(env, name, 0, 0, 36_500)
    return timedelta(days=number) if number else None


def one_of(env: Environment, name: str, choices: tuple[str, ...]) -> str | None:
    """Return one of several words; None where none was chosen."""
    text = env.get(name) or None
    if text is not None and text not in choices:
        *others, last = choices
        raise BadSetting(f"{name} must be {', '.join(others)} or {last}, not {text!r}.")
    return text


def url(env: Environment, name: str, schemes: tuple[str, ...]) -> str | None:
    """Return an address of one of these kinds; None where there is none."""
    text = env.get(name)
    if not text:
        return None
    parts = _parts(text)
    if parts is None or parts.scheme not in schemes or not parts.netloc:
        raise BadSetting(f"{name} must begin with {' or '.join(f'{s}://' for s in schemes)}.")
    return text


def _parts(text: str) -> SplitResult | None:
    try:
        return urlsplit(text)
    except ValueError:  # brackets that hold no IPv6 address
        return None


def names_a_server(text: str) -> bool:
    """Say whether an address has a host, and a port that there can be."""
    try:
        return bool(urlsplit(text).hostname) and urlsplit(text).port != 0
    except ValueError:  # no such port
        return False


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine, as only this machine can reach it."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def address_of_site(env: Environment) -> str | None:
    """Return what mailed links begin with."""
    text = url(env, "BASE_URL", ("http", "https"))
    if text and not (names_a_server(text) and re.fullmatch(r"[^?#]+//[^/?#]+/?", text)):
        raise BadSetting("BASE_URL must end with its host: https://book.example.org, no path.")
    return text


def allowed_hosts(env: Environment) -> frozenset[str] | None:
    """Return the names to answer to; None for any."""
    named = {host.strip().lower() for host in (env.get("ALLOWED_HOSTS") or "").split(",")} - {""}
    if bad := sorted(host for host in named - {"*"} if not _HOST.fullmatch(host)):
        raise BadSetting(f"ALLOWED_HOSTS must be names of hosts, without ports, not {bad[0]!r}.")
    address = address_of_site(env)
    if "*" in named or not (named or address):
        return None
    return frozenset(named | ({_host_in(address)} if address else set()))


def _host_in(text: str) -> str:
    """Return the host of an address as a request names it."""
    name = urlsplit(text).hostname or ""
    return f"[{name}]" if ":" in name else name


def server_of_mail(env: Environment) -> str | None:
    """Return where mail is handed over; None where it is kept."""
    text = url(env, "SMTP_URL", ("smtp", "smtps"))
    if text and not names_a_server(text):
        raise BadSetting("SMTP_URL must name a host, and a port from 1 to 65535 or none.")
    return text


def sender_of_mail(env: Environment) -> Address:
    """Return whom mail comes from."""
    text = env.get("MAIL_FROM") or "ExpertConnect <bookings@localhost>"
    found = _SENDER.fullmatch(text.strip())
    if found is None:
        raise BadSetting("MAIL_FROM must be an address like Bookings <bookings@example.org>.")
    name, spec = (found["name"] or "").strip(' "'), found["in_brackets"] or found["bare"]
    return Address(display_name=name, addr_spec=spec)


def administrators(env: Environment) -> frozenset[str]:
    """Return the addresses that may administer, in lower case."""
    named = [text.strip() for text in env.get("ADMINS", "").split(",") if text.strip()]
    for text in named:
        if not re.fullmatch(_SPEC, text):
            raise BadSetting(
                f"ADMINS must be addresses with commas between them; {text!r} is none."
            )
    return frozenset(text.lower() for text in named)


def secret_keys(env: Environment, *, embedded: bool) -> tuple[str, ...]:
    """Return the keys, the present one first; none only beside an embedded database."""
    keys = tuple(key.strip() for key in (env.get("SECRET_KEY") or "").split(",") if key.strip())
    if not keys and not embedded:
        raise BadSetting(
            "SECRET_KEY must be set when MONGODB_URI is: 32 characters or more, "
            "the same for every process."
        )
    if any(len(key) < MIN_SECRET_LENGTH for key in keys):
        what = "SECRET_KEY" if len(keys) == 1 else "Each key of SECRET_KEY"
        raise BadSetting(f"{what} must have at least {MIN_SECRET_LENGTH} characters.")
    return keys


def confirm_by_mail(env: Environment) -> ConfirmByMail:
    """Return which bookings under an unproven address need a mailed link."""
    choices = tuple(choice.value for choice in ConfirmByMail)
    return ConfirmByMail(one_of(env, "CONFIRM_BY_MAIL", choices) or ConfirmByMail.NEVER)
