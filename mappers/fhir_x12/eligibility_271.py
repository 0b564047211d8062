"""The eligibility answer, 271, to CoverageEligibilityResponse: every benefit kept, none guessed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from mappers.fhir_x12 import eligibility_table as table
from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12.datatype import listed, objects, said, unread
from mappers.fhir_x12.eligibility_benefit import benefits
from mappers.fhir_x12.twin_reading import read_segments
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.tree import LoopNode

NAMES = {"2000A": "2100A", "2000B": "2100B", "2000C": "2100C", "2000D": "2100D"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a 271 says of one person, or why of nobody.

    `traces` are the TRN02 by which the question is found; `parties` are source, receiver,
    subscriber and dependent as extensions; `rejections` stand with the loop they were in.
    """

    reference: str
    traces: tuple[str, ...]
    parties: tuple[JsonObject, ...]
    more: tuple[JsonValue, ...]
    rejections: tuple[tuple[str, JsonObject], ...]
    items: tuple[JsonObject, ...] = field(repr=False)

    @property
    def member(self) -> JsonObject:
        """The person asked for: the dependent where there is one, else the subscriber."""
        return self.parties[-1] if len(self.parties) > 2 else {}

    @property
    def member_id(self) -> str:
        """The member number of the subscriber."""
        found = [said(one, _MEMBER_ID) for one in self.parties[2:]]
        return next((one for one in found if one), "")


_MEMBER_ID = "extension[url=identifier].valueIdentifier.value"


def answers(root: LoopNode) -> list[Answer]:
    """Return what a 271 says, one person each; a level that goes no deeper answers by itself."""
    head = root.first("BHT")
    reference = head.element(3) if head else ""
    return [_answer(reference, path) for path in _paths(root, ())]


def _paths(loop: LoopNode, above: tuple[LoopNode, ...]) -> Iterator[tuple[LoopNode, ...]]:
    """Yield the ways from the source level down to each innermost level."""
    levels = [one for one in loop.children if one.id in NAMES]
    path = (*above, loop) if loop.id in NAMES else above
    for one in levels:
        yield from _paths(one, path)
    names = loop.child(NAMES.get(loop.id, ""))
    if path and (not levels or (names is not None and _has_benefits(names))):
        yield path


def _has_benefits(names: LoopNode) -> bool:
    return any(one.id.startswith("2110") for one in names.children)


def _answer(reference: str, path: Sequence[LoopNode]) -> Answer:
    parties, more, traces, rejections = [], [], [], []
    for level in path:
        own: JsonObject = {}
        outer = [one for one in level.segments if one.id == "TRN"]
        read_segments((table.TRACE,), outer, own)
        more += listed(own, "extension")
        traces += [one.element(2) for one in outer]
        source: JsonObject = {}
        read_segments((table.rejection("2000"),), level.every("AAA"), source)
        rejections += [(level.id, one) for one in objects(source, "extension")]
        names = level.child(NAMES[level.id])
        if names is not None:
            party: JsonObject = {"url": ext.ELIGIBILITY_PARTY}
            more += unread(read_segments(table.PARTY, names.segments, party))
            parties.append(party)
            found = read(party, f"extension[url={ext.REJECTION}]")
            rejections += [(names.id, one) for one in found if isinstance(one, dict)]
    last = path[-1].child(NAMES[path[-1].id])
    items = benefits(last) if last else ()
    for item in items:
        found = read(item, f"extension[url={ext.REJECTION}]")
        rejections += [("2110", one) for one in found if isinstance(one, dict)]
    return Answer(
        reference, tuple(traces), tuple(parties), tuple(more), tuple(rejections), tuple(items)
    )
