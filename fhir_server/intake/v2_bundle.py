"""A mapped HL7 v2 message as a transaction against what is stored now.

A snapshot of a person or a visit is laid over the stored resource; a result never goes back to an
earlier state: what would is left as it is stored and named in the report
(https://hl7.org/fhir/R4/valueset-observation-status.html,
https://hl7.org/fhir/R4/valueset-diagnostic-report-status.html).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fhir_server.intake.charge import settle_charges
from fhir_server.intake.v2_people import MOST, bring_together, is_merged, living
from fhir_server.interactions.address import query_pairs
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches, sole
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue, Version
from fhir_server.runtime import Runtime
from fhir_server.store.reader import Key
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.version import Stored
from mappers.v2_fhir.bundle import Entry, Mapped
from mappers.v2_fhir.progress import carried, goes_back
from mappers.v2_fhir.snapshot import dated, flags, is_late, lay

RESULTS = ("DiagnosticReport", "Observation", "DocumentReference")


@dataclass(frozen=True, slots=True)
class Plan:
    """The transaction Bundle, and what is left as it is because it is further on.

    `flags` name what is odd about the events of the message, each with its resource.
    """

    bundle: JsonObject
    kept: tuple[str, ...]
    flags: tuple[str, ...] = ()


def transaction_of(mapped: Mapped, work: UnitOfWork, runtime: Runtime) -> Plan:
    """Return the transaction of a mapped message, seen against the stored resources.

    Holds the claims of people, visits, orders and reports until the unit of work ends, so that two
    messages about a new one make it once and messages about one person follow each other; what
    is laid over or compared is held against other writers. Raises MultipleMatches.
    """
    settled = settle_charges(mapped, work, runtime)
    mapped = settled.mapped
    criteria = {
        entry.full_url: Criteria.of(_type(entry), query_pairs(entry.match), runtime)
        for entry in mapped.entries
        if entry.match
    }
    reports = {one.url for one in mapped.entries if _type(one) == "DiagnosticReport"}
    for key in sorted({one.key for one in criteria.values()} | reports):
        work.claim(key)
    merged = [entry for entry in mapped.entries if entry.mode == "merge" and entry.match]
    named = {
        entry.full_url: matches(criteria[entry.full_url], work, limit=MOST)
        for entry in mapped.entries
        if _type(entry) == "Patient" and entry.match
    }
    found = {
        one.full_url: living(named[one.full_url], work)
        if one.full_url in named
        else sole(matches(criteria[one.full_url], work))
        for one in merged
    }
    paired = {url for one in mapped.merges for url in (one.survivor, one.prior)}
    renamed = {
        url: person
        for url, versions in named.items()
        if url not in found
        and (url in paired or any(map(is_merged, versions)))
        and (person := living(versions, work)) is not None
    }
    placed = [_key(entry) for entry in mapped.entries if _is_placed(entry)]
    people = [(one.type, one.id) for one in (*found.values(), *renamed.values()) if one is not None]
    stored = work.lock_many([*people, *placed])
    current = {one.full_url: _current(found.get(one.full_url), stored) for one in merged}
    kept = [
        entry
        for entry in mapped.entries
        if _is_placed(entry) and _goes_back(entry, stored.get(_key(entry)))
    ]
    entries = {
        entry.full_url: _as_stored(entry, stored)
        if entry in kept
        else _laid_over(entry, current.get(entry.full_url), stored.get(_key(entry)))
        for entry in mapped.entries
    }
    entries |= {
        url: entries[url] | _unchanged(stored[(person.type, person.id)])
        for url, person in renamed.items()
    }
    bring_together(mapped.merges, entries, named, work)
    odd = [
        f"{_type(one)}: {flag}"
        for one in merged
        if one.event is not None
        for flag in flags(_body(current[one.full_url]), one)
    ]
    listed: list[JsonValue] = list(entries.values())
    bundle = mapped.to_bundle() | {"entry": listed}
    return Plan(bundle, (*(entry.url for entry in kept), *settled.kept), tuple(odd))


def _type(entry: Entry) -> str:
    return str(entry.resource["resourceType"])


def _key(entry: Entry) -> Key:
    return _type(entry), entry.url.rpartition("/")[2]


def _is_placed(entry: Entry) -> bool:
    """Say whether the resource has an id of its own, and an order in which it is told."""
    ordered = _type(entry) in RESULTS or entry.time
    return entry.mode == "replace" and bool(ordered) and not entry.match


def _goes_back(entry: Entry, stored: Stored | None) -> bool:
    if stored is None or stored.deleted:
        return False
    body = decode(stored.body)
    if is_late(body, entry):
        return True
    return _type(entry) in RESULTS and goes_back(body, entry.resource)


def _unchanged(stored: Stored) -> JsonObject:
    """Return the part of an entry that writes what is stored: it changes nothing."""
    request: JsonObject = {"method": "PUT", "url": stored.reference}
    return {"resource": decode(stored.body), "request": request}


def _as_stored(entry: Entry, stored: Mapping[Key, Stored]) -> JsonObject:
    """Return the entry with the stored resource: written, it changes nothing."""
    return entry.to_json() | {"resource": decode(stored[_key(entry)].body)}


def _current(found: Version | None, stored: Mapping[Key, Stored]) -> Stored | None:
    """Return what is stored now, which may be newer than what was found."""
    current = None if found is None else stored.get((found.type, found.id))
    return None if current is None or current.deleted else current


def _body(stored: Stored | None) -> JsonObject | None:
    return None if stored is None else decode(stored.body)


def _laid_over(entry: Entry, current: Stored | None, placed: Stored | None) -> JsonObject:
    """Return the entry merged with what is stored; without that, as it is told.

    `placed` is what is stored at the entry's own id: a report keeps what a message leaves out.
    """
    if current is None and placed is not None and not placed.deleted:
        return entry.to_json() | {"resource": carried(decode(placed.body), dated(entry))}
    if current is None:
        resource = entry.resource if entry.mode == "create" else dated(entry)
        return entry.to_json() | {"resource": resource}
    return entry.to_json() | {
        "resource": lay(decode(current.body), entry),
        "request": {"method": "PUT", "url": current.reference},
    }
