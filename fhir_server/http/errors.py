"""Every error as an OperationOutcome, at one place; what was not foreseen says nothing but 500."""

import logging

import msgspec
from werkzeug.exceptions import HTTPException

from fhir_server.model.rest import FhirResponse
from fhir_server.outcome import (
    BadRequest,
    FhirError,
    MethodNotAllowed,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unexpected,
    UnsupportedMedia,
    raised_at,
)

log = logging.getLogger("parity.http")
CHALLENGE = 'Bearer realm="parity"'
REFUSAL = 'Bearer realm="parity", error="invalid_token"'
RETRY_SECONDS = "2"
BY_STATUS: dict[int, type[FhirError]] = {
    404: NotFound,
    405: MethodNotAllowed,
    413: TooLarge,
}


def error_response(error: Exception, request_id: str) -> FhirResponse:
    """Return the answer to a failed request; log what is the server's own fault."""
    known = known_error(error, request_id)
    if known.may_pass:
        log.error(
            "request=%s status=%s error=%s at=%s",
            request_id,
            known.status,
            type(error).__name__,
            raised_at(error),
        )
    body = msgspec.json.encode(known.outcome())
    return FhirResponse(known.status, body, headers=error_headers(known))


def known_error(error: Exception, request_id: str) -> FhirError:
    """Return the error of our tree that any exception amounts to."""
    if isinstance(error, FhirError):
        return error
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        kind = BY_STATUS.get(error.code, BadRequest)
        return kind(str(error.name).lower())
    return Unexpected(f"the server failed; its log tells more under request {request_id}")


def error_headers(error: FhirError) -> dict[str, str]:
    """Return the headers that belong to an error's status."""
    headers: dict[str, str] = {}
    if isinstance(error, Unauthenticated):
        is_bad = any(issue.detail == "bad-token" for issue in error.issues)
        headers["WWW-Authenticate"] = REFUSAL if is_bad else CHALLENGE
    if isinstance(error, MethodNotAllowed) and error.allow:
        headers["Allow"] = ", ".join(error.allow)
    if isinstance(error, UnsupportedMedia) and error.accept_patch:
        headers["Accept-Patch"] = ", ".join(error.accept_patch)
    if isinstance(error, UnsupportedMedia) and error.accept_encoding:
        headers["Accept-Encoding"] = ", ".join(error.accept_encoding)
    if error.status in (429, 503):
        headers["Retry-After"] = RETRY_SECONDS
    return headers
