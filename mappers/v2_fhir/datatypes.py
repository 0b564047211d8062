"""HL7 v2 data types to FHIR data types: the transformations that tables name.

Each is a small function of one node (a repetition of a field) and the call; None means that the
node holds nothing the FHIR type can carry, and the ledger then lists the field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal

from mappers.apply import Call, Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.codes import (
    ADDRESS_TYPE,
    ADDRESS_USE,
    NAME_USE,
    TELECOM_SYSTEM,
    TELECOM_USE,
    TERMINOLOGY,
)
from mappers.v2_fhir.feed import TYPE_SYSTEMS, Feed
from mappers.v2_fhir.moment import to_date, to_datetime, to_instant, to_time
from mappers.v2_fhir.source import Node

IDENTIFIER_TYPES = f"{TERMINOLOGY}/v2-0203"


@dataclass(frozen=True, slots=True)
class Context:
    """What transformations need beside the node: the feed and the time zone of the message."""

    feed: Feed
    zone: tzinfo


V2Call = Call[Context]


def filled(**members: JsonValue) -> JsonObject:
    """Return an object of the members that hold something; zero and false do."""
    return {
        name: value
        for name, value in members.items()
        if value or isinstance(value, (bool, int, Decimal))
    }


def text(node: Node, _call: V2Call) -> JsonValue:
    """ST, TX, ID, IS: the whole repetition as text."""
    return node.whole().strip() or None


def first(node: Node, _call: V2Call) -> JsonValue:
    """Return the first component."""
    return node.text() or None


def lines(node: Node, _call: V2Call) -> JsonValue:
    """TX and FT: all repetitions as lines of one text."""
    return "\n".join(part.whole() for part in node.repetitions).strip() or None


def code(node: Node, call: V2Call) -> JsonValue:
    """Return the code the rule's map gives for the first component."""
    found = call.translate(node.text())
    return found.code if found else None


def boolean(node: Node, call: V2Call) -> JsonValue:
    """ID of table 0136: yes or no."""
    found = call.translate(node.text().upper())
    return found.code == "true" if found else None


def integer(node: Node, _call: V2Call) -> JsonValue:
    """NM that must be a positive whole number."""
    found = node.text()
    return int(found) if found.isdigit() and int(found) > 0 else None


def date(node: Node, _call: V2Call) -> JsonValue:
    """DT, or the day of a DTM."""
    return to_date(node.text())


def moment(node: Node, call: V2Call) -> JsonValue:
    """DTM and TS: a dateTime of the precision given."""
    return to_datetime(node.text(), call.context.zone)


def instant(node: Node, call: V2Call) -> JsonValue:
    """DTM where FHIR wants an instant."""
    return to_instant(node.text(), call.context.zone)


def time(node: Node, _call: V2Call) -> JsonValue:
    """TM."""
    return to_time(node.text())


def period(node: Node, call: V2Call) -> JsonValue:
    """DR: a start and an end."""
    zone = call.context.zone
    return (
        filled(start=to_datetime(node.text(1), zone), end=to_datetime(node.text(2), zone)) or None
    )


def _period_of(node: Node, call: V2Call, start: int, end: int) -> JsonObject:
    zone = call.context.zone
    return filled(start=to_datetime(node.text(start), zone), end=to_datetime(node.text(end), zone))


def _identifier(
    call: V2Call, value: str, authority: list[str], type_code: str, default: str
) -> JsonObject:
    namespace, universal, kind = (*authority, "", "", "")[:3]
    feed = call.context.feed
    system = feed.identifier_system(namespace, universal, kind, default)
    if type_code in TYPE_SYSTEMS and not universal and namespace not in feed.systems:
        system = TYPE_SYSTEMS[type_code]
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
    found = _identifier(call, node.text(1), node.parts(4), node.text(5), default)
    return found | filled(period=_period_of(node, call, 7, 8))


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
    return _identifier(call, node.text(1), authority, type_code, default)


def ei_placer(node: Node, call: V2Call) -> JsonValue:
    """EI of a placer order number."""
    return ei(node, call, "placer", "PLAC")


def ei_filler(node: Node, call: V2Call) -> JsonValue:
    """EI of a filler order number."""
    return ei(node, call, "filler", "FILL")


def ei_group(node: Node, call: V2Call) -> JsonValue:
    """EI of a placer group number, the requisition."""
    return ei(node, call, "requisition")


def ei_observation(node: Node, call: V2Call) -> JsonValue:
    """EI of an observation instance."""
    return ei(node, call, "observation")


def ei_device(node: Node, call: V2Call) -> JsonValue:
    """EI of equipment, as a logical reference to the device."""
    found = ei(node, call, "device")
    return {"type": "Device", "identifier": found} if found else None


def eip_placer(node: Node, call: V2Call) -> JsonValue:
    """EIP: the identifier the placer gave."""
    value, *authority = (*node.parts(1), "")
    return _identifier(call, value, authority, "PLAC", "specimen") if value else None


def eip_filler(node: Node, call: V2Call) -> JsonValue:
    """EIP: the identifier the filler gave."""
    value, *authority = (*node.parts(2), "")
    return _identifier(call, value, authority, "FILL", "specimen") if value else None


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
            period=_period_of(node, call, 12, 13),
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
        period=_period_of(node, call, 13, 14),
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
        identifier=_identifier(call, node.text(1), node.parts(9), node.text(13), "practitioner")
        if node.text(1)
        else None,
        display=" ".join(part for part in name if part),
    )
    return _typed("Practitioner", found)


def ndl(node: Node, call: V2Call) -> JsonValue:
    """NDL: a logical reference to the practitioner in its first component (CNN)."""
    number, family, given, second, suffix, prefix, degree = (*node.parts(1), *("",) * 7)[:7]
    name = " ".join(part for part in (prefix, given, second, family, suffix, degree) if part)
    identifier = _identifier(call, number, [], "", "practitioner") if number else None
    found = filled(identifier=identifier, display=name)
    return _typed("Practitioner", found)


def xon(node: Node, call: V2Call) -> JsonValue:
    """XON: a logical reference to an organization, by identifier and name."""
    value = node.text(10) or node.text(3)
    found = filled(
        identifier=_identifier(call, value, node.parts(6), node.text(7), "organization")
        if value
        else None,
        display=node.text(1),
    )
    return _typed("Organization", found)


def organization(node: Node, call: V2Call) -> JsonValue:
    """CWE that names an organization: a logical reference."""
    value, name = node.text(1), node.text(2)
    feed = call.context.feed
    system = feed.code_system(node.text(3)) or feed.local_system("organization")
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


def coding(node: Node, call: V2Call, at: int = 1) -> JsonObject:
    """Return one triplet of a CWE as a coding, empty where there is no code."""
    found = node.text(at)
    if not found:
        return {}
    version = node.text(7 if at == 1 else 8)
    system = call.context.feed.code_system(node.text(at + 2))
    return filled(system=system, version=version, code=found, display=node.text(at + 1))


def cwe(node: Node, call: V2Call) -> JsonValue:
    """CE, CWE, CNE, IS: both triplets as codings, the original text or the name as text."""
    codings = [coding(node, call)]
    if len(node.leaves) > 3:
        codings.append(coding(node, call, 4))
    wording = node.text(9) or node.text(2) or node.text(5)
    translated = call.translate(node.text(1)) if call.code_map and node.text(1) else None
    if translated:
        mapped = filled(system=translated.system, code=translated.code)
        plain = {"code": translated.code}
        codings = [mapped, *(one for one in codings if one != plain)]
    unique: list[JsonValue] = [
        one for at, one in enumerate(codings) if one and one not in codings[:at]
    ]
    return filled(coding=unique, text=wording) or None


def concept_text(node: Node, call: V2Call) -> JsonValue:
    """CWE as a title: the original text, the name or the code."""
    found = cwe(node, call)
    wording = found.get("text") if isinstance(found, dict) else None
    return wording or node.text(1) or None


def control_id(node: Node, call: V2Call) -> JsonValue:
    """MSH-10 as the identifier of the Bundle, scoped by the feed."""
    found = node.text()
    system = call.context.feed.local_system("message")
    return {"system": system, "value": found} if found else None


def class_coding(node: Node, call: V2Call) -> JsonValue:
    """PV1-2 as a coding: of ActCode where the map has one, else the code as sent."""
    sent = node.text()
    found = call.code_map.translate(sent) if call.code_map else None
    if found:
        return filled(system=found.system, code=found.code)
    system = f"{TERMINOLOGY}/v2-0004"
    return filled(system=system, code=sent, display=node.text(2)) if sent else None


def section(node: Node, call: V2Call) -> JsonValue:
    """OBR-24 as a category of table 0074."""
    found = call.translate(node.text())
    return {"coding": [filled(system=found.system, code=found.code)]} if found else None


DATATYPES: Mapping[str, Transformation[Node, Context]] = {
    "text": text,
    "first": first,
    "lines": lines,
    "code": code,
    "boolean": boolean,
    "integer": integer,
    "date": date,
    "dateTime": moment,
    "instant": instant,
    "time": time,
    "period": period,
    "cx": cx,
    "cx-visit": cx_visit,
    "cx-accession": cx_accession,
    "ssn": ssn,
    "ei-placer": ei_placer,
    "ei-filler": ei_filler,
    "ei-group": ei_group,
    "ei-observation": ei_observation,
    "ei-device": ei_device,
    "eip-placer": eip_placer,
    "eip-filler": eip_filler,
    "xpn": xpn,
    "person-text": person_text,
    "xad": xad,
    "xtn": xtn,
    "xtn-home": xtn_home,
    "xtn-work": xtn_work,
    "xcn": xcn,
    "ndl": ndl,
    "xon": xon,
    "organization": organization,
    "location": location,
    "cwe": cwe,
    "concept-text": concept_text,
    "control-id": control_id,
    "class": class_coding,
    "section": section,
}
