"""The HTTP request as an interaction sees it: parameters and body decoded."""

from fhir_server.http.binary import brings_content, content_resource
from fhir_server.http.negotiate import FORM, check_body_type, is_xml_body
from fhir_server.http.parameters import parse_parameters
from fhir_server.http.request import HttpRequest
from fhir_server.http.routes import Route
from fhir_server.http.site import BODY_METHODS, Site
from fhir_server.interactions.table import Interaction
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context, FhirRequest
from fhir_server.operations import Operation
from fhir_server.outcome import BadRequest

OURS = ("_format", "_pretty")
"""Parameters of every request, answered by HTTP and not by the interaction."""


def fhir_request(
    request: HttpRequest, route: Route, context: Context, base: str, site: Site
) -> FhirRequest:
    """Return the request as the interaction sees it. Raises UnsupportedMedia, Malformed."""
    parameters = tuple(pair for pair in request.parameters if pair[0] not in OURS)
    resource = None
    row = route.row
    if isinstance(row, Interaction) and row.searches and request.method == "POST":
        parameters += search_form(request)
    elif brings_content(request, route):
        resource = content_resource(request, route.id)
    elif request.method in BODY_METHODS and request.method != "PATCH":
        resource = body_resource(request, site, required=isinstance(row, Interaction))
    return FhirRequest(
        request.method,
        context,
        base,
        route.type,
        route.id,
        route.version,
        row.name if isinstance(row, Operation) else None,
        parameters,
        request.headers,
        resource,
        request.body,
        route.compartment,
    )


def search_form(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """Return the parameters in the body of a search by POST. Raises UnsupportedMedia."""
    check_body_type(request.headers.get("content-type"), (FORM,))
    try:
        text = request.body.decode("ascii")
    except UnicodeDecodeError:
        raise BadRequest("the form is not percent-encoded") from None
    return tuple(pair for pair in parse_parameters(text) if pair[0] not in OURS)


def body_resource(request: HttpRequest, site: Site, *, required: bool) -> JsonObject | None:
    """Return the resource in the body; an operation may come without one."""
    if not request.body and not required:
        return None
    is_xml = is_xml_body(request.headers.get("content-type"))
    limit = site.runtime.settings.body_limit
    return site.formats.read(request.body, is_xml=is_xml, limit=limit)
