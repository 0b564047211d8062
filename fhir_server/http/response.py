"""The answer as HTTP: headers that follow from the version shown, and the body as preferred.

Source: https://hl7.org/fhir/R4/http.html#versioning, #return, #ops.
"""

from email.utils import format_datetime
from typing import Final

import msgspec
from flask import Response

from fhir_server.http.file import file_response
from fhir_server.interactions.preference import Preference
from fhir_server.model.resource import Version
from fhir_server.model.rest import FhirResponse
from fhir_server.outcome import Issue, operation_outcome

JSON_TYPES: Final = ("application/fhir+json", "application/json")
CHARSET = "; charset=utf-8"


def render(answer: FhirResponse, base: str, media_type: str, *, pretty: bool = False) -> Response:
    """Return the HTTP response; `base` is the FHIR base, `media_type` what was negotiated."""
    if answer.file is not None:
        return file_response(answer, answer.file)
    body = answer.body or b""
    own = answer.media_type
    if own == JSON_TYPES[0]:
        own = media_type
        body = msgspec.json.format(body, indent=2) if pretty and body else body
    response = Response(body, answer.status)
    headers = response.headers
    if body:
        headers["Content-Type"] = own + CHARSET if own in JSON_TYPES else own
    else:
        headers.pop("Content-Type", None)
    if answer.version is not None and not answer.version.deleted:
        describe(response, answer.version, base)
    if answer.location is not None:
        headers["Location"] = answer.location
    for name, value in answer.headers.items():
        headers[name] = value
    return response


def describe(response: Response, version: Version, base: str) -> None:
    """Add the headers that tell which version the body shows."""
    headers = response.headers
    headers["ETag"] = version.etag
    headers["Last-Modified"] = format_datetime(version.updated, usegmt=True)
    if response.status_code != 304:
        headers["Content-Location"] = f"{base}/{version.reference}/_history/{version.number}"


def prefer(answer: FhirResponse, preference: Preference) -> FhirResponse:
    """Return the answer of a write with the body the client prefers; the default is the resource.

    Source: https://hl7.org/fhir/R4/http.html#return.
    """
    if preference.returns == "minimal":
        body = None
    elif preference.returns == "OperationOutcome":
        text = "created" if answer.status == 201 else "stored"
        body = outcome_body(Issue("information", "informational", f"the resource is {text}"))
    else:
        return answer
    return FhirResponse(answer.status, body, answer.version, answer.location)


def outcome_body(*issues: Issue) -> bytes:
    """Return an OperationOutcome as JSON text."""
    return msgspec.json.encode(operation_outcome(issues))
