"""The people and organizations of a prior authorization, as the tables of 278 read them.

What FHIR spreads over care team, role, location and coverage stands in one subject here: `actsAs`
is NM101, `taxonomy` PRV03, `acting` PRV01, `memberId` the number of the member.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from mappers.fhir_x12 import pas
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.party import preferred
from mappers.fhir_x12.problem import Problem
from mappers.fhir_x12.reference import follow
from mappers.fhir_x12.review_table import TRANSMITTER_ID
from mappers.fhir_x12.system import (
    EIN,
    EXTENSION,
    HEALTH_PLAN_ID,
    NPI,
    PAYER_ID,
    REFERENCE_KIND,
    SSN,
    STANDARD_MEMBER_ID,
    TAXONOMY,
)
from mappers.path import JsonObject, JsonValue, read, text
from mappers.x12.rules.code_provider import is_npi

CONTACT_NAME = f"{EXTENSION}/contact-name"
US_EIN = "http://terminology.hl7.org/NamingSystem/USEIN"
ROLES: Mapping[str, str] = {  # FHIR's roles of a care team: NM101
    "primary": "SJ",
    "performing": "SJ",
    "rendering": "SJ",
    "assist": "DD",
    "referring": "DN",
    "referrer": "DN",
    "prescribing": "DK",
    "pcp": "P3",
    "attending": "71",
    "operating": "72",
    "otheroperating": "73",
    "site": "77",
}
PROVIDER_ROLES = frozenset(
    {"71", "72", "73", "77", "AAJ", "DD", "DK", "DN", "FA", "G3", "P3", "QB", "QV", "SJ"}
)
ACTS: Mapping[str, str] = {  # NM101: PRV01
    "71": "AT",
    "72": "OP",
    "73": "OT",
    "AAJ": "AD",
    "DD": "AS",
    "DK": "OR",
    "DN": "RF",
    "P3": "PC",
}
UMO_ROLES = frozenset({"X3", "PR", "2B", "36", "FA", "1P", "P5", "GP"})
REQUESTER_ROLES = frozenset({"1P", "FA", "2B", "36", "GP", "P5", "PR", "X3"})
RELATIONS: Mapping[str, str] = {  # FHIR's relationship to the subscriber: INS02
    "self": "18",
    "spouse": "01",
    "child": "19",
    "common": "53",
    "parent": "G8",
    "other": "G8",
    "injured": "G8",
}
_OWN_ROLE = getter(pas.code("98", "type[0]"))
_TEAM_ROLE = getter(pas.code("98", "role"))
_RELATION = getter(pas.code("1069", "relationship"))
_BIRTH_DATE = getter("birthDate")


@dataclass(frozen=True, slots=True)
class Member:
    """A provider of the event or of single services; `index` is the place in Claim.careTeam."""

    index: int
    sequence: int
    is_of_event: bool
    subject: JsonObject


@dataclass(slots=True)
class ReviewParties:
    """Everyone a request names, as subjects of the tables, and what is doubtful about them."""

    umo: JsonObject
    requester: JsonObject
    subscriber: JsonObject
    patient: JsonObject
    team: list[Member]
    is_own: bool
    doubts: list[Problem] = field(default_factory=list)


def review_parties(claim: JsonObject, resources: Mapping[str, JsonObject]) -> ReviewParties:
    """Return everyone a claim names; one who is not there is empty."""
    people = _People(claim, resources)
    coverage = people.one(claim, "insurance[0].coverage")
    patient = people.one(claim, "patient") or people.one(coverage, "beneficiary")
    holder = people.one(coverage, "subscriber")
    relation = _relation(coverage)
    is_own = relation == "18" or (not relation and (not holder or holder == patient))
    subscriber = patient if is_own else holder
    insurer = people.one(claim, "insurer") or people.one(coverage, "payor[0]")
    return ReviewParties(
        umo=_numbered(_acting(preferred(insurer), UMO_ROLES), PAYER_ID, HEALTH_PLAN_ID),
        requester=people.requester(),
        subscriber={**_person(subscriber), "memberId": _member_id(coverage, subscriber)},
        patient={**_person(patient), "relation": relation or "G8"},
        team=list(people.team()),
        is_own=is_own,
        doubts=people.doubts,
    )


@dataclass(slots=True)
class _People:
    """Follows the references of one claim."""

    claim: JsonObject
    resources: Mapping[str, JsonObject]
    doubts: list[Problem] = field(default_factory=list)

    def one(self, owner: JsonObject, path: str) -> JsonObject:
        """Return the resource a path refers to, empty where there is none."""
        reference = getter(path)(owner)
        holder = owner if "contained" in owner else self.claim
        return (follow(holder, reference, self.resources) or {}) if reference else {}

    def requester(self) -> JsonObject:
        """Return who asks, the specialty and address of the role beside the name."""
        found = _acting(self.provider(self.claim, "organization"), REQUESTER_ROLES)
        return _reachable(_numbered(found, NPI, EIN)) if found else {}

    def provider(self, owner: JsonObject, first: str) -> JsonObject:
        """Return a provider; a PractitionerRole gives whom `first` names."""
        found = self.one(owner, "provider")
        if found.get("resourceType") != "PractitionerRole":
            return {**preferred(found), **_specialty(found)} if found else {}
        other = "practitioner" if first == "organization" else "organization"
        whom = self.one(found, first) or self.one(found, other)
        if not whom:
            return {}
        place = self.one(found, "location[0]").get("address")
        address: JsonObject = {} if whom.get("address") or not place else {"address": [place]}
        return {**preferred(whom), **address, **_specialty(whom), **_specialty(found)}

    def team(self) -> Iterator[Member]:
        """Yield the providers of event and services; one that cannot be named is a doubt."""
        for index, entry in enumerate(read(self.claim, "careTeam")):
            if not isinstance(entry, dict):
                continue
            of_event = f"{pas.extension('careTeamClaimScope')}.valueBoolean"
            is_of_event = getter(of_event)(entry) is not False
            found = self.provider(entry, "practitioner")
            if not found:
                path = f"Claim.careTeam[{index}].provider"
                place = "2010EA NM1" if is_of_event else "2010F NM1"
                message = "leads to nobody who can be named; the provider is not sent"
                self.doubts.append(Problem("unresolved", path, place, message))
                continue
            role = _role(entry, PROVIDER_ROLES)
            subject = {**_reachable(_numbered(found, NPI, EIN)), "actsAs": role}
            subject |= _qualified(entry)
            if "taxonomy" in subject and role in ACTS:
                subject["acting"] = ACTS[role]
            sequence = entry.get("sequence")
            number = sequence if isinstance(sequence, int) else index + 1
            yield Member(index, number, is_of_event, subject)


def provider_subject(provider: JsonObject, role: str) -> JsonObject:
    """Return a provider in a role (NM101) as the subject of its loop."""
    found = {**preferred(provider), **_specialty(provider)}
    return {**_numbered(found, NPI, EIN), "actsAs": role}


def _reachable(party: JsonObject) -> JsonObject:
    """Return a person whose telephone is a contact (PER) of that name, unless one is named."""
    points = [one for one in read(party, "telecom") if isinstance(one, dict)]
    is_named = CONTACT_NAME in read(party, "extension.url")
    if party.get("resourceType") == "Organization" or not points or is_named:
        return party
    names = [*read(party, "name.given"), *read(party, "name.family")]
    words = " ".join(text(one) for one in names) or "contact"
    extension: JsonObject = {"url": CONTACT_NAME, "valueString": words}
    return {**party, "extension": [*read(party, "extension"), extension]}


def _role(entry: JsonObject, allowed: frozenset[str]) -> str:
    own = _TEAM_ROLE(entry)
    mapped = (ROLES.get(str(one)) for one in read(entry, "role.coding.code"))
    return next((one for one in (own, *mapped) if isinstance(one, str) and one in allowed), "SJ")


def _acting(party: JsonObject, allowed: frozenset[str]) -> JsonObject:
    """Return a party with its role, where its type is one this loop knows."""
    own = _OWN_ROLE(party)
    return {**party, "actsAs": own} if own in allowed else party


def _specialty(resource: JsonObject) -> JsonObject:
    paths = ("specialty", "type", "qualification.code")
    codes = (
        code for path in paths for code in read(resource, f"{path}.coding[system={TAXONOMY}].code")
    )
    found = next(codes, None)
    return {"taxonomy": found} if found else {}


def _qualified(entry: JsonObject) -> JsonObject:
    found = next(iter(read(entry, f"qualification.coding[system={TAXONOMY}].code")), None)
    return {"taxonomy": found} if found else {}


def _numbered(party: JsonObject, *systems: str) -> JsonObject:
    """Return a party with a number NM109 can take: one of these systems, else any, as 46."""
    kept = [_known(one) for one in read(party, "identifier") if _is_sound(one)]
    typed = [one for one in kept if read(one, f"type.coding[system={REFERENCE_KIND}].code")]
    party = {**party, "numbers": typed}
    if any(read(one, "system") == [system] for one in kept for system in systems):
        return {**party, "identifier": kept}
    values = (value for one in read(party, "identifier") for value in read(one, "value"))
    number = next(values, None)
    other: list[JsonValue] = [{"system": TRANSMITTER_ID, "value": number}] if number else []
    return {**party, "identifier": [*kept, *other]}


def _known(identifier: JsonValue) -> JsonValue:
    """Return an identifier under the system by which the tables know it."""
    if isinstance(identifier, dict) and identifier.get("system") == US_EIN:
        return {**identifier, "system": EIN}
    return identifier


def _is_sound(identifier: JsonValue) -> bool:
    """Tell whether a number is what its system says: an NPI has a check digit."""
    if not isinstance(identifier, dict):
        return False
    return identifier.get("system") != NPI or is_npi(str(identifier.get("value", "")))


def _person(resource: JsonObject) -> JsonObject:
    """Return a person whose gender is said only beside a birth date."""
    typed = [
        one
        for one in read(resource, "identifier")
        if read(one, f"type.coding[system={REFERENCE_KIND}].code")
    ]
    chosen = {**preferred(resource), "numbers": typed}
    return chosen if _BIRTH_DATE(chosen) else {**chosen, "gender": None}


def _relation(coverage: JsonObject) -> str:
    own = _RELATION(coverage)
    if isinstance(own, str):
        return own
    mapped = (RELATIONS.get(str(one)) for one in read(coverage, "relationship.coding.code"))
    return next((one for one in mapped if one), "")


def _member_id(coverage: JsonObject, subscriber: JsonObject) -> JsonValue:
    """Return the number of the member: of the coverage, else of the subscriber's own numbers."""
    own = getter("subscriberId")(coverage)
    if own:
        return own
    other = (SSN, STANDARD_MEMBER_ID)
    numbers = [
        one
        for one in read(subscriber, "identifier")
        if isinstance(one, dict) and one.get("system") not in other
    ]
    member = [one for one in numbers if "MB" in read(one, "type.coding.code")]
    return next(iter(read(next(iter(member or numbers), {}), "value")), None)
