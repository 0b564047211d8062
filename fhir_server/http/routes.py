"""The way from a path below the FHIR base to a row of the table of interactions or operations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fhir_server.interactions.address import version_number
from fhir_server.interactions.content import ID
from fhir_server.interactions.search import EVERY
from fhir_server.interactions.table import Interaction, Place
from fhir_server.operations import Level, Operation, find_operation
from fhir_server.operations.served import BY_PLACE
from fhir_server.outcome import MethodNotAllowed, NotFound

LEVELS: dict[int, Level] = {1: "system", 2: "type", 3: "instance", 5: "version"}
"""Where an operation is called, by the number of segments of the path."""
WHOLE: tuple[Place, ...] = ("system", "system-search", "system-history")
"""Places of the whole system, whose paths name no type."""
LONE: tuple[Place, ...] = ("system", "type", "instance")
TAILS: Mapping[tuple[int, str], Place] = {
    (1, "_search"): "system-search",
    (2, "_search"): "search",
    (4, "_search"): "compartment-search",
    (1, "_history"): "system-history",
    (2, "_history"): "type-history",
    (3, "_history"): "history",
}
"""Places by the number of segments of a path and the last one."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a request goes: the row it found, and what the path names."""

    row: Interaction | Operation
    type: str | None = None
    id: str | None = None
    version: int | None = None
    compartment: tuple[str, str] | None = None


def find_route(
    method: str,
    path: str,
    is_type: Callable[[str], bool],
    operations: tuple[Operation, ...],
) -> Route:
    """Return where a path below the FHIR base goes. Raises NotFound, MethodNotAllowed."""
    method = "GET" if method == "HEAD" else method
    segments = tuple(path.removesuffix("/").split("/")) if path else ()
    if segments and segments[-1].startswith("$"):
        return _operation(method, segments, is_type, operations)
    place = path_place(segments)
    row = _row(place, method)
    if place in ("compartment", "compartment-search"):
        owner, own, member = segments[:3]
        compartment = (_type(owner, is_type), _id(own))
        return Route(
            row, None if member == EVERY else _type(member, is_type), compartment=compartment
        )
    type = None if place in WHOLE else _type(segments[0], is_type)
    id = _id(segments[1]) if place in ("instance", "history", "version") else None
    version = version_number(segments[3]) if place == "version" else None
    return Route(row, type, id, version)


def path_place(segments: tuple[str, ...]) -> Place:
    """Return the place in the table that a path has. Raises NotFound."""
    known = TAILS.get((len(segments), segments[-1])) if segments else None
    if known is not None:
        return known
    match segments:
        case (_, _, "_history", _):
            return "version"
        case (_, _, member) if not member.startswith("_"):
            return "compartment"
        case () | (_,) | (_, _):
            return LONE[len(segments)]
        case _:
            raise NotFound("no interaction has this path")


def _operation(
    method: str,
    segments: tuple[str, ...],
    is_type: Callable[[str], bool],
    operations: tuple[Operation, ...],
) -> Route:
    name = segments[-1][1:]
    level = LEVELS.get(len(segments))
    if level is None or (level == "version" and segments[2] != "_history"):
        raise NotFound("no operation has this path")
    type = _type(segments[0], is_type) if level != "system" else None
    id = _id(segments[1]) if level in ("instance", "version") else None
    version = version_number(segments[3]) if level == "version" else None
    return Route(find_operation(operations, name, level, type, method), type, id, version)


def _row(place: Place, method: str) -> Interaction:
    row = BY_PLACE.get((place, method))
    if row is None:
        raise MethodNotAllowed.of([one for where, one in BY_PLACE if where == place])
    return row


def _type(name: str, is_type: Callable[[str], bool]) -> str:
    if not is_type(name):
        raise NotFound("the path names no resource type of R4", detail="unknown-type")
    return name


def _id(text: str) -> str:
    if ID.fullmatch(text) is None:
        raise NotFound("an id is 1 to 64 letters, digits, hyphens and dots")
    return text
