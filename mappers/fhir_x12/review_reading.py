"""A request for review or an inquiry, 278, back to the PAS Bundle it says the same as.

For the payer's side (the loopback payer, a UMO that speaks FHIR) and for the fidelity report.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from mappers.fhir_x12 import pas
from mappers.fhir_x12 import review_table as table
from mappers.fhir_x12.review_event import attached, claim_parts, told
from mappers.fhir_x12.review_people import (
    Person,
    member,
    read_party,
    reference_to,
    related,
    with_specialty,
)
from mappers.fhir_x12.review_service import coded_extension, item_of
from mappers.fhir_x12.review_walk import ReadEvent, read_events
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.segment import LoopMap
from mappers.fhir_x12.system import ATTACHMENT_CONTROL, CLAIM_TYPE, TAXONOMY
from mappers.path import JsonObject, JsonValue, read, text
from mappers.x12.tree import LoopNode

BASE = "https://parity.example/fhir"
_EVENTS: Mapping[str, tuple[LoopMap, LoopMap]] = {
    "13": (table.EVENT, table.SERVICE),
    "28": (table.INQUIRED_EVENT, table.INQUIRED_SERVICE),
}
_TYPES = {"institutional": "institutional", "dental": "oral"}
_REPORT = "https://codesystem.x12.org/005010/755"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as read: its Bundle, and the places that found no FHIR element."""

    bundle: JsonObject
    lost: tuple[str, ...]


def asked(root: LoopNode) -> tuple[Asked, ...]:
    """Return a Bundle for each event of a request or an inquiry."""
    header = root.first("BHT")
    purpose = header.element(2) if header else ""
    reference = header.element(3) if header else ""
    day, time = (header.element(4), header.element(5)) if header else ("", "")
    maps = _EVENTS.get(purpose, _EVENTS["13"])
    moment = _moment(day, time)
    return tuple(
        _Reading(one, reference, moment, maps, is_inquiry=purpose == "28").asked()
        for one in read_events(root)
    )


def _moment(day: str, time: str) -> str:
    """Return the moment of BHT as an instant, of UTC as X12 names no zone."""
    try:
        found = datetime.strptime(f"{day}{time[:4]}Z", "%Y%m%d%H%M%z")
    except ValueError:
        return "1970-01-01T00:00:00Z"
    return f"{found:%Y-%m-%dT%H:%M}:00Z"


@dataclass(slots=True)
class _Reading:
    """One event on its way into a Bundle."""

    read: ReadEvent
    reference: str
    moment: str
    maps: tuple[LoopMap, LoopMap]
    is_inquiry: bool
    others: list[JsonObject] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    team: list[JsonValue] = field(default_factory=list)
    informations: list[JsonValue] = field(default_factory=list)

    def asked(self) -> Asked:
        """Return the Bundle."""
        claim = self._claim()
        profile = pas.INQUIRY_BUNDLE if self.is_inquiry else pas.REQUEST_BUNDLE
        entries: list[JsonValue] = [_entry(one) for one in (claim, *self.others)]
        bundle: JsonObject = {
            "resourceType": "Bundle",
            "meta": {"profile": [profile]},
            "identifier": {
                "system": f"{BASE}/NamingSystem/review-request",
                "value": self.reference,
            },
            "type": "collection",
            "timestamp": self.moment,
            "entry": entries,
        }
        return Asked(bundle, tuple(self.lost))

    def _claim(self) -> JsonObject:
        told = self._people()
        subject: JsonObject = {}
        loop = self.read.event
        segments = [one for one in loop.segments if one.id not in {"HL", "AAA"}]
        self.lost += LoopRun(self.maps[0]).read(segments, subject)
        self._team(loop, "2010EA", is_of_event=True)
        parts, resources = claim_parts(subject)
        self._informed(subject)
        items = [self._item(at, one, subject) for at, one in enumerate(loop.each("2000F"), 1)]
        self.others += [{**one, "subject": told["patient"]} for one in resources]
        kinds = [kind for kind in _TYPES if any(kind in one for _, one in items)]
        type = _TYPES[kinds[0]] if kinds else "professional"
        infos = [*read(parts, "supportingInfo"), *self.informations]
        informations = [
            {"sequence": at, **{n: v for n, v in one.items() if n != "sequence"}}
            for at, one in enumerate(infos, 1)
            if isinstance(one, dict)
        ]
        self._own_certification(subject, parts)
        profile = pas.CLAIM_INQUIRY if self.is_inquiry else pas.CLAIM
        claim: JsonObject = {
            "resourceType": "Claim",
            "id": "review",
            "meta": {"profile": [profile]},
            **parts,
            "status": "active",
            "type": {"coding": [{"system": CLAIM_TYPE, "code": type}]},
            "use": "preauthorization",
            **told,
            "created": self.moment,
            "priority": {"coding": [_PRIORITY]},
            "item": [one for one, _ in items],
        }
        if informations:
            claim["supportingInfo"] = list[JsonValue](informations)
        if self.team:
            claim["careTeam"] = self.team
        return claim

    def _own_certification(self, subject: JsonObject, parts: JsonObject) -> None:
        """Keep UM02 of an inquiry, which PAS says of the claim."""
        found = read(subject, "event.certification")
        if found and self.is_inquiry:
            extension = coded_extension("certificationType", "1322", found[0])
            parts["extension"] = [*read(parts, "extension"), extension]

    def _people(self) -> JsonObject:
        """Take in the parties; return the claim's references to them."""
        one = self.read
        insurer = self._kept(read_party(one.reviewer.child("2010A"), "Practitioner", "umo"))
        requester = self._kept(
            read_party(one.requester.child("2010B"), "Practitioner", "requester"), is_special=True
        )
        subscriber = read_party(one.subscriber.child("2010C"), "Patient", "subscriber")
        self.lost += subscriber.lost
        holder = reference_to(subscriber.resource)
        if subscriber.resource:
            self.others.append(member(subscriber))
        patient, relation = holder, "18"
        if one.dependent is not None:
            dependent = read_party(one.dependent.child("2010D"), "Patient", "dependent")
            patient = self._kept(dependent)
            relation = dependent.relation
        coverage: JsonObject = {
            "resourceType": "Coverage",
            "id": "coverage",
            "status": "active",
            "subscriber": holder,
            "beneficiary": patient,
            "payor": [insurer],
        }
        if subscriber.member_id:
            coverage["subscriberId"] = subscriber.member_id
        if relation:
            coverage["relationship"] = related(relation)
        self.others.append(coverage)
        insurance: JsonObject = {"sequence": 1, "focal": True}
        insurance["coverage"] = {"reference": "Coverage/coverage"}
        return {
            "patient": patient,
            "insurer": insurer,
            "provider": requester,
            "insurance": [insurance],
        }

    def _kept(self, party: Person, *, is_special: bool = False) -> JsonObject:
        self.lost += party.lost
        resource = with_specialty(party) if is_special else party.resource
        if resource:
            self.others.append(resource)
        return reference_to(resource)

    def _team(self, loop: LoopNode, id: str, *, is_of_event: bool) -> list[JsonValue]:
        """Take in the providers of a loop; return their sequences."""
        sequences: list[JsonValue] = []
        for one in loop.each(id):
            number = len(self.team) + 1
            party = read_party(one, "Practitioner", f"provider-{number}")
            reference = self._kept(party)
            scope: JsonObject = {"url": pas.url("careTeamClaimScope"), "valueBoolean": is_of_event}
            entry: JsonObject = {
                "extension": [scope],
                "sequence": number,
                "provider": reference,
                "role": {"coding": [{"system": pas.system("98"), "code": party.role}]},
            }
            if party.taxonomy:
                coding: JsonObject = {"system": TAXONOMY, "code": party.taxonomy}
                entry["qualification"] = {"coding": [coding]}
            self.team.append(entry)
            sequences.append(number)
        return sequences

    def _informed(self, subject: JsonObject) -> list[JsonValue]:
        """Take in documents and message; return their sequences among the informations."""
        before = len(read(subject, "supportingInfo")) + len(self.informations)
        for one in read(subject, "attachment"):
            if isinstance(one, dict):
                document = _document(one, f"document-{len(self.others)}")
                self.others.append(document)
                reference = f"DocumentReference/{document['id']}"
                self.informations.append(attached(0, one, reference))
        message = subject.get("message")
        if message:
            self.informations.append(told(0, message))
        count = len(read(subject, "supportingInfo")) + len(self.informations) - before
        return [before + at for at in range(1, count + 1)]

    def _item(
        self, sequence: int, loop: LoopNode, event: JsonObject
    ) -> tuple[JsonObject, JsonObject]:
        """Return an item, and its subject; what it does not say itself the event says for it."""
        subject: JsonObject = {}
        segments = [one for one in loop.segments if one.id not in {"HL", "AAA"}]
        self.lost += LoopRun(self.maps[1]).read(segments, subject)
        _inherit(subject, event)
        item, request = item_of(subject)
        made: JsonObject = {"sequence": sequence, **item}
        diagnoses = read(event, "diagnosis.sequence")
        if diagnoses:
            made["diagnosisSequence"] = diagnoses
        members = self._team(loop, "2010F", is_of_event=False)
        if members:
            made["careTeamSequence"] = members
        slotted = len(read(event, "supportingInfo"))
        before = slotted + len(self.informations)
        self._informed({name: one for name, one in subject.items() if name in _INFORMED})
        after = slotted + len(self.informations)
        if after > before:
            made["informationSequence"] = list[JsonValue](range(before + 1, after + 1))
        if request:
            id = f"service-{sequence}"
            patient = "dependent" if self.read.dependent is not None else "subscriber"
            subject_of: JsonObject = {"reference": f"Patient/{patient}"}
            self.others.append({**request, "id": id, "subject": subject_of})
            extension: JsonObject = {"url": pas.url("requestedService")}
            extension["valueReference"] = {"reference": f"ServiceRequest/{id}"}
            made["extension"] = [*read(made, "extension"), extension]
        return made, subject


_INFORMED = ("attachment", "message")
_PRIORITY: JsonObject = {
    "system": "http://terminology.hl7.org/CodeSystem/processpriority",
    "code": "normal",
}


def _inherit(subject: JsonObject, event: JsonObject) -> None:
    """Give an item what only its event says: kind of review, certification, kind of service."""
    for number, name, told_as in (("1525", "serviceItemRequestType", "requestType"),):
        found = read(event, f"event.{told_as}")
        if found and not read(subject, pas.coded(number, name)):
            extension = coded_extension(name, number, found[0])
            subject["extension"] = [*read(subject, "extension"), extension]
    certification = read(event, "event.certification")
    if certification:
        subject.setdefault("certification", certification[0])
    category = read(event, "event.category")
    if category:
        subject.setdefault(
            "category", {"coding": [{"system": pas.system("1365"), "code": category[0]}]}
        )
    place = read(event, "event.location")
    if place:
        subject.setdefault("locationCodeableConcept", place[0])


def _document(subject: JsonObject, id: str) -> JsonObject:
    """Return the DocumentReference of a PWK; its bytes come in a 275 or by other ways."""
    made: JsonObject = {"resourceType": "DocumentReference", "id": id, "status": "current"}
    if subject.get("control"):
        made["identifier"] = [{"system": ATTACHMENT_CONTROL, "value": subject["control"]}]
    made["type"] = {"coding": [{"system": _REPORT, "code": text(subject.get("kind"))}]}
    if subject.get("description"):
        made["description"] = subject["description"]
    made["content"] = [{"attachment": {"title": text(subject.get("control") or "document")}}]
    return made


def _entry(resource: JsonObject) -> JsonObject:
    url = f"{BASE}/{resource['resourceType']}/{resource['id']}"
    return {"fullUrl": url, "resource": resource}
