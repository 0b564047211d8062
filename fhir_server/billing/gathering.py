"""Claims and everything they refer to, in few reads: one statement for each step of the way."""

from collections.abc import Iterable, Sequence

from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Gone, NotFound
from fhir_server.store.reader import Reader
from mappers.fhir_x12.reference import references

MOST_STEPS = 4
"""Claim to coverage or role, to person or organization, to who manages it."""


def gather(claim: JsonObject, reader: Reader) -> dict[str, JsonObject]:
    """Return the resources a claim refers to by `Type/id`; those not here are left out."""
    return gather_many([claim], reader)


def gather_many(claims: Iterable[JsonObject], reader: Reader) -> dict[str, JsonObject]:
    """Return the resources that claims refer to, each read once for all of them."""
    found: dict[str, JsonObject] = {}
    asked: set[str] = set()
    new = list(claims)
    for _ in range(MOST_STEPS):
        wanted = list(dict.fromkeys(one for each in new for one in references(each)))
        wanted = [one for one in wanted if one not in asked]
        if not wanted:
            break
        asked.update(wanted)
        read = _read(wanted, reader)
        found |= read
        new = list(read.values())
    return found


def _read(references: Sequence[str], reader: Reader) -> dict[str, JsonObject]:
    keys = [(type, id) for type, _, id in (one.partition("/") for one in references) if id]
    versions = reader.many(keys).values()
    return {one.reference: decode(one.body) for one in versions if not one.deleted}


def read_claims(ids: Sequence[str], reader: Reader) -> dict[str, JsonObject]:
    """Return claims as they are stored, by id, in one read; those not here are left out."""
    versions = reader.many([("Claim", id) for id in ids]).values()
    return {one.id: decode(one.body) for one in versions if not one.deleted}


def read_claim(id: str, reader: Reader) -> JsonObject:
    """Return a claim as it is stored. Raises NotFound, Gone."""
    version = reader.current("Claim", id)
    if version is None:
        raise NotFound(f"Claim/{id} is not known")
    if version.deleted:
        raise Gone(f"Claim/{id} was deleted")
    return decode(version.body)
