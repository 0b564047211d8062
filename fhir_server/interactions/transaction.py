"""Transaction: a Bundle carried out as a whole or not at all.

Source: https://hl7.org/fhir/R4/http.html#trules. Deletes come first, then creates, updates and
reads; the answers keep the order of the entries. Two creates with the same If-None-Exist criteria
are one create, and both lead to its resource. Criteria are matched against what was stored before
the transaction, without what it deletes.
"""

from collections.abc import Mapping, Sequence

from fhir_server.interactions.batch import entry_request
from fhir_server.interactions.content import check_content
from fhir_server.interactions.cut import run_cut
from fhir_server.interactions.delete import all_gone
from fhir_server.interactions.entry_error import about
from fhir_server.interactions.etag import check_match, require_no_match
from fhir_server.interactions.integrity import check_references, check_unreferenced
from fhir_server.interactions.intent import Intent, read_intents
from fhir_server.interactions.maintained import with_maintained
from fhir_server.interactions.patch import patched
from fhir_server.interactions.placeholder import check_resolved
from fhir_server.interactions.preference import NO_PREFERENCE, Preference
from fhir_server.interactions.read import found
from fhir_server.interactions.reference import references
from fhir_server.interactions.reference_target import conditional_targets, reference_targets
from fhir_server.interactions.report import response_bundle, response_entry, written_entry
from fhir_server.interactions.rewrite import Rewriter, service_root
from fhir_server.interactions.table import Look, Run
from fhir_server.interactions.target import Target, find_targets
from fhir_server.interactions.update import check_free
from fhir_server.interactions.write import check_may_choose
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.version import Stored
from fhir_server.store.write import Create, Delete, Update, Wish

Key = tuple[str, str]
ORDER = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2}


def execute(
    bundle: JsonObject,
    work: UnitOfWork,
    runtime: Runtime,
    *,
    base: str = "",
    preference: Preference = NO_PREFERENCE,
) -> JsonObject:
    """Carry out a transaction Bundle in a unit of work; return the transaction-response.

    Runs with the scopes of the unit of work's context. `base` is the FHIR base by which absolute
    URLs are known and made; without it they are relative. Raises what any entry raises, naming
    the entry; the caller's unit of work must then not be committed.
    """
    lenient = preference.is_lenient
    intents = read_intents(bundle, base, work.context, runtime, lenient=lenient)
    targets = find_targets(intents, work, runtime)
    rewriter = Rewriter(reference_targets(targets, work, runtime), runtime.definitions)
    answers = write(targets, rewriter, work, runtime, base)
    request = FhirRequest("POST", work.context, base)
    for intent in intents:
        if intent.look is not None:
            with about(intent.entry.index):
                asked = entry_request(intent.entry, request)
                look = looking(intent.look, work)
                shown = run_cut(look, asked, runtime, counts=intent.counts)
                answers[intent.entry.index] = shown
    return response_bundle(
        "transaction-response",
        [_told(intent, answers[intent.entry.index], base, preference) for intent in intents],
    )


def looking(look: Look, work: UnitOfWork) -> Run:
    """Return a reading interaction that sees what the transaction has written."""
    return lambda request, runtime: look(request, runtime, work)


def _told(intent: Intent, answer: FhirResponse, base: str, preference: Preference) -> JsonObject:
    if intent.look is None:
        return written_entry(answer, base, preference)
    return response_entry(answer, base, shows_resource=intent.entry.method != "HEAD")


def rewritten(targets: Sequence[Target], rewriter: Rewriter) -> dict[int, JsonObject]:
    """Return the resources to be written by entry, their references rewritten.

    Raises BadRequest for a reference to an entry there is not.
    """
    resources = {}
    for target in targets:
        if target.resource is not None and target.writes:
            whole = target.resource | {"id": target.id}
            resource = rewriter.rewrite(whole, service_root(target.entry.full_url))
            with about(target.entry.index):
                check_resolved(resource)
            resources[target.entry.index] = resource
    return resources


def changed(
    targets: Sequence[Target],
    currents: Mapping[Key, Stored],
    rewriter: Rewriter,
    work: UnitOfWork,
    runtime: Runtime,
) -> dict[int, JsonObject]:
    """Return what the patches make of the stored resources, by entry. Raises Invalid, BadRequest.

    A reference that a patch brings is resolved; one that was stored already stays.
    """
    resources = {}
    for target in targets:
        if target.change is not None:
            with about(target.entry.index):
                current = found(currents.get(target.key), f"{target.type}/{target.id}")
                before = frozenset(references(decode(current.body)))
                resource = patched(current, target.change)
                brought = frozenset(references(resource)) - before
                searched = conditional_targets(brought, work, runtime)
                resource = rewriter.knowing(searched).rewrite(resource)
                check_resolved(resource, before)
                check_content(resource, runtime.validator)
            resources[target.entry.index] = resource
    return resources


def write(
    targets: Sequence[Target],
    rewriter: Rewriter,
    work: UnitOfWork,
    runtime: Runtime,
    base: str,
) -> dict[int, FhirResponse]:
    """Write every target at once, deletes first, then creates, then updates; return the answers."""
    known = sorted({target.key for target in targets if target.may_exist})
    currents = work.lock_many(known) if known else {}
    for target in targets:
        with about(target.entry.index):
            check_target(target, currents.get(target.key), work, runtime)
    resources = rewritten(targets, rewriter) | changed(targets, currents, rewriter, work, runtime)
    ordered = sorted(
        (target for target in targets if target.writes),
        key=lambda target: ORDER[target.entry.method],
    )
    wishes = {
        target.key: wish
        for target in ordered
        if (wish := wish_of(target, currents.get(target.key), resources)) is not None
    }
    written = dict(zip(wishes, work.apply(tuple(wishes.values())), strict=True))
    check_references(resources.values(), work, runtime, base)
    check_unreferenced([key for key, one in written.items() if one.deleted], work, runtime)
    return removals(targets, written) | {
        target.entry.index: answer(target, currents.get(target.key), written)
        for target in targets
        if target.entry.method != "DELETE"
    }


def check_target(
    target: Target, current: Stored | None, work: UnitOfWork, runtime: Runtime
) -> None:
    """Refuse an entry whose conditions do not hold.

    Raises PreconditionFailed, Conflict, NotFound, Forbidden.
    """
    if target.entry.method != "POST":
        check_match(target.entry.header("if-match"), current, runtime.settings)
    if target.entry.method == "PUT":
        if target.entry.address.id is None and target.match is None:
            check_free(current)
        require_no_match(target.entry.header("if-none-match"), current)
    if target.entry.method != "PUT" or (current is not None and not current.deleted):
        return
    require(work.context, target.type, "c")
    if current is None and not target.has_new_id:
        check_may_choose(runtime.settings, target.type, target.id)


def wish_of(
    target: Target, current: Stored | None, resources: Mapping[int, JsonObject]
) -> Wish | None:
    """Return what is to be written for a target; None when there is nothing to delete."""
    if target.entry.method == "DELETE":
        return None if current is None else Delete(current)
    resource = with_maintained(resources[target.entry.index], current)
    if current is None:
        return Create(target.type, resource, target.id)
    return Update(current, resource)


def removals(targets: Sequence[Target], written: Mapping[Key, Stored]) -> dict[int, FhirResponse]:
    """Return the answers to the deletions, of which one may be of several resources."""
    tombstones: dict[int, list[Stored]] = {}
    for target in targets:
        if target.entry.method == "DELETE":
            gone = [written[target.key]] if target.key in written else []
            tombstones.setdefault(target.entry.index, []).extend(gone)
    return {index: all_gone(some) for index, some in tombstones.items()}


def answer(target: Target, current: Stored | None, written: Mapping[Key, Stored]) -> FhirResponse:
    """Return the answer to one write that is no deletion."""
    if not target.writes:
        shown = target.match or written[target.key]
        return FhirResponse(200, shown.body, shown)
    version = written[target.key]
    is_new = current is None or current.deleted
    return FhirResponse(201 if is_new else 200, version.body, version)
