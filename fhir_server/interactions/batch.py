"""Batch: each entry is an interaction of its own (https://hl7.org/fhir/R4/http.html#brules)."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, Protocol

from fhir_server.interactions.cut import run_cut
from fhir_server.interactions.entry import Entry, bundle_entries, read_entry
from fhir_server.interactions.entry_error import at_entry
from fhir_server.interactions.patch_format import FHIR_JSON, patch_of
from fhir_server.interactions.preference import Preference
from fhir_server.interactions.report import (
    error_entry,
    response_bundle,
    response_entry,
    written_entry,
)
from fhir_server.interactions.search import EVERY
from fhir_server.interactions.table import (
    RESOURCE_INTERACTIONS,
    Interaction,
    Place,
    Run,
    is_search,
)
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest, FhirError, NotFound, NotSupported, Unexpected, raised_at
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require

log = logging.getLogger("parity.batch")
Level = Literal["system", "type", "instance"]
ROWS = {(row.place, row.method): row for row in RESOURCE_INTERACTIONS}


class Offer(Protocol):
    """An operation as a batch sees it: what it needs, and how it runs."""

    @property
    def needs(self) -> Sequence[tuple[str, str]]:
        """Pairs of resource type and letters of `cruds`."""
        ...

    @property
    def run(self) -> Run:
        """The function that answers."""
        ...

    @property
    def shows_resources(self) -> bool:
        """Whether its answer may be cut by `_summary` and `_elements`."""
        ...


class FindOperation(Protocol):
    """Knows the operations: by name, level, type and method."""

    def __call__(self, name: str, level: Level, type: str | None, method: str) -> Offer:
        """Return an operation. Raises NotFound, MethodNotAllowed."""
        ...


def no_operation(name: str, level: Level, type: str | None, method: str) -> Offer:
    """Know no operation: where a batch comes from a file. Raises NotFound."""
    del level, type, method
    raise NotFound(f"the operation ${name[:64]} is not known here")


def run_batch(
    bundle: JsonObject,
    request: FhirRequest,
    preference: Preference,
    runtime: Runtime,
    find: FindOperation = no_operation,
) -> JsonObject:
    """Return the response Bundle; an entry that failed tells so in its own response."""
    values = bundle_entries(bundle, runtime.settings.bundle_limit)
    entries = [
        _answer(index, value, request, preference, runtime, find)
        for index, value in enumerate(values)
    ]
    return response_bundle("batch-response", entries)


def _answer(
    index: int,
    value: JsonValue,
    request: FhirRequest,
    preference: Preference,
    runtime: Runtime,
    find: FindOperation,
) -> JsonObject:
    try:
        entry = read_entry(index, value, request.base, runtime.definitions.is_resource_type)
        if entry.address.operation is not None:
            answer = run_operation(entry, request, runtime, find)
            return response_entry(answer, request.base, shows_resource=entry.method != "HEAD")
        row = interaction_of(entry)
        answer = run_entry(entry, row, request, runtime)
    except FhirError as error:
        return error_entry(at_entry(error, index))
    except Exception as error:  # noqa: BLE001  what went before is done and must be told
        log.error("batch entry=%d error=%s at=%s", index, type(error).__name__, raised_at(error))  # noqa: TRY400
        return error_entry(at_entry(Unexpected("the server failed; its log tells more"), index))
    if row.writes:
        return written_entry(answer, request.base, preference)
    return response_entry(answer, request.base, shows_resource=entry.method != "HEAD")


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


BARE: Mapping[tuple[bool, bool], Place] = {
    (False, False): "system",
    (True, False): "type",
    (True, True): "instance",
}
HISTORIES: Mapping[tuple[bool, bool], Place] = {
    (False, False): "system-history",
    (True, False): "type-history",
    (True, True): "history",
}
"""Places by whether a URL names a type and an id."""


def entry_place(entry: Entry) -> Place | None:
    """Return the place in the table an entry's URL names; None when it names none."""
    address = entry.address
    match address.tail:
        case ():
            return BARE[address.type is not None, address.id is not None]
        case (member,) if address.id is not None and member[:1] not in ("_", "$"):
            return "compartment"
        case ("_history",):
            return HISTORIES[address.type is not None, address.id is not None]
        case ("_history", _) if address.id is not None:
            return "version"
        case _:
            return None


def entry_type(entry: Entry) -> str | None:
    """Return the type an entry is about: in a compartment the one searched; None for several."""
    if _compartment(entry) is None:
        return entry.address.type
    return None if entry.address.tail == (EVERY,) else entry.address.tail[0]


def _compartment(entry: Entry) -> tuple[str, str] | None:
    address = entry.address
    if entry_place(entry) != "compartment" or address.type is None or address.id is None:
        return None
    return address.type, address.id


def run_operation(
    entry: Entry, request: FhirRequest, runtime: Runtime, find: FindOperation
) -> FhirResponse:
    """Run the operation an entry calls. Raises NotSupported for one that answers no resource."""
    address = entry.address
    level: Level = "instance" if address.id else "type" if address.type else "system"
    method = "GET" if entry.method == "HEAD" else entry.method
    offer = find(str(address.operation), level, address.type, method)
    for type, letters in offer.needs:
        require(request.context, type, letters)
    asked = replace(entry_request(entry, request), operation=address.operation)
    shows = offer.shows_resources
    answer = run_cut(offer.run, asked, runtime) if shows else offer.run(asked, runtime)
    if answer.file is not None or (answer.body and answer.media_type != FHIR_JSON):
        raise NotSupported("the operation answers with no resource; call it by itself")
    return answer


def run_entry(
    entry: Entry, row: Interaction, request: FhirRequest, runtime: Runtime
) -> FhirResponse:
    """Run one entry as if it had come alone, with the scopes of the whole request."""
    type = entry_type(entry)
    if type is not None:
        require(request.context, type, row.needs)
    asked = entry_request(entry, request)
    return run_cut(row.run, asked, runtime, counts=is_search(row))


def entry_request(entry: Entry, request: FhirRequest) -> FhirRequest:
    """Return the entry as a request of its own."""
    address = entry.address
    headers, resource, body = dict(entry.headers), entry.resource, b""
    if entry.method == "PATCH":
        body, headers["content-type"] = patch_of(resource)
        resource = None
    if "prefer" in request.headers:
        headers["prefer"] = request.headers["prefer"]
    return replace(
        request,
        method=entry.method,
        type=entry_type(entry),
        id=address.id,
        version=address.version,
        compartment=_compartment(entry),
        parameters=address.parameters,
        headers=headers,
        resource=resource,
        body=body,
    )
