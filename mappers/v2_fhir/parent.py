"""Reports about a result of another report: cultures with susceptibilities, screens confirmed.

OBR-29 names the order of the parent, OBR-26 its observation by code and sub-id, OBR-50 its
service. A child's observations are derived from the parent's; in the same message that is a
reference, else the parent is named by its order number (HL7 v2.5.1 chapter 7, 7.4.1.26).
"""

from collections.abc import Mapping, Sequence

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.datatypes import filled
from mappers.v2_fhir.panel import Member
from mappers.v2_fhir.report import Filed, by_number
from mappers.v2_fhir.service_request import parent_numbers
from mappers.v2_fhir.source import Node
from mappers.v2_fhir.work import Work


def link_parents(work: Work, filed: list[Filed]) -> None:
    """Link the reports that name a parent with it, and their orders with its order."""
    numbers = by_number(filed)
    for child in filed:
        source = work.source(child.order.obr)
        parents = parent_numbers(work, source, "OBR-29")
        for identifier in parents:
            known = numbers.get((str(identifier["system"]), str(identifier["value"])), [])
            _link_orders(work, child, [one for one in known if one is not child])
        for node in source.nodes("OBR-26"):
            _link_results(child, _parent_result(node, parents, numbers))
        work.source(child.order.obr).account(("OBR-50",) if parents else ())


def _link_orders(work: Work, child: Filed, parents: Sequence[Filed]) -> None:
    """Refer from the child's order to its parent's where both are in the message."""
    ours = _request(child)
    for parent in parents:
        theirs = _request(parent)
        entry = work.entries.get(ours)
        if entry is not None and theirs and theirs != ours:
            entry.resource["basedOn"] = [{"reference": theirs}]


def _request(filed: Filed) -> str:
    found = read(filed.report, "basedOn.reference")
    return str(found[0]) if found else ""


def _parent_result(
    node: Node, parents: list[JsonObject], numbers: Mapping[tuple[str, str], list[Filed]]
) -> JsonObject:
    """Return the reference to the observation that OBR-26 names (PRL)."""
    code, sub_id, value = (*node.parts(1), "")[0], node.text(2), node.text(3)
    wording = (*node.parts(1), "", "")[1]
    named = [(str(one["system"]), str(one["value"])) for one in parents]
    members = [
        one for number in named for filed in numbers.get(number, ()) for one in filed.members
    ]
    for member in members:
        if member.sub_id == sub_id and _is_coded(member, code):
            return {"reference": member.url}
    display = ": ".join(part for part in (wording or code, value) if part)
    found = filled(identifier=parents[0] if parents else None, display=display)
    start: JsonObject = {"type": "Observation"}
    return start | found if found else {}


def _is_coded(member: Member, code: str) -> bool:
    return code in read(member.observation, "code.coding.code")


def _link_results(child: Filed, parent: JsonObject) -> None:
    """Say that the child's observations are derived from the parent's."""
    if not parent:
        return
    for member in child.members:
        derived: list[JsonValue] = [parent]
        if parent.get("reference") != member.url:
            member.observation["derivedFrom"] = derived
