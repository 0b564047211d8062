"""What a payer says of an event or a service beside its decision, both ways.

Authorized detail (SV1 to SV3, HSD), the question as echoed (UM, dates), diagnoses it speaks of,
and the documents it asks for (PWK, HI with LOINC).
"""

from collections.abc import Iterator, Sequence

from mappers.fhir_x12 import pas
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.review_diagnosis import LOINC
from mappers.fhir_x12.review_service import (
    Forms,
    delivery_of,
    part_extensions,
    plain_parts,
    request_of,
    service_parts,
)
from mappers.fhir_x12.system import ATTACHMENT_CONTROL, EXTENSION
from mappers.path import JsonObject, JsonValue, read, text

DETAIL = pas.url("itemAuthorizedDetail")
INFORMATION = f"{EXTENSION}/review-information"
"""UM and the dates of an event as the payer echoes them: R4 has no place for them in an answer."""
COMMUNICATED = pas.url("communicatedDiagnosis")
PARTS: tuple[tuple[str, str, str], ...] = (  # part, its value, the member of `event`
    ("request-type", "valueCode", "requestType"),
    ("certification", "valueCode", "certification"),
    ("category", "valueCode", "category"),
    ("cause", "valueCode", "cause"),
    ("level", "valueCode", "level"),
    ("location", "valueCodeableConcept", "location"),
    ("date", "valueDate", "date"),
    ("period", "valuePeriod", "period"),
    ("admission", "valueDate", "admission"),
    ("admission-period", "valuePeriod", "admissionPeriod"),
    ("discharge", "valueDate", "discharge"),
    ("discharge-period", "valuePeriod", "dischargePeriod"),
)
_MEMBERS: tuple[tuple[str, str, str], ...] = (  # element, part of the detail, its value
    ("productOrService", "productOrServiceCode", "valueCodeableConcept"),
    ("unitPrice", "unitPrice", "valueMoney"),
    ("quantity", "quantity", "valueQuantity"),
    ("revenue", "revenue", "valueCodeableConcept"),
)
_SERVICE = pas.url("requestedService")


def information(subject: JsonObject) -> list[JsonValue]:
    """Return the extension that keeps what the payer echoes; none where it echoes nothing."""
    event = subject.get("event")
    told = event if isinstance(event, dict) else {}
    parts: list[JsonValue] = [
        {"url": part, member: told[name]} for part, member, name in PARTS if name in told
    ]
    return [{"url": INFORMATION, "extension": parts}] if parts else []


def informed_by(owner: JsonObject) -> JsonObject:
    """Return what `information` keeps: the inverse."""
    held = getter(f"extension[url={INFORMATION}]")(owner)
    return {
        name: value
        for part, member, name in PARTS
        for value in read(held, f"extension[url={part}].{member}")[:1]
    }


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


def communicated(subject: JsonObject) -> list[JsonValue]:
    """Return the diagnoses the payer speaks of; LOINC asks are no diagnoses."""
    made: list[JsonValue] = []
    for one in read(subject, "diagnosis"):
        concept = getter("diagnosisCodeableConcept")(one)
        codings = [
            *(c for c in read(concept, "coding") if read(c, "system") != [LOINC]),
            *read(one, "type.coding"),
        ]
        if read(concept, "coding.system") != [LOINC]:
            recorded = [
                part
                for part in read(one, "extension")
                if read(part, "url") == [pas.url("diagnosisRecordedDate")]
            ]
            told: JsonObject = {"extension": recorded} if recorded else {}
            told["coding"] = codings
            made.append({"url": COMMUNICATED, "valueCodeableConcept": told})
    return made


def communicated_by(owner: JsonObject) -> list[JsonValue]:
    """Return the diagnoses as the table of HI reads them: the inverse."""
    made: list[JsonValue] = []
    for one in read(owner, f"extension[url={COMMUNICATED}].valueCodeableConcept"):
        types = [c for c in read(one, "coding") if read(c, "system") == [pas.TEMPORARY]]
        codes = [c for c in read(one, "coding") if read(c, "system") != [pas.TEMPORARY]]
        entry: JsonObject = {"diagnosisCodeableConcept": {"coding": codes}}
        entry["extension"] = read(one, "extension")
        made.append({**entry, "type": [{"coding": types}]} if types else entry)
    return made


def request_for(subject: JsonObject, sequence: int | None) -> Iterator[JsonObject]:
    """Yield the CommunicationRequests for what the payer asks: a PWK each, or LOINC codes alone."""
    asks = [
        coding
        for coding in read(subject, "diagnosis.diagnosisCodeableConcept.coding")
        if read(coding, "system") == [LOINC]
    ]
    papers = [one for one in read(subject, "attachment") if isinstance(one, dict)]
    for paper in papers or ([{}] if asks else []):
        yield _request(paper, sequence, asks)
        asks = []


def _request(paper: JsonObject, sequence: int | None, asks: Sequence[JsonValue]) -> JsonObject:
    extensions: list[JsonValue] = []
    if sequence is not None:
        extensions.append({"url": pas.url("serviceLineNumber"), "valuePositiveInt": sequence})
    extensions += [
        {"url": pas.url("contentModifier"), "valueCodeableConcept": {"coding": [one]}}
        for one in asks
    ]
    words = text(paper.get("description") or "Send the document asked for.")
    payload: JsonObject = {"contentString": words}
    if extensions:
        payload = {"extension": extensions, **payload}
    made: JsonObject = {
        "resourceType": "CommunicationRequest",
        "meta": {"profile": [pas.COMMUNICATION_REQUEST]},
        "status": "active",
        "payload": [payload],
    }
    for name, element, member in (("category", "755", "kind"), ("medium", "756", "transmission")):
        if paper.get(member):
            coding: JsonObject = {"system": pas.system(element), "code": paper[member]}
            made[name] = [{"coding": [coding]}]
    if paper.get("control"):
        made["identifier"] = [{"system": ATTACHMENT_CONTROL, "value": paper["control"]}]
    return made


def asked_by(request: JsonObject) -> tuple[int, JsonObject]:
    """Return the item (0: the event) and the subject members of a CommunicationRequest."""
    made: JsonObject = {}
    kind = next(iter(read(request, "category.coding.code")), None)
    if kind:
        paper: JsonObject = {"kind": kind}
        for name, path in (
            ("transmission", "medium.coding.code"),
            ("control", "identifier.value"),
            ("description", "payload.contentString"),
        ):
            found = next(iter(read(request, path)), None)
            if found and found != "Send the document asked for.":
                paper[name] = found
        paper.setdefault("transmission", "EL")
        made["attachment"] = [paper]
    asks = read(
        request, f"payload.extension[url={pas.url('contentModifier')}].valueCodeableConcept"
    )
    if asks:
        made["diagnosis"] = [{"diagnosisCodeableConcept": one} for one in asks]
    line = read(request, f"payload.extension[url={pas.url('serviceLineNumber')}].valuePositiveInt")
    number = line[0] if line and isinstance(line[0], int) else 0
    return number, made
