"""Transformations of orders and results whose target is an extension, or a code kept as sent.

Extensions are those the v2-to-FHIR guide names: what R4 has no element for stays in the resource
with its own code, so that it can be written back.
"""

from collections.abc import Mapping

from mappers.apply import Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.contact import ndl, xtn
from mappers.v2_fhir.datatypes import Context, V2Call, coding, cwe, filled
from mappers.v2_fhir.moment import to_datetime
from mappers.v2_fhir.source import Node

STRUCTURES = "http://hl7.org/fhir/StructureDefinition"
STRUCTURE_TYPES = f"{STRUCTURES}/observation-structure-type"
PARTICIPATION = f"{TERMINOLOGY}/v3-ParticipationType"


def table_coding(table: str, node: Node) -> JsonObject:
    """Return the code of a v2 table as sent: `table_coding("0119", node)`."""
    system, sent = f"{TERMINOLOGY}/v2-{table}", node.text()
    return filled(system=system, code=sent, display=node.text(2)) if sent else {}


def _concept(url: str, coded: JsonObject) -> JsonValue:
    if not coded:
        return None
    return {"url": f"{STRUCTURES}/{url}", "valueCodeableConcept": {"coding": [coded]}}


def result_status(node: Node, _call: V2Call) -> JsonValue:
    """OBX-11 as sent, where a FHIR status says less than it."""
    return _concept("alternate-codes", table_coding("0085", node))


def report_status(node: Node, _call: V2Call) -> JsonValue:
    """OBR-25 as sent, where a FHIR status says less than it."""
    return _concept("alternate-codes", table_coding("0123", node))


def abnormal_nature(node: Node, _call: V2Call) -> JsonValue:
    """OBX-10: the population a reference range is of."""
    return _concept("observation-nature-of-abnormal-test", table_coding("0080", node))


def structure_type(node: Node, _call: V2Call) -> JsonValue:
    """OBX-30."""
    sent = node.text()
    if not sent:
        return None
    return {
        "url": STRUCTURE_TYPES,
        "valueCodeableConcept": {"coding": [{"system": STRUCTURE_TYPES, "code": sent}]},
    }


def analysis_time(node: Node, call: V2Call) -> JsonValue:
    """OBX-19."""
    found = to_datetime(node.text(), call.context.zone)
    url = f"{STRUCTURES}/observation-analysis-date-time"
    return {"url": url, "valueDateTime": found} if found else None


def observation_type(node: Node, _call: V2Call) -> JsonValue:
    """OBX-29 as a category of table 0936."""
    coded = table_coding("0936", node)
    return {"coding": [coded]} if coded else None


def order_control(node: Node, _call: V2Call) -> JsonValue:
    """ORC-1 as the business event of the order."""
    coded = table_coding("0119", node)
    concept: JsonObject = {"url": "value", "valueCodeableConcept": {"coding": [coded]}}
    return {"url": f"{STRUCTURES}/businessEvent", "extension": [concept]} if coded else None


def status_reason(node: Node, call: V2Call) -> JsonValue:
    """ORC-16: why the order is held, cancelled or changed."""
    concept = cwe(node, call)
    url = f"{STRUCTURES}/request-statusReason"
    return {"url": url, "valueCodeableConcept": concept} if concept else None


def callback_number(node: Node, call: V2Call) -> JsonValue:
    """ORC-14 and OBR-17: where the orderer is called back."""
    point = xtn(node, call, "work")
    url = f"{STRUCTURES}/servicerequest-order-callback-phone-number"
    return {"url": url, "valueContactPoint": point} if point else None


def security_label(node: Node, call: V2Call) -> JsonValue:
    """ORC-28, TXA-18: a confidentiality label."""
    return coding(node, call) or None


def group_identifier(node: Node, call: V2Call) -> JsonValue:
    """ORC-4: the number of the requisition, as an EI or as the placer's half of an EIP."""
    value, *authority = (*node.parts(1), "", "", "", "")[:4]
    if not value:
        return None
    others = [node.text(at) for at in (2, 3, 4)]
    namespace, universal, kind = authority if any(authority) else others
    system = call.context.feed.identifier_system(namespace, universal, kind, "requisition")
    return {"system": system, "value": value}


def note_type(node: Node, call: V2Call) -> JsonValue:
    """NTE-4."""
    concept = cwe(node, call)
    return (
        {"url": f"{STRUCTURES}/annotationType", "valueCodeableConcept": concept}
        if concept
        else None
    )


def _performer(node: Node, call: V2Call, code: str) -> JsonValue:
    person = ndl(node, call)
    if not isinstance(person, dict):
        return None
    role: JsonObject = {"coding": [{"system": PARTICIPATION, "code": code}]}
    url = f"{STRUCTURES}/event-performerFunction"
    return person | {"extension": [{"url": url, "valueCodeableConcept": role}]}


def technician(node: Node, call: V2Call) -> JsonValue:
    """OBR-34: who did the work."""
    return _performer(node, call, "SPRF")


def transcriptionist(node: Node, call: V2Call) -> JsonValue:
    """OBR-35: who wrote the report down."""
    return _performer(node, call, "TRANS")


ORDER_EXTENSIONS: Mapping[str, Transformation[Node, Context]] = {
    "result-status": result_status,
    "report-status": report_status,
    "abnormal-nature": abnormal_nature,
    "structure-type": structure_type,
    "analysis-time": analysis_time,
    "observation-type": observation_type,
    "order-control": order_control,
    "status-reason": status_reason,
    "callback-number": callback_number,
    "security-label": security_label,
    "group-identifier": group_identifier,
    "note-type": note_type,
    "technician": technician,
    "transcriptionist": transcriptionist,
}
