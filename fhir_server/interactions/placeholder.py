"""References to entries of a transaction that has no such entry: they would lead nowhere.

Source: https://hl7.org/fhir/R4/bundle.html#references; docs/decisions/0082.
"""

from collections.abc import Container, Iterator

from fhir_server.interactions.reference import references
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, Issue

PLACEHOLDERS = ("urn:uuid:", "urn:oid:")
MOST_ISSUES = 20
UNRESOLVED = "unresolved-reference"


def check_resolved(resource: JsonObject, before: Container[str] = ()) -> None:
    """Refuse a rewritten resource that still refers to an entry which is not in the Bundle.

    `before` are references that were stored already. Raises BadRequest, naming every place.
    """
    if not any(text.startswith(PLACEHOLDERS) for text in references(resource)):
        return  # as nearly always: places are made for the few
    issues = [
        Issue("error", "not-found", f"{place} is no fullUrl of the Bundle", place, UNRESOLVED)
        for place, text in placeholders(resource)
        if text not in before
    ]
    if issues:
        raise BadRequest("a reference leads to no entry", issues=issues[:MOST_ISSUES])


def placeholders(resource: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield path and text of every reference that only a Bundle around it can resolve.

    Those inside a Bundle are left out: what they lead to is looked for in that Bundle.
    """
    yield from _placeholders(resource, str(resource.get("resourceType")))


def _placeholders(value: JsonValue, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value.get("resourceType") != "Bundle":
        for key, member in value.items():
            place = f"{path}.{key}"
            if key == "reference" and isinstance(member, str) and member.startswith(PLACEHOLDERS):
                yield place, member
            elif isinstance(member, dict | list):
                yield from _placeholders(member, place)
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _placeholders(member, f"{path}[{index}]")
