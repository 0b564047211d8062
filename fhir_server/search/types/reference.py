"""Reference parameters: by id, by type and id, by URL, by version, by logical identifier.

Source: https://hl7.org/fhir/R4/search.html#reference. A literal reference to a resource of this
server is a row (parameter, self key of the target); one to elsewhere, or a canonical, has the key
of its URL. A version-specific reference is found with and without its version.
"""

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest
from fhir_server.search.escape import split, unescape
from fhir_server.search.expression import Source
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.rows import Rows
from fhir_server.search.value import Binds, Columns, Keys, Sink, Table, one_of, padded

Index = Callable[[JsonValue, Sink], None]
CANONICAL = ("canonical", "uri")
NO_TARGET = 0
"""Target of a reference that names none here (contained, logical, display): it is not missing."""
TYPED = "[type]"
"""Stands for a modifier that is a resource type."""
MODIFIERS = ("identifier", TYPED)
NARROW = frozenset({"Patient", "Encounter", "EpisodeOfCare"})
"""Types to each resource of which few others refer, however many there are in all."""
ID = r"[A-Za-z0-9\-.]{1,64}"
RELATIVE = re.compile(rf"([A-Z][A-Za-z]+)/({ID})(?:/_history/({ID}))?")
BARE_ID = re.compile(ID)
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:.+", re.DOTALL)


def index(source: Source, slot: Slot) -> Index | None:
    """Return how a source's values become rows; None for types that are no references."""
    if source.type == "Reference":
        logical = slot.variant("identifier")
        return lambda value, sink: _reference(value, slot, logical, sink)
    if source.type in CANONICAL:
        return lambda value, sink: _canonical(value, slot, sink)
    if source.type == "Resource":
        return lambda value, sink: _resource(value, slot, sink)
    return None


def targets_of(reference: str, slot: Slot) -> Iterator[int]:
    """Yield the keys under which the target of a literal reference is found."""
    if slot.base and reference.startswith(slot.base + "/"):
        reference = reference[len(slot.base) + 1 :]
    match = RELATIVE.fullmatch(reference)
    if match:
        yield slot.self_key(match[1], match[2])
        if match[3]:
            yield slot.url_key(reference)
    elif ABSOLUTE.fullmatch(reference):
        yield slot.url_key(reference)
        plain, mark, _ = reference.partition("/_history/")
        if mark:
            yield slot.url_key(plain)


def _reference(value: JsonValue, slot: Slot, logical: Slot, sink: Sink) -> None:
    if not isinstance(value, dict):
        return
    key = slot.own_key
    reference, identifier = value.get("reference"), value.get("identifier")
    targets = list(targets_of(reference, slot)) if isinstance(reference, str) else []
    if slot.plain:
        sink.ref += [(key, target) for target in targets]
        return
    sink.ref += [(key, target) for target in targets or [NO_TARGET]]
    if isinstance(identifier, dict):
        _identifier(identifier, logical, sink)


def _identifier(identifier: JsonObject, logical: Slot, sink: Sink) -> None:
    system, value = identifier.get("system"), identifier.get("value")
    if not isinstance(system, str):
        system = ""
    if isinstance(value, str):
        sink.eq += (logical.key(value), logical.key(system, value))
    if system:
        sink.eq.append(logical.key(system, ""))


def _canonical(value: JsonValue, slot: Slot, sink: Sink) -> None:
    if not isinstance(value, str):
        return
    key = slot.own_key
    url, bar, _ = value.partition("|")
    sink.ref.append((key, slot.url_key(url)))
    if bar:
        sink.ref.append((key, slot.url_key(value)))
    local = RELATIVE.fullmatch(url)
    if local:
        sink.ref.append((key, slot.self_key(local[1], local[2])))


def _resource(value: JsonValue, slot: Slot, sink: Sink) -> None:
    """Index an entry of a Bundle as a reference to what it holds."""
    if not isinstance(value, dict):
        return
    type, id = value.get("resourceType"), value.get("id")
    known = isinstance(type, str) and isinstance(id, str)
    sink.ref.append((slot.own_key, slot.self_key(str(type), str(id)) if known else NO_TARGET))


@dataclass(frozen=True, slots=True)
class Targets:
    """The alternatives a reference may point to; without any, nothing matches.

    `narrow` says that they are of types to each of which few resources refer.
    """

    key: int
    targets: tuple[int, ...]
    narrow: bool = False
    table: Table = "ref"
    open: bool = False

    @property
    def shape(self) -> Hashable:
        """How many targets the SQL compares with."""
        return len(padded(self.targets))

    @property
    def bound(self) -> tuple[int, ...]:
        """The parameter's key and the targets, padded."""
        return (self.key, *padded(self.targets))

    @property
    def exact(self) -> bool:
        """Whether there is one target."""
        return len(self.targets) == 1

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_ref`."""
        own = columns["key"] == next(binds)
        return and_(own, one_of(columns["target"], len(self.bound) - 1, binds))

    def matches(self, rows: Rows) -> bool:
        """Whether a resource refers to one of the targets."""
        return any((self.key, target) in rows.ref for target in self.targets)


def parse(
    texts: Sequence[str], modifier: str | None, parameter: Parameter, options: Options
) -> Targets | Keys:
    """Read ids, `Type/id`, URLs or canonicals, each an alternative.

    `modifier` is a type (`subject:Patient=1`) or `identifier`, which reads tokens. Raises
    BadRequest.
    """
    if modifier == "identifier":
        found = (key for text in texts for key in _logical(text, parameter))
        return Keys(tuple(dict.fromkeys(found)))
    targets = (
        target
        for text in texts
        for target in _targets(unescape(text), modifier, parameter, options)
    )
    narrow = all(_is_narrow(unescape(text), modifier, parameter) for text in texts)
    return Targets(parameter.slot.own_key, tuple(dict.fromkeys(targets)), narrow)


def _is_narrow(text: str, type: str | None, parameter: Parameter) -> bool:
    match = RELATIVE.fullmatch(text)
    if match:
        return match[1] in NARROW
    if BARE_ID.fullmatch(text) is None:
        return False
    return NARROW.issuperset(parameter.targets if type is None else (type,))


def _targets(text: str, type: str | None, parameter: Parameter, options: Options) -> Iterator[int]:
    slot = parameter.slot
    base = options.base or slot.base
    local = text[len(base) + 1 :] if base and text.startswith(base + "/") else text
    match = RELATIVE.fullmatch(local)
    if match:
        if type in {None, match[1]}:
            yield from _local(match, slot, base)
    elif BARE_ID.fullmatch(text):
        for one in parameter.targets if type is None else (type,):
            yield slot.self_key(one, text)
            if base:
                yield slot.url_key(f"{base}/{one}/{text}")
        if any(source.type in CANONICAL for source in parameter.sources):
            yield slot.url_key(text)
    elif ABSOLUTE.fullmatch(text):
        yield slot.url_key(text)
    else:
        raise BadRequest(f"{parameter.code} takes an id, Type/id or a URL")


def _local(match: re.Match[str], slot: Slot, base: str) -> Iterator[int]:
    """Yield the keys of a resource held here, however a reference to it was written."""
    type, id, version = match.groups()
    yield slot.url_key(match[0]) if version else slot.self_key(type, id)
    if base:
        yield slot.url_key(f"{base}/{match[0]}")


def _logical(text: str, parameter: Parameter) -> Iterator[int]:
    parts = [unescape(part) for part in split(text, "|")]
    if len(parts) > 2 or not any(parts):
        raise BadRequest(f"{parameter.code}:identifier takes value, system|value or system|")
    yield parameter.slot.variant("identifier").key(*parts)
