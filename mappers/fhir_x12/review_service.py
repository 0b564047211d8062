"""The services of a review: items of a claim as 2000F holds them, and back.

`service_subject` makes an item ready for the tables; `item_of` is its inverse. Quantities in
visits, hours, days and months are HSD; units, minutes and international units those of SV1 to SV3.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from mappers.fhir_x12 import pas
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.reference import follow
from mappers.fhir_x12.system import (
    CDT,
    CPT,
    DATA_ABSENT,
    HCPCS,
    ICD_9_PROCEDURES,
    NDC,
    UCUM,
)
from mappers.path import JsonObject, JsonValue, read, text

PROCEDURES: Mapping[str, str] = {  # system: SV101-1
    CPT: "HC",
    HCPCS: "HC",
    "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "HC",
    CDT: "AD",
    "http://www.ada.org/cdt": "AD",
    NDC: "N4",
    ICD_9_PROCEDURES: "ID",
}
_SYSTEMS = {"HC": CPT, "AD": CDT, "N4": NDC, "ID": ICD_9_PROCEDURES}
REVENUE_CODES = "https://www.nubc.org/revenue-code"
MODIFIERS = 4
SERVICE_UNITS: Mapping[str, str] = {  # unit or UCUM code: SV103
    "unit": "UN",
    "units": "UN",
    "1": "UN",
    "{unit}": "UN",
    "minute": "MJ",
    "minutes": "MJ",
    "min": "MJ",
    "international unit": "F2",
    "[iU]": "F2",
}
FACILITY_UNITS: Mapping[str, str] = {  # unit or UCUM code: SV204
    **SERVICE_UNITS,
    "day": "DA",
    "days": "DA",
    "d": "DA",
}
DELIVERY_UNITS: Mapping[str, str] = {  # unit or UCUM code: HSD01
    "visit": "VS",
    "visits": "VS",
    "{visit}": "VS",
    "hour": "HS",
    "hours": "HS",
    "h": "HS",
    "day": "DY",
    "days": "DY",
    "d": "DY",
    "month": "MN",
    "months": "MN",
    "mo": "MN",
}
PERIOD_UNITS: Mapping[str, str] = {"d": "DA", "wk": "WK", "mo": "MO", "a": "YR"}  # HSD03
BOUNDS_UNITS: Mapping[str, str] = {"h": "6", "d": "7", "a": "21", "mo": "34", "wk": "35"}  # HSD05
_UNIT_OF = {
    "UN": ("unit", "1"),
    "MJ": ("minute", "min"),
    "F2": ("international unit", "[iU]"),
    "DA": ("day", "d"),
}
_DELIVERED = {"VS": ("visit", "{visit}"), "HS": ("hour", "h"), "DY": ("day", "d")}
_DELIVERED_ALSO = {"MN": ("month", "mo"), "UN": ("unit", "1")}
_TIMING = getter("occurrenceTiming")
_REQUESTED = getter(f"{pas.extension('requestedService')}.valueReference")
_CANCELLED = getter(f"modifierExtension[url={pas.INFO_CANCELLED}].valueBoolean")
_CERTIFICATION = pas.coded("1322", "certificationType")
_FLAGS: tuple[tuple[str, str, str], ...] = (  # extension, its value, the member of the subject
    ("epsdtIndicator", "valueBoolean", "epsdt"),
    ("revenueUnitRateLimit", "valueDecimal", "rate"),
)
_LEVELS = (("nursingHomeLevelOfCare", "1337", "careLevel"),)
_RESIDENCE = ("nursingHomeResidentialStatus", "1345", "residence")
CANCEL = "3"


@dataclass(frozen=True, slots=True)
class Forms:
    """Which of SV1, SV2 and SV3 a claim speaks of: its type, and `revenue` of the item."""

    kind: str

    def of(self, item: JsonObject) -> str:
        """Return the member of the subject that holds the service of an item."""
        if self.kind == "institutional" or item.get("revenue"):
            return "institutional"
        return "dental" if self.kind == "oral" else "professional"


def forms_of(claim: JsonObject) -> Forms:
    """Return the forms of a claim or response by its type."""
    return Forms(text(next(iter(read(claim, "type.coding.code")), "professional")))


def service_subject(
    item: JsonObject, forms: Forms, resources: Mapping[str, JsonObject], owner: JsonObject
) -> JsonObject:
    """Return an item as the subject of 2000F."""
    requested = follow(owner, _REQUESTED(item), resources) or {}
    subject: JsonObject = {**item, "trace": traces(item)}
    certification = CANCEL if is_cancelled(item) else getter(_CERTIFICATION)(item)
    if certification:
        subject["certification"] = certification
    subject |= service_parts(item, forms.of(item))
    delivery = delivery_of(item.get("quantity"), requested, forms.of(item))
    if delivery:
        subject["delivery"] = delivery
    return subject


def is_cancelled(item: JsonObject) -> bool:
    """Tell whether an item of an update is taken back."""
    return _CANCELLED(item) is True


def traces(item: JsonObject) -> list[JsonValue]:
    """Return the trace numbers of an item."""
    return [
        one
        for one in read(item, f"{pas.extension('itemTraceNumber')}.valueIdentifier")
        if isinstance(one, dict)
    ]


def service_parts(item: JsonObject, kind: str) -> JsonObject:
    """Return procedure, price, units and facility facts, under the member of the form."""
    procedure = _procedure(item)
    revenue = next(iter(read(item, "revenue.coding.code")), None)
    if not procedure and not revenue:
        return {}
    part: JsonObject = {"procedure": procedure} if procedure else {}
    if revenue and kind == "institutional":
        part["revenue"] = revenue
    price = getter("unitPrice.value")(item)
    if price is not None:
        part["price"] = price
    units = FACILITY_UNITS if kind == "institutional" else SERVICE_UNITS
    unit = _unit(item.get("quantity"), units)
    if unit:
        part |= {"unit": unit, "quantity": getter("quantity.value")(item)}
    for name, member, key in _FLAGS:
        value = getter(f"{pas.extension(name)}.{member}")(item)
        if value is not None:
            part[key] = value
    for name, number, key in (*_LEVELS, _RESIDENCE):
        value = getter(pas.coded(number, name))(item)
        if value is not None:
            part[key] = value
    return {kind: part}


def _procedure(item: JsonObject) -> JsonObject:
    for coding in read(item, "productOrService.coding"):
        kind = PROCEDURES.get(str(getter("system")(coding)))
        code = getter("code")(coding)
        if kind and code:
            modifiers = read(item, "modifier.coding.code")[:MODIFIERS]
            end = getter(
                f"{pas.extension('productOrServiceCodeEnd')}.valueCodeableConcept.coding[0].code"
            )(item)
            made: JsonObject = {"kind": kind, "code": code, "modifier": modifiers}
            return {**made, "end": end} if end else made
    return {}


def _unit(quantity: JsonValue, units: Mapping[str, str]) -> str:
    """Return the X12 unit of a Quantity: by its unit, else by its code; bare numbers are units."""
    if not isinstance(quantity, dict) or "value" not in quantity:
        return ""
    told = [str(quantity[name]) for name in ("unit", "code") if name in quantity]
    first = next((one for one in told if one in SERVICE_UNITS or one in DELIVERY_UNITS), "")
    return units.get(first if told else "1", "")


def delivery_of(quantity: JsonValue, requested: JsonObject, kind: str) -> JsonObject:
    """Return how often and how long a service is asked for, from the request it stands for.

    Without one the quantity of the item tells; of a facility's service, days stand in SV2.
    """
    is_told = kind == "institutional" and bool(_unit(quantity, FACILITY_UNITS))
    asked = requested.get("quantityQuantity", None if is_told else quantity)
    made: JsonObject = {}
    unit = _unit(asked, DELIVERY_UNITS)
    if unit and isinstance(asked, dict):
        made |= {"unit": unit, "count": asked["value"]}
    timing = _TIMING(requested) or getter("dosageInstruction[0].timing")(requested)
    repeat = getter("repeat")(timing) if timing else None
    if isinstance(repeat, dict):
        made |= _repeated(repeat)
    for name, number in (("calendarPattern", "678"), ("deliveryPattern", "679")):
        code = getter(pas.coded(number, f"timing{name.lower()}"))(timing) if timing else None
        if code:
            made[name] = code
    return made


def _repeated(repeat: JsonObject) -> JsonObject:
    made: JsonObject = {}
    period, bounds = repeat.get("periodUnit"), repeat.get("boundsDuration")
    if str(period) in PERIOD_UNITS:
        made |= {"periodUnit": PERIOD_UNITS[str(period)], "period": repeat.get("period", 1)}
    code = getter("code")(bounds) or getter("unit")(bounds)
    if isinstance(bounds, dict) and str(code) in BOUNDS_UNITS:
        made |= {"boundsUnit": BOUNDS_UNITS[str(code)], "bounds": bounds.get("value")}
    return made


def item_of(subject: JsonObject) -> tuple[JsonObject, JsonObject]:
    """Return the item of a subject that was read, and the ServiceRequest it needs, if any."""
    kept = {name: one for name, one in subject.items() if name not in _SUBJECT_ONLY}
    extensions = _listed(subject, "extension")
    for trace in _listed(subject, "trace"):
        extensions.append({"url": pas.url("itemTraceNumber"), "valueIdentifier": trace})
    certification = subject.get("certification")
    if certification:
        extensions.append(coded_extension("certificationType", "1322", certification))
    if certification == CANCEL:
        kept["modifierExtension"] = [{"url": pas.INFO_CANCELLED, "valueBoolean": True}]
    for kind in ("professional", "institutional", "dental"):
        part = subject.get(kind)
        if isinstance(part, dict):
            kept |= plain_parts(part)
            extensions += part_extensions(part)
    if "productOrService" not in kept:
        kept["productOrService"] = _unsaid(kept)
    if extensions:
        kept["extension"] = extensions
    request = request_of(subject.get("delivery"), kept["productOrService"])
    return kept, request


_SUBJECT_ONLY = frozenset(
    {
        "trace",
        "ownTrace",
        "certification",
        "professional",
        "institutional",
        "dental",
        "delivery",
        "attachment",
        "message",
        "error",
        "extension",
        "event",
        "diagnosis",
    }
)


def _listed(subject: JsonObject, name: str) -> list[JsonValue]:
    found = subject.get(name)
    return list(found) if isinstance(found, list) else []


def coded_extension(name: str, number: str, code: JsonValue) -> JsonObject:
    """Return an extension of PAS that holds the code of a data element."""
    concept: JsonObject = {"coding": [{"system": pas.system(number), "code": code}]}
    return {"url": pas.url(name), "valueCodeableConcept": concept}


def plain_parts(part: JsonObject) -> JsonObject:
    """Return the R4 elements of a service: what, how much, at which price."""
    made: JsonObject = {}
    procedure, revenue = part.get("procedure"), part.get("revenue")
    if isinstance(procedure, dict) and procedure.get("code"):
        made["productOrService"] = _concept(procedure)
        modifiers: list[JsonValue] = [
            {"coding": [{"system": _modifier_system(one), "code": one}]}
            for one in _listed(procedure, "modifier")
        ]
        if modifiers:
            made["modifier"] = modifiers
    if revenue:
        made["revenue"] = {"coding": [{"system": REVENUE_CODES, "code": revenue}]}
    if "price" in part:
        made["unitPrice"] = {"value": part["price"], "currency": "USD"}
    if "quantity" in part:
        unit, code = _UNIT_OF.get(text(part.get("unit")), ("unit", "1"))
        quantity: JsonObject = {"value": part["quantity"], "unit": unit}
        made["quantity"] = {**quantity, "system": UCUM, "code": code}
    return made


def part_extensions(part: JsonObject) -> list[JsonValue]:
    """Return the extensions of a service."""
    made: list[JsonValue] = [
        {"url": pas.url(name), member: part[key]} for name, member, key in _FLAGS if key in part
    ]
    for name, number, key in (*_LEVELS, _RESIDENCE):
        if key in part:
            made.append(coded_extension(name, number, part[key]))
    procedure = part.get("procedure")
    end = procedure.get("end") if isinstance(procedure, dict) else None
    if isinstance(procedure, dict) and end:
        concept = _concept({**procedure, "code": end})
        made.append({"url": pas.url("productOrServiceCodeEnd"), "valueCodeableConcept": concept})
    return made


def _concept(procedure: JsonObject) -> JsonObject:
    code, kind = text(procedure.get("code")), text(procedure.get("kind"))
    system = _SYSTEMS.get(kind, CPT)
    if system == CPT and code[:1].isalpha():
        system = HCPCS
    return {"coding": [{"system": system, "code": code}]}


def _modifier_system(code: JsonValue) -> str:
    return CPT if text(code).isdigit() else HCPCS


def _unsaid(item: JsonObject) -> JsonObject:
    """Return the product of an item that names only a type of service."""
    category = item.get("category")
    if isinstance(category, dict):
        return category
    return {"coding": [{"system": DATA_ABSENT, "code": "not-applicable"}]}


def request_of(delivery: JsonValue, code: JsonValue) -> JsonObject:
    """Return the ServiceRequest that says how a service is delivered; empty where nothing does."""
    if not isinstance(delivery, dict) or not delivery:
        return {}
    made: JsonObject = {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        "code": code,
    }
    if "count" in delivery:
        made["quantityQuantity"] = _delivered(delivery)
    timing = _timing(delivery)
    if timing:
        made["occurrenceTiming"] = timing
    return made


def _delivered(delivery: JsonObject) -> JsonObject:
    known = {**_DELIVERED, **_DELIVERED_ALSO}
    unit, code = known.get(text(delivery.get("unit")), ("unit", "1"))
    return {"value": delivery["count"], "unit": unit, "system": UCUM, "code": code}


def _timing(delivery: JsonObject) -> JsonObject:
    made: JsonObject = {}
    extensions: list[JsonValue] = [
        coded_extension(f"timing{name.lower()}", number, delivery[name])
        for name, number in (("calendarPattern", "678"), ("deliveryPattern", "679"))
        if name in delivery
    ]
    if extensions:
        made["extension"] = extensions
    repeat: JsonObject = {}
    if "periodUnit" in delivery:
        units = {code: unit for unit, code in PERIOD_UNITS.items()}
        period = delivery.get("period", Decimal(1))
        repeat |= {"period": period, "periodUnit": units.get(text(delivery["periodUnit"]), "wk")}
    if "boundsUnit" in delivery:
        units = {code: unit for unit, code in BOUNDS_UNITS.items()}
        unit = units.get(text(delivery["boundsUnit"]), "d")
        bounds: JsonObject = {"value": delivery.get("bounds"), "system": UCUM, "code": unit}
        repeat["boundsDuration"] = bounds
    if repeat:
        made["repeat"] = repeat
    return made
