"""A mapped HL7 v2 message as a transaction against what is stored now.

A snapshot of a person or a visit is laid over the stored resource; a result never goes back to an
earlier state: what would is left as it is stored and named in the report
(https://hl7.org/fhir/R4/valueset-observation-status.html,
https://hl7.org/fhir/R4/valueset-diagnostic-report-status.html).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fhir_server.interactions.address import query_pairs
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches, sole
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue, Version
from fhir_server.runtime import Runtime
from fhir_server.store.reader import Key
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.version import Stored
from mappers.v2_fhir.bundle import Entry, Mapped, merge

RANK = {
    "registered": 0,
    "partial": 1,
    "preliminary": 1,
    "final": 2,
    "amended": 3,
    "corrected": 3,
    "appended": 3,
    "cancelled": 3,
    "entered-in-error": 3,
}
RESULTS = ("DiagnosticReport", "Observation")


@dataclass(frozen=True, slots=True)
class Plan:
    """The transaction Bundle, and the results left as they are because they are further on."""

    bundle: JsonObject
    kept: tuple[str, ...]


def transaction_of(mapped: Mapped, work: UnitOfWork, runtime: Runtime) -> Plan:
    """Return the transaction of a mapped message, seen against the stored resources.

    Holds the claims of people, visits, orders and reports until the unit of work ends, so that two
    messages about a new one make it once and messages about one person follow each other; what
    is laid over or compared is held against other writers. Raises MultipleMatches.
    """
    criteria = {
        entry.full_url: Criteria.of(_type(entry), query_pairs(entry.match), runtime)
        for entry in mapped.entries
        if entry.match
    }
    reports = {one.url for one in mapped.entries if _type(one) == "DiagnosticReport"}
    for key in sorted({one.key for one in criteria.values()} | reports):
        work.claim(key)
    merged = [entry.full_url for entry in mapped.entries if entry.mode == "merge" and entry.match]
    found = {url: sole(matches(criteria[url], work)) for url in merged}
    results = [_key(entry) for entry in mapped.entries if _is_result(entry)]
    people = [(one.type, one.id) for one in found.values() if one is not None]
    stored = work.lock_many([*people, *results])
    kept = [
        entry
        for entry in mapped.entries
        if _is_result(entry) and _goes_back(entry, stored.get(_key(entry)))
    ]
    return Plan(
        mapped.to_bundle()
        | {
            "entry": [
                _as_stored(entry, stored)
                if entry in kept
                else _laid_over(entry, found.get(entry.full_url), stored)
                for entry in mapped.entries
            ]
        },
        tuple(entry.url for entry in kept),
    )


def _type(entry: Entry) -> str:
    return str(entry.resource["resourceType"])


def _key(entry: Entry) -> Key:
    return _type(entry), entry.url.rpartition("/")[2]


def _is_result(entry: Entry) -> bool:
    return entry.mode == "replace" and _type(entry) in RESULTS and not entry.match


def _goes_back(entry: Entry, stored: Stored | None) -> bool:
    if stored is None or stored.deleted:
        return False
    return _rank(entry.resource) < _rank(decode(stored.body))


def _rank(resource: JsonObject) -> int:
    return RANK.get(str(resource.get("status")), 0)


def _as_stored(entry: Entry, stored: Mapping[Key, Stored]) -> JsonValue:
    """Return the entry with the stored resource: written, it changes nothing."""
    return entry.to_json() | {"resource": decode(stored[_key(entry)].body)}


def _laid_over(entry: Entry, found: Version | None, stored: Mapping[Key, Stored]) -> JsonValue:
    """Return the entry merged with what is stored now, which may be newer than what was found."""
    current = None if found is None else stored.get((found.type, found.id))
    if current is None or current.deleted:
        return entry.to_json()
    merged = merge(decode(current.body), entry)
    return entry.to_json() | {
        "resource": merged,
        "request": {"method": "PUT", "url": current.reference},
    }
