from pathlib import Path

import pytest

from tests.browser import chromium


@pytest.fixture
def nothing_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without a browser, on which nothing can be installed."""
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(chromium, "playwrights", lambda: None)
    monkeypatch.setattr(chromium, "_succeeds", lambda *_, **__: False)


def test_the_one_that_is_named_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    browser = tmp_path / "my-chromium"
    browser.touch(mode=0o755)
    monkeypatch.setenv("CHROMIUM", str(browser))

    assert chromium.find() == browser


def test_a_name_that_leads_nowhere_is_told(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CHROMIUM", "/nowhere/chromium")

    with pytest.raises(chromium.NoChromium, match="CHROMIUM names /nowhere/chromium"):
        chromium.find()


@pytest.mark.usefixtures("nothing_found")
def test_where_there_is_none_one_line_says_what_to_install(capsys: pytest.CaptureFixture[str]):
    chromium.chromium.cache_clear()

    assert chromium.main() == 1
    assert capsys.readouterr().err.splitlines()[-1] == chromium.HELP
    chromium.chromium.cache_clear()
