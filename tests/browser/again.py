"""A test that failed runs once more: passed then, it is told of as flaky and fails nothing."""

import pytest
from _pytest.runner import runtestprotocol

FLAKY = pytest.StashKey[list[pytest.TestReport]]()
"""The failures of tests that then passed."""


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FLAKY] = []


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """Run a test as ever, and once more where it failed."""
    item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if failures := [report for report in reports if report.failed]:
        item._initrequest()  # type: ignore[attr-defined] # as pytest-rerunfailures does
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        if not any(report.failed for report in reports):
            item.config.stash[FLAKY] += failures[:1]
    for report in reports:
        item.ihook.pytest_runtest_logreport(report=report)
    item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what failed and then passed, each with why it failed; the last line counts them, too."""
    if not (flaky := terminalreporter.config.stash[FLAKY]):
        return
    terminalreporter.section("flaky", yellow=True)
    for report in flaky:
        terminalreporter.line(report.longreprtext)
        terminalreporter.line(f"FLAKY {report.nodeid}", yellow=True)
    terminalreporter.stats["flaky"] = [*flaky]
