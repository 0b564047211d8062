"""Criteria of words: `_text`, `_content`, and `:text` of codes."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from sqlalchemy import Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType

from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.search.escape import unescape
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter
from fhir_server.search.rows import Rows
from fhir_server.search.text.asked import Asked, Either, beginning, read_asked
from fhir_server.search.text.document import Document, marks_of
from fhir_server.search.text.spelling import Part, fts5, tsquery
from fhir_server.search.value import Binds, Columns, Scalar, Table

CODES: dict[str, Part] = {"_text": "narrative", "_content": "whole"}
"""The parameters of full text, and what they read."""
SETTING = "PARITY_TEXT_SEARCH"
VECTOR = (
    "(setweight(to_tsvector('simple'::regconfig, {narrative}), 'A'::\"char\") "
    "|| to_tsvector('simple'::regconfig, {content}))"
)
"""What PostgreSQL has in its index, as migration 0002 wrote it."""


@dataclass(frozen=True, slots=True)
class Words:
    """What is asked of the words of a resource, or of its narrative alone."""

    asked: Asked
    part: Part = "whole"
    table: Table = "words"
    exact: bool = True
    open: bool = False

    @property
    def shape(self) -> Hashable:
        """The SQL is always the same."""
        return None

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The question as each database reads it; a statement has one of the two."""
        return (tsquery(self.asked, self.part), fts5(self.asked, self.part))

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the words of a resource."""
        return Matched(columns["words"], next(binds), next(binds))

    def matches(self, rows: Rows) -> bool:
        """Refuse to judge by index rows, which have no words. Raises NotSupported."""
        del rows
        raise NotSupported("words are not judged by index rows")

    def holds(self, document: Document) -> bool:
        """Whether the words of a resource are what is asked."""
        whole = self.part == "whole"
        return self.asked.holds((*document.narrative, *(document.content if whole else ())))


class Matched(FunctionElement[bool]):
    """Whether words meet a question: the column, the question as a tsquery and as FTS5."""

    type = Boolean()
    name = "matched"
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> "Matched":
        """Return the test itself: as `... = 1` SQLite would not look it up in an index."""
        del against
        return self


@compiles(Matched, "postgresql")
def _postgresql(element: Matched, compiler: SQLCompiler, **options: object) -> str:
    column, query, _ = element.clauses
    table = compiler.process(column, **options).rpartition(".")[0]
    words = VECTOR.format(narrative=f"{table}.narrative", content=f"{table}.content")
    # what the parser takes apart in a text (36e8a is a number and a letter) it takes apart here too
    asked = f"to_tsquery('simple'::regconfig, {compiler.process(query, **options)})"
    return f"{words} @@ {asked}"


@compiles(Matched, "sqlite")
def _sqlite(element: Matched, compiler: SQLCompiler, **options: object) -> str:
    column, _, query = element.clauses
    return f"{compiler.process(column, **options)} MATCH {compiler.process(query, **options)}"


def read_words(texts: Sequence[str], code: str, options: Options) -> Words:
    """Return the criterion of `_text` or `_content`; several texts are alternatives.

    Raises BadRequest, and NotSupported when full text is switched off.
    """
    prepare_words(code, options)
    asked = tuple(read_asked(unescape(text), code) for text in texts)
    return Words(asked[0] if len(asked) == 1 else Either(asked), CODES[code])


def read_text_of(texts: Sequence[str], parameter: Parameter, options: Options) -> Words:
    """Return the criterion of a token parameter's `:text`: how a text beside a code begins.

    Raises BadRequest, NotSupported.
    """
    prepare_words(f"{parameter.code}:text", options)
    marks = [mark for mark, _ in marks_of(parameter.sources)]
    if not marks:
        raise NotSupported(f"{parameter.code} has no text beside a code to ask :text of")
    phrases = [
        phrase
        for text in texts
        for mark in marks
        if (phrase := beginning(unescape(text), mark)) is not None
    ]
    if not phrases:
        raise BadRequest(f"{parameter.code}:text needs a word to find")
    asked = tuple(dict.fromkeys(phrases))
    return Words(asked[0] if len(asked) == 1 else Either(asked))


def prepare_words(code: str, options: Options) -> None:
    """See to it that words just written are found. Raises NotSupported when none are kept."""
    if options.words is None:
        raise NotSupported(f"{code} is not supported: {SETTING} is off on this server")
    options.words()
