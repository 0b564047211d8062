"""The FHIR base: one request from path to answer.

Order: who asks, where it goes, whether it may, what it says; so that a client without a token
learns nothing, and one without the scope learns nothing about the content.
"""

from dataclasses import dataclass

import flask

from fhir_server.http.binary import (
    brings_content,
    content_answer,
    wants_content,
)
from fhir_server.http.decode import fhir_request
from fhir_server.http.negotiate import (
    wanted_format,
)
from fhir_server.http.request import HttpRequest
from fhir_server.http.response import prefer, render
from fhir_server.http.routes import Route, find_route
from fhir_server.http.site import Site, answer
from fhir_server.interactions.capabilities import Capabilities, Offered
from fhir_server.interactions.cut import cut_answer
from fhir_server.interactions.deferred import kick_off, may_wait, to_be_deferred
from fhir_server.interactions.preference import parse_preference
from fhir_server.interactions.subset import read_subset
from fhir_server.interactions.table import Interaction, is_search
from fhir_server.interactions.whole import carry_out
from fhir_server.model.rest import Context, FhirRequest, FhirResponse
from fhir_server.model.subset import Subset
from fhir_server.operations import OPERATIONS, Operation
from fhir_server.operations.served import INTERACTIONS
from fhir_server.outcome import BadRequest, MethodNotAllowed, Unavailable
from fhir_server.security.principal import require

BASE = "/fhir"
METADATA = "metadata"
READING = ("GET", "HEAD")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")


@dataclass(frozen=True, slots=True)
class FhirBase:
    """Answers what is asked below /fhir."""

    site: Site
    capabilities: Capabilities

    def handle(self, request: HttpRequest) -> flask.Response:
        """Answer one request. Raises a FhirError when it cannot be answered."""
        base = request.base + BASE
        path = request.path.removeprefix(BASE).removeprefix("/")
        if wants_content(request, path):
            answer = content_answer(self._interact(request, base, path))
            return render(answer, base, answer.media_type)
        wanted = wanted_format(
            request.parameter("_format"),
            request.parameter("_pretty"),
            request.headers.get("accept"),
        )
        if path == METADATA:
            answer = self._metadata(request, base)
        else:
            answer = self._interact(request, base, path)
        answer = self.site.formats.write(answer, wanted)
        return render(answer, base, wanted.media_type, pretty=wanted.pretty)

    def _metadata(self, request: HttpRequest, base: str) -> FhirResponse:
        if request.method not in ("GET", "HEAD"):
            raise MethodNotAllowed.of(("GET",))
        if request.parameter("mode") not in (None, "full"):
            raise BadRequest("the mode of metadata served is full", detail="unsupported-parameter")
        runtime = self.site.runtime
        try:
            edition = runtime.editions.current(runtime.settings.tenant)
        except Unavailable:  # what the server can do is told even when its database is away
            return FhirResponse(200, self.capabilities.body(base))
        own = edition.registry.added
        return FhirResponse(200, self.capabilities.body(base, own, edition.number))

    def _interact(self, request: HttpRequest, base: str, path: str) -> FhirResponse:
        context = self.site.authenticator.authenticate(request.headers.get("authorization"))
        definitions = self.site.runtime.definitions
        route = find_route(request.method, path, definitions.is_resource_type, OPERATIONS)
        authorize(route, context)
        asked = fhir_request(request, route, context, base, self.site)
        subset = self._subset(asked, route.row)
        answer = cut_answer(self._answer(route, asked), subset, self.site.runtime.subsetter)
        if isinstance(route.row, Interaction) and route.row.writes:
            preference = parse_preference(request.headers.get("prefer"))
            return prefer(answer, preference, echoes=not brings_content(request, route))
        return answer

    def _answer(self, route: Route, asked: FhirRequest) -> FhirResponse:
        """Answer by the row; what may change something is carried out as a whole."""
        row, runtime = route.row, self.site.runtime
        waits = parse_preference(asked.headers.get("prefer")).is_async
        if waits and isinstance(row, Interaction) and may_wait(row):
            return carry_out(
                lambda _, inner: kick_off(row, asked, inner), to_be_deferred(asked), runtime
            )
        if asked.method in READING or is_search(row):
            return row.run(asked, runtime)
        return carry_out(row.run, asked, runtime)

    def _subset(self, asked: FhirRequest, row: Interaction | Operation) -> Subset | None:
        """Return which part of each resource is asked for; operations answer as they define."""
        if isinstance(row, Operation) and not row.shows_resources:
            return None
        definitions = self.site.runtime.definitions
        return read_subset(asked.parameters, asked.type, definitions, counts=is_search(row))


def authorize(route: Route, context: Context) -> None:
    """Refuse what the token's scopes do not allow. Raises Forbidden."""
    if isinstance(route.row, Operation):
        for type, letters in route.row.needs:
            require(context, type or route.type or "*", letters)
    elif route.type is not None:
        require(context, route.type, route.row.needs)


def add_fhir(app: flask.Flask, site: Site) -> None:
    """Add the FHIR base to the application: one rule, whose dispatch is `find_route`."""
    runtime = site.runtime
    capabilities = Capabilities(
        runtime.definitions, runtime.settings, INTERACTIONS, offered(), runtime.store.clock()
    )
    base = FhirBase(site, capabilities)

    def view(path: str = "") -> flask.Response:
        del path
        return answer(base.handle, site)

    for rule in (BASE, f"{BASE}/", f"{BASE}/<path:path>"):
        app.add_url_rule(rule, "fhir", view, methods=METHODS, provide_automatic_options=False)


def offered() -> list[Offered]:
    """Return the operations as the CapabilityStatement tells them."""
    return [Offered(row.name, row.definition, row.types) for row in OPERATIONS]
