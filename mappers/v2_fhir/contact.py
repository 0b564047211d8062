"""People and places: names, addresses, telecommunication, logical references to who did what."""

from collections.abc import Mapping

from mappers.apply import Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.codes import ADDRESS_TYPE, ADDRESS_USE, NAME_USE, TELECOM_SYSTEM, TELECOM_USE
from mappers.v2_fhir.datatypes import Context, V2Call, filled, period_of
from mappers.v2_fhir.identifier import AUTHORITIES, identifier_of
from mappers.v2_fhir.source import Node


def xpn(node: Node, call: V2Call) -> JsonValue:
    """XPN: a name with its use of table 0200."""
    given: list[JsonValue] = [part for part in (node.text(2), node.text(3)) if part]
    suffix: list[JsonValue] = [part for part in (node.text(4), node.text(6)) if part]
    use = NAME_USE.translate(node.text(7))
    named = filled(family=node.text(1), given=given)
    if not named:
        return None
    return (
        filled(use=use.code if use else None)
        | named
        | filled(
            prefix=[node.text(5)] if node.text(5) else None,
            suffix=suffix,
            period=period_of(node, call, 12, 13),
        )
    )


def person_text(node: Node, _call: V2Call) -> JsonValue:
    """XPN as one line, for elements that hold text."""
    return " ".join(part for part in (node.text(5), node.text(2), node.text(1)) if part) or None


def xad(node: Node, call: V2Call) -> JsonValue:
    """XAD: an address with its use and type of table 0190."""
    whole, name, number = node.text(1, 1), node.text(1, 2), node.text(1, 3)
    others = (part for part in (number, name) if part and part not in whole)
    street = " ".join((whole, *others)).strip()
    line: list[JsonValue] = [part for part in (street, node.text(2)) if part]
    use, kind = ADDRESS_USE.translate(node.text(7)), ADDRESS_TYPE.translate(node.text(7))
    found = filled(
        use=use.code if use else None,
        type=kind.code if kind else None,
        line=line,
        city=node.text(3),
        district=node.text(9),
        state=node.text(4),
        postalCode=node.text(5),
        country=node.text(6),
        period=period_of(node, call, 13, 14),
    )
    return found if set(found) - {"use", "type", "period"} else None


def xtn(node: Node, _call: V2Call, use: str = "") -> JsonValue:
    """XTN: a telephone number or mail address; `use` holds where component 2 says nothing."""
    kind = TELECOM_SYSTEM.translate(node.text(3))
    said = TELECOM_USE.translate(node.text(2))
    mail = node.text(4) if kind is None or kind.code == "email" else ""
    value = mail or _number(node)
    if not value:
        return None
    chosen = "mobile" if node.text(3) == "CP" else said.code if said else use
    system = "email" if mail else kind.code if kind and kind.code != "email" else "phone"
    return filled(system=system, value=value, use=chosen)


def _number(node: Node) -> str:
    """Return the number: unformatted, as text in component 1 or 12, or from its parts."""
    whole = node.text(1) or node.text(12)
    if whole:
        return whole
    number = "-".join(part for part in (node.text(6), node.text(7)) if part)
    country = f"+{node.text(5).lstrip('+')} " if node.text(5) and number else ""
    extension = f" x{node.text(8)}" if node.text(8) and number else ""
    return f"{country}{number}{extension}"


def xtn_home(node: Node, call: V2Call) -> JsonValue:
    """XTN in a field for home numbers."""
    return xtn(node, call, "home")


def xtn_work(node: Node, call: V2Call) -> JsonValue:
    """XTN in a field for business numbers."""
    return xtn(node, call, "work")


def _typed(type: str, reference: JsonObject) -> JsonValue:
    """Return a logical reference to a resource of the type, None where nothing names it."""
    start: JsonObject = {"type": type}
    return start | reference if reference else None


def xcn(node: Node, call: V2Call) -> JsonValue:
    """XCN: a logical reference to a practitioner, by identifier and name."""
    name = [node.text(6), node.text(3), node.text(4), node.text(2), node.text(5), node.text(7)]
    found = filled(
        identifier=identifier_of(call, node.text(1), node.parts(9), node.text(13), "practitioner")
        if node.text(1)
        else None,
        display=" ".join(part for part in name if part),
    )
    return _typed("Practitioner", found)


def ndl(node: Node, call: V2Call) -> JsonValue:
    """NDL: a logical reference to the practitioner in its first component (CNN)."""
    number, family, given, second, suffix, prefix, degree = (*node.parts(1), *("",) * 7)[:7]
    name = " ".join(part for part in (prefix, given, second, family, suffix, degree) if part)
    identifier = identifier_of(call, number, [], "", "practitioner") if number else None
    found = filled(identifier=identifier, display=name)
    return _typed("Practitioner", found)


def xon(node: Node, call: V2Call) -> JsonValue:
    """XON: a logical reference to an organization, by identifier and name."""
    value = node.text(10) or node.text(3)
    found = filled(
        identifier=identifier_of(call, value, node.parts(6), node.text(7), "organization")
        if value
        else None,
        display=node.text(1),
    )
    return _typed("Organization", found)


def organization(node: Node, call: V2Call) -> JsonValue:
    """CWE that names an organization: a logical reference."""
    value, name = node.text(1), node.text(2)
    feed = call.context.feed
    system = AUTHORITIES.get(node.text(3).upper()) or feed.code_system(node.text(3))
    system = system or feed.local_system("organization")
    found = filled(identifier={"system": system, "value": value} if value else None, display=name)
    return _typed("Organization", found)


def location(node: Node, call: V2Call) -> JsonValue:
    """PL: a logical reference to a location, its parts from the widest to the bed."""
    order = (4, 7, 8, 1, 2, 3)
    parts = [node.text(at) for at in order if node.text(at)]
    name = node.text(9) or ", ".join(parts)
    if not name:
        return None
    system = call.context.feed.local_system("location")
    value = "/".join(parts) or name
    return {
        "location": {
            "type": "Location",
            "identifier": {"system": system, "value": value},
            "display": name,
        },
        "status": "active",
    }


CONTACTS: Mapping[str, Transformation[Node, Context]] = {
    "xpn": xpn,
    "xad": xad,
    "xtn": xtn,
    "xtn-home": xtn_home,
    "xtn-work": xtn_work,
    "xcn": xcn,
    "ndl": ndl,
    "xon": xon,
    "organization": organization,
}
