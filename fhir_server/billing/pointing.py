"""From a place in an interchange we sent to the claim and the FHIR element to mend there.

A 999 names a set, a segment by its number from ST, and an element. We read again what we sent,
which is kept byte for byte, and so know the loop, the claim it stands in and the line.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mappers.x12.envelope import TransactionSet
from mappers.x12.grammar import REQUIRED, Loop, SegmentUse
from mappers.x12.lexer import Segment
from mappers.x12.reader import read
from mappers.x12.responses import SegmentError
from mappers.x12.sets import guide_of
from mappers.x12.tree import LoopNode
from mappers.x12.twin import twin

MISSING = "3"
"""IK304: a segment that must be there is not; the position is that of the next one."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """A place to mend: the claim's number (CLM01; empty: all of the set), element, X12 place."""

    claim: str
    path: str
    place: str
    code: str


def claims_of(one: TransactionSet) -> list[str]:
    """Return the numbers (CLM01) of the claims of a set we sent, in order."""
    return [segment.element(1) for segment in one.segments if segment.id == "CLM"]


def set_sent(body: bytes, control: str) -> TransactionSet | None:
    """Return the set of this number (ST02) in an interchange we sent."""
    return next((one for _, _, one in read(body).sets() if one.header.control == control), None)


def pointer(error: SegmentError, one: TransactionSet) -> Pointer:
    """Return where an error of a 999 about a set is to be mended."""
    position = error.position - 1
    segment = one.segments[position] if 0 <= position < len(one.segments) else None
    element = f"{error.element:02d}" if error.element else ""
    component = f"-{error.component}" if error.component else ""
    code = error.element_code or error.code
    if segment is None:
        place = f"{error.loop} {error.segment}{element}{component}".strip()
        return Pointer("", "Claim", f"{place} at segment {error.position}", code)
    claim, line = _around(one, segment)
    chain = _chain(one.root, segment)
    told = error.loop
    if error.code == MISSING and error.segment != segment.id:
        loop = _missing_loop(one, chain, error) or told
        segment = Segment(error.segment, (error.segment,))
    else:
        own = chain[-1].id if chain else ""
        loop = own if own.startswith(told) else told
    place = f"{loop} {error.segment}{element}{component}".strip()
    path = _path(one, loop, segment, error, line)
    return Pointer(claim, path, f"{place} at segment {error.position}", code)


def _around(one: TransactionSet, wanted: Segment) -> tuple[str, int]:
    """Return the claim a segment stands in (CLM01; empty: before the first), and its line."""
    claim, line = "", 0
    for segment in one.segments:
        if segment.id == "CLM":
            claim, line = segment.element(1), 0
        elif segment.id == "HL":
            claim, line = "", 0
        elif segment.id == "LX":
            line += 1
        if segment is wanted:
            return claim, line
    return claim, line


def _chain(node: LoopNode, wanted: Segment) -> tuple[LoopNode, ...]:
    """Return the loops a segment was placed in, the outermost first; empty where in none."""
    if any(one is wanted for one in node.segments):
        return (node,)
    found = (_chain(child, wanted) for child in node.children)
    inner = next((one for one in found if one), ())
    return (node, *inner) if inner else ()


def _missing_loop(one: TransactionSet, chain: Sequence[LoopNode], error: SegmentError) -> str:
    """Return the loop a missing segment belongs to, of those that begin as the 999 says.

    A 999 has room for four characters of its name: the loop that the guide requires, and that is
    not there, under the loops in which the next segment stands. Empty where none is.
    """
    guide = guide_of(one.kind)
    levels = [guide.root] if guide is not None else []
    for node in chain[1:]:
        under = (each for each in levels[-1].items if isinstance(each, Loop)) if levels else ()
        levels += [each for each in under if each.id == node.id][:1]
    for level, node in reversed([*zip(levels, chain, strict=False)]):
        if node.id.startswith(error.loop) and not node.first(error.segment):
            return node.id
        present = {child.id for child in node.children}
        for each in level.items:
            if isinstance(each, Loop) and each.id not in present and _opens(each, error):
                return each.id
    return ""


def _opens(loop: Loop, error: SegmentError) -> bool:
    first = loop.items[0]
    is_asked = loop.usage == REQUIRED and loop.id.startswith(error.loop)
    return is_asked and isinstance(first, SegmentUse) and first.id == error.segment


def _path(one: TransactionSet, loop: str, segment: Segment, error: SegmentError, line: int) -> str:
    """Return the FHIR element a place is written from; of a line with its number."""
    path = twin(one.kind, loop, segment, error.element, error.component) or "Claim"
    if line and path.startswith("Claim.item"):
        return f"Claim.item[{line - 1}]{path.removeprefix('Claim.item')}"
    return path
