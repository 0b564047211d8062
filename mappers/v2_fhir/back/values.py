"""Writers of OBX-5 by what an Observation holds, and the OBX-2 that tells of it.

What was read from an SN, a range or a ratio comes back as SN; a comparator on a number as SN too,
which receivers understand better than `<5` in an NM.
"""

from collections.abc import Mapping

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.back.datatypes import (
    NONE,
    Repetitions,
    components,
    cwe,
    objects,
    one,
    text_at,
)
from mappers.v2_fhir.back.engine import BackCall, Writer
from mappers.v2_fhir.back.moments import from_datetime, from_time
from mappers.v2_fhir.back.naming import system_name

KINDS: Mapping[str, str] = {
    "valueCodeableConcept": "CWE",
    "valueDateTime": "DTM",
    "valueTime": "TM",
    "valuePeriod": "DR",
    "valueRange": "SN",
    "valueRatio": "SN",
    "valueInteger": "NM",
    "valueBoolean": "ST",
}
LONG = 199
"""Characters an ST may have (v2.5.1 chapter 2A); longer texts and lines are TX."""


def kind_of(observation: JsonObject) -> str:
    """Return the data type of OBX-5 for the value of an observation; empty where it has none."""
    quantity = observation.get("valueQuantity")
    if isinstance(quantity, dict):
        return "SN" if "comparator" in quantity else "NM"
    text = observation.get("valueString")
    if isinstance(text, str):
        return "TX" if "\n" in text or len(text) > LONG else "ST"
    return next((kind for name, kind in KINDS.items() if name in observation), "")


def number(value: JsonValue, _call: BackCall) -> Repetitions:
    """NM."""
    plain = text_at(value, "valueQuantity.value") or text_at(value, "valueInteger")
    return one(plain) if plain else NONE


def structured(value: JsonValue, _call: BackCall) -> Repetitions:
    """SN."""
    for quantity in objects(value, "valueQuantity"):
        return one(text_at(quantity, "comparator") or "=", text_at(quantity, "value"))
    for found in objects(value, "valueRange"):
        return one("", text_at(found, "low.value"), "-", text_at(found, "high.value"))
    for found in objects(value, "valueRatio"):
        ends = text_at(found, "numerator.value"), text_at(found, "denominator.value")
        return one("", ends[0], ":", ends[1])
    return NONE


def coded(value: JsonValue, call: BackCall) -> Repetitions:
    """CWE."""
    found = objects(value, "valueCodeableConcept")
    return cwe(found[0], call) if found else NONE


def words(value: JsonValue, _call: BackCall) -> Repetitions:
    """ST, TX: the lines are repetitions."""
    if isinstance(value, dict) and isinstance(value.get("valueBoolean"), bool):
        return one("Y" if value["valueBoolean"] else "N")
    found = text_at(value, "valueString")
    return [components(line) for line in found.split("\n")] if found else NONE


def moment_value(value: JsonValue, call: BackCall) -> Repetitions:
    """DTM."""
    return one(from_datetime(text_at(value, "valueDateTime"), call.zone))


def time_value(value: JsonValue, _call: BackCall) -> Repetitions:
    """TM."""
    return one(from_time(text_at(value, "valueTime")))


def period_value(value: JsonValue, call: BackCall) -> Repetitions:
    """DR."""
    ends = (text_at(value, f"valuePeriod.{end}") for end in ("start", "end"))
    return one(*(from_datetime(end, call.zone) for end in ends))


def reference_range(value: JsonValue, _call: BackCall) -> Repetitions:
    """OBX-7: the text, else the ends."""
    low, high = text_at(value, "low.value"), text_at(value, "high.value")
    made = f"{low}-{high}" if low and high else f">={low}" if low else f"<={high}" if high else ""
    return one(text_at(value, "text") or made)


def units(value: JsonValue, call: BackCall) -> Repetitions:
    """OBX-6: the code with its system, else the unit as text."""
    code, unit = text_at(value, "code"), text_at(value, "unit")
    if code:
        return one(
            code, "" if unit == code else unit, system_name(text_at(value, "system"), call.feed)
        )
    return one(unit)


def attachment(value: JsonValue, _call: BackCall) -> Repetitions:
    """ED: the content in base64 with its media type."""
    kind, _, subtype = text_at(value, "contentType").partition("/")
    data = text_at(value, "data")
    return one("", kind, subtype, "Base64", data) if data else NONE


WRITERS: Mapping[str, Writer] = {
    "number": number,
    "structured": structured,
    "coded": coded,
    "words": words,
    "moment-value": moment_value,
    "time-value": time_value,
    "period-value": period_value,
    "reference-range": reference_range,
    "units": units,
    "attachment": attachment,
}
