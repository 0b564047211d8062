"""Observations that one OBX-4 holds together: a parent and its members.

A dotted sub-id (`1.2`) belongs to the observation with the sub-id before the dot (`1`). Siblings
of different codes that share a sub-id, as the isolate and what is told of it, become members of
an observation that only holds them together (HL7 v2.5.1 chapter 7, 7.4.2.4). A sub-id that only
tells repetitions of one code apart groups nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.identity import code_key

SEPARATORS = (".", "-")
ADVANCE = ("registered", "preliminary", "final", "amended", "corrected")
"""States from the earliest to the latest; a group is as far as its member that is least far."""


@dataclass(frozen=True, slots=True)
class Member:
    """An observation with its sub-id and its reference."""

    observation: JsonObject
    sub_id: str
    url: str


def attach_children(members: Sequence[Member]) -> frozenset[str]:
    """Write hasMember of observations with dotted children; return the children's references."""
    single = _singles(members)
    children: set[str] = set()
    for member in members:
        parent = single.get(_parent(member.sub_id))
        if parent is None or parent is member:
            continue
        known = parent.observation.setdefault("hasMember", [])
        if isinstance(known, list):
            known.append({"reference": member.url})
            children.add(member.url)
    return frozenset(children)


def _singles(members: Sequence[Member]) -> Mapping[str, Member]:
    """Return the members whose sub-id is theirs alone."""
    counts: dict[str, int] = {}
    for member in members:
        counts[member.sub_id] = counts.get(member.sub_id, 0) + 1
    return {one.sub_id: one for one in members if one.sub_id and counts[one.sub_id] == 1}


def _parent(sub_id: str) -> str:
    for separator in SEPARATORS:
        head, found, _ = sub_id.rpartition(separator)
        if found:
            return head
    return ""


def shared_groups(members: Sequence[Member]) -> dict[str, list[Member]]:
    """Return the members of each sub-id that observations of different codes share."""
    groups: dict[str, list[Member]] = {}
    for member in members:
        if member.sub_id:
            groups.setdefault(member.sub_id, []).append(member)
    return {
        sub_id: found
        for sub_id, found in groups.items()
        if len({code_key(one.observation) for one in found}) > 1
    }


def group_of(members: Sequence[Member], code: JsonValue) -> JsonObject:
    """Return the observation that holds members together, as far as the least of them."""
    states = [str(one.observation["status"]) for one in members]
    known = [state for state in ADVANCE if state in states]
    return {
        "resourceType": "Observation",
        "status": known[0] if known else states[0],
        "code": code,
        "hasMember": [{"reference": one.url} for one in members],
    }
