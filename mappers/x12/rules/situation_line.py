"""Situations of a service line (SNIP 4): pointers, numbers, units."""

from collections.abc import Iterator

from mappers.x12.kind import CLAIMS
from mappers.x12.rules.claim import SERVICE_IDS, service
from mappers.x12.rules.health_code import diagnoses
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_POINTERS = {"837P": 7, "837D": 11}


def _pointers(claim: View) -> Iterator[Hit]:
    at = _POINTERS[claim.scene.kind]
    count = -1
    for line in claim.each("2400"):
        segment = service(line)
        if segment is None or not segment.element(at):
            continue
        count = len(diagnoses(claim)) if count < 0 else count
        for component, pointer in enumerate(segment.components(at), 1):
            is_number = pointer.isascii() and pointer.isdigit() and len(pointer) < 3
            if is_number and not 1 <= int(pointer) <= count:
                detail = f"points to diagnosis {pointer}, the claim has {count}"
                yield Hit(segment, at, component, detail)


def _repeated_pointers(line: View) -> Iterator[Hit]:
    at = _POINTERS[line.scene.kind]
    segment = service(line)
    pointers = segment.components(at) if segment is not None else ()
    if segment is not None and len(set(pointers)) < len(pointers):
        yield Hit(segment, at)


def _line_numbers(claim: View) -> Iterator[Hit]:
    seen: set[str] = set()
    for line in claim.each("2400"):
        reference = line.first("REF", "6R")
        if reference is None:
            continue
        if reference.element(2) in seen:
            yield Hit(reference, 2)
        seen.add(reference.element(2))


def _line_number_length(line: View) -> Iterator[Hit]:
    reference = line.first("REF", "6R")
    if reference is not None and len(reference.element(2)) > 30:
        yield Hit(reference, 2, None, f"{len(reference.element(2))} characters")


def _minutes(line: View) -> Iterator[Hit]:
    segment = service(line)
    if segment is None or segment.element(3) != "MJ":
        return
    if not segment.component(1, 2).startswith("0"):
        yield Hit(segment, 3)


def _positive_units(line: View) -> Iterator[Hit]:
    segment = service(line)
    if segment is None:
        return
    at = {"837P": 4, "837I": 5, "837D": 6}[line.scene.kind]
    if segment.element(at)[:1] == "-" or segment.element(at) == "0":
        yield Hit(segment, at)


RULES: tuple[Rule, ...] = (
    Rule(
        "diagnosis-pointer",
        ("837P", "837D"),
        "2300",
        4,
        "error",
        "the line points to a diagnosis the claim does not have",
        "add the diagnosis to HI or correct the pointer of the line",
        _pointers,
        path="Claim.item.diagnosisSequence",
        status="A8:477",
        report="IK4",
        code="I9",
    ),
    Rule(
        "diagnosis-pointer-repeated",
        ("837P", "837D"),
        "2400",
        4,
        "warning",
        "the line points to one diagnosis twice",
        "point to each diagnosis once",
        _repeated_pointers,
        status="A7:477",
        alone=SERVICE_IDS,
    ),
    Rule(
        "line-number-duplicate",
        CLAIMS,
        "2300",
        4,
        "warning",
        "the line control number is used twice in the claim",
        "give each line its own REF*6R",
        _line_numbers,
        path="Claim.item.extension",
        status="A7:21",
    ),
    Rule(
        "line-number-length",
        CLAIMS,
        "2400",
        4,
        "warning",
        "payers need to keep only 30 characters of the line control number",
        "use a shorter REF*6R, it comes back in the 835",
        _line_number_length,
        segment="REF",
        alone=("REF",),
    ),
    Rule(
        "minutes-unit",
        ("837P",),
        "2400",
        4,
        "warning",
        "minutes are the unit of anesthesia alone",
        "send SV103 UN and the units of the code",
        _minutes,
        status="A7:476",
        alone=("SV1",),
    ),
    Rule(
        "service-units",
        CLAIMS,
        "2400",
        4,
        "warning",
        "the units of the service are not above zero",
        "send the units that were given",
        _positive_units,
        status="A7:476",
        alone=SERVICE_IDS,
    ),
)
