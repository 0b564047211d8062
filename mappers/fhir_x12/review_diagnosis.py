"""HI of a review, both ways: diagnoses with the day they were recorded, groups and LOINC asks."""

from collections.abc import Sequence

from mappers.fhir_x12 import pas
from mappers.fhir_x12.form import FORMS
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.review_diagnosis_kind import GROUPS, KINDS, LOINC, MEANT, MOST
from mappers.fhir_x12.segment import Notes, Pair
from mappers.fhir_x12.system import ICD_9_CM, ICD_10_CM
from mappers.path import JsonObject, JsonValue
from mappers.x12.lexer import Segment
from mappers.x12.tree import Composite, Seg

_ICD_9 = ("http://terminology.hl7.org/CodeSystem/icd9cm",)


_RECORDED = getter(f"{pas.extension('diagnosisRecordedDate')}.valueDate")


_TYPE = getter(f"type[0].coding[system={pas.TEMPORARY}].code")


_CODINGS = getter("diagnosisCodeableConcept")


def _write(subject: JsonObject, notes: Notes) -> list[Seg]:
    """Return the HI of the diagnoses, at most twelve, the principal one first."""
    del notes
    found = subject.get("diagnosis")
    listed = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    told = [made for one in listed if (made := _composite(one))]
    told.sort(key=lambda one: one[0] not in {"ABK", "BK"})
    return [Seg("HI", tuple(told[:MOST]))] if told else []


def _composite(diagnosis: JsonObject) -> Composite | None:
    kind = _TYPE(diagnosis)
    for coding in _codings(diagnosis):
        system, code = coding.get("system", ICD_10_CM), coding.get("code")
        system = ICD_9_CM if system in _ICD_9 else str(system)
        qualifier = KINDS.get((system, str(kind or ""))) or KINDS.get((system, ""))
        if qualifier and isinstance(code, str):
            day = _RECORDED(diagnosis)
            told = FORMS["date"].write(day, 8) if day else None
            bare = code if qualifier in {"LOI", "DR"} else code.replace(".", "").upper()
            return (qualifier, bare, "D8", told) if told else (qualifier, bare)
    return None


def _codings(diagnosis: JsonObject) -> list[JsonObject]:
    concept = _CODINGS(diagnosis)
    found = concept.get("coding") if isinstance(concept, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _read(segment: Segment, subject: JsonObject) -> Sequence[str] | None:
    lost: list[str] = []
    held = subject.setdefault("diagnosis", [])
    entries = held if isinstance(held, list) else []
    for number in range(1, len(segment.elements)):
        qualifier, code = segment.component(number, 1), segment.component(number, 2)
        if qualifier not in MEANT or not code:
            lost.append(f"HI{number:02d}")
            continue
        entries.append(_entry(len(entries) + 1, *MEANT[qualifier], code))
        day = (
            FORMS["date"].read(segment.component(number, 4)) if segment.component(number, 4) else ""
        )
        if day:
            _add(entries[-1], day)
    return lost


def _entry(sequence: int, system: str, kind: str, code: str) -> JsonObject:
    dotted = code if system == LOINC or system in GROUPS or len(code) < 4 else _dotted(system, code)
    coding: JsonObject = {"system": system, "code": dotted}
    typed: JsonObject = {
        "type": [{"coding": [{"system": pas.TEMPORARY, "code": kind}]}],
    }
    return {
        "sequence": sequence,
        "diagnosisCodeableConcept": {"coding": [coding]},
        **(typed if kind else {}),
    }


def _dotted(system: str, code: str) -> str:
    """Return a code with its dot: after the third character, of an ICD-9 E code the fourth."""
    at = 4 if system == ICD_9_CM and code.startswith("E") else 3
    return f"{code[:at]}.{code[at:]}" if len(code) > at else code


def _add(entry: JsonValue, day: JsonValue) -> None:
    if isinstance(entry, dict):
        entry["extension"] = [{"url": pas.url("diagnosisRecordedDate"), "valueDate": day}]


DIAGNOSES = Pair(
    "HI",
    "diagnosis, at most twelve: HI01-1 by system and type, HI01-2 the code without its dot, "
    "HI01-4 the extension diagnosisRecordedDate",
    _write,
    _read,
)
