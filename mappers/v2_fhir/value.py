"""The values of observations: OBX-5 by its type in OBX-2, reference ranges.

Each gives an object whose members are the chosen `value[x]`, written by the target `*`.
Numbers stay as written, as exact decimals. What does not parse is kept as text, never dropped.
"""

import re
from collections.abc import Mapping
from decimal import Decimal

from mappers.apply import Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.datatypes import Context, V2Call, cwe, filled
from mappers.v2_fhir.moment import to_datetime, to_time
from mappers.v2_fhir.source import Node

ABSENT_URL = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
UCUM = "http://unitsofmeasure.org"
_NUMBER = re.compile(r"(<=|>=|<|>)?\s*([+-]?(?:\d+\.?\d*|\.\d+))")
_RANGE = re.compile(r"([+-]?\d*\.?\d+)\s*-\s*([+-]?\d*\.?\d+)")
_DIGITS = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")


def quantity_of(text: str) -> JsonObject | None:
    """Return a Quantity of a number with an optional comparator, None where it is neither."""
    match = _NUMBER.fullmatch(text.strip())
    if match is None:
        return None
    return filled(comparator=match[1] or None) | {"value": Decimal(match[2])}


def _quantity(value: Decimal) -> JsonObject:
    return {"value": value}


def number(node: Node, call: V2Call) -> JsonValue:
    """NM: a Quantity; `<5` keeps its comparator; what is no number is kept as text."""
    text = node.whole().strip()
    quantity = quantity_of(text)
    if quantity is not None:
        return {"valueQuantity": quantity}
    return _as_text(text, call)


def _as_text(text: str, call: V2Call) -> JsonValue:
    """Keep a value that does not parse as its type as text, and say so."""
    if not text:
        return None
    call.trace.as_text.append(call.rule.source)
    return {"valueString": text}


def structured(node: Node, _call: V2Call) -> JsonValue:
    """SN: comparator and number a Quantity, `-` a Range, `:` and `/` a Ratio, the rest text."""
    comparator, first, separator, second = (node.text(at) for at in range(1, 5))
    numbers = [Decimal(part) for part in (first, second) if _DIGITS.fullmatch(part)]
    if len(numbers) == 2 and not comparator:
        low, high = (_quantity(value) for value in numbers)
        if separator == "-":
            return {"valueRange": {"low": low, "high": high}}
        if separator in {":", "/"}:
            return {"valueRatio": {"numerator": low, "denominator": high}}
    known = comparator in {"", "<", "<=", ">", ">=", "="}
    if len(numbers) == 1 and known and not second and not separator and first:
        sign = comparator.replace("=", "") if comparator == "=" else comparator
        return {"valueQuantity": filled(comparator=sign) | {"value": numbers[0]}}
    text = f"{comparator}{first}{separator}{second}"
    return {"valueString": text} if text else None


def coded(node: Node, call: V2Call) -> JsonValue:
    """CE, CWE, CNE, CF, IS: a CodeableConcept."""
    concept = cwe(node, call)
    return {"valueCodeableConcept": concept} if concept else None


def words(node: Node, _call: V2Call) -> JsonValue:
    """ST, TX, FT and types without a map: text, the repetitions as lines."""
    text = "\n".join(part.whole() for part in node.repetitions).strip()
    return {"valueString": text} if text else None


def moment_value(node: Node, call: V2Call) -> JsonValue:
    """DT, DTM, TS: a dateTime of the precision given, text where it is none."""
    text = node.text()
    found = to_datetime(text, call.context.zone)
    return {"valueDateTime": found} if found else _as_text(node.whole().strip(), call)


def time_value(node: Node, call: V2Call) -> JsonValue:
    """TM: a time, text where it is none."""
    found = to_time(node.text())
    return {"valueTime": found} if found else _as_text(node.whole().strip(), call)


def period_value(node: Node, call: V2Call) -> JsonValue:
    """DR: a Period."""
    zone = call.context.zone
    found = filled(start=to_datetime(node.text(1), zone), end=to_datetime(node.text(2), zone))
    return {"valuePeriod": found} if found else _as_text(node.whole().strip(), call)


def range_value(node: Node, call: V2Call) -> JsonValue:
    """NR: a Range."""
    low, high = quantity_of(node.text(1)), quantity_of(node.text(2))
    if (low or high) and not any("comparator" in end for end in (low, high) if end):
        return {"valueRange": filled(low=low, high=high)}
    return _as_text(node.whole().strip(), call)


def verbal_range(node: Node, call: V2Call) -> JsonValue:
    """VR: two values with a hyphen between them, as text; the repetitions as lines."""
    parts = ("-".join(filter(None, (one.text(1), one.text(2)))) for one in node.repetitions)
    text = "\n".join(part for part in parts if part)
    return {"valueString": text} if text else words(node, call)


def sampled(node: Node, call: V2Call) -> JsonValue:
    """NA: numbers as SampledData, a repetition a channel; the time between them is not known."""
    channels = [
        [leaf.strip() for parts in one.leaves for leaf in parts] for one in node.repetitions
    ]
    text = "\n".join(one.whole() for one in node.repetitions).strip()
    is_even = len({len(one) for one in channels}) == 1
    if not is_even or not all(_DIGITS.fullmatch(leaf) for one in channels for leaf in one):
        return _as_text(text, call)
    unknown: JsonObject = {"url": ABSENT_URL, "valueCode": "unknown"}
    points = (leaf for point in zip(*channels, strict=True) for leaf in point)
    return {
        "valueSampledData": {
            "origin": {"value": Decimal(0)},
            "_period": {"extension": [unknown]},
            "dimensions": len(channels),
            "data": " ".join(points),
        }
    }


def amount_value(node: Node, call: V2Call) -> JsonValue:
    """CQ: a Quantity with its own unit."""
    quantity = amount(node, call)
    return {"valueQuantity": quantity} if quantity else _as_text(node.whole().strip(), call)


def reference_range(node: Node, _call: V2Call) -> JsonValue:
    """OBX-7: always the text, with low and high where it says them plainly."""
    text = node.whole().strip()
    found: JsonObject = {"text": text} if text else {}
    if match := _RANGE.fullmatch(text):
        low, high = Decimal(match[1]), Decimal(match[2])
        if low <= high:
            found = filled(low=_quantity(low), high=_quantity(high)) | found
    elif (match := _NUMBER.fullmatch(text)) and match[1]:
        end = "high" if match[1].startswith("<") else "low"
        found = filled(**{end: _quantity(Decimal(match[2]))}) | found
    return found or None


def units(node: Node, call: V2Call) -> JsonValue:
    """OBX-6: the unit as text; a UCUM code only where the sender says that it is one."""
    code, name, system = node.text(1), node.text(2), call.context.feed.code_system(node.text(3))
    if system == UCUM and code:
        return {"unit": name or code, "system": UCUM, "code": code}
    return {"unit": name or code} if name or code else None


def amount(node: Node, call: V2Call) -> JsonValue:
    """CQ: a number with a unit in component 2 (CWE)."""
    quantity = quantity_of(node.text(1))
    if quantity is None:
        return None
    code, name, system = (*node.parts(2), "", "", "")[:3]
    if call.context.feed.code_system(system) == UCUM and code:
        return quantity | filled(unit=name or code, system=UCUM, code=code)
    return quantity | filled(unit=name or code)


def absent(code: str) -> JsonObject:
    """Return a reason why an observation holds no value."""
    return {"coding": [{"system": f"{TERMINOLOGY}/data-absent-reason", "code": code}]}


VALUES: Mapping[str, Transformation[Node, Context]] = {
    "number": number,
    "structured": structured,
    "coded": coded,
    "words": words,
    "moment-value": moment_value,
    "time-value": time_value,
    "period-value": period_value,
    "range-value": range_value,
    "reference-range": reference_range,
    "units": units,
    "quantity": amount,
    "sampled": sampled,
    "verbal-range": verbal_range,
    "amount-value": amount_value,
}
