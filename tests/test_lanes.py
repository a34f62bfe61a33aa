from pathlib import Path

import pytest

from tests.lanes import Job, Lanes, Outcome, told


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    return tmp_path


def job(folder: Path, name: str, source: str) -> Job:
    test = folder / f"test_{name}.py"
    test.write_text(f"def test_{name}():\n    {source}\n")
    return Job(
        name, (str(test), f"--rootdir={folder}", "-p", "no:cacheprovider", "-p", "no:asyncio")
    )


def test_each_job_is_told_of_as_a_whole(folder: Path, capsys: pytest.CaptureFixture[str]):
    ran = Lanes({}).run([job(folder, "good", "pass"), job(folder, "bad", "assert 0")])

    assert {outcome.job.name: outcome.passed for outcome in ran} == {"good": True, "bad": False}
    output = capsys.readouterr().out
    assert [output.count(outcome.output) for outcome in ran] == [1, 1]


def test_the_last_lines_count_all_jobs_and_name_those_that_failed():
    good = Outcome(Job("web", ()), 0, "..\n\n1000 passed, 2 deselected in 3.50s (0:00:03)\n")
    bad = Outcome(Job("live", ()), 1, "..\n\n=== 1 failed, 499 passed in 9.10s ===\n")

    *jobs, together = told([good, bad], 125).splitlines()[1:]

    assert jobs == [
        "web: 1000 passed, 2 deselected in 3.50s (0:00:03)",
        "live: 1 failed, 499 passed in 9.10s",
    ]
    assert together == "2 deselected, 1 failed, 1,499 passed in 2 min 5 s. Failed: live."


def test_a_job_without_any_test_of_the_kind_is_no_failure(folder: Path):
    (outcome,) = Lanes({}).run([Job("none", (str(folder), f"--rootdir={folder}"))])

    assert outcome.passed
    assert outcome.summary.startswith("no tests ran")


def test_a_job_that_dies_fails(folder: Path):
    (outcome,) = Lanes({}).run([job(folder, "dies", "__import__('os')._exit(-9)")])

    assert not outcome.passed
    assert outcome.summary == "ended with code 247"
