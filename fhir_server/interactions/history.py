"""History of a resource, of a type and of the system, newest first.

Source: https://hl7.org/fhir/R4/http.html#history. Deletions are entries without a resource. A page
is stable: what is written while a client reads its pages comes before those already read.
"""

from collections.abc import Sequence
from dataclasses import replace

from fhir_server.interactions.assembly import bundle_links, bundle_text, history_entry, with_query
from fhir_server.interactions.history_page import CURSOR, Page, read_page
from fhir_server.model.resource import JsonObject, Version
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import Forbidden, NotFound
from fhir_server.runtime import Runtime
from fhir_server.security.scope import granted_types
from fhir_server.store.content import aware
from fhir_server.store.history import (
    first_relevant,
    history_of_types,
    place_of,
    present_types,
)
from fhir_server.store.reader import Reader


def history(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return a page of the versions of a resource as a Bundle.

    `_count`, `_since`, `_at` and `_list` are honoured. Raises NotFound for a resource that never
    was.
    """
    with runtime.store.read(request.context) as reader:
        return history_with(request, runtime, reader)


def history_with(request: FhirRequest, runtime: Runtime, reader: Reader) -> FhirResponse:
    """Return what `history` returns, by this reader."""
    page = read_page(request, runtime, reader)
    type, id = request.instance
    found = _instance(reader, type, id, page)
    if not found and reader.current(type, id) is None:
        raise NotFound(f"{type}/{id} is not known")
    return _bundle(found, page, request, f"{type}/{id}/_history")


def type_history(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return a page of the versions of all resources of a type as a Bundle."""
    with runtime.store.read(request.context) as reader:
        return type_history_with(request, runtime, reader)


def type_history_with(request: FhirRequest, runtime: Runtime, reader: Reader) -> FhirResponse:
    """Return what `type_history` returns, by this reader."""
    page = read_page(request, runtime, reader)
    found = history_of_types(reader, [request.subject], page.part)
    return _bundle(found, page, request, f"{request.subject}/_history")


def system_history(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return a page of the versions of all resources, of the types the token may search.

    Raises Forbidden when there are none of these.
    """
    with runtime.store.read(request.context) as reader:
        return system_history_with(request, runtime, reader)


def system_history_with(request: FhirRequest, runtime: Runtime, reader: Reader) -> FhirResponse:
    """Return what `system_history` returns, by this reader."""
    page = read_page(request, runtime, reader)
    granted = granted_types(request.context.scopes, "s")
    if granted is not None and not granted:
        raise Forbidden("the token does not allow search on any type", detail="insufficient-scope")
    types = [one for one in present_types(reader) if granted is None or one in granted]
    return _bundle(history_of_types(reader, types, page.part), page, request, "_history")


def _instance(reader: Reader, type: str, id: str, page: Page) -> list[Version]:
    """Return the versions of one resource."""
    if page.members is not None:
        known = reader.current(type, id)
        members = page.members.of_one(known.rid if known else None)
        return history_of_types(reader, [type], replace(page.part, members=members))
    before = None if page.before is None else page.before[2]
    first = last = None
    if page.at is not None:
        first = first_relevant(reader, type, id, page.at.low)
        last = first_relevant(reader, type, id, page.at.high)
        before = last + 1 if before is None else min(before, last + 1)
    since = None if page.since is None else aware(page.since)
    found = reader.history(type, id, count=page.count + 1, before=before, since=since)
    return [one for one in found if first is None or one.number >= first]


def _bundle(found: Sequence[Version], page: Page, request: FhirRequest, path: str) -> FhirResponse:
    """Return a page as a Bundle; the total is told where one page holds everything."""
    shown = found[: page.count]
    url = f"{request.base}/{path}"
    links = [("self", with_query(url, request.parameters))]
    if len(found) > page.count and shown:
        kept = [pair for pair in request.parameters if pair[0] != CURSOR]
        cursor = ".".join(map(str, place_of(shown[-1])))
        links.append(("next", with_query(url, (*kept, (CURSOR, cursor)))))
    head: JsonObject = {"type": "history", "link": bundle_links(links)}
    if len(found) <= page.count and page.before is None:
        head["total"] = len(found)
    entries = [history_entry(version, request.base) for version in shown]
    return FhirResponse(200, bundle_text(head, entries))
