"""What ruff cannot see: markers of unfinished work and banners in the product's own source."""

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
