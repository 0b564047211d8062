"""Situations (SNIP 4): what one element asks of another in a professional claim, and levels."""

from collections.abc import Iterator
from datetime import date

from mappers.x12.diagnosis import is_period
from mappers.x12.lexer import Segment
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.tree import LoopNode

_SINCE = date(2000, 1, 1)
_DIAGNOSES = ("ABK", "ABF", "BK", "BF")


def diagnoses(claim: LoopNode) -> list[tuple[Segment, int]]:
    """Return where the diagnoses of a claim stand (HI segment and element), in order."""
    return [
        (segment, position)
        for segment in claim.every("HI")
        for position in range(1, len(segment.elements))
        if segment.component(position, 1) in _DIAGNOSES
    ]


def _pointers(claim: LoopNode) -> Iterator[Hit]:
    count = len(diagnoses(claim))
    for line in claim.each("2400"):
        service = line.first("SV1")
        if service is None:
            continue
        for component, pointer in enumerate(service.components(7), 1):
            is_number = pointer.isascii() and pointer.isdigit() and len(pointer) < 3
            if is_number and not 1 <= int(pointer) <= count:
                detail = f"points to diagnosis {pointer}, the claim has {count}"
                yield Hit(service, 7, component, detail)


def _reference_of_replaced(claim: LoopNode) -> Iterator[Hit]:
    opening = claim.opening
    if opening and opening.component(5, 3) in {"7", "8"} and claim.first("REF", "F8") is None:
        yield Hit(opening, 5, 3)


def _claim_number(claim: LoopNode) -> Iterator[Hit]:
    opening = claim.opening
    if opening and 20 < len(opening.element(1)) <= 38:
        yield Hit(opening, 1, None, f"{len(opening.element(1))} characters")


def _line_numbers(claim: LoopNode) -> Iterator[Hit]:
    seen: set[str] = set()
    for line in claim.each("2400"):
        reference = line.first("REF", "6R")
        if reference is None:
            continue
        if reference.element(2) in seen:
            yield Hit(reference, 2)
        seen.add(reference.element(2))


def _patient_is_subscriber(level: LoopNode) -> Iterator[Hit]:
    coverage = level.first("SBR")
    if coverage is None or level.child("2300") is None:
        return
    if coverage.element(2) != "18":
        yield Hit(coverage, 2)


def _subscriber_facts(level: LoopNode) -> Iterator[Hit]:
    name = level.child("2010BA")
    if name is None or level.child("2300") is None or name.opening is None:
        return
    for needed in ("N3", "N4", "DMG"):
        if name.first(needed) is None:
            yield Hit(name.opening, None, None, f"{needed} is missing")


def _no_claim(level: LoopNode) -> Iterator[Hit]:
    if level.opening and level.child("2300") is None and level.child("2000C") is None:
        yield Hit(level.opening)


def _reversed(node: LoopNode) -> Iterator[Hit]:
    for segment in node.every("DTP"):
        period = segment.element(3)
        if segment.element(2) == "RD8" and is_period(period, "RD8") and period[:8] > period[9:]:
            yield Hit(segment, 3)


def _levels(root: LoopNode) -> Iterator[Hit]:
    """Yield levels out of sequence, with a wrong parent or a wrong child code."""
    if root.opening is None or root.opening.id != "ST":
        return
    stack: list[tuple[LoopNode, str]] = [(root, "")]
    expected = 1
    while stack:
        node, parent = stack.pop()
        opening = node.opening
        below = parent
        if opening is not None and opening.id == "HL":
            yield from _level(opening, parent, expected)
            yield from _child_code(node, opening)
            expected += 1
            below = opening.element(1)
        stack.extend((child, below) for child in reversed(node.children))


def _level(opening: Segment, parent: str, expected: int) -> Iterator[Hit]:
    if opening.element(1) != str(expected):
        yield Hit(opening, 1, None, f"HL01 should be {expected}")
    if opening.element(2) != parent:
        yield Hit(opening, 2, None, "HL02 is not the level above")


def _child_code(node: LoopNode, opening: Segment) -> Iterator[Hit]:
    has_levels = any(child.opening and child.opening.id == "HL" for child in node.children)
    if opening.element(4) and (opening.element(4) == "1") != has_levels:
        yield Hit(opening, 4, None, "HL04 does not say whether levels follow")


RULES: tuple[Rule, ...] = (
    Rule(
        "diagnosis-pointer",
        ("837",),
        "2300",
        4,
        "error",
        _SINCE,
        "the line points to a diagnosis the claim does not have",
        "add the diagnosis to HI or correct SV107",
        _pointers,
    ),
    Rule(
        "replaced-claim-number",
        ("837",),
        "2300",
        4,
        "error",
        _SINCE,
        "a replacement or void needs the payer's claim number",
        "send REF*F8 with the number the payer gave the earlier claim",
        _reference_of_replaced,
    ),
    Rule(
        "claim-number-length",
        ("837",),
        "2300",
        4,
        "warning",
        _SINCE,
        "payers need to keep only 20 characters of CLM01",
        "use a shorter claim number, it comes back in 277CA and 835",
        _claim_number,
    ),
    Rule(
        "line-number-duplicate",
        ("837",),
        "2300",
        4,
        "warning",
        _SINCE,
        "the line control number is used twice in the claim",
        "give each line its own REF*6R",
        _line_numbers,
    ),
    Rule(
        "patient-is-subscriber",
        ("837",),
        "2000B",
        4,
        "warning",
        _SINCE,
        "a claim under the subscriber says that the subscriber is the patient, SBR02 does not",
        "send SBR02 18, or the claim under the patient's level",
        _patient_is_subscriber,
    ),
    Rule(
        "subscriber-facts",
        ("837",),
        "2000B",
        4,
        "warning",
        _SINCE,
        "the subscriber is the patient: address, birth and gender are needed",
        "send N3, N4 and DMG in 2010BA",
        _subscriber_facts,
    ),
    Rule(
        "subscriber-without-claim",
        ("837",),
        "2000B",
        4,
        "warning",
        _SINCE,
        "the subscriber has neither a claim nor a patient",
        "leave the level out or send its claim",
        _no_claim,
    ),
    Rule(
        "period-reversed",
        ("837", "277"),
        "",
        4,
        "error",
        _SINCE,
        "the period ends before it begins",
        "send the earlier date first",
        _reversed,
    ),
    Rule(
        "level-sequence",
        ("837", "277"),
        "",
        1,
        "error",
        _SINCE,
        "the levels are not numbered and nested as sent",
        "number HL01 from 1, name the parent in HL02, tell children in HL04",
        _levels,
    ),
)
