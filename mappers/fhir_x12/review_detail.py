"""What a payer says of an event or a service beside its decision, both ways.

Authorized detail (SV1 to SV3, HSD), the question as echoed (UM, dates), diagnoses it speaks of,
and the documents it asks for (PWK, HI with LOINC).
"""

from collections.abc import Sequence

from mappers.fhir_x12 import pas
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.review_service import (
    Forms,
    delivery_of,
    part_extensions,
    plain_parts,
    request_of,
    service_parts,
)
from mappers.path import JsonObject, JsonValue, read, text

DETAIL = pas.url("itemAuthorizedDetail")


_MEMBERS: tuple[tuple[str, str, str], ...] = (  # element, part of the detail, its value
    ("productOrService", "productOrServiceCode", "valueCodeableConcept"),
    ("unitPrice", "unitPrice", "valueMoney"),
    ("quantity", "quantity", "valueQuantity"),
    ("revenue", "revenue", "valueCodeableConcept"),
)


_SERVICE = pas.url("requestedService")


def authorized(subject: JsonObject, id: str) -> tuple[list[JsonValue], list[JsonValue]]:
    """Return the extension of what is authorized, and the ServiceRequest contained for it."""
    parts: list[JsonValue] = []
    plain: JsonObject = {}
    for kind in ("professional", "institutional", "dental"):
        part = subject.get(kind)
        if isinstance(part, dict):
            plain = plain_parts(part)
            parts += part_extensions(part)
    category = read(subject, "event.category")
    if "productOrService" not in plain and category:
        coding: JsonObject = {"system": pas.system("1365"), "code": category[0]}
        plain["productOrService"] = {"coding": [coding]}
    told: list[JsonValue] = [
        {"url": part, member: plain[name]} for name, part, member in _MEMBERS if name in plain
    ]
    told += [{"url": "modifier", "valueCodeableConcept": one} for one in read(plain, "modifier")]
    service = request_of(subject.get("delivery"), plain.get("productOrService"))
    contained: list[JsonValue] = []
    if service:
        reference: JsonObject = {"reference": f"#{id}"}
        parts.append({"url": _SERVICE, "valueReference": reference})
        whom: JsonObject = {"display": "the patient of the review"}
        contained = [{**service, "id": id, "subject": whom}]
    found = [*told, *parts]
    return ([{"url": DETAIL, "extension": found}] if found else []), contained


def authorized_by(item: JsonObject, forms: Forms, contained: Sequence[JsonValue]) -> JsonObject:
    """Return the subject members of what an item authorizes: the inverse."""
    held = getter(f"extension[url={DETAIL}]")(item)
    if not isinstance(held, dict):
        return {}
    plain: JsonObject = {
        name: value
        for name, part, member in _MEMBERS
        for value in read(held, f"extension[url={part}].{member}")[:1]
    }
    plain["modifier"] = read(held, "extension[url=modifier].valueCodeableConcept")
    own: JsonObject = {**plain, "extension": read(held, "extension")}
    made = service_parts(own, forms.of(own))
    name = text(next(iter(read(held, f"extension[url={_SERVICE}].valueReference.reference")), ""))
    found = next((one for one in contained if read(one, "id") == [name.removeprefix("#")]), None)
    service = found if isinstance(found, dict) and name else {}
    delivery = delivery_of(own.get("quantity"), service, forms.of(own))
    if delivery:
        made["delivery"] = delivery
    category = next(iter(read(own, pas.code("1365", "productOrService"))), None)
    return {**made, "category": category} if category else made
