"""Referential integrity: whether what is referred to is here, as far as the settings ask for it.

A literal reference to a resource of this server must lead to one that is there (`write`), and what
others refer to by a search parameter is not deleted (`delete`). Both are judged at the end of the
unit of work, so that a transaction may write target and reference in any order. AuditEvent and
Provenance tell of the past and keep nothing from being deleted; a Bundle is judged by nobody.
"""

from collections.abc import Iterable, Iterator

from fhir_server.interactions.reference import references
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Conflict, Invalid, Issue
from fhir_server.runtime import Runtime
from fhir_server.search.types.reference import RELATIVE
from fhir_server.store.reader import Key
from fhir_server.store.reference import held_targets, referrers
from fhir_server.store.unit_of_work import UnitOfWork

MOST_ISSUES = 20


def check_references(
    resources: Iterable[JsonObject], work: UnitOfWork, runtime: Runtime, base: str
) -> None:
    """Refuse resources, written already, that refer to what is not here. Raises Invalid."""
    if runtime.settings.referential_integrity not in ("write", "full"):
        return
    wanted: dict[Key, str] = {}
    for resource in resources:
        for key in _local_targets(resource, runtime, base):
            wanted.setdefault(key, str(resource.get("resourceType")))
    missing = sorted(wanted.keys() - held_targets(work, wanted)) if wanted else []
    if missing:
        raise Invalid(
            "a reference leads to nothing",
            issues=[_unresolved(wanted[key], key) for key in missing[:MOST_ISSUES]],
        )


def _unresolved(type: str, key: Key) -> Issue:
    text = f"{type} refers to {'/'.join(key)}, which is not here"
    return Issue("error", "not-found", text, detail="unresolved-reference")


def _local_targets(resource: JsonObject, runtime: Runtime, base: str) -> Iterator[Key]:
    """Yield the resources of this server that a resource refers to."""
    if resource.get("resourceType") == "Bundle":
        return
    configured = runtime.settings.base_url
    bases = {base, f"{configured.rstrip('/')}/fhir" if configured else base} - {""}
    for text in references(resource):
        own = next((one for one in bases if text.startswith(f"{one}/")), "")
        match = RELATIVE.fullmatch(text[len(own) + 1 :] if own else text)
        if match and runtime.definitions.is_resource_type(match[1]):
            yield match[1], match[2]


def check_unreferenced(keys: Iterable[Key], work: UnitOfWork, runtime: Runtime) -> None:
    """Refuse the deletion, already made, of resources that others refer to. Raises Conflict.

    The error tells how many resources of which types refer to them.
    """
    deleted = list(keys)
    if runtime.settings.referential_integrity not in ("delete", "full") or not deleted:
        return
    issues = []
    for (type, id), counts in sorted(referrers(work, deleted).items()):
        told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        text = f"{type}/{id} is referred to by {told}"
        issues.append(Issue("error", "conflict", text, detail="referenced"))
    if issues:
        raise Conflict("a resource to be deleted is referred to", issues=issues[:MOST_ISSUES])
