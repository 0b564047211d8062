"""Search of one type, of a compartment, of the whole system.

Source: https://hl7.org/fhir/R4/http.html#search, #vsearch, search.html.
"""

from dataclasses import replace

from fhir_server.interactions.explaining import EXPLAIN, asked_id, explained
from fhir_server.interactions.force import by_those_in_force
from fhir_server.interactions.preference import parse_preference
from fhir_server.interactions.searchset import searchset
from fhir_server.model.date import microseconds
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest, Issue
from fhir_server.runtime import Runtime
from fhir_server.search.compartment import Compartment
from fhir_server.search.explain import explain
from fhir_server.search.options import Options
from fhir_server.search.page import find_page
from fhir_server.search.parse import is_criterion, parse_types
from fhir_server.search.query import Criterion, Query
from fhir_server.search.several import TYPE, asked_types
from fhir_server.security.scope import granted_types
from fhir_server.store.reader import Reader
from fhir_server.store.words import Settling

BEHIND = (
    Issue(
        "warning",
        "incomplete",
        "resources written lately are still being read for their words; some may be missing",
        detail="words-behind",
    ),
)
"""What a search of words tells while more is written than it could wait for."""

EVERY = "*"
"""In a path: every type of a compartment."""


def search(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return a page of matches as a searchset Bundle.

    Raises UnknownParameter, NotSupported or BadRequest, naming the parameter.
    """
    with runtime.store.read(request.context, snapshot=_agrees(request)) as reader:
        return search_with(request, runtime, reader)


def _agrees(request: FhirRequest) -> bool:
    """Whether the answer takes statements that must see the same state."""
    return any(name in {"_cursor", "_total"} for name, _ in request.parameters)


def search_with(request: FhirRequest, runtime: Runtime, reader: Reader) -> FhirResponse:
    """Return what `search` returns, by this reader."""
    if any(name == EXPLAIN for name, _ in request.parameters):
        return _explain(request, runtime, reader)
    query = read_query(request, runtime, reader)
    page = find_page(query, request.context, runtime.extractor, reader)
    return FhirResponse(200, searchset(page, query, request.base, searched_url(request)))


def _explain(request: FhirRequest, runtime: Runtime, reader: Reader) -> FhirResponse:
    id, pairs = asked_id(request), request.parameters
    bare = replace(request, parameters=tuple(pair for pair in pairs if pair[0] != EXPLAIN))
    types = tuple(pair for pair in bare.parameters if pair[0] == TYPE)
    parts = [
        (*pair, read_query(replace(bare, parameters=(*types, pair)), runtime, reader))
        for pair in bare.parameters
        if is_criterion(pair[0])
    ]
    query = read_query(bare, runtime, reader)
    place = "/".join(request.compartment or ())
    told = explain(query, parts, request.context, runtime.registry, reader, id, place)
    return explained(told, id)


def read_query(request: FhirRequest, runtime: Runtime, reader: Reader) -> Query:
    """Return the query the parameters ask for, terminology read by `reader`.

    Raises as `search` does.
    """
    settings = runtime.settings
    texts = runtime.store.texts
    settling = Settling(reader, texts) if texts else None
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
        include_depth=settings.include_depth,
        estimate_limit=settings.estimate_limit,
        near=settings.near_distance,
        readable=granted_types(request.context.scopes, "r"),
        searchable=granted_types(request.context.scopes, "s"),
        words=settling.settle if settling else None,
        terminology=runtime.terminology_of(reader),
    )
    types, within = searched_types(request, runtime, options)
    tenant = request.context.tenant
    query = by_those_in_force(
        lambda registry: parse_types(request.parameters, types, tenant, registry, options, within),
        tenant,
        runtime,
    )
    return replace(query, notes=BEHIND) if settling and settling.is_behind else query


def searched_types(
    request: FhirRequest, runtime: Runtime, options: Options
) -> tuple[tuple[str, ...], tuple[Criterion, ...]]:
    """Return the types a path searches and the criterion of its compartment.

    Raises NotFound for a type that is not in the compartment, BadRequest or Forbidden for `_type`.
    """
    registry, parameters = runtime.registry, request.parameters
    compartment = Compartment(*request.compartment) if request.compartment else None
    able = compartment.types(registry) if compartment else runtime.definitions.resource_types
    if request.type is None:
        types = asked_types(parameters, able, options)
    elif any(name == TYPE for name, _ in parameters):
        raise BadRequest("_type is for a search of several types; the path names one")
    else:
        types = (request.type,)
    if compartment is None:
        return types, ()
    return types, (compartment.criterion(types, request.context.tenant, registry, options),)


def searched_url(request: FhirRequest) -> str:
    """Return the URL of a search without its parameters, also when it came by POST."""
    if request.compartment is not None:
        type, id = request.compartment
        return f"{request.base}/{type}/{id}/{request.type or EVERY}"
    return f"{request.base}/{request.type}" if request.type else request.base
