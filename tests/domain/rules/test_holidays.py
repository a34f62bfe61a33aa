from datetime import date

import pytest

from domain.rules.holidays import countries, public_holidays, regions


def test_a_region_has_holidays_of_its_own():
    bavaria, berlin = (public_holidays("DE", region, 2027) for region in ("BY", "BE"))

    assert bavaria[date(2027, 1, 6)] == "Heilige Drei Könige"
    assert date(2027, 1, 6) not in berlin
    assert date(2027, 12, 25) in berlin


def test_holidays_are_named_in_the_language_that_is_asked_for():
    assert public_holidays("DE", "", 2027, "en")[date(2027, 5, 1)] == "Labor Day"
    assert public_holidays("DE", "", 2027, "de")[date(2027, 5, 1)] == "Erster Mai"


def test_holidays_keep_their_own_language_where_they_have_no_other():
    assert public_holidays("FR", "", 2027, "de")[date(2027, 1, 1)] == "Jour de l'an"


@pytest.mark.parametrize(("country", "region"), [("XX", ""), ("DE", "QQ"), ("HolidayBase", "")])
def test_what_is_no_country_or_region_is_refused(country: str, region: str):
    with pytest.raises(ValueError, match="known of"):
        public_holidays(country, region, 2027)


def test_countries_tell_their_regions_by_name():
    assert {"DE", "IN", "US", "BR"} < set(countries())
    assert regions("DE")["BY"] == "Bayern"
