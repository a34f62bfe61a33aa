import os
from pathlib import Path

import pytest

from tests import programs

RUN = list[tuple[str, ...]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> RUN:
    """A machine without any of the programs; holds what is run on it, which changes nothing."""
    commands: RUN = []
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "SYSTEMS", ())
    monkeypatch.setattr(programs, "playwrights", lambda: None)
    monkeypatch.setattr(programs, "succeeds", lambda *command: commands.append(command))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return commands


def put(program: Path) -> Path:
    program.touch(mode=0o755)
    return program


def test_the_chromium_that_is_named_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    browser = put(tmp_path / "my-chromium")
    monkeypatch.setenv("CHROMIUM", str(browser))

    assert programs.any_chromium() == browser


def test_a_name_that_leads_nowhere_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")

    with pytest.raises(programs.Missing, match="CHROMIUM names /nowhere/chromium"):
        programs.any_chromium()


def test_what_is_there_is_not_installed(run: RUN, tmp_path: Path):
    for name in programs.EACH_RUN:
        put(tmp_path / name)

    assert programs.main([]) == 0
    assert run == []


def test_a_server_off_the_path_is_found(run: RUN, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "sbin").mkdir()
    nginx = put(tmp_path / "sbin" / "nginx")
    monkeypatch.setattr(programs, "SYSTEMS", (str(tmp_path / "sbin"),))

    assert programs.NEEDED["nginx"]() == nginx
    assert run == []


def test_root_installs_what_is_missing_and_nothing_else(run: RUN, tmp_path: Path):
    put(tmp_path / "openssl")
    put(tmp_path / "chromium")

    assert programs.main([]) == 1
    installed = [command[-1] for command in run if "install" in command]
    assert installed == ["caddy", "nginx"]


@pytest.mark.parametrize(
    ("known", "tried"),
    [
        ({"chromium-headless-shell", "chromium"}, ["chromium-headless-shell"]),
        ({"chromium"}, ["chromium-headless-shell", "chromium"]),
    ],
)
def test_a_browser_without_a_window_is_installed_where_there_is_one(
    run: RUN, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, known: set[str], tried: list[str]
):
    def unpack(*command: str) -> bool:
        run.append(command)
        if command[0] == "apt-get" and command[-1] in known:
            put(tmp_path / command[-1])
        return True

    monkeypatch.setattr(programs, "succeeds", unpack)

    assert programs.main(["chromium"]) == 0
    assert [command[-1] for command in run if command[:2] == ("apt-get", "install")] == tried


def test_a_package_whose_installation_fails_but_whose_program_is_there_will_do(
    run: RUN, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    def unpack(*command: str) -> bool:
        run.append(command)
        if "install" in command:
            put(tmp_path / command[-1])
        return False

    monkeypatch.setattr(programs, "succeeds", unpack)

    assert programs.main(["nginx"]) == 0


def test_one_line_says_what_nobody_but_root_can_install(
    run: RUN, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)

    assert programs.main([]) == 1
    assert "apt-get" not in {command[0] for command in run}
    (_, told) = capsys.readouterr().err.splitlines()
    assert told == (
        "The tests need caddy, chromium, nginx, openssl, which could not be installed: install "
        "them (Debian: apt-get install caddy chromium nginx openssl), or set CHROMIUM to a browser."
    )


def test_one_line_says_which_browsers_could_not_be_had(
    run: RUN, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    put(tmp_path / "firefox-esr")

    assert programs.wish_for(programs.OTHER_BROWSERS) == ["webkit2gtk-driver", "xvfb"]
    assert run
    (_, told) = capsys.readouterr().err.splitlines()
    assert told == ("Not all browsers are tested: webkit2gtk-driver, xvfb could not be installed.")


def test_a_test_that_needs_one_fails_and_is_not_skipped(run: RUN):
    programs.program.cache_clear()

    with pytest.raises(programs.Missing, match="apt-get install caddy"):
        programs.program("caddy")
    assert run
