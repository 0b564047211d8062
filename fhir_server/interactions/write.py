"""The one way resources are written: by clients, by transactions, and by the server itself.

Call these inside a unit of work; nothing is visible before it ends.
"""

from dataclasses import dataclass

from fhir_server.interactions.content import check_content
from fhir_server.interactions.etag import check_match, require_no_match
from fhir_server.interactions.maintained import with_maintained
from fhir_server.model.resource import JsonObject, Version
from fhir_server.outcome import NotFound
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Written:
    """What a write led to: the version now current, and whether the resource is new."""

    version: Version
    is_new: bool


def insert(resource: JsonObject, work: UnitOfWork) -> Version:
    """Store a new resource, already judged, under an id of the server's choice."""
    return work.create(str(resource["resourceType"]), None, with_maintained(resource, None))


def replace(
    resource: JsonObject,
    work: UnitOfWork,
    settings: Settings,
    *,
    if_match: str | None = None,
    if_none_match: str | None = None,
) -> Written:
    """Store a resource, already judged, under its own id: a new version where it exists.

    A resource equal to the current version makes no new one. Raises PreconditionFailed when
    `if_match` does not name the current version or `if_none_match` does, NotFound when the
    resource is not there and clients may not choose ids.
    """
    type, id = str(resource["resourceType"]), str(resource["id"])
    current = work.replaceable(type, id)
    check_match(if_match, current, settings)
    require_no_match(if_none_match, current)
    kept = with_maintained(resource, current)
    if current is not None:
        return Written(work.update(current, kept), is_new=current.deleted)
    check_may_choose(settings, type, id)
    return Written(work.create(type, id, kept), is_new=True)


def check_may_choose(settings: Settings, type: str, id: str) -> None:
    """Refuse an id that is free when clients may not choose ids. Raises NotFound."""
    if not settings.update_create:
        raise NotFound(f"{type}/{id} is not known, and ids are given by this server")


def save(resource: JsonObject, work: UnitOfWork, runtime: Runtime) -> Version:
    """Store a resource of the server's own making, judged like a client's: with an id or without.

    The server may choose any id and writes the elements it maintains. Raises Invalid.
    """
    check_content(resource, runtime.validator)
    type, id = str(resource["resourceType"]), resource.get("id")
    current = work.lock(type, id) if isinstance(id, str) else None
    if current is not None:
        return work.update(current, resource)
    return work.create(type, id if isinstance(id, str) else None, resource)
