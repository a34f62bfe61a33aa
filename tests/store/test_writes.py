"""Every write that counts by itself is noted: a person must not hear that it changed nothing."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import ROOT

WRITES = {
    *("insert_one", "insert_many", "update_one", "update_many"),
    *("delete_one", "delete_many", "replace_one", "bulk_write"),
}
BEFORE_SERVING = {"lease.py"}
UNSEEN = {
    ROOT / "domain" / "store" / "core" / "rounds.py",
    ROOT / "domain" / "store" / "core" / "counts.py",
    ROOT / "domain" / "store" / "checks" / "server.py",
}
"""Counts and turns are left out, and what a check writes to see how long it takes: nobody asks
for them."""
STORE = sorted(
    path
    for path in (ROOT / "domain" / "store").rglob("*.py")
    if path.name not in BEFORE_SERVING and path not in UNSEEN
)


def is_noted(value: ast.AST) -> bool:
    return (
        isinstance(value, ast.Call)
        and isinstance(value.func, ast.Attribute)
        and value.func.attr == "writing"
    )


def noted_names(tree: ast.AST) -> set[str]:
    """The names that stand for collections to write to."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            targets, value = node.targets[0], node.value
            values = value.elts if isinstance(value, ast.Tuple) else [value]
            each = targets.elts if isinstance(targets, ast.Tuple) else [targets]
            pairs = zip(each, values, strict=False)
            names |= {t.id for t, v in pairs if isinstance(t, ast.Name) and is_noted(v)}
    return names


def unnoted(source: str) -> Iterator[int]:
    """Yield the lines of writes that are neither noted nor part of a transaction."""
    tree = ast.parse(source)
    for function in ast.walk(tree):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        names = noted_names(function)
        for node in ast.walk(function):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr not in WRITES or any(k.arg == "session" for k in node.keywords):
                continue
            by = node.func.value
            if not is_noted(by) and not (isinstance(by, ast.Name) and by.id in names):
                yield node.lineno


@pytest.mark.parametrize("path", STORE, ids=lambda path: path.name)
def test_a_write_is_noted_or_part_of_a_transaction(path: Path):
    assert [*unnoted(path.read_text())] == []


def test_one_that_is_not_noted_is_found():
    bare = "async def f(d): await d.collection(Slot).update_one({}, {})"
    noted = "async def f(d): await d.writing(Slot).update_one({}, {})"

    assert ([*unnoted(bare)], [*unnoted(noted)]) == ([1], [])
