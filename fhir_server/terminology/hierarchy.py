"""Above and below a code in its code system.

Source: https://hl7.org/fhir/R4/codesystem.html#hierarchy. Every code subsumes itself.
"""

from collections.abc import Callable, Sequence

from fhir_server.outcome import TooManyCodes, UnknownCode
from fhir_server.terminology.source import Relation
from profiles.terminology import CodeSystem


def place_of(system: CodeSystem, code: str) -> int:
    """Return where a code stands in its system. Raises UnknownCode."""
    place = system.places.get(system.fold(code))
    if place is None:
        raise UnknownCode(f"the code system {system.url} has no such code")
    return place


def descendants(system: CodeSystem, place: int) -> set[int]:
    """Return the places below a place, itself among them."""
    return _reached(place, lambda one: system.children[one])


def ancestors(system: CodeSystem, place: int) -> set[int]:
    """Return the places above a place, itself among them."""
    return _reached(place, lambda one: system.concepts[one].parents)


def related(system: CodeSystem, code: str, relation: Relation, limit: int) -> frozenset[str]:
    """Return the codes above or below a code, itself among them.

    Raises UnknownCode, TooManyCodes.
    """
    reach = ancestors if relation == "above" else descendants
    found = reach(system, place_of(system, code))
    if len(found) > limit:
        raise TooManyCodes(f"more than {limit} codes are {relation} the code of {system.url}")
    return frozenset(system.concepts[place].code for place in found)


def _reached(start: int, following: Callable[[int], Sequence[int]]) -> set[int]:
    reached, waiting = {start}, [start]
    while waiting:
        further = set(following(waiting.pop())) - reached
        reached |= further
        waiting += further
    return reached
