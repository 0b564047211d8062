"""What ruff cannot see: unfinished work, banners, and readers that are not safe in threads."""

import ast
import io
import re
import tokenize

from tests.architecture.source import Module, modules

UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
BANNER = re.compile(r"^#\s*[-=#*~]{3,}|[-=#*~]{3,}\s*$")


def comments(module: Module) -> list[str]:
    """Return the comments of a module."""
    tokens = tokenize.generate_tokens(io.StringIO(module.text).readline)
    return [token.string for token in tokens if token.type == tokenize.COMMENT]


def test_comments_promise_nothing_and_draw_nothing() -> None:
    found = {
        module.path: [
            text for text in comments(module) if UNFINISHED.search(text) or BANNER.search(text)
        ]
        for module in modules()
    }
    assert {path: texts for path, texts in found.items() if texts} == {}


def test_values_of_a_type_are_read_by_what_was_made_at_import() -> None:
    """msgspec ends the process when two threads meet a class first: see profiles.typed."""
    found = {
        f"{module.path}:{node.lineno}"
        for module in modules()
        if module.path != "profiles/typed.py"
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and is_typed_reading(node)
    }
    assert found == set()


def is_typed_reading(call: ast.Call) -> bool:
    """Whether a call inside a function meets a class: msgspec's own, or a reader made late."""
    name = ast.unparse(call.func)
    has_type = any(keyword.arg == "type" for keyword in call.keywords)
    return name in {"msgspec.convert", "msgspec.json.Decoder", "TypedReader"} or (
        name == "msgspec.json.decode" and has_type
    )
