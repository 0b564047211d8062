"""The patient event of a review: what holds for all its services, as 2000E says it.

`event_subject` makes a claim ready for the table; `claim_parts` is its inverse. What FHIR says per
item only (kind of review, certification, place) is taken from the first item for the event.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mappers.fhir_x12 import pas
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.reference import follow
from mappers.fhir_x12.review_service import CANCEL, is_cancelled
from mappers.fhir_x12.system import ATTACHMENT_CONTROL
from mappers.path import JsonObject, JsonValue, read, text
from mappers.x12.lexer import STANDARD
from mappers.x12.text import plain

SLOTS = ("patientEvent", "admissionDates", "dischargeDates")
ATTACHED, MESSAGE = "additionalInformation", "freeFormMessage"
MOST_TEXT = 264
MOST_DESCRIPTION = 80
REPORT = "77"  # support data for verification
ELECTRONIC, BY_REQUEST = "EL", "AA"
INITIAL, REVISED = "I", "S"
SERVICES = "HS"
CARRIED = ("requestType", "category")
_ADMISSION_TYPE = "https://www.nubc.org/CodeSystem/PriorityTypeOfAdmitOrVisit"
_ADMISSION_SOURCE = "https://www.nubc.org/CodeSystem/PointOfOrigin"
_PATIENT_STATUS = "https://www.nubc.org/CodeSystem/PatDischargeStatus"
_ENCOUNTER = getter(f"extension[url={pas.ENCOUNTER}].valueReference")
_CONTROL = getter(f"identifier[system={ATTACHMENT_CONTROL}].value")
_ANY_NUMBER = getter("identifier[0].value")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document of a claim: the information that names it, its number, itself if it is here."""

    sequence: int
    control: str
    kind: str
    description: str
    document: JsonObject

    @property
    def subject(self) -> JsonObject:
        """The subject of PWK."""
        has_bytes = bool(read(self.document, "content.attachment"))
        made: JsonObject = {
            "kind": self.kind,
            "transmission": ELECTRONIC if has_bytes else BY_REQUEST,
        }
        if has_bytes or self.control:
            made["control"] = self.control
        return {**made, "description": self.description} if self.description else made


def attachments(claim: JsonObject, resources: Mapping[str, JsonObject]) -> tuple[Attachment, ...]:
    """Return the documents a claim sends along, in their order."""
    return tuple(_attachments(claim, resources))


def _attachments(claim: JsonObject, resources: Mapping[str, JsonObject]) -> Iterator[Attachment]:
    number = text(_ANY_NUMBER(claim) or "")
    for sequence, entry in _informations(claim, ATTACHED):
        document = follow(claim, entry.get("valueReference"), resources) or {}
        control = _CONTROL(document) or _ANY_NUMBER(document) or f"{number}-{sequence}"
        kind = getter(pas.code("755", "type"))(document)
        description = document.get("description") or getter("type.text")(document) or ""
        yield Attachment(
            sequence,
            text(control),
            text(kind or REPORT),
            said(text(description))[:MOST_DESCRIPTION].rstrip(),
            document,
        )


def _informations(claim: JsonObject, kind: str) -> Iterator[tuple[int, JsonObject]]:
    for at, entry in enumerate(read(claim, "supportingInfo"), 1):
        if isinstance(entry, dict) and kind in read(entry, "category.coding.code"):
            sequence = entry.get("sequence")
            is_off = getter(f"modifierExtension[url={pas.INFO_CANCELLED}].valueBoolean")(entry)
            if is_off is not True:
                yield (sequence if isinstance(sequence, int) else at), entry


def said(words: str) -> str:
    """Return text in X12's characters, delimiters as blanks."""
    return plain("".join(" " if one in STANDARD.marks else one for one in words))


def informed(claim: JsonObject, found: Sequence[Attachment], item: JsonObject | None) -> JsonObject:
    """Return documents and message of an item; without an item, those that no item refers to."""
    everywhere = set(read(claim, "item.informationSequence"))
    own = set(read(item, "informationSequence")) if item is not None else everywhere

    def belongs(sequence: int) -> bool:
        return (sequence in own) == (item is not None)

    chosen: list[JsonValue] = [one.subject for one in found if belongs(one.sequence)]
    words = " ".join(
        text(entry.get("valueString"))
        for sequence, entry in _informations(claim, MESSAGE)
        if belongs(sequence)
    )
    made: JsonObject = {"attachment": chosen} if chosen else {}
    message = said(words)[:MOST_TEXT].rstrip()
    return {**made, "message": message} if message else made


def event_subject(
    claim: JsonObject, resources: Mapping[str, JsonObject], originator: str, *, inquires: bool
) -> JsonObject:
    """Return a claim as the subject of 2000E; `originator` stands where a trace has no assigner."""
    items = [one for one in read(claim, "item") if isinstance(one, dict)]
    event = _event(claim, items, inquires=inquires)
    subject: JsonObject = {
        **claim,
        "identifier": [_traced(one, originator) for one in read(claim, "identifier")],
        "event": event,
        "supportingInfo": list(_slotted(claim)),
        "condition": list(_conditions(claim)),
        **informed(claim, attachments(claim, resources), None),
    }
    stay = _stay(follow(claim, _ENCOUNTER(claim), resources) or {})
    if stay:
        subject["stay"] = stay
    if getter(pas.extension("homeHealthCareInformation"))(claim):
        event["homeCertification"] = event.get("certification", INITIAL)
    return subject


def _traced(identifier: JsonValue, originator: str) -> JsonValue:
    if not isinstance(identifier, dict) or getter("assigner.identifier.value")(identifier):
        return identifier
    return {**identifier, "assigner": {"identifier": {"value": originator}}}


def _event(claim: JsonObject, items: Sequence[JsonObject], *, inquires: bool) -> JsonObject:
    first = items[0] if items else {}
    paths = (
        ("requestType", pas.coded("1525", "serviceItemRequestType")),
        ("category", pas.code("1365", "category")),
    )
    event: JsonObject = {name: found for name, path in paths if (found := getter(path)(first))}
    event.setdefault("requestType", SERVICES)
    place = first.get("locationCodeableConcept")
    if place:
        event["location"] = place
    own = getter(pas.coded("1322", "certificationType"))
    certification = own(claim) if inquires else (own(claim) or _certification(items, own(first)))
    if certification:
        event["certification"] = certification
    for name, member in (
        ("authorizationNumber", "authorization"),
        ("administrationReferenceNumber", "administration"),
    ):
        number = getter(f"{pas.extension(name)}.valueString")(claim)
        if number:
            event[member] = number
    return event


def _certification(items: Sequence[JsonObject], first: JsonValue) -> JsonValue:
    """Return UM02 of the event: an update revises it, one that takes all items back cancels it."""
    if items and all(is_cancelled(one) for one in items):
        return CANCEL
    if any(is_cancelled(one) or _is_changed(one) for one in items):
        return REVISED
    return first or INITIAL


def _is_changed(item: JsonObject) -> bool:
    return bool(read(item, f"extension[url={pas.INFO_CHANGED}].valueCode"))


def _slotted(claim: JsonObject) -> Iterator[JsonValue]:
    for slot in SLOTS:
        for _, entry in _informations(claim, slot):
            yield {**entry, "slot": slot}


def _conditions(claim: JsonObject) -> Iterator[JsonValue]:
    for one in read(claim, pas.extension("conditionCode")):
        if isinstance(one, dict):
            path = pas.code("1321", "extension[url=code].valueCodeableConcept")
            yield {**one, "code": read(one, path)[:5]}


def _stay(encounter: JsonObject) -> JsonObject:
    paths = (
        ("type", "type[0].coding[0].code"),
        ("source", "hospitalization.admitSource.coding[0].code"),
        ("status", f"{pas.extension('patientStatus')}.valueCodeableConcept.coding[0].code"),
        ("residence", pas.coded("1345", "nursingHomeResidentialStatus")),
    )
    return {name: found for name, path in paths if (found := getter(path)(encounter))}


def claim_parts(subject: JsonObject) -> tuple[JsonObject, list[JsonObject]]:
    """Return the elements of a claim that 2000E told, and the resources they refer to.

    A reference to one of them is `#` and its place in the list; the caller gives it its id.
    """
    kept = {name: one for name, one in subject.items() if name not in _SUBJECT_ONLY}
    extensions = [*read(subject, "extension")]
    extensions += [_condition(one) for one in read(subject, "condition")]
    event = subject.get("event")
    told = event if isinstance(event, dict) else {}
    for name, member in (
        ("authorizationNumber", "authorization"),
        ("administrationReferenceNumber", "administration"),
    ):
        if member in told:
            extensions.append({"url": pas.url(name), "valueString": told[member]})
    resources: list[JsonObject] = []
    stay = subject.get("stay")
    if isinstance(stay, dict):
        resources.append(_encounter(stay))
        reference: JsonObject = {"reference": "Encounter/stay"}
        extensions.append({"url": pas.ENCOUNTER, "valueReference": reference})
    if extensions:
        kept["extension"] = extensions
    informations = [_unslotted(one) for one in read(subject, "supportingInfo")]
    if informations:
        kept["supportingInfo"] = informations
    return kept, resources


_SUBJECT_ONLY = frozenset(
    {"event", "stay", "condition", "attachment", "message", "error", "ownTrace", "extension"}
)


def _condition(subject: JsonValue) -> JsonValue:
    parts = [one for one in read(subject, "extension") if "code" not in read(one, "url")]
    codes: list[JsonValue] = [
        {
            "url": "code",
            "valueCodeableConcept": {"coding": [{"system": pas.system("1321"), "code": code}]},
        }
        for code in read(subject, "code")
    ]
    return {"url": pas.url("conditionCode"), "extension": [*parts, *codes]}


def _encounter(stay: JsonObject) -> JsonObject:
    made: JsonObject = {"resourceType": "Encounter", "id": "stay", "status": "planned"}
    made["class"] = {
        "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
        "code": "IMP",
    }
    if "type" in stay:
        made["type"] = [{"coding": [{"system": _ADMISSION_TYPE, "code": stay["type"]}]}]
    if "source" in stay:
        source: JsonObject = {"coding": [{"system": _ADMISSION_SOURCE, "code": stay["source"]}]}
        made["hospitalization"] = {"admitSource": source}
    extensions: list[JsonValue] = [
        {
            "url": pas.url(name),
            "valueCodeableConcept": {"coding": [{"system": system, "code": stay[member]}]},
        }
        for name, system, member in (
            ("patientStatus", _PATIENT_STATUS, "status"),
            ("nursingHomeResidentialStatus", pas.system("1345"), "residence"),
        )
        if member in stay
    ]
    return {**made, "extension": extensions} if extensions else made


def _unslotted(entry: JsonValue) -> JsonValue:
    if not isinstance(entry, dict):
        return entry
    coding: JsonObject = {"system": pas.TEMPORARY, "code": entry.get("slot")}
    return {
        "category": {"coding": [coding]},
        **{name: one for name, one in entry.items() if name != "slot"},
    }


def attached(sequence: int, subject: JsonObject, document: str) -> JsonObject:
    """Return the information of a claim that names a document: the inverse of PWK."""
    coding: JsonObject = {"system": pas.TEMPORARY, "code": ATTACHED}
    reference: JsonObject = {"reference": document}
    return {
        "sequence": sequence,
        "category": {"coding": [coding]},
        "valueReference": {**reference, **_identified(subject)},
    }


def _identified(subject: JsonObject) -> JsonObject:
    control = subject.get("control")
    if not control:
        return {}
    return {"identifier": {"system": ATTACHMENT_CONTROL, "value": control}}


def told(sequence: int, words: JsonValue) -> JsonObject:
    """Return the information of a claim that is a message: the inverse of MSG."""
    coding: JsonObject = {"system": pas.TEMPORARY, "code": MESSAGE}
    return {"sequence": sequence, "category": {"coding": [coding]}, "valueString": words}
