"""HI both ways: diagnoses, procedures, and the codes of a stay (value, occurrence, condition...).

A table says which code list qualifier means what; the order of its rows is that of the segments.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from mappers.fhir_x12 import system
from mappers.fhir_x12.form import FORMS
from mappers.fhir_x12.problem import Problem
from mappers.fhir_x12.step import codes_of
from mappers.path import JsonObject, JsonValue
from mappers.x12.tree import Composite, Seg

Target = Literal["diagnosis", "procedure", "information"]
Shape = Literal["", "date", "period", "amount"]
ClaimKind = Literal["professional", "institutional", "oral"]
PER_SEGMENT = 12


@dataclass(frozen=True, slots=True)
class HealthCode:
    """One kind of HI: its qualifiers (today's, that of ICD-9) and what it is in a Claim.

    `type` is the diagnosis or procedure type, or the category of the information; `most` how many
    a claim may hold; `shape` what stands beside the code.
    """

    qualifiers: tuple[str, ...]
    target: Target
    type: str
    most: int
    shape: Shape = ""
    system: str = ""


_PRINCIPAL = HealthCode(("ABK", "BK"), "diagnosis", "principal", 1)
_CONDITION = "ConditionCodes"
HEALTH_CODES: Mapping[ClaimKind, tuple[HealthCode, ...]] = {
    "professional": (
        _PRINCIPAL,
        HealthCode(("ABF", "BF"), "diagnosis", "", 11),
        HealthCode(("BP",), "procedure", "anesthesia", 1, system=system.CPT),
        HealthCode(("BO",), "procedure", "anesthesiaother", 1, system=system.CPT),
        HealthCode(("BG",), "information", "condition", 24, system=_CONDITION),
    ),
    "institutional": (
        _PRINCIPAL,
        HealthCode(("ABJ", "BJ"), "diagnosis", "admitting", 1),
        HealthCode(("APR", "PR"), "diagnosis", "patientreasonforvisit", 3),
        HealthCode(("ABN", "BN"), "diagnosis", "externalcauseofinjury", 12),
        HealthCode(("DR",), "information", "drg", 1, system="DRG"),
        HealthCode(("ABF", "BF"), "diagnosis", "", 24),
        HealthCode(("BBR", "BR"), "procedure", "primary", 1, "date"),
        HealthCode(("BBQ", "BQ"), "procedure", "", 24, "date"),
        HealthCode(("BI",), "information", "occurrencespan", 24, "period", "OccurrenceSpanCodes"),
        HealthCode(("BH",), "information", "occurrence", 24, "date", "OccurrenceCodes"),
        HealthCode(("BE",), "information", "value", 24, "amount", "ValueCodes"),
        HealthCode(("BG",), "information", "condition", 24, system=_CONDITION),
        HealthCode(("TC",), "information", "treatment", 24, system="TreatmentCodes"),
    ),
    "oral": (
        _PRINCIPAL,
        HealthCode(("ABF", "BF"), "diagnosis", "", 3),
    ),
}
_SPECIAL = frozenset({"principal", "admitting", "patientreasonforvisit", "externalcauseofinjury"})
_POA = FORMS["on-admission"]
_DATE, _SPAN, _NUMBER = FORMS["date"], FORMS["span"], FORMS["number"]


@dataclass(frozen=True, slots=True)
class HealthCodes:
    """The HI segments of a claim; `positions` are those of the diagnoses, by their sequence."""

    segments: tuple[Seg, ...]
    positions: Mapping[int, int]
    problems: tuple[Problem, ...]


def health_codes(claim: JsonObject, kind: ClaimKind) -> HealthCodes:
    """Return the HI segments: the principal diagnosis first, then by the table."""
    rows = HEALTH_CODES[kind]
    listed = _objects(claim, "diagnosis")
    ranked = _ranked(listed)
    problems = list(_diagnosis_problems(listed, kind))
    segments: list[Seg] = []
    positions: dict[int, int] = {}
    for row in rows:
        found = list(_of_row(claim, row, ranked, kind))
        if row.target == "diagnosis" and row.type in {"principal", ""}:
            for one in found:
                positions.setdefault(_sequence(one), len(positions) + 1)
        if len(found) > row.most:
            problems.append(_too_many(row))
            found = found[: row.most]
        values = [value for one in found if (value := _composite(one, row))]
        segments += _split(values, together=segments, row=row, kind=kind)
    return HealthCodes(tuple(segments), positions, tuple(problems))


def _of_row(
    claim: JsonObject, row: HealthCode, ranked: Sequence[JsonObject], kind: ClaimKind
) -> Iterator[JsonObject]:
    """Yield what is written by a row."""
    if row.target == "diagnosis":
        yield from (one for one in ranked if _is_kind(one, row, ranked, kind))
        return
    listed = _objects(claim, "procedure" if row.target == "procedure" else "supportingInfo")
    yield from (one for one in listed if _is_other_kind(one, row, HEALTH_CODES[kind]))


def _too_many(row: HealthCode) -> Problem:
    name = "supportingInfo" if row.target == "information" else row.target
    message = f"more than {row.most} of them do not fit"
    return Problem("too-long", f"Claim.{name}", f"2300 HI {row.qualifiers[0]}", message)


def _split(
    values: Sequence[Composite], *, together: list[Seg], row: HealthCode, kind: ClaimKind
) -> list[Seg]:
    """Return the values as segments of up to twelve; other diagnoses stand beside the principal."""
    shares = kind != "institutional" and row.target == "diagnosis" and together
    if shares and row.type == "":
        head = together.pop()
        return [Seg("HI", (*head.values, *values))]
    return [
        Seg("HI", tuple(values[at : at + PER_SEGMENT])) for at in range(0, len(values), PER_SEGMENT)
    ]


def _objects(claim: JsonObject, name: str) -> list[JsonObject]:
    found = claim.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _sequence(entry: JsonObject) -> int:
    sequence = entry.get("sequence")
    return sequence if isinstance(sequence, int) else 0


def _types(entry: JsonObject) -> set[JsonValue]:
    listed = entry.get("type")
    return {code for one in (listed if isinstance(listed, list) else []) for code in codes_of(one)}


def _ranked(entries: Sequence[JsonObject]) -> list[JsonObject]:
    """Return the diagnoses as they are written: the principal one first, the others in order."""
    ordered = sorted(entries, key=_sequence)
    principal = [one for one in ordered if "principal" in _types(one)]
    plain = [one for one in ordered if not (_types(one) & _SPECIAL)]
    first = (principal or plain or ordered)[:1]
    return [*first, *(one for one in ordered if one is not first[0])] if first else []


def _is_kind(
    entry: JsonObject, row: HealthCode, ranked: Sequence[JsonObject], kind: ClaimKind
) -> bool:
    """Tell whether a diagnosis is written by a row; one may be principal and admitting."""
    if row.type == "principal":
        return entry is ranked[0]
    if row.type:
        return row.type in _types(entry)
    if kind != "institutional":
        return entry is not ranked[0]
    return entry is not ranked[0] and not (_types(entry) & _SPECIAL - {"principal"})


def _is_other_kind(entry: JsonObject, row: HealthCode, rows: Sequence[HealthCode]) -> bool:
    if row.target == "information":
        return row.type in codes_of(entry.get("category"))
    own = _types(entry)
    if row.type:
        return row.type in own
    return not any(one.type in own for one in rows if one.target == "procedure" and one.type)


def _diagnosis_problems(listed: Sequence[JsonObject], kind: ClaimKind) -> Iterator[Problem]:
    if not listed and kind != "oral":
        yield Problem("missing", "Claim.diagnosis", "2300 HI", "there is no diagnosis")
    for index, one in enumerate(listed):
        if not _coded(one.get("diagnosisCodeableConcept"))[0]:
            path = f"Claim.diagnosis[{index}].diagnosisCodeableConcept"
            yield Problem("missing", path, "2300 HI", "has no ICD-10-CM code")


def _coded(concept: JsonValue) -> tuple[str, bool]:
    """Return an ICD code without its dot, and whether it is of ICD-9; of other systems none."""
    codings = concept.get("coding") if isinstance(concept, dict) else None
    by_system: dict[JsonValue, JsonValue] = {}
    for one in codings if isinstance(codings, list) else []:
        if isinstance(one, dict):
            by_system.setdefault(one.get("system"), one.get("code"))
    for name in (system.ICD_10_CM, None, "", system.ICD_9_CM):
        code = by_system.get(name)
        if isinstance(code, str) and code.strip():
            return code.replace(".", "").strip().upper(), name == system.ICD_9_CM
    return "", False


def _composite(entry: JsonObject, row: HealthCode) -> Composite:
    """Return the composite of one code; empty where it has none."""
    if row.target == "diagnosis":
        code, is_old = _coded(entry.get("diagnosisCodeableConcept"))
        told = _POA.write(entry.get("onAdmission"), 1)
        head = (row.qualifiers[-1 if is_old else 0], code)
        return () if not code else (*head, *((None,) * 6), told) if told else head
    if row.target == "procedure":
        code, is_old = _procedure(entry.get("procedureCodeableConcept"))
        date = _DATE.write(entry.get("date"), 8) if row.shape else None
        head = (row.qualifiers[-1 if is_old else 0], code)
        return () if not code else (*head, "D8", date) if date else head
    code = next((str(one) for one in codes_of(entry.get("code")) if one), "")
    return (row.qualifiers[0], code, *_beside(entry, row.shape)) if code else ()


def _procedure(concept: JsonValue) -> tuple[str, bool]:
    codings = concept.get("coding") if isinstance(concept, dict) else None
    for one in codings if isinstance(codings, list) else []:
        code = one.get("code") if isinstance(one, dict) else None
        if isinstance(code, str) and isinstance(one, dict):
            return code.replace(".", ""), one.get("system") == system.ICD_9_PROCEDURES
    return "", False


def _beside(entry: JsonObject, shape: Shape) -> tuple[str | None, ...]:
    if shape == "date":
        told = _DATE.write(entry.get("timingDate"), 8)
        return ("D8", told) if told else ()
    if shape == "period":
        told = _SPAN.write(entry.get("timingPeriod"), 17)
        return ("RD8", told) if told else ()
    if shape == "amount":
        held = entry.get("valueQuantity")
        told = _NUMBER.write(held.get("value"), 18) if isinstance(held, dict) else None
        return (None, None, told) if told else ()
    return ()
