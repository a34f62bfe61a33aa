"""A site's own face, as the frame of every page shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address

from domain.rules.accents import Accent, accent_of
from domain.rules.legal import LegalPage
from domain.store.documents.site import Site
from web.assets.accents import accent_styles
from web.assets.bundles import Bundle, asset
from web.i18n.languages import marked as _

LEGAL_PAGES: Mapping[LegalPage, str] = {
    LegalPage.IMPRINT: _("Imprint"),
    LegalPage.PRIVACY: _("Privacy policy"),
    LegalPage.TERMS: _("Terms of use"),
}
"""What the legal pages are called."""


@dataclass(frozen=True)
class Look:
    """A site's own colour, and the styles that it comes with."""

    accent: Accent
    styles: Bundle


def look_of(site: Site) -> Look | None:
    """Return a site's own look; None for the program's."""
    return Look(accent_of(site.accent), accent_styles(site.accent)) if site.accent else None


def logo_address(site: Site) -> str:
    """Return where the logo is."""
    return f"/site/logo?v={site.logo}" if site.logo else asset("icons/icon.svg")


def card_address(site: Site) -> str:
    """Return where the picture is that programs show beside a link."""
    return f"/site/card.png?v={site.look}" if site.look else asset("icons/card.jpg")


def named_sender(mail_from: Address, site: Site) -> Address:
    """Return whom mails and calendars come from: by the site's own name, if it was given one."""
    name = site.name if site.has_own_name else mail_from.display_name or site.name
    return Address(display_name=name, addr_spec=mail_from.addr_spec)
