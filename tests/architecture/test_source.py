"""The measures themselves: what counts as a line of a function and as a level of nesting."""

import ast

import pytest

from tests.architecture.source import Function, Module, body_lines, depth


def function(text: str) -> Function:
    """Return the one function of a piece of source."""
    node = ast.parse(text).body[0]
    assert isinstance(node, Function)
    return node


def test_docstring_does_not_count_as_body() -> None:
    text = 'def f():\n    """Say.\n\n    More.\n    """\n    a = 1\n    return a\n'
    assert body_lines(function(text)) == 3


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("    return 1", 0),
        (
            "    if a:\n        b = 1\n    elif c:\n        b = 2\n    else:\n        b = 3",
            1,
        ),
        ("    if a:\n        b = 1\n    else:\n        if c:\n            b = 2\n        d = 1", 2),
        ("    for a in b:\n        with c:\n            if d:\n                return 1", 3),
        ("    def g():\n        if a:\n            return 1\n    return g", 0),
        ("    try:\n        a()\n    except E:\n        if b:\n            raise", 2),
    ],
)
def test_depth_counts_nested_blocks(body: str, expected: int) -> None:
    assert depth(function(f"def f():\n{body}\n")) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"""Doc."""\nROWS = (\n    1,\n    2,\n    3,\n)\n', True),
        ('"""Doc."""\nROW = 1\n\n\ndef f() -> int:\n    return ROW\n', False),
    ],
)
def test_table_is_a_module_of_rows(text: str, expected: bool) -> None:
    assert Module("m.py", text, ast.parse(text)).is_table is expected
