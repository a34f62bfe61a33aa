"""What the log says of an error: its type and where it came about, and nothing of its words."""

import json
from collections.abc import Iterator

import pytest
import structlog
from pymongo.errors import DuplicateKeyError

from web.logs import configure_logs

SECRET = "ann@example.org"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def insert() -> None:
    raise DuplicateKeyError(f"dup key: {SECRET}", details={"keyValue": {"address": SECRET}})


def book() -> None:
    try:
        insert()
    except DuplicateKeyError as error:
        error.add_note(SECRET)
        raise ConnectionError(SECRET) from error


@pytest.mark.parametrize("log_format", ["console", "json"])
@pytest.mark.parametrize("passed", [True, False])
def test_an_error_is_told_by_its_type_and_its_trace(capsys, log_format, passed):
    configure_logs(log_format)
    log = structlog.wrap_logger(structlog.PrintLogger())
    try:
        book()
    except ConnectionError as error:
        log.exception("fault", exc_info=error if passed else True)

    told = capsys.readouterr().out
    assert SECRET not in told
    for word in ("ConnectionError > ", "DuplicateKeyError > ", "test_logs.py:", " insert", " book"):
        assert word in told
    assert told.count("\n") == 1


def test_a_line_without_an_error_stands_as_it_is(capsys):
    configure_logs("json")
    structlog.wrap_logger(structlog.PrintLogger()).info("request", status=200)

    told = json.loads(capsys.readouterr().out)
    assert {key: told[key] for key in told if key != "timestamp"} == {
        "event": "request", "level": "info", "status": 200,
    }  # fmt: skip
