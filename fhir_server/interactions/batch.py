"""Batch: each entry is an interaction of its own (https://hl7.org/fhir/R4/http.html#brules)."""

from dataclasses import replace

from fhir_server.interactions.entry import Entry, at_entry, bundle_entries, read_entry
from fhir_server.interactions.preference import Preference
from fhir_server.interactions.report import error_entry, response_bundle, response_entry
from fhir_server.interactions.table import RESOURCE_INTERACTIONS, Interaction, Place
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest, FhirError
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require

ROWS = {(row.place, row.method): row for row in RESOURCE_INTERACTIONS}


def run_batch(
    bundle: JsonObject, request: FhirRequest, preference: Preference, runtime: Runtime
) -> JsonObject:
    """Return the response Bundle; an entry that failed tells so in its own response."""
    values = bundle_entries(bundle, runtime.settings.bundle_limit)
    entries = [
        _answer(index, value, request, preference, runtime) for index, value in enumerate(values)
    ]
    return response_bundle("batch-response", entries)


def _answer(
    index: int, value: JsonValue, request: FhirRequest, preference: Preference, runtime: Runtime
) -> JsonObject:
    try:
        entry = read_entry(index, value, request.base, runtime.definitions.is_resource_type)
        row = interaction_of(entry)
        answer = run_entry(entry, row, request, runtime)
    except FhirError as error:
        return error_entry(at_entry(error, index))
    shown = not row.writes or preference.returns == "representation"
    return response_entry(answer, request.base, shows_resource=shown)


def interaction_of(entry: Entry) -> Interaction:
    """Return the interaction an entry asks for. Raises BadRequest when there is none."""
    method = "GET" if entry.method == "HEAD" else entry.method
    place = entry_place(entry)
    row = ROWS.get((place, method)) if place else None
    if row is None:
        raise BadRequest(
            "request.method and request.url name no interaction of a bundle entry",
            expression=f"{entry.place}.request",
            detail="no-interaction",
        )
    return row


def entry_place(entry: Entry) -> Place | None:
    """Return the place in the table an entry's URL names; None when it names none."""
    address = entry.address
    match address.tail:
        case () if address.type is not None:
            return "type" if address.id is None else "instance"
        case ("_history",) if address.id is not None:
            return "history"
        case ("_history", number) if address.id is not None and number.isdecimal():
            return "version"
        case _:
            return None


def run_entry(
    entry: Entry, row: Interaction, request: FhirRequest, runtime: Runtime
) -> FhirResponse:
    """Run one entry as if it had come alone, with the scopes of the whole request."""
    address = entry.address
    require(request.context, str(address.type), row.needs)
    return row.run(entry_request(entry, request), runtime)


def entry_request(entry: Entry, request: FhirRequest) -> FhirRequest:
    """Return the entry as a request of its own."""
    address = entry.address
    headers = dict(entry.headers)
    if "prefer" in request.headers:
        headers["prefer"] = request.headers["prefer"]
    return replace(
        request,
        method=entry.method,
        type=address.type,
        id=address.id,
        version=int(address.tail[1]) if len(address.tail) > 1 else None,
        parameters=address.parameters,
        headers=headers,
        resource=entry.resource,
    )
