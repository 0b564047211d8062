"""Uri parameters: compared as they are written.

Source: https://hl7.org/fhir/R4/search.html#uri. A canonical with a version is found with and
without it. `:above` and `:below` go by the parts of a path, of an OID or another URN: above are
the beginnings of the value asked for, which are equal to some; below is what goes on behind it,
found in order by a row of its text. Every resource may have a profile and a source, which have no
such row: their `:below` is refused.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from fhir_server.model.resource import JsonValue
from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.search.disjunction import any_of
from fhir_server.search.escape import unescape
from fhir_server.search.expression import Source
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.rows import Rows
from fhir_server.search.value import Binds, Columns, Keys, Sink, Table

Index = Callable[[JsonValue, Sink], None]
TYPES = ("uri", "url", "canonical", "oid", "uuid")
UNORDERED = frozenset({"_profile", "_source"})
"""Parameters of every resource: a row of text for each would cost more than it is asked for."""
WIDTH = 128
"""Characters of a URI that are indexed in order (`db.tables.ix_str`)."""
LAST = "\U0010ffff"
MODIFIERS = ("above", "below")


def index(source: Source, slot: Slot) -> Index | None:
    """Return how a source's values become rows; None for types that are no URIs."""
    if source.type not in TYPES:
        return None
    below = None if slot.code in UNORDERED else slot.variant("below").own_key
    canonical = source.type == "canonical"
    return lambda value, sink: _index(value, slot, sink, below, canonical=canonical)


def _index(value: JsonValue, slot: Slot, sink: Sink, below: int | None, *, canonical: bool) -> None:
    if not isinstance(value, str):
        return
    sink.eq.append(slot.key(value))
    if below is not None:
        sink.str.append((below, value[:WIDTH]))
    if canonical and "|" in value:
        sink.eq.append(slot.key(value.partition("|")[0]))


@dataclass(frozen=True, slots=True)
class Below:
    """URIs, each an alternative, and what lies below them."""

    key: int
    uris: tuple[str, ...]
    table: Table = "str"
    exact: bool = False
    open: bool = False

    @property
    def ranges(self) -> tuple[tuple[str, str], ...]:
        """The texts that pass: from the first up to, not with, the second."""
        found = []
        for uri in self.uris:
            stem = uri.rstrip(separators(uri))
            found.append((stem, stem + "\x01"))
            found += [(stem + one, stem + one + LAST) for one in separators(uri)]
        return tuple(found)

    @property
    def shape(self) -> Hashable:
        """How many ranges the SQL has."""
        return ("below", len(self.ranges))

    @property
    def bound(self) -> tuple[int | str, ...]:
        """The parameter's key and the ranges."""
        return (self.key, *(end for one in self.ranges for end in one))

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_str`: ranges, so that its key finds them."""
        own, value = columns["key"] == next(binds), columns["value"]
        return and_(own, any_of(_within(value, binds) for _ in self.ranges))

    def matches(self, rows: Rows) -> bool:
        """Whether a URI of a resource is one of them or below."""
        texts = [text for key, text in rows.str if key == self.key]
        return any(low <= text < high for text in texts for low, high in self.ranges)


def _within(value: ColumnElement[object], binds: Binds) -> ColumnElement[bool]:
    return and_(value >= next(binds), value < next(binds))


def parse(
    texts: Sequence[str], modifier: str | None, parameter: Parameter, options: Options
) -> Keys | Below:
    """Read URIs, each an alternative; modifiers `above` and `below`.

    Raises BadRequest for a URI too long to be below, NotSupported where none are in order.
    """
    del options
    meant, slot = [unescape(text) for text in texts], parameter.slot
    if modifier == "below":
        if slot.code in UNORDERED:
            told = f"{parameter.code} is found as written, by its version too, and by :above"
            raise NotSupported(f"{parameter.code}:below is not supported; {told}")
        if any(len(text) >= WIDTH for text in meant):
            raise BadRequest(f"{parameter.code}:below takes less than {WIDTH} characters")
        return Below(slot.variant("below").own_key, tuple(dict.fromkeys(meant)))
    if modifier == "above":
        meant = [one for text in meant for one in beginnings(text)]
    return Keys(tuple(dict.fromkeys(slot.key(text) for text in meant)))


def separators(uri: str) -> str:
    """Return what parts a URI of this kind into parts that lie below one another."""
    if uri.lower().startswith("urn:oid:"):
        return "."
    return ":" if uri.lower().startswith("urn:") else "/#?|"


def beginnings(uri: str) -> Iterator[str]:
    """Yield a URI and all that it lies below, with and without the separator at their end."""
    yield uri
    head, scheme, _ = uri.partition("://")
    start = len(head) + len(scheme) if scheme else uri.lower().startswith("urn:") * len("urn:oid")
    for place in range(len(uri) - 1, start, -1):
        if uri[place] in separators(uri):
            yield uri[: place + 1]
            yield uri[:place]
