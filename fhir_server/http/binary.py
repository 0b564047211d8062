"""Binary as the bytes it holds: read as them, and made of them.

Source: https://hl7.org/fhir/R4/binary.html#rest. A read that does not ask for FHIR by name gets
the content with its own type; a body of any type that is not FHIR becomes a Binary.
"""

import re
from base64 import b64decode, b64encode
from dataclasses import replace

from fhir_server.http.request import HttpRequest
from fhir_server.http.routes import Route
from fhir_server.interactions.table import Interaction
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import FhirResponse
from fhir_server.outcome import BadRequest

FHIR_TYPES = (
    "application/fhir+json",
    "application/json",
    "text/json",
    "application/fhir+xml",
    "application/xml",
    "text/xml",
)
OCTETS = "application/octet-stream"
SAFETY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
}
"""What keeps a browser from taking the content for a page of this server."""
_READ = re.compile(r"Binary/[A-Za-z0-9\-.]{1,64}(/_history/[0-9]+)?/?")
_REFERENCE = re.compile(r"(https?://[^\s]{1,400}/)?[A-Z][A-Za-z]{1,40}/[A-Za-z0-9\-.]{1,64}")
_PRINTABLE = re.compile(r"[\x20-\x7e]{1,400}")


def wants_content(request: HttpRequest, path: str) -> bool:
    """Whether a request reads a Binary without asking for FHIR by name."""
    if request.method not in ("GET", "HEAD") or _READ.fullmatch(path) is None:
        return False
    return request.parameter("_format") is None and not _names_fhir(request.headers.get("accept"))


def brings_content(request: HttpRequest, route: Route) -> bool:
    """Whether a request writes a Binary whose body is no FHIR."""
    content_type = request.headers.get("content-type")
    is_write = isinstance(route.row, Interaction) and request.method in ("POST", "PUT")
    is_write = is_write and route.type == "Binary"
    return is_write and content_type is not None and not _names_fhir(content_type)


def _names_fhir(header: str | None) -> bool:
    names = (part.partition(";")[0].strip().lower() for part in (header or "").split(","))
    return any(name in FHIR_TYPES for name in names)


def content_answer(answer: FhirResponse) -> FhirResponse:
    """Return the answer with the content of the Binary it shows."""
    if answer.status != 200 or not answer.body:
        return answer
    binary = decode(answer.body)
    data, told = binary.get("data"), binary.get("contentType")
    content = b64decode("".join(data.split())) if isinstance(data, str) else b""
    known = isinstance(told, str) and _PRINTABLE.fullmatch(told)
    headers = {**answer.headers, **SAFETY}
    context = binary.get("securityContext")
    reference = context.get("reference") if isinstance(context, dict) else None
    if isinstance(reference, str) and _PRINTABLE.fullmatch(reference):
        headers["X-Security-Context"] = reference
    return replace(answer, body=content, media_type=str(told) if known else OCTETS, headers=headers)


def content_resource(request: HttpRequest, id: str | None) -> JsonObject:
    """Return the Binary a body becomes. Raises BadRequest for a context that is no reference."""
    resource: JsonObject = {"resourceType": "Binary"}
    if id is not None:
        resource["id"] = id
    resource["contentType"] = request.headers.get("content-type", OCTETS)
    context = request.headers.get("x-security-context")
    if context is not None:
        if _REFERENCE.fullmatch(context) is None:
            raise BadRequest("X-Security-Context is a reference, such as Patient/1")
        resource["securityContext"] = {"reference": context}
    if request.body:
        resource["data"] = b64encode(request.body).decode()
    return resource
