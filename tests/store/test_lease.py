from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.collection import Collection

from domain.store.core.database import database_name
from domain.store.core.lease import DURATION, Lease, LeaseBusy
from domain.store.core.migrate import exclusively
from web.http import clock

START = datetime(2031, 7, 8, 9, 30, tzinfo=UTC)


class Hands:
    """A clock that moves on by itself, by so much at each look."""

    def __init__(self, step: timedelta = timedelta(0)) -> None:
        self.instant = START
        self.step = step

    def __call__(self) -> datetime:
        self.instant += self.step
        return self.instant


@pytest.fixture
def collection(database_uri: str) -> Iterator[Collection[dict[str, Any]]]:
    with MongoClient[dict[str, Any]](database_uri, tz_aware=True) as client:
        yield client[database_name(database_uri)]["leases"]


def test_one_holder_at_a_time(collection: Collection[dict[str, Any]]):
    hands = Hands()

    assert Lease(collection, "work", hands).take()
    assert not Lease(collection, "work", hands).take()
    assert Lease(collection, "other work", hands).take()


def test_whoever_is_done_lets_the_next_in_at_once(collection: Collection[dict[str, Any]]):
    hands = Hands()

    with Lease(collection, "work", hands).held():
        assert not Lease(collection, "work", hands).take()

    assert Lease(collection, "work", hands).take()


def test_a_host_whose_clock_is_behind_is_let_in_at_once_too(collection: Collection[dict[str, Any]]):
    hands = Hands()
    with Lease(collection, "work", hands).held():
        pass

    hands.instant = START - timedelta(seconds=90)
    assert Lease(collection, "work", hands).take()


def test_a_killed_holder_keeps_others_waiting_until_its_lease_expires(
    collection: Collection[dict[str, Any]],
):
    hands = Hands()
    Lease(collection, "work", hands, duration=timedelta(seconds=30)).take()

    hands.instant = START + timedelta(seconds=29)
    assert not Lease(collection, "work", hands).take()

    hands.instant = START + timedelta(seconds=30)
    assert Lease(collection, "work", hands).take()


def test_a_late_holder_does_not_end_its_successors_lease(collection: Collection[dict[str, Any]]):
    hands = Hands()
    with Lease(collection, "work", hands, duration=timedelta(seconds=30)).held():
        hands.instant = START + timedelta(seconds=31)
        assert Lease(collection, "work", hands).take()

    assert not Lease(collection, "work", hands).take()


def test_work_that_takes_longer_than_the_lease_keeps_it(collection: Collection[dict[str, Any]]):
    renewed = Lease(collection, "work", clock.now, duration=timedelta(milliseconds=300))

    with (
        renewed.held(),
        pytest.raises(LeaseBusy),
        Lease(collection, "work", clock.now).held(patience=timedelta(seconds=1)),
    ):
        pass


def test_the_wait_has_an_end(collection: Collection[dict[str, Any]]):
    hands = Hands(step=timedelta(seconds=10))
    Lease(collection, "work", hands, duration=timedelta(days=1)).take()

    with (
        pytest.raises(LeaseBusy, match="work"),
        Lease(collection, "work", hands).held(patience=timedelta(seconds=30)),
    ):
        pass


def test_a_lease_goes_by_the_databases_clock(
    database_uri: str, collection: Collection[dict[str, Any]]
):
    """Hosts whose clocks differ by more than a lease lasts would take it from each other."""

    def told() -> datetime:
        instant: datetime = collection.database.command("hello")["localTime"]
        return instant.replace(tzinfo=UTC)

    before = told()
    with exclusively(database_uri, "work"):
        lease = collection.find_one({"_id": "work"})

    assert lease is not None
    assert before + DURATION <= lease["until"] <= told() + DURATION
