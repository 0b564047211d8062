"""Writers of codes, identifiers, times and texts: the transformations of tables, turned round.

Each gives the repetitions of a field for one FHIR value, none where the value is not for it.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.back.engine import BackCall, Repetition, Writer
from mappers.v2_fhir.back.moments import from_datetime
from mappers.v2_fhir.back.naming import TABLES, authority, system_name
from mappers.v2_fhir.feed import TYPE_SYSTEMS

Repetitions = Sequence[Repetition]
NONE: Repetitions = ()


def components(*texts: str) -> Repetition:
    """Return a repetition of plain components."""
    return [[text] for text in texts]


def one(*texts: str) -> Repetitions:
    """Return one repetition of plain components, none where all are empty."""
    return [components(*texts)] if any(texts) else NONE


def text_at(value: JsonValue, path: str) -> str:
    """Return the first text at an element path, empty where there is none."""
    found = read(value, path)
    return str(found[0]) if found and not isinstance(found[0], dict | list | bool) else ""


def objects(value: JsonValue, path: str) -> list[JsonObject]:
    """Return the objects at an element path."""
    return [found for found in read(value, path) if isinstance(found, dict)]


def text(value: JsonValue, _call: BackCall) -> Repetitions:
    """ST, TX: text or a number as it stands."""
    return one(str(value)) if isinstance(value, str | int | Decimal) else NONE


def lines(value: JsonValue, _call: BackCall) -> Repetitions:
    """TX, FT: each line is a repetition."""
    return [components(line) for line in value.split("\n")] if isinstance(value, str) else NONE


def code(value: JsonValue, call: BackCall) -> Repetitions:
    """ID, IS: the code of the rule's table."""
    return one(call.code_of(value)) if isinstance(value, str) else NONE


def boolean(value: JsonValue, call: BackCall) -> Repetitions:
    """ID of table 0136."""
    return one(call.code_of(str(value).lower())) if isinstance(value, bool) else NONE


def date(value: JsonValue, _call: BackCall) -> Repetitions:
    """DT."""
    return one(from_datetime(value))


def moment(value: JsonValue, call: BackCall) -> Repetitions:
    """DTM and TS."""
    return one(from_datetime(value, call.zone))


def period(value: JsonValue, call: BackCall) -> Repetitions:
    """DR."""
    return one(
        from_datetime(text_at(value, "start"), call.zone),
        from_datetime(text_at(value, "end"), call.zone),
    )


def triplet(coding: JsonValue, call: BackCall) -> tuple[str, str, str]:
    """Return the code, its name and the name of its system."""
    return (
        text_at(coding, "code"),
        text_at(coding, "display"),
        system_name(text_at(coding, "system"), call.feed),
    )


def cwe(value: JsonValue, call: BackCall) -> Repetitions:
    """CWE: up to three codings, the code of the rule's table first; the text in component 9."""
    codings = [coding for coding in _codings(value, call) if coding[0]]
    wording = text_at(value, "text")
    names = [coding[1] for coding in codings]
    said = "" if wording in names[:1] else wording
    if not codings:
        return one("", wording) if wording else NONE
    (first, *others) = [*codings, ("", "", ""), ("", "", "")][:3]
    second, third = (*others, ("", "", ""), ("", "", ""))[:2]
    if wording and not first[1]:
        first, said = (first[0], wording, first[2]), ""
    return [components(*first, *second, "", "", said, *third)]


def _codings(value: JsonValue, call: BackCall) -> list[tuple[str, str, str]]:
    """Return the triplets; what the rule's map made of a code gives way to the code it came of."""
    found = objects(value, "coding")
    if call.code_map is None:
        return [triplet(coding, call) for coding in found]
    number = call.code_map.source.removeprefix("HL7 table ")
    system = call.code_map.system
    targets = {(row.target, row.system or system) for row in call.code_map.rows}
    kept = [x for x in found if (x.get("code"), x.get("system", "")) not in targets]
    if call.code_map.keep_unknown and len(kept) > 1:
        kept = [x for x in kept if x.get("system") != system] or kept
    if kept:
        return [_own(coding, call, f"{TABLES}{number}") for coding in kept]
    return [_translated(coding, call) for coding in found]


def _own(coding: JsonObject, call: BackCall, table: str) -> tuple[str, str, str]:
    code, name, system = triplet(coding, call)
    return code, name, "" if coding.get("system") == table and not name else system


def _translated(coding: JsonObject, call: BackCall) -> tuple[str, str, str]:
    back = call.code_of(text_at(coding, "code"), text_at(coding, "system"))
    return (back, text_at(coding, "display"), "") if back else triplet(coding, call)


def coding(value: JsonValue, call: BackCall) -> Repetitions:
    """CWE of a Coding."""
    return cwe({"coding": [value]}, call) if isinstance(value, dict) else NONE


def concept_text(value: JsonValue, _call: BackCall) -> Repetitions:
    """CWE that was read as a title."""
    return one("", value) if isinstance(value, str) else NONE


def class_code(value: JsonValue, call: BackCall) -> Repetitions:
    """PV1-2 of an ActCode, or as it was sent."""
    sent = text_at(value, "code")
    if text_at(value, "system").startswith(TABLES):
        return one(sent)
    return one(call.code_of(sent))


def section(value: JsonValue, _call: BackCall) -> Repetitions:
    """OBR-24 of a category of table 0074."""
    return one(*(text_at(x, "code") for x in objects(value, "coding") if _is_table(x, "0074")))[:1]


def _is_table(coding: JsonObject, number: str) -> bool:
    return coding.get("system") == f"{TABLES}{number}"


def quantity(value: JsonValue, call: BackCall) -> Repetitions:
    """CQ: a number with its unit."""
    if not isinstance(value, dict) or "value" not in value:
        return NONE
    unit = [text_at(value, "code") or text_at(value, "unit")]
    if text_at(value, "code"):
        unit = [unit[0], text_at(value, "unit"), system_name(text_at(value, "system"), call.feed)]
    return [[[f"{text_at(value, 'comparator')}{value['value']}"], unit]]


def days(value: JsonValue, _call: BackCall) -> Repetitions:
    """NM of a Duration in days."""
    return one(text_at(value, "value")) if text_at(value, "code") == "d" else NONE


def type_of(value: JsonValue) -> str:
    """Return the code of table 0203 an identifier has."""
    return text_at(value, "type.coding.code")


def cx(value: JsonValue, call: BackCall, default: str = "patient") -> Repetitions:
    """CX: the number, its authority and its type."""
    number, kind = text_at(value, "value"), type_of(value)
    if not number:
        return NONE
    namespace, *universal = authority(text_at(value, "system"), call.feed, default)
    named = namespace or text_at(value, "assigner.display")
    times = [from_datetime(text_at(value, f"period.{end}"), call.zone) for end in ("start", "end")]
    return [[[number], [], [], [named, *universal], [kind], [], *([one] for one in times)]]


def of_type(*types: str, default: str = "patient") -> Writer:
    """Return a writer of CX that takes identifiers of some types of table 0203 only."""

    def write(value: JsonValue, call: BackCall) -> Repetitions:
        return cx(value, call, default) if type_of(value) in types else NONE

    return write


def default_cx(default: str) -> Writer:
    """Return a writer of CX whose authority is understood where it is the receiver's own."""
    return lambda value, call: cx(value, call, default)


def ssn(value: JsonValue, _call: BackCall) -> Repetitions:
    """PID-19: a social security number without an authority."""
    is_plain = type_of(value) == "SS" and text_at(value, "system") == TYPE_SYSTEMS["SS"]
    return one(text_at(value, "value")) if is_plain else NONE


def ei(default: str, *types: str) -> Writer:
    """Return a writer of EI for identifiers of some types, of any where none is named."""

    def write(value: JsonValue, call: BackCall) -> Repetitions:
        found = value
        if isinstance(value, dict) and isinstance(value.get("identifier"), dict):
            found = value["identifier"]
        number = text_at(found, "value")
        if not number or (types and type_of(found) not in types):
            return NONE
        return one(number, *authority(text_at(found, "system"), call.feed, default))

    return write


def eip(at: int, kind: str) -> Writer:
    """Return a writer of one half of an EIP: 1 the placer's number, 2 the filler's."""

    def write(value: JsonValue, call: BackCall) -> Repetitions:
        if type_of(value) != kind:
            return NONE
        named = authority(text_at(value, "system"), call.feed, "specimen")
        pair: list[list[str]] = [[], []]
        pair[at - 1] = [text_at(value, "value"), *named]
        return [pair]

    return write


WRITERS: Mapping[str, Writer] = {
    "text": text,
    "integer": text,
    "lines": lines,
    "code": code,
    "boolean": boolean,
    "date": date,
    "dateTime": moment,
    "instant": moment,
    "period": period,
    "cwe": cwe,
    "mapped-concept": cwe,
    "coding": coding,
    "concept-text": concept_text,
    "class": class_code,
    "section": section,
    "quantity": quantity,
    "days": days,
    "cx": cx,
    "cx-visit": default_cx("visit"),
    "cx-account": default_cx("account"),
    "cx-accession": default_cx("accession"),
    "ssn": ssn,
    "ei-placer": ei("placer", "PLAC"),
    "ei-filler": ei("filler", "FILL"),
    "group-identifier": ei("requisition"),
    "ei-item": ei("item"),
    "ei-observation": ei("observation"),
    "ei-device": ei("device"),
    "ei-appointment-placer": ei("appointment", "PLAC"),
    "ei-appointment-filler": ei("appointment-filler", "FILL"),
    "ei-appointment-group": ei("appointment-group", "PGN"),
    "parent-placer": ei("appointment", "PLAC"),
    "parent-filler": ei("appointment-filler", "FILL"),
    "eip-placer": eip(1, "PLAC"),
    "eip-filler": eip(2, "FILL"),
}
BROAD = frozenset({"cx", "cx-visit", "text", "date", "coding"})
HALVES = frozenset({"eip-placer", "eip-filler"})
