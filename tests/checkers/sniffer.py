"""HTML_CodeSniffer, a second engine of accessibility: what axe passes over it may find."""

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.checkers import installed

STANDARD = "WCAG2AA"
_ERROR = 1
_ASK = """
([standard, error]) => new Promise((resolve) => {
  const told = (message) => {
    const { code, msg, element } = message;
    return { code, msg, element: (element.outerHTML ?? element.nodeName).slice(0, 160) };
  };
  const errors = () => HTMLCS.getMessages().filter(({ type }) => type === error).map(told);
  HTMLCS.process(standard, document, () => resolve(errors()));
})
"""

EXCEPTED: dict[str, str] = {}
"""What it calls an error and we leave, by how its code ends, and why."""


@dataclass(frozen=True)
class Sniffer:
    """The engine, as it is put into pages."""

    source: str

    def faults(self, page: Page) -> list[str]:
        """Say what is wrong with a page as it stands, in a line each."""
        page.evaluate(self.source)
        found = page.evaluate(_ASK, [STANDARD, _ERROR])
        return [
            f"{fault['code']}: {fault['msg']} At: {fault['element']}"
            for fault in found
            if not fault["code"].endswith(tuple(EXCEPTED))
        ]


def sniffer() -> Sniffer:
    """Return the engine; a test is skipped where it is missing."""
    return Sniffer(installed("html_codesniffer/build/HTMLCS.js").read_text())
