"""Transformations of orders, their timing, their specimens and their laboratories."""

from collections.abc import Mapping

from mappers.apply import Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.contact import organization, xon
from mappers.v2_fhir.datatypes import Context, V2Call, filled
from mappers.v2_fhir.identifier import IDENTIFIER_TYPES, cx, ei, eip_filler, eip_placer
from mappers.v2_fhir.moment import to_time
from mappers.v2_fhir.source import Node
from mappers.v2_fhir.value import quantity_of

TIME_UNITS: Mapping[str, str] = {
    "s": "s",
    "sec": "s",
    "second": "s",
    "min": "min",
    "minute": "min",
    "h": "h",
    "hr": "h",
    "hour": "h",
    "d": "d",
    "day": "d",
    "wk": "wk",
    "week": "wk",
    "mo": "mo",
    "month": "mo",
    "a": "a",
    "yr": "a",
    "year": "a",
}
"""Units of time as senders write them, by the code of UCUM that R4 allows in a timing."""
PATTERN_TYPES = f"{TERMINOLOGY}/v2-0335"


def order_status(node: Node, call: V2Call) -> JsonValue:
    """ORC-1 as a status; a control code that says nothing of the status is no missing code."""
    sent = node.text()
    if call.code_map is not None and call.code_map.knows(sent):
        found = call.code_map.translate(sent)
        return found.code if found else None
    found = call.translate(sent)
    return found.code if found else None


def timing_priority(node: Node, call: V2Call) -> JsonValue:
    """TQ: the priority in component 6."""
    found = call.translate(node.text(6))
    return found.code if found else None


def repeat_pattern(node: Node, call: V2Call) -> JsonValue:
    """RPT: the patterns of table 0335 as the code of a timing, what else they say as text."""
    codings: list[JsonValue] = []
    wording: list[str] = []
    for one in node.repetitions:
        code, name, *system = (*one.parts(1), "", "", "")[:3]
        if code:
            named = call.context.feed.code_system(system[0]) if system and system[0] else ""
            codings.append(filled(system=named or PATTERN_TYPES, code=code, display=name))
        wording.append(one.whole().strip("^"))
    text = ", ".join(part for part in wording if part)
    return filled(coding=codings, text=text) or None


def time_of_day(node: Node, _call: V2Call) -> JsonValue:
    """TM of a timing."""
    return to_time(node.text())


def duration(node: Node, _call: V2Call) -> JsonValue:
    """CQ of a duration: its number and unit of time."""
    quantity = quantity_of(node.text(1))
    unit = TIME_UNITS.get(node.text(2).lower())
    if quantity is None or unit is None or "comparator" in quantity:
        return None
    return {"duration": quantity["value"], "durationUnit": unit}


def unsatisfactory(node: Node, _call: V2Call) -> JsonValue:
    """SPM-21: a specimen that was rejected."""
    return "unsatisfactory" if node.text(1) or node.text(2) else None


def parent_specimen(node: Node, call: V2Call) -> JsonValue:
    """SPM-3: a logical reference to the specimen this one was made of."""
    identifier = eip_filler(node, call) or eip_placer(node, call)
    return {"type": "Specimen", "identifier": identifier} if identifier else None


def specimen_source(node: Node, call: V2Call) -> JsonValue:
    """SPS: the source of the specimen in component 1, else the text in component 3."""
    code, name, system, *_ = (*node.parts(1), "", "", "")
    coded = filled(system=call.context.feed.code_system(system), code=code, display=name)
    text = name or node.text(3)
    return filled(coding=[coded] if code else None, text=text) or None


def cx_placer(node: Node, call: V2Call) -> JsonValue:
    """CX of another number of the placer."""
    return _typed(cx(node, call, "placer"), "PLAC")


def cx_specimen(node: Node, call: V2Call) -> JsonValue:
    """CX of another number of a specimen."""
    return cx(node, call, "specimen")


def ei_shipment(node: Node, call: V2Call) -> JsonValue:
    """EI of a shipment."""
    return ei(node, call, "shipment", "SHIP")


def _typed(identifier: JsonValue, code: str) -> JsonValue:
    if isinstance(identifier, dict):
        type: JsonObject = {"coding": [{"system": IDENTIFIER_TYPES, "code": code}]}
        return {"type": type} | identifier
    return None


def xon_identifier(node: Node, call: V2Call) -> JsonValue:
    """XON: the identifier of the organization."""
    found = xon(node, call)
    return found.get("identifier") if isinstance(found, dict) else None


def producer_identifier(node: Node, call: V2Call) -> JsonValue:
    """OBX-15: the producer's number, of CLIA where it says so."""
    found = organization(node, call)
    return found.get("identifier") if isinstance(found, dict) else None


ORDER_VALUES: Mapping[str, Transformation[Node, Context]] = {
    "order-status": order_status,
    "timing-priority": timing_priority,
    "repeat-pattern": repeat_pattern,
    "time": time_of_day,
    "duration": duration,
    "unsatisfactory": unsatisfactory,
    "parent-specimen": parent_specimen,
    "specimen-source": specimen_source,
    "cx-placer": cx_placer,
    "cx-specimen": cx_specimen,
    "ei-shipment": ei_shipment,
    "xon-identifier": xon_identifier,
    "producer-identifier": producer_identifier,
}
