"""Transformations of the financial segments (IN1, IN2, GT1, FT1): numbers, names, amounts."""

import re
from collections.abc import Mapping
from decimal import Decimal

from mappers.apply import Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.datatypes import Context, V2Call, cwe, filled
from mappers.v2_fhir.identifier import IDENTIFIER_TYPES, cx, identifier_of
from mappers.v2_fhir.source import Node

_AMOUNT = re.compile(r"\s*([+-]?(?:[0-9]{1,12}(?:\.[0-9]{0,6})?|\.[0-9]{1,6}))\s*")
_CURRENCY = re.compile(r"[A-Z]{3}")


def _cx_of(default: str, type_code: str = "") -> Transformation[Node, Context]:
    """Return CX of a namespace, with the type of table 0203 where none is sent."""

    def transform(node: Node, call: V2Call) -> JsonValue:
        found = cx(node, call, default)
        if isinstance(found, dict) and type_code and "type" not in found:
            coding: JsonObject = {"system": IDENTIFIER_TYPES, "code": type_code}
            return {"type": {"coding": [coding]}, **found}
        return found

    return transform


def _number_of(default: str, type_code: str) -> Transformation[Node, Context]:
    """Return ST or the first component of CX as an identifier of the type."""

    def transform(node: Node, call: V2Call) -> JsonValue:
        value = node.text(1)
        return identifier_of(call, value, node.parts(4), type_code, default) if value else None

    return transform


def cx_value(node: Node, _call: V2Call) -> JsonValue:
    """CX: the number alone, where the element holds text."""
    return node.text(1) or None


def xon_name(node: Node, _call: V2Call) -> JsonValue:
    """XON: the name of the organization."""
    return node.text(1) or None


def xon_payor(node: Node, call: V2Call) -> JsonValue:
    """XON of a payor without a number of its own: its id in the XON, else its name, identifies."""
    value, kind = node.text(10) or node.text(3), node.text(7)
    if value:
        return identifier_of(call, value, node.parts(6), kind, "payor")
    name = " ".join(node.text(1).casefold().split())
    return {"system": call.context.feed.local_system("payor-name"), "value": name} if name else None


def class_coded(node: Node, _call: V2Call) -> JsonValue:
    """CWE of a plan: its code and name, the name alone where there is no code."""
    value, name = node.text(1), node.text(2) or node.text(9)
    return filled(value=value or name, name=name) or None


def relationship(node: Node, call: V2Call) -> JsonValue:
    """CWE of table 0063; a code the table has no translation for is kept, and is no work."""
    is_known = call.code_map is not None and call.code_map.knows(node.text(1))
    found = call.code_map.translate(node.text(1)) if call.code_map else None
    if is_known and found is None:
        return cwe(node, V2Call(call.context, call.rule, None, call.trace))
    return cwe(node, call)


def amount_of(text: str) -> Decimal | None:
    """Return an amount exactly as written, None where the text is no number of a charge.

    Twelve digits and six decimals are more than any: products of two stay exact.
    """
    match = _AMOUNT.fullmatch(text)
    return Decimal(match[1]) if match else None


def money(node: Node, _call: V2Call) -> JsonValue:
    """CP and MO: an amount and its currency (ISO 4217), US dollars where none is told."""
    found = amount_of(node.text(1))
    if found is None:
        return None
    currency = node.text(1, 2).upper()
    return {"value": found, "currency": currency if _CURRENCY.fullmatch(currency) else "USD"}


FINANCES: Mapping[str, Transformation[Node, Context]] = {
    "cx-account": _cx_of("account", "AN"),
    "cx-employee": _cx_of("employee", "EI"),
    "cx-guarantor": _cx_of("guarantor"),
    "cx-member": _cx_of("member", "MB"),
    "cx-payor": _cx_of("payor"),
    "cx-value": cx_value,
    "id-medicare": _number_of("medicare", "MC"),
    "id-medicaid": _number_of("medicaid", "MA"),
    "id-military": _number_of("military", "MI"),
    "relationship": relationship,
    "xon-name": xon_name,
    "xon-payor": xon_payor,
    "class-coded": class_coded,
}
