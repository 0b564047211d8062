"""Transformations of FT1: amounts, codes, references, and what R4 has no element for."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from mappers.apply import Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.charge_code import FORMS, ICD_FORM
from mappers.v2_fhir.datatypes import Context, V2Call, coding, cwe
from mappers.v2_fhir.feed import CANONICAL, CODE_SYSTEMS
from mappers.v2_fhir.finance_type import amount_of, money
from mappers.v2_fhir.identifier import ei, identifier_of
from mappers.v2_fhir.moment import to_datetime
from mappers.v2_fhir.schedule_type import place
from mappers.v2_fhir.source import Node

STRUCTURE = f"{CANONICAL}/StructureDefinition"
MODIFIER, UNIT_PRICE = f"{STRUCTURE}/charge-modifier", f"{STRUCTURE}/charge-unit-price"
LOCATION, REVENUE = f"{STRUCTURE}/charge-location", f"{STRUCTURE}/charge-revenue"
AUTHORIZATION = f"{STRUCTURE}/charge-authorization"
ICD_10_CM = CODE_SYSTEMS["I10C"]


def number_exact(node: Node, _call: V2Call) -> JsonValue:
    """NM as an exact decimal, None where it is no number."""
    return amount_of(node.text(1))


def _known(found: JsonObject) -> JsonObject:
    """Return a coding of a procedure with the system its form tells where none is told."""
    code = str(found.get("code", ""))
    system = next((one for form, one in FORMS if form.fullmatch(code)), "")
    return {"system": system, **found} if system and "system" not in found else found


def charge_coding(node: Node, call: V2Call) -> JsonValue:
    """CWE: its first coding."""
    return _known(coding(node, call)) or None


def charge_coding_alternate(node: Node, call: V2Call) -> JsonValue:
    """CWE: its alternate coding."""
    return _known(coding(node, call, 4)) or None if len(node.leaves) > 3 else None


def wording(node: Node, _call: V2Call) -> JsonValue:
    """CWE: its original text, else its name."""
    return node.text(9) or node.text(2) or node.text(5) or None


def _formed(node: Node, call: V2Call, form: Callable[[str], object], system: str) -> JsonValue:
    """Return CWE, its first coding of the system where none is told and the form is that one's."""
    found = cwe(node, call)
    codings = found.get("coding") if isinstance(found, dict) else None
    if isinstance(codings, list) and isinstance(codings[0], dict):
        first = codings[0]
        if "system" not in first and form(str(first.get("code", ""))):
            codings[0] = {"system": system, **first}
    return found


def diagnosis(node: Node, call: V2Call) -> JsonValue:
    """CWE of a diagnosis; ICD-10-CM by its form where no system is told."""
    return _formed(node, call, ICD_FORM.fullmatch, ICD_10_CM)


def drug(node: Node, call: V2Call) -> JsonValue:
    """CWE of a drug: a National Drug Code where no system is told (FT1-29 takes no other)."""
    return _formed(node, call, bool, CODE_SYSTEMS["NDC"])


def _extension(
    url: str, value: str, transform: Transformation[Node, Context]
) -> Transformation[Node, Context]:
    """Return a transformation that gives an extension with the value of another."""

    def extend(node: Node, call: V2Call) -> JsonValue:
        found = transform(node, call)
        return {"url": url, value: found} if found is not None else None

    return extend


def _authorization(node: Node, call: V2Call) -> JsonValue:
    value = node.text(1)
    if not value:
        return None
    return identifier_of(call, value, node.parts(4), "", "authorization")


def id_transaction(node: Node, call: V2Call) -> JsonValue:
    """ST or CX of a transaction, scoped by the feed."""
    value = node.text(1)
    return identifier_of(call, value, node.parts(4), "", "transaction") if value else None


def id_payment(node: Node, call: V2Call) -> JsonValue:
    """CX of a payment."""
    value = node.text(1)
    return identifier_of(call, value, node.parts(4), "", "payment") if value else None


def charge_reference(node: Node, call: V2Call) -> JsonValue:
    """CX of a transaction as a logical reference to a charge."""
    found = id_transaction(node, call)
    return {"type": "ChargeItem", "identifier": found} if found else None


def order_filler(node: Node, call: V2Call) -> JsonValue:
    """EI of a filler order number as a logical reference to the order."""
    found = ei(node, call, "filler", "FILL")
    return {"type": "ServiceRequest", "identifier": found} if found else None


def dr_end(node: Node, call: V2Call) -> JsonValue:
    """DR: its end."""
    return to_datetime(node.text(2), call.context.zone)


def _text(node: Node, _call: V2Call) -> JsonValue:
    return node.whole().strip() or None


def _quantity(node: Node, _call: V2Call) -> JsonValue:
    found = amount_of(node.text(1))
    return {"value": found} if isinstance(found, Decimal) else None


def _moment(node: Node, call: V2Call) -> JsonValue:
    return to_datetime(node.text(1), call.context.zone)


def _input(
    name: str, value: str, transform: Transformation[Node, Context]
) -> Transformation[Node, Context]:
    """Return a transformation that gives a named input of a Task."""

    def make(node: Node, call: V2Call) -> JsonValue:
        found = transform(node, call)
        return {"type": {"text": name}, value: found} if found is not None else None

    return make


CHARGES: Mapping[str, Transformation[Node, Context]] = {
    "number-exact": number_exact,
    "money": money,
    "charge-coding": charge_coding,
    "charge-coding-alternate": charge_coding_alternate,
    "wording": wording,
    "diagnosis": diagnosis,
    "drug": drug,
    "id-transaction": id_transaction,
    "id-payment": id_payment,
    "charge-reference": charge_reference,
    "order-filler": order_filler,
    "dr-end": dr_end,
    "unit-price": _extension(UNIT_PRICE, "valueMoney", money),
    "charge-location": _extension(LOCATION, "valueReference", place),
    "charge-modifier": _extension(MODIFIER, "valueCodeableConcept", cwe),
    "charge-revenue": _extension(REVENUE, "valueCodeableConcept", cwe),
    "charge-authorization": _extension(AUTHORIZATION, "valueIdentifier", _authorization),
    "input-type": _input("type", "valueString", _text),
    "input-description": _input("description", "valueString", _text),
    "input-amount": _input("amount", "valueMoney", money),
    "input-unit-amount": _input("unit amount", "valueMoney", money),
    "input-quantity": _input("quantity", "valueQuantity", _quantity),
    "input-plan": _input("plan", "valueCodeableConcept", cwe),
    "input-posted": _input("posted", "valueDateTime", _moment),
    "input-reference": _input("transaction reference", "valueString", _text),
}
