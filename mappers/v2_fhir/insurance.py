"""IN1, IN2 and IN3 to Coverage with its payor and its subscriber; shared by all messages.

A coverage is known by its patient, its payor and the number of the insured: the plan's id is that
of all its members. A payor that is known already is left as it is, since others keep it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mappers.apply import run
from mappers.path import JsonObject, JsonTarget, JsonValue, read
from mappers.rule import Table
from mappers.v2_fhir.bundle import Entry, Mode
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.finance_code import SUBSCRIBER_RELATIONSHIP
from mappers.v2_fhir.identity import Key, chosen_key, identifier_query, stable_id
from mappers.v2_fhir.patient import cleared_elements
from mappers.v2_fhir.segments.in1 import (
    COVERAGE,
    GROUP,
    PAYOR,
    PLAN,
    POLICY_HOLDER,
    SUBSCRIBER,
)
from mappers.v2_fhir.source import SegmentSource, SegmentText
from mappers.v2_fhir.work import VOCABULARY, Work

PAYOR_TYPES = ("NIIP", "")
PAYOR_TYPE: JsonObject = {"coding": [{"system": f"{TERMINOLOGY}/organization-type", "code": "pay"}]}
CLASSES = ((PLAN, "plan"), (GROUP, "group"))
UNNAMED: JsonObject = {"type": "Organization", "display": "not named by the sender"}


@dataclass(frozen=True, slots=True)
class Insured:
    """The patient of a message: the key and reference, and what PID tells."""

    key: Key
    reference: str
    patient: JsonObject


def insurances(segments: Sequence[SegmentText]) -> list[list[SegmentText]]:
    """Return each IN1 with the IN2 and IN3 that follow it."""
    found: list[list[SegmentText]] = []
    for segment in segments:
        if segment.id == "IN1":
            found.append([segment])
        elif segment.id in {"IN2", "IN3"} and found:
            found[-1].append(segment)
    return found


def add_coverages(
    work: Work, segments: Sequence[SegmentText], key: Key, patient: str, mode: Mode = "merge"
) -> list[str]:
    """Add a Coverage for each IN1; return the references in the order of their priority."""
    insured = Insured(key, patient, work.entries[patient].resource)
    added = [
        _add_coverage(work, work.source(*one), insured, mode, at)
        for at, one in enumerate(insurances(segments), 1)
    ]
    return list(dict.fromkeys(url for _, url in sorted(added, key=lambda one: one[0])))


def _add_coverage(
    work: Work, source: SegmentSource, insured: Insured, mode: Mode, place: int
) -> tuple[int, str]:
    """Add one Coverage; return its order and the reference to it."""
    coverage: JsonObject = {"resourceType": "Coverage"}
    work.run(COVERAGE, source, coverage)
    defaults = () if "status" in coverage else ("status",)
    coverage.setdefault("status", "active")
    coverage["beneficiary"] = {"reference": insured.reference}
    work.run(POLICY_HOLDER, source, coverage)
    classes: list[JsonValue] = [
        found for table, code in CLASSES if (found := _class(work, table, source, code))
    ]
    if classes:
        coverage["class"] = classes
    payor, name = _payor(work, source)
    coverage["payor"] = [payor]
    _settle_relationship(coverage, source, insured)
    order = coverage.setdefault("order", place)
    number = str(coverage.get("subscriberId", "")) or str(read(coverage, "class.value")[:1])
    known = (*insured.key, name, number)
    identity = (work.feed.local_system("coverage"), stable_id(work.feed.name, "Coverage", *known))
    _identify(coverage, identity)
    subscriber = _subscriber(work, source, insured, mode, coverage, known)
    if subscriber:
        coverage["subscriber"] = {"reference": subscriber}
    url = f"urn:uuid:{identity[1]}"
    cleared = cleared_elements(COVERAGE, source, coverage)
    work.add(
        Entry(
            coverage,
            url,
            "Coverage",
            mode,
            identifier_query(identity),
            cleared,
            defaults,
            time=work.time,
        )
    )
    return order if isinstance(order, int) else place, url


def _identify(resource: JsonObject, identity: Key) -> None:
    """Add the identifier by which the resource is found again."""
    found = resource.get("identifier")
    own: JsonValue = {"system": identity[0], "value": identity[1]}
    resource["identifier"] = [own, *(found if isinstance(found, list) else [])]


def _class(work: Work, table: Table, source: SegmentSource, code: str) -> JsonObject:
    """Return a class of the coverage, empty where the sender tells none; its value is required."""
    found = work.run(table, source)
    if "value" not in found:
        return {}
    coding: JsonObject = {"system": f"{TERMINOLOGY}/coverage-class", "code": code}
    return {"type": {"coding": [coding]}, **found}


def _payor(work: Work, source: SegmentSource) -> tuple[JsonObject, str]:
    """Add the payor; return the reference to it and the text it is known by."""
    payor: JsonObject = {"resourceType": "Organization", "active": True}
    work.run(PAYOR, source, payor)
    key = chosen_key(payor, PAYOR_TYPES)
    if key is None:
        return dict(UNNAMED), ""
    payor["type"] = [PAYOR_TYPE]
    payor.setdefault("name", key[1])
    url = f"urn:uuid:{stable_id(work.feed.name, 'Organization', *key)}"
    work.add(Entry(payor, url, "Organization", "create", identifier_query(key)))
    return {"reference": url, "display": payor["name"]}, "|".join(key)


def _settle_relationship(coverage: JsonObject, source: SegmentSource, insured: Insured) -> None:
    """Read CHD of an insured who is older than the patient as what it can only mean.

    IN1-17 tells what the insured is to the patient; many senders tell it the other way about.
    """
    born, own = source.value("IN1-18")[:8], str(insured.patient.get("birthDate", ""))
    older = len(born) == 8 and born.isdigit() and born < own.replace("-", "")
    for coding in read(coverage, "relationship.coding"):
        if not isinstance(coding, dict) or coding.get("system") != SUBSCRIBER_RELATIONSHIP.system:
            continue
        if coding.get("code") == "parent" and older and len(own) == 10:
            coding["code"] = "child"


def is_self(coverage: JsonObject) -> bool:
    """Say whether the insured is the patient."""
    system = SUBSCRIBER_RELATIONSHIP.system
    return "self" in read(coverage, f"relationship.coding[system={system}].code")


def _subscriber(
    work: Work,
    source: SegmentSource,
    insured: Insured,
    mode: Mode,
    coverage: JsonObject,
    known: tuple[str, ...],
) -> str:
    """Add the subscriber where it is another person; return the reference to who it is."""
    if is_self(coverage):
        _account_for_patient(work, source, insured.patient)
        return insured.reference
    if not any((*source.texts("IN1-16"), *source.texts("IN1-16.2"))):
        return ""
    person: JsonObject = {"resourceType": "RelatedPerson", "active": True}
    work.run(SUBSCRIBER, source, person)
    return add_related(work, person, insured.reference, mode, ("subscriber", *known))


def add_related(
    work: Work, person: JsonObject, patient: str, mode: Mode, known: tuple[str, ...]
) -> str:
    """Add a person related to the patient, found again by `known`; return the reference to it."""
    person["patient"] = {"reference": patient}
    system = work.feed.local_system("related-person")
    identity = (system, stable_id(work.feed.name, "RelatedPerson", *known))
    _identify(person, identity)
    url = f"urn:uuid:{identity[1]}"
    query = identifier_query(identity)
    work.add(Entry(person, url, "RelatedPerson", mode, query, time=work.time))
    return url


def _account_for_patient(work: Work, source: SegmentSource, patient: JsonObject) -> None:
    """Count as read what IN1 repeats of a patient who is the insured, where PID tells the same."""
    for rule in SUBSCRIBER.rules:
        alone = SegmentSource(source.segments, set())
        told = JsonTarget()
        run(replace(SUBSCRIBER, rules=(rule,)), alone, told, VOCABULARY, work.context)
        if all(_has(patient, name, value) for name, value in told.tree.items()):
            work.read |= alone.read


def _has(patient: JsonObject, name: str, value: JsonValue) -> bool:
    """Say whether the patient has the element, or every item of it."""
    known = patient.get(name)
    if isinstance(value, list) and isinstance(known, list):
        return all(one in known for one in value)
    return name == "relationship" or value == known
