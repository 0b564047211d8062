"""CoverageEligibilityResponse to eligibility answer, 271: what a payer answers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from mappers.fhir_x12 import eligibility_table as table
from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12.datatype import objects, said
from mappers.fhir_x12.eligibility_benefit import POSITION
from mappers.fhir_x12.hierarchy import level, numbered
from mappers.fhir_x12.twin_writing import write_segments
from mappers.path import JsonObject, read
from mappers.x12.tree import Node, Seg, Value, node, seg

LEVELS = (("2000A", "20"), ("2000B", "21"), ("2000C", "22"), ("2000D", "23"))


@dataclass(frozen=True, slots=True)
class Batch:
    """The facts of BHT: purpose (02), number, moment, and RT or RU (06) where it is one."""

    purpose: str
    reference: str
    written: datetime
    kind: str = ""

    def header(self) -> Seg:
        """Return BHT of an eligibility question or answer."""
        moment = self.written
        day, clock = f"{moment:%Y%m%d}", f"{moment:%H%M}"
        return seg("BHT", "0022", self.purpose, self.reference, day, clock, self.kind or None)


def eligibility_answer(response: JsonObject, batch: Batch) -> Node:
    """Return the set of one response, for the writer."""
    return eligibility_answers([response], batch)


def eligibility_answers(responses: Sequence[JsonObject], batch: Batch) -> Node:
    """Return the set of these responses, for the writer; each has a source level of its own."""
    told = [level for one in responses for level in _answer(one)]
    return numbered(node("271", [batch.header()], told))


def _answer(response: JsonObject) -> Iterator[Node]:
    parties = [
        one
        for one in read(response, f"extension[url={ext.ELIGIBILITY_PARTY}]")
        if isinstance(one, dict)
    ]
    items = [one for one in read(response, "insurance.item") if isinstance(one, dict)]
    yield from levels(parties, response, list(_benefits(items)))


def levels(
    parties: Sequence[JsonObject], owner: JsonObject, inner: Sequence[tuple[str, Node]]
) -> Iterator[Node]:
    """Yield the source level with the levels under it; `inner` goes under the last name.

    `inner` pairs the number of a loop without its letter with what is under it.
    """
    made: list[Node] = []
    last = len(parties) - 1
    for at in range(last, -1, -1):
        loop, code = LEVELS[at]
        letter = loop[-1]
        traces = write_segments((table.TRACE,), owner) if at == max(last, 2) else []
        rejections = _rejections(owner, loop)
        under = [_lettered(one, letter) for _, one in inner] if at == last else []
        name = node(f"2100{letter}", write_segments(table.PARTY, parties[at]), under)
        made = [level(loop, code, [*traces, *rejections], [name, *made])]
    yield from made


def _rejections(owner: JsonObject, loop: str) -> list[Seg]:
    """Return the AAA of a level itself, which stands with the errors."""
    found = [one for one in objects(owner, "error") if one.get("id") == f"AAA-{loop}"]
    return [line for one in found for line in write_segments((table.rejection("2000"),), one)]


def _lettered(one: Node, letter: str) -> Node:
    """Return loops with the letter of the level they stand under: 2110 is 2110C or 2110D."""
    return node(
        f"{one.id}{letter}", one.segments, [_lettered(under, letter) for under in one.children]
    )


def _benefits(items: Sequence[JsonObject]) -> Iterator[tuple[str, Node]]:
    """Yield the benefits; items of one EB are one benefit for several service types."""
    numbered = [(said(one, POSITION) or f"own {at}", one) for at, one in enumerate(items)]
    for _, run in groupby(numbered, key=lambda pair: pair[0]):
        group = [item for _, item in run]
        yield "2110", _benefit(group)


def _benefit(group: Sequence[JsonObject]) -> Node:
    first = group[0]
    segments = write_segments(table.BENEFIT, first)
    types: list[str] = [code for one in group if (code := said(one, "category.coding[0].code"))]
    segments = [_with_types(one, types) if one.id == "EB" else one for one in segments]
    places = [node("2115", [one]) for one in write_segments((table.PLACE,), first)]
    related = [
        node("2120", write_segments(table.RELATED, one))
        for one in read(first, f"extension[url={ext.ELIGIBILITY_PARTY}]")
        if isinstance(one, dict)
    ]
    marks = [seg("LS", "2120"), seg("LE", "2120")] if related else []
    return node("2110", [*segments, *marks], [*places, *related])


def _with_types(one: Seg, types: list[str]) -> Seg:
    if not types:
        return one
    values: list[Value] = [*one.values, None, None][: max(len(one.values), 3)]
    values[2] = types[0] if len(types) == 1 else list(types)
    return Seg(one.id, tuple(values))
