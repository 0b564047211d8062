"""HL7 v2 data types to FHIR data types: the transformations that tables name.

Each is a small function of one node (a repetition of a field) and the call; None means that the
node holds nothing the FHIR type can carry, and the ledger then lists the field.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from decimal import Decimal

from mappers.apply import Call, Transformation, Untranslated
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.codes import (
    TERMINOLOGY,
)
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.moment import to_date, to_datetime, to_instant
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


def period(node: Node, call: V2Call) -> JsonValue:
    """DR: a start and an end."""
    zone = call.context.zone
    return (
        filled(start=to_datetime(node.text(1), zone), end=to_datetime(node.text(2), zone)) or None
    )


def period_of(node: Node, call: V2Call, start: int, end: int) -> JsonObject:
    """Return the Period of two components that hold its start and end."""
    zone = call.context.zone
    return filled(start=to_datetime(node.text(start), zone), end=to_datetime(node.text(end), zone))


def coding(node: Node, call: V2Call, at: int = 1) -> JsonObject:
    """Return one triplet of a CWE as a coding, empty where there is no code."""
    found = node.text(at)
    if not found:
        return {}
    version = node.text({1: 7, 4: 8}.get(at, 13))
    system = call.context.feed.code_system(node.text(at + 2))
    return filled(system=system, version=version, code=found, display=node.text(at + 1))


def cwe(node: Node, call: V2Call) -> JsonValue:
    """CE, CWE, CNE, IS: every triplet as a coding, the original text or the name as text.

    A code map translates the first code; one that names no system is of the map's own table.
    """
    codings = [coding(node, call)]
    if len(node.leaves) > 3:
        codings += [coding(node, call, 4), coding(node, call, 10)]
    wording = node.text(9) or node.text(2) or node.text(5)
    translated = call.translate(node.text(1)) if call.code_map and node.text(1) else None
    if translated:
        mapped = filled(system=translated.system, code=translated.code)
        codings = _beside(mapped, codings, call)
    codings = [*_of_feed(node, call, codings), *codings]
    unique: list[JsonValue] = [
        one for at, one in enumerate(codings) if one and one not in codings[:at]
    ]
    return filled(coding=unique, text=wording) or None


def _beside(mapped: JsonObject, codings: list[JsonObject], call: V2Call) -> list[JsonObject]:
    """Return the codings with the translated one in front of, or for, the one it came from."""
    sent, *others = codings
    if sent.get("code") == mapped["code"] and sent.get("system") in {None, mapped.get("system")}:
        return [mapped | {name: sent[name] for name in sent if name not in mapped}, *others]
    if "system" not in sent and call.code_map is not None:
        number = call.code_map.source.removeprefix("HL7 table ")
        sent = {"system": f"{TERMINOLOGY}/v2-{number}", **sent} if number.isdigit() else sent
    return [mapped, sent, *others]


def _of_feed(node: Node, call: V2Call, sent: list[JsonObject]) -> list[JsonObject]:
    """Return what the feed's table of the field makes of the code; one without a row is traced.

    A code that comes in the target system already needs no row.
    """
    field = call.rule.source
    table = call.context.feed.tables.get(field)
    code = node.text(1)
    if table is None or not code or any(one.get("system") == table.system for one in sent):
        return []
    found = table.translate(code)
    if found is None:
        if not table.knows(code):
            call.trace.untranslated.append(Untranslated(field, field, code))
        return []
    return [filled(system=found.system, code=found.code)]


def concept_text(node: Node, call: V2Call) -> JsonValue:
    """CWE as a title: the original text, the name or the code."""
    found = cwe(node, call)
    wording = found.get("text") if isinstance(found, dict) else None
    return wording or node.text(1) or None


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
    "lines": lines,
    "code": code,
    "boolean": boolean,
    "integer": integer,
    "date": date,
    "dateTime": moment,
    "instant": instant,
    "period": period,
    "cwe": cwe,
    "concept-text": concept_text,
    "class": class_coding,
    "section": section,
}
