"""Code systems and value sets stored here, before those that ship with the standard.

What is read is remembered by its row and version, what is worked out with everything it was
worked out from; each use asks the database, by the index of `url`, whether that is still so. A
value set changed by one process is therefore changed for all at once.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Generic, TypeVar, cast

from sqlalchemy import bindparam, select

from fhir_server.db.tables import ix_eq
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.outcome import UnknownTerminology
from fhir_server.search.registry import Registry
from fhir_server.search.visible import version_columns, visible
from fhir_server.store.reader import Reader, Rows
from fhir_server.terminology.canonical import age, split_canonical
from fhir_server.terminology.expand import code_system, expand, expand_given
from fhir_server.terminology.hierarchy import related
from fhir_server.terminology.shipped import Shipped
from fhir_server.terminology.source import Codes, Relation, text
from profiles.terminology import CodeSystem, ValueSet, read_code_system

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
KEPT = 512
"""Definitions, and answers, that one process remembers."""
UNCODED = frozenset({"supplement", "not-present"})
"""Contents of a code system that has no codes of its own."""
Row = tuple[int, int]
"""Internal key and version of a stored definition."""
Name = tuple[str, str]
"""Type and URL of a definition."""
Lend = Callable[[], AbstractContextManager[Reader]]


class Remembered(Generic[K, V]):
    """The values last used, shared by threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: K) -> V | None:
        """Return what is remembered, None without it."""
        with self._guard:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def keep(self, key: K, value: V) -> V:
        """Remember a value; return it."""
        with self._guard:
            self._values[key] = value
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        return value


@dataclass(frozen=True)
class Definition:
    """A stored definition as it is used: a code system as its concepts, a value set as it is."""

    url: str
    version: str
    age: tuple[bool, list[tuple[int, int, str]]]
    system: CodeSystem | None
    value_set: ValueSet

    @classmethod
    def of(cls, resource: JsonObject) -> "Definition":
        """Return the definition a resource holds; a code system without codes has no concepts."""
        coded = resource["resourceType"] == "CodeSystem" and resource.get("content") not in UNCODED
        return cls(
            text(resource, "url"),
            text(resource, "version"),
            age(resource),
            read_code_system(resource) if coded else None,
            resource if resource["resourceType"] == "ValueSet" else {},
        )


@dataclass(frozen=True)
class StoredTerminology:
    """The terminology of one process on its database; `limit` is the most codes of an answer."""

    registry: Registry
    limit: int
    shipped: Shipped = field(default_factory=Shipped)
    definitions: Remembered[tuple[int, int, int], Definition] = field(
        default_factory=lambda: Remembered(KEPT)
    )
    answers: Remembered[tuple[int, str], tuple[Codes, Mapping[Name, Sequence[Row]]]] = field(
        default_factory=lambda: Remembered(KEPT)
    )

    def seen_by(self, lend: Lend) -> "SeenTerminology":
        """Return the terminology as a reader sees it, who is lent only when asked."""
        return SeenTerminology(self, lend)


@dataclass(frozen=True)
class SeenTerminology:
    """Answers questions of one request (`terminology.source.Terminology`)."""

    whole: StoredTerminology
    lend: Lend

    def members(self, value_set: str) -> Codes:
        """Return the codes of a value set, named by canonical or as `ValueSet/id`.

        Raises UnknownTerminology, UnusableValueSet, TooManyCodes.
        """
        with self.lend() as reader:
            source = _Source(self.whole, reader)
            type, slash, id = value_set.partition("/")
            if slash and type == "ValueSet":
                return expand_given(source.by_id(id), source, self.whole.limit)
            return self._members(value_set, source)

    def related(self, system: str, code: str, relation: Relation) -> frozenset[str]:
        """Return the codes that subsume a code or are subsumed by it, itself among them.

        Raises UnknownTerminology, UnknownCode, TooManyCodes.
        """
        with self.lend() as reader:
            found = code_system(system, _Source(self.whole, reader))
        return related(found, code, relation, self.whole.limit)

    def _members(self, canonical: str, source: "_Source") -> Codes:
        question = (source.reader.context.tenant, canonical)
        known = self.whole.answers.get(question)
        if known is not None and source.rows_of(list(known[1])) == known[1]:
            return known[0]
        codes = expand(canonical, source, self.whole.limit)
        self.whole.answers.keep(question, (codes, source.used))
        return codes


class _Source:
    """Definitions as one reader sees them; `used` are those asked for, stored or not."""

    def __init__(self, whole: StoredTerminology, reader: Reader) -> None:
        self._whole = whole
        self.reader = reader
        self.used: dict[Name, Sequence[Row]] = {}

    def code_system(self, canonical: str) -> CodeSystem | None:
        """Return a code system stored here, else the shipped one."""
        stored = self._stored("CodeSystem", canonical)
        found = [one.system for one in stored if one.system is not None]
        return found[-1] if found else self._whole.shipped.code_system(canonical)

    def value_set(self, canonical: str) -> ValueSet | None:
        """Return a value set stored here, else the shipped one."""
        found = self._stored("ValueSet", canonical)
        return found[-1].value_set if found else self._whole.shipped.value_set(canonical)

    def by_id(self, id: str) -> ValueSet:
        """Return a value set stored here under an id. Raises UnknownTerminology."""
        version = self.reader.current("ValueSet", id)
        if version is None or version.deleted:
            raise UnknownTerminology("the value set named by its id is not stored on this server")
        return decode(version.body)

    def rows_of(self, names: Sequence[Name]) -> dict[Name, Sequence[Row]]:
        """Return which rows stand for these definitions now, in one statement."""
        tenant = self.reader.context.tenant
        parameter = self._whole.registry.parameter
        keys = {parameter(tenant, one[0], "url").slot.key(one[1]): one for one in names}
        found: dict[Name, list[Row]] = {name: [] for name in names}
        for number, rid, ver in self.reader.rows(_rows(tenant), {"keys": list(keys)}):
            found[keys[cast("int", number)]].append((cast("int", rid), cast("int", ver)))
        return {name: tuple(sorted(rows)) for name, rows in found.items()}

    def _stored(self, type: str, canonical: str) -> list[Definition]:
        """Return the definitions of a canonical, the one that is meant last."""
        url, version = split_canonical(canonical)
        name = (type, url)
        if name not in self.used:
            self.used |= self.rows_of([name])
        found = [one for one in self._definitions(self.used[name]) if one.url == url]
        if version:
            found = [one for one in found if one.version == version]
        return sorted(found, key=attrgetter("age"))

    def _definitions(self, rows: Sequence[Row]) -> Iterator[Definition]:
        """Yield what these rows hold, read again only when they changed."""
        tenant, remembered = self.reader.context.tenant, self._whole.definitions
        known = {rid: remembered.get((tenant, rid, ver)) for rid, ver in rows}
        lacking = [rid for rid, one in known.items() if one is None]
        if lacking:
            for version in self.reader.select(_chosen(tenant).params(rids=lacking)):
                row = (tenant, version.rid, version.number)
                known[version.rid] = remembered.keep(row, Definition.of(decode(version.body)))
        yield from (one for one in known.values() if one is not None)


def _rows(tenant: int) -> Rows:
    rows = visible(None, Context(tenant=tenant))
    joined = rows.join(ix_eq, ix_eq.c.rid == rows.c.rid)
    chosen = select(ix_eq.c.key, rows.c.rid, rows.c.ver).select_from(joined)
    return chosen.where(ix_eq.c.key.in_(bindparam("keys", expanding=True)))


def _chosen(tenant: int) -> Rows:
    rows = visible(None, Context(tenant=tenant))
    chosen = select(*version_columns(rows))
    return chosen.where(rows.c.rid.in_(bindparam("rids", expanding=True)))
