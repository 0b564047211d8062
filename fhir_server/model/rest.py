"""A FHIR interaction as data: request, response, and who asks, free of any web framework."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fhir_server.model.resource import JsonObject, Version
from fhir_server.outcome import NotFound


@dataclass(frozen=True, slots=True)
class Context:
    """On whose behalf a request runs; every row the store yields is seen through it.

    `tenant` is the owner of the data; `client` the authenticated client's id (or `system` for
    the server's own work); `scopes` the granted SMART scopes, already parsed by `security.scope`.
    """

    tenant: int = 1
    client: str = "system"
    scopes: tuple[str, ...] = ("system/*.cruds",)


@dataclass(frozen=True, slots=True)
class FhirRequest:
    """One RESTful request (https://hl7.org/fhir/R4/http.html), decoded.

    `parameters` are the query parameters in order, percent-decoded; `resource` the parsed body;
    `headers` have lower-case names; `base` is the server's base URL without a trailing slash.
    `compartment` are type and id of the resource in whose compartment is searched.
    `body` are the bytes a body that is no resource came as: a patch, the content of a Binary.
    """

    method: str
    context: Context
    base: str
    type: str | None = None
    id: str | None = None
    version: int | None = None
    operation: str | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    resource: JsonObject | None = None
    body: bytes = b""
    compartment: tuple[str, str] | None = None

    @property
    def subject(self) -> str:
        """The resource type in the URL. Raises NotFound when it names none."""
        if self.type is None:
            raise NotFound("the path names no resource type")
        return self.type

    @property
    def instance(self) -> tuple[str, str]:
        """The resource type and id in the URL. Raises NotFound when it names none."""
        if self.id is None:
            raise NotFound("the path names no resource")
        return self.subject, self.id


@dataclass(frozen=True, slots=True)
class FhirResponse:
    """The answer to one request.

    `body` is final bytes (stored text is served untouched) or None for no content;
    `version` the stored version it shows, from which ETag, Last-Modified and Location follow;
    `file` is what is streamed instead of a body, compressed when Content-Encoding says gzip.
    """

    status: int
    body: bytes | None = None
    version: Version | None = None
    location: str | None = None
    media_type: str = "application/fhir+json"
    headers: Mapping[str, str] = field(default_factory=dict)
    file: Path | None = None
