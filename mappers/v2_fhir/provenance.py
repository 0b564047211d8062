"""Where a message came from, what happened, and that it was mapped, as Provenance.

A feed asks for it (`provenance`): a message is kept as it came and linked to what it became, so
most sites need no resource of it.
"""

from mappers.path import JsonObject, JsonValue
from mappers.rule import Table
from mappers.v2_fhir.bundle import Entry
from mappers.v2_fhir.identity import stable_id
from mappers.v2_fhir.segments.evn import (
    DEMOGRAPHIC_UPDATE,
    EVENT,
    SOFTWARE,
    SOURCE,
    TRANSFORMATION,
)
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.work import Work


def add_provenance(work: Work) -> None:
    """Add the Provenance of a message about all that it became."""
    header = work.segments[0]
    number = work.source(header).value("MSH-10")
    first = {segment.id: segment for segment in reversed(work.segments)}
    targets: list[JsonValue] = [{"reference": url} for url in work.entries]
    people: list[JsonValue] = [
        {"reference": url}
        for url, entry in work.entries.items()
        if entry.resource["resourceType"] == "Patient"
    ]
    source = _add(work, SOURCE, targets, number, header)
    _add_software(work, source)
    _add(work, TRANSFORMATION, targets, number, header)
    if "EVN" in first:
        _add(work, EVENT, targets, number, header, first["EVN"])
    if "PID" in first and work.source(first["PID"]).value("PID-34"):
        _add(work, DEMOGRAPHIC_UPDATE, people, number, header, first["PID"])


def _add(
    work: Work, table: Table, targets: list[JsonValue], number: str, *segments: SegmentText
) -> JsonObject:
    """Add one Provenance; without somebody who answers for it, the feed does."""
    provenance: JsonObject = {"resourceType": "Provenance", "target": targets}
    work.run(table, work.source(*segments), provenance)
    agents = provenance.get("agent")
    listed = agents if isinstance(agents, list) else []
    named = [one for one in listed if isinstance(one, dict) and "who" in one]
    provenance["agent"] = list(named) or [{"who": {"display": work.feed.name}}]
    if "recorded" not in provenance:
        return provenance
    key = (number, work.time, table.name, str(table.rules[0].target))
    provenance["id"] = stable_id(work.feed.name, "Provenance", *key)
    url = f"urn:uuid:{provenance['id']}"
    work.add(Entry(provenance, url, f"Provenance/{provenance['id']}", "replace"))
    return provenance


def _add_software(work: Work, source: JsonObject) -> None:
    """Add the software a message passed through, as entities of its Provenance."""
    entities = source.get("entity")
    if not isinstance(entities, list):
        return
    for at, segment in enumerate(one for one in work.segments if one.id == "SFT"):
        device: JsonObject = {"resourceType": "Device"}
        work.run(SOFTWARE, work.source(segment), device)
        name = [str(device.get(part)) for part in ("manufacturer", "deviceName", "version")]
        device["id"] = stable_id(work.feed.name, "Device", *name)
        url = f"Device/{device['id']}"
        work.add(Entry(device, f"urn:uuid:{device['id']}", url, "replace"))
        role = "source" if at == 0 else "derivation"
        entities.append({"role": role, "what": {"reference": url}})
