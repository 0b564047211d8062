"""Documents a payer asks for with a review, as CommunicationRequests, and back."""

from collections.abc import Iterator, Sequence

from mappers.fhir_x12 import pas
from mappers.fhir_x12.review_diagnosis_kind import LOINC
from mappers.fhir_x12.system import ATTACHMENT_CONTROL
from mappers.path import JsonObject, JsonValue, read, text


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
