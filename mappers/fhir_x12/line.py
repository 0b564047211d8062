"""The diagnoses and service lines of a claim, made ready for their tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mappers.fhir_x12.problem import Kind, Problem
from mappers.fhir_x12.system import CPT, ICD_10_CM, PLACE_OF_SERVICE
from mappers.path import JsonObject, JsonValue, read, text
from mappers.x12.tree import Composite, Seg

MOST_DIAGNOSES = 12
MOST_POINTERS = 4
_PROCEDURES = (CPT, "http://www.cms.gov/medicare/hcpcs", "hcpcs")


@dataclass(frozen=True, slots=True)
class Diagnoses:
    """The diagnoses as HI holds them; `positions` by Diagnosis.sequence, from 1."""

    segments: tuple[Seg, ...]
    positions: Mapping[int, int]
    problems: tuple[Problem, ...]


def diagnoses(claim: JsonObject) -> Diagnoses:
    """Return the HI segment: the principal diagnosis first (ABK), then the others (ABF)."""
    entries = [one for one in read(claim, "diagnosis") if isinstance(one, dict)]
    entries.sort(key=lambda one: ("principal" not in read(one, "type.coding.code"), _order(one)))
    codes = [_code(one) for one in entries]
    problems = [
        Problem(
            "missing",
            f"Claim.diagnosis[{_place(claim, one)}].diagnosisCodeableConcept",
            "2300 HI",
            "the diagnosis has no ICD-10-CM code",
        )
        for one, code in zip(entries, codes, strict=True)
        if not code
    ]
    if not 0 < len(entries) <= MOST_DIAGNOSES:
        message = f"a professional claim has 1 to {MOST_DIAGNOSES} diagnoses"
        kind: Kind = "too-long" if entries else "missing"
        problems.append(Problem(kind, "Claim.diagnosis", "2300 HI", message))
    values: list[Composite] = [
        ("ABF" if number else "ABK", code) for number, code in enumerate(codes)
    ]
    positions = {_order(one): number for number, one in enumerate(entries, 1)}
    return Diagnoses((Seg("HI", tuple(values)),), positions, tuple(problems))


def _order(entry: JsonObject) -> int:
    sequence = entry.get("sequence")
    return sequence if isinstance(sequence, int) else 0


def _place(claim: JsonObject, entry: JsonObject) -> int:
    return next(at for at, one in enumerate(read(claim, "diagnosis")) if one is entry)


def _code(entry: JsonObject) -> str:
    """Return the ICD-10-CM code; of codes without a system the first, of other systems none."""
    codings = read(entry, "diagnosisCodeableConcept.coding")
    of_system = {text(next(iter(read(one, "system")), "")): one for one in reversed(codings)}
    chosen = of_system.get(ICD_10_CM, of_system.get(""))
    found = read(chosen, "code") if chosen is not None else ()
    return text(found[0]).replace(".", "").upper() if found else ""


def line_control(claim_number: str, sequence: int) -> str:
    """Return the line control number (REF 6R) of a line: unique in the claim and beyond it."""
    return f"{claim_number}-{sequence}"


def line_trees(claim: JsonObject, found: Diagnoses) -> list[JsonObject]:
    """Return the items with what their tables read: pointers as positions, one procedure coding."""
    numbers = read(claim, "identifier[0].value")
    number = text(numbers[0]) if numbers else ""
    items = _with_own_places(claim)
    return [_line(one, _order(one) or at, number, found) for at, one in enumerate(items, 1)]


def _line(item: JsonObject, sequence: int, number: str, found: Diagnoses) -> JsonObject:
    pointers = [
        found.positions[one]
        for one in read(item, "diagnosisSequence")
        if isinstance(one, int) and one in found.positions
    ]
    made: JsonObject = {
        **item,
        "diagnosisSequence": list[JsonValue](pointers[:MOST_POINTERS]),
        "productOrService": {"coding": [_procedure(read(item, "productOrService.coding"))]},
        "lineControlNumber": line_control(number, sequence) if number else None,
    }
    start, end = (
        text(one[0])[:10] if (one := read(item, f"servicedPeriod.{name}")) else ""
        for name in ("start", "end")
    )
    if start and end in {"", start}:
        del made["servicedPeriod"]
        made["servicedDate"] = start
    return made


def _procedure(codings: Sequence[JsonValue]) -> JsonValue:
    """Return the coding of CPT or HCPCS, else the first; empty where there is none."""
    for system in _PROCEDURES:
        for coding in codings:
            if isinstance(coding, dict) and system in str(coding.get("system", "")).lower():
                return coding
    return codings[0] if codings else {}


def _with_own_places(claim: JsonObject) -> list[JsonObject]:
    """Return the items, the place of service left only where it is not that of the first."""
    items = [one for one in read(claim, "item") if isinstance(one, dict)]
    general = _place_of(items[0]) if items else ()
    return [_without_place(one) if _place_of(one) == general else one for one in items]


def _without_place(item: JsonObject) -> JsonObject:
    return {key: one for key, one in item.items() if key != "locationCodeableConcept"}


def _place_of(item: JsonObject) -> tuple[JsonValue, ...]:
    return tuple(read(item, f"locationCodeableConcept.coding[system={PLACE_OF_SERVICE}].code"))
