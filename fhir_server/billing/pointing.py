"""From a place in an interchange we sent to the claim and the FHIR element to mend there.

A 999 names a set, a segment by its number from ST, and an element. We read again what we sent,
which is kept byte for byte, and so know the loop, the claim it stands in and the line.
"""

from dataclasses import dataclass

from mappers.x12.envelope import TransactionSet
from mappers.x12.lexer import Segment
from mappers.x12.reader import read
from mappers.x12.responses import SegmentError
from mappers.x12.tree import LoopNode
from mappers.x12.twin import twin


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
    place = f"{error.loop} {error.segment}{element}{component}".strip()
    told = f"{place} at segment {error.position}"
    code = error.element_code or error.code
    if segment is None:
        return Pointer("", "Claim", told, code)
    claim, line = _around(one, segment)
    loop = error.loop or _loop_of(one.root, segment)
    return Pointer(claim, _path(one, loop, segment, error, line), told, code)


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


def _loop_of(root: LoopNode, wanted: Segment) -> str:
    """Return the loop a segment was placed in."""
    for node in root.walk():
        if any(one is wanted for one in node.segments):
            return node.id
    return ""


def _path(one: TransactionSet, loop: str, segment: Segment, error: SegmentError, line: int) -> str:
    """Return the FHIR element a place is written from; of a line with its number."""
    path = twin(one.kind, loop, segment, error.element, error.component) or "Claim"
    if line and path.startswith("Claim.item"):
        return f"Claim.item[{line - 1}]{path.removeprefix('Claim.item')}"
    return path
