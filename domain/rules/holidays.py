"""Public holidays, by country and region, with their names."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

_LANGUAGES = {"de": "de", "en": "en_US"}


@lru_cache(maxsize=512)
def public_holidays(country: str, region: str, year: int, language: str = "") -> Mapping[date, str]:
    """Return the public holidays of a year in order, each with its name.

    Args:
        country: One of `countries()`.
        region: One of `regions(country)`, or empty for what the whole country has.
        year: Which year.
        language: Of the names; the country's own if they have no names in it.

    Raises:
        ValueError: No such country or region.
    """
    kind = _class_of(country)
    if region and region not in kind.subdivisions:
        raise ValueError(f"no region {region!r} is known of {country!r}")
    wished = _LANGUAGES.get(language, "")
    spoken = wished if wished in kind.supported_languages else kind.default_language
    return dict(sorted(kind(subdiv=region or None, years=year, language=spoken).items()))


def countries() -> list[str]:
    """Return the countries whose holidays are known, by ISO 3166-1 alpha-2."""
    return sorted(_classes())


def regions(country: str) -> dict[str, str]:
    """Return the regions of a country that have holidays of their own: codes, with their names.

    Raises:
        ValueError: No such country.
    """
    kind = _class_of(country)
    names = {code: name for name, code in kind.subdivisions_aliases.items()}
    return {code: names.get(code, code) for code in kind.subdivisions}


@lru_cache(maxsize=1)
def _classes() -> Mapping[str, str]:
    """Return the names of the library's classes by ISO 3166-1 alpha-2."""
    from holidays.registry import COUNTRIES  # noqa: PLC0415 - only who asks pays for loading it

    return {entry[1]: entry[0] for entry in COUNTRIES.values()}


def _class_of(country: str) -> Any:  # noqa: ANN401 - each country has a class of its own
    import holidays  # noqa: PLC0415 - as above

    if country not in _classes():
        raise ValueError(f"no holidays are known of {country!r}")
    return getattr(holidays, _classes()[country])
