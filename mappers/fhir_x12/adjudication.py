"""What a payer before has decided, written: CAS, SVD and what stands beside them.

A ClaimResponse holds it as the remittance (835) posts it: adjustments are adjudications whose
category is the group and whose reason is the code; what was paid is `benefit`.
"""

from collections.abc import Iterator

from mappers.fhir_x12 import system
from mappers.fhir_x12.form import FORMS
from mappers.fhir_x12.locate import getter
from mappers.path import JsonObject, JsonValue
from mappers.x12.tree import Seg, Simple

TRIPLETS = 6
_MONEY, _NUMBER, _DATE = FORMS["money"], FORMS["number"], FORMS["date"]
_GROUP = getter(f"category.coding[system={system.ADJUSTMENT_GROUP}].code")
_CATEGORY = getter(f"category.coding[system={system.ADJUDICATION}].code")
_REASON = getter("reason.coding.code")
_REMAINDER = getter(f"{system.extension('patient-remainder')}.valueMoney")
_BUNDLED = getter(f"{system.extension('bundled-line')}.valueDecimal")
_REVENUE = getter(f"{system.extension('adjudicated-revenue')}.valueCode")
PROCEDURE_PARTS = ("kind", "code", "modifier-1", "modifier-2", "modifier-3", "modifier-4")
_PROCEDURE = tuple(
    getter(f"{system.extension('adjudicated-procedure', name)}.valueCode")
    for name in PROCEDURE_PARTS
)
_PAID_ON = getter(f"{system.extension('adjudication-date')}.valueDate")


def adjustments(holder: JsonObject) -> list[Seg]:
    """Return the CAS segments of a claim or line: one or more for each group, in their order."""
    groups: dict[str, list[Simple]] = {}
    for one in _adjudications(holder):
        group, reason = _GROUP(one), _REASON(one)
        told = _MONEY.write(one.get("amount"), 18)
        if isinstance(group, str) and isinstance(reason, str) and told is not None:
            count = _NUMBER.write(one.get("value"), 15)
            groups.setdefault(group, []).extend((reason, told, count))
    width = 3 * TRIPLETS
    return [
        Seg("CAS", (group, *values[at : at + width]))
        for group, values in groups.items()
        for at in range(0, len(values), width)
    ]


def _adjudications(holder: JsonObject) -> list[JsonObject]:
    found = holder.get("adjudication")
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def line_answers(response: JsonObject, sequence: int) -> Iterator[JsonObject]:
    """Yield what a payer decided on the line: its items, and added ones for it."""
    for one in _objects(response.get("item")):
        if one.get("itemSequence") == sequence:
            yield one
    for one in _objects(response.get("addItem")):
        named = one.get("itemSequence")
        if isinstance(named, list) and sequence in named:
            yield one


def _objects(value: JsonValue) -> list[JsonObject]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def paid(answer: JsonObject) -> JsonObject | None:
    """Return the adjudication that says what was paid."""
    return next((one for one in _adjudications(answer) if _CATEGORY(one) == "benefit"), None)


def line_payment(answer: JsonObject, service: Seg, payer: str, paid_on: JsonValue) -> list[Seg]:
    """Return the segments of loop 2430; none where the answer does not say what was paid.

    `service` is SV1, SV2 or SV3 of the line, whose procedure and units stand in for what the
    answer leaves unsaid.
    """
    benefit = paid(answer)
    told = _MONEY.write(benefit.get("amount"), 18) if benefit else None
    if benefit is None or told is None:
        return []
    own = tuple(_code(get(answer)) for get in _PROCEDURE)
    place = {"SV1": (0, None, 3), "SV2": (1, 0, 4), "SV3": (0, None, 5)}[service.id]
    submitted, revenue = service.values[place[0]], None
    if place[1] is not None:
        revenue = _code(_REVENUE(answer)) or service.values[place[1]]
    units = _NUMBER.write(benefit.get("value"), 15) or service.values[place[2]]
    bundled = _NUMBER.write(_BUNDLED(answer), 6)
    head = Seg(
        "SVD",
        (payer, told, own if own[1] else _procedure(submitted), revenue, units, bundled),
    )
    date = _DATE.write(_PAID_ON(answer) or paid_on, 8)
    remainder = _MONEY.write(_REMAINDER(answer), 18)
    return [
        head,
        *adjustments(answer),
        *([Seg("DTP", ("573", "D8", date))] if date else []),
        *([Seg("AMT", ("EAF", remainder))] if remainder else []),
    ]


def _code(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _procedure(submitted: object) -> tuple[str, ...] | None:
    """Return the composite of the line without its description."""
    return submitted[:6] if isinstance(submitted, tuple) else None
