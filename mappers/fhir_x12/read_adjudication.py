"""What a payer before has decided, read: CAS, SVD and what stands beside them."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from mappers.fhir_x12 import system
from mappers.fhir_x12.adjudication import PROCEDURE_PARTS
from mappers.fhir_x12.amount import amount, cents
from mappers.fhir_x12.form import FORMS
from mappers.fhir_x12.registry import concept
from mappers.path import JsonObject, JsonValue
from mappers.x12.lexer import Segment

_MONEY, _DATE = FORMS["money"], FORMS["date"]


def read_adjustments(read: Segment) -> list[JsonValue]:
    """Return the adjudications of a CAS segment."""
    found: list[JsonValue] = []
    for at in range(2, len(read.elements), 3):
        reason, told = read.element(at), amount(read.element(at + 1))
        if not reason or told is None:
            continue
        count = amount(read.element(at + 2))
        found.append(
            {
                "category": concept(system.ADJUSTMENT_GROUP, read.element(1)),
                "reason": concept(system.CARC, reason),
                "amount": _dollars(told),
                **({"value": count} if count is not None else {}),
            }
        )
    return found


def read_line_payment(
    segments: Sequence[Segment], sequence: int, service: Segment | None
) -> tuple[JsonObject, str, list[str]]:
    """Return the ClaimResponse.item of a loop 2430, its date, and the places that found none."""
    head = segments[0]
    benefit: JsonObject = {
        "category": concept(system.ADJUDICATION, "benefit"),
        "amount": _dollars(amount(head.element(2)) or Decimal()),
    }
    units = amount(head.element(5))
    if units is not None:
        benefit["value"] = units
    extensions = list(_line_extensions(head, service))
    decided: list[JsonValue] = []
    lost: list[str] = []
    date = ""
    for one in segments[1:]:
        if one.id == "CAS":
            decided += read_adjustments(one)
        elif one.id == "DTP" and one.element(1) == "573":
            date = str(_DATE.read(one.element(3)) or "")
        elif one.id == "AMT" and one.element(1) == "EAF":
            money = _MONEY.read(one.element(2))
            extensions.append({"url": f"{system.EXTENSION}/patient-remainder", "valueMoney": money})
        else:
            lost.append(f"2430 {one.id}")
    item: JsonObject = {
        **({"extension": extensions} if extensions else {}),
        "itemSequence": sequence,
        "adjudication": [*decided, benefit],
    }
    return item, date, lost


def _line_extensions(head: Segment, service: Segment | None) -> Iterator[JsonValue]:
    """Yield the procedure, the revenue code and the line bundled into, where they differ."""
    place = 2 if service is not None and service.id == "SV2" else 1
    submitted = service.components(place)[:6] if service is not None else ()
    told = head.components(3)
    if told and told != submitted:
        parts: list[JsonValue] = [
            {"url": name, "valueCode": value}
            for name, value in zip(PROCEDURE_PARTS, told, strict=False)
            if value
        ]
        yield {"url": f"{system.EXTENSION}/adjudicated-procedure", "extension": parts}
    revenue = head.element(4)
    if revenue and (service is None or place == 1 or revenue != service.element(1)):
        yield {"url": f"{system.EXTENSION}/adjudicated-revenue", "valueCode": revenue}
    bundled = amount(head.element(6))
    if bundled is not None:
        yield {"url": f"{system.EXTENSION}/bundled-line", "valueDecimal": bundled}


def _dollars(value: Decimal) -> JsonObject:
    return {"value": cents(value), "currency": "USD"}
