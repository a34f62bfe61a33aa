"""What the page of a mailed link says, by what comes of following it."""

from collections.abc import Mapping
from typing import NamedTuple

from domain.store.documents import LinkPurpose
from web.http.paths import is_of_admin, is_of_desk
from web.i18n.languages import marked as _


class LinkPage(NamedTuple):
    """The words of one such page; `%(address)s` stands for the address that is proven."""

    title: str
    text: str
    button: str


_BOOKINGS = LinkPage(
    _("See your bookings"),
    _("This shows all bookings of %(address)s in this browser, for thirty days."),
    _("Show my bookings"),
)
_DESK = LinkPage(
    _("Open your desk"),
    _(
        "This opens the desk of %(address)s in this browser. It stays open for twelve hours after "
        "you last used it."
    ),
    _("Open my desk"),
)
_ADMINISTRATION = LinkPage(
    _("Open the administration"),
    _(
        "This opens the administration for %(address)s in this browser. It stays open for twelve "
        "hours after you last used it."
    ),
    _("Open the administration"),
)
_PROOFS: Mapping[LinkPurpose, LinkPage] = {
    LinkPurpose.APPLICATION: LinkPage(
        _("Confirm your application"),
        _(
            "This confirms that %(address)s is yours, and opens your desk in this browser. You can "
            "fill in your profile while we look at your application."
        ),
        _("Confirm and open my desk"),
    ),
    LinkPurpose.INVITATION: LinkPage(
        _("Welcome to your desk"),
        _(
            "This confirms that %(address)s is yours, and opens your desk in this browser, where "
            "you write your profile and say when you have time."
        ),
        _("Open my desk"),
    ),
    LinkPurpose.ADDRESS: LinkPage(
        _("Confirm your new address"),
        _(
            "From then on mail about your bookings goes to %(address)s, and your desk opens by "
            "links to this address alone."
        ),
        _("Use this address"),
    ),
}


def words_of(purpose: LinkPurpose, leads_to: str) -> LinkPage:
    """Return what a link's page says, by its purpose and the path that it leads to."""
    return _PROOFS.get(purpose) or _led_to(leads_to)


def _led_to(path: str) -> LinkPage:
    if is_of_admin(path):
        return _ADMINISTRATION
    return _DESK if is_of_desk(path) else _BOOKINGS
