"""How long the database takes, by what it is asked to do."""

from prometheus_client import Counter, Histogram

from domain.store.core.commands import Command

_OPERATIONS = (
    *("find", "getMore", "aggregate", "count", "distinct"),
    *("insert", "update", "delete", "findAndModify"),
    *("commitTransaction", "abortTransaction"),
)
_OTHER = "other"

_TIMES = Histogram(
    "expertconnect_database_duration_seconds",
    "How long the database took to answer a command, by operation.",
    ["operation"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5),
)
_FAILURES = Counter(
    "expertconnect_database_failures",
    "Commands that the database refused or never answered, by operation.",
    ["operation"],
)
# Made once: they are asked for with every command, and 0 is told from the first look on.
_times = {name: _TIMES.labels(name) for name in (*_OPERATIONS, _OTHER)}
_failures = {name: _FAILURES.labels(name) for name in (*_OPERATIONS, _OTHER)}


def note_command(command: Command) -> None:
    """Count a command; whatever the program seldom asks for counts as one operation."""
    operation = command.operation if command.operation in _times else _OTHER
    _times[operation].observe(command.seconds)
    if command.failed:
        _failures[operation].inc()
