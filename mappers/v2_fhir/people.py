"""Two Patients as one: what a merge and its undoing make of their resources.

Source: https://hl7.org/fhir/R4/patient.html#links. The survivor `replaces` the prior and gains its
identifiers as old ones; the prior is inactive and `replaced-by` the survivor. Chains are flat: who
was replaced by the prior is then replaced by the survivor.
"""

from collections.abc import Mapping

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.bundle import MapError
from mappers.v2_fhir.patient_link import (
    REPLACED_BY,
    REPLACES,
    SEE_ALSO,
    link_to,
    linked,
    links_of,
    with_links,
)

Patients = Mapping[str, JsonObject]
"""Patient resources by `Patient/id`."""


def merged(survivor: str, prior: str, stored: Patients) -> dict[str, JsonObject]:
    """Return what a merge changes, by reference; nothing where it was done before.

    `stored` holds both, and whom the prior replaced. Raises MapError for one that cannot be: the
    prior belongs to somebody else, or the survivor was merged into the prior before.
    """
    keeps, goes = stored[survivor], stored[prior]
    if survivor == prior or linked(goes, REPLACED_BY) == [survivor]:
        return {}
    if linked(keeps, REPLACED_BY):
        raise MapError("PID-3", "who is to remain was merged into another patient before")
    if linked(goes, REPLACED_BY):
        raise MapError("MRG-1", "who is to be merged was merged into another patient before")
    followers = [one for one in linked(goes, REPLACES) if one in stored and one != survivor]
    changed = {
        one: with_links(
            stored[one],
            [link_to(survivor, REPLACED_BY)],
            without=links_of(stored[one], REPLACED_BY),
        )
        for one in followers
    }
    links = [link_to(one, REPLACES) for one in (prior, *followers)]
    changed[survivor] = with_links(keeps, links) | {
        "identifier": [*_identifiers(keeps), *_old(goes, keeps)]
    }
    changed[prior] = with_links(goes, [link_to(survivor, REPLACED_BY)]) | {"active": False}
    return changed


def unmerged(survivor: str, prior: str, stored: Patients) -> dict[str, JsonObject]:
    """Return what the undoing of a merge changes; nothing where the two are not merged."""
    keeps, goes = stored[survivor], stored[prior]
    if linked(goes, REPLACED_BY) != [survivor]:
        return {}
    followers = [one for one in linked(goes, REPLACES) if one in stored]
    changed = {
        one: with_links(
            stored[one], [link_to(prior, REPLACED_BY)], without=links_of(stored[one], REPLACED_BY)
        )
        for one in followers
    }
    gone = [link_to(one, REPLACES) for one in (prior, *followers)]
    theirs = [_number(one) for one in _identifiers(goes)]
    own = [
        one
        for one in _identifiers(keeps)
        if _number(one) not in theirs or read(one, "use") != ["old"]
    ]
    changed[survivor] = with_links(keeps, [], without=gone) | {"identifier": list(own)}
    back = with_links(goes, [], without=links_of(goes, REPLACED_BY))
    changed[prior] = {name: value for name, value in back.items() if name != "active"}
    return changed


def seen_also(first: str, second: str, stored: Patients) -> dict[str, JsonObject]:
    """Return two Patients linked as those of one person, without either being replaced."""
    if first == second:
        return {}
    return {
        one: with_links(stored[one], [link_to(other, SEE_ALSO)])
        for one, other in ((first, second), (second, first))
        if other not in linked(stored[one], SEE_ALSO)
    }


def _identifiers(patient: JsonObject) -> list[JsonValue]:
    found = patient.get("identifier")
    return list(found) if isinstance(found, list) else []


def _old(prior: JsonObject, survivor: JsonObject) -> list[JsonValue]:
    """Return the identifiers of the prior that the survivor has not, as old ones."""
    known = [_number(one) for one in _identifiers(survivor)]
    old: JsonObject = {"use": "old"}
    return [
        one | old
        for one in _identifiers(prior)
        if isinstance(one, dict) and _number(one) not in known
    ]


def _number(identifier: JsonValue) -> JsonValue:
    return [*read(identifier, "system"), *read(identifier, "value")]
