"""Specimens of an order: SPM, else what OBR tells of the source."""

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.bundle import Entry
from mappers.v2_fhir.identity import chosen_key, stable_id
from mappers.v2_fhir.observation import notes_of
from mappers.v2_fhir.order import Noted, Order
from mappers.v2_fhir.segments.obr import SOURCE_SPECIMEN
from mappers.v2_fhir.segments.spm import SPECIMEN
from mappers.v2_fhir.work import Work

KEY_TYPES = ("FILL", "PLAC")


def add_specimens(
    work: Work, order: Order, shared: JsonObject, patient: tuple[str, ...], key: tuple[str, ...]
) -> list[JsonObject]:
    """Add the specimens of an order; return the reference to each, in the sequence sent.

    `patient` scopes specimen numbers, `key` is that of the order, for specimens without one.
    """
    found = [
        _add_specimen(work, noted, shared, patient, (*key, str(at)))
        for at, noted in enumerate(order.specimens)
    ]
    if found or order.obr is None or not any(work.source(order.obr).texts("OBR-15")):
        return found
    specimen: JsonObject = {"resourceType": "Specimen"}
    work.run(SOURCE_SPECIMEN, work.source(order.obr), specimen)
    specimen["subject"] = shared["subject"]
    return [_put(work, specimen, (*key, "OBR-15"))]


def _add_specimen(
    work: Work,
    noted: Noted,
    shared: JsonObject,
    patient: tuple[str, ...],
    fallback: tuple[str, ...],
) -> JsonObject:
    """Add a Specimen, scoped by its patient; return the reference to it."""
    specimen: JsonObject = {"resourceType": "Specimen"}
    work.run(SPECIMEN, work.source(noted.segment), specimen)
    number = chosen_key(specimen, KEY_TYPES)
    accession = specimen.get("accessionIdentifier")
    if number is None and isinstance(accession, dict):
        number = (str(accession["system"]), str(accession["value"]))
    notes = notes_of(work, noted.notes)
    if notes:
        existing = specimen.get("note")
        specimen["note"] = [*(existing if isinstance(existing, list) else []), *notes]
    specimen["subject"] = shared["subject"]
    return _put(work, specimen, (*patient, *number) if number else fallback)


def _put(work: Work, specimen: JsonObject, key: tuple[str, ...]) -> JsonObject:
    """Add a specimen at the id of its key; one sent twice is added once."""
    specimen["id"] = stable_id(work.feed.name, "Specimen", *key)
    url = f"Specimen/{specimen['id']}"
    work.add(Entry(specimen, f"urn:uuid:{specimen['id']}", url, "replace"))
    reference: JsonObject = {"reference": url}
    return reference


def specimen_at(references: list[JsonObject], before: int) -> JsonValue:
    """Return the specimen of an OBX: the SPM before it, else the only one there is."""
    if before:
        return references[before - 1] if before <= len(references) else None
    return references[0] if len(references) == 1 else None
