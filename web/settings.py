"""Settings: read once from the environment, checked, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import urlsplit

from domain.rules.confirmations import ConfirmByMail, Confirming
from web import variables
from web.variables import BadSetting, is_loopback, names_a_server, whole_number

NEWCOMER = "admin@example.com"
"""The administrator to try everything with, where nobody was named and mail can be read here."""


@dataclass(frozen=True)
class OpenIdClient:
    """A provider that staff sign in at, and as whom it knows us."""

    issuer: str
    id: str
    secret: str = field(repr=False)
    name: str
    """What people call it."""


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
    secret_keys: tuple[str, ...]
    """The first signs, all are read by. None: one is made and kept in `data_dir`, which only the
    embedded database allows."""
    base_url: str | None
    """None: the address listened on. Mailed links begin with it."""
    allowed_hosts: frozenset[str] | None
    """The names to answer to, beside this machine's own; None: any."""
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
    confirm_by_mail: ConfirmByMail
    """Which bookings under an unproven address need a mailed link."""
    confirm_within: timedelta
    """How long a time is held for such a link to be followed."""
    retention: timedelta | None
    """How long past bookings name their attendees; None: until these erase themselves."""
    log_kept: timedelta | None
    """How long the log keeps an act; None: for ever."""
    openid: OpenIdClient | None
    """None: everybody signs in by mailed links."""
    log_format: str
    otlp_endpoint: str | None
    """The collector that traces are sent to; None: nothing is traced."""
    named_admins: frozenset[str]
    """The addresses that ADMINS names, in lower case."""

    @property
    def admins(self) -> frozenset[str]:
        """Return the administrators that the settings name.

        To look around on one's own machine nobody has to be named.
        """
        to_look_around = self.mongodb_uri is None and self.shows_outbox
        return self.named_admins or frozenset([NEWCOMER] if to_look_around else [])

    @property
    def confirming(self) -> Confirming:
        """Say which bookings need a mailed link, and how long they wait for it."""
        is_sent = self.smtp_url is not None
        return Confirming(self.confirm_by_mail, self.confirm_within, sends_mail=is_sent)

    @property
    def shows_outbox(self) -> bool:
        """Say whether mail can be read at /dev/outbox: only on a machine that serves itself."""
        return self.on_loopback and self.smtp_url is None and self.base_url is None

    @property
    def on_loopback(self) -> bool:
        """Say whether only this machine can reach the server."""
        return is_loopback(self.host)

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


def _openid(env: Mapping[str, str]) -> OpenIdClient | None:
    names = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_SECRET")
    issuer, client_id, secret = (env.get(name) or "" for name in names)
    if missing := [name for name in names if not env.get(name)]:
        if len(missing) < len(names):
            raise BadSetting(f"{missing[0]} must be set when any of {', '.join(names)} is.")
        return None
    variables.url(env, "OIDC_ISSUER", ("http", "https"))
    host = urlsplit(issuer).hostname if names_a_server(issuer) else None
    if host is None or not (issuer.startswith("https://") or is_loopback(host)):
        raise BadSetting("OIDC_ISSUER must begin with https:// and name a host.")
    return OpenIdClient(issuer, client_id, secret, env.get("OIDC_NAME") or host)


def _checked(settings: Settings) -> Settings:
    """Return settings that fit together."""
    is_read = settings.smtp_url is not None or settings.shows_outbox
    if settings.confirm_by_mail is not ConfirmByMail.NEVER and not is_read:
        raise BadSetting("SMTP_URL must be set when CONFIRM_BY_MAIL asks for mailed links.")
    return settings


def read_settings(env: Mapping[str, str]) -> Settings:
    """Read the settings from an environment; an empty variable counts as unset.

    Raises:
        BadSetting: The first variable that cannot be used, with what it takes.
    """
    mongodb_uri = variables.url(env, "MONGODB_URI", ("mongodb", "mongodb+srv"))
    settings = Settings(
        host=env.get("HOST") or "127.0.0.1",
        port=whole_number(env, "PORT", 8000, 1, 65535),
        mongodb_uri=mongodb_uri,
        embedded=variables.one_of(env, "EMBEDDED", variables.ENGINES),
        data_dir=Path(env.get("DATA_DIR") or ".data"),
        secret_keys=variables.secret_keys(env, embedded=mongodb_uri is None),
        base_url=variables.address_of_site(env),
        allowed_hosts=variables.allowed_hosts(env),
        smtp_url=variables.server_of_mail(env),
        mail_from=variables.sender_of_mail(env),
        workers=whole_number(env, "WORKERS", 1, 1, 64),
        hold_for=timedelta(seconds=whole_number(env, "HOLD_SECONDS", 300, 1, 86_400)),
        leaving=timedelta(seconds=whole_number(env, "LEAVING_SECONDS", 10, 1, 3600)),
        holds_per_ip=whole_number(env, "HOLDS_PER_IP", 500, 1, 1_000_000),
        streams_per_ip=whole_number(env, "STREAMS_PER_IP", 500, 1, 1_000_000),
        bookings_per_ip=whole_number(env, "BOOKINGS_PER_IP", 60, 1, 1_000_000),
        bookings_per_address=whole_number(env, "BOOKINGS_PER_ADDRESS", 20, 1, 1_000_000),
        confirm_by_mail=variables.confirm_by_mail(env),
        confirm_within=timedelta(minutes=whole_number(env, "CONFIRM_MINUTES", 15, 1, 1440)),
        retention=variables.days(env, "RETENTION_DAYS"),
        log_kept=variables.days(env, "LOG_DAYS"),
        openid=_openid(env),
        log_format=variables.one_of(env, "LOG_FORMAT", variables.LOG_FORMATS) or "console",
        otlp_endpoint=variables.url(env, "OTEL_EXPORTER_OTLP_ENDPOINT", ("http", "https")),
        named_admins=variables.administrators(env),
    )
    return _checked(settings)
