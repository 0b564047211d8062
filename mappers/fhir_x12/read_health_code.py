"""HI read: diagnoses, procedures and the codes of a stay back into a Claim."""

from collections.abc import Sequence

from mappers.fhir_x12 import system
from mappers.fhir_x12.form import FORMS
from mappers.fhir_x12.health_code import HEALTH_CODES, ClaimKind, HealthCode, Shape
from mappers.fhir_x12.registry import concept
from mappers.path import JsonObject
from mappers.x12.lexer import Segment

_CARIN_TYPE = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBClaimDiagnosisType"
_POA, _DATE, _SPAN, _NUMBER = (FORMS[name] for name in ("on-admission", "date", "span", "number"))
_POA_PLACE = 9


def read_health_codes(read: Segment, claim: JsonObject, kind: ClaimKind) -> list[str]:
    """Take the codes of an HI segment into the claim; return the places that found none."""
    by_qualifier = {name: row for row in HEALTH_CODES[kind] for name in row.qualifiers}
    lost: list[str] = []
    for number in range(1, len(read.elements)):
        parts = read.components(number)
        row = by_qualifier.get(parts[0]) if parts else None
        if row is None or len(parts) < 2:
            lost += [f"HI{number:02d}"] if parts else []
            continue
        lost += [f"HI{number:02d}-{at}" for at in _take(parts, row, claim)]
    return lost


def _take(parts: Sequence[str], row: HealthCode, claim: JsonObject) -> list[int]:
    """Add one code to the claim; return its components that found no place."""
    is_old = parts[0] == row.qualifiers[-1] and len(row.qualifiers) > 1
    if row.target == "diagnosis":
        return _take_diagnosis(parts, row, claim, is_old=is_old)
    entry: JsonObject
    if row.target == "procedure":
        of = row.system or (system.ICD_9_PROCEDURES if is_old else system.ICD_10_PCS)
        entry = {"type": [concept(system.PROCEDURE_TYPE, row.type)]} if row.type else {}
        entry["procedureCodeableConcept"] = concept(of, parts[1])
        lost = _take_beside(parts, row.shape, entry, "date")
        _append(claim, "procedure", entry)
        return lost
    of = system.DRG if row.type == "drg" else f"{system.NUBC}/{row.system}"
    entry = {
        "category": concept(system.system_of("category", row.type), row.type),
        "code": concept(of, parts[1]),
    }
    lost = _take_beside(parts, row.shape, entry, "timingDate")
    _append(claim, "supportingInfo", entry)
    return lost


def _take_diagnosis(
    parts: Sequence[str], row: HealthCode, claim: JsonObject, *, is_old: bool
) -> list[int]:
    of = system.ICD_9_CM if is_old else system.ICD_10_CM
    entry: JsonObject = {"diagnosisCodeableConcept": concept(of, dotted(parts[1], is_old=is_old))}
    if row.type:
        carin = row.type in {"patientreasonforvisit", "externalcauseofinjury"}
        entry["type"] = [concept(_CARIN_TYPE if carin else system.DIAGNOSIS_TYPE, row.type)]
    told = _POA.read(parts[8]) if len(parts) > 8 and parts[8] else None
    if told is not None:
        entry["onAdmission"] = told
    if row.type != "admitting" or not _is_listed(claim, entry):
        _append(claim, "diagnosis", entry)
    return [
        at for at, one in enumerate(parts, 1) if one and at > 2 and not (at == _POA_PLACE and told)
    ]


def _is_listed(claim: JsonObject, entry: JsonObject) -> bool:
    """Tell whether a diagnosis stands already; it gets the type too, then."""
    concept, types = entry["diagnosisCodeableConcept"], entry["type"]
    listed = claim.get("diagnosis")
    for one in listed if isinstance(listed, list) else []:
        if not isinstance(one, dict):
            continue
        held = one.get("type", [])
        if one["diagnosisCodeableConcept"] == concept and isinstance(held, list):
            one["type"] = [*held, *(types if isinstance(types, list) else [])]
            return True
    return False


def _take_beside(parts: Sequence[str], shape: Shape, entry: JsonObject, date: str) -> list[int]:
    known = {1, 2}
    form = parts[2] if len(parts) > 2 else ""
    if shape == "date" and form == "D8" and (day := _DATE.read(parts[3])):
        entry[date] = day
        known |= {3, 4}
    elif shape == "period" and form == "RD8" and (span := _SPAN.read(parts[3])):
        entry["timingPeriod"] = span
        known |= {3, 4}
    elif shape == "amount" and len(parts) > 4:
        entry["valueQuantity"] = {"value": _NUMBER.read(parts[4])}
        known |= {5}
    return [at for at, one in enumerate(parts, 1) if one and at not in known]


def _append(claim: JsonObject, name: str, entry: JsonObject) -> None:
    listed = claim.setdefault(name, [])
    if isinstance(listed, list):
        listed.append({"sequence": len(listed) + 1, **entry})


def dotted(code: str, *, is_old: bool) -> str:
    """Return an ICD code with the dot FHIR writes: after three characters, four of an ICD-9 E."""
    head = 4 if is_old and code.startswith("E") else 3
    return f"{code[:head]}.{code[head:]}" if len(code) > head else code
