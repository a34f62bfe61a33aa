"""One word, one thing: what a reader searches for leads to one place."""

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parent.parent


def classes() -> dict[str, list[str]]:
    """Return where the program defines each class, by its name."""
    found: dict[str, list[str]] = defaultdict(list)
    for folder in ("domain", "migrations", "web"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(str(path.relative_to(ROOT)))
    return found


def test_no_two_classes_of_the_program_share_a_name():
    found = classes()

    assert len(found) > 100
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
