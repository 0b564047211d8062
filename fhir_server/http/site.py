"""What every request of one web process has at hand, and the one way a request is answered."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import flask

from fhir_server.http.body import read_body
from fhir_server.http.errors import error_response
from fhir_server.http.format import Formats
from fhir_server.http.negotiate import error_format
from fhir_server.http.parameters import parse_parameters
from fhir_server.http.request import HttpRequest, request_base, request_headers, request_id
from fhir_server.http.response import render
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError
from fhir_server.runtime import Runtime

Handler = Callable[[HttpRequest], flask.Response]
KEPT_BY_NOBODY = (("Cache-Control", "no-store"), ("Vary", "Accept, Prefer"))
"""What caches are told of every answer: it may be about a patient, and has several forms."""
BODY_METHODS = ("POST", "PUT", "PATCH")


class Authenticator(Protocol):
    """What turns an Authorization header into the context of the request."""

    def authenticate(self, authorization: str | None) -> Context:
        """Return the context. Raises Unauthenticated."""
        ...


@dataclass(frozen=True, slots=True)
class Site:
    """The parts a web process answers with."""

    runtime: Runtime
    authenticator: Authenticator
    formats: Formats


def answer(handler: Handler, site: Site) -> flask.Response:
    """Answer the current request; any failure becomes an OperationOutcome."""
    environment = flask.request.environ
    number = request_id(environment)
    try:
        response = handler(current_request(site, number))
    except Exception as error:  # noqa: BLE001  the one place where every failure is rendered
        response = error_answer(error, number, site.formats)
    response.headers["X-Request-Id"] = number
    for name, text in KEPT_BY_NOBODY:
        response.headers.setdefault(name, text)
    return response


def error_answer(error: Exception, number: str, formats: Formats) -> flask.Response:
    """Return the answer to the current request, which failed, in the format it asks for."""
    environment = flask.request.environ
    try:
        parameters = dict(reversed(parse_parameters(environment.get("QUERY_STRING", ""))))
    except FhirError:
        parameters = {}
    wanted = error_format(
        parameters.get("_format"), parameters.get("_pretty"), environment.get("HTTP_ACCEPT")
    )
    made = formats.write(error_response(error, number), wanted)
    return render(made, "", wanted.media_type, pretty=wanted.pretty)


def current_request(site: Site, number: str) -> HttpRequest:
    """Return the current Flask request, read once. Raises BadRequest, TooLarge and more."""
    environment = flask.request.environ
    settings = site.runtime.settings
    method = environment["REQUEST_METHOD"]
    body = b""
    if method in BODY_METHODS:
        body = read_body(environment, environment["wsgi.input"], settings.body_limit)
    return HttpRequest(
        number,
        method,
        environment["PATH_INFO"],
        parse_parameters(environment.get("QUERY_STRING", "")),
        request_headers(environment),
        request_base(environment, settings.base_url),
        body,
    )
