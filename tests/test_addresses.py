import pytest

from tests.addresses import database_at, port_of, through


@pytest.mark.parametrize(
    ("server", "database"),
    [
        ("mongodb://127.0.0.1:27017", "mongodb://127.0.0.1:27017/one"),
        ("mongodb://127.0.0.1:27017/", "mongodb://127.0.0.1:27017/one"),
        ("mongodb://a:1,b:2/other?replicaSet=rs0", "mongodb://a:1,b:2/one?replicaSet=rs0"),
        ("mongodb://me:secret@a:1/", "mongodb://me:secret@a:1/one?authSource=admin"),
        ("mongodb://me:secret@a:1/?authSource=b", "mongodb://me:secret@a:1/one?authSource=b"),
    ],
)
def test_a_database_has_the_options_of_its_server(server, database):
    assert database_at(server, "one") == database


@pytest.mark.parametrize(
    ("near", "far"),
    [
        ("mongodb://127.0.0.1:1/one", "mongodb://127.0.0.1:2/one?directConnection=true"),
        ("mongodb://127.0.0.1:1", "mongodb://127.0.0.1:2/?directConnection=true"),
        (
            "mongodb://me:secret@127.0.0.1:1/one?directConnection=true&authSource=admin",
            "mongodb://me:secret@127.0.0.1:2/one?directConnection=true&authSource=admin",
        ),
    ],
)
def test_what_goes_through_a_port_keeps_everything_else(near, far):
    assert through(near, 2) == far
    assert (port_of(near), port_of(far)) == (1, 2)
