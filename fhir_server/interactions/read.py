"""Read: the current version (https://hl7.org/fhir/R4/http.html#read, #cread)."""

from email.utils import parsedate_to_datetime
from typing import TypeVar

from fhir_server.interactions.etag import is_named
from fhir_server.model.date import date_span, microseconds
from fhir_server.model.resource import Version
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import Gone, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store.reader import Reader


def read(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return the current version, or 304 when the client has it already.

    Raises Gone for a deleted resource, NotFound for one that never was.
    """
    with runtime.store.read(request.context) as reader:
        return read_with(request, runtime, reader)


def read_with(request: FhirRequest, runtime: Runtime, reader: Reader) -> FhirResponse:
    """Return what `read` returns, by this reader."""
    del runtime
    type, id = request.instance
    return show(request, found(reader.current(type, id), f"{type}/{id}"))


V = TypeVar("V", bound=Version)


def found(version: V | None, name: str) -> V:
    """Return the version when there is one to show. Raises NotFound, Gone."""
    if version is None:
        raise NotFound(f"{name} is not known")
    if version.deleted:
        raise Gone(f"{name} was deleted")
    return version


def show(request: FhirRequest, version: Version) -> FhirResponse:
    """Return the version's body, or 304 as If-None-Match or If-Modified-Since ask."""
    if is_known_to_client(request, version):
        return FhirResponse(304, None, version)
    return FhirResponse(200, version.body, version)


def is_known_to_client(request: FhirRequest, version: Version) -> bool:
    """Whether the client has this version; If-None-Match goes before If-Modified-Since."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        return is_named(tags, version)
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    moment = read_moment(since)
    return moment is not None and microseconds(version.updated.replace(microsecond=0)) <= moment


def read_moment(text: str) -> int | None:
    """Return the microsecond of an HTTP date, or of the instant an entry of a Bundle has.

    None for what is neither, which RFC 9110 (13.1.3) lets pass.
    """
    try:
        if text[:1].isdigit():
            return date_span(text).low
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return None if moment.tzinfo is None else microseconds(moment)
