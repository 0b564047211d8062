"""Service lines made ready for their rows, and back: procedures, pointers, control numbers."""

from collections.abc import Mapping, Sequence

from mappers.fhir_x12.health_code import ClaimKind
from mappers.fhir_x12.system import (
    CDT,
    CPT,
    DATA_ABSENT,
    HCPCS,
    HIPPS,
    NUBC,
    PROGRAM,
    REVENUE,
    UCUM,
)
from mappers.path import JsonObject, JsonValue, read

MOST_POINTERS = 4
_PROCEDURES = (CPT, "http://www.cms.gov/medicare/hcpcs", "hcpcs")
_KINDS = {HIPPS: "HP", CDT: "AD"}
_PROGRAMS = {"epsdt": "epsdt", "family-planning": "familyPlanning"}


def line_control(claim_number: str, sequence: int) -> str:
    """Return the line control number (REF 6R) of a line: unique in the claim and beyond it."""
    return f"{claim_number}-{sequence}"


def line_subject(
    item: JsonObject,
    positions: Mapping[int, int],
    kind: ClaimKind,
    *,
    control: JsonValue,
    has_place: bool,
) -> JsonObject:
    """Return the item as its rows read it: pointers as positions, one procedure coding."""
    pointers = [
        positions[one]
        for one in read(item, "diagnosisSequence")
        if isinstance(one, int) and one in positions
    ]
    made: JsonObject = {
        **item,
        "diagnosisSequence": list[JsonValue](pointers[:MOST_POINTERS]),
        "productOrService": _service(item, kind),
        "lineControlNumber": control,
    }
    if not has_place:
        made.pop("locationCodeableConcept", None)
    for code in read(item, "programCode.coding.code"):
        if code in _PROGRAMS:
            made[_PROGRAMS[str(code)]] = True
    return made


def _service(item: JsonObject, kind: ClaimKind) -> JsonValue:
    """Return the concept of the procedure, its coding and qualifier; none where there is none."""
    concept = item.get("productOrService")
    codings = [one for one in read(concept, "coding") if isinstance(one, dict)]
    chosen = procedure_coding(codings, kind)
    if chosen.get("system") == DATA_ABSENT:
        return {}
    of = str(chosen.get("system", ""))
    qualifier = next((code for name, code in _KINDS.items() if name in of), None)
    if qualifier is None and chosen and kind == "institutional":
        qualifier = "HC"
    told = concept.get("kind") if isinstance(concept, dict) else None
    text = concept.get("text") if isinstance(concept, dict) else None
    made: JsonObject = {"coding": [chosen]}
    if told or qualifier:
        made["kind"] = told or qualifier
    if isinstance(text, str) and _needs_words(chosen):
        made["text"] = text
    return made


def _needs_words(coding: JsonObject) -> bool:
    """Tell whether a payer asks for words: of a code that names no procedure of its own.

    CPT ends such codes in 99, HCPCS calls them unclassified (J3490 and the like).
    """
    code = str(coding.get("code", ""))
    return code.endswith("99") or code in _UNCLASSIFIED


_UNCLASSIFIED = frozenset({"J3490", "J3590", "J9999", "A9270", "A9900", "E1399", "S9999", "J8499"})


def procedure_coding(codings: Sequence[JsonObject], kind: ClaimKind) -> JsonObject:
    """Return the coding of CPT or HCPCS (of CDT on a dental claim), else the first one."""
    wanted = (CDT, *_PROCEDURES) if kind == "oral" else _PROCEDURES
    for system in wanted:
        for coding in codings:
            if system in str(coding.get("system", "")).lower():
                return coding
    return codings[0] if codings else {}


def read_line(item: JsonObject, kind: ClaimKind) -> None:
    """Give what the rows of a line have read its FHIR form: systems, programs, absent procedure."""
    concept = item.get("productOrService")
    if isinstance(concept, dict):
        qualifier = str(concept.pop("kind", ""))
        for one in _objects(concept, "coding"):
            one["system"] = procedure_system(qualifier, str(one.get("code", "")))
    elif kind == "institutional":
        absent: JsonObject = {"system": DATA_ABSENT, "code": "not-applicable"}
        item["productOrService"] = {"coding": [absent]}
    for one in _objects(item, "modifier.coding"):
        one["system"] = procedure_system("HC", str(one.get("code", "")))
    for one in (*_objects(item, "quantity"), *_objects(item, "detail.quantity")):
        if "code" in one:
            one.setdefault("system", UCUM)
    for one in _objects(item, "revenue.coding"):
        one.setdefault("system", REVENUE)
    programs: list[JsonValue] = [
        {"coding": [{"system": PROGRAM, "code": code}]}
        for code, name in _PROGRAMS.items()
        if item.pop(name, None)
    ]
    if programs:
        item["programCode"] = programs


def _objects(tree: JsonObject, path: str) -> list[JsonObject]:
    return [one for one in read(tree, path) if isinstance(one, dict)]


def procedure_system(qualifier: str, code: str) -> str:
    """Return the system of a procedure by its qualifier; HC holds both CPT and HCPCS II."""
    if qualifier == "AD":
        return CDT
    if qualifier == "HP":
        return HIPPS
    if qualifier == "HC":
        return CPT if code[:1].isdigit() else HCPCS
    return f"{NUBC}/procedure-{qualifier.lower()}" if qualifier else HCPCS
