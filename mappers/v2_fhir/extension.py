"""Transformations that give FHIR extensions: names and places of birth, race, ethnicity."""

import re
from collections.abc import Mapping

from mappers.apply import Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.contact import person_text
from mappers.v2_fhir.datatypes import Context, V2Call, cwe
from mappers.v2_fhir.moment import to_datetime
from mappers.v2_fhir.source import Node

STRUCTURES = "http://hl7.org/fhir/StructureDefinition"
US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition"
RACE_SYSTEM = "urn:oid:2.16.840.1.113883.6.238"
BROAD = ("1002-5", "2028-9", "2054-5", "2076-8", "2106-3", "2135-2", "2186-5")
_CODE = re.compile(r"\d{4}-\d")


def mothers_name(node: Node, call: V2Call) -> JsonValue:
    """PID-6: the mother's maiden name."""
    name = person_text(node, call)
    return _extension("patient-mothersMaidenName", valueString=name) if name else None


def birth_time(node: Node, call: V2Call) -> JsonValue:
    """PID-7 where it holds a time: the time of birth beside the day."""
    sent = node.text()
    found = to_datetime(sent, call.context.zone)
    if found is None or "T" not in found:
        return None
    return _extension("patient-birthTime", valueDateTime=found)


def religion(node: Node, call: V2Call) -> JsonValue:
    """PID-17."""
    return _extension("patient-religion", valueCodeableConcept=cwe(node, call))


def birth_place(node: Node, _call: V2Call) -> JsonValue:
    """PID-23: free text."""
    return _extension("patient-birthPlace", valueAddress={"text": node.whole()})


def race(node: Node, _call: V2Call) -> JsonValue:
    """PID-10: all repetitions as one US Core race extension."""
    return _us_core("us-core-race", node)


def ethnicity(node: Node, _call: V2Call) -> JsonValue:
    """PID-22: all repetitions as one US Core ethnicity extension."""
    return _us_core("us-core-ethnicity", node)


def _extension(name: str, **value: JsonValue) -> JsonObject:
    return {"url": f"{STRUCTURES}/{name}", **value}


def _us_core(name: str, node: Node) -> JsonValue:
    """Codes of the CDC set as categories or details, the wording of all as text."""
    parts: list[JsonValue] = []
    wording: list[str] = []
    for repetition in node.repetitions:
        code, display = repetition.text(1), repetition.text(2)
        repetition.text(3)
        wording.append(display or code)
        if _CODE.fullmatch(code):
            value: JsonObject = {"system": RACE_SYSTEM, "code": code}
            value |= {"display": display} if display else {}
            url = "ombCategory" if code in BROAD else "detailed"
            parts.append({"url": url, "valueCoding": value})
    text = ", ".join(part for part in wording if part)
    if not text:
        return None
    return {"url": f"{US_CORE}/{name}", "extension": [*parts, {"url": "text", "valueString": text}]}


EXTENSIONS: Mapping[str, Transformation[Node, Context]] = {
    "mothers-name": mothers_name,
    "birth-time": birth_time,
    "religion": religion,
    "birth-place": birth_place,
    "race": race,
    "ethnicity": ethnicity,
}
