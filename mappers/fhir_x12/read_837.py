"""One transaction set 837 to a Bundle: its Claims and the resources they name."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from mappers.fhir_x12 import coverage_table, party_table, system
from mappers.fhir_x12.amount import day
from mappers.fhir_x12.claim_kind import BY_GUIDE, Kind
from mappers.fhir_x12.exchange import Exchange
from mappers.fhir_x12.party import npi
from mappers.fhir_x12.read_claim import ReadClaim, Standing
from mappers.fhir_x12.read_party import Reading, read_party
from mappers.fhir_x12.registry import Registry, concept, refer
from mappers.fhir_x12.run import LoopRun
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.tree import LoopNode

_SUBMITTER, _RECEIVER = LoopRun(party_table.SUBMITTER), LoopRun(party_table.RECEIVER)
_BILLING_LEVEL, _BILLING = LoopRun(party_table.BILLING_LEVEL), LoopRun(party_table.BILLING)
_PAY_TO, _PAY_TO_PLAN = LoopRun(party_table.PAY_TO), LoopRun(party_table.PAY_TO_PLAN)
_SUBSCRIBER_LEVEL = LoopRun(coverage_table.SUBSCRIBER_LEVEL)
_SUBSCRIBER_FACTS = LoopRun(coverage_table.SUBSCRIBER_AS_PATIENT)
_SUBSCRIBER, _ABOUT = LoopRun(party_table.SUBSCRIBER), LoopRun(party_table.ABOUT_HOLDER)
_PAYER, _AT_PAYER = LoopRun(party_table.PAYER), LoopRun(party_table.PROVIDER_AT_PAYER)
_PATIENT_LEVEL, _PATIENT = LoopRun(coverage_table.PATIENT_LEVEL), LoopRun(party_table.PATIENT)
_EVENT = "https://x12.org/codes/transaction-sets"


@dataclass(frozen=True, slots=True)
class ReadSet:
    """A transaction set as FHIR.

    `claims` in the order of the file, `resources` everything they refer to, by `Type/id`;
    `unread` the X12 places for which there is no FHIR element.
    """

    kind: Kind
    exchange: Exchange
    claims: tuple[JsonObject, ...]
    resources: dict[str, JsonObject]
    unread: tuple[str, ...]

    def bundle(self) -> JsonObject:
        """Return the message: its header, the claims, the resources they refer to."""
        facts = self.exchange
        header: JsonObject = {
            "resourceType": "MessageHeader",
            "eventCoding": {"system": _EVENT, "code": self.kind.guide},
            "source": {
                "name": facts.submitter_name or facts.submitter_id,
                "endpoint": f"urn:x12:{facts.submitter_id or 'unknown'}",
            },
            "destination": [
                {
                    "name": facts.receiver_name or facts.receiver_id,
                    "endpoint": f"urn:x12:{facts.receiver_id or 'unknown'}",
                }
            ],
            "focus": [refer(f"Claim/{one['id']}") for one in self.claims],
        }
        entries = [header, *self.claims, *self.resources.values()]
        return {
            "resourceType": "Bundle",
            "type": "message",
            "identifier": {"value": facts.reference or "unknown"},
            "timestamp": facts.written.isoformat(),
            "entry": [{"resource": one} for one in entries],
        }


def read_837(root: LoopNode, guide: str) -> ReadSet:
    """Return a set that was read, `guide` being `837P`, `837I` or `837D`, as FHIR."""
    return _SetReader(BY_GUIDE[guide]).read(root)


class _SetReader:
    """Takes the loops of one set from above."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        self._reading = Reading(Registry(), [])
        self._claims: list[JsonObject] = []
        self._created = self._number = ""
        self._sender: JsonObject = {}

    def read(self, root: LoopNode) -> ReadSet:
        """Return the set as FHIR."""
        facts = self._exchange(root)
        self._created = facts.written.date().isoformat()
        for billing in root.each("2000A"):
            self._billing(billing)
        resources = self._reading.registry.resources
        return ReadSet(
            self._kind,
            facts,
            tuple(self._claims),
            {name: one for name, one in resources.items() if not name.startswith("Claim/")},
            tuple(self._reading.unread),
        )

    def _exchange(self, root: LoopNode) -> Exchange:
        sender, receiver = (
            self._party(root, "1000A", _SUBMITTER),
            self._party(root, "1000B", _RECEIVER),
        )
        head = root.first("BHT")
        told = head.elements if head else ()
        purpose, reference, date, time, kind = (
            told[at] if at < len(told) else "" for at in (2, 3, 4, 5, 6)
        )
        self._sender = dict(sender)
        number, name = str(sender.pop("id", "")), sender.get("name")
        if isinstance(name, str):
            del sender["name"]
        return Exchange(
            submitter_id=number,
            receiver_id=str(receiver.get("id", "")),
            receiver_name=str(receiver.get("name", "")),
            reference=reference,
            written=_moment(date, time),
            submitter_name=name if isinstance(name, str) else "",
            submitter=sender,
            purpose=purpose or "00",
            kind=kind or "CH",
        )

    def _party(self, above: LoopNode, loop: str, *runs: LoopRun) -> JsonObject:
        found = above.child(loop)
        return read_party(found, self._reading, *runs) if found else {}

    def _billing(self, level: LoopNode) -> None:
        provider = self._party(level, "2010AA", _BILLING)
        self._pay_to(level, provider)
        facts: JsonObject = {}
        self._reading.take(_BILLING_LEVEL, level.segments[1:], facts)
        _give_taxonomy(provider, facts.get("taxonomy"))
        for subscriber in level.each("2000B"):
            self._at_payer(subscriber, provider)
        plan = self._party(level, "2010AC", _PAY_TO_PLAN)
        payee = self._reading.registry.add(plan) if plan else ""
        provider.setdefault("resourceType", "Organization")
        self._number = npi(provider)
        self._share_contact(provider)
        reference = self._reading.registry.add(provider)
        for subscriber in level.each("2000B"):
            self._subscriber(subscriber, reference, payee)

    def _share_contact(self, provider: JsonObject) -> None:
        """Give a provider who sends for itself the contact of the submitter."""
        if provider.get("name") == self._sender.get("name") and "contact" not in provider:
            points = read(self._sender, "contact.telecom")
            if points and "telecom" not in provider:
                provider["telecom"] = points

    def _pay_to(self, level: LoopNode, provider: JsonObject) -> None:
        """Give the provider its address for payments."""
        found = level.child("2010AB")
        if found is None:
            return
        is_person = found.segments[0].element(2) == "1"
        place: JsonObject = {"resourceType": "Practitioner" if is_person else "Organization"}
        self._reading.take(_PAY_TO, found.segments, place)
        listed, own = place.get("address"), provider.get("address")
        if isinstance(listed, list) and isinstance(own, list):
            for one in own:
                if isinstance(one, dict):
                    one["use"] = "work"
            own += [{"use": "billing", **one} for one in listed if isinstance(one, dict)]

    def _at_payer(self, level: LoopNode, provider: JsonObject) -> None:
        """Give the provider the numbers the payer of a subscriber knows it by."""
        found = level.child("2010BB")
        numbers: JsonObject = {}
        if found is None:
            return
        _AT_PAYER.read(list(found.every("REF", "G2", "LU")), numbers)
        payer = found.segments[0].element(9)
        of = system.HEALTH_PLAN_ID if found.segments[0].element(8) == "XV" else system.PAYER_ID
        listed, held = numbers.get("identifier"), provider.setdefault("identifier", [])
        for one in listed if isinstance(listed, list) else []:
            if isinstance(one, dict) and isinstance(held, list):
                made: JsonValue = {
                    **one,
                    "assigner": {"identifier": {"system": of, "value": payer}},
                }
                if made not in held:
                    held.append(made)

    def _subscriber(self, level: LoopNode, provider: str, payee: str) -> None:
        coverage: JsonObject = {"resourceType": "Coverage", "status": "active"}
        facts: JsonObject = {}
        sbr = [one for one in level.segments if one.id == "SBR"]
        self._reading.take(_SUBSCRIBER_LEVEL, sbr, coverage)
        own = coverage.pop("patientIsSubscriber", "") == "18"
        rest = [one for one in level.segments[1:] if one.id != "SBR"]
        self._reading.take(_SUBSCRIBER_FACTS, rest, facts)
        payer = self._reading.registry.add(self._payer(level))
        holder = self._holder(level)
        number = holder.pop("memberId", None)
        if number is not None:
            coverage["subscriberId"] = number
        coverage["payor"] = [refer(payer)]
        standing = Standing(provider, payer, payee, self._created, self._number)
        if own or any(True for _ in level.each("2300")):
            self._own_claims(level, standing, coverage, holder, facts)
        for patient in level.each("2000C"):
            self._patient(patient, standing, coverage, holder)

    def _payer(self, level: LoopNode) -> JsonObject:
        found = level.child("2010BB")
        payer: JsonObject = {"resourceType": "Organization"}
        if found is not None:
            kept = [one for one in found.segments if one not in found.every("REF", "G2", "LU")]
            self._reading.take(_PAYER, kept, payer)
        return payer

    def _holder(self, level: LoopNode) -> JsonObject:
        """Return the subscriber; whether it is a person is told by NM102."""
        found = level.child("2010BA")
        return (
            read_party(found, self._reading, _SUBSCRIBER, _ABOUT, person="Patient") if found else {}
        )

    def _own_claims(
        self,
        level: LoopNode,
        standing: Standing,
        coverage: JsonObject,
        holder: JsonObject,
        facts: JsonObject,
    ) -> None:
        """Take the claims of a patient who is the subscriber."""
        patient = {**holder, "resourceType": "Patient"}
        self._cover(standing, coverage, patient, facts, "self")
        for loop in level.each("2300"):
            self._claim(loop, standing)

    def _patient(
        self, level: LoopNode, standing: Standing, coverage: JsonObject, holder: JsonObject
    ) -> None:
        found, facts = level.child("2010CA"), dict(coverage)
        self._reading.take(_PATIENT_LEVEL, level.segments[1:], facts)
        person = read_party(found, self._reading, _PATIENT, person="Patient") if found else {}
        self._cover(standing, facts, {**person, "resourceType": "Patient"}, facts, "", holder)
        for loop in level.each("2300"):
            self._claim(loop, standing)

    def _cover(
        self,
        standing: Standing,
        coverage: JsonObject,
        patient: JsonObject,
        facts: JsonObject,
        relationship: str,
        holder: JsonObject | None = None,
    ) -> None:
        """Make patient and coverage, and the subscriber where it is another person."""
        died = facts.pop("deceasedDateTime", None)
        if died is not None:
            patient["deceasedDateTime"] = died
        standing.facts = {name: facts.pop(name) for name in ("weight", "pregnant") if name in facts}
        standing.patient = patient
        standing.coverage = dict(coverage)
        standing.relationship = relationship
        standing.holder = holder or {}

    def _claim(self, loop: LoopNode, standing: Standing) -> None:
        self._claims.append(ReadClaim(self._kind, loop, standing, self._reading).claim())


def _give_taxonomy(provider: JsonObject, code: JsonValue) -> None:
    if not isinstance(code, str):
        return
    made = concept(system.TAXONOMY, code)
    if provider.get("resourceType") == "Practitioner":
        provider["qualification"] = [{"code": made}]
    else:
        provider["type"] = [made]


def _moment(date: str, time: str) -> datetime:
    """Return when the batch was written; the first moment of our time where it is not told."""
    clock = time[:6].ljust(6, "0") if time.isdecimal() else "000000"
    try:
        return datetime.strptime(f"{day(date)} {clock}", "%Y-%m-%d %H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)


def claims_of(found: ReadSet) -> Iterator[tuple[JsonObject, dict[str, JsonObject]]]:
    """Yield each claim with the resources of the set."""
    for one in found.claims:
        yield one, found.resources
