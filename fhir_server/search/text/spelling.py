"""A question about words in the language of each database: tsquery of PostgreSQL, FTS5 of SQLite.

Words hold letters and digits only, and the mark of a path, so nothing in them needs an escape
within quotes.
"""

from typing import Literal

from fhir_server.search.text.asked import Asked, Either, Phrase

Part = Literal["narrative", "whole"]
NARRATIVE = "A"
"""The weight of the words of the narrative in a tsvector."""


def tsquery(asked: Asked, part: Part = "whole") -> str:
    """Return the question as `to_tsquery` of PostgreSQL reads it."""
    if isinstance(asked, Phrase):
        weight = NARRATIVE if part == "narrative" else ""
        last = f"{'*' if asked.begins else ''}{weight}"
        words = [f"'{word}'" + (f":{weight}" if weight else "") for word in asked.words[:-1]]
        words.append(f"'{asked.words[-1]}'" + (f":{last}" if last else ""))
        return f"({' <-> '.join(words)})"
    if isinstance(asked, Either):
        return f"({' | '.join(tsquery(one, part) for one in asked.parts)})"
    having = [tsquery(one, part) for one in asked.parts]
    return f"({' & '.join([*having, *(f'!{tsquery(one, part)}' for one in asked.without)])})"


def fts5(asked: Asked, part: Part = "whole") -> str:
    """Return the question as SQLite reads it."""
    spelled = _fts5(asked)
    return f"{{narrative}} : ({spelled})" if part == "narrative" else spelled


def _fts5(asked: Asked) -> str:
    if isinstance(asked, Phrase):
        return f'"{" ".join(asked.words)}"{" *" if asked.begins else ""}'
    if isinstance(asked, Either):
        return f"({' OR '.join(map(_fts5, asked.parts))})"
    having = f"({' AND '.join(map(_fts5, asked.parts))})"
    if not asked.without:
        return having
    return f"({having} NOT ({' OR '.join(map(_fts5, asked.without))}))"
