"""Search of one type (https://hl7.org/fhir/R4/http.html#search, search.html)."""

import msgspec

from fhir_server.interactions.assembly import (
    bundle_links,
    bundle_text,
    outcome_entry,
    search_entry,
    with_query,
)
from fhir_server.interactions.preference import parse_preference
from fhir_server.model.date import microseconds
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import operation_outcome
from fhir_server.runtime import Runtime
from fhir_server.search.options import Options
from fhir_server.search.page import Page, find_page
from fhir_server.search.parse import parse
from fhir_server.search.query import Query
from fhir_server.security.scope import granted_types
from fhir_server.store.reader import Reader


def search(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return a page of matches as a searchset Bundle.

    Raises UnknownParameter, NotSupported or BadRequest, naming the parameter.
    """
    with runtime.store.read(request.context) as reader:
        return search_with(request, runtime, reader)


def search_with(request: FhirRequest, runtime: Runtime, reader: Reader) -> FhirResponse:
    """Return what `search` returns, by this reader."""
    query = read_query(request, runtime, reader)
    page = find_page(query, request.context, runtime.extractor, reader)
    return FhirResponse(200, searchset(page, query, request.base))


def read_query(request: FhirRequest, runtime: Runtime, reader: Reader) -> Query:
    """Return the query the parameters ask for, terminology read by `reader`.

    Raises as `search` does.
    """
    settings = runtime.settings
    options = Options(
        now=microseconds(runtime.clock()),
        base=request.base,
        lenient=parse_preference(request.headers.get("prefer")).is_lenient,
        page_size=settings.page_size,
        page_limit=settings.page_limit,
        or_limit=settings.search_or_limit,
        criteria_limit=settings.search_criteria_limit,
        chain_limit=settings.search_chain_limit,
        has_limit=settings.search_has_limit,
        filter_limit=settings.search_filter_limit,
        include_limit=settings.include_limit,
        readable=granted_types(request.context.scopes, "r"),
        searchable=granted_types(request.context.scopes, "s"),
        terminology=runtime.terminology_of(reader),
    )
    tenant = request.context.tenant
    return parse(request.parameters, request.subject, tenant, runtime.registry, options)


def searchset(page: Page, query: Query, base: str) -> bytes:
    """Return the Bundle of a page: matches, what comes along, and notes about the search."""
    url = f"{base}/{query.type}"
    links = [("self", with_query(url, query.parameters))]
    if page.next is not None:
        links.append(("next", with_query(url, page.next)))
    head: JsonObject = {"type": "searchset", "link": bundle_links(links)}
    if page.total is not None:
        head["total"] = page.total
    entries = [search_entry(version, base, "match") for version in page.matches]
    entries += [search_entry(version, base, "include") for version in page.included]
    if page.notes:
        entries.append(outcome_entry(msgspec.json.encode(operation_outcome(page.notes))))
    return bundle_text(head, entries)
