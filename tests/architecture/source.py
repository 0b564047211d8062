"""The source of the product as the architecture tests read it: files, functions, sizes."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("fhir_server", "hl7", "mappers", "profiles")
BESIDE = ("bench", "demo", "docs")
NESTING = (ast.If, ast.For, ast.While, ast.Try, ast.TryStar, ast.With, ast.Match, ast.AsyncFor)
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Module:
    """A Python file of the product: its path below the root and its syntax tree."""

    path: str
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """Number of lines of the file."""
        return self.text.count("\n")

    @property
    def is_table(self) -> bool:
        """Whether two thirds of the lines below the imports are rows assigned at the top level."""
        rows = self._lines_of(ast.Assign, ast.AnnAssign)
        return rows * 3 >= (self.lines - self._lines_of(ast.Import, ast.ImportFrom)) * 2

    def _lines_of(self, *kinds: type[ast.stmt]) -> int:
        """Return how many lines the statements of some kinds take at the top level."""
        return sum(
            (node.end_lineno or 0) - node.lineno + 1
            for node in self.tree.body
            if isinstance(node, kinds)
        )

    def functions(self) -> Iterator[Function]:
        """Yield each function and method, nested ones too."""
        for node in ast.walk(self.tree):
            if isinstance(node, Function):
                yield node


@cache
def modules() -> tuple[Module, ...]:
    """Return the modules of the product's packages and of the scripts beside them."""
    paths = sorted(
        path for package in (*PACKAGES, *BESIDE) for path in (ROOT / package).rglob("*.py")
    )
    return tuple(read(path) for path in paths)


def read(path: Path) -> Module:
    """Read one module."""
    text = path.read_text(encoding="utf-8")
    return Module(path.relative_to(ROOT).as_posix(), text, ast.parse(text, filename=str(path)))


def body_lines(function: Function) -> int:
    """Return the lines of a function from its def to its end, without its docstring."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def depth(node: ast.AST) -> int:
    """Return how many blocks are nested below a node; an elif is no deeper than its if."""
    deepest = 0
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Function | ast.ClassDef | ast.Lambda):
            continue
        step = 1 if isinstance(child, NESTING) and not is_elif(node, child) else 0
        deepest = max(deepest, step + depth(child))
    return deepest


def is_elif(node: ast.AST, child: ast.AST) -> bool:
    """Say whether the child is the elif of an if: alone in its else, and as far to the left."""
    return (
        isinstance(node, ast.If)
        and isinstance(child, ast.If)
        and node.orelse == [child]
        and node.col_offset == child.col_offset
    )


@cache
def tracked_files() -> tuple[str, ...]:
    """Return the paths of the files under version control that exist."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    names = listed.stdout.split("\0")
    return tuple(name for name in names if name and (ROOT / name).is_file())
