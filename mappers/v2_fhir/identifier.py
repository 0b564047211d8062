"""Identifiers: CX, EI and EIP to Identifier, scoped by their assigning authority."""

from collections.abc import Mapping

from mappers.apply import Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.datatypes import Context, V2Call, filled, period_of
from mappers.v2_fhir.feed import TYPE_SYSTEMS
from mappers.v2_fhir.source import Node

CLIA_SYSTEM = "urn:oid:2.16.840.1.113883.4.7"
"""Numbers of laboratories under the Clinical Laboratory Improvement Amendments."""
AUTHORITIES: Mapping[str, str] = {"CLIA": CLIA_SYSTEM}
"""Authorities that senders name without their OID."""
IDENTIFIER_TYPES = f"{TERMINOLOGY}/v2-0203"


def identifier_of(
    call: V2Call, value: str, authority: list[str], type_code: str, default: str
) -> JsonObject:
    """Return an Identifier; `authority` is an HD: namespace, universal id and its type."""
    namespace, universal, kind = (*authority, "", "", "")[:3]
    feed = call.context.feed
    system = feed.identifier_system(namespace, universal, kind, default)
    if type_code in TYPE_SYSTEMS and not universal and namespace not in feed.systems:
        system = TYPE_SYSTEMS[type_code]
    if namespace in AUTHORITIES and not universal and namespace not in feed.systems:
        system = AUTHORITIES[namespace]
    coding: JsonObject = {"system": IDENTIFIER_TYPES, "code": type_code}
    return filled(
        type={"coding": [coding]} if type_code else None,
        system=system,
        value=value,
        assigner={"display": namespace} if namespace and universal else None,
    )


def cx(node: Node, call: V2Call, default: str = "patient") -> JsonValue:
    """CX: an identifier, its type of table 0203, scoped by its assigning authority."""
    if not node.text(1):
        return None
    found = identifier_of(call, node.text(1), node.parts(4), node.text(5), default)
    return found | filled(period=period_of(node, call, 7, 8))


def cx_visit(node: Node, call: V2Call) -> JsonValue:
    """CX of a visit number: type VN where none is sent."""
    found = cx(node, call, "visit")
    if isinstance(found, dict):
        found.setdefault("type", {"coding": [{"system": IDENTIFIER_TYPES, "code": "VN"}]})
    return found


def cx_accession(node: Node, call: V2Call) -> JsonValue:
    """CX of an accession."""
    return cx(node, call, "accession")


def ssn(node: Node, _call: V2Call) -> JsonValue:
    """ST that holds a social security number."""
    found = node.text()
    coding: JsonObject = {"system": IDENTIFIER_TYPES, "code": "SS"}
    return (
        filled(type={"coding": [coding]}, system=TYPE_SYSTEMS["SS"], value=found) if found else None
    )


def ei(node: Node, call: V2Call, default: str = "entity", type_code: str = "") -> JsonValue:
    """EI: an identifier with its authority in components 2 to 4."""
    if not node.text(1):
        return None
    authority = [node.text(2), node.text(3), node.text(4)]
    return identifier_of(call, node.text(1), authority, type_code, default)


def ei_placer(node: Node, call: V2Call) -> JsonValue:
    """EI of a placer order number."""
    return ei(node, call, "placer", "PLAC")


def ei_filler(node: Node, call: V2Call) -> JsonValue:
    """EI of a filler order number."""
    return ei(node, call, "filler", "FILL")


def ei_observation(node: Node, call: V2Call) -> JsonValue:
    """EI of an observation instance."""
    return ei(node, call, "observation", "FILL")


def ei_device(node: Node, call: V2Call) -> JsonValue:
    """EI of equipment, as a logical reference to the device."""
    found = ei(node, call, "device")
    return {"type": "Device", "identifier": found} if found else None


def eip_placer(node: Node, call: V2Call) -> JsonValue:
    """EIP: the identifier the placer gave."""
    value, *authority = (*node.parts(1), "")
    return identifier_of(call, value, authority, "PLAC", "specimen") if value else None


def eip_filler(node: Node, call: V2Call) -> JsonValue:
    """EIP: the identifier the filler gave."""
    value, *authority = (*node.parts(2), "")
    return identifier_of(call, value, authority, "FILL", "specimen") if value else None


def control_id(node: Node, call: V2Call) -> JsonValue:
    """MSH-10 as the identifier of the Bundle, scoped by the feed."""
    found = node.text()
    system = call.context.feed.local_system("message")
    return {"system": system, "value": found} if found else None


IDENTIFIERS: Mapping[str, Transformation[Node, Context]] = {
    "cx": cx,
    "cx-visit": cx_visit,
    "cx-accession": cx_accession,
    "ssn": ssn,
    "ei-placer": ei_placer,
    "ei-filler": ei_filler,
    "ei-observation": ei_observation,
    "ei-device": ei_device,
    "eip-placer": eip_placer,
    "eip-filler": eip_filler,
    "control-id": control_id,
}
