"""Transformations of pharmacy and vaccination: doses, units, who gave what."""

from collections.abc import Mapping
from decimal import Decimal

from mappers.apply import Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.contact import xcn
from mappers.v2_fhir.datatypes import Context, V2Call, cwe, filled
from mappers.v2_fhir.identifier import IDENTIFIER_TYPES
from mappers.v2_fhir.order_extension import table_coding
from mappers.v2_fhir.source import Node
from mappers.v2_fhir.value import UCUM, quantity_of

UNKNOWN_DOSE = Decimal(999)
"""RXA-6 of a dose whose amount is not known (HL7 v2.5.1 chapter 4, 4.14.7.6)."""
NEW_RECORD = "00"
"""The code of RXA-9 (NIP001) that says the sender gave the dose itself."""
FUNCTIONS = f"{TERMINOLOGY}/v2-0443"
SUBSTITUTIONS: Mapping[str, str] = {"N": "N", "G": "G", "T": "TE"}
"""Table 0161 and 0167 by codes of v3-substanceAdminSubstitution."""


def plain_quantity(node: Node, _call: V2Call) -> JsonValue:
    """NM as the value of a quantity."""
    quantity = quantity_of(node.text())
    value = quantity["value"] if quantity and "comparator" not in quantity else None
    return value if isinstance(value, Decimal) else None


def dose(node: Node, call: V2Call) -> JsonValue:
    """NM of an amount given; 999 says that it is not known."""
    value = plain_quantity(node, call)
    return None if value == UNKNOWN_DOSE else value


def dose_unit(node: Node, call: V2Call) -> JsonValue:
    """CWE of a unit, written into the quantity: a code only where it is one of UCUM."""
    code, name, system = node.text(1), node.text(2), call.context.feed.code_system(node.text(3))
    known = filled(system=system, code=code) if system == UCUM and code else {}
    return filled(unit=name or code) | known or None


def count(node: Node, _call: V2Call) -> JsonValue:
    """NM that is a whole number, zero too."""
    found = node.text()
    return int(found) if found.isdigit() else None


def prescription_number(node: Node, call: V2Call) -> JsonValue:
    """ST: the number of a prescription."""
    found = node.text()
    system = call.context.feed.local_system("prescription")
    coding: JsonObject = {"system": IDENTIFIER_TYPES, "code": "RX"}
    named: JsonObject = {"type": {"coding": [coding]}, "system": system, "value": found}
    return named if found else None


def substitution(node: Node, _call: V2Call) -> JsonValue:
    """RXO-9 and RXE-9: whether another product may be given."""
    sent = node.text()
    code = SUBSTITUTIONS.get(sent)
    if code is None:
        coded = table_coding("0167", node)
        return {"coding": [coded]} if coded else None
    return {"coding": [{"system": f"{TERMINOLOGY}/v3-substanceAdminSubstitution", "code": code}]}


def component_kind(node: Node, _call: V2Call) -> JsonValue:
    """RXC-1: an additive is an active ingredient, the base is none."""
    return {"A": True, "B": False}.get(node.text())


def _in_part(node: Node, call: V2Call, code: str) -> JsonValue:
    person = xcn(node, call)
    coding: JsonObject = {"system": FUNCTIONS, "code": code}
    return {"function": {"coding": [coding]}, "actor": person} if person else None


def administering(node: Node, call: V2Call) -> JsonValue:
    """RXA-10: who gave it."""
    return _in_part(node, call, "AP")


def ordering(node: Node, call: V2Call) -> JsonValue:
    """ORC-12: who ordered it."""
    return _in_part(node, call, "OP")


def primary_source(node: Node, _call: V2Call) -> JsonValue:
    """RXA-9: whether the sender gave the dose itself."""
    sent = node.text()
    return sent == NEW_RECORD if sent else None


def report_origin(node: Node, call: V2Call) -> JsonValue:
    """RXA-9 of a dose that others gave: where it is known from."""
    return None if node.text() == NEW_RECORD else cwe(node, call)


PHARMACY_VALUES: Mapping[str, Transformation[Node, Context]] = {
    "plain-quantity": plain_quantity,
    "dose": dose,
    "dose-unit": dose_unit,
    "count": count,
    "prescription-number": prescription_number,
    "substitution": substitution,
    "component-kind": component_kind,
    "administering": administering,
    "ordering": ordering,
    "primary-source": primary_source,
    "report-origin": report_origin,
}
