"""Transformations of documents (TXA)."""

from collections.abc import Mapping

from mappers.apply import Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.datatypes import Context, V2Call, cwe, filled
from mappers.v2_fhir.identifier import ei
from mappers.v2_fhir.order_extension import table_coding
from mappers.v2_fhir.source import Node

STRUCTURES = "http://hl7.org/fhir/StructureDefinition"


def ei_document(node: Node, call: V2Call) -> JsonValue:
    """EI of a document."""
    return ei(node, call, "document")


def file_name(node: Node, call: V2Call) -> JsonValue:
    """ST: the file name of a document as its identifier."""
    found = node.whole().strip()
    system = call.context.feed.local_system("document-file")
    return {"system": system, "value": found} if found else None


def completion_status(node: Node, _call: V2Call) -> JsonValue:
    """TXA-17 as sent."""
    coded = table_coding("0271", node)
    concept: JsonObject = {"coding": [coded]}
    url = f"{STRUCTURES}/alternate-codes"
    return {"url": url, "valueCodeableConcept": concept} if coded else None


def document_type(node: Node, call: V2Call) -> JsonValue:
    """TXA-2: a code of table 0270 where no other system is named."""
    if node.text(1) and not node.text(3):
        return filled(coding=[table_coding("0270", node)], text=node.text(9) or node.text(2))
    return cwe(node, call)


def confidentiality(node: Node, _call: V2Call) -> JsonValue:
    """TXA-18: a label of table 0272."""
    coded = table_coding("0272", node)
    return {"coding": [coded]} if coded else None


def order_reference(node: Node, call: V2Call) -> JsonValue:
    """TXA-14 and TXA-15: a logical reference to the order a document is about."""
    is_placer = call.rule.source == "TXA-14"
    name, code = ("placer", "PLAC") if is_placer else ("filler", "FILL")
    identifier = ei(node, call, name, code)
    return {"type": "ServiceRequest", "identifier": identifier} if identifier else None


DOCUMENT_VALUES: Mapping[str, Transformation[Node, Context]] = {
    "ei-document": ei_document,
    "file-name": file_name,
    "completion-status": completion_status,
    "document-type": document_type,
    "confidentiality": confidentiality,
    "order-reference": order_reference,
}
