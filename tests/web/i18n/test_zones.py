from datetime import UTC, datetime

import pytest

from web.i18n.languages import LOCALES
from web.i18n.names import region_name, zone_choice
from web.i18n.zones import OFFERED, RENAMED, choices, valid_zone


@pytest.mark.parametrize("name", OFFERED)
def test_every_zone_that_is_offered_exists(name):
    assert valid_zone(name) == name


@pytest.mark.parametrize("name", RENAMED)
def test_a_zone_by_its_old_name_is_the_zone_of_today(name):
    assert valid_zone(name) == RENAMED[name]


@pytest.mark.parametrize("name", [None, "", "Nowhere/Land", "../../etc/passwd", "localtime", "\0"])
def test_what_is_no_zone_is_none(name):
    assert valid_zone(name) is None


def test_the_zones_in_use_come_first_and_every_zone_is_offered_once():
    first, *others = choices("Antarctica/Troll", "Europe/Berlin", "Antarctica/Troll")

    assert first.zones == ["Antarctica/Troll", "Europe/Berlin"]
    rest = [name for region in others for name in region.zones]
    assert sorted(rest) == sorted(set(OFFERED) - {"Europe/Berlin"})


def test_a_region_keeps_its_zones_from_west_to_east():
    africa = next(region for region in choices("UTC") if region.code == "002")

    assert africa.zones == [name for name in OFFERED if name.startswith("Africa/")]


@pytest.mark.parametrize("language", LOCALES)
def test_every_region_has_a_name_in_every_language(language):
    for region in choices("Europe/Berlin")[1:]:
        assert region_name(LOCALES[language], region.code).isalpha()


def test_a_zone_is_found_by_typing_its_city_and_says_how_far_it_is_from_utc():
    now = datetime(2031, 1, 8, tzinfo=UTC)

    assert zone_choice(LOCALES["en"], "America/St_Johns", now) == "St Johns (UTC-03:30)"
    assert zone_choice(LOCALES["en"], "UTC", now) == "UTC"
