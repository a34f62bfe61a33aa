"""Settings: read once from the environment, checked, frozen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

MIN_SECRET_LENGTH = 32
LOG_FORMATS = ("console", "json")
ENGINES = ("mongod", "secantusdb")

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_SPEC = rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
_SENDER = re.compile(rf"(?P<name>[^<>\x00-\x1f]*)<(?P<in_brackets>{_SPEC})>|(?P<bare>{_SPEC})")
"""One address, with or without a name before it (RFC 5322, section 3.4, less what nobody uses)."""


class BadSetting(Exception):  # noqa: N818 - read as a sentence: "bad setting: PORT ..."
    """One variable that cannot be used. The message names it and says what it takes."""


@dataclass(frozen=True)
class Settings:
    """Everything that the environment decides."""

    host: str
    port: int
    mongodb_uri: str | None
    """None: the embedded server."""
    embedded: str | None
    """The only engine that may be embedded; None: MongoDB where it runs, or what a folder has."""
    data_dir: Path
    secret_key: str | None
    """None: made and kept in `data_dir`, which only the embedded database allows."""
    base_url: str | None
    """None: the address listened on. Mailed links begin with it."""
    smtp_url: str | None
    """None: mail goes to the outbox at /dev/outbox."""
    mail_from: Address
    workers: int
    hold_for: timedelta
    leaving: timedelta
    """How long a hold outlives the page that kept it."""
    holds_per_ip: int
    streams_per_ip: int
    bookings_per_ip: int
    """An hour; as many moves and as many cancellations. Below, the same."""
    bookings_per_address: int
    retention: timedelta | None
    """How long past bookings name their attendees; None: until these erase themselves."""
    log_format: str

    @property
    def shows_outbox(self) -> bool:
        """Say whether mail can be read at /dev/outbox: only on a machine that serves itself."""
        return self.on_loopback and self.smtp_url is None and self.base_url is None

    @property
    def on_loopback(self) -> bool:
        """Say whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def public_url(self) -> str:
        """Return the address that people use, without a slash at its end."""
        if self.base_url:
            return self.base_url.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @property
    def is_secure(self) -> bool:
        """Say whether people come by TLS, so that browsers send no cookie without it."""
        return self.public_url.startswith("https://")


def _whole_number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and low <= int(text) <= high):
        raise BadSetting(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def _url(env: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    text = env.get(name)
    if not text:
        return None
    parts = _parts(text)
    if parts is None or parts.scheme not in schemes or not parts.netloc:
        raise BadSetting(f"{name} must begin with {' or '.join(f'{s}://' for s in schemes)}.")
    return text


def _parts(url: str) -> SplitResult | None:
    try:
        return urlsplit(url)
    except ValueError:  # brackets that hold no IPv6 address
        return None


def _address_of_site(env: Mapping[str, str]) -> str | None:
    text = _url(env, "BASE_URL", ("http", "https"))
    if text and not (_names_a_server(text) and re.fullmatch(r"[^?#]+//[^/?#]+/?", text)):
        raise BadSetting("BASE_URL must end with its host: https://book.example.org, no path.")
    return text


def _server_of_mail(env: Mapping[str, str]) -> str | None:
    text = _url(env, "SMTP_URL", ("smtp", "smtps"))
    if text and not _names_a_server(text):
        raise BadSetting("SMTP_URL must name a host, and a port from 1 to 65535 or none.")
    return text


def _names_a_server(url: str) -> bool:
    try:
        return bool(urlsplit(url).hostname) and urlsplit(url).port != 0
    except ValueError:  # no such port
        return False


def _sender_of_mail(env: Mapping[str, str]) -> Address:
    text = env.get("MAIL_FROM") or "ExpertConnect <bookings@localhost>"
    found = _SENDER.fullmatch(text.strip())
    if found is None:
        raise BadSetting("MAIL_FROM must be an address like Bookings <bookings@example.org>.")
    name, spec = (found["name"] or "").strip(' "'), found["in_brackets"] or found["bare"]
    return Address(display_name=name, addr_spec=spec)


def _secret_key(env: Mapping[str, str], *, embedded: bool) -> str | None:
    key = env.get("SECRET_KEY") or None
    if key is None and not embedded:
        raise BadSetting(
            "SECRET_KEY must be set when MONGODB_URI is: 32 characters or more, "
            "the same for every process."
        )
    if key is not None and len(key) < MIN_SECRET_LENGTH:
        raise BadSetting(f"SECRET_KEY must have at least {MIN_SECRET_LENGTH} characters.")
    return key


def _retention(env: Mapping[str, str]) -> timedelta | None:
    days = _whole_number(env, "RETENTION_DAYS", 0, 0, 36_500)
    return timedelta(days=days) if days else None


def _log_format(env: Mapping[str, str]) -> str:
    text = env.get("LOG_FORMAT") or "console"
    if text not in LOG_FORMATS:
        raise BadSetting(f"LOG_FORMAT must be {' or '.join(LOG_FORMATS)}, not {text!r}.")
    return text


def _engine(env: Mapping[str, str]) -> str | None:
    text = env.get("EMBEDDED") or None
    if text is not None and text not in ENGINES:
        raise BadSetting(f"EMBEDDED must be {' or '.join(ENGINES)}, not {text!r}.")
    return text


def read_settings(env: Mapping[str, str]) -> Settings:
    """Read the settings from an environment; an empty variable counts as unset.

    Raises:
        BadSetting: The first variable that cannot be used, with what it takes.
    """
    mongodb_uri = _url(env, "MONGODB_URI", ("mongodb", "mongodb+srv"))
    return Settings(
        host=env.get("HOST") or "127.0.0.1",
        port=_whole_number(env, "PORT", 8000, 1, 65535),
        mongodb_uri=mongodb_uri,
        embedded=_engine(env),
        data_dir=Path(env.get("DATA_DIR") or ".data"),
        secret_key=_secret_key(env, embedded=mongodb_uri is None),
        base_url=_address_of_site(env),
        smtp_url=_server_of_mail(env),
        mail_from=_sender_of_mail(env),
        workers=_whole_number(env, "WORKERS", 1, 1, 64),
        hold_for=timedelta(seconds=_whole_number(env, "HOLD_SECONDS", 300, 1, 86_400)),
        leaving=timedelta(seconds=_whole_number(env, "LEAVING_SECONDS", 10, 1, 3600)),
        holds_per_ip=_whole_number(env, "HOLDS_PER_IP", 500, 1, 1_000_000),
        streams_per_ip=_whole_number(env, "STREAMS_PER_IP", 500, 1, 1_000_000),
        bookings_per_ip=_whole_number(env, "BOOKINGS_PER_IP", 60, 1, 1_000_000),
        bookings_per_address=_whole_number(env, "BOOKINGS_PER_ADDRESS", 20, 1, 1_000_000),
        retention=_retention(env),
        log_format=_log_format(env),
    )
