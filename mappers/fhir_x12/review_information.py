"""What a payer repeats of a review, and the diagnoses it speaks of: extensions, both ways."""

from mappers.fhir_x12 import pas
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.review_diagnosis_kind import LOINC
from mappers.fhir_x12.system import EXTENSION
from mappers.path import JsonObject, JsonValue, read

INFORMATION = f"{EXTENSION}/review-information"
"""UM and the dates of an event as the payer echoes them: R4 has no place for them in an answer."""


COMMUNICATED = pas.url("communicatedDiagnosis")


PARTS: tuple[tuple[str, str, str], ...] = (  # part, its value, the member of `event`
    ("request-type", "valueCode", "requestType"),
    ("certification", "valueCode", "certification"),
    ("category", "valueCode", "category"),
    ("cause", "valueCode", "cause"),
    ("level", "valueCode", "level"),
    ("location", "valueCodeableConcept", "location"),
    ("date", "valueDate", "date"),
    ("period", "valuePeriod", "period"),
    ("admission", "valueDate", "admission"),
    ("admission-period", "valuePeriod", "admissionPeriod"),
    ("discharge", "valueDate", "discharge"),
    ("discharge-period", "valuePeriod", "dischargePeriod"),
)


def information(subject: JsonObject) -> list[JsonValue]:
    """Return the extension that keeps what the payer echoes; none where it echoes nothing."""
    event = subject.get("event")
    told = event if isinstance(event, dict) else {}
    parts: list[JsonValue] = [
        {"url": part, member: told[name]} for part, member, name in PARTS if name in told
    ]
    return [{"url": INFORMATION, "extension": parts}] if parts else []


def informed_by(owner: JsonObject) -> JsonObject:
    """Return what `information` keeps: the inverse."""
    held = getter(f"extension[url={INFORMATION}]")(owner)
    return {
        name: value
        for part, member, name in PARTS
        for value in read(held, f"extension[url={part}].{member}")[:1]
    }


def communicated(subject: JsonObject) -> list[JsonValue]:
    """Return the diagnoses the payer speaks of; LOINC asks are no diagnoses."""
    made: list[JsonValue] = []
    for one in read(subject, "diagnosis"):
        concept = getter("diagnosisCodeableConcept")(one)
        codings = [
            *(c for c in read(concept, "coding") if read(c, "system") != [LOINC]),
            *read(one, "type.coding"),
        ]
        if read(concept, "coding.system") != [LOINC]:
            recorded = [
                part
                for part in read(one, "extension")
                if read(part, "url") == [pas.url("diagnosisRecordedDate")]
            ]
            told: JsonObject = {"extension": recorded} if recorded else {}
            told["coding"] = codings
            made.append({"url": COMMUNICATED, "valueCodeableConcept": told})
    return made


def communicated_by(owner: JsonObject) -> list[JsonValue]:
    """Return the diagnoses as the table of HI reads them: the inverse."""
    made: list[JsonValue] = []
    for one in read(owner, f"extension[url={COMMUNICATED}].valueCodeableConcept"):
        types = [c for c in read(one, "coding") if read(c, "system") == [pas.TEMPORARY]]
        codes = [c for c in read(one, "coding") if read(c, "system") != [pas.TEMPORARY]]
        entry: JsonObject = {"diagnosisCodeableConcept": {"coding": codes}}
        entry["extension"] = read(one, "extension")
        made.append({**entry, "type": [{"coding": types}]} if types else entry)
    return made
