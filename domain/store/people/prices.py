"""Prices: whole units into minor ones, and one scale to sort them by."""

from decimal import Decimal

from babel.numbers import get_currency_precision

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


def price_minor(units: int, currency: str) -> int:
    """Return so many whole units in the currency's minor ones (ISO 4217: the yen has none)."""
    return units * _minor_units(currency)


def price_rank(minor: int, currency: str) -> int:
    """Return a price in US cents by the fixed table; KeyError for a currency outside of it."""
    return round(minor * _US_CENTS[currency] / _minor_units(currency))


def _minor_units(currency: str) -> int:
    return int(10 ** get_currency_precision(currency))
