"""Who a 278 speaks of, as FHIR: the levels above each event, read back into resources."""

from collections.abc import Mapping
from dataclasses import dataclass

from mappers.fhir_x12 import pas
from mappers.fhir_x12 import review_table as table
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.system import MEMBER_ID, RELATIONSHIP, TAXONOMY
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.tree import LoopNode

RUNS: Mapping[str, LoopRun] = {
    one.id: LoopRun(one)
    for one in (
        table.UMO,
        table.REQUESTER,
        table.SUBSCRIBER,
        table.DEPENDENT,
        table.EVENT_PROVIDER,
        table.SERVICE_PROVIDER,
    )
}


PROVIDER_LOOPS = {"2010EA": "2010EA", "2010F": "2010F", "2010FA": "2010F"}


PLAIN_RELATIONS = {"self": "18", "spouse": "01", "child": "19", "common": "53"}
_HELD = frozenset({"actsAs", "acting", "taxonomy", "numbers", "memberId", "relation"})


@dataclass(frozen=True, slots=True)
class Person:
    """A party as read: its resource, and what the loop says of its part in the review."""

    resource: JsonObject
    role: str
    taxonomy: str
    member_id: str = ""
    relation: str = ""
    lost: tuple[str, ...] = ()


def read_party(loop: LoopNode | None, kind: str, id: str) -> Person:
    """Return the party of a loop (`2010B`); `kind` is its type where it is no organization."""
    if loop is None:
        return Person({}, "", "")
    name = loop.first("NM1")
    is_person = name is not None and name.element(2) == "1"
    type = kind if is_person or kind == "Patient" else "Organization"
    subject: JsonObject = {"resourceType": type, "id": id}
    run = RUNS[PROVIDER_LOOPS.get(loop.id, loop.id)]
    lost = run.read([one for one in loop.segments if one.id != "AAA"], subject)
    kept = {name: one for name, one in subject.items() if name not in _HELD}
    numbers = [*read(subject, "identifier"), *read(subject, "numbers")]
    if numbers:
        kept["identifier"] = numbers
    role = _text(subject, "actsAs")
    if type == "Organization":
        kept |= {"active": True}
        if role:
            kept["type"] = [{"coding": [{"system": pas.system("98"), "code": role}]}]
    return Person(
        kept,
        role,
        _text(subject, "taxonomy"),
        _text(subject, "memberId"),
        _text(subject, "relation"),
        tuple(lost),
    )


UNNAMED: JsonObject = {"display": "nobody is named"}


def reference_to(resource: JsonObject) -> JsonObject:
    """Return a reference to a party as read; to one that a broken set does not name, in words."""
    if not resource:
        return UNNAMED
    return {"reference": f"{resource.get('resourceType')}/{resource.get('id')}"}


def related(relation: str) -> JsonObject:
    """Return the relationship of INS02: FHIR's code where one says the same, and X12's own."""
    codings: list[JsonValue] = [
        {"system": RELATIONSHIP, "code": name}
        for name, code in PLAIN_RELATIONS.items()
        if code == relation
    ]
    return {"coding": [*codings, {"system": pas.system("1069"), "code": relation}]}


def with_specialty(party: Person) -> JsonObject:
    """Return a provider who says the specialty: as a type, or a person's qualification."""
    if not party.taxonomy:
        return party.resource
    concept: JsonObject = {"coding": [{"system": TAXONOMY, "code": party.taxonomy}]}
    if party.resource.get("resourceType") == "Organization":
        return {**party.resource, "type": [*read(party.resource, "type"), concept]}
    return {**party.resource, "qualification": [{"code": concept}]}


def member(party: Person) -> JsonObject:
    """Return a subscriber who bears the number of the member."""
    if not party.member_id:
        return party.resource
    number: JsonValue = {"system": MEMBER_ID, "value": party.member_id}
    return {**party.resource, "identifier": [number, *read(party.resource, "identifier")]}


def _text(subject: JsonObject, name: str) -> str:
    found = subject.get(name)
    return found if isinstance(found, str) else ""
