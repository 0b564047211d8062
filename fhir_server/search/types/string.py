"""String parameters: text found by its beginning, whatever its case and accents.

Source: https://hl7.org/fhir/R4/search.html#string. A HumanName or Address has a row for each of
its parts and one for the whole; `:exact` compares a part or the whole as written. `:contains`
reads the same rows; text beyond their 128 characters has rows of its own, cut at overlapping
windows, so that every passage no longer than half a window lies within one.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest
from fhir_server.search.disjunction import any_of
from fhir_server.search.escape import unescape
from fhir_server.search.expression import Source
from fhir_server.search.fold import fold
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.rows import Rows
from fhir_server.search.value import Binds, Columns, Keys, Sink, Table

Index = Callable[[JsonValue, Sink], None]
Texts = Callable[[JsonValue], Iterator[str]]
WIDTH = 128
"""Characters of a text that are indexed in one row (`db.tables.ix_str`)."""
PASSAGE = WIDTH // 2
"""Longest passage `:contains` finds wherever it stands."""
LAST = "\U0010ffff"
MODIFIERS = ("exact", "contains")
NAME_PARTS = ("prefix", "given", "family", "suffix")
ADDRESS_PARTS = ("line", "city", "district", "state", "postalCode", "country")


def index(source: Source, slot: Slot) -> Index | None:
    """Return how a source's values become rows; None for types that are no text."""
    texts: Texts
    if source.type in {"string", "markdown"}:
        texts = _itself
    elif source.type == "HumanName":
        texts = _name
    elif source.type == "Address":
        texts = _address
    else:
        return None
    exact, rest = slot.variant("exact"), slot.variant("contains")

    def gather(value: JsonValue, sink: Sink) -> None:
        key = slot.own_key
        for text in texts(value):
            folded = fold(text)
            sink.str.append((key, folded[:WIDTH]))
            if slot.plain:
                continue
            sink.eq.append(exact.key(text))
            if len(folded) > WIDTH:
                sink.str += _windows(folded, rest.own_key)

    return gather


def _itself(value: JsonValue) -> Iterator[str]:
    if isinstance(value, str):
        yield value


def _name(value: JsonValue) -> Iterator[str]:
    """Yield the parts of a HumanName and the whole, composed when it has no text."""
    if not isinstance(value, dict):
        return
    parts = list(_parts(value, NAME_PARTS))
    yield from parts
    text = value.get("text")
    if isinstance(text, str):
        yield text
    if len(parts) > 1:
        yield " ".join(_parts(value, ("given", "family")))


def _address(value: JsonValue) -> Iterator[str]:
    if not isinstance(value, dict):
        return
    yield from _parts(value, ADDRESS_PARTS)
    text = value.get("text")
    if isinstance(text, str):
        yield text


def _parts(value: JsonObject, names: Sequence[str]) -> Iterator[str]:
    for name in names:
        part = value.get(name)
        for one in part if isinstance(part, list) else (part,):
            if isinstance(one, str):
                yield one


def _windows(folded: str, key: int) -> Iterator[tuple[int, str]]:
    for start in range(PASSAGE, len(folded), PASSAGE):
        yield key, folded[start : start + WIDTH]


@dataclass(frozen=True, slots=True)
class Prefixes:
    """Folded beginnings, each an alternative."""

    key: int
    beginnings: tuple[str, ...]
    table: Table = "str"
    exact: bool = False
    open: bool = False

    @property
    def shape(self) -> Hashable:
        """How many ranges the SQL has."""
        return ("begins", len(self.beginnings))

    @property
    def bound(self) -> tuple[int | str, ...]:
        """The parameter's key and the range of each beginning."""
        ranges = (end for one in self.beginnings for end in (one, one + LAST))
        return (self.key, *ranges)

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_str`: ranges, so that its key finds them."""
        own = columns["key"] == next(binds)
        value = columns["value"]
        tests = [and_(value >= next(binds), value < next(binds)) for _ in self.beginnings]
        return and_(own, any_of(tests))

    def matches(self, rows: Rows) -> bool:
        """Whether a text of a resource begins with one of them."""
        return any(key == self.key and text.startswith(self.beginnings) for key, text in rows.str)


@dataclass(frozen=True, slots=True)
class Passages:
    """Folded passages, each an alternative; `keys` are those of beginnings and of windows."""

    keys: tuple[int, int]
    passages: tuple[str, ...]
    table: Table = "str"
    exact: bool = False
    open: bool = False

    @property
    def shape(self) -> Hashable:
        """How many patterns the SQL has."""
        return ("contains", len(self.passages))

    @property
    def bound(self) -> tuple[int | str, ...]:
        """The two keys and the patterns."""
        return (*self.keys, *(f"%{_literal(one)}%" for one in self.passages))

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_str`."""
        own = columns["key"].in_([next(binds), next(binds)])
        tests = [columns["value"].like(next(binds), escape="\\") for _ in self.passages]
        return and_(own, any_of(tests))

    def matches(self, rows: Rows) -> bool:
        """Whether a text of a resource holds one of them."""
        texts = [text for key, text in rows.str if key in self.keys]
        return any(passage in text for text in texts for passage in self.passages)


def parse(
    texts: Sequence[str], modifier: str | None, parameter: Parameter, options: Options
) -> Prefixes | Passages | Keys:
    """Read texts, each an alternative; modifiers `exact` and `contains`. Raises BadRequest."""
    del options
    meant = [unescape(text) for text in texts]
    slot = parameter.slot
    if modifier == "exact":
        exact = slot.variant("exact")
        return Keys(tuple(dict.fromkeys(exact.key(text) for text in meant)))
    folded = tuple(dict.fromkeys(fold(text) for text in meant))
    if "" in folded:  # white space, or an accent alone: every text would begin so
        raise BadRequest(f"{parameter.code} has an empty value")
    if modifier is None:
        return Prefixes(slot.own_key, tuple(text[:WIDTH] for text in folded))
    if any(len(text) > PASSAGE for text in folded):
        raise BadRequest(f"{parameter.code}:contains takes at most {PASSAGE} characters")
    return Passages((slot.own_key, slot.variant("contains").own_key), folded)


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
