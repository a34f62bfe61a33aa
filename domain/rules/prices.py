"""Prices: whole units into minor ones and back, what people type, and one scale to sort by."""

import re
from decimal import Decimal

from babel.numbers import get_currency_precision

DEAREST = 1_000_000
"""In whole units of any currency: more is a slip of the hand."""

_TYPED = re.compile(r"[0-9]{1,9}([.,][0-9]{1,4})?")

_US_CENTS = {
    "AUD": Decimal(66),
    "BRL": Decimal(18),
    "EUR": Decimal(108),
    "GBP": Decimal(127),
    "INR": Decimal("1.2"),
    "JPY": Decimal("0.67"),
    "USD": Decimal(100),
}
"""What one unit of a currency counts for when prices are sorted. Fixed: it is no exchange rate."""

CURRENCIES = tuple(_US_CENTS)
"""Those that an expert can ask for (ISO 4217)."""


def price_minor(units: int, currency: str) -> int:
    """Return so many whole units in the currency's minor ones (ISO 4217: the yen has none)."""
    return units * _minor_units(currency)


def same_amount(minor: int, currency: str, other: str) -> int:
    """Return the minor units of the same number in another currency: 50 euros are 50 yen."""
    return round(Decimal(minor) / _minor_units(currency) * _minor_units(other))


def price_rank(minor: int, currency: str) -> int:
    """Return a price in US cents by the fixed table; KeyError for a currency outside of it."""
    return round(minor * _US_CENTS[currency] / _minor_units(currency))


def price_text(minor: int, currency: str) -> str:
    """Return a price as a form shows it: `49.90`, and `5000` where there are no minor units."""
    digits = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-digits):.{digits}f}"


def read_price(text: str, currency: str) -> int:
    """Return what somebody typed, with a point or a comma, in minor units.

    Raises:
        ValueError: It is no price, is too high, or finer than the currency's minor units.
    """
    if not _TYPED.fullmatch(text):
        raise ValueError("this is no price")
    minor = Decimal(text.replace(",", ".")) * _minor_units(currency)
    if minor > price_minor(DEAREST, currency) or minor != minor.to_integral_value():
        raise ValueError("it is too high, or finer than the currency's minor units")
    return int(minor)


def _minor_units(currency: str) -> int:
    return int(10 ** get_currency_precision(currency))
