"""The laboratory that did a test and its medical director, contained in what they performed.

A feed makes no directory entries (record 0020), yet a report has to show the name and the address
of the laboratory (42 CFR 493.1291(c)): where these are sent they travel inside the resource.
"""

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.segments.obx import DIRECTOR, LABORATORY
from mappers.v2_fhir.source import SegmentSource
from mappers.v2_fhir.work import Work

WIDTH = 24
"""The first field of OBX that asks for a contained laboratory."""
ROLES = f"{TERMINOLOGY}/v2-0912"


def contain_laboratory(work: Work, source: SegmentSource, observation: JsonObject) -> None:
    """Write the laboratory of an OBX into the observation where its address or director is sent."""
    if not any(source.texts("OBX-24")) and not any(source.texts("OBX-25")):
        return
    laboratory: JsonObject = {"resourceType": "Organization", "id": "laboratory"}
    work.run(LABORATORY, source, laboratory)
    contained: list[JsonValue] = [laboratory]
    known = observation.get("performer")
    performers = [one for one in (known if isinstance(known, list) else []) if not _is_lab(one)]
    performers.append(_reference(laboratory))
    role = work.run(DIRECTOR, source)
    if "practitioner" in role:
        role["code"] = [{"coding": [{"system": ROLES, "code": "MDIR"}]}]
        role |= {"organization": {"reference": "#laboratory"}}
        contained.append({"resourceType": "PractitionerRole", "id": "director", **role})
        performers.append({"reference": "#director", "type": "PractitionerRole"})
    observation["contained"] = contained
    observation["performer"] = performers


def _is_lab(performer: JsonValue) -> bool:
    return isinstance(performer, dict) and performer.get("type") == "Organization"


def _reference(laboratory: JsonObject) -> JsonObject:
    """Return the reference to the contained laboratory, found by its identifier too."""
    found: JsonObject = {"reference": "#laboratory", "type": "Organization"}
    identifiers = laboratory.get("identifier")
    if isinstance(identifiers, list) and identifiers:
        found["identifier"] = identifiers[0]
    if "name" in laboratory:
        found["display"] = laboratory["name"]
    return found


def laboratories_of(observations: list[JsonObject]) -> tuple[list[JsonValue], list[JsonValue]]:
    """Return what a report contains and refers to: each laboratory of its observations once."""
    contained: list[JsonObject] = []
    performers: list[JsonValue] = []
    for observation in observations:
        for one in _laboratories(observation):
            if one not in contained:
                contained.append(one)
        sent = observation.get("performer")
        for performer in sent if isinstance(sent, list) else []:
            is_plain = isinstance(performer, dict) and "reference" not in performer
            if is_plain and _is_lab(performer) and performer not in performers:
                performers.append(performer)
    named: list[JsonValue] = []
    for at, laboratory in enumerate(contained, 1):
        id = f"laboratory-{at}"
        named.append(laboratory | {"id": id})
        performers.append(_reference(laboratory) | {"reference": f"#{id}"})
    return named, performers


def _laboratories(observation: JsonObject) -> list[JsonObject]:
    contained = observation.get("contained")
    return [
        one
        for one in (contained if isinstance(contained, list) else ())
        if isinstance(one, dict) and one["resourceType"] == "Organization"
    ]
