"""Settings that are allowed, and that nobody would want where others are served."""

from collections.abc import Iterator

from domain.rules.checks import Check, Checking
from domain.rules.errors import Sentence
from web.settings import Settings

SETTINGS = Checking(Sentence("Settings"))
LOCAL = frozenset({"localhost", "127.0.0.1"})
"""Domains that no mail server believes."""


def look_at_settings(settings: Settings) -> Iterator[Check]:
    """Yield what is worth a second look; one line if nothing is.

    Without BASE_URL, nobody but this machine is served, and little can be wrong.
    """
    found = [*_doubtful(settings)]
    yield from found or [SETTINGS.ok(Sentence("They can all be used."))]


def _doubtful(settings: Settings) -> Iterator[Check]:
    if settings.base_url is None:
        if not settings.on_loopback:
            yield SETTINGS.wrong(
                Sentence("HOST lets others in, and BASE_URL is not set."),
                Sentence(
                    "Set BASE_URL to the address that people use: mailed links begin with it."
                ),
            )
        return
    if not settings.is_secure:
        yield SETTINGS.warning(
            Sentence("BASE_URL begins with http://, so that cookies and forms travel in the open."),
            Sentence("Have a proxy speak TLS, and begin BASE_URL with https://."),
        )
    if settings.mongodb_uri is None:
        yield SETTINGS.warning(
            Sentence("The embedded database is meant for a look and for development."),
            Sentence(
                "Name a replica set of your own in MONGODB_URI; a backup takes the data along."
            ),
        )
    if settings.smtp_url is None:
        yield SETTINGS.wrong(
            Sentence("SMTP_URL is not set: nobody gets any mail, and nobody can sign in."),
            Sentence("Set SMTP_URL and MAIL_FROM, then run: just doctor --mail ADDRESS"),
        )
    elif settings.mail_from.domain in LOCAL:
        yield SETTINGS.wrong(
            Sentence("MAIL_FROM is not set: mail comes from an address that nobody accepts."),
            Sentence("Set MAIL_FROM to an address of a domain of yours."),
        )
