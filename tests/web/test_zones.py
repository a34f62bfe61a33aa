import pytest

from web.zones import OFFERED, RENAMED, choices, valid_zone


@pytest.mark.parametrize("name", OFFERED)
def test_every_zone_that_is_offered_exists(name):
    assert valid_zone(name) == name


@pytest.mark.parametrize("name", RENAMED)
def test_a_zone_by_its_old_name_is_the_zone_of_today(name):
    assert valid_zone(name) == RENAMED[name]


@pytest.mark.parametrize("name", [None, "", "Nowhere/Land", "../../etc/passwd", "localtime", "\0"])
def test_what_is_no_zone_is_none(name):
    assert valid_zone(name) is None


def test_the_zones_in_use_are_offered_once_each():
    offered = choices("Europe/Berlin", "Antarctica/Troll")

    assert offered.count("Europe/Berlin") == 1
    assert "Antarctica/Troll" in offered
