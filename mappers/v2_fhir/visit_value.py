"""Transformations of persons and visits: who takes part, where, and what else is told of them."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from html import escape

from mappers.apply import Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.contact import location, person_text, xcn, xon
from mappers.v2_fhir.datatypes import Context, V2Call, coding, cwe, filled
from mappers.v2_fhir.extension import STRUCTURES
from mappers.v2_fhir.identifier import IDENTIFIER_TYPES, cx, ei
from mappers.v2_fhir.moment import to_date
from mappers.v2_fhir.source import Node

PARTICIPATION_TYPES = f"{TERMINOLOGY}/v3-ParticipationType"
TEMPORARY: JsonObject = {
    "url": f"{STRUCTURES}/subject-locationClassification",
    "valueCodeableConcept": {"coding": [{"code": "temporary"}]},
}


def fixed(node: Node, call: V2Call) -> JsonValue:
    """Return the constant of the rule, where the field holds something."""
    return call.rule.constant if node.whole().strip() else None


def known_code(node: Node, call: V2Call) -> JsonValue:
    """Return the code the map gives; one it has no target for is no work for a person."""
    found = call.code_map.translate(node.text()) if call.code_map else None
    return found.code if found else None


def trigger_code(node: Node, call: V2Call) -> JsonValue:
    """MSG: the code the map gives for the trigger event."""
    found = call.code_map.translate(node.text(2)) if call.code_map else None
    return found.code if found else None


def mapped_concept(node: Node, call: V2Call) -> JsonValue:
    """CWE as the one concept the map gives, for elements of a required value set."""
    found = call.translate(node.text())
    if found is None:
        return None
    node.parts(2), node.parts(3)
    return {"coding": [filled(system=found.system, code=found.code)]}


def table_coding(node: Node, call: V2Call) -> JsonValue:
    """CWE as a Coding, of the rule's table where no coding system is sent."""
    sent = coding(node, call)
    found = call.code_map.translate(node.text()) if call.code_map else None
    if not sent or "system" in sent or found is None:
        return sent or None
    return sent | filled(system=found.system, code=found.code)


def alternate_code(node: Node, call: V2Call) -> JsonValue:
    """CWE as the extension that keeps a code beside the required one."""
    sent = table_coding(node, call)
    if sent is None:
        return None
    concept: JsonObject = {"coding": [sent]}
    return {"url": f"{STRUCTURES}/alternate-codes", "valueCodeableConcept": concept}


def participant(node: Node, call: V2Call) -> JsonValue:
    """XCN as a participant of a visit, in the part the rule names."""
    found = xcn(node, call)
    if not found:
        return None
    part: JsonObject = {"system": PARTICIPATION_TYPES, "code": call.rule.constant}
    return {"type": [{"coding": [part]}], "individual": found}


def performer(node: Node, call: V2Call) -> JsonValue:
    """XCN as the performer of a procedure, in the function the rule names."""
    found = xcn(node, call)
    if not found:
        return None
    function: JsonObject = {"system": "http://snomed.info/sct", "code": call.rule.constant}
    return filled(function={"coding": [function]} if call.rule.constant else None, actor=found)


def place(node: Node, call: V2Call) -> JsonValue:
    """PL as a place of the visit, in the state the rule names."""
    found = location(node, call)
    return found | {"status": call.rule.constant} if isinstance(found, dict) else None


def temporary_place(node: Node, call: V2Call) -> JsonValue:
    """PL as a place where the patient is or was for a while."""
    found = place(node, call)
    return found | {"extension": [dict(TEMPORARY)]} if isinstance(found, dict) else None


def location_reference(node: Node, call: V2Call) -> JsonValue:
    """PL as a logical reference to a location."""
    found = location(node, call)
    return found["location"] if isinstance(found, dict) else None


def discharge_location(node: Node, call: V2Call) -> JsonValue:
    """DLD: a logical reference to the location a patient is discharged to."""
    value, name = node.text(1), node.text(1, 2)
    node.text(2)
    if not value:
        return None
    system = call.context.feed.local_system("location")
    return {
        "type": "Location",
        "identifier": {"system": system, "value": value},
        "display": name or value,
    }


def location_of(node: Node, call: V2Call) -> JsonValue:
    """HD as a logical reference to a location."""
    return _named(node, call, "Location", "location")


def organization_of(node: Node, call: V2Call) -> JsonValue:
    """HD as a logical reference to an organization."""
    return _named(node, call, "Organization", "organization")


def _named(node: Node, call: V2Call, type: str, default: str) -> JsonValue:
    name, universal, kind = node.text(1), node.text(2), node.text(3)
    if not name and not universal:
        return None
    feed = call.context.feed
    system = feed.identifier_system("", universal, kind, default)
    identifier: JsonObject = {"system": system, "value": name or universal}
    return filled(type=type, identifier=identifier, display=name)


def organization_name(node: Node, call: V2Call) -> JsonValue:
    """XON as text: the name, else the identifier."""
    found = xon(node, call)
    if not isinstance(found, dict):
        return None
    identifier = found.get("identifier")
    number = identifier.get("value") if isinstance(identifier, dict) else None
    return found.get("display") or number


def person(node: Node, call: V2Call) -> JsonValue:
    """XPN as a reference that has a name only."""
    name = person_text(node, call)
    return {"display": name} if name else None


def author(node: Node, call: V2Call) -> JsonValue:
    """XON as an agent of a Provenance who answers for what was sent."""
    found = xon(node, call)
    if not found:
        return None
    kind: JsonObject = {
        "system": f"{TERMINOLOGY}/provenance-participant-type",
        "code": "author",
    }
    return {"type": {"coding": [kind]}, "who": found}


def source_device(node: Node, call: V2Call) -> JsonValue:
    """HD as the application a message comes from, a source entity of a Provenance."""
    found = _named(node, call, "Device", "application")
    return {"role": "source", "what": found} if found else None


def message_reference(node: Node, call: V2Call) -> JsonValue:
    """MSH-10 as a logical reference to the message kept with its exchange."""
    found = node.text()
    system = call.context.feed.local_system("message")
    if not found:
        return None
    return {"type": "DocumentReference", "identifier": {"system": system, "value": found}}


def message_type(node: Node, _call: V2Call) -> JsonValue:
    """MSG as text: `ADT^A01^ADT_A01`."""
    return "^".join(part for part in (node.text(1), node.text(2), node.text(3)) if part) or None


def days(node: Node, _call: V2Call) -> JsonValue:
    """NM as a Duration in days."""
    try:
        value = Decimal(node.text())
    except InvalidOperation:
        return None
    if not value.is_finite():
        return None
    return {"value": value, "unit": "d", "system": "http://unitsofmeasure.org", "code": "d"}


def narrative(node: Node, _call: V2Call) -> JsonValue:
    """ST as the narrative of a resource."""
    text = escape(node.whole().strip(), quote=False)
    if not text:
        return None
    return {
        "status": "additional",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{text}</div>',
    }


def episode(node: Node, call: V2Call) -> JsonValue:
    """CX as a logical reference to an episode of care."""
    found = cx(node, call, "episode")
    return {"type": "EpisodeOfCare", "identifier": found} if found else None


def driver_license(node: Node, call: V2Call) -> JsonValue:
    """DLN: a driver's license number, scoped by the state that gave it."""
    value, state, expires = node.text(1), node.text(2), to_date(node.text(3))
    if not value:
        return None
    coding: JsonObject = {"system": IDENTIFIER_TYPES, "code": "DL"}
    system = call.context.feed.local_system(
        f"driver-license-{state}" if state else "driver-license"
    )
    return filled(
        type={"coding": [coding]},
        system=system,
        value=value,
        period={"end": expires} if expires else None,
    )


def citizenship(node: Node, call: V2Call) -> JsonValue:
    """CWE as the extension of one citizenship."""
    return _coded_extension("patient-citizenship", node, call)


def nationality(node: Node, call: V2Call) -> JsonValue:
    """CWE as the extension of the nationality."""
    return _coded_extension("patient-nationality", node, call)


def _coded_extension(name: str, node: Node, call: V2Call) -> JsonValue:
    found = cwe(node, call)
    if not found:
        return None
    inner: JsonObject = {"url": "code", "valueCodeableConcept": found}
    return {"url": f"{STRUCTURES}/{name}", "extension": [inner]}


def species(node: Node, call: V2Call) -> JsonValue:
    """CWE as the species of a patient that is an animal."""
    found = cwe(node, call)
    return {"url": "species", "valueCodeableConcept": found} if found else None


def breed(node: Node, call: V2Call) -> JsonValue:
    """CWE as the breed of a patient that is an animal."""
    found = cwe(node, call)
    return {"url": "breed", "valueCodeableConcept": found} if found else None


def modifier(node: Node, call: V2Call) -> JsonValue:
    """CWE as one more coding beside the code of a procedure."""
    return coding(node, call) or None


def ei_item(node: Node, call: V2Call) -> JsonValue:
    """EI of a diagnosis, an allergy or a procedure."""
    return ei(node, call, "item")


def ei_condition(node: Node, call: V2Call) -> JsonValue:
    """EI of a condition, as a logical reference."""
    found = ei(node, call, "item")
    return {"type": "Condition", "identifier": found} if found else None


def ei_procedure(node: Node, call: V2Call) -> JsonValue:
    """EI of a procedure, as a logical reference."""
    found = ei(node, call, "item")
    return {"type": "Procedure", "identifier": found} if found else None


VISIT_VALUES: Mapping[str, Transformation[Node, Context]] = {
    "fixed": fixed,
    "known-code": known_code,
    "trigger-code": trigger_code,
    "mapped-concept": mapped_concept,
    "coding": table_coding,
    "alternate-code": alternate_code,
    "participant": participant,
    "performer": performer,
    "visit-place": place,
    "temporary-place": temporary_place,
    "location-reference": location_reference,
    "discharge-location": discharge_location,
    "location-of": location_of,
    "organization-of": organization_of,
    "organization-name": organization_name,
    "person": person,
    "author": author,
    "source-device": source_device,
    "message-reference": message_reference,
    "message-type": message_type,
    "days": days,
    "narrative": narrative,
    "episode": episode,
    "driver-license": driver_license,
    "citizenship": citizenship,
    "nationality": nationality,
    "species": species,
    "breed": breed,
    "modifier": modifier,
    "ei-item": ei_item,
    "ei-condition": ei_condition,
    "ei-procedure": ei_procedure,
}
