"""The people and organizations of a claim, resolved from its references."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mappers.fhir_x12.memo import Memo
from mappers.fhir_x12.problem import Problem
from mappers.fhir_x12.reference import follow
from mappers.fhir_x12.system import NPI, PAYER_ID
from mappers.path import JsonObject, JsonValue, read

Role = str  # NM101: 82 rendering, DQ supervising, DN referring, 71 attending...

ROLES: Mapping[str, Role] = {
    "rendering": "82",
    "primary": "82",
    "performing": "82",
    "supervising": "DQ",
    "supervisor": "DQ",
    "referring": "DN",
    "referrer": "DN",
    "primarycare": "P3",
    "attending": "71",
    "operating": "72",
    "otheroperating": "ZZ",
    "ordering": "DK",
    "purchasedservice": "QB",
    "assist": "DD",
}
ROLE_CODES: Mapping[Role, str] = {role: code for code, role in reversed(tuple(ROLES.items()))}
"""The code a role is read as: the first one that is written so."""
NOBODY: JsonObject = {}
"""Stands for a party that is not named."""
_IDENTITY = ("resourceType", "id")
_NAME_USES = ("official", "usual", "", "temp", "nickname", "anonymous", "maiden", "old")
_ADDRESS_USES = ("home", "work", "", "billing", "temp", "old")


@dataclass(frozen=True, slots=True)
class Member:
    """One member of the care team whose role X12 names; `index` is the place in Claim.careTeam."""

    index: int
    sequence: int
    role: Role
    entry: JsonObject
    provider: JsonObject


@dataclass(frozen=True, slots=True)
class OtherCover:
    """A coverage beside the one the claim goes to, and what its payer answered, if it did."""

    index: int
    insurance: JsonObject
    coverage: JsonObject
    subscriber: JsonObject
    payer: JsonObject
    answer: JsonObject


@dataclass(frozen=True, slots=True)
class Parties:
    """Everyone a claim names; an empty tree stands for one that is not there."""

    insurance: JsonObject
    coverage: JsonObject
    subscriber: JsonObject
    patient: JsonObject
    payer: JsonObject
    provider: JsonObject
    facility: JsonObject
    team: tuple[Member, ...]
    others: tuple[OtherCover, ...] = ()
    payee: JsonObject = field(default_factory=dict)

    @property
    def patient_is_subscriber(self) -> bool:
        """Whether the coverage is the patient's own."""
        relationship = read(self.coverage, "relationship.coding.code")
        same = all(self.subscriber.get(one) == self.patient.get(one) for one in _IDENTITY)
        return "self" in relationship or (not relationship and same and bool(self.patient))

    def member(self, role: Role) -> Member | None:
        """Return the first member of the team in this role."""
        return next((one for one in self.team if one.role == role), None)


def parties(
    claim: JsonObject, resources: Mapping[str, JsonObject], memo: Memo | None = None
) -> tuple[Parties, list[Problem]]:
    """Resolve the claim's references; a required one that leads nowhere is a problem."""
    resolver = _Resolver(claim, resources, memo or Memo())
    insurance = focal(claim)
    coverage = resolver.one(insurance, "coverage", "Claim.insurance.coverage", "2000B SBR")
    patient = resolver.person(claim, "patient", "Claim.patient", "2010CA NM1")
    subscriber = resolver.person(
        _holder(coverage), "subscriber", "Coverage.subscriber", "2010BA NM1"
    )
    payer = resolver.payer(coverage)
    provider = resolver.provider(claim, "Claim.provider", "2010AA NM1", "organization")
    facility = resolver.facility()
    found = Parties(
        insurance,
        coverage,
        subscriber,
        patient,
        payer,
        provider,
        facility,
        resolver.team(),
        resolver.others(insurance),
        resolver.payee(),
    )
    return found, resolver.problems


def focal(claim: JsonObject) -> JsonObject:
    """Return the insurance the claim is sent to: the focal one, else the first."""
    entries = [one for one in read(claim, "insurance") if isinstance(one, dict)]
    chosen = [one for one in entries if one.get("focal") is True]
    return (chosen or entries or [{}])[0]


def _holder(coverage: JsonObject) -> JsonObject:
    """Return the coverage; where it names no subscriber and is one's own, the beneficiary is."""
    if "subscriber" in coverage:
        return coverage
    if set(read(coverage, "relationship.coding.code")) - {"self"}:
        held = coverage.get("policyHolder")
        return coverage if held is None else {**coverage, "subscriber": held}
    return {**coverage, "subscriber": coverage.get("beneficiary")}


class _Resolver:
    """Follows references of one claim and notes those that lead nowhere."""

    def __init__(self, claim: JsonObject, resources: Mapping[str, JsonObject], memo: Memo) -> None:
        self._memo = memo
        self._claim = claim
        self._resources = resources
        self.problems: list[Problem] = []

    def one(self, owner: JsonObject, name: str, path: str, place: str) -> JsonObject:
        """Return the resource of a reference, empty and noted where there is none."""
        reference = owner.get(name)
        chosen = reference[0] if isinstance(reference, list) and reference else reference
        found = self._follow(owner, chosen)
        if found is None:
            lacks = "is missing" if not chosen else "refers to a resource that is not here"
            self.problems.append(Problem("unresolved", path, place, f"the reference {lacks}"))
        return found or {}

    def person(self, owner: JsonObject, name: str, path: str, place: str) -> JsonObject:
        """Return a person, the name and address to write first."""
        return self._preferred(self.one(owner, name, path, place))

    def _preferred(self, resource: JsonObject) -> JsonObject:
        """Return a party with the name and address that are sent."""
        return self._memo.ready("preferred", resource, preferred) if resource else resource

    def payer(self, coverage: JsonObject) -> JsonObject:
        """Return the payer: who pays the coverage, else the claim's insurer."""
        if coverage.get("payor") or not self._claim.get("insurer"):
            return self._preferred(self.one(coverage, "payor", "Coverage.payor", "2010BB NM1"))
        return self._preferred(self.one(self._claim, "insurer", "Claim.insurer", "2010BB NM1"))

    def provider(self, owner: JsonObject, path: str, place: str, first: str) -> JsonObject:
        """Return a provider; a PractitionerRole gives whom `first` names, itself as `role`."""
        found = self.one(owner, "provider", path, place)
        if found.get("resourceType") != "PractitionerRole":
            return self._preferred(found)
        other = "practitioner" if first == "organization" else "organization"
        inner = first if first in found else other
        whom = preferred(self.one(found, inner, f"{path}.{inner}", place))
        return {**whom, "role": found} if whom else {}

    def facility(self) -> JsonObject:
        """Return the place of service, with the identifiers of who manages it."""
        if not self._claim.get("facility"):
            return {}
        place = self.one(self._claim, "facility", "Claim.facility", "2310C NM1")
        if npi(place):
            return preferred(place)
        manager = self._follow(place, place.get("managingOrganization")) or {}
        own, its = read(place, "identifier"), read(manager, "identifier")
        return preferred({**place, "identifier": [*own, *its]} if place else {})

    def others(self, focal: JsonObject) -> tuple[OtherCover, ...]:
        """Return the coverages beside the focal one, in the order in which they pay."""
        found = []
        for index, entry in enumerate(read(self._claim, "insurance")):
            if entry is focal or not isinstance(entry, dict):
                continue
            path = f"Claim.insurance[{index}].coverage"
            coverage = self.one(entry, "coverage", path, "2320 SBR")
            if not coverage:
                continue
            holder = self.person(_holder(coverage), "subscriber", f"{path}.subscriber", "2330A NM1")
            payer = preferred(self.one(coverage, "payor", f"{path}.payor", "2330B NM1"))
            answer = self._follow(entry, entry.get("claimResponse")) or {}
            found.append(OtherCover(index, entry, coverage, holder, payer, answer))
        return tuple(found)

    def payee(self) -> JsonObject:
        """Return the plan that is paid in place of the provider, if the claim names one."""
        payee = self._claim.get("payee")
        party = payee.get("party") if isinstance(payee, dict) else None
        found = self._follow(self._claim, party) or {}
        is_plan = found.get("resourceType") == "Organization" and read(
            found, f"identifier[system={PAYER_ID}].value"
        )
        return self._preferred(found) if is_plan else NOBODY

    def team(self) -> tuple[Member, ...]:
        """Return the members of the care team in roles X12 names, in their order."""
        found = []
        for index, entry in enumerate(read(self._claim, "careTeam")):
            codes = read(entry, "role.coding.code")
            role = next((ROLES[str(one)] for one in codes if str(one) in ROLES), None)
            if role is None or not isinstance(entry, dict):
                continue
            path = f"Claim.careTeam[{index}].provider"
            provider = self.provider(entry, path, f"2310 NM1*{role}", "practitioner")
            sequence = entry.get("sequence")
            number = sequence if isinstance(sequence, int) else index + 1
            found.append(Member(index, number, role, entry, provider))
        return tuple(found)

    def _follow(self, owner: JsonObject, reference: JsonValue) -> JsonObject | None:
        if not isinstance(reference, dict):
            return None
        holder = owner if "contained" in owner else self._claim
        return follow(holder, reference, self._resources)


def npi(resource: JsonObject) -> str:
    """Return the National Provider Identifier, or an empty text."""
    found = read(resource, f"identifier[system={NPI}].value")
    return str(found[0]) if found else ""


def preferred(resource: JsonObject) -> JsonObject:
    """Return the resource with only the name and the address that go on a claim."""
    chosen: JsonObject = {
        name: _best(resource[name], uses)
        for name, uses in (("name", _NAME_USES), ("address", _ADDRESS_USES))
        if isinstance(resource.get(name), list)
    }
    addresses = resource.get("address")
    billing = [
        one
        for one in (addresses if isinstance(addresses, list) else [])
        if isinstance(one, dict) and one.get("use") == "billing"
    ]
    if billing and chosen["address"] != billing[:1]:
        chosen["payTo"] = list(billing[:1])
    return {**resource, **chosen}


def _best(values: JsonValue, uses: tuple[str, ...]) -> list[JsonValue]:
    listed = [one for one in values if isinstance(one, dict)] if isinstance(values, list) else []

    def rank(value: JsonObject) -> int:
        use = value.get("use", "")
        return uses.index(use) if isinstance(use, str) and use in uses else len(uses)

    return list(sorted(listed, key=rank)[:1])
