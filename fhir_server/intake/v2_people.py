"""Who a message is about, where people were merged: whoever is named by an old number.

An identifier of one who was merged finds both, the inactive trace and the survivor who gained it.
Messages are about the survivor. A merge writes both and leaves a job that makes what refers to the
prior refer to the survivor.
"""

from collections.abc import Mapping, Sequence

from fhir_server.intake.repoint import KIND
from fhir_server.intake.v2_entry import place_of, put, resource_of, settled
from fhir_server.interactions.write import save
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, Version
from fhir_server.outcome import MultipleMatches
from fhir_server.runtime import Runtime
from fhir_server.store import jobs
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.v2_fhir.bundle import MapError, Merge
from mappers.v2_fhir.patient_link import REPLACED_BY, REPLACES, linked
from mappers.v2_fhir.people import merged, seen_also, unmerged

MOST = 20
"""Patients looked at for one identifier: more than were ever merged into each other."""
LONGEST = 10
"""Links followed from one who was merged; chains are flat, so more than one is a mistake."""
MARK = b'"replaced-by"'
Entries = dict[str, JsonObject]
"""Entries of the transaction by their full URL."""
Found = Mapping[str, Sequence[Version]]


def living(found: Sequence[Version], work: UnitOfWork) -> Version | None:
    """Return the one whom an identifier means: who was not merged, else the survivor.

    Raises MultipleMatches.
    """
    alive = [one for one in found if not is_merged(one)]
    if len(alive) > 1:
        raise MultipleMatches("the identifier is that of more than one patient")
    if alive or not found:
        return alive[0] if alive else None
    person: Version | None = found[0]
    for _ in range(LONGEST):
        links = linked(decode(person.body), REPLACED_BY) if person is not None else []
        if not links:
            break
        type, _, id = links[0].partition("/")
        person = work.current(type, id)
    return None if person is None or person.deleted else person


def is_merged(version: Version) -> bool:
    """Say whether a Patient was merged into another one."""
    return MARK in version.body and bool(linked(decode(version.body), REPLACED_BY))


def undo_merge(id: str, work: UnitOfWork, runtime: Runtime) -> tuple[str, ...]:
    """Undo the merge of this Patient into another; return the Patients that this changed.

    Empty where it was not merged. What the merge made refer to the survivor follows by a job.
    """
    prior = f"Patient/{id}"
    stored = _bodies([prior], {}, work)
    survivors = linked(stored[prior], REPLACED_BY) if prior in stored else []
    if not survivors:
        return ()
    stored |= _bodies([survivors[0], *linked(stored[prior], REPLACES)], stored, work)
    if survivors[0] not in stored:
        return ()
    changed = unmerged(survivors[0], prior, stored)
    for resource in changed.values():
        save(resource, work, runtime)
    payload: JsonObject = {"kind": "unmerge", "from": survivors[0], "to": prior}
    jobs.enqueue(work, KIND, payload)
    return tuple(changed)


def bring_together(
    merges: Sequence[Merge], entries: Entries, found: Found, work: UnitOfWork
) -> None:
    """Write what the merges of a message make of its people into the entries.

    Raises MapError for a merge that cannot be.
    """
    for merge in merges:
        survivor = settled(merge.survivor, entries[merge.survivor])
        prior = _prior(merge, survivor, found, work)
        if prior is None and found[merge.prior]:
            del entries[merge.prior]
            continue
        if prior is None:
            trace = settled(merge.prior, entries[merge.prior])
            stored = {trace: resource_of(entries[merge.prior])}
        else:
            trace = f"Patient/{prior.id}"
            stored = {trace: decode(prior.body)}
            entries[merge.prior] = put(trace, stored[trace])
        stored[survivor] = resource_of(entries[merge.survivor])
        _carry_out(merge, survivor, trace, stored, entries, work)
        if prior is not None:
            _leave_job(merge, survivor, trace, entries, work)


def _carry_out(
    merge: Merge,
    survivor: str,
    prior: str,
    stored: dict[str, JsonObject],
    entries: Entries,
    work: UnitOfWork,
) -> None:
    """Write both, and who was merged into the prior before."""
    if merge.kind == "move":
        return
    if merge.kind == "link":
        changed = seen_also(survivor, prior, stored)
    else:
        stored |= _bodies(linked(stored[prior], REPLACES), stored, work)
        change = merged if merge.kind == "merge" else unmerged
        changed = change(survivor, prior, stored)
    by_reference = {survivor: merge.survivor, prior: merge.prior}
    for reference, resource in changed.items():
        entries[by_reference.get(reference, f"urn:parity:{reference}")] = put(reference, resource)


def _bodies(
    references: Sequence[str], known: Mapping[str, JsonObject], work: UnitOfWork
) -> dict[str, JsonObject]:
    keys = [
        (type, id)
        for type, _, id in (one.partition("/") for one in references)
        if f"{type}/{id}" not in known
    ]
    stored = work.lock_many(keys)
    return {
        f"{type}/{id}": decode(one.body) for (type, id), one in stored.items() if not one.deleted
    }


def _prior(merge: Merge, survivor: str, found: Found, work: UnitOfWork) -> Version | None:
    """Return the stored Patient who is merged, held; None where there is none but the survivor.

    Raises MapError where the survivor was merged into the prior before: the two were swapped.
    """
    others = [one for one in found[merge.prior] if f"Patient/{one.id}" != survivor]
    swapped = any(is_merged(one) for one in found[merge.survivor])
    if merge.kind == "merge" and swapped and found[merge.prior] and not others:
        raise MapError("PID-3", "who is to remain was merged into the one to be merged before")
    if merge.kind == "unmerge":
        others = [one for one in others if linked(decode(one.body), REPLACED_BY) == [survivor]]
    alive = [one for one in others if not is_merged(one)]
    mine = [one for one in others if linked(decode(one.body), REPLACED_BY) == [survivor]]
    chosen = next(iter((*alive, *mine, *others)), None)
    if chosen is not None:
        work.lock_many([("Patient", chosen.id)])
    return chosen


def _leave_job(merge: Merge, survivor: str, prior: str, entries: Entries, work: UnitOfWork) -> None:
    """Leave the job that makes what refers to one refer to the other."""
    visit = place_of(entries[merge.visit]) if merge.visit else ""
    if merge.kind == "link" or survivor == prior or (merge.visit and not visit):
        return
    payload: JsonObject = {"kind": merge.kind, "from": prior, "to": survivor, "visit": visit}
    if merge.kind == "unmerge":
        payload |= {"from": survivor, "to": prior}
    jobs.enqueue(work, KIND, payload)
