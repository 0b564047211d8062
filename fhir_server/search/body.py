"""Values to sort by that no index has in order: taken from the stored body.

Tokens, references and URIs are indexed by hash. Their text is read from the body by the JSON
functions of each database, and in memory alike: the code of a coding, the value of an identifier,
a reference or URI as written; 128 characters of it, ASCII letters folded, compared byte by byte.
"""

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import String, Text
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.search.expression import WHOLE, Source
from fhir_server.search.step import Deceased, Having, Members, Nth, RefersTo

WIDTH = 128
"""Characters of a value that count, as in `db.tables.ix_str`."""
ITSELF = ("boolean", "code", "id", "string", "markdown", "uri", "url", "canonical", "oid", "uuid")
LEAVES: Mapping[str, tuple[Members, ...]] = {
    "Coding": (Members("code"),),
    "CodeableConcept": (Members("coding", many=True), Members("code")),
    "Identifier": (Members("value"),),
    "ContactPoint": (Members("value"),),
    "Reference": (Members("reference"),),
    **dict.fromkeys(ITSELF, ()),
}
"""The way from a value of a type to its text."""
Step = Members | Nth | Having | RefersTo
FOLDED = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)


@dataclass(frozen=True, slots=True)
class Way:
    """The steps from the body to texts of one type."""

    steps: tuple[Step, ...]
    type: str


def ways_of(sources: Sequence[Source]) -> tuple[Way | Deceased, ...]:
    """Return the ways to the texts of a parameter; none to those of types that have no text."""
    return tuple(way for source in sources for way in _ways(source))


def _ways(source: Source) -> Iterator[Way | Deceased]:
    if source.member == WHOLE:
        yield from (one for one in source.steps if isinstance(one, Deceased))
        return
    if source.type in LEAVES:
        steps = [one for one in source.steps if isinstance(one, Members | Nth | Having | RefersTo)]
        whole = (Members(source.member, source.many), *steps, *LEAVES[source.type])
        yield Way(whole, source.type)


def texts(resource: JsonObject, ways: Sequence[Way | Deceased]) -> Iterator[str]:
    """Yield the values of a resource as the database reads them."""
    for way in ways:
        values: Sequence[JsonValue] = (resource,)
        for step in way.steps if isinstance(way, Way) else (way,):
            values = step.loosely(values) if isinstance(step, RefersTo) else step(values)
        for value in values:
            if isinstance(value, bool):
                yield "true" if value else "false"
            elif isinstance(value, str):
                yield value[:WIDTH].translate(FOLDED)


class BodyText(FunctionElement[str]):
    """The first, or the last, of the texts in a body; null when there is none."""

    type = Text()
    inherit_cache = False
    ways: tuple[Way | Deceased, ...] = ()
    descending = False


@compiles(BodyText, "postgresql")
def _postgresql(element: BodyText, compiler: SQLCompiler, **_: object) -> str:
    body = compiler.process(element.clauses.clauses[0])
    found = []
    for way in element.ways:
        path = _literal(compiler, json_path(way))
        if isinstance(way, Deceased):
            found.append(
                f"SELECT CASE WHEN jsonb_path_exists(CAST({body} AS jsonb), {path}) "
                "THEN 'true' ELSE 'false' END AS v"
            )
            continue
        text = f"lower(left((j #>> '{{}}') COLLATE \"C\", {WIDTH}))"
        found.append(
            f"SELECT {text} AS v FROM jsonb_path_query(CAST({body} AS jsonb), {path}, '{{}}', true)"
            " AS j WHERE jsonb_typeof(j) IN ('string', 'boolean')"
        )
    first = "max" if element.descending else "min"
    return f'(SELECT {first}(f.v COLLATE "C") FROM ({" UNION ALL ".join(found)}) f)'


@compiles(BodyText, "sqlite")
def _sqlite(element: BodyText, compiler: SQLCompiler, **_: object) -> str:
    body = compiler.process(element.clauses.clauses[0])
    found = [
        _deceased(body) if isinstance(way, Deceased) else _Walk(compiler, body).select(way)
        for way in element.ways
    ]
    first = "max" if element.descending else "min"
    return f"(SELECT {first}(f.v) FROM ({' UNION ALL '.join(found)}) f)"


def json_path(way: Way | Deceased) -> str:
    """Return the SQL/JSON path of PostgreSQL; lax, so that lists are taken one by one."""
    if isinstance(way, Deceased):
        return "$ ? (exists(@.deceasedDateTime) || @.deceasedBoolean == true)"
    path = "$"
    for step in way.steps:
        match step:
            case Members(key=key, many=many):
                path += f".{key}[*]" if many else f".{key}"
            case Nth(index=index):
                path = f"{path.removesuffix('[*]')}[{index}]"
            case Having(key=key, text=text):
                path += f" ? (@.{key} == {_quoted(text)})"
            case RefersTo(type=type):
                path += (
                    f' ? (@.reference starts with "{type}/" || @.type == "{type}"'
                    f' || @.reference like_regex "/{type}/")'
                )
    return path


class _Walk:
    """Follows a way through a body by the table functions of SQLite."""

    def __init__(self, compiler: SQLCompiler, body: str) -> None:
        self._compiler = compiler
        self._value = body
        self._path = "$"
        self._from: list[str] = []
        self._tests: list[str] = []

    def select(self, way: Way) -> str:
        """Return the selection of the texts at the end of a way."""
        for step in way.steps:
            self._take(step)
        value = self._extracted() if self._path != "$" else self._value
        if way.type == "boolean":
            text = f"CASE {value} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END"
        else:
            text = f"lower(substr({value}, 1, {WIDTH}))"
        tests = [*self._tests, f"{value} IS NOT NULL"]
        source = f" FROM {', '.join(self._from)}" if self._from else ""
        return f"SELECT {text} AS v{source} WHERE {' AND '.join(tests)}"

    def _take(self, step: Step) -> None:
        match step:
            case Members(key=key, many=many):
                self._path += f".{key}"
                if many:
                    self._enter()
            case Nth(index=index):
                self._tests.append(f"e{len(self._from)}.key = {index}" if self._from else "1")
            case Having(key=key, text=text):
                wanted = _literal(self._compiler, text)
                self._tests.append(f"{self._extracted(key)} = {wanted}")
            case RefersTo(type=type):
                reference = self._extracted("reference")
                self._tests.append(
                    f"({reference} GLOB '{type}/*' OR {reference} GLOB '*/{type}/*'"
                    f" OR {self._extracted('type')} = '{type}')"
                )

    def _enter(self) -> None:
        name = f"e{len(self._from) + 1}"
        self._from.append(f"json_each({self._object()}, {self._text(self._path)}) AS {name}")
        self._value, self._path = f"{name}.value", "$"

    def _extracted(self, *further: str) -> str:
        path = ".".join((self._path, *further))
        return f"json_extract({self._object()}, {self._text(path)})"

    def _object(self) -> str:
        """Return what members are read from: a list may hold what is none."""
        if not self._from:
            return self._value
        name = f"e{len(self._from)}"
        return f"CASE {name}.type WHEN 'object' THEN {name}.value END"

    def _text(self, path: str) -> str:
        return _literal(self._compiler, path)


def _deceased(body: str) -> str:
    dead = f"json_extract({body}, '$.deceasedBoolean') = 1"
    dated = f"json_extract({body}, '$.deceasedDateTime') IS NOT NULL"
    return f"SELECT CASE WHEN {dated} OR {dead} THEN 'true' ELSE 'false' END AS v"


def _quoted(text: str) -> str:
    """Return a text as a JSON path of PostgreSQL quotes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _literal(compiler: SQLCompiler, text: str) -> str:
    return compiler.render_literal_value(text, String())
