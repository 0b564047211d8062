"""Loop 2300 to a Claim: what its rows read, given its FHIR form."""

from dataclasses import dataclass, field

from mappers.fhir_x12 import system
from mappers.fhir_x12.claim_kind import Kind
from mappers.fhir_x12.fill import put
from mappers.fhir_x12.form import FORMS
from mappers.fhir_x12.line import line_control, read_line
from mappers.fhir_x12.party import ROLE_CODES, npi
from mappers.fhir_x12.read_cover import ReadCovers
from mappers.fhir_x12.read_health_code import read_health_codes
from mappers.fhir_x12.read_line import under_line
from mappers.fhir_x12.read_party import Reading, read_party, read_place
from mappers.fhir_x12.registry import concept, numbered, refer
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.step import codes_of
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode

_RELATED = FORMS["related-claim"]
_PRIORITY = "http://terminology.hl7.org/CodeSystem/processpriority"
_PLACE = f"locationCodeableConcept.coding[system={system.PLACE_OF_SERVICE}].code"
_TRUE = True
_R4_ROLES = {"82": "primary", "DQ": "supervisor", "DD": "assist"}
_AMBULANCE = {"PW": "ambulance-pick-up", "45": "ambulance-drop-off"}


@dataclass(slots=True)
class Standing:
    """Under what a claim stands: provider, payer, a plan that is paid; patient and coverage."""

    provider: str
    payer: str
    payee: str
    created: str
    number: str = ""
    patient: JsonObject = field(default_factory=dict)
    coverage: JsonObject = field(default_factory=dict)
    relationship: str = ""
    holder: JsonObject = field(default_factory=dict)
    facts: JsonObject = field(default_factory=dict)


class ReadClaim:
    """One loop 2300 on its way to a Claim."""

    def __init__(self, kind: Kind, loop: LoopNode, standing: Standing, reading: Reading) -> None:
        self._kind, self._loop, self._standing = kind, loop, standing
        self._reading, self._registry = reading, reading.registry
        self._read: JsonObject = {}
        self._team: list[JsonObject] = []
        self._general: int | None = None

    def claim(self) -> JsonObject:
        """Return the Claim, its resources kept."""
        self._head()
        number = str(next(iter(read(self._read, "identifier[0].value")), ""))
        patient = self._patient()
        coverage = self._coverage(patient)
        self._frequency()
        self._facilities()
        self._providers()
        covers = ReadCovers(self._loop, self._kind, self._reading, self._standing.created)
        others = covers.insurances(patient)
        items = [self._line(at, one, number) for at, one in enumerate(self._loop.each("2400"), 1)]
        self._places(items)
        self._rendering(items)
        self._billable(items)
        answered = covers.answered(self._loop)
        claim = self._whole(patient, coverage, [*others], items)
        reference = self._registry.add(
            claim,
            f"{self._standing.provider}|{number}|{self._standing.payer}|{self._read.get('total')}",
        )
        covers.keep(answered, reference, patient)
        return claim

    def _head(self) -> None:
        segments: list[Segment] = []
        for one in self._loop.segments:
            if one.id == "HI":
                lost = read_health_codes(one, self._read, self._kind.name)
                self._reading.unread.extend(f"2300 {place}" for place in lost)
            else:
                segments.append(one)
        self._reading.take(self._kind.head, segments, self._read)
        self._stay()
        facts = self._standing.facts
        if "weight" in facts:
            slot = "supportingInfo{category:patientweight}.valueQuantity"
            put(self._read, f"{slot}.value", facts["weight"])
            put(self._read, f"{slot}.system", system.UCUM)
            put(self._read, f"{slot}.code", "[lb_av]")
        if "pregnant" in facts:
            put(self._read, "supportingInfo{category:pregnancy}.valueBoolean", True)  # noqa: FBT003

    def _stay(self) -> None:
        """Give day and hour of admission their places."""
        moment = self._read.pop("admittedAt", None)
        if isinstance(moment, str):
            day, _, hour = moment.partition("T")
            slot = "supportingInfo{category:admissionperiod}"
            put(self._read, f"{slot}.timingPeriod.start", day)
            put(self._read, f"{slot}.{system.extension('admission-hour')}.valueTime", f"{hour}:00")

    def _frequency(self) -> None:
        """Say what becomes of an earlier claim, and which bill it is."""
        code, place = self._read.pop("frequency", "1"), self._read.get("place")
        relation = _RELATED.read(str(code))
        codes = codes_of(relation)
        if codes and code in {"7", "8"}:
            put(self._read, "related[0].relationship", relation)
        elif self._kind.name != "institutional" and code != "1":
            put(self._read, f"{system.extension('claim-frequency')}.valueCode", code)
        for one in read(self._read, "related.reference"):
            if isinstance(one, dict):
                one["system"] = system.PAYER_CLAIM_NUMBER
        if self._kind.name == "institutional":
            del self._read["place"]
            bill = concept(f"{system.NUBC}/TypeOfBill", f"0{place}{code}")
            put(self._read, "supportingInfo{category:typeofbill}.code", bill)

    def _patient(self) -> str:
        number, patient = self._read.pop("recordNumber", None), self._standing.patient
        if number is not None:
            made: JsonObject = {**concept_type("MR"), "value": number}
            listed = patient.get("identifier")
            held = listed if isinstance(listed, list) else []
            if made not in held:
                patient = {**patient, "identifier": [*held, made]}
        return self._registry.add(dict(patient))

    def _coverage(self, patient: str) -> str:
        standing = self._standing
        coverage: JsonObject = {**standing.coverage, "beneficiary": refer(patient)}
        if standing.relationship:
            coverage["subscriber"] = refer(patient)
            coverage["relationship"] = concept(system.RELATIONSHIP, standing.relationship)
        elif standing.holder:
            holder = dict(standing.holder)
            if holder.get("resourceType") == "Organization":
                coverage["policyHolder"] = refer(self._registry.add(holder))
            else:
                if {"address", "birthDate", "gender"} & holder.keys():
                    put(coverage, f"{system.extension('holder-demographics')}.valueBoolean", _TRUE)
                holder |= {"resourceType": "RelatedPerson", "patient": refer(patient)}
                coverage["subscriber"] = refer(self._registry.add(holder))
        return self._registry.add(coverage)

    def _facilities(self) -> None:
        for code, run in self._kind.places.items():
            found = self._loop.child(run.spec.id)
            if found is None:
                continue
            place = refer(self._registry.add(read_place(found, self._reading, run)))
            if code == "77":
                self._read["facility"] = place
            else:
                path = system.extension(_AMBULANCE[code])
                put(self._read, f"{path}.valueReference", place)

    def _providers(self) -> None:
        for role in self._kind.team:
            for found in self._loop.each(role.loop.spec.id):
                number = self.member(found, role.loop)
                if "82" in role.roles:
                    self._general = number

    def member(self, loop: LoopNode, run: LoopRun) -> int:
        """Add a provider to the care team and return its number there; the same one once."""
        party = read_party(loop, self._reading, run)
        code = party.pop("taxonomy", None)
        role = loop.segments[0].element(1)
        entry: JsonObject = {
            "provider": refer(self._registry.add(party)),
            "role": _role(role),
        }
        if role == "82" and npi(party) == self._standing.number != "":
            put(entry, f"{system.extension('provider-repeated')}.valueBoolean", _TRUE)
        if isinstance(code, str):
            entry["qualification"] = concept(system.TAXONOMY, code)
        for number, known in enumerate(self._team, 1):
            if {name: one for name, one in known.items() if name != "sequence"} == entry:
                return number
        self._team.append({"sequence": len(self._team) + 1, **entry})
        return len(self._team)

    def _line(self, sequence: int, loop: LoopNode, number: str) -> JsonObject:
        item: JsonObject = {"sequence": sequence}
        segments = [one for one in loop.segments if one.id != "LX"]
        self._reading.take(self._kind.line, segments, item)
        control = item.pop("lineControlNumber", None)
        if control is not None and control != line_control(number, sequence):
            put(item, f"{system.extension('line-control-number')}.valueString", control)
        named = [
            self.member(found, role.loop)
            for role in self._kind.line_team
            for found in loop.each(role.loop.spec.id)
        ]
        if named:
            item["careTeamSequence"] = list[JsonValue](named)
        under_line(loop, item, self._kind, self._reading)
        read_line(item, self._kind.name)
        return item

    def _rendering(self, items: list[JsonObject]) -> None:
        """Name the rendering provider of the claim in the lines that have none of their own."""
        rendering = [
            one["sequence"] for one in self._team if "rendering" in codes_of(one.get("role"))
        ]
        general = self._general
        for item in items:
            named = item.get("careTeamSequence", [])
            held = named if isinstance(named, list) else []
            if general is not None and not any(one in rendering for one in held):
                item["careTeamSequence"] = [general, *held]

    def _billable(self, items: list[JsonObject]) -> None:
        """Give a claim whose bill tells no period the days of its services."""
        days = [
            str(day)
            for item in items
            for path in ("servicedDate", "servicedPeriod.start", "servicedPeriod.end")
            for day in read(item, path)
        ]
        if days:
            self._read.setdefault("billablePeriod", {"start": min(days), "end": max(days)})

    def _places(self, items: list[JsonObject]) -> None:
        """Give each line its place of service; the claim keeps its own if a line repeats it."""
        place = self._read.pop("place", None)
        if place is None or self._kind.name == "institutional":
            return
        own = [next(iter(read(one, _PLACE)), None) for one in items]
        if place in own or not items:
            put(self._read, f"{system.extension('place-of-service')}.valueCode", place)
            return
        for item, told in zip(items, own, strict=True):
            if told is None:
                put(item, _PLACE, place)
        if own[0] is not None:
            put(self._read, f"{system.extension('place-of-service')}.valueCode", place)

    def _whole(
        self,
        patient: str,
        coverage: str,
        others: list[JsonObject],
        items: list[JsonObject],
    ) -> JsonObject:
        read_members = self._read
        numbered(read_members.get("supportingInfo"))
        listed = read_members.pop("insurance", [{}])
        first = listed[0] if isinstance(listed, list) and listed else {}
        own = first if isinstance(first, dict) else {}
        focal: JsonObject = {"sequence": 1, "focal": True, "coverage": refer(coverage), **own}
        insurances = [focal, *others]
        numbered(list[JsonValue](insurances))
        for one in read(read_members, "identifier[0]"):
            if isinstance(one, dict):
                one["system"] = system.PATIENT_CONTROL_NUMBER
        use = "predetermination" if read_members.pop("predetermination", None) else "claim"
        if self._standing.payee:
            put(read_members, "payee.party", refer(self._standing.payee))
        if "referral" in read_members:
            put(read_members, "referral.type", "ServiceRequest")
        return {
            "resourceType": "Claim",
            "status": "active",
            "type": concept(system.CLAIM_TYPE, self._kind.name),
            "use": use,
            "patient": refer(patient),
            "created": self._standing.created,
            "insurer": refer(self._standing.payer),
            "provider": refer(self._standing.provider),
            "priority": concept(_PRIORITY, "normal"),
            **read_members,
            **({"careTeam": list[JsonValue](self._team)} if self._team else {}),
            "insurance": list[JsonValue](insurances),
            **({"item": list[JsonValue](items)} if items else {}),
        }


def _role(code: str) -> JsonObject:
    """Return the role of a provider: as CARIN calls it, and as R4 does where it has a word."""
    made = concept(system.CARE_TEAM_ROLE, ROLE_CODES.get(code, code.lower()))
    plain = _R4_ROLES.get(code)
    codings = read(made, "coding")
    if plain is not None:
        codings.append({"system": system.R4_TEAM_ROLE, "code": plain})
    return {"coding": codings}


def concept_type(code: str) -> JsonObject:
    """Return the type of an identifier, as HL7 v2 calls it."""
    return {"type": concept(system.IDENTIFIER_TYPE, code)}
