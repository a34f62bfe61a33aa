"""What the log says of an error: its type and where it came about, and nothing of its words."""

import json
import logging
import warnings
from collections.abc import Iterator

import pytest
import structlog
from pymongo.errors import DuplicateKeyError

from tests.servers import start_server
from tests.waiting import until
from web.http.logs import configure_logs

SECRET = "ann@example.org"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = [*root.handlers], root.level
    yield
    structlog.reset_defaults()
    logging.captureWarnings(capture=False)
    root.handlers[:] = handlers
    root.setLevel(level)


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


def test_what_others_log_is_a_line_of_json_too_and_without_values(capsys):
    configure_logs("json")
    logging.getLogger("domain.store.core.pulse").warning("The database is silent for %d s", 2)
    logging.getLogger("pymongo.client").error("Refused: %s", SECRET)
    formatted = f"Task exception was never retrieved\n{SECRET}"
    logging.getLogger("asyncio").error(formatted)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn(f"something is old\n{SECRET}", stacklevel=1)

    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert SECRET not in str(told)
    assert [(line["logger"], line["level"]) for line in told] == [
        ("domain.store.core.pulse", "warning"),
        ("pymongo.client", "error"),
        ("asyncio", "error"),
        ("py.warnings", "warning"),
    ]
    assert told[0]["event"] == "The database is silent for 2 s"


async def test_with_json_every_line_of_a_start_and_an_end_is_json(database_uri: str):
    with start_server(database_uri, LOG_FORMAT="json") as server:
        assert await until(lambda: "ExpertConnect is at" in server.output)
        server.stop()
        lines = [json.loads(line) for line in server.output.splitlines()]

    told = " ".join(line["event"] for line in lines)
    for words in ("Seeding", "ExpertConnect is at", "Stopped."):
        assert words in told
