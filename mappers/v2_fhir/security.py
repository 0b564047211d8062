"""Security labels of what a message becomes, by the rows of its feed.

Every resource of a patient carries them: the label of the whole message, since its segments tell
of one stay, order or charge. A programme under 42 CFR Part 2 is known by its feed
(https://www.ecfr.gov/current/title-42/part-2).
"""

from collections.abc import Sequence

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.dialect import Dialect
from mappers.v2_fhir.rearrange import holds
from mappers.v2_fhir.source import SegmentText

ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
PART2: tuple[tuple[str, str], ...] = (
    (CONFIDENTIALITY, "R"),
    (ACT_CODE, "SUD"),
    (ACT_CODE, "42CFRPart2"),
)
SHARED = (
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Location",
    "HealthcareService",
    "Device",
)
"""Types that tell nothing of a patient, and carry no label of one."""


def labels_of(segments: Sequence[SegmentText], dialect: Dialect) -> list[JsonObject]:
    """Return the labels of a message as codings."""
    found = list(PART2) if dialect.part2 else []
    for rule in dialect.labels:
        if any(all(holds(one, at, segments) for one in rule.when) for at in range(len(segments))):
            found.append((rule.system, rule.code))
    return [{"system": system, "code": code} for system, code in dict.fromkeys(found)]


def label(resource: JsonObject, labels: Sequence[JsonObject]) -> None:
    """Give a resource of a patient the labels it does not have."""
    if not labels or resource.get("resourceType") in SHARED:
        return
    meta = resource.get("meta")
    known = dict(meta) if isinstance(meta, dict) else {}
    given = known.get("security")
    held: list[JsonValue] = list(given) if isinstance(given, list) else []
    known["security"] = [*held, *(one for one in labels if one not in held)]
    resource["meta"] = known
