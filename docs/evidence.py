"""What proves a statement of the documentation: tests, named as pytest names them.

A page that claims something names its tests; one that is not there fails the build of the pages,
so no claim outlives its proof.
"""

import ast
from collections.abc import Sequence
from functools import cache
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1] / "tests"


class NoSuchTest(Exception):
    """A page names a test that is not in the tree."""


def proofs(tests: Sequence[str]) -> str:
    """Return links to tests (`unit/...py::name`), as Markdown below `docs`. Raises NoSuchTest."""
    return ", ".join(_link(test) for test in tests)


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    if name not in _tests(path):
        raise NoSuchTest(test)
    return f"[{name.removeprefix('test_')}](../tests/{path})"


@cache
def _tests(path: str) -> frozenset[str]:
    file = TESTS / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    functions = (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return frozenset(node.name for node in functions if node.name.startswith("test_"))
