"""Names of zones, parts of the world and languages, as readers of a language write them."""

from datetime import datetime
from functools import cache, lru_cache

from babel import Locale
from babel.dates import (
    get_timezone_name,
)

from domain.store.documents.site import Site
from web.i18n.formats import from_utc
from web.i18n.languages import marked as _
from web.i18n.languages import offered, spoken, translate
from web.i18n.zones import zone_info

_REMEMBERED = 4_096

FIELDS = (
    *(_("Technology"), _("Health"), _("Finance")),
    *(_("Legal"), _("Education"), _("Lifestyle")),
)
"""What the fields of expertise are called whose names a site hasn't set: their keys, in English."""


def field_name(site: Site, key: str, language: str) -> str:
    """Write the name of a field of expertise; one that was removed goes by its key."""
    names = next((field.names for field in site.expertise if field.key == key), {})
    found = spoken(names, language, offered(site.languages))
    return found.text if found else translate(language, key)


@cache
def zone_name(locale: Locale, zone: str) -> str:
    """Write a zone the way people say it, with its city."""
    generic = get_timezone_name(zone_info(zone), locale=locale)
    if city(zone) in generic:
        return city(zone)
    return f"{city(zone)}, {generic}" if "(" in generic else f"{city(zone)} ({generic})"


def zone_choice(_locale: Locale, zone: str, now: datetime) -> str:
    """Write a zone as a list does: its city, by which one finds it, and how far it is from UTC."""
    return _with_offset(zone, now.replace(second=0, microsecond=0))  # clocks change on the minute


@lru_cache(_REMEMBERED)
def _with_offset(zone: str, minute: datetime) -> str:
    offset = from_utc(minute.astimezone(zone_info(zone)))
    return zone if zone == "UTC" else f"{city(zone)} ({offset})"


@cache
def region_name(locale: Locale, code: str) -> str:
    """Write the name of a part of the world, by its code of UN M49."""
    return str(locale.territories[code])


def city(zone: str) -> str:
    """Return the city that a zone is named after."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


@cache
def language_name(locale: Locale, code: str) -> str:
    """Write the name of a language."""
    return str(locale.languages.get(code, code))
