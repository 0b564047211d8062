"""The response entries of batch and transaction (https://hl7.org/fhir/R4/bundle.html)."""

from datetime import datetime
from http import HTTPStatus
from typing import cast

import msgspec

from fhir_server.interactions.create import location
from fhir_server.interactions.preference import Preference
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirResponse
from fhir_server.outcome import FhirError, Issue, operation_outcome


def response_bundle(type: str, entries: list[JsonObject]) -> JsonObject:
    """Return the Bundle of responses, `batch-response` or `transaction-response`."""
    bundle: JsonObject = {"resourceType": "Bundle", "type": type}
    if entries:
        bundle["entry"] = list[JsonValue](entries)
    return bundle


def written_entry(answer: FhirResponse, base: str, preference: Preference) -> JsonObject:
    """Return the response entry of a write, with what the client prefers; the default is minimal.

    Source: https://hl7.org/fhir/R4/http.html#return.
    """
    shown = preference.returns == "representation" and answer.version is not None
    entry = response_entry(answer, base, shows_resource=shown)
    response = entry["response"]
    outcome = written_outcome(answer, preference)
    if outcome is not None and isinstance(response, dict):
        response["outcome"] = decode(outcome)
    return entry


def written_outcome(answer: FhirResponse, preference: Preference) -> bytes | None:
    """Return the OperationOutcome of a write: its own answer, or the one the client prefers."""
    if answer.version is None and answer.body:
        return answer.body
    return informed(told(answer)) if preference.returns == "OperationOutcome" else None


def response_entry(answer: FhirResponse, base: str, *, shows_resource: bool) -> JsonObject:
    """Return one response entry: status, location, etag, lastModified, the resource if wanted."""
    response: JsonObject = {"status": status_line(answer.status)}
    entry: JsonObject = {}
    version = answer.version
    if version is not None and not version.deleted:
        response |= {
            "location": location(version, base),
            "etag": version.etag,
            "lastModified": instant(version.updated),
        }
        if shows_resource:
            entry["fullUrl"] = f"{base}/{version.reference}"
    elif "ETag" in answer.headers:
        response["etag"] = answer.headers["ETag"]
    if shows_resource and answer.body:
        entry["resource"] = decode(answer.body)
    entry["response"] = response
    return entry


def error_entry(error: FhirError) -> JsonObject:
    """Return the response entry of an entry that failed."""
    outcome = cast("JsonObject", error.outcome())  # texts, lists and objects only
    return {"response": {"status": status_line(error.status), "outcome": outcome}}


def told(answer: FhirResponse) -> str:
    """Return what a write did, in words."""
    if answer.status == 204:
        return "the resource is deleted"
    return "the resource is created" if answer.status == 201 else "the resource is stored"


def informed(text: str) -> bytes:
    """Return an OperationOutcome that only informs, as JSON text."""
    issue = Issue("information", "informational", text)
    return msgspec.json.encode(operation_outcome([issue]))


def status_line(status: int) -> str:
    """Return code and reason, `201 Created`."""
    return f"{status} {HTTPStatus(status).phrase}"


def instant(moment: datetime) -> str:
    """Return an aware UTC moment as meta.lastUpdated writes it, with microseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
